#include "base/random.h"

#include "base/assert.h"

/* splitmix64 spreads neighbouring seeds over the whole state space. */
void base_random_init(struct base_random *random, uint64_t seed)
{
    uint64_t z = seed + 0x9e3779b97f4a7c15ULL;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    random->state = z != 0 ? z : 1;
}

uint64_t base_random_next(struct base_random *random)
{
    uint64_t x = random->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * 0x2545f4914f6cdd1dULL;
}

uint32_t base_random_below(struct base_random *random, uint32_t bound)
{
    CORE_ASSERT(bound > 0);
    return (uint32_t)(((base_random_next(random) >> 32) * bound) >> 32);
}

#pragma once
/* random.h - the one source of chance: a seeded xorshift64* generator. Everything below harness
 * that chooses draws from here, so that a seed replays a run.
 */
#include <stdint.h>

struct base_random {
    uint64_t state; /* never 0 */
};

/* base_random_init: any seed will do; equal seeds give equal sequences. */
void base_random_init(struct base_random *random, uint64_t seed);

/* base_random_next: 64 bits. base_random_below: 0 to bound - 1, bound > 0. */
uint64_t base_random_next(struct base_random *random);
uint32_t base_random_below(struct base_random *random, uint32_t bound);

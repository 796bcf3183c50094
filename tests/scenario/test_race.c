/* The driver race over many seeds: right under each of them, and each replays its own events. */
#include <wdfcore/testing.h>

#include <stdlib.h>

#include "race.h"

#define SEEDS 10000u /* times WC_STRESS */

static unsigned seeds(void)
{
    const char *stress = getenv("WC_STRESS");

    return SEEDS * (stress != NULL && atoi(stress) > 0 ? (unsigned)atoi(stress) : 1);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static const struct wc_test_options options = {RACE_MACHINE(WC_DRIVER_RACE)};

/* A failure prints the line that replays it. */
static void every_seed_serves_each_pulse_once(void **state)
{
    wc_test_seeds(race_body, SEEDS, &options);
}

static void each_seed_replays_its_own_events(void **state)
{
    unsigned count = seeds();
    unsigned different = 1;
    uint64_t *fingerprints = calloc(count, sizeof(*fingerprints));

    assert_non_null(fingerprints);
    for (unsigned i = 0; i < count; i++) {
        assert_true(wc_test_one_seed(race_body, i + 1, &options));
        fingerprints[i] = wc_test_fingerprint();
        assert_true(wc_test_one_seed(race_body, i + 1, &options));
        assert_int_equal(wc_test_fingerprint(), fingerprints[i]);
    }
    qsort(fingerprints, count, sizeof(*fingerprints), compare);
    for (unsigned i = 1; i < count; i++) {
        different += fingerprints[i] != fingerprints[i - 1];
    }
    free(fingerprints);
    print_message("%u seeds, each twice: %u different sequences of events\n", count, different);
    assert_true(different >= count - count / 10);
}

int main(void)
{
    const struct CMUnitTest sweep[] = {
        cmocka_unit_test(every_seed_serves_each_pulse_once),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_seed_serves_each_pulse_once),
        cmocka_unit_test(each_seed_replays_its_own_events),
    };

    if (getenv("WC_SEED") != NULL) { /* one seed is replayed */
        return cmocka_run_group_tests(sweep, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

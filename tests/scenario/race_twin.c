/* race_twin.c - a broken twin of the driver race (RACE_TWIN): a sweep finds it. With WC_SEED in the
 * environment it is the failing test that the sweep speaks of.
 */
#include <wdfcore/testing.h>

#include <errno.h>
#include <stdlib.h>

#include "race.h"

#define ENOUGH 1000u

static const struct wc_test_options options = {RACE_MACHINE(RACE_TWIN)};

static void the_driver_is_right(void **state)
{
    wc_test_seeds(race_body, ENOUGH, &options);
}

static void a_sweep_finds_it_and_replays_it(void **state)
{
    uint64_t seed = wc_test_find_seed(race_body, ENOUGH, &options);
    uint64_t fingerprint = wc_test_fingerprint();

    assert_in_range(seed, 1, ENOUGH);
    print_message("found; replay: WC_SEED=%llu ctest -R %s\n", (unsigned long long)seed,
                  program_invocation_short_name);
    assert_false(wc_test_one_seed(race_body, seed, &options));
    assert_int_equal(wc_test_fingerprint(), fingerprint);
}

int main(void)
{
    const struct CMUnitTest seed[] = {
        cmocka_unit_test(the_driver_is_right),
    };
    const struct CMUnitTest sweep[] = {
        cmocka_unit_test(a_sweep_finds_it_and_replays_it),
    };

    return getenv("WC_SEED") != NULL ? cmocka_run_group_tests(seed, NULL, NULL)
                                     : cmocka_run_group_tests(sweep, NULL, NULL);
}

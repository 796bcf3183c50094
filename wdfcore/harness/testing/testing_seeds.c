/* testing_seeds.c - a body under many schedules: a machine for each seed.
 * The environment narrows it: WC_SEED=N runs one, WC_STRESS=N as many times the number.
 */
#include "harness/testing/testing_core.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

static struct {
    uint64_t *fingerprints; /* of the last sweep */
    unsigned count;
} sequences;

static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    char *end;

    if (text == NULL || text[0] == '\0') {
        return otherwise;
    }
    uint64_t number = strtoull(text, &end, 0);
    return *end == '\0' ? number : otherwise;
}

static int compare_sequences(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;

    return first < second ? -1 : first > second;
}

unsigned wc_test_sequences(void)
{
    unsigned different = 0;

    if (sequences.count > 0) {
        qsort(sequences.fingerprints, sequences.count, sizeof(uint64_t), compare_sequences);
    }
    for (unsigned i = 0; i < sequences.count; i++) {
        different += i == 0 || sequences.fingerprints[i] != sequences.fingerprints[i - 1];
    }
    return different;
}

uint64_t wc_test_fingerprint(void)
{
    return testing_test.fingerprint;
}

static void drop_reports(enum base_log_source source, const char *text, void *context)
{
    if (source == BASE_LOG_DRIVER) {
        fputs(text, stderr);
    }
}

static uint64_t sweep(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    struct wc_test_options seeded = {0};
    uint64_t only = environment_number("WC_SEED", 0);
    uint64_t last = only != 0 ? only : n * environment_number("WC_STRESS", 1);

    if (options != NULL) {
        seeded = *options;
    }
    seeded.record = true;
    free(sequences.fingerprints);
    sequences.fingerprints = calloc(only != 0 ? 1 : last + 1, sizeof(uint64_t));
    sequences.count = 0;
    assert_non_null(sequences.fingerprints);
    for (uint64_t seed = only != 0 ? only : 1; seed <= last; seed++) {
        seeded.seed = seed;
        if (!testing_run_body(body, &seeded)) {
            return seed;
        }
        sequences.fingerprints[sequences.count++] = testing_test.fingerprint;
    }
    return 0;
}

/* A seed that fails says why in cmocka's messages: who wants it to fail need not see it. */
uint64_t wc_test_find_seed(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    base_log_set_sink(drop_reports, NULL);
    uint64_t seed = sweep(body, n, options);
    base_log_set_sink(NULL, NULL);
    return seed;
}

bool wc_test_one_seed(wc_test_body *body, uint64_t seed, const struct wc_test_options *options)
{
    struct wc_test_options seeded = *options;

    seeded.record = true;
    seeded.seed = seed;
    base_log_set_sink(drop_reports, NULL);
    bool good = testing_run_body(body, &seeded);
    base_log_set_sink(NULL, NULL);
    return good;
}

void testing_run_seeds(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    uint64_t seed = sweep(body, n, options);

    if (seed == 0) {
        print_message("%u different sequences of events\n", wc_test_sequences());
        return;
    }
    if (testing_test.skipped) {
        testing_skip_outside(testing_test.file, testing_test.line);
    }
    print_error("seed %llu fails; replay: WC_SEED=%llu ctest -R %s\n", (unsigned long long)seed,
                (unsigned long long)seed, program_invocation_short_name);
    testing_fail_outside(testing_test.file, testing_test.line);
}

void wc_test_seeds(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    testing_run_seeds(body, n, options);
}

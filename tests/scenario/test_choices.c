/* The choices of a schedule in a file: kept, made again without the seed, reduced; with the broken twin
 * of the driver race that loses a wake-up. */
#include <wdfcore/testing.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "race.h"

#define LOST       WC_DRIVER_RACE_LOST_WAKEUP_DRIVER
#define SEEDS      1000u
#define LINES      2000u
#define OTHER_SEED 999983u

static char path[64];
static char lines[LINES][128];
static unsigned line_count;

static int make_path(void **state)
{
    int file;

    strcpy(path, "/tmp/wc_choices_XXXXXX");
    file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    return 0;
}

static int delete_path(void **state)
{
    unlink(path);
    return 0;
}

static void write_lines(void)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (unsigned i = 0; i < line_count; i++) {
        fputs(lines[i], file);
    }
    assert_int_equal(fclose(file), 0);
}

static void read_lines(void)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    for (line_count = 0; fgets(lines[line_count], sizeof(lines[0]), file) != NULL; line_count++) {
        assert_true(line_count + 1 < LINES);
        if (lines[line_count][0] == '#') {
            line_count--;
        }
    }
    fclose(file);
}

static bool replay_is_right(void)
{
    const struct wc_test_options options = {RACE_MACHINE(LOST), .replay_choices = path};

    return wc_test_one_seed(race_body, OTHER_SEED, &options);
}

/* The first seed that fails, with its choices in the file. */
static uint64_t record_failure(void)
{
    const struct wc_test_options options = {RACE_MACHINE(LOST), .record_choices = path};

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        if (!wc_test_one_seed(race_body, seed, &options)) {
            read_lines();
            return seed;
        }
    }
    fail();
    return 0;
}

static void a_replay_needs_no_seed(void **state)
{
    uint64_t seed = record_failure();
    uint64_t fingerprint = wc_test_fingerprint();

    print_message("seed %" PRIu64 ": %u choices\n", seed, line_count);
    assert_in_range(line_count, 1, LINES);
    assert_false(replay_is_right());
    assert_int_equal(wc_test_fingerprint(), fingerprint);
}

static void without_its_choices_the_run_is_schedule_0(void **state)
{
    const struct wc_test_options plain = {RACE_MACHINE(LOST), .record = true};
    uint64_t fingerprint;

    line_count = 0;
    write_lines();
    assert_true(replay_is_right());
    fingerprint = wc_test_fingerprint();
    assert_true(wc_test_one_seed(race_body, 0, &plain));
    assert_int_equal(wc_test_fingerprint(), fingerprint);
}

/* Without the lines from first on, count of them: does it still fail? If so they stay away. */
static bool take_out(unsigned first, unsigned count)
{
    static char before[LINES][128];
    unsigned old_count = line_count;

    memcpy(before, lines, sizeof(lines));
    memmove(lines[first], lines[first + count], (line_count - first - count) * sizeof(lines[0]));
    line_count -= count;
    write_lines();
    if (!replay_is_right()) {
        return true;
    }
    memcpy(lines, before, sizeof(lines));
    line_count = old_count;
    return false;
}

/* How many are left depends on the seed and on the window at which each stands; what holds for any is
 * that none is left that is not needed. */
static void a_failing_run_is_reduced_to_the_choices_that_matter(void **state)
{
    unsigned before;
    bool smaller = true;

    record_failure();
    before = line_count;
    for (unsigned size = line_count / 2; size > 0; size /= 2) {
        for (unsigned first = line_count; first >= size; first -= size) {
            take_out(first - size, size);
        }
    }
    while (smaller) { /* what was needed beside others may not be needed without them */
        smaller = false;
        for (unsigned i = line_count; i > 0; i--) {
            smaller |= take_out(i - 1, 1);
        }
    }
    print_message("%u of %u choices are enough to fail\n", line_count, before);
    assert_in_range(line_count, 1, before - 1);
    write_lines();
    assert_false(replay_is_right());
    for (unsigned i = 0; i < line_count; i++) {
        assert_false(take_out(i, 1));
    }
}

/* ---- files that are none ---- */

static void check_refused(const char *text, const char *where)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine = NULL;

    strcpy(lines[0], text);
    line_count = 1;
    write_lines();
    config.replay_choices = path;
    assert_int_equal(wc_machine_create(&config, &machine), WC_BAD_INPUT);
    assert_non_null(strstr(wc_last_error(), where));
    assert_null(machine);
}

static void bad_files_are_refused_in_one_line(void **state)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine = NULL;

    check_refused("1 pass 1\n2 jump 1\n", ":2: not a choice");
    check_refused("# none\n\n1 pass\n", ":3: not a choice");
    check_refused("0 pass 1\n", ":1: not a choice");
    check_refused("2 pass 1\n2 hold 3 # again\n", ":2: the number does not grow");
    config.replay_choices = "/does/not/exist";
    assert_int_equal(wc_machine_create(&config, &machine), WC_BAD_INPUT);
    assert_non_null(strstr(wc_last_error(), "cannot read /does/not/exist"));
}

/* ---- ties ---- */

static void equal_clocks_are_told_apart_by_the_seed(void **state)
{
    const struct wc_test_options options = {RACE_MACHINE(WC_DRIVER_RACE), .record_choices = path,
                                            .register_access_ns = 100};
    unsigned ties = 0;

    for (uint64_t seed = 1; seed <= 20; seed++) {
        assert_true(wc_test_one_seed(race_body, seed, &options));
        read_lines();
        for (unsigned i = 0; i < line_count; i++) {
            ties += strstr(lines[i], " tie ") != NULL;
        }
    }
    assert_true(ties > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replay_needs_no_seed),
        cmocka_unit_test(without_its_choices_the_run_is_schedule_0),
        cmocka_unit_test(a_failing_run_is_reduced_to_the_choices_that_matter),
        cmocka_unit_test(bad_files_are_refused_in_one_line),
        cmocka_unit_test(equal_clocks_are_told_apart_by_the_seed),
    };

    return cmocka_run_group_tests(tests, make_path, delete_path);
}

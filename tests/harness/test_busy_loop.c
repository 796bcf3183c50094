/* test_busy_loop.c - a loop that calls no kernel routine: with windows everywhere it ends, without it is
 * caught and named. The latter ends the process, so it runs in a child.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <wdfcore/testing.h>

static void windows_everywhere_let_the_timer_in(void **state)
{
    assert_non_null(wc_test_driver()); /* DriverEntry has returned */
}

/* Loads the driver in a child process; returns its exit status and what it printed. */
static int load_in_child(const char *driver, char *text, size_t size)
{
    int ends[2];
    int status = -1;
    size_t used = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
        struct wc_machine *machine;
        struct wc_driver *loaded;

        dup2(ends[1], STDERR_FILENO);
        config.clock = WC_CLOCK_REAL;
        if (wc_machine_create(&config, &machine) == WC_OK) {
            wc_machine_load_driver(machine, driver, &loaded);
        }
        _exit(0);
    }
    close(ends[1]);
    while (used + 1 < size && (got = read(ends[0], text + used, size - 1 - used)) > 0) {
        used += (size_t)got;
    }
    text[used] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static void a_loop_without_windows_is_caught_and_named(void **state)
{
    char text[8192];

    assert_int_equal(load_in_child(WC_DRIVER_DRV_SPINS, text, sizeof(text)), 3);
    assert_non_null(strstr(text, "NoInterruptWindow"));
    assert_non_null(strstr(text, "DriverEntry"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_without_windows_is_caught_and_named),
        wc_unit_test(windows_everywhere_let_the_timer_in, .driver = WC_DRIVER_DRV_SPINS_WINDOWS,
                     .no_device = true, .real_clock = true),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

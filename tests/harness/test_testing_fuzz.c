/* test_testing_fuzz.c - wc_fuzz_ioctl: bytes become requests, and what they break ends the process. */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../drivers/drv_kit.h"

static const struct wc_test_options kit = {.driver = WC_DRIVER_DRV_KIT};
static const uint32_t kit_codes[] = {KIT_CODE, 0};

/* As testing_fuzz.c reads them: what, the code's number, size of the output, size of the input. */
static const uint8_t short_control[] = {1, 0, 0, 0};
static const uint8_t long_control[] = {1, 0, 0, 4, 'a', 'b', 'c', 'd'};

static void random_requests_end_in_order(void **state)
{
    uint64_t x = 88172645463325252u;
    uint8_t data[200];

    for (unsigned round = 0; round < 300; round++) {
        for (size_t i = 0; i < sizeof(data); i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            data[i] = (uint8_t)x;
        }
        assert_int_equal(wc_fuzz_ioctl(&kit, "Kit", kit_codes, data, round % sizeof(data)), 0);
    }
    assert_int_equal(wc_fuzz_ioctl(&kit, "Kit", NULL, NULL, 0), 0);
}

/* What the child does: a fresh process, for a sanitizer loses count of threads in a fork. */
static int run_careless(const char *which)
{
    static const struct wc_test_options careless = {.driver = WC_DRIVER_DRV_CARELESS};
    bool is_long = strcmp(which, "long") == 0;

    return wc_fuzz_ioctl(&careless, "Careless", kit_codes, is_long ? long_control : short_control,
                         is_long ? sizeof(long_control) : sizeof(short_control));
}

static int in_a_child(const char *which, char *said, size_t said_size)
{
    FILE *output = tmpfile();
    int status;

    assert_non_null(output);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(output), STDERR_FILENO);
        execl("/proc/self/exe", "test_testing_fuzz", which, NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    rewind(output);
    said[fread(said, 1, said_size - 1, output)] = '\0';
    fclose(output);
    return status;
}

static void what_hangs_ends_the_process(void **state)
{
    char said[8192];
    int status = in_a_child("short", said, sizeof(said));

    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(said, "wc_fuzz_ioctl: "));
    status = in_a_child("long", said, sizeof(said));
    assert_int_equal(status, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_requests_end_in_order),
        cmocka_unit_test(what_hangs_ends_the_process),
    };

    if (argc > 1) {
        return run_careless(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* boot_speed.c - what a test's machine costs: create it, load samples/uart with a device and its model,
 * then take all of it down again.
 *
 *     boot_speed [RUNS]      prints the median and the least of CPU and wall time; 1000
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <wdfcore/machine.h>

#define RUNS_MAX 100000

static double up_wall[RUNS_MAX], up_cpu[RUNS_MAX], down_wall[RUNS_MAX], down_cpu[RUNS_MAX];

static double now_us(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;

    return first < second ? -1 : first > second;
}

static void print(const char *name, double *us, int runs)
{
    qsort(us, (size_t)runs, sizeof(*us), compare);
    printf("%-22s median %7.1f us, least %7.1f us\n", name, us[runs / 2], us[0]);
}

static bool boot(struct wc_machine **machine)
{
    const struct wc_device_config device = {.model = "uart16550,line=mem",
                                            .resources = "port=0x3f8-0x3ff,irq=4"};
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_driver *driver;
    struct wc_device *ignored;

    return wc_machine_create(&config, machine) == WC_OK &&
           wc_machine_load_driver(*machine, UART_DRIVER, &driver) == WC_OK &&
           wc_machine_add_device(*machine, driver, &device, &ignored) == WC_OK;
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : 1000;

    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    for (int i = 0; i < runs; i++) {
        struct wc_machine *machine = NULL;
        double wall = now_us(CLOCK_MONOTONIC), cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);

        if (!boot(&machine)) {
            fprintf(stderr, "boot_speed: %s\n", wc_last_error());
            return 1;
        }
        up_cpu[i] = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        up_wall[i] = now_us(CLOCK_MONOTONIC) - wall;
        wall = now_us(CLOCK_MONOTONIC);
        cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
        if (wc_machine_destroy(machine) != WC_OK) {
            fprintf(stderr, "boot_speed: %s\n", wc_last_error());
            return 1;
        }
        down_cpu[i] = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        down_wall[i] = now_us(CLOCK_MONOTONIC) - wall;
    }
    print("boot, CPU", up_cpu, runs);
    print("boot, wall clock", up_wall, runs);
    print("tear-down, CPU", down_cpu, runs);
    print("tear-down, wall clock", down_wall, runs);
    return 0;
}

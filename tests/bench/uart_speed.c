/* uart_speed.c - how fast bytes go round through the whole stack: a writer and a reader task with 64 KiB
 * each, the uart sample driver with FIFO trigger 14, the 16550 model with line=loop; fibers, real clock.
 * Beside it the floor: a plain loop over the same model's register callbacks, no driver at all.
 *
 *     uart_speed [MEGABYTES [RUNS]]      bytes in each direction and run; 4 and 3
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <wdfcore/machine.h>
#include <wdfcore/user.h>

#include "model/model_instance.h"
#include "nt/hal/hal_window.h"

#define PORT      0x3f8
#define CHUNK     65536
#define THR       (PORT + 0)
#define FCR       (PORT + 2)
#define LCR       (PORT + 3)
#define MCR       (PORT + 4)
#define LSR       (PORT + 5)
#define LSR_DATA  0x01
#define LSR_EMPTY 0x20

static struct {
    size_t total;
    size_t written, read;
    int failed;
    double seconds;
    uint8_t out[CHUNK], in[CHUNK];
} bench;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "uart_speed: %s: %s\n", what, wc_last_error());
    exit(1);
}

static struct wc_machine *machine_start(uint32_t processors)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine;

    config.processors = processors;
    config.clock = WC_CLOCK_REAL;
    if (wc_machine_create(&config, &machine) != WC_OK) {
        fail("the machine does not start");
    }
    return machine;
}

/* ---- through the driver ---- */

static struct wc_file *file;
static struct wc_machine *driven;

static void write_all(void *unused)
{
    (void)unused;
    while (bench.written < bench.total && !bench.failed) {
        size_t moved = 0;

        if (wc_file_write(file, bench.out, CHUNK, &moved) < 0 || moved == 0) {
            bench.failed = 1;
        }
        bench.written += moved;
    }
}

static void read_all(void *unused)
{
    double start = now();

    (void)unused;
    if (wc_file_open("COM1", &file) < 0 ||
        wc_machine_start_task(driven, write_all, NULL) != WC_OK) {
        bench.failed = 1;
        return;
    }
    while (bench.read < bench.total && !bench.failed) {
        size_t moved = 0;

        if (wc_file_read(file, bench.in, CHUNK, &moved) < 0) {
            bench.failed = 1;
        }
        for (size_t i = 0; i < moved; i++) { /* the bytes repeat every 251 */
            bench.failed |= bench.in[i] != (uint8_t)((bench.read + i) % CHUNK % 251);
        }
        bench.read += moved;
    }
    bench.seconds = now() - start;
    wc_file_close(file);
}

static double driver_speed(size_t total)
{
    struct wc_device_config device = {.model = "uart16550,line=loop",
                                      .resources = "port=0x3f8-0x3ff,irq=4"};
    struct wc_driver *driver;
    struct wc_device *added;

    bench.total = total;
    bench.written = bench.read = 0;
    driven = machine_start(1);
    if (wc_machine_load_driver(driven, UART_DRIVER, &driver) != WC_OK ||
        wc_machine_add_device(driven, driver, &device, &added) != WC_OK ||
        wc_machine_call(driven, read_all, NULL) != WC_OK || bench.failed) {
        fail("the driver");
    }
    wc_machine_destroy(driven);
    return (double)total / bench.seconds / 1e6;
}

/* ---- the floor ---- */

static uint8_t in8(struct hal_window *window, uint64_t port)
{
    return (uint8_t)hal_window_read(window, port, 1);
}

static void plain_loop(void *unused)
{
    struct hal_window *window = hal_window_find(HAL_SPACE_PORT, PORT, 1);
    size_t sent = 0;
    size_t received = 0;
    double start = now();

    (void)unused;
    hal_window_write(window, FCR, 1, 0xc1); /* FIFOs on, trigger 14 */
    hal_window_write(window, LCR, 1, 0x03); /* 8 bits */
    hal_window_write(window, MCR, 1, 0x0b); /* DTR, RTS, OUT2 */
    while (received < bench.total) {
        if (sent < bench.total && (in8(window, LSR) & LSR_EMPTY) != 0) {
            for (int i = 0; i < 16 && sent < bench.total; i++, sent++) {
                hal_window_write(window, THR, 1, bench.out[sent % CHUNK]);
            }
        }
        while ((in8(window, LSR) & LSR_DATA) != 0) {
            bench.failed |= in8(window, THR) != bench.out[received % CHUNK];
            received++;
        }
    }
    bench.seconds = now() - start;
}

static double plain_speed(size_t total)
{
    const struct model_range port = {PORT, 8};
    const uint32_t irq = 4;
    const struct model_resources resources = {
        .ports = &port, .port_count = 1, .irqs = &irq, .irq_count = 1};
    struct wc_machine *machine = machine_start(1);
    char error[256];
    struct wc_model *model =
        model_create("uart16550,line=loop", &resources, error, sizeof(error));

    bench.total = total;
    if (model == NULL || wc_machine_call(machine, plain_loop, NULL) != WC_OK || bench.failed) {
        fail(model == NULL ? error : "the plain loop");
    }
    model_delete(model);
    wc_machine_destroy(machine);
    return (double)total / bench.seconds / 1e6;
}

int main(int count, char **arguments)
{
    size_t total = (count > 1 ? strtoul(arguments[1], NULL, 10) : 4) << 20;
    unsigned long runs = count > 2 ? strtoul(arguments[2], NULL, 10) : 3;

    if (total == 0 || runs == 0) {
        fprintf(stderr, "usage: uart_speed [MEGABYTES [RUNS]]\n");
        return 2;
    }
    for (size_t i = 0; i < CHUNK; i++) {
        bench.out[i] = (uint8_t)(i % 251);
    }
    for (unsigned long i = 0; i < runs; i++) {
        double plain = plain_speed(total);
        double driver = driver_speed(total);

        printf("driver %.2f MB/s read and as much written; plain register loop %.2f MB/s; %.1f "
               "times the time of the loop\n",
               driver, plain, plain / driver);
    }
    return 0;
}

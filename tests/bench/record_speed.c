/* record_speed.c - what the two recorders cost: an event into the flight ring, an event into the
 * recording on the virtual and on the real clock, and a DPC with and without a recording.
 *
 *     record_speed [RUNS]      prints the least of each; 100
 */
#include <ntddk.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <wdfcore/machine.h>

#include "nt/ke/ke_processor.h"
#include "nt/ke/record/ke_record.h"

#define EVENTS 10000 /* short: the least of many is undisturbed */

static double ring_ns = 1e9, event_ns[2] = {1e9, 1e9}, dpc_ns[2] = {1e9, 1e9};

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void least(double *of, double since)
{
    double each = (now_ns() - since) / EVENTS;

    *of = each < *of ? each : *of;
}

static VOID nothing(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
}

static void run_dpcs(double *of)
{
    double since = now_ns();
    KDPC dpc;

    KeInitializeDpc(&dpc, nothing, NULL);
    for (int i = 0; i < EVENTS; i++) {
        KeInsertQueueDpc(&dpc, NULL, NULL);
    }
    least(of, since);
}

static void measure(void *context)
{
    const bool *real = context;
    double since = now_ns();

    for (int i = 0; i < EVENTS; i++) {
        ke_ring(ke_self, BASE_EVENT_POWER, &ring_ns);
        __asm__ volatile("" ::: "memory");
    }
    least(&ring_ns, since);
    if (!*real) {
        run_dpcs(&dpc_ns[0]);
    }
    for (int pass = 0; pass < 2; pass++) { /* the second finds the memory of the first */
        ke_record_start();
        since = now_ns();
        for (int i = 0; i < EVENTS; i++) {
            ke_event(BASE_EVENT_POWER, &ring_ns, KE_ABOUT(BASE_SUBJECT_TEXT, "bench"), 0);
        }
    }
    least(&event_ns[*real], since);
    if (*real) {
        run_dpcs(&dpc_ns[1]);
    }
    ke_record_stop();
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : 100;

    for (int i = 0; i < runs * 2; i++) {
        struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
        struct wc_machine *machine;
        bool real = i % 2 != 0;

        config.clock = real ? WC_CLOCK_REAL : WC_CLOCK_VIRTUAL;
        if (wc_machine_create(&config, &machine) != WC_OK ||
            wc_machine_call(machine, measure, &real) != WC_OK) {
            fprintf(stderr, "record_speed: %s\n", wc_last_error());
            return 1;
        }
        wc_machine_destroy(machine);
    }
    printf("flight ring                 %6.1f ns an event\n", ring_ns);
    printf("recording, virtual clock    %6.1f ns an event\n", event_ns[0]);
    printf("recording, real clock       %6.1f ns an event\n", event_ns[1]);
    printf("DPC, inserted and run       %6.1f ns; recorded on the real clock %.1f (5 events)\n",
           dpc_ns[0], dpc_ns[1]);
    return 0;
}

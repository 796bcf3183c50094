/* machine_stats.c - counts and the object tree, gathered from the layers that keep them. */
#include <stdlib.h>

#include "harness/machine/machine_core.h"
#include "harness/report/report_analysis.h"
#include "harness/user_io.h"
#include "host/host.h"
#include "nt/ke/ke_processor.h"
#include "nt/time/ke_due.h"
#include "wdf/object/dump/fx_dump.h"

void wc_machine_statistics(struct wc_machine *machine, struct wc_statistics *statistics)
{
    struct ke_statistics ke = {0};
    struct host_statistics host = {0};
    struct user_io_statistics io = {0};

    if (statistics == NULL) {
        return;
    }
    *statistics = (struct wc_statistics){0};
    if (!machine_is(machine)) {
        return;
    }
    ke_statistics_read(&ke);
    host_statistics_read(&host);
    user_io_get_statistics(&io);
    *statistics = (struct wc_statistics){
        .interrupts = ke.interrupts,
        .interrupts_unclaimed = ke.interrupts_unclaimed,
        .dpc_enqueues = ke.dpc_enqueues,
        .dpc_coalesced = ke.dpc_coalesced,
        .dpc_runs = ke.dpc_runs,
        .requests = io.requests,
        .requests_cancelled = io.requests_cancelled,
        .bytes_read = io.bytes_read,
        .bytes_written = io.bytes_written,
        .timers_expired = ke.timers_expired,
        .task_switches = host.switches,
        .turns = host.turns,
        .loop_polls = host.polls,
    };
}

uint64_t wc_processor_now_ns(void)
{
    return ke_clock_now_100ns() * 100;
}

enum wc_result wc_machine_usage(struct wc_machine *machine, struct wc_usage usage[64])
{
    struct report *report;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    report = report_analyze(ke_processor_count());
    if (report == NULL) {
        return machine_fail(WC_FAILED, "the recording could not be looked at");
    }
    for (uint32_t i = 0; i < ke_processor_count(); i++) {
        usage[i] = (struct wc_usage){.isr_ns = report->usage[i].isr_ns,
                                     .dpc_ns = report->usage[i].dpc_ns,
                                     .task_ns = report->usage[i].task_ns,
                                     .idle_ns = report->usage[i].idle_ns,
                                     .isr_runs = report->usage[i].isr_runs,
                                     .dpc_runs = report->usage[i].dpc_runs};
    }
    report_free(report);
    return WC_OK;
}

char *wc_machine_objects(struct wc_machine *machine)
{
    return machine_is(machine) ? fx_dump_objects() : NULL;
}

enum wc_result wc_objects_write(struct wc_machine *machine, FILE *out,
                                enum wc_objects_format format)
{
    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (out == NULL) {
        return machine_fail(WC_BAD_INPUT, "no stream is given");
    }
    switch (format) {
    case WC_OBJECTS_TEXT:
        fx_dump_text(out);
        break;
    case WC_OBJECTS_JSON:
        fx_dump_json(out);
        break;
    case WC_OBJECTS_DOT:
        fx_dump_dot(out);
        break;
    default:
        return machine_fail(WC_BAD_INPUT, "%d is no format of objects", (int)format);
    }
    return fflush(out) == 0 && ferror(out) == 0
               ? WC_OK
               : machine_fail(WC_FAILED, "the objects could not be written");
}

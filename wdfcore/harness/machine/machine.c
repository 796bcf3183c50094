/* machine.c - the machine's life.
 * Normal path: create starts nt and the I/O manager; then it is driven (machine_drive.c) and called
 * into (machine_call.c); destroy removes devices and drivers newest first, looks for what is left,
 * and stops nt.
 * After a violation nothing of a driver runs any more: destroy then only frees.
 */
#include "harness/machine/machine_core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/violation.h"
#include "harness/driver/driver_symbols.h"
#include "harness/machine/machine_choices.h"
#include "harness/machine/machine_device.h"
#include "harness/machine/machine_driver.h"
#include "harness/machine/machine_event.h"
#include "harness/pnp/pnp_root.h"
#include "harness/user_io.h"
#include "host/stream/host_stream.h"
#include "nt/io/io_manager.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"
#include "nt/rtl/rtl_status.h"
#include "nt/time/ke_timer.h"
#include "nt/dbg/dbg_print.h"
#include "nt/wpp/wpp_control.h"

static struct wc_machine *current; /* one at a time */
static char last_error[512];

/* ---- errors ---- */

enum wc_result machine_fail(enum wc_result result, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(last_error, sizeof(last_error), format, arguments);
    va_end(arguments);
    return result;
}

const char *wc_last_error(void)
{
    return last_error;
}

const char *wc_last_report(void)
{
    return base_violation_last_report();
}

const char *machine_status_text(NTSTATUS status, char text[64])
{
    const char *name = rtl_status_name(status);

    if (name != NULL) {
        snprintf(text, 64, "%s (0x%08X)", name, (unsigned)status);
        return text;
    }
    snprintf(text, 64, "0x%08X", (unsigned)status);
    return text;
}

struct wc_machine *machine_current(void)
{
    return current;
}

bool machine_is(const struct wc_machine *machine)
{
    if (machine == NULL || machine != current) {
        machine_fail(WC_BAD_INPUT, "there is no such machine");
        return false;
    }
    return true;
}

/* ---- creating ---- */

static const struct ke_symbolizer symbolizer = {.name = driver_symbols_name,
                                                .routine = driver_symbols_function,
                                                .is_driver = driver_symbols_is_driver};

static enum wc_result check_config(const struct wc_machine_config *config)
{
    if (config->processors < 1 || config->processors > HOST_MAX_PROCESSORS) {
        return machine_fail(WC_BAD_INPUT, "a machine has 1 to %u processors, not %u",
                            HOST_MAX_PROCESSORS, config->processors);
    }
    if (config->scheduler == WC_SCHED_THREAD && config->seed != 0) {
        return machine_fail(WC_BAD_INPUT, "a seed chooses under the fiber scheduler only");
    }
    if (config->tick_ns < 1000) {
        return machine_fail(WC_BAD_INPUT, "a clock tick is at least 1,000 ns, not %u",
                            config->tick_ns);
    }
    if (current == NULL && !wpp_ask(config->wpp)) {
        return machine_fail(WC_BAD_INPUT,
                            "wpp '%s': must be LEVEL or LEVEL,FLAG,... with a level from 0 to 255 "
                            "or critical, error, warning, information, verbose",
                            config->wpp);
    }
    return WC_OK;
}

enum wc_result wc_machine_create(const struct wc_machine_config *config,
                                 struct wc_machine **machine)
{
    if (config == NULL || machine == NULL) {
        return machine_fail(WC_BAD_INPUT, "a machine is created by its description, into a "
                                          "variable");
    }
    struct ke_machine_config ke_config = {
        .processors = config->processors,
        .scheduler =
            config->scheduler == WC_SCHED_THREAD ? HOST_SCHEDULER_THREAD : HOST_SCHEDULER_FIBER,
        .clock = config->clock == WC_CLOCK_REAL ? HOST_CLOCK_REAL : HOST_CLOCK_VIRTUAL,
        .driven = config->processors_driven,
        .seed = config->seed,
        .tick_ns = config->tick_ns,
        .threaded_dpcs_at_dispatch = config->threaded_dpcs_at_dispatch,
        .clock_read_ns = config->clock_read_ns,
        .register_access_ns = config->register_access_ns,
        .isr_entry_ns = config->isr_entry_ns,
        .dpc_entry_ns = config->dpc_entry_ns,
        .context_switch_ns = config->context_switch_ns,
        .record = config->record,
        .keep_choices = config->record_choices != NULL,
    };
    enum wc_result result = check_config(config);
    struct wc_machine *created;

    if (result != WC_OK) {
        return result;
    }
    if (current != NULL) {
        return machine_fail(WC_FAILED, "a process has one machine at a time");
    }
    created = calloc(1, sizeof(*created));
    if (created == NULL) {
        return machine_fail(WC_FAILED, "out of memory");
    }
    if (config->replay_choices != NULL) {
        result = machine_choices_read(config->replay_choices, &created->choices,
                                      &ke_config.choice_count);
        if (result != WC_OK) {
            free(created);
            return result;
        }
        ke_config.choices = created->choices;
    }
    base_violation_reset();
    base_violation_collect(config->collect);
    dbg_filter_reset();
    if (config->debug_print) {
        dbg_filter_set_default(~0u);
    }
    ke_report_set_symbolizer(&symbolizer);
    int error = ke_machine_start(&ke_config);
    if (error != 0) {
        free(created->choices);
        free(created);
        return machine_fail(WC_FAILED, "the machine cannot start: %s", strerror(-error));
    }
    if (!io_manager_start()) {
        ke_machine_stop();
        free(created->choices);
        free(created);
        return machine_fail(WC_FAILED, "out of memory");
    }
    created->config = *config;
    current = created;
    *machine = created;
    return WC_OK;
}

/* ---- taking apart ---- */

struct leftover {
    bool timer;
    char routine[128]; /* of the timer's DPC */
};

/* All drivers are gone: what they queued has run when the flush returns; what they armed would
 * still come. */
static void look_for_leaks(void *context)
{
    struct leftover *leftover = context;
    PKTIMER timer;

    pnp_root_stop();
    io_manager_report_leaks();
    KeFlushQueuedDpcs();
    timer = ke_timer_in_range((const void *)1, INTPTR_MAX);
    if (timer != NULL) {
        leftover->timer = true;
        ke_report_routine(timer->Dpc != NULL ? (const void *)(ULONG_PTR)timer->Dpc->DeferredRoutine
                                             : NULL,
                          leftover->routine, sizeof(leftover->routine));
    }
}

static enum wc_result report_leaks(struct wc_machine *machine)
{
    struct leftover leftover = {0};
    enum wc_result result = wc_machine_call(machine, look_for_leaks, &leftover);

    if (result == WC_OK && leftover.timer) {
        result = machine_fail(WC_FAILED, "a timer is still armed at the end; its DPC routine: %s",
                              leftover.routine);
    }
    return result;
}

enum wc_result wc_machine_remove_devices(struct wc_machine *machine)
{
    enum wc_result result = WC_OK;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (ke_machine.config.record && machine->objects == NULL) {
        machine->objects = wc_machine_objects(machine);
    }
    while (machine->devices != NULL && !ke_machine.stopped) {
        enum wc_result end = machine_device_end(machine->devices);
        result = result == WC_OK ? end : result;
    }
    return result;
}

/* In order: devices, drivers, then what nobody should have left. Stops at a violation. */
static enum wc_result take_apart(struct wc_machine *machine)
{
    enum wc_result result = wc_machine_remove_devices(machine);

    while (machine->drivers != NULL && !ke_machine.stopped) {
        enum wc_result end = machine_driver_end(machine->drivers);
        result = result == WC_OK ? end : result;
    }
    if (!ke_machine.stopped) {
        enum wc_result end = report_leaks(machine);
        result = result == WC_OK ? end : result;
    }
    return result;
}

enum wc_result wc_machine_destroy(struct wc_machine *machine)
{
    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    enum wc_result result = take_apart(machine);
    if ((ke_machine.stopped && !machine->gave_up) ||
        (machine->config.collect && base_violation_count(RULE_COUNT) > 0)) {
        result = WC_STOPPED;
    }
    if (machine->config.record_choices != NULL) {
        enum wc_result written = machine_choices_write(machine->config.record_choices);
        result = result == WC_OK ? written : result;
    }
    machine_devices_free(machine);
    machine_events_free(machine);
    pnp_root_forget();
    user_io_stop();
    io_manager_stop();
    ke_machine_stop();
    machine_drivers_free(machine);
    free(machine->choices);
    free(machine->objects);
    free(machine);
    current = NULL;
    return result;
}

const char *wc_trace_text(struct wc_machine *machine)
{
    return machine_is(machine) ? ke_record_text() : "";
}

bool wc_stream_is_real(const char *spec)
{
    return host_stream_spec_is_real(spec);
}

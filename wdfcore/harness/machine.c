/* machine.c - the machine's life and how it is driven.
 * Normal path: create starts nt and the I/O manager; each call from outside that touches NT runs as
 * a task; destroy removes devices and drivers newest first, looks for what is left, and stops nt.
 * After a violation nothing of a driver runs any more: destroy then only frees.
 */
#include "harness/machine_core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/violation.h"
#include "harness/driver_symbols.h"
#include "harness/machine_choices.h"
#include "harness/machine_device.h"
#include "harness/machine_driver.h"
#include "harness/machine_event.h"
#include "harness/pnp_root.h"
#include "harness/user_io.h"
#include "host/host_stream.h"
#include "nt/io/io_manager.h"
#include "nt/io/io_shutdown.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_drive.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_record.h"
#include "nt/ke/ke_report.h"
#include "nt/rtl/rtl_status.h"
#include "nt/thread/ke_thread.h"
#include "nt/time/ke_timer.h"
#include "nt/ke/ke_window.h"
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

/* ---- driving ---- */

struct drive {
    bool (*done)(void *);
    void *context;
    uint64_t deadline_ns;
};

static bool drive_is_done(void *context)
{
    struct drive *drive = context;

    return (drive->done != NULL && drive->done(drive->context)) ||
           (drive->deadline_ns != UINT64_MAX && host_clock_machine() >= drive->deadline_ns);
}

static enum wc_result result_of(enum host_run_result result)
{
    if (ke_machine.stopped) {
        return WC_STOPPED;
    }
    return result == HOST_RUN_DONE
               ? WC_OK
               : machine_fail(WC_STUCK,
                              "nothing can happen any more in the machine, and what it was "
                              "asked for has not ended");
}

enum wc_result wc_machine_run(struct wc_machine *machine, bool (*done)(void *), void *context)
{
    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    return ke_machine.stopped ? WC_STOPPED : result_of(ke_run(done, context));
}

/* The deadline is an event like any other: a virtual clock jumps to it, a real one waits for it. */
static void deadline_passed(struct ke_due_entry *entry)
{
    host_run_recheck();
}

enum wc_result wc_machine_run_until(struct wc_machine *machine, uint64_t deadline_ns,
                                    bool (*done)(void *), void *context)
{
    struct drive drive = {.done = done, .context = context, .deadline_ns = deadline_ns};
    struct ke_due_entry entry;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (ke_machine.stopped) {
        return WC_STOPPED;
    }
    ke_due_entry_init(&entry, deadline_passed);
    if (deadline_ns != UINT64_MAX) {
        ke_due_arm(&entry, deadline_ns / 100 + (deadline_ns % 100 != 0));
    }
    enum host_run_result result = ke_run(drive_is_done, &drive);
    ke_due_disarm(&entry);
    return result_of(result);
}

enum wc_result wc_machine_advance(struct wc_machine *machine, uint64_t ns)
{
    return wc_machine_run_until(machine, host_clock_machine() + ns, NULL, NULL);
}

static void shut_down(void *context)
{
    (void)context;
    io_shutdown_notify();
}

enum wc_result wc_machine_shutdown(struct wc_machine *machine)
{
    return wc_machine_call(machine, shut_down, NULL);
}

uint64_t wc_machine_now_ns(struct wc_machine *machine)
{
    return machine_is(machine) ? host_clock_machine() : 0;
}

bool wc_machine_is_idle(struct wc_machine *machine)
{
    bool idle = machine_is(machine) && !host_posts_pending() && ke_due_next_100ns() == UINT64_MAX;

    for (ULONG i = 0; idle && i < ke_processor_count(); i++) {
        idle = !host_processor_has_work(i);
    }
    return idle;
}

enum wc_result wc_machine_attach(struct wc_machine *machine, struct uv_loop_s *loop)
{
    int result;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    result = host_attach(loop);
    return result == 0
               ? WC_OK
               : machine_fail(WC_FAILED, "the machine cannot use this loop: %s", strerror(-result));
}

/* The condition of a run that ends after one turn. */
static bool second_time(void *context)
{
    bool *asked = context;
    bool before = *asked;

    *asked = true;
    return before;
}

void wc_processor_turn(struct wc_machine *machine, uint32_t processor, bool wait)
{
    bool asked = false;

    if (!ke_processor_is_outside(ke_self)) {
        if (host_visited() == processor) {
            ke_drive_turn_inside(wait);
        } else {
            ke_processor_turn();
        }
        return;
    }
    if (!machine_is(machine) || processor >= ke_processor_count() || ke_machine.stopped) {
        return;
    }
    if (ke_drives()) {
        ke_drive_turn(processor, wait);
        return;
    }
    if (!wait) {
        ke_attention_set(ke_processor_at(processor), KE_ATTENTION_TIME);
    }
    ke_run(second_time, &asked);
}

void wc_machine_recheck(struct wc_machine *machine)
{
    host_run_recheck();
}

void wc_machine_interrupt(struct wc_machine *machine)
{
    host_run_interrupt();
}

/* ---- calling ---- */

struct call {
    void (*body)(void *);
    void *argument;
    bool ended;
};

static void call_entry(void *context)
{
    struct call *call = context;

    call->body(call->argument);
    call->ended = true;
    host_run_recheck();
}

/* affinity: 0: any processor. */
static bool start_task(void (*body)(void *), void *argument, const char *name, KAFFINITY affinity)
{
    PKTHREAD thread = ke_thread_start(body, argument, name, affinity);

    if (thread != NULL) {
        ob_deref(thread);
    }
    return thread != NULL;
}

/* The same at DISPATCH_LEVEL. */
static void call_raised(void *context)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();
    struct call *call = context;

    call->body(call->argument);
    KeLowerIrql(old);
    call->ended = true;
    host_run_recheck();
}

static bool call_has_ended(void *context)
{
    const struct call *call = context;

    return call->ended;
}

void machine_set_patience(struct wc_machine *machine, uint64_t ns)
{
    machine->patience_ns = ns;
}

static uint64_t count_requests(void)
{
    struct user_io_statistics statistics;

    user_io_get_statistics(&statistics);
    return statistics.requests;
}

/* Nobody runs between two calls of ke_run: the machine can be stopped from here. */
static enum wc_result run_patiently(struct wc_machine *machine, bool (*done)(void *), void *context)
{
    uint64_t before, now = host_clock_machine();
    enum wc_result result;

    do {
        before = count_requests();
        result = wc_machine_run_until(machine, now + machine->patience_ns, done, context);
        now = host_clock_machine();
        if (result != WC_OK || done(context)) {
            return result;
        }
    } while (count_requests() != before);
    machine->gave_up = true;
    ke_machine_give_up();
    return machine_fail(WC_STUCK,
                        "for %llu ms of the machine's time no request ended, nor what it was "
                        "asked for",
                        (unsigned long long)(machine->patience_ns / 1000000));
}

enum wc_result machine_call_until(struct wc_machine *machine, void (*body)(void *), void *argument,
                                  bool (*done)(void *))
{
    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (ke_machine.stopped) {
        return WC_STOPPED;
    }
    if (!start_task(body, argument, "wc_machine_call", 0)) {
        return machine_fail(WC_FAILED, "out of memory");
    }
    return machine->patience_ns == 0 ? wc_machine_run(machine, done, argument)
                                     : run_patiently(machine, done, argument);
}

enum wc_result wc_machine_call(struct wc_machine *machine, void (*body)(void *), void *argument)
{
    struct call call = {.body = body, .argument = argument};

    return machine_call_until(machine, call_entry, &call, call_has_ended);
}

enum wc_result wc_processor_call(struct wc_machine *machine, uint32_t processor,
                                 void (*body)(void *), void *argument)
{
    struct call call = {.body = body, .argument = argument};

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (processor >= ke_processor_count()) {
        return machine_fail(WC_BAD_INPUT, "there is no processor %u", processor);
    }
    if (ke_machine.stopped) {
        return WC_STOPPED;
    }
    if (ke_drives()) {
        switch (ke_drive_call(processor, body, argument)) {
        case HOST_VISIT_DONE:
            return WC_OK;
        case HOST_VISIT_HALTED:
            return WC_STOPPED;
        case HOST_VISIT_BUSY:
            break;
        }
        return machine_fail(WC_FAILED, "another thread drives processor %u", processor);
    }
    if (!start_task(call_raised, &call, "wc_processor_call", (KAFFINITY)1 << processor)) {
        return machine_fail(WC_FAILED, "out of memory");
    }
    return wc_machine_run(machine, call_has_ended, &call);
}

enum wc_result wc_machine_start_task(struct wc_machine *machine, void (*body)(void *),
                                     void *argument)
{
    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (ke_machine.stopped) {
        return WC_STOPPED;
    }
    if (!start_task(body, argument, "wc_machine_start_task", 0)) {
        return machine_fail(WC_FAILED, "out of memory");
    }
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

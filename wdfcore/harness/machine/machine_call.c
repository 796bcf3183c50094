/* machine_call.c - what stands outside runs something in the machine: as a task, or on a processor.
 */
#include "harness/machine/machine_core.h"

#include <stdio.h>
#include <string.h>

#include "harness/user_io.h"
#include "nt/io/io_shutdown.h"
#include "nt/io/power/po_setting.h"
#include "nt/ke/schedule/ke_drive.h"
#include "nt/ke/ke_machine.h"
#include "nt/thread/ke_thread.h"

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

/* In a machine that is stopped nothing would be called anyway. */
static bool body_is(void (*body)(void *))
{
    if (body == NULL && !ke_machine.stopped) {
        machine_fail(WC_BAD_INPUT, "no function is given");
        return false;
    }
    return true;
}

enum wc_result machine_call_until(struct wc_machine *machine, void (*body)(void *), void *argument,
                                  bool (*done)(void *))
{
    if (!machine_is(machine) || !body_is(body)) {
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

    if (!machine_is(machine) || !body_is(body)) {
        return WC_BAD_INPUT;
    }
    return machine_call_until(machine, call_entry, &call, call_has_ended);
}

enum wc_result wc_processor_call(struct wc_machine *machine, uint32_t processor,
                                 void (*body)(void *), void *argument)
{
    struct call call = {.body = body, .argument = argument};

    if (!machine_is(machine) || !body_is(body)) {
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
    if (!machine_is(machine) || !body_is(body)) {
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

static void shut_down(void *context)
{
    (void)context;
    io_shutdown_notify();
}

enum wc_result wc_machine_shutdown(struct wc_machine *machine)
{
    return wc_machine_call(machine, shut_down, NULL);
}

struct power_setting {
    GUID guid;
    const void *value;
    ULONG size;
    bool set;
};

static void set_power_setting(void *context)
{
    struct power_setting *setting = context;

    setting->set = po_setting_set(&setting->guid, setting->value, setting->size);
}

/* With braces or without. */
static bool parse_guid(const char *text, GUID *guid)
{
    unsigned part[11];
    int end = 0;
    bool braces = text[0] == '{';

    if (sscanf(text + braces, "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x%n", &part[0], &part[1],
               &part[2], &part[3], &part[4], &part[5], &part[6], &part[7], &part[8], &part[9],
               &part[10], &end) != 11 ||
        strcmp(text + braces + end, braces ? "}" : "") != 0) {
        return false;
    }
    guid->Data1 = part[0];
    guid->Data2 = (USHORT)part[1];
    guid->Data3 = (USHORT)part[2];
    for (int i = 0; i < 8; i++) {
        guid->Data4[i] = (UCHAR)part[3 + i];
    }
    return true;
}

enum wc_result wc_machine_power_setting(struct wc_machine *machine, const char *guid,
                                        const void *value, size_t size)
{
    struct power_setting setting = {.value = value};
    enum wc_result result;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (!parse_guid(guid, &setting.guid)) {
        return machine_fail(WC_BAD_INPUT, "power setting '%s': not a GUID", guid);
    }
    if (size == 0 || size > PO_SETTING_MAXIMUM) {
        return machine_fail(WC_BAD_INPUT, "power setting '%s': a value of %zu bytes", guid, size);
    }
    setting.size = (ULONG)size;
    result = wc_machine_call(machine, set_power_setting, &setting);
    if (result == WC_OK && !setting.set) {
        return machine_fail(WC_FAILED, "out of memory");
    }
    return result;
}

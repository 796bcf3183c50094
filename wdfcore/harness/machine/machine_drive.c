/* machine_drive.c - the machine goes on: until a condition holds, until a time, or by one turn of a
 * processor.
 */
#include "harness/machine/machine_core.h"

#include <string.h>

#include "nt/ke/schedule/ke_drive.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_window.h"
#include "nt/time/ke_due.h"

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
    return machine_is(machine)
               ? wc_machine_run_until(machine, host_clock_machine() + ns, NULL, NULL)
               : WC_BAD_INPUT;
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
    if (loop == NULL) {
        return machine_fail(WC_BAD_INPUT, "no loop is given");
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

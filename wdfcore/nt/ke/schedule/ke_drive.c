/* ke_drive.c - the program's threads as processors. A body stands in the idle context at DISPATCH_LEVEL;
 * a turn is a fall of the level: the same dispatch that the processor's own thread would make.
 */
#include "nt/ke/schedule/ke_drive.h"

#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/ke_upcalls.h"

struct drive_call {
    void (*body)(void *);
    void *argument;
};

bool ke_drives(void)
{
    return ke_machine.config.driven && base_threaded;
}

static void drive_dispatch(void)
{
    ke_upcalls.dispatch(ke_self->number);
}

static void drive_waited(void *context)
{
    (void)context;
    drive_dispatch();
}

static void drive_at_once(void *context)
{
    (void)context;
    __atomic_fetch_or(&ke_self->attention, KE_ATTENTION_TIME, __ATOMIC_RELAXED);
    drive_dispatch();
}

void ke_drive_turn(ULONG processor, bool wait)
{
    host_visit(processor, wait, wait ? drive_waited : drive_at_once, NULL);
}

static void drive_raised(void *context)
{
    struct drive_call *call = context;

    ke_irql_set(ke_self, DISPATCH_LEVEL);
    call->body(call->argument);
    ke_irql_set(ke_self, PASSIVE_LEVEL);
    drive_dispatch();
}

enum host_visit_result ke_drive_call(ULONG processor, void (*body)(void *), void *argument)
{
    struct drive_call call = {.body = body, .argument = argument};

    return host_visit(processor, false, drive_raised, &call);
}

/* Something waits for this processor already. */
static bool drive_has_work(const struct ke_processor *self)
{
    return self->deferred != 0 || ke_processor_is_pending(self) || host_posts_pending();
}

void ke_drive_turn_inside(bool wait)
{
    struct ke_processor *self = ke_self;

    if (self->irql != DISPATCH_LEVEL || ke_in_dpc(self) || self->isr_depth != 0) {
        return;
    }
    ke_irql_set(self, PASSIVE_LEVEL);
    if (!wait) {
        __atomic_fetch_or(&self->attention, KE_ATTENTION_TIME, __ATOMIC_RELAXED);
    } else if (!drive_has_work(self)) {
        host_visit_wait();
    }
    drive_dispatch();
    ke_irql_set(ke_self, DISPATCH_LEVEL);
}

#include "nt/ke/schedule/ke_schedule.h"

#include <wdm.h>

#include "nt/dpc/ke_dpc_thread.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/ke_window.h"

#define WINDOWS_PER_TURN 1000 /* schedule 0: then another processor with work is let in */
#define MAXIMUM_DELAY    16
#define ONE_IN_DELAY     4 /* of the interrupts are held back */
#define ONE_IN_PASS      8 /* of the windows give the turn away */
#define ONE_IN_PREEMPT   16

/* With threads the host chooses. */
int ke_schedule_is_seeded(void)
{
    return ke_machine.config.seed != 0 || ke_machine.config.choices != NULL;
}

static BOOLEAN draw_one_in(uint32_t n)
{
    return base_random_below(&ke_machine.random, n) == 0;
}

static BOOLEAN choose_one_in(enum ke_choice_kind kind, uint32_t n)
{
    return ke_choice(kind, draw_one_in(n)) != 0;
}

uint32_t ke_schedule_interrupt_delay(void)
{
    uint32_t delay = 0;

    if (!ke_schedule_is_seeded()) {
        return 0;
    }
    if (draw_one_in(ONE_IN_DELAY)) {
        delay = 1 + base_random_below(&ke_machine.random, MAXIMUM_DELAY);
    }
    delay = ke_choice(KE_CHOICE_HOLD, delay);
    return delay < MAXIMUM_DELAY ? delay : MAXIMUM_DELAY;
}

uint32_t ke_schedule_pick(enum ke_choice_kind kind, uint64_t mask, uint64_t preferred)
{
    uint32_t count = (uint32_t)__builtin_popcountll(mask);
    uint32_t first = (uint32_t)__builtin_ctzll(preferred);
    uint32_t skip = 0;

    if (ke_schedule_is_seeded()) {
        skip = ke_choice(kind, base_random_below(&ke_machine.random, count)) % count;
    }
    while (skip-- > 0) {
        uint64_t above = first >= 63 ? 0 : mask & ~((2ULL << first) - 1);

        first = (uint32_t)__builtin_ctzll(above != 0 ? above : mask);
    }
    return first;
}

void ke_schedule_update(struct ke_processor *self)
{
    if (base_threaded) {
        return; /* only a pause sets it */
    }
    if (ke_schedule_is_seeded() || host_others_have_work() || self->threaded_count > 0) {
        __atomic_fetch_or(&self->attention, KE_ATTENTION_SCHEDULE, __ATOMIC_RELAXED);
    } else {
        __atomic_fetch_and(&self->attention, (UCHAR)~KE_ATTENTION_SCHEDULE, __ATOMIC_RELAXED);
    }
}

static BOOLEAN schedule_wants_pass(struct ke_processor *self)
{
    if (!host_others_have_work()) {
        return FALSE;
    }
    if (ke_schedule_is_seeded() && choose_one_in(KE_CHOICE_PASS, ONE_IN_PASS)) {
        return TRUE;
    }
    return self->windows >= WINDOWS_PER_TURN || host_turn_is_behind();
}

void ke_schedule_window(void)
{
    struct ke_processor *self = ke_self;

    if (base_threaded) {
        __atomic_fetch_and(&self->attention, (UCHAR)~KE_ATTENTION_SCHEDULE, __ATOMIC_SEQ_CST);
        host_pause_point();
        return;
    }
    if (ke_dpc_thread_wants_in(self)) {
        host_task_yield();
    } else if (schedule_wants_pass(self)) {
        self->windows = 0;
        host_turn_pass(HOST_NO_PROCESSOR);
    } else if (ke_schedule_is_seeded() && self->irql == PASSIVE_LEVEL && !self->dispatching &&
               self->thread != self->dpc_thread &&
               choose_one_in(KE_CHOICE_PREEMPT, ONE_IN_PREEMPT)) {
        host_task_yield();
    }
    ke_schedule_update(ke_self);
}

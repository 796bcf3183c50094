/* ke_record.c - from an event to its subject and its place in the recording.
 *
 * Normal path: the attention byte says that somebody observes -> the subject is looked up by kind,
 * key and routine -> the event is stored with the processor's time. A subject that is seen for the
 * first time is kept as it is; its name is made when somebody reads, or before code is unloaded.
 */
#include "nt/ke/record/ke_record.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

/* Keys: (m) changed while no thread records; (a) atomic, orders nothing */
static struct {
    bool on;             /* (m) */
    uint32_t generation; /* (m) of the numbers that threads remember */
} record;

void ke_record_start(void)
{
    base_recording_clear();
    base_subject_clear();
    record.generation++;
    record.on = true;
    ke_observe(KE_OBSERVER_RECORDING, true);
}

void ke_record_stop(void)
{
    record.on = false;
    ke_observe(KE_OBSERVER_RECORDING, false);
}

/* ---- subjects ---- */

/* Callbacks that an event of their own tells of: their interrupt, DPC or work item. */
static bool callback_is_told(const char *kind)
{
    static const char *const told[] = {
        "CustomDpc",  "threaded CustomDpc", "InterruptService", "passive InterruptService",
        "EvtDpcFunc", "EvtInterruptDpc",    "EvtInterruptIsr",  "WorkerRoutine",
        "thread",     "WorkItem",           "EvtWorkItem",      "EvtInterruptWorkItem",
    };

    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        if (strcmp(kind, told[i]) == 0) {
            return true;
        }
    }
    return false;
}

__attribute__((noinline)) static ULONG subject_first_seen(const struct ke_about *about)
{
    const struct ke_trampoline *trampoline = ke_trampoline_of(about->routine);
    struct ke_about seen = *about;

    if (about->kind == BASE_SUBJECT_CALLBACK && callback_is_told(about->type)) {
        base_subject_hide(about->kind, about->key, about->routine);
        return BASE_SUBJECT_HIDDEN;
    }
    if (trampoline != NULL) {
        trampoline->target(about->context, &seen);
    }
    return base_subject_add(&(struct base_subject){.kind = seen.kind,
                                                   .key = seen.key,
                                                   .routine = seen.routine,
                                                   .type = seen.type,
                                                   .number = seen.number},
                            about->routine);
}

static ULONG subject_of(const struct ke_about *about)
{
    ULONG subject = base_subject_find(about->kind, about->key, about->routine);

    return __builtin_expect(subject != BASE_SUBJECT_NONE, 1) ? subject : subject_first_seen(about);
}

ULONG ke_record_subject(const struct ke_about *about)
{
    return record.on ? subject_of(about) : BASE_SUBJECT_NONE;
}

/* The number of a thread is remembered in it: each event asks. */
static ULONG subject_of_thread(PKTHREAD thread)
{
    if (thread == NULL || thread->is_idle) {
        return BASE_SUBJECT_NONE;
    }
    if (thread->recorded_in != record.generation) {
        struct ke_about about = {.kind = BASE_SUBJECT_TASK,
                                 .key = thread->id, /* never used again, unlike its address */
                                 .routine = thread->name,
                                 .type = "thread",
                                 .number = (uint32_t)thread->id};

        thread->recorded = subject_of(&about);
        thread->recorded_in = record.generation;
    }
    return thread->recorded;
}

/* ---- events ---- */

void ke_record_put_subject(enum base_event_kind kind, ULONG subject, uint32_t value)
{
    const struct ke_processor *self = ke_self;

    if (!record.on || subject == BASE_SUBJECT_HIDDEN) {
        return;
    }
    base_recording_put(&(struct base_recorded){.time_ns = host_clock_sample(self->number),
                                               .subject = subject,
                                               .value = value,
                                               .task = subject_of_thread(self->thread),
                                               .kind = (uint8_t)kind,
                                               .irql = self->irql,
                                               .processor = self->number});
}

ULONG ke_record_put(enum base_event_kind kind, const struct ke_about *about, uint32_t value)
{
    ULONG subject;

    if (!record.on) {
        return BASE_SUBJECT_NONE;
    }
    subject = subject_of(about);
    ke_record_put_subject(kind, subject, value);
    return subject;
}

void ke_record_irql(struct ke_processor *self, KIRQL irql)
{
    if (!record.on || self->irql == irql) {
        return;
    }
    base_recording_put(&(struct base_recorded){.time_ns = host_clock_sample(self->number),
                                               .value = self->irql,
                                               .task = subject_of_thread(self->thread),
                                               .kind = BASE_EVENT_IRQL,
                                               .irql = irql,
                                               .processor = self->number});
}

void ke_record_switch(PKTHREAD next)
{
    ke_record_put_subject(BASE_EVENT_SWITCH, subject_of_thread(next), 0);
}

void ke_record_callback(struct ke_callback *frame)
{
    struct ke_about about = {.kind = BASE_SUBJECT_CALLBACK,
                             .key = (uint64_t)(uintptr_t)frame->kind,
                             .routine = frame->routine,
                             .type = frame->kind};

    frame->recorded = ke_record_put(BASE_EVENT_CALLBACK, &about, 0);
}

static void record_machine_start(void)
{
    record.on = false;
    if (ke_machine.config.record) {
        ke_record_start();
    }
}

static struct ke_machine_part record_part = {
    .order = 0, .start = record_machine_start, .stop = ke_record_stop};

__attribute__((constructor)) static void record_register(void)
{
    ke_machine_register(&record_part);
}

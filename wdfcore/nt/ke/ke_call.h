#pragma once
/* ke_call.h - the gate through which every routine of a driver is called: it keeps the callback
 * chain and checks that the routine returned at the IRQL that it was entered at. struct ke_callback
 * frame; ke_call_enter(&frame, "CustomDpc", routine, dpc); routine(dpc, ...);
 *     ke_call_leave(&frame);
 */
#include "nt/ke/ke_processor.h"

/* ke_record_callback: into the recording; ke_record_put_subject: its end (ke_record.c). */
void ke_record_callback(struct ke_callback *frame);
void ke_record_put_subject(enum base_event_kind kind, ULONG subject, uint32_t value);

void ke_call_wrong_irql(const struct ke_callback *frame);

/* Who watches the driver's routines: one at a time, set while none runs, gone with the machine.
 * Neither passes a window. entered: before the routine, whatever frame->watched is set to comes back;
 * arguments: what it is called with, if that is more than the frame's object; left: it has returned.
 * The last two only of frames with watched != 0. */
struct ke_call_observer {
    void (*entered)(struct ke_callback *frame);
    void (*arguments)(const struct ke_callback *frame, const uint64_t *words, unsigned count);
    void (*left)(const struct ke_callback *frame);
};
/* ke_call_observe: NULL: nobody, from now on. */
void ke_call_observe(const struct ke_call_observer *observer);

/* The slow ends: somebody records or watches. */
void ke_call_entered(struct ke_callback *frame);
void ke_call_left(const struct ke_callback *frame);
void ke_call_arguments(const struct ke_callback *frame, const uint64_t *words, unsigned count);

/* KE_CALL_ARGUMENTS: between ke_call_enter and the call: what the routine is called with.
 *     KE_CALL_ARGUMENTS(&frame, KE_WORD(device), KE_WORD(irp)); */
#define KE_WORD(value) ((uint64_t)(uintptr_t)(value))
#define KE_CALL_ARGUMENTS(frame, ...)                                               \
    do {                                                                            \
        if (__builtin_expect((frame)->watched != 0, 0)) {                           \
            const uint64_t words_[] = {__VA_ARGS__};                                \
            ke_call_arguments((frame), words_, sizeof(words_) / sizeof(words_[0])); \
        }                                                                           \
    } while (0)

static inline void ke_call_enter(struct ke_callback *frame, const char *kind, const void *routine,
                                 const void *object)
{
    struct ke_processor *self = ke_self;

    frame->kind = kind;
    frame->routine = routine;
    frame->object = object;
    frame->outer = self->chain;
    frame->irql = self->irql;
    frame->recorded = 0;
    frame->watched = 0;
    self->chain = frame;
    if (ke_is_observed(self)) {
        ke_call_entered(frame);
    }
}

static inline void ke_call_leave(const struct ke_callback *frame)
{
    struct ke_processor *self = ke_self; /* the routine may have waited and come back elsewhere */

    if (__builtin_expect(self->irql != frame->irql, 0)) {
        ke_call_wrong_irql(frame);
    }
    if (__builtin_expect((frame->recorded | frame->watched) != 0, 0)) {
        ke_call_left(frame);
    }
    self->chain = frame->outer;
}

/* ke_dpc_insert.c - DPCs come onto a queue.
 *
 * Normal path: an insert links the DPC on its target's queue. On its own processor below
 * DISPATCH_LEVEL it drains before it returns; at DISPATCH_LEVEL or above the fall of the IRQL
 * drains. Another processor is woken if it idles, or asked to look if the DPC is urgent or many
 * wait; otherwise its next fall, clock tick or idle moment drains. Low DPCs of the own processor
 * wait for the same. Whatever causes a drain, it empties the queue.
 */
#include "base/fault.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/dpc/ke_dpc_inbox.h"
#include "nt/dpc/ke_dpc_thread.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/schedule/ke_claim.h"
#include "nt/ke/ke_irql.h"
#include "nt/time/ke_timer.h"

#define DEPTH_LIMIT 4 /* more than this many queued: ask for a drain at once */

static struct ke_processor *dpc_target(const KDPC *dpc)
{
    return dpc->Number >= KE_DPC_TARGET_BASE ? ke_processor_at(dpc->Number - KE_DPC_TARGET_BASE)
                                             : ke_self;
}

/* Two processors may insert one DPC at the same time: the first to write the target has it. */
static BOOLEAN dpc_claim_shared(PRKDPC dpc, PVOID target)
{
    PVOID nobody = NULL;

    return __atomic_compare_exchange_n(&dpc->DpcData, &nobody, target, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static BOOLEAN dpc_claim(PRKDPC dpc, PVOID target)
{
    BOOLEAN is_free;

    if (base_threaded) {
        return dpc_claim_shared(dpc, target);
    }
    is_free = dpc->DpcData == NULL;
    dpc->DpcData = is_free ? target : dpc->DpcData;
    return is_free;
}

/* Nobody asks for a drain now: one comes when the processor's IRQL next falls, with the next tick, or
 * when it goes idle. */
static void dpc_defer(struct ke_processor *target)
{
    host_processor_kick(target->number);
    ke_tick_request();
}

/* Who has to look, and when. Returns whether the caller should drain now if its level allows it. */
static BOOLEAN dpc_request(struct ke_processor *target, UCHAR importance)
{
    struct ke_processor *self = ke_self;
    BOOLEAN many = __atomic_load_n(&target->dpc_count, __ATOMIC_RELAXED) > DEPTH_LIMIT;

    if (target == self) {
        self->deferred |= KE_ATTENTION_DPC;
        if (self->irql < DISPATCH_LEVEL && importance == LowImportance && !many) {
            dpc_defer(self);
            return FALSE;
        }
        return TRUE;
    }
    if (importance == HighImportance || importance == MediumHighImportance || many ||
        host_processor_is_idle(target->number)) {
        ke_attention_set(target, KE_ATTENTION_DPC);
    } else {
        dpc_defer(target);
    }
    return FALSE;
}

/* A processor that goes idle finds it without being asked, and so does one that is asked already. */
static void dpc_request_posted(struct ke_processor *target, UCHAR importance, ULONG posted)
{
    if (importance == MediumHighImportance || posted == DEPTH_LIMIT + 1 ||
        (posted == 1 && host_processor_is_idle(target->number))) {
        ke_attention_set(target, KE_ATTENTION_DPC);
    } else if (posted == 1) {
        dpc_defer(target);
    }
}

/* With threads, for another processor. Urgent ones go to the head of its list instead. */
static BOOLEAN dpc_post(PRKDPC dpc, struct ke_processor *target, PVOID argument1, PVOID argument2)
{
    UCHAR importance = dpc->Importance;

    if (!dpc_claim(dpc, ke_dpc_posted_to(target))) {
        return FALSE;
    }
    dpc->SystemArgument1 = argument1;
    dpc->SystemArgument2 = argument2;
    ke_dpc_event(BASE_EVENT_DPC_QUEUE, dpc, target);
    dpc_request_posted(target, importance, ke_dpc_inbox_push(target, dpc));
    return TRUE;
}

enum dpc_queued { DPC_COALESCED, DPC_QUEUED, DPC_QUEUED_HERE, DPC_QUEUED_THREADED };

static enum dpc_queued dpc_coalesced(const KDPC *dpc, const struct ke_processor *target)
{
    KE_COUNT(ke_self, dpc_coalesced);
    ke_dpc_note(BASE_EVENT_DPC_COALESCE, dpc, target);
    return DPC_COALESCED;
}

static enum dpc_queued dpc_queue(PRKDPC dpc, PVOID argument1, PVOID argument2)
{
    struct ke_processor *target = dpc_target(dpc);
    BOOLEAN threaded = ke_dpc_is_threaded(dpc);
    UCHAR importance = dpc->Importance;

    KE_COUNT(ke_self, dpc_enqueues);
    if (base_threaded && target != ke_self && !threaded && importance != HighImportance) {
        return dpc_post(dpc, target, argument1, argument2) ? DPC_QUEUED
                                                           : dpc_coalesced(dpc, target);
    }
    ke_dpc_queue_lock(target);
    if (!dpc_claim(dpc, target)) { /* on a queue */
        ke_dpc_queue_unlock(target);
        return dpc_coalesced(dpc, target);
    }
    dpc->SystemArgument1 = argument1;
    dpc->SystemArgument2 = argument2;
    if (base_threaded) {
        ke_dpc_queue_settle(target, 0); /* what came first stands in front */
    }
    ke_dpc_link(target, dpc, threaded);
    ke_dpc_event(BASE_EVENT_DPC_QUEUE, dpc, target);
    ke_dpc_queue_unlock(target);

    /* From here the DPC may run, and even be freed: it is not touched again. */
    if (__builtin_expect(threaded, 0)) {
        ke_dpc_thread_wake(target);
        return DPC_QUEUED_THREADED;
    }
    return dpc_request(target, importance) ? DPC_QUEUED_HERE : DPC_QUEUED;
}

BOOLEAN ke_dpc_queue(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    return dpc_queue(Dpc, SystemArgument1, SystemArgument2) != DPC_COALESCED;
}

/* The common case: an ordinary DPC of medium importance for whichever processor it is inserted on, and
 * nothing wants attention; so nobody observes. It calls nothing that returns here. */
#define DPC_COMMON (DpcObject | MediumImportance << 8)

C_ASSERT(FIELD_OFFSET(KDPC, Importance) == 1 && FIELD_OFFSET(KDPC, Number) == 2);

static inline BOOLEAN dpc_is_common(const KDPC *dpc)
{
    return __builtin_expect(dpc->TargetInfoAsUlong == DPC_COMMON, 1);
}

__attribute__((noinline)) static BOOLEAN dpc_drain_here(struct ke_processor *self)
{
    ke_dpc_drain(self, self->irql);
    return TRUE;
}

__attribute__((noinline)) static BOOLEAN dpc_queue_corrupted(struct ke_processor *self)
{
    RtlListCorrupted(&self->dpcs);
    return FALSE;
}

/* What dpc_insert does in that case, its events written. */
static inline BOOLEAN dpc_insert_common(struct ke_processor *self, PRKDPC dpc, PVOID argument1,
                                        PVOID argument2)
{
    PLIST_ENTRY last = self->dpcs.Blink;

    if (__builtin_expect(last->Flink != &self->dpcs, 0)) {
        return dpc_queue_corrupted(self);
    }
    dpc->DpcData = self;
    dpc->SystemArgument1 = argument1;
    dpc->SystemArgument2 = argument2;
    dpc->DpcListEntry.Flink = &self->dpcs;
    dpc->DpcListEntry.Blink = last;
    last->Flink = &dpc->DpcListEntry;
    self->dpcs.Blink = &dpc->DpcListEntry;
    self->dpc_count++;
    if ((self->deferred & KE_ATTENTION_DPC) == 0) {
        self->deferred |= KE_ATTENTION_DPC;
    }
    return __builtin_expect(self->irql >= DISPATCH_LEVEL, 1) ? TRUE : dpc_drain_here(self);
}

__attribute__((noinline)) static BOOLEAN dpc_insert(PRKDPC dpc, PVOID argument1, PVOID argument2)
{
    BOOLEAN fixed;
    enum dpc_queued queued;

    if (!ke_dpc_check(dpc, "KeInsertQueueDpc")) {
        return FALSE;
    }
    fixed = ke_claim_fix();
    queued = dpc_queue(dpc, argument1, argument2);
    if (queued == DPC_QUEUED_HERE && ke_self->irql < DISPATCH_LEVEL) {
        ke_dpc_drain(ke_self, ke_self->irql);
    }
    if (__builtin_expect(fixed, 0)) {
        ke_claim_unfix();
    }
    if (__builtin_expect(queued == DPC_QUEUED_THREADED, 0)) {
        ke_window_point(); /* the caller yields, if its level allows it */
    }
    return queued != DPC_COALESCED;
}

BOOLEAN ke_dpc_insert(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    struct ke_processor *self = ke_self;

    if (ke_address_is_bad(Dpc) || !dpc_is_common(Dpc) || !ke_is_plain(self)) {
        return dpc_insert(Dpc, SystemArgument1, SystemArgument2);
    }
    KE_COUNT(self, dpc_enqueues);
    if (Dpc->DpcData != NULL) {
        KE_COUNT(self, dpc_coalesced);
        return FALSE;
    }
    ke_ring(self, BASE_EVENT_DPC_QUEUE, (const void *)(uintptr_t)Dpc->DeferredRoutine);
    return dpc_insert_common(self, Dpc, SystemArgument1, SystemArgument2);
}

__attribute__((noinline)) static BOOLEAN
dpc_insert_api(PRKDPC dpc, PVOID argument1, PVOID argument2, const char *name, KIRQL bound)
{
    if (!ke_api(name, bound)) { /* window, IRQL check, trace point; false: refuse */
        return FALSE;
    }
    if (ke_is_observed(ke_self) && base_fault_due(BASE_FAULT_DPC_INSERT)) {
        return TRUE; /* which is not so: the stress tests must notice */
    }
    return dpc_insert(dpc, argument1, argument2);
}

/* The common case with threads, if the caller owns its processor and does not let it go: what
 * dpc_insert does in that case. */
static inline BOOLEAN dpc_insert_owned(struct ke_processor *self, PRKDPC dpc, PVOID argument1,
                                       PVOID argument2, const char *name)
{
    KE_COUNT(self, dpc_enqueues);
    ke_dpc_queue_enter(self);
    if (!dpc_claim_shared(dpc, self)) {
        ke_dpc_queue_leave(self);
        ke_ring(self, BASE_EVENT_API, name);
        KE_COUNT(self, dpc_coalesced);
        return FALSE;
    }
    dpc->SystemArgument1 = argument1;
    dpc->SystemArgument2 = argument2;
    ke_dpc_queue_settle(self, 0);
    ke_dpc_count_add(&self->dpc_count, 1);
    InsertTailList(&self->dpcs, &dpc->DpcListEntry);
    base_ring_put_both(&self->ring, BASE_EVENT_API, (uintptr_t)name, BASE_EVENT_DPC_QUEUE,
                       (uintptr_t)dpc->DeferredRoutine);
    ke_dpc_queue_leave(self);
    self->deferred |= KE_ATTENTION_DPC;
    return TRUE;
}

static inline BOOLEAN owns_processor(const struct ke_processor *self)
{
    return !self->is_stand_in && self->irql >= DISPATCH_LEVEL;
}

__attribute__((noinline)) static BOOLEAN
dpc_insert_hindered(PRKDPC dpc, PVOID argument1, PVOID argument2, const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;

    return ke_attention(self) == 0 && owns_processor(self)
               ? dpc_insert_owned(self, dpc, argument1, argument2, name)
               : dpc_insert_api(dpc, argument1, argument2, name, bound);
}

/* The common case with fibers. */
static inline BOOLEAN dpc_insert_quiet(struct ke_processor *self, PRKDPC dpc, PVOID argument1,
                                       PVOID argument2, const char *name)
{
    KE_COUNT(self, dpc_enqueues);
    if (dpc->DpcData != NULL) {
        ke_ring(self, BASE_EVENT_API, name);
        KE_COUNT(self, dpc_coalesced);
        return FALSE;
    }
    base_ring_put_both(&self->ring, BASE_EVENT_API, (uintptr_t)name, BASE_EVENT_DPC_QUEUE,
                       (uintptr_t)dpc->DeferredRoutine);
    return dpc_insert_common(self, dpc, argument1, argument2);
}

/* The common case stands before the entry test, which it needs no more than to write the event. */
static inline BOOLEAN dpc_insert_as(PRKDPC dpc, PVOID argument1, PVOID argument2, const char *name,
                                    KIRQL bound)
{
    struct ke_processor *self = ke_self;

    if (ke_address_is_bad(dpc) || !dpc_is_common(dpc)) {
        return dpc_insert_api(dpc, argument1, argument2, name, bound);
    }
    if (!ke_is_plain(self)) {
        return dpc_insert_hindered(dpc, argument1, argument2, name, bound);
    }
    return dpc_insert_quiet(self, dpc, argument1, argument2, name);
}

BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    return dpc_insert_as(Dpc, SystemArgument1, SystemArgument2, API_APART(HIGH_LEVEL));
}

__attribute__((noinline)) static BOOLEAN
dpc_insert_hindered_or(PRKDPC dpc, const char *name, BOOLEAN (*otherwise)(void *of), void *of)
{
    struct ke_processor *self = ke_self;

    return ke_attention(self) == 0 && owns_processor(self)
               ? dpc_insert_owned(self, dpc, NULL, NULL, name)
               : otherwise(of);
}

BOOLEAN ke_dpc_insert_or(PRKDPC dpc, const char *name, BOOLEAN (*otherwise)(void *of), void *of)
{
    struct ke_processor *self = ke_self;

    if (!dpc_is_common(dpc)) {
        return otherwise(of);
    }
    if (!ke_is_plain(self)) {
        return dpc_insert_hindered_or(dpc, name, otherwise, of);
    }
    return dpc_insert_quiet(self, dpc, NULL, NULL, name);
}

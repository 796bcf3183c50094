/* io_workitem.c - work items on system worker threads; see io_workitem.h.
 *
 *   IO_WORKITEM     queue        worker takes it     free
 *   IDLE            QUEUED       -                   gone
 *   QUEUED          WorkerInvalid IDLE, then called  WorkerInvalid
 * An item that runs is IDLE: its routine may queue it again or free it.
 */
#include "nt/io/deferred/io_workitem.h"

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"
#include "nt/ke/record/ke_record.h"

#define IO_WORKITEM_MAGIC 0x6b726f57u /* "Work" */

/* Keys: (c) constant once initialized, (i) who queues it, (a) atomic */
struct _IO_WORKITEM {
    WORK_QUEUE_ITEM item;               /* (i) */
    ULONG magic;                        /* (c) */
    BOOLEAN queued;                     /* (a) */
    PVOID object;                       /* (c) device or driver object */
    PIO_WORKITEM_ROUTINE routine;       /* (i) one of the two */
    PIO_WORKITEM_ROUTINE_EX routine_ex; /* (i) */
    PVOID context;                      /* (i) */
};

/* Key: (i) io_lock */
static struct {
    LIST_ENTRY driver;   /* (i) items of drivers */
    LIST_ENTRY internal; /* (i) items of nt itself: they go first */
    KSEMAPHORE ready;
    ULONG pending; /* (i) items on both lists */
    ULONG running; /* (i) routines that have not returned */
    ULONG workers; /* (i) */
    ULONG idle;    /* (i) workers that wait */
    bool started;
} io_work;

static void io_work_start_locked(void)
{
    if (!io_work.started) {
        InitializeListHead(&io_work.driver);
        InitializeListHead(&io_work.internal);
        /* Not by its function: that is a window. */
        ke_dispatcher_init(&io_work.ready.Header, SemaphoreObject,
                           sizeof(io_work.ready) / sizeof(ULONG), 0);
        io_work.ready.Limit = INT32_MAX;
        io_work.started = true;
    }
}

static void io_work_check_return(const struct ke_callback *frame, const void *parameter,
                                 const void *item)
{
    if (ke_self->irql != frame->irql) {
        ke_violation(RULE_WorkerReturnedAtBadIrql, 0xE1, (uintptr_t)frame->routine, ke_self->irql,
                     (uintptr_t)parameter, (uintptr_t)item, "a work item's routine returned at %s",
                     ke_irql_name(ke_self->irql));
    }
    if (!IsListEmpty(&ke_self->thread->mutexes)) {
        ke_violation(RULE_SystemExitOwnedMutex, 0x39, (uintptr_t)frame->routine,
                     (uintptr_t)parameter, (uintptr_t)item, 0,
                     "a work item's routine returned and did not release a mutex");
        ke_dispatcher_lock();
        ke_mutexes_abandon_locked(ke_self->thread); /* the worker goes on without it */
        ke_dispatcher_unlock();
    }
}

static struct ke_about io_work_about(const WORK_QUEUE_ITEM *item, PWORKER_THREAD_ROUTINE routine,
                                     PVOID parameter)
{
    return KE_ABOUT(BASE_SUBJECT_WORK, item, .routine = (const void *)routine, .context = parameter,
                    .type = "WORK_QUEUE_ITEM");
}

/* What an item will be called with, read while it is on its list. */
struct io_work_call {
    PWORKER_THREAD_ROUTINE routine;
    PVOID parameter;
    PWORK_QUEUE_ITEM item;
    bool internal; /* nt's own */
};

/* Take the first item off its list. */
static struct io_work_call io_work_take(void)
{
    struct io_work_call call;
    PLIST_ENTRY link = NULL;

    io_lock();
    call.internal = !IsListEmpty(&io_work.internal);
    link = RemoveHeadList(call.internal ? &io_work.internal : &io_work.driver);
    call.item = CONTAINING_RECORD(link, WORK_QUEUE_ITEM, List);
    call.routine = call.item->WorkerRoutine;
    call.parameter = call.item->Parameter;
    io_work.pending--;
    io_work.running++;
    /* Not queued: from here the item is its owner's again, who may queue or free it. */
    __atomic_store_n(&call.item->List.Flink, NULL, __ATOMIC_RELEASE);
    io_unlock();
    return call;
}

static void io_work_count(ULONG *count, int by)
{
    io_lock();
    *count += (ULONG)by;
    io_unlock();
}

static void io_work_run_one(void)
{
    struct io_work_call call = io_work_take();
    const void *routine = (const void *)call.routine;
    struct ke_callback frame;
    ULONG recorded = ke_event(BASE_EVENT_WORK_START, routine,
                              io_work_about(call.item, call.routine, call.parameter), 0);

    if (call.internal) {
        call.routine(call.parameter);
    } else {
        ke_call_enter(&frame, "WorkerRoutine", routine, call.item);
        call.routine(call.parameter);
        io_work_check_return(&frame, call.parameter, call.item);
        ke_call_leave(&frame);
    }
    ke_event_end(BASE_EVENT_WORK_END, routine, recorded, 0);
    io_work_count(&io_work.running, -1);
}

static VOID io_work_thread(PVOID context)
{
    for (;;) {
        io_work_count(&io_work.idle, 1);
        ke_self->thread->is_worker = TRUE;
        KeWaitForSingleObject(&io_work.ready, Executive, KernelMode, FALSE, NULL);
        ke_self->thread->is_worker = FALSE;
        io_work_count(&io_work.idle, -1);
        io_work_run_one();
    }
}

/* Put an item on a list and see that somebody will take it. */
static void io_work_insert(bool internal, PWORK_QUEUE_ITEM item)
{
    bool more;

    ke_event(BASE_EVENT_WORK_QUEUE, (const void *)item->WorkerRoutine,
             io_work_about(item, item->WorkerRoutine, item->Parameter), 0);
    io_lock();
    io_work_start_locked();
    InsertTailList(internal ? &io_work.internal : &io_work.driver, &item->List);
    io_work.pending++;
    more = io_work.pending > io_work.idle && io_work.workers < IO_WORKERS_MAX;
    io_work.workers += more;
    io_unlock();
    if (more) {
        PKTHREAD thread = ke_thread_start(io_work_thread, NULL, "worker", 0);

        if (thread != NULL) {
            ob_deref(thread);
        } else { /* the workers there are get to it later */
            io_work_count(&io_work.workers, -1);
        }
    }
    KeReleaseSemaphore(&io_work.ready, IO_NO_INCREMENT, 1, FALSE);
}

void io_work_queue(PWORK_QUEUE_ITEM item, PWORKER_THREAD_ROUTINE routine, void *context)
{
    item->WorkerRoutine = routine;
    item->Parameter = context;
    io_work_insert(true, item);
}

void io_work_stop(void)
{
    RtlZeroMemory(&io_work, sizeof(io_work)); /* the threads went with the machine */
}

/* ---- ExQueueWorkItem ---- */

static bool io_work_check(PWORK_QUEUE_ITEM item, WORK_QUEUE_TYPE type)
{
    if ((ULONG)type >= MaximumWorkQueue) {
        ke_violation(RULE_WorkerInvalid, 0xE4, 6, (uintptr_t)item, 0, 0,
                     "ExQueueWorkItem on work queue %d, which does not exist", (int)type);
        return false;
    }
    if (item->WorkerRoutine == NULL) {
        ke_violation(RULE_WorkerInvalid, 0xE4, 7, (uintptr_t)item, 0, 0,
                     "ExQueueWorkItem of an item without a routine");
        return false;
    }
    if (__atomic_load_n(&item->List.Flink, __ATOMIC_ACQUIRE) != NULL) {
        ke_violation(RULE_WorkerInvalid, 0xE4, 1, (uintptr_t)item, 0, 0,
                     "ExQueueWorkItem of an item that is queued already");
        return false;
    }
    return true;
}

VOID ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(WorkItem, "a work item", __func__)) {
        return;
    }
    if (io_work_check(WorkItem, QueueType)) {
        io_work_insert(false, WorkItem);
    }
}

/* ---- IO_WORKITEM ---- */

static void io_workitem_init(PIO_WORKITEM item, PVOID object)
{
    ke_record_forget(BASE_SUBJECT_WORK, &item->item);
    RtlZeroMemory(item, sizeof(*item));
    item->magic = IO_WORKITEM_MAGIC;
    item->object = object;
}

/* A device's or a driver's: it is referenced while the item is queued. */
static bool io_workitem_check_object(PVOID object, const char *api)
{
    return ob_is(object, &io_driver_type) || io_device_check(object, api);
}

static bool io_workitem_check(PIO_WORKITEM item, const char *api)
{
    if (ke_address_is_bad(item) || item->magic != IO_WORKITEM_MAGIC) {
        ke_violation(RULE_WorkerInvalid, 0xE4, 3, (uintptr_t)item, 0, 0,
                     "%s of %p, which is no work item", api, (void *)item);
        return false;
    }
    return true;
}

static bool io_workitem_check_idle(PIO_WORKITEM item, ULONG code, const char *api)
{
    if (!io_workitem_check(item, api)) {
        return false;
    }
    if (__atomic_load_n(&item->queued, __ATOMIC_ACQUIRE)) {
        ke_violation(RULE_WorkerInvalid, 0xE4, code, (uintptr_t)item, 0, 0,
                     "%s of a work item that is queued", api);
        return false;
    }
    return true;
}

static VOID io_workitem_run(PVOID parameter)
{
    PIO_WORKITEM item = parameter;
    struct _IO_WORKITEM copy = *item;
    const void *routine =
        copy.routine != NULL ? (const void *)copy.routine : (const void *)copy.routine_ex;
    struct ke_callback frame;

    __atomic_store_n(&item->queued, FALSE, __ATOMIC_RELEASE);
    ke_call_enter(&frame, "WorkItem", routine, item);
    if (copy.routine != NULL) {
        copy.routine(copy.object, copy.context);
    } else {
        copy.routine_ex(copy.object, copy.context, item);
    }
    io_work_check_return(&frame, copy.context, item);
    ke_call_leave(&frame);
    ob_deref(copy.object);
}

static void io_workitem_target(const void *context, struct ke_about *about)
{
    const struct _IO_WORKITEM *item = context;

    about->routine =
        item->routine != NULL ? (const void *)item->routine : (const void *)item->routine_ex;
    about->type = "IO_WORKITEM";
}

static struct ke_trampoline io_workitem_trampoline = {
    .routine = (const void *)(uintptr_t)io_workitem_run, .target = io_workitem_target};

__attribute__((constructor)) static void io_workitem_register(void)
{
    ke_trampoline_register(&io_workitem_trampoline);
}

static void io_workitem_queue(PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine,
                              PIO_WORKITEM_ROUTINE_EX routine_ex, PVOID context)
{
    if (item->routine != routine || item->routine_ex != routine_ex) {
        ke_record_forget(BASE_SUBJECT_WORK, &item->item);
    }
    item->routine = routine;
    item->routine_ex = routine_ex;
    item->context = context;
    __atomic_store_n(&item->queued, TRUE, __ATOMIC_RELAXED);
    ob_ref(item->object); /* dropped when the routine returned */
    io_work_queue(&item->item, io_workitem_run, item);
}

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
    PIO_WORKITEM item = NULL;

    if (!API(DISPATCH_LEVEL) || !io_workitem_check_object(DeviceObject, __func__)) {
        return NULL;
    }
    item = ex_pool_allocate(sizeof(*item), 'IWoI', false, true, KE_CALLER());
    if (item != NULL) {
        io_workitem_init(item, DeviceObject);
    }
    return item;
}

VOID IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
    if (!API(DISPATCH_LEVEL) || !io_workitem_check_idle(IoWorkItem, 2, "IoFreeWorkItem")) {
        return;
    }
    IoWorkItem->magic = 0;
    ex_pool_release(IoWorkItem);
}

ULONG IoSizeofWorkItem(VOID)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    return sizeof(struct _IO_WORKITEM);
}

VOID IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(IoWorkItem, "a work item", __func__) ||
        !io_workitem_check_object(IoObject, __func__)) {
        return;
    }
    io_workitem_init(IoWorkItem, IoObject);
}

VOID IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
    if (!API(DISPATCH_LEVEL) || !io_workitem_check_idle(IoWorkItem, 2, "IoUninitializeWorkItem")) {
        return;
    }
    IoWorkItem->magic = 0;
}

VOID IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
                     WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    if (!API(DISPATCH_LEVEL) || !io_workitem_check_idle(IoWorkItem, 1, "IoQueueWorkItem")) {
        return;
    }
    io_workitem_queue(IoWorkItem, WorkerRoutine, NULL, Context);
}

VOID IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                       WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    if (!API(DISPATCH_LEVEL) || !io_workitem_check_idle(IoWorkItem, 1, "IoQueueWorkItemEx")) {
        return;
    }
    io_workitem_queue(IoWorkItem, NULL, WorkerRoutine, Context);
}

BOOLEAN IoTryQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                           WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    if (!API(DISPATCH_LEVEL) || !io_workitem_check(IoWorkItem, "IoTryQueueWorkItem") ||
        __atomic_load_n(&IoWorkItem->queued, __ATOMIC_ACQUIRE)) {
        return FALSE;
    }
    io_workitem_queue(IoWorkItem, NULL, WorkerRoutine, Context);
    return TRUE;
}

/* ---- unload ---- */

static const void *io_work_routine_of(PLIST_ENTRY link)
{
    PWORK_QUEUE_ITEM item = CONTAINING_RECORD(link, WORK_QUEUE_ITEM, List);
    PIO_WORKITEM workitem = NULL;

    if (item->WorkerRoutine != io_workitem_run) {
        return (const void *)item->WorkerRoutine;
    }
    workitem = item->Parameter;
    return workitem->routine != NULL ? (const void *)workitem->routine
                                     : (const void *)workitem->routine_ex;
}

static ULONG io_work_count_pending_locked(PLIST_ENTRY list, const void *start, size_t size)
{
    ULONG count = 0;

    for (PLIST_ENTRY link = list->Flink; link != list; link = link->Flink) {
        if ((uintptr_t)io_work_routine_of(link) - (uintptr_t)start < size) {
            count++;
        }
    }
    return count;
}

void io_work_report_pending(const char *driver, const void *start, size_t size)
{
    ULONG count = 0;

    io_lock();
    if (io_work.started) {
        count = io_work_count_pending_locked(&io_work.driver, start, size) +
                io_work_count_pending_locked(&io_work.internal, start, size);
    }
    io_unlock();
    if (count != 0) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)start, 0, 0, 0,
                     "driver %s ended with %u work item%s queued", driver, (unsigned)count,
                     count == 1 ? "" : "s");
    }
}

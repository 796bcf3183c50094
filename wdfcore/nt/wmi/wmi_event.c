/* wmi_event.c - events: IoWMIWriteEvent, and those who listen.
 * Normal path: the event is put on a list if anybody listens to its GUID, and freed if nobody does; a
 * work item hands it to each listener, then frees it. An event that refers to an instance is handed
 * over with that instance's data. A listener that ends while its routine runs waits for it.
 */
#include "nt/wmi/wmi_provider.h"

#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

#define WMI_EVENT_MAX 0x10000u /* with its WNODE */

/* Keys: (c) constant once published; (i) io_lock */
struct wmi_listener {
    struct wmi_listener *prev, *next; /* (i) in order */
    ULONG number;                     /* (c) */
    GUID guid;                        /* (c) */
    wmi_data_routine *routine;        /* (c) */
    void *context;                    /* (c) */
    bool running;                     /* (i) the work item is in the routine */
    bool ended;                       /* (i) */
    KEVENT idle;                      /* notification: ended, and the routine has returned */
};

struct wmi_queued {
    struct wmi_queued *prev, *next; /* (i) in order */
    WNODE_SINGLE_INSTANCE *wnode;   /* (c) the driver's block of pool, ours now */
    ULONG listeners;                /* (c) those up to this number were there */
};

/* Key: (i) io_lock */
static struct {
    struct wmi_listener *listeners; /* (i) */
    ULONG numbers;                  /* (i) */
    struct wmi_queued *events;      /* (i) */
    bool working;                   /* (i) the work item is queued or runs */
    WORK_QUEUE_ITEM item;
} wmi_events;

void wmi_event_stop(void)
{
    RtlZeroMemory(&wmi_events, sizeof(wmi_events)); /* the entries are pool */
}

/* ---- listening ---- */

/* Off the list, and its routine has returned. */
static void wmi_listener_end(struct wmi_listener *listener)
{
    bool wait;

    io_lock();
    DL_DELETE(wmi_events.listeners, listener);
    listener->ended = true;
    wait = listener->running;
    io_unlock();
    if (wait) {
        KeWaitForSingleObject(&listener->idle, Executive, KernelMode, FALSE, NULL);
    }
    ex_pool_release(listener);
}

NTSTATUS wmi_listen(const GUID *guid, wmi_data_routine *routine, void *context,
                    struct wmi_listener **out)
{
    struct wmi_listener *listener = ex_pool_allocate(sizeof(*listener), 'imWM', false, true, NULL);
    NTSTATUS status;

    if (listener == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    listener->guid = *guid;
    listener->routine = routine;
    listener->context = context;
    KeInitializeEvent(&listener->idle, NotificationEvent, FALSE);
    io_lock();
    listener->number = ++wmi_events.numbers;
    DL_APPEND(wmi_events.listeners, listener);
    io_unlock();
    status = wmi_control_open(guid, true); /* events may come before this returns */
    if (!NT_SUCCESS(status)) {
        wmi_listener_end(listener);
        return status;
    }
    *out = listener;
    return STATUS_SUCCESS;
}

void wmi_unlisten(struct wmi_listener *listener)
{
    wmi_control_close(&listener->guid, true);
    wmi_listener_end(listener);
}

static struct wmi_listener *wmi_listener_find_locked(const GUID *guid, ULONG above, ULONG last)
{
    struct wmi_listener *listener;

    DL_FOREACH (wmi_events.listeners, listener) {
        if (listener->number > above && listener->number <= last &&
            memcmp(&listener->guid, guid, sizeof(*guid)) == 0) {
            break;
        }
    }
    return listener;
}

/* The next listener behind a number, with its routine entered; NULL: none. */
static struct wmi_listener *wmi_listener_enter(const GUID *guid, ULONG above, ULONG last)
{
    struct wmi_listener *listener;

    io_lock();
    listener = wmi_listener_find_locked(guid, above, last);
    if (listener != NULL) {
        listener->running = true;
    }
    io_unlock();
    return listener;
}

static void wmi_listener_leave(struct wmi_listener *listener)
{
    bool ended;

    io_lock();
    listener->running = false;
    ended = listener->ended;
    io_unlock();
    if (ended) { /* who waits frees it */
        KeSetEvent(&listener->idle, IO_NO_INCREMENT, FALSE);
    }
}

/* ---- handing over ---- */

static void wmi_event_tell(const struct wmi_queued *queued, PCUNICODE_STRING name, const void *data,
                           ULONG size)
{
    const GUID guid = queued->wnode->WnodeHeader.Guid;
    struct wmi_listener *listener;
    ULONG number = 0;

    while ((listener = wmi_listener_enter(&guid, number, queued->listeners)) != NULL) {
        number = listener->number;
        listener->routine(listener->context, name, data, size);
        wmi_listener_leave(listener);
    }
}

/* wmi_event_name: of the instance with an index, of the device that sent it. */
static void wmi_event_name(ULONG provider_id, const GUID *guid, ULONG index, PUNICODE_STRING name)
{
    struct wmi_provider *provider = wmi_provider_by_id(provider_id);
    struct wmi_blocks *blocks = provider != NULL ? wmi_blocks_hold(provider) : NULL;
    const struct wmi_block *block = wmi_blocks_find(blocks, guid);

    name->Length = 0;
    if (block != NULL && index < block->instances) {
        wmi_block_name(block, index, name);
    }
    wmi_blocks_drop(blocks);
    if (provider != NULL) {
        wmi_provider_drop(provider);
    }
}

/* wmi_event_refers: the event is the data of an instance, which are asked for now. */
static void wmi_event_refers(const struct wmi_queued *queued, PUNICODE_STRING name)
{
    const WNODE_EVENT_REFERENCE *reference = (const void *)queued->wnode;
    struct wmi_which which = {.guid = &reference->TargetGuid};
    ULONG size = reference->TargetDataBlockSize;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    ULONG length = 0;
    void *data;

    wmi_event_name(reference->WnodeHeader.ProviderId, which.guid, reference->TargetInstanceIndex,
                   name);
    which.name = *name;
    data = name->Length != 0 ? ex_pool_allocate(size, 'imWM', false, true, NULL) : NULL;
    if (data != NULL) {
        status = wmi_query(&which, data, size, &length);
    }
    if (NT_SUCCESS(status)) {
        wmi_event_tell(queued, name, data, length);
    }
    if (data != NULL) {
        ex_pool_release(data);
    }
}

static void wmi_event_hand_over(const struct wmi_queued *queued)
{
    const WNODE_SINGLE_INSTANCE *wnode = queued->wnode;
    const WNODE_HEADER *header = &wnode->WnodeHeader;
    WCHAR buffer[WMI_NAME_MAX];
    UNICODE_STRING name = {.Buffer = buffer, .MaximumLength = sizeof(buffer)};

    if ((header->Flags & WNODE_FLAG_EVENT_REFERENCE) != 0) {
        wmi_event_refers(queued, &name);
        return;
    }
    if ((header->Flags & WNODE_FLAG_SINGLE_INSTANCE) == 0) {
        wmi_event_tell(queued, &name, header, header->BufferSize);
        return;
    }
    if ((header->Flags & WNODE_FLAG_STATIC_INSTANCE_NAMES) != 0) {
        wmi_event_name(header->ProviderId, &header->Guid, wnode->InstanceIndex, &name);
    }
    wmi_event_tell(queued, &name, (const char *)wnode + wnode->DataBlockOffset,
                   wnode->SizeDataBlock);
}

static void NTAPI wmi_event_work(PVOID context)
{
    for (;;) {
        struct wmi_queued *queued;

        io_lock();
        queued = wmi_events.events;
        if (queued != NULL) {
            DL_DELETE(wmi_events.events, queued);
        } else {
            wmi_events.working = false;
        }
        io_unlock();
        if (queued == NULL) {
            return;
        }
        wmi_event_hand_over(queued);
        ex_pool_release(queued->wnode);
        ex_pool_release(queued);
    }
}

/* ---- sending ---- */

/* wmi_event_check: what of an event would be read lies in it. */
static NTSTATUS wmi_event_check(const WNODE_SINGLE_INSTANCE *wnode)
{
    const WNODE_HEADER *header = &wnode->WnodeHeader;
    ULONG size = header->BufferSize;
    bool fits = size >= sizeof(*header);

    if (size > WMI_EVENT_MAX) {
        return STATUS_BUFFER_OVERFLOW;
    }
    if ((header->Flags & WNODE_FLAG_EVENT_REFERENCE) != 0) {
        fits = size >= offsetof(WNODE_EVENT_REFERENCE, TargetInstanceIndex) + sizeof(ULONG);
    } else if ((header->Flags & WNODE_FLAG_SINGLE_INSTANCE) != 0) {
        fits = size >= offsetof(WNODE_SINGLE_INSTANCE, VariableData) &&
               wnode->DataBlockOffset <= size &&
               wnode->SizeDataBlock <= size - wnode->DataBlockOffset;
    }
    if (!fits) {
        ke_violation(RULE_WmiAnswer, 0, 0, 0, 0, 0,
                     "IoWMIWriteEvent of a WNODE whose data do not lie in its %lu bytes",
                     (unsigned long)size);
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* wmi_event_queue: the event is ours from a success on. */
static NTSTATUS wmi_event_queue(WNODE_SINGLE_INSTANCE *wnode)
{
    struct wmi_queued *queued = ex_pool_allocate(sizeof(*queued), 'imWM', false, true, NULL);
    bool queue = false;
    bool wanted;

    if (queued == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    queued->wnode = wnode;
    io_lock();
    queued->listeners = wmi_events.numbers;
    wanted = wmi_listener_find_locked(&wnode->WnodeHeader.Guid, 0, queued->listeners) != NULL;
    if (wanted) {
        DL_APPEND(wmi_events.events, queued);
        queue = !wmi_events.working;
        wmi_events.working = true;
    }
    io_unlock();
    if (!wanted) { /* it is WMI's to free all the same */
        ex_pool_release(wnode);
        ex_pool_release(queued);
    } else if (queue) {
        io_work_queue(&wmi_events.item, wmi_event_work, NULL);
    }
    return STATUS_SUCCESS;
}

NTSTATUS IoWMIWriteEvent(PVOID WnodeEventItem)
{
    WNODE_SINGLE_INSTANCE *wnode = WnodeEventItem;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if ((wnode->WnodeHeader.Flags & WNODE_FLAG_TRACED_GUID) != 0) {
        return STATUS_INVALID_HANDLE; /* of a trace session: there is none */
    }
    status = wmi_event_check(wnode);
    return NT_SUCCESS(status) ? wmi_event_queue(wnode) : status;
}

NTSTATUS wmi_fire(PDEVICE_OBJECT device, const GUID *guid, ULONG index, ULONG size,
                  const void *data)
{
    ULONG head = wmi_aligned(sizeof(WNODE_SINGLE_INSTANCE));
    WNODE_SINGLE_INSTANCE *single;
    NTSTATUS status = STATUS_BUFFER_OVERFLOW;

    if (size > WMI_EVENT_MAX - head) {
        return status;
    }
    single = ex_pool_allocate(head + size, 'imWM', false, true, NULL);
    if (single == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    single->WnodeHeader.BufferSize = head + size;
    single->WnodeHeader.ProviderId = wmi_provider_id(device);
    single->WnodeHeader.Guid = *guid;
    single->WnodeHeader.Flags =
        WNODE_FLAG_SINGLE_INSTANCE | WNODE_FLAG_EVENT_ITEM | WNODE_FLAG_STATIC_INSTANCE_NAMES;
    KeQuerySystemTime(&single->WnodeHeader.TimeStamp);
    single->InstanceIndex = index;
    single->DataBlockOffset = head;
    single->SizeDataBlock = size;
    if (size != 0) {
        memcpy((char *)single + head, data, size);
    }
    status = wmi_event_queue(single);
    if (!NT_SUCCESS(status)) {
        ex_pool_release(single);
    }
    return status;
}

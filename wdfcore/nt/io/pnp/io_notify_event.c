/* io_notify_event.c - events of plug and play on their way to who has registered for them: changes of
 * interfaces, and what drivers report about their devices. Those that are not delivered in the caller's
 * thread wait in one queue, in order, for one worker at a time.
 */
#include <initguid.h>
#include <wdmguid.h>

#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/pnp/io_notify.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ob/ob_object.h"

/* Keys: (c) constant once queued, (i) io_lock */
struct io_notify_event {
    struct io_notify_event *next;          /* (i) */
    struct io_notify_match match;          /* (c) */
    PDEVICE_OBJECT pdo;                    /* (c) target device change: referenced; else NULL */
    PDEVICE_CHANGE_COMPLETE_CALLBACK done; /* (c) may be NULL */
    PVOID context;                         /* (c) */
    DEVICE_INTERFACE_CHANGE_NOTIFICATION interface; /* (c) device interface change */
    UNICODE_STRING link;                            /* (c) its name; characters in data */
    _Alignas(16) UCHAR data[];                      /* target device change: the structure */
};

static struct {
    struct io_notify_event *queue; /* (i) first come first */
    bool working;                  /* (i) a worker is at it, or asked for */
    WORK_QUEUE_ITEM work;
} io_notify_events;

void io_notify_events_stop(void)
{
    io_notify_events.queue = NULL; /* the entries are pool */
    io_notify_events.working = false;
}

static void io_notify_event_deliver(struct io_notify_event *event)
{
    struct ke_callback frame;

    (void)io_notify_tell(&event->match, event->pdo != NULL ? (PVOID)event->data : &event->interface,
                         false);
    if (event->done != NULL) {
        ke_call_enter(&frame, "DeviceChangeComplete", (const void *)event->done, event->pdo);
        event->done(event->context);
        ke_call_leave(&frame);
    }
    if (event->pdo != NULL) {
        ob_deref(event->pdo);
    }
    ex_pool_release(event);
}

static VOID io_notify_events_work(PVOID context)
{
    struct io_notify_event *event;

    UNREFERENCED_PARAMETER(context);
    do {
        io_lock();
        event = io_notify_events.queue;
        if (event != NULL) {
            LL_DELETE(io_notify_events.queue, event);
        } else {
            io_notify_events.working = false;
        }
        io_unlock();
        if (event != NULL) {
            io_notify_event_deliver(event);
        }
    } while (event != NULL);
}

static void io_notify_event_queue(struct io_notify_event *event)
{
    bool start;

    io_lock();
    LL_APPEND(io_notify_events.queue, event);
    start = !io_notify_events.working;
    io_notify_events.working = true;
    io_unlock();
    if (start) {
        io_work_queue(&io_notify_events.work, io_notify_events_work, NULL);
    }
}

void io_notify_interface(const GUID *class_guid, PCUNICODE_STRING link, bool arrived)
{
    const struct io_notify_match match = {EventCategoryDeviceInterfaceChange,
                                          .class_guid = class_guid};
    struct io_notify_event *event;

    if (!io_notify_has(&match)) {
        return;
    }
    event =
        ex_pool_allocate(sizeof(*event) + link->Length + sizeof(WCHAR), 'NpnP', false, true, NULL);
    if (event == NULL) {
        return; /* nobody could be told of that either */
    }
    event->link.Buffer = (PWSTR)(void *)event->data;
    event->link.Length = link->Length;
    event->link.MaximumLength = (USHORT)(link->Length + sizeof(WCHAR));
    memcpy(event->data, link->Buffer, link->Length);
    event->interface.Version = 1;
    event->interface.Size = sizeof(event->interface);
    event->interface.Event =
        arrived ? GUID_DEVICE_INTERFACE_ARRIVAL : GUID_DEVICE_INTERFACE_REMOVAL;
    event->interface.InterfaceClassGuid = *class_guid;
    event->interface.SymbolicLinkName = &event->link;
    event->match = match;
    event->match.class_guid = &event->interface.InterfaceClassGuid;
    io_notify_event_queue(event);
}

/* ---- what drivers report ---- */

static NTSTATUS io_notify_check_report(PDEVICE_OBJECT pdo,
                                       const TARGET_DEVICE_CUSTOM_NOTIFICATION *notification,
                                       const char *api)
{
    static const GUID *const own[] = {&GUID_TARGET_DEVICE_QUERY_REMOVE,
                                      &GUID_TARGET_DEVICE_REMOVE_CANCELLED,
                                      &GUID_TARGET_DEVICE_REMOVE_COMPLETE};

    if (!io_device_check(pdo, api) || io_device_of(pdo)->node == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (memcmp(&notification->Event, own[i], sizeof(GUID)) == 0) {
            return STATUS_INVALID_DEVICE_REQUEST;
        }
    }
    if (notification->Size < FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* A copy of the driver's structure, with a reference on the device. */
static struct io_notify_event *io_notify_event_create(PDEVICE_OBJECT pdo, const void *structure,
                                                      USHORT size)
{
    struct io_notify_event *event =
        ex_pool_allocate(sizeof(*event) + size, 'NpnP', false, true, NULL);

    if (event != NULL) {
        memcpy(event->data, structure, size);
        event->match.category = EventCategoryTargetDeviceChange;
        event->match.bottom = pdo;
        event->pdo = pdo;
        ob_ref(pdo); /* dropped by io_notify_event_deliver */
    }
    return event;
}

/* What both ways of a report begin with. */
static NTSTATUS io_notify_event_report(PDEVICE_OBJECT pdo, const void *structure, const char *api,
                                       struct io_notify_event **event)
{
    const TARGET_DEVICE_CUSTOM_NOTIFICATION *notification = structure;
    NTSTATUS status = io_notify_check_report(pdo, notification, api);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    *event = io_notify_event_create(pdo, notification, notification->Size);
    return *event != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS IoReportTargetDeviceChange(PDEVICE_OBJECT PhysicalDeviceObject,
                                    PVOID NotificationStructure)
{
    struct io_notify_event *event;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = io_notify_event_report(PhysicalDeviceObject, NotificationStructure, __func__, &event);
    if (NT_SUCCESS(status)) {
        io_notify_event_deliver(event);
    }
    return status;
}

NTSTATUS IoReportTargetDeviceChangeAsynchronous(PDEVICE_OBJECT PhysicalDeviceObject,
                                                PVOID NotificationStructure,
                                                PDEVICE_CHANGE_COMPLETE_CALLBACK Callback,
                                                PVOID Context)
{
    struct io_notify_event *event;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = io_notify_event_report(PhysicalDeviceObject, NotificationStructure, __func__, &event);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    event->done = Callback;
    event->context = Context;
    io_notify_event_queue(event);
    return STATUS_PENDING;
}

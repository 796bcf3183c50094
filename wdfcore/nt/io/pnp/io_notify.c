/* io_notify.c - plug-and-play notification, category target device change.
 * Normal path: each registration of the stack is called in order of registration. The list may change
 * while a routine runs: the next one is the first with a higher number. One that is taken back while
 * its routine runs waits for the routine, unless it is the routine itself that takes it back.
 */
#include "nt/io/pnp/io_notify.h"

#include <initguid.h>
#include <wdmguid.h>

#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_report.h"
#include "nt/ob/ob_object.h"

/* Keys: (c) constant once registered, (i) io_lock */
struct io_notify {
    struct io_notify *prev, *next; /* (i) in order of registration */
    ULONG number;                  /* (c) */
    PDEVICE_OBJECT bottom;         /* (c) whose removal it is about; not referenced */
    PFILE_OBJECT file;             /* (c) as it was registered; not referenced, only named */
    PDRIVER_OBJECT driver;         /* (c) referenced */
    PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine; /* (c) */
    PVOID context;                                 /* (c) */
    void *running;                                 /* (i) KTHREAD in the routine; NULL: none */
    bool ended_inside;                             /* (i) taken back by its routine */
    KEVENT idle;                                   /* notification: nobody is in the routine */
};

static struct io_notify *io_notifies; /* (i) */
static ULONG io_notify_numbers;       /* (i) */

void io_notify_stop(void)
{
    io_notifies = NULL; /* the entries are pool */
    io_notify_numbers = 0;
}

static NTSTATUS io_notify_register(PFILE_OBJECT file, PDRIVER_OBJECT driver,
                                   PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine, PVOID context,
                                   PVOID *out)
{
    struct io_notify *entry = ex_pool_allocate(sizeof(*entry), 'NpnP', false, true, NULL);

    if (entry == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    entry->bottom = io_device_bottom(file->DeviceObject);
    entry->file = file;
    entry->driver = driver;
    entry->routine = routine;
    entry->context = context;
    KeInitializeEvent(&entry->idle, NotificationEvent, TRUE);
    ob_ref(driver); /* dropped by io_notify_free */
    io_lock();
    entry->number = ++io_notify_numbers;
    DL_APPEND(io_notifies, entry);
    io_unlock();
    *out = entry;
    return STATUS_SUCCESS;
}

static void io_notify_free(struct io_notify *entry)
{
    ob_deref(entry->driver);
    ex_pool_release(entry);
}

NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY EventCategory,
                                        ULONG EventCategoryFlags, PVOID EventCategoryData,
                                        PDRIVER_OBJECT DriverObject,
                                        PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine,
                                        PVOID Context, PVOID *NotificationEntry)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *NotificationEntry = NULL;
    if (EventCategory != EventCategoryTargetDeviceChange) {
        return STATUS_NOT_IMPLEMENTED; /* nobody tells of interfaces and profiles */
    }
    if (EventCategoryData == NULL || DriverObject == NULL || CallbackRoutine == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return io_notify_register(EventCategoryData, DriverObject, CallbackRoutine, Context,
                              NotificationEntry);
}

/* Off the list. *inside: its own routine takes it back. false: it is no live registration. */
static bool io_notify_end(const struct io_notify *which, bool *inside)
{
    struct io_notify *entry;

    io_lock();
    entry = io_notifies;
    while (entry != NULL && entry != which) {
        entry = entry->next;
    }
    if (entry != NULL) {
        DL_DELETE(io_notifies, entry);
        entry->ended_inside = entry->running != NULL && entry->running == ke_self->thread;
        *inside = entry->ended_inside;
    }
    io_unlock();
    return entry != NULL;
}

NTSTATUS IoUnregisterPlugPlayNotification(PVOID NotificationEntry)
{
    struct io_notify *entry = NotificationEntry;
    bool inside = false;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!io_notify_end(entry, &inside)) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)entry, 0, 0, 0,
                     "IoUnregisterPlugPlayNotification of %p, which is no registration",
                     NotificationEntry);
        return STATUS_INVALID_PARAMETER;
    }
    if (!inside) { /* else it goes when the routine has returned */
        KeWaitForSingleObject(&entry->idle, Executive, KernelMode, FALSE, NULL);
        io_notify_free(entry);
    }
    return STATUS_SUCCESS;
}

NTSTATUS IoUnregisterPlugPlayNotificationEx(PVOID NotificationEntry)
{
    return IoUnregisterPlugPlayNotification(NotificationEntry);
}

/* ---- telling ---- */

/* The next registration of the stack behind a number, with its routine entered. */
static struct io_notify *io_notify_next(PDEVICE_OBJECT pdo, ULONG number)
{
    struct io_notify *entry;

    io_lock();
    for (entry = io_notifies; entry != NULL; entry = entry->next) {
        if (entry->bottom == pdo && entry->number > number) {
            entry->running = ke_self->thread;
            KeClearEvent(&entry->idle);
            break;
        }
    }
    io_unlock();
    return entry;
}

static NTSTATUS io_notify_call(struct io_notify *entry, const GUID *event)
{
    TARGET_DEVICE_REMOVAL_NOTIFICATION notification = {
        .Version = 1, .Size = sizeof(notification), .Event = *event, .FileObject = entry->file};
    struct ke_callback frame;
    NTSTATUS status;
    bool inside;

    ke_call_enter(&frame, "PlugPlayNotification", (const void *)entry->routine, entry->bottom);
    status = entry->routine(&notification, entry->context);
    ke_call_leave(&frame);
    io_lock();
    entry->running = NULL;
    inside = entry->ended_inside;
    io_unlock();
    if (inside) {
        io_notify_free(entry);
    } else {
        KeSetEvent(&entry->idle, IO_NO_INCREMENT, FALSE); /* who takes it back may free it now */
    }
    return status;
}

/* The first refusal; STATUS_SUCCESS for an event that cannot be refused. */
static NTSTATUS io_notify_tell(PDEVICE_OBJECT pdo, const GUID *event, bool may_refuse)
{
    struct io_notify *entry;
    ULONG number = 0;

    while ((entry = io_notify_next(pdo, number)) != NULL) {
        number = entry->number;
        NTSTATUS status = io_notify_call(entry, event);

        if (may_refuse && !NT_SUCCESS(status)) {
            return status;
        }
    }
    return STATUS_SUCCESS;
}

NTSTATUS io_notify_query_remove(PDEVICE_OBJECT pdo)
{
    NTSTATUS status = io_notify_tell(pdo, &GUID_TARGET_DEVICE_QUERY_REMOVE, true);

    if (!NT_SUCCESS(status)) {
        io_notify_canceled(pdo);
    }
    return status;
}

void io_notify_canceled(PDEVICE_OBJECT pdo)
{
    (void)io_notify_tell(pdo, &GUID_TARGET_DEVICE_REMOVE_CANCELLED, false);
}

void io_notify_removed(PDEVICE_OBJECT pdo)
{
    (void)io_notify_tell(pdo, &GUID_TARGET_DEVICE_REMOVE_COMPLETE, false);
}

/* io_notify.c - plug-and-play notification: registrations, and calling them.
 * Normal path: those that an event is for are called in order of registration. The list may change
 * while a routine runs: the next one is the first with a higher number. One that is taken back is off
 * the list at once, so that nobody enters it any more, and goes with the last routine that leaves it.
 */
#include "nt/io/pnp/io_notify.h"

#include <initguid.h>
#include <wdmguid.h>

#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_driver.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

/* Keys: (c) constant once registered, (i) io_lock */
struct io_notify {
    struct io_notify *prev, *next;           /* (i) in order of registration */
    ULONG number;                            /* (c) */
    IO_NOTIFICATION_EVENT_CATEGORY category; /* (c) */
    PDEVICE_OBJECT bottom; /* (c) target: whose removal it is about; not referenced */
    PFILE_OBJECT file;     /* (c) target: as it was registered; not referenced, only named */
    GUID class_guid;       /* (c) interface */
    PDRIVER_OBJECT driver; /* (c) referenced */
    PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine; /* (c) */
    PVOID context;                                 /* (c) */
    ULONG inside;      /* (i) calls of the routine that have not returned */
    bool ended;        /* (i) taken back */
    bool ended_inside; /* (i) by its own routine */
    KEVENT left;       /* it was taken back and nobody is inside */
};

/* One call: who is called stands on the callback chain. */
struct io_notify_call {
    struct ke_callback frame;
    struct io_notify *entry;
};

static const char io_notify_kind[] = "PlugPlayNotification";

static struct io_notify *io_notifies; /* (i) */
static ULONG io_notify_numbers;       /* (i) */

void io_notify_stop(void)
{
    io_notifies = NULL; /* the entries are pool */
    io_notify_numbers = 0;
}

static void io_notify_free(struct io_notify *entry)
{
    ob_deref(entry->driver);
    ex_pool_release(entry);
}

/* ---- calling ---- */

static bool io_notify_is_for(const struct io_notify *entry, const struct io_notify_match *match)
{
    if (entry->category != match->category) {
        return false;
    }
    return match->category == EventCategoryTargetDeviceChange
               ? entry->bottom == match->bottom
               : memcmp(&entry->class_guid, match->class_guid, sizeof(GUID)) == 0;
}

/* The next one behind a number, with its routine entered. */
static struct io_notify *io_notify_next(const struct io_notify_match *match, ULONG number)
{
    struct io_notify *entry;

    io_lock();
    entry = io_notifies;
    while (entry != NULL && (entry->number <= number || !io_notify_is_for(entry, match))) {
        entry = entry->next;
    }
    if (entry != NULL) {
        entry->inside++;
    }
    io_unlock();
    return entry;
}

bool io_notify_has(const struct io_notify_match *match)
{
    struct io_notify *entry;

    io_lock();
    entry = io_notifies;
    while (entry != NULL && !io_notify_is_for(entry, match)) {
        entry = entry->next;
    }
    io_unlock();
    return entry != NULL;
}

static void io_notify_leave(struct io_notify *entry)
{
    bool last;
    bool inside;

    io_lock();
    last = --entry->inside == 0 && entry->ended;
    inside = entry->ended_inside;
    io_unlock();
    if (last && inside) {
        io_notify_free(entry);
    } else if (last) {
        KeSetEvent(&entry->left, IO_NO_INCREMENT, FALSE); /* who takes it back may free it now */
    }
}

static NTSTATUS io_notify_call(struct io_notify *entry, PVOID structure)
{
    struct io_notify_call call = {.entry = entry};
    NTSTATUS status;

    if (entry->category == EventCategoryTargetDeviceChange) {
        ((PTARGET_DEVICE_REMOVAL_NOTIFICATION)structure)->FileObject = entry->file;
    }
    ke_call_enter(&call.frame, io_notify_kind, (const void *)entry->routine, entry->bottom);
    status = entry->routine(structure, entry->context);
    ke_call_leave(&call.frame);
    io_notify_leave(entry);
    return status;
}

NTSTATUS io_notify_tell(const struct io_notify_match *match, PVOID structure, bool may_refuse)
{
    struct io_notify *entry;
    ULONG number = 0;

    while ((entry = io_notify_next(match, number)) != NULL) {
        number = entry->number;
        NTSTATUS status = io_notify_call(entry, structure);

        if (may_refuse && !NT_SUCCESS(status)) {
            return status;
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS io_notify_tell_removal(PDEVICE_OBJECT pdo, const GUID *event, bool may_refuse)
{
    const struct io_notify_match match = {EventCategoryTargetDeviceChange, .bottom = pdo};
    TARGET_DEVICE_REMOVAL_NOTIFICATION notification = {
        .Version = 1, .Size = sizeof(notification), .Event = *event};

    return io_notify_tell(&match, &notification, may_refuse);
}

NTSTATUS io_notify_query_remove(PDEVICE_OBJECT pdo)
{
    NTSTATUS status = io_notify_tell_removal(pdo, &GUID_TARGET_DEVICE_QUERY_REMOVE, true);

    if (!NT_SUCCESS(status)) {
        io_notify_canceled(pdo);
    }
    return status;
}

void io_notify_canceled(PDEVICE_OBJECT pdo)
{
    (void)io_notify_tell_removal(pdo, &GUID_TARGET_DEVICE_REMOVE_CANCELLED, false);
}

void io_notify_removed(PDEVICE_OBJECT pdo)
{
    (void)io_notify_tell_removal(pdo, &GUID_TARGET_DEVICE_REMOVE_COMPLETE, false);
}

/* ---- registering ---- */

/* The interfaces that are there already, for one that asked for them. It is entered once more: the
 * driver may not take it back before it has its entry. */
static void io_notify_tell_existing(struct io_notify *entry)
{
    DEVICE_INTERFACE_CHANGE_NOTIFICATION notification = {.Version = 1,
                                                         .Size = sizeof(notification),
                                                         .Event = GUID_DEVICE_INTERFACE_ARRIVAL,
                                                         .InterfaceClassGuid = entry->class_guid};
    UNICODE_STRING link;
    PZZWSTR list = NULL;

    if (!NT_SUCCESS(IoGetDeviceInterfaces(&entry->class_guid, NULL, 0, &list))) {
        return;
    }
    notification.SymbolicLinkName = &link;
    for (PWSTR at = list; *at != 0; at += link.MaximumLength / sizeof(WCHAR)) {
        RtlInitUnicodeString(&link, at);
        io_lock();
        entry->inside++;
        io_unlock();
        (void)io_notify_call(entry, &notification);
    }
    ExFreePool(list);
}

static NTSTATUS io_notify_register(const struct io_notify *wanted, bool existing, PVOID *out)
{
    struct io_notify *entry = ex_pool_allocate(sizeof(*entry), 'NpnP', false, true, NULL);

    if (entry == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *entry = *wanted;
    KeInitializeEvent(&entry->left, NotificationEvent, FALSE);
    ob_ref(entry->driver); /* dropped by io_notify_free */
    entry->inside = 1;     /* until the existing ones are told */
    *out = entry;
    io_lock();
    entry->number = ++io_notify_numbers;
    DL_APPEND(io_notifies, entry);
    io_unlock();
    if (existing) {
        io_notify_tell_existing(entry);
    }
    io_notify_leave(entry);
    return STATUS_SUCCESS;
}

NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY EventCategory,
                                        ULONG EventCategoryFlags, PVOID EventCategoryData,
                                        PDRIVER_OBJECT DriverObject,
                                        PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine,
                                        PVOID Context, PVOID *NotificationEntry)
{
    struct io_notify wanted = {.category = EventCategory,
                               .driver = DriverObject,
                               .routine = CallbackRoutine,
                               .context = Context};
    bool existing = false;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *NotificationEntry = NULL;
    if (CallbackRoutine == NULL || !io_driver_check(DriverObject, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    switch (EventCategory) {
    case EventCategoryTargetDeviceChange:
        wanted.file = EventCategoryData;
        break;
    case EventCategoryDeviceInterfaceChange:
        existing =
            (EventCategoryFlags & PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES) != 0;
        break;
    case EventCategoryHardwareProfileChange: /* the one profile of a machine never changes */
        return io_notify_register(&wanted, false, NotificationEntry);
    default:
        return STATUS_INVALID_PARAMETER;
    }
    if (EventCategoryData == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (wanted.file != NULL) {
        wanted.bottom = io_device_bottom(wanted.file->DeviceObject);
    } else {
        wanted.class_guid = *(const GUID *)EventCategoryData;
    }
    return io_notify_register(&wanted, existing, NotificationEntry);
}

/* The current thread is in the entry's routine. */
static bool io_notify_is_inside(const struct io_notify *entry)
{
    const struct ke_callback *frame = ke_self->chain;

    while (frame != NULL &&
           (frame->kind != io_notify_kind ||
            CONTAINING_RECORD(frame, struct io_notify_call, frame)->entry != entry)) {
        frame = frame->outer;
    }
    return frame != NULL;
}

enum io_notify_end {
    IO_NOTIFY_UNKNOWN,
    IO_NOTIFY_BUSY,
    IO_NOTIFY_LEFT_TO_ROUTINE,
    IO_NOTIFY_ENDED
};

static enum io_notify_end io_notify_end(const struct io_notify *which)
{
    enum io_notify_end end = IO_NOTIFY_UNKNOWN;
    struct io_notify *entry;

    io_lock();
    entry = io_notifies;
    while (entry != NULL && entry != which) {
        entry = entry->next;
    }
    if (entry != NULL) {
        DL_DELETE(io_notifies, entry);
        entry->ended = true;
        entry->ended_inside = io_notify_is_inside(entry);
        end = entry->ended_inside  ? IO_NOTIFY_LEFT_TO_ROUTINE
              : entry->inside != 0 ? IO_NOTIFY_BUSY
                                   : IO_NOTIFY_ENDED;
    }
    io_unlock();
    return end;
}

NTSTATUS IoUnregisterPlugPlayNotification(PVOID NotificationEntry)
{
    struct io_notify *entry = NotificationEntry;
    enum io_notify_end end;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    end = io_notify_end(entry);
    if (end == IO_NOTIFY_UNKNOWN) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)entry, 0, 0, 0,
                     "IoUnregisterPlugPlayNotification of %p, which is no registration",
                     NotificationEntry);
        return STATUS_INVALID_PARAMETER;
    }
    if (end == IO_NOTIFY_BUSY) {
        KeWaitForSingleObject(&entry->left, Executive, KernelMode, FALSE, NULL);
    }
    if (end != IO_NOTIFY_LEFT_TO_ROUTINE) {
        io_notify_free(entry);
    }
    return STATUS_SUCCESS;
}

NTSTATUS IoUnregisterPlugPlayNotificationEx(PVOID NotificationEntry)
{
    return IoUnregisterPlugPlayNotification(NotificationEntry);
}

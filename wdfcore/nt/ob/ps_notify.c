/* ps_notify.c - routines that are called when processes, threads and images come and go. All threads
 * belong to one process, which is there before any driver: process routines are kept, and never called.
 * A slot that was given back is off at once; it is used again when the last call has left it.
 */
#include "nt/ob/ps_notify.h"

#include <stdio.h>

#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_object.h"
#include "nt/thread/ke_wait.h"

#define PS_NOTIFY_SLOTS   64
#define SYSTEM_PROCESS_ID 4

/* OTHER_THREAD: of threads that are not the system's, of which there are none. */
enum ps_notify_kind {
    PS_NOTIFY_PROCESS,
    PS_NOTIFY_THREAD,
    PS_NOTIFY_OTHER_THREAD,
    PS_NOTIFY_IMAGE,
    PS_NOTIFY_KINDS
};

/* Key: (l) ps_notify_lock */
struct ps_notify {
    const void *routine; /* (l) NULL: none */
    ULONG inside;        /* (l) calls that have not returned */
    bool waited_for;     /* (l) it was given back meanwhile */
    KEVENT left;
};

static struct base_lock ps_notify_lock = {.rank = BASE_RANK_EX};
static struct ps_notify ps_notify_table[PS_NOTIFY_KINDS][PS_NOTIFY_SLOTS]; /* (l) */

static const char *const ps_notify_names[PS_NOTIFY_KINDS] = {"ProcessNotify", "ThreadNotify",
                                                             "ThreadNotify", "ImageNotify"};

static void ps_notify_stop(void)
{
    RtlZeroMemory(ps_notify_table, sizeof(ps_notify_table));
}

/* ---- registering ---- */

static struct ps_notify *ps_notify_find_locked(enum ps_notify_kind kind, const void *routine)
{
    for (size_t i = 0; i < PS_NOTIFY_SLOTS; i++) {
        struct ps_notify *slot = &ps_notify_table[kind][i];

        if (slot->routine == routine && (routine != NULL || slot->inside == 0)) {
            return slot;
        }
    }
    return NULL;
}

static NTSTATUS ps_notify_add(enum ps_notify_kind kind, const void *routine, bool once)
{
    struct ps_notify *slot;
    NTSTATUS status = STATUS_SUCCESS;

    if (routine == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    base_lock_acquire(&ps_notify_lock);
    slot = ps_notify_find_locked(kind, NULL);
    if (once && ps_notify_find_locked(kind, routine) != NULL) {
        status = STATUS_INVALID_PARAMETER;
    } else if (slot == NULL) {
        status = once ? STATUS_INVALID_PARAMETER : STATUS_INSUFFICIENT_RESOURCES;
    } else {
        slot->routine = routine;
        slot->waited_for = false;
    }
    base_lock_release(&ps_notify_lock);
    return status;
}

/* The current thread is in that routine. */
static bool ps_notify_is_inside(enum ps_notify_kind kind, const void *routine)
{
    const struct ke_callback *frame = ke_self->chain;

    while (frame != NULL && (frame->kind != ps_notify_names[kind] || frame->routine != routine)) {
        frame = frame->outer;
    }
    return frame != NULL;
}

static NTSTATUS ps_notify_remove(enum ps_notify_kind kind, const void *routine)
{
    struct ps_notify *slot = NULL;
    bool inside = ps_notify_is_inside(kind, routine);
    bool wait = false;

    base_lock_acquire(&ps_notify_lock);
    if (routine != NULL) {
        slot = ps_notify_find_locked(kind, routine);
    }
    if (slot != NULL) {
        slot->routine = NULL;
        wait = slot->inside != 0 && !inside;
        slot->waited_for = wait;
        if (wait) {
            /* Nobody else is at the event: it is used between giving a slot back and its last leaving. */
            slot->inside++; /* ours: the slot is not given out before we have waited */
        }
    }
    base_lock_release(&ps_notify_lock);
    if (wait) {
        KeWaitForSingleObject(&slot->left, Executive, KernelMode, FALSE, NULL);
        base_lock_acquire(&ps_notify_lock);
        slot->inside--;
        base_lock_release(&ps_notify_lock);
    }
    return slot != NULL ? STATUS_SUCCESS : STATUS_PROCEDURE_NOT_FOUND;
}

NTSTATUS PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine,
                                         BOOLEAN Remove)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return Remove ? ps_notify_remove(PS_NOTIFY_PROCESS, (const void *)NotifyRoutine)
                  : ps_notify_add(PS_NOTIFY_PROCESS, (const void *)NotifyRoutine, true);
}

NTSTATUS PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine,
                                           BOOLEAN Remove)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return Remove ? ps_notify_remove(PS_NOTIFY_PROCESS, (const void *)NotifyRoutine)
                  : ps_notify_add(PS_NOTIFY_PROCESS, (const void *)NotifyRoutine, true);
}

NTSTATUS PsSetCreateProcessNotifyRoutineEx2(PSCREATEPROCESSNOTIFYTYPE NotifyType,
                                            PVOID NotifyInformation, BOOLEAN Remove)
{
    if (!API(PASSIVE_LEVEL) || NotifyType != PsCreateProcessNotifySubsystems) {
        return STATUS_INVALID_PARAMETER;
    }
    return Remove ? ps_notify_remove(PS_NOTIFY_PROCESS, NotifyInformation)
                  : ps_notify_add(PS_NOTIFY_PROCESS, NotifyInformation, true);
}

/* All threads of a machine are the system's: those of applications only are none. */
NTSTATUS PsSetCreateThreadNotifyRoutineEx(PSCREATETHREADNOTIFYTYPE NotifyType,
                                          PVOID NotifyInformation)
{
    if (!API(PASSIVE_LEVEL) || (NotifyType != PsCreateThreadNotifyNonSystem &&
                                NotifyType != PsCreateThreadNotifySubsystems)) {
        return STATUS_INVALID_PARAMETER;
    }
    return ps_notify_add(NotifyType == PsCreateThreadNotifyNonSystem ? PS_NOTIFY_OTHER_THREAD
                                                                     : PS_NOTIFY_THREAD,
                         NotifyInformation, false);
}

NTSTATUS PsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine, ULONG_PTR Flags)
{
    if (!API(PASSIVE_LEVEL) ||
        (Flags & ~(ULONG_PTR)PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return ps_notify_add(PS_NOTIFY_IMAGE, (const void *)NotifyRoutine, false);
}

NTSTATUS PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine)
{
    return API(PASSIVE_LEVEL) ? ps_notify_add(PS_NOTIFY_THREAD, (const void *)NotifyRoutine, false)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine)
{
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = ps_notify_remove(PS_NOTIFY_THREAD, (const void *)NotifyRoutine);
    return status == STATUS_PROCEDURE_NOT_FOUND
               ? ps_notify_remove(PS_NOTIFY_OTHER_THREAD, (const void *)NotifyRoutine)
               : status;
}

NTSTATUS PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    return API(PASSIVE_LEVEL) ? ps_notify_add(PS_NOTIFY_IMAGE, (const void *)NotifyRoutine, false)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    return API(PASSIVE_LEVEL) ? ps_notify_remove(PS_NOTIFY_IMAGE, (const void *)NotifyRoutine)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

/* ---- calling ---- */

/* What a routine of any kind is called with. */
struct ps_notify_event {
    ULONG_PTR thread;
    BOOLEAN create;
    PUNICODE_STRING image;
    PIMAGE_INFO image_info;
};

static const void *ps_notify_enter(struct ps_notify *slot)
{
    const void *routine;

    base_lock_acquire(&ps_notify_lock);
    routine = slot->routine;
    if (routine != NULL && slot->inside++ == 0) {
        ke_dispatcher_init(&slot->left.Header, EventSynchronizationObject,
                           sizeof(KEVENT) / sizeof(ULONG), 0);
    }
    base_lock_release(&ps_notify_lock);
    return routine;
}

static void ps_notify_leave(struct ps_notify *slot)
{
    bool last;

    base_lock_acquire(&ps_notify_lock);
    slot->inside--;
    last = slot->waited_for && slot->inside == 1; /* who waits counts, too */
    base_lock_release(&ps_notify_lock);
    if (last) {
        KeSetEvent(&slot->left, IO_NO_INCREMENT, FALSE);
    }
}

static void ps_notify_call(enum ps_notify_kind kind, const struct ps_notify_event *event)
{
    for (size_t i = 0; i < PS_NOTIFY_SLOTS; i++) {
        struct ps_notify *slot = &ps_notify_table[kind][i];
        const void *routine = ps_notify_enter(slot);
        struct ke_callback frame;

        if (routine == NULL) {
            continue;
        }
        ke_call_enter(&frame, ps_notify_names[kind], routine, NULL);
        if (kind == PS_NOTIFY_THREAD) {
            ((PCREATE_THREAD_NOTIFY_ROUTINE)(ULONG_PTR)routine)(
                (HANDLE)(ULONG_PTR)SYSTEM_PROCESS_ID, (HANDLE)event->thread, event->create);
        } else {
            ((PLOAD_IMAGE_NOTIFY_ROUTINE)(ULONG_PTR)routine)(event->image, NULL, event->image_info);
        }
        ke_call_leave(&frame);
        ps_notify_leave(slot);
    }
}

void ps_notify_thread(ULONG_PTR id, BOOLEAN create)
{
    const struct ps_notify_event event = {.thread = id, .create = create};

    ps_notify_call(PS_NOTIFY_THREAD, &event);
}

void ps_notify_image(const char *driver, PVOID start, SIZE_T size)
{
    WCHAR text[256];
    UNICODE_STRING name = {.Buffer = text};
    IMAGE_INFO info = {.ImageBase = start, .ImageSize = size};
    const struct ps_notify_event event = {.image = &name, .image_info = &info};
    char path[256];
    int length = snprintf(path, sizeof(path), "\\SystemRoot\\System32\\drivers\\%s.sys", driver);

    info.ImageAddressingMode = IMAGE_ADDRESSING_MODE_32BIT;
    info.SystemModeImage = 1;
    if (length < 0 || (size_t)length >= sizeof(path)) {
        length = 0;
    }
    for (int i = 0; i < length; i++) {
        text[i] = (UCHAR)path[i];
    }
    name.Length = name.MaximumLength = (USHORT)((size_t)length * sizeof(WCHAR));
    ps_notify_call(PS_NOTIFY_IMAGE, &event);
}

const void *ps_notify_of_code(const void *start, size_t size)
{
    const void *found = NULL;

    base_lock_acquire(&ps_notify_lock);
    for (size_t i = 0; i < PS_NOTIFY_KINDS * PS_NOTIFY_SLOTS && found == NULL; i++) {
        const void *routine = ps_notify_table[i / PS_NOTIFY_SLOTS][i % PS_NOTIFY_SLOTS].routine;

        if (routine != NULL && (uintptr_t)routine - (uintptr_t)start < size) {
            found = routine;
        }
    }
    base_lock_release(&ps_notify_lock);
    return found;
}

static struct ke_machine_part ps_notify_part = {.order = 11, .stop = ps_notify_stop};

__attribute__((constructor)) static void ps_notify_register(void)
{
    ke_machine_register(&ps_notify_part);
}

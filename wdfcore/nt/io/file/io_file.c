/* io_file.c - file objects; see io_file.h.
 *
 *   state       create fails   cleanup      last reference   dismissed (device goes)
 *   CREATING    -              !            gone             !
 *   OPEN        !              CLEANED      !                CLEANED, then CLOSED
 *   CLEANED     !              -            CLOSED, gone     CLOSED
 *   CLOSED      !              -            gone             -
 * Requests under way stand on FileObject->IrpList and hold a reference each, so that IRP_MJ_CLOSE
 * comes after the last of them.
 */
#include "nt/io/file/io_file.h"

#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/io_lock.h"
#include "nt/io/io_name.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

enum io_file_state { IO_FILE_CREATING, IO_FILE_OPEN, IO_FILE_CLEANED, IO_FILE_CLOSED };

/* Keys: (c) constant, (i) io_lock; IrpList and Waiters of the object too */
struct io_file {
    FILE_OBJECT object;
    enum io_file_state state;    /* (i) */
    bool dismissed;              /* (i) its device went: nothing may be sent any more */
    bool counted;                /* (i) stands in the device's ReferenceCount */
    struct io_file *next, *prev; /* (i) files of the machine */
    WORK_QUEUE_ITEM close_work;  /* (i) closing at PASSIVE_LEVEL */
};

static struct io_file *io_files; /* (i) */

static struct io_file *io_file_of(PFILE_OBJECT file)
{
    return (struct io_file *)(void *)file;
}

/* Send a request without parameters to the top of the file's stack and wait. */
static void io_file_notify(struct io_file *file, UCHAR major)
{
    PDEVICE_OBJECT top = io_device_top(file->object.DeviceObject);
    PIRP irp = io_irp_allocate(top->StackSize, NULL, NULL);
    PIO_STACK_LOCATION next = NULL;

    if (irp == NULL) {
        return; /* nobody can be told */
    }
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = major;
    next->FileObject = &file->object;
    irp->Tail.Overlay.OriginalFileObject = &file->object;
    irp->Flags = IRP_SYNCHRONOUS_API | (major == IRP_MJ_CLOSE ? IRP_CLOSE_OPERATION : 0);
    io_irp_send_and_wait(top, irp);
    io_irp_free(irp);
}

/* false: it is in another state. */
static bool io_file_move(struct io_file *file, enum io_file_state from, enum io_file_state to)
{
    bool moved;

    io_lock();
    moved = file->state == from;
    if (moved) {
        __atomic_store_n(&file->state, to, __ATOMIC_RELEASE);
        if (to == IO_FILE_CLEANED) {
            file->object.Flags |= FO_CLEANUP_COMPLETE;
        }
    }
    io_unlock();
    return moved;
}

static enum io_file_state io_file_state(const struct io_file *file)
{
    return __atomic_load_n(&file->state, __ATOMIC_ACQUIRE);
}

/* At PASSIVE_LEVEL, no request under way. */
static void io_file_finish(struct io_file *file)
{
    bool counted;

    if (io_file_move(file, IO_FILE_OPEN, IO_FILE_CLEANED)) {
        io_file_notify(file, IRP_MJ_CLEANUP);
    }
    if (io_file_move(file, IO_FILE_CLEANED, IO_FILE_CLOSED)) {
        io_file_notify(file, IRP_MJ_CLOSE);
    }
    io_lock();
    counted = file->counted;
    file->counted = false;
    io_unlock();
    if (counted) {
        io_device_close(file->object.DeviceObject);
    }
}

static VOID io_file_finish_work(PVOID context)
{
    io_file_finish(context);
    ob_destroy(context);
}

static bool io_file_last(void *body)
{
    struct io_file *file = body;
    enum io_file_state state = io_file_state(file);

    if (ke_self->irql > PASSIVE_LEVEL && state != IO_FILE_CLOSED && state != IO_FILE_CREATING) {
        io_work_queue(&file->close_work, io_file_finish_work, file);
        return false;
    }
    io_file_finish(file);
    return true;
}

static void io_file_destroy(void *body)
{
    struct io_file *file = body;

    io_lock();
    DL_DELETE(io_files, file);
    io_unlock();
    ex_pool_release(file->object.FileName.Buffer);
}

const struct ob_type io_file_type = {
    .name = "File", .destroy = io_file_destroy, .last = io_file_last};

static struct io_file *io_file_create(PDEVICE_OBJECT device, PCUNICODE_STRING path)
{
    struct io_file *file = ob_create(&io_file_type, sizeof(*file));

    if (file == NULL) {
        return NULL;
    }
    file->object.Type = IO_TYPE_FILE;
    file->object.Size = sizeof(FILE_OBJECT);
    file->object.DeviceObject = device;
    InitializeListHead(&file->object.IrpList);
    KeInitializeEvent(&file->object.Event, NotificationEvent, FALSE);
    KeInitializeEvent(&file->object.Lock, SynchronizationEvent, FALSE);
    io_lock();
    DL_APPEND(io_files, file);
    io_unlock();
    if (path != NULL && path->Length != 0) {
        file->object.FileName.Buffer =
            ex_pool_allocate(path->Length + sizeof(WCHAR), 'eliF', true, true, NULL);
        if (file->object.FileName.Buffer == NULL) {
            ob_deref(file);
            return NULL;
        }
        memcpy(file->object.FileName.Buffer, path->Buffer, path->Length);
        file->object.FileName.Length = path->Length;
        file->object.FileName.MaximumLength = (USHORT)(path->Length + sizeof(WCHAR));
    }
    return file;
}

/* Generic rights as those of files. */
static ACCESS_MASK io_file_access(ACCESS_MASK access)
{
    static const struct {
        ACCESS_MASK generic, specific;
    } map[] = {
        {GENERIC_READ, FILE_GENERIC_READ},
        {GENERIC_WRITE, FILE_GENERIC_WRITE},
        {GENERIC_EXECUTE, FILE_GENERIC_EXECUTE},
        {GENERIC_ALL | MAXIMUM_ALLOWED, FILE_ALL_ACCESS},
    };

    for (size_t i = 0; i < RTL_NUMBER_OF(map); i++) {
        if ((access & map[i].generic) != 0) {
            access = (access & ~map[i].generic) | map[i].specific;
        }
    }
    return access;
}

/* What the file object knows from the start. */
static void io_file_note_open(PFILE_OBJECT file, const struct io_open *how)
{
    file->ReadAccess = (how->access & FILE_READ_DATA) != 0;
    file->WriteAccess = (how->access & FILE_WRITE_DATA) != 0;
    file->RelatedFileObject = how->related;
    if ((how->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)) != 0) {
        file->Flags |= FO_SYNCHRONOUS_IO;
    }
    if ((how->options & FILE_SYNCHRONOUS_IO_ALERT) != 0) {
        file->Flags |= FO_ALERTABLE_IO;
    }
    if ((how->options & FILE_NO_INTERMEDIATE_BUFFERING) != 0) {
        file->Flags |= FO_NO_INTERMEDIATE_BUFFERING;
    }
    if ((how->options & FILE_WRITE_THROUGH) != 0) {
        file->Flags |= FO_WRITE_THROUGH;
    }
    if ((how->options & FILE_SEQUENTIAL_ONLY) != 0) {
        file->Flags |= FO_SEQUENTIAL_ONLY;
    }
}

static NTSTATUS io_file_send_create(struct io_file *file, struct io_open *how)
{
    PDEVICE_OBJECT top = io_device_top(file->object.DeviceObject);
    IO_SECURITY_CONTEXT security = {.DesiredAccess = how->access,
                                    .FullCreateOptions = how->options};
    PIRP irp = io_irp_allocate(top->StackSize, NULL, NULL);
    PIO_STACK_LOCATION next = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (irp == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io_file_note_open(&file->object, how);
    irp->Flags = IRP_CREATE_OPERATION | IRP_SYNCHRONOUS_API;
    irp->Overlay.AllocationSize.QuadPart = how->allocation;
    irp->Tail.Overlay.OriginalFileObject = &file->object;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_CREATE;
    next->FileObject = &file->object;
    next->Parameters.Create.SecurityContext = &security;
    next->Parameters.Create.Options = how->disposition << 24 | (how->options & 0xFFFFFF);
    next->Parameters.Create.ShareAccess = (USHORT)how->share;
    next->Parameters.Create.FileAttributes = (USHORT)how->attributes;
    status = io_irp_send_and_wait(top, irp);
    how->information = irp->IoStatus.Information;
    io_irp_free(irp);
    file->object.RelatedFileObject = NULL; /* valid during the create only */
    return status;
}

static NTSTATUS io_file_open_device_as(PDEVICE_OBJECT device, PCUNICODE_STRING path,
                                       struct io_open *how, PFILE_OBJECT *out_file)
{
    struct io_file *file = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if ((device->Flags & DO_DEVICE_INITIALIZING) != 0) {
        return STATUS_NO_SUCH_DEVICE;
    }
    status = io_device_open(device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    file = io_file_create(device, path);
    if (file == NULL) {
        io_device_close(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    file->counted = true;
    status = io_file_send_create(file, how);
    if (!NT_SUCCESS(status)) {
        ob_deref(file); /* neither cleanup nor close: it was never open */
        return status;
    }
    io_file_move(file, IO_FILE_CREATING, IO_FILE_OPEN);
    file->object.Flags |= FO_FILE_OPEN | FO_HANDLE_CREATED;
    *out_file = &file->object;
    return STATUS_SUCCESS;
}

static struct io_open io_open_plain(ACCESS_MASK access)
{
    return (struct io_open){.access = io_file_access(access),
                            .disposition = FILE_OPEN,
                            .share = FILE_SHARE_READ | FILE_SHARE_WRITE};
}

NTSTATUS io_file_open_as(PCUNICODE_STRING name, struct io_open *how, PFILE_OBJECT *file)
{
    UNICODE_STRING path = {0};
    void *body = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    how->access = io_file_access(how->access);
    if (how->related != NULL) {
        return io_file_open_device_as(how->related->DeviceObject, name, how, file);
    }
    status = io_name_lookup(name, &body, &path);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = io_device_is(body) ? io_file_open_device_as(body, &path, how, file)
                                : STATUS_OBJECT_TYPE_MISMATCH;
    ob_deref(body);
    return status;
}

NTSTATUS io_file_open(PCUNICODE_STRING name, ACCESS_MASK access, PFILE_OBJECT *file)
{
    struct io_open how = io_open_plain(access);

    return io_file_open_as(name, &how, file);
}

/* ---- requests under way ---- */

bool io_file_begin(PFILE_OBJECT file, PIRP irp)
{
    bool is_open;

    io_lock();
    is_open = !io_file_of(file)->dismissed && io_file_of(file)->state == IO_FILE_OPEN;
    if (is_open) {
        ob_ref(file); /* dropped by io_file_end */
        InsertTailList(&file->IrpList, &irp->ThreadListEntry);
        irp->Tail.Overlay.OriginalFileObject = file;
    }
    io_unlock();
    return is_open;
}

PDEVICE_OBJECT io_file_ref_device(PFILE_OBJECT file)
{
    PDEVICE_OBJECT device = NULL;

    io_lock();
    if (!io_file_of(file)->dismissed) { /* its device is there until it is */
        device = file->DeviceObject;
        ob_ref(device);
    }
    io_unlock();
    return device;
}

void io_file_end(PFILE_OBJECT file, PIRP irp)
{
    bool last;

    io_lock();
    RemoveEntryList(&irp->ThreadListEntry);
    InitializeListHead(&irp->ThreadListEntry);
    last = IsListEmpty(&file->IrpList) && file->Waiters != 0;
    io_unlock();
    if (last) {
        KeSetEvent(&file->Event, IO_NO_INCREMENT, FALSE);
    }
    ob_deref(file);
}

/* The first request that was not cancelled before, held; NULL: none. */
static PIRP io_file_hold_request(PFILE_OBJECT file)
{
    PIRP found = NULL;

    io_lock();
    for (PLIST_ENTRY link = file->IrpList.Flink; link != &file->IrpList && found == NULL;
         link = link->Flink) {
        PIRP irp = CONTAINING_RECORD(link, IRP, ThreadListEntry);

        if (!__atomic_load_n(&irp->Cancel, __ATOMIC_RELAXED) && io_irp_hold_locked(irp)) {
            found = irp;
        }
    }
    io_unlock();
    return found;
}

/* Cancel what is on the list. Cancelling may complete and take off any of them, so start again
 * after each. */
static void io_file_cancel_requests(PFILE_OBJECT file)
{
    PIRP irp;

    while ((irp = io_file_hold_request(file)) != NULL) {
        io_irp_cancel_held(irp);
    }
}

static bool io_file_has_requests(PFILE_OBJECT file)
{
    bool has;

    io_lock();
    has = !IsListEmpty(&file->IrpList);
    io_unlock();
    return has;
}

static void io_file_wait_for_requests(PFILE_OBJECT file)
{
    io_lock();
    file->Waiters++;
    io_unlock();
    while (io_file_has_requests(file)) {
        KeClearEvent(&file->Event);
        if (io_file_has_requests(file)) {
            KeWaitForSingleObject(&file->Event, Executive, KernelMode, FALSE, NULL);
        }
    }
    io_lock();
    file->Waiters--;
    io_unlock();
}

void io_file_cleanup(PFILE_OBJECT object)
{
    struct io_file *file = io_file_of(object);

    if (!io_file_move(file, IO_FILE_OPEN, IO_FILE_CLEANED)) {
        return;
    }
    io_file_notify(file, IRP_MJ_CLEANUP);
    io_file_cancel_requests(object);
    io_file_wait_for_requests(object);
}

void io_file_close(PFILE_OBJECT file)
{
    io_file_cleanup(file);
    ob_deref(file);
}

/* A file of that stack that was not dismissed yet, with a reference; NULL: none. */
static struct io_file *io_file_dismiss_next(PDEVICE_OBJECT bottom)
{
    struct io_file *file;

    io_lock();
    for (file = io_files; file != NULL; file = file->next) {
        if (!file->dismissed && io_device_bottom(file->object.DeviceObject) == bottom &&
            ob_try_ref(file)) {
            file->dismissed = true;
            break;
        }
    }
    io_unlock();
    return file;
}

void io_file_dismiss(PDEVICE_OBJECT device)
{
    PDEVICE_OBJECT bottom = io_device_bottom(device);
    struct io_file *file;

    while ((file = io_file_dismiss_next(bottom)) != NULL) {
        io_file_cleanup(&file->object);
        io_file_finish(file);
        ob_deref(file);
    }
}

void io_file_stop(void)
{
    io_files = NULL; /* ob_stop frees the objects */
}

PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
    if (!API_QUIET(DISPATCH_LEVEL) || !ke_check_address(FileObject, "a file object", __func__) ||
        !(FileObject->Type == IO_TYPE_FILE ||
          ke_check_refuse(RULE_ObjectNotInitialized, FileObject, "a file object", __func__))) {
        return NULL;
    }
    return io_device_top(FileObject->DeviceObject);
}

/* fx_file.c - opens of a device: create, cleanup, close.
 *
 * create    file object -> EvtDeviceFileCreate, or the queue for creates, or success (down the
 * stack first when forwarding) cleanup   EvtFileCleanup -> what the file has in queues is cancelled
 * -> down the stack close     EvtFileClose -> file object goes -> down the stack A create that
 * fails takes the file object with it; its driver hears of neither cleanup nor close.
 */
#include "wdf/io/fx_file.h"

#include "base/assert.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/io/fx_request.h"

static void fx_file_destroy(struct fx_object *object)
{
    struct fx_file *file = fx_object_body(object, struct fx_file);

    CORE_ASSERT(file->io == NULL); /* out of the device's table before */
}

static bool fx_file_dispose(struct fx_object *object)
{
    struct fx_file *file = fx_object_body(object, struct fx_file);
    struct fx_io *io = file->io;

    if (io != NULL) {
        base_lock_acquire(&io->lock);
        if (file->wdm != NULL) {
            HASH_DELETE(hh, io->files, file);
        }
        file->io = NULL;
        base_lock_release(&io->lock);
    }
    return true;
}

const struct fx_type fx_file_type = {
    .number = FX_TYPE_FILEOBJECT,
    .size = sizeof(struct fx_file),
    .flags = FX_OBJECT_PASSIVE_DISPOSE | FX_OBJECT_NO_DELETE,
    .sync_offset = offsetof(struct fx_file, sync),
    .parent = FX_PARENT_FORBIDDEN,
    .scope = FX_SCOPE_NOT_QUEUE,
    .level_allowed = true,
    .dispose = fx_file_dispose,
    .destroy = fx_file_destroy,
};

struct fx_file *fx_file_find(struct fx_io *io, PFILE_OBJECT wdm)
{
    struct fx_file *file = NULL;

    if (wdm != NULL) {
        base_lock_acquire(&io->lock);
        HASH_FIND_PTR(io->files, &wdm, file);
        base_lock_release(&io->lock);
    }
    return file;
}

/* Where the class says that the handle is to be found by other drivers. */
static void fx_file_publish_in_wdm(struct fx_file *file, WDF_FILEOBJECT_CLASS class)
{
    if (class == WdfFileObjectWdfCanUseFsContext) {
        file->wdm->FsContext = fx_file_handle(file);
    } else if (class == WdfFileObjectWdfCanUseFsContext2) {
        file->wdm->FsContext2 = fx_file_handle(file);
    }
}

/* The I/O manager knows only the device that was named, which may be the PDO below: it is here that an
 * exclusive device is opened once. false: it is open. */
static bool fx_file_count_open(struct fx_io *io)
{
    bool first;

    base_lock_acquire(&io->lock);
    first = io->opens == 0 || !io->device->settings.exclusive;
    if (first) {
        io->opens++;
    }
    base_lock_release(&io->lock);
    return first;
}

static void fx_file_count_close(struct fx_io *io)
{
    base_lock_acquire(&io->lock);
    if (io->opens > 0) { /* a driver may send closes of its own */
        io->opens--;
    }
    base_lock_release(&io->lock);
}

static NTSTATUS fx_file_create(struct fx_io *io, PIRP irp, struct fx_file **out_file)
{
    struct fx_device *device = io->device;
    PFILE_OBJECT wdm = IoGetCurrentIrpStackLocation(irp)->FileObject;
    const WDF_OBJECT_ATTRIBUTES *attributes =
        io->has_file_attributes ? &device->settings.file_attributes : NULL;
    struct fx_file *file;
    NTSTATUS status;

    if (io->file_class == WdfFileObjectNotRequired || wdm == NULL) {
        return STATUS_SUCCESS;
    }
    file = fx_object_create(&fx_file_type, 0, attributes, device->object.globals, NULL);
    if (file == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    fx_sync_resolve(&file->sync, attributes, &device->sync);
    file->sync.level = WdfExecutionLevelPassive;
    file->sync.lock = io->file_lock;
    file->io = io;
    file->wdm = wdm;
    file->process_id = IoGetRequestorProcessId(irp);
    file->name = wdm->FileName;
    status = fx_object_publish(&file->object, &device->object);
    if (!NT_SUCCESS(status)) {
        fx_object_discard(&file->object);
        return status;
    }
    base_lock_acquire(&io->lock);
    HASH_ADD_PTR(io->files, wdm, file);
    base_lock_release(&io->lock);
    fx_file_publish_in_wdm(file, io->file_class);
    *out_file = file;
    return STATUS_SUCCESS;
}

void fx_file_create_failed(struct fx_io *io, struct fx_file *file)
{
    if (file != NULL) {
        fx_object_delete(&file->object, NULL);
    }
    fx_file_count_close(io);
}

/* ---- create ---- */

static void fx_file_call_create(struct fx_io *io, struct fx_request *request, struct fx_file *file)
{
    PFN_WDF_DEVICE_FILE_CREATE routine = io->device->settings.file.EvtDeviceFileCreate;
    struct fx_call call;
    NTSTATUS status = fx_request_present(request);

    if (!NT_SUCCESS(status)) {
        fx_request_finish(request, status, 0);
        return;
    }
    fx_request_set_state(request, FX_REQUEST_OWNED);
    if (fx_call_enter(&call, "EvtDeviceFileCreate", routine, &io->device->object, io->file_lock)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_device_handle(io->device)),
                          KE_WORD(fx_request_handle(request)), KE_WORD(fx_file_handle(file)));
        routine(fx_device_handle(io->device), fx_request_handle(request), fx_file_handle(file));
        fx_call_leave(&call);
    }
}

/* The lower drivers have answered a create that was forwarded. */
static NTSTATUS fx_file_create_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct fx_file *file = context;

    if (irp->PendingReturned) {
        IoMarkIrpPending(irp);
    }
    if (!NT_SUCCESS(irp->IoStatus.Status)) {
        fx_file_create_failed(fx_device_of(device)->io, file);
    }
    return STATUS_SUCCESS; /* go on with the completion */
}

static NTSTATUS fx_file_forward_create(struct fx_io *io, PIRP irp, struct fx_file *file)
{
    if (io->device->attached == NULL) {
        return fx_io_complete(irp, STATUS_SUCCESS, 0);
    }
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, fx_file_create_done, file, TRUE, TRUE, TRUE);
    return io_irp_call(io->device->attached, irp);
}

NTSTATUS fx_file_dispatch_create(struct fx_io *io, PIRP irp)
{
    const struct fx_device_settings *settings = &io->device->settings;
    struct fx_queue *queue = io->by_type[FX_IO_CREATE];
    bool by_callback = settings->has_file_config && settings->file.EvtDeviceFileCreate != NULL;
    struct fx_file *file = NULL;
    struct fx_request *request;
    NTSTATUS status;

    if (!fx_file_count_open(io)) {
        return fx_io_complete(irp, STATUS_ACCESS_DENIED, 0);
    }
    status = fx_file_create(io, irp, &file);
    if (!NT_SUCCESS(status)) {
        fx_file_create_failed(io, NULL);
        return fx_io_complete(irp, status, 0);
    }
    if (!by_callback && queue == NULL) {
        return io->forward_file ? fx_file_forward_create(io, irp, file)
                                : fx_io_complete(irp, STATUS_SUCCESS, 0);
    }
    request = fx_request_create(io, irp, file);
    if (request == NULL) {
        fx_file_create_failed(io, file);
        return fx_io_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    request->opens = true;
    irp->IoStatus.Information = 0;
    IoMarkIrpPending(irp);
    if (by_callback) {
        fx_file_call_create(io, request, file);
    } else if (NT_SUCCESS(fx_queue_insert(queue, request, FX_QUEUE_TAIL))) {
        fx_queue_pump(queue, FX_PUMP_NOW);
    } else {
        fx_request_finish(request, STATUS_INVALID_DEVICE_STATE, 0);
    }
    return STATUS_PENDING;
}

/* ---- cleanup, close ---- */

static void fx_file_call(struct fx_io *io, struct fx_file *file, const char *kind,
                         PFN_WDF_FILE_CLEANUP routine)
{
    struct fx_call call;

    if (routine != NULL && fx_call_enter(&call, kind, routine, &file->object, io->file_lock)) {
        routine(fx_file_handle(file));
        fx_call_leave(&call);
    }
}

static NTSTATUS fx_file_finish(struct fx_io *io, PIRP irp)
{
    return io->forward_file && io->device->attached != NULL
               ? fx_io_forward(io, irp)
               : fx_io_complete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS fx_file_dispatch_cleanup(struct fx_io *io, PIRP irp)
{
    struct fx_file *file = fx_file_find(io, IoGetCurrentIrpStackLocation(irp)->FileObject);

    if (file != NULL) {
        fx_file_call(io, file, "EvtFileCleanup", io->device->settings.file.EvtFileCleanup);
        fx_io_cancel_file(io, file);
    }
    return fx_file_finish(io, irp);
}

NTSTATUS fx_file_dispatch_close(struct fx_io *io, PIRP irp)
{
    struct fx_file *file = fx_file_find(io, IoGetCurrentIrpStackLocation(irp)->FileObject);

    if (file != NULL) {
        fx_file_call(io, file, "EvtFileClose", io->device->settings.file.EvtFileClose);
        fx_io_forget_file(io, file);
        fx_object_delete(&file->object, NULL);
    }
    fx_file_count_close(io);
    return fx_file_finish(io, irp);
}

/* ---- what a driver may ask ---- */

static struct fx_file *fx_file_get(WDFFILEOBJECT handle)
{
    return fx_handle_get(handle, FX_TYPE_FILEOBJECT);
}

WDFAPI PUNICODE_STRING WdfFileObjectGetFileName(WDFFILEOBJECT FileObject)
{
    struct fx_file *file;

    if (!API(PASSIVE_LEVEL)) {
        return NULL;
    }
    file = fx_file_get(FileObject);
    return file != NULL && file->wdm != NULL ? &file->name : NULL;
}

WDFAPI ULONG WdfFileObjectGetFlags(WDFFILEOBJECT FileObject)
{
    struct fx_file *file;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    file = fx_file_get(FileObject);
    return file != NULL && file->wdm != NULL ? file->wdm->Flags : 0;
}

WDFAPI WDFDEVICE WdfFileObjectGetDevice(WDFFILEOBJECT FileObject)
{
    struct fx_file *file;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    file = fx_file_get(FileObject);
    return file != NULL ? (WDFDEVICE)fx_handle_of(fx_object_device(&file->object)) : NULL;
}

WDFAPI PFILE_OBJECT WdfFileObjectWdmGetFileObject(WDFFILEOBJECT FileObject)
{
    struct fx_file *file;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    file = fx_file_get(FileObject);
    return file != NULL ? file->wdm : NULL;
}

WDFAPI ULONG WdfFileObjectGetInitiatorProcessId(WDFFILEOBJECT FileObject)
{
    struct fx_file *file;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    file = fx_file_get(FileObject);
    return file != NULL ? file->process_id : 0;
}

WDFAPI WDFFILEOBJECT WdfDeviceGetFileObject(WDFDEVICE Device, PFILE_OBJECT FileObject)
{
    struct fx_device *device;
    struct fx_file *file;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    file = device != NULL ? fx_file_find(device->io, FileObject) : NULL;
    return file != NULL ? fx_file_handle(file) : NULL;
}

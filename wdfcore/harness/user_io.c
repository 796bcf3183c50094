/* user_io.c - an application's requests: IRPs from user mode to the top of a device's stack.
 *
 * Normal path: user_io_start takes an operation and an IRP off their free lists, gives it buffers
 * by the method of device or control code, and sends it; user_io_complete, called when the IRP has
 * passed the top, copies the output back, frees the IRP and wakes the waiter or calls done.
 * Small system buffers lie in the operation itself, so that such a request allocates nothing.
 * Failure to start: nothing was sent and done is not called.
 */
#include "harness/user_io.h"

#include <stdlib.h>
#include <string.h>
#include <wdm.h>

#include "harness/user_file.h"
#include "nt/io/file/io_file.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_build.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "wdfcore/user.h"

#define USER_SCRATCH_SIZE 512u

/* How a waiter and the completion meet: whoever comes second knows of the first. */
enum user_io_state { USER_IO_SENT, USER_IO_WAITED_FOR, USER_IO_COMPLETED };

/* Keys: (c) constant while under way, (a) atomic: orders the result before it, (i) io_lock */
struct wc_io {
    struct wc_io *next_all, *next_free;
    PIRP irp;            /* (i) NULL once completed */
    PFILE_OBJECT object; /* (c) */
    UCHAR major;         /* (c) */
    wc_io_done *done;    /* (c) NULL: somebody waits */
    void *context;       /* (c) */
    int state;           /* (a) enum user_io_state */
    IO_STATUS_BLOCK result;
    KEVENT event;
    _Alignas(16) unsigned char scratch[USER_SCRATCH_SIZE];
};

/* What a request asks for: input for writes and controls, output for reads and controls. */
struct user_request {
    UCHAR major;
    ULONG code;
    const void *input;
    size_t input_size;
    void *output;
    size_t output_size;
};

/* With io_lock. */
static struct {
    struct wc_io *all, *free;
    struct user_io_statistics statistics;
} user_io;

void user_io_get_statistics(struct user_io_statistics *statistics)
{
    io_lock();
    *statistics = user_io.statistics;
    io_unlock();
}

void user_io_stop(void)
{
    user_file_stop();
    while (user_io.all != NULL) {
        struct wc_io *io = user_io.all;

        user_io.all = io->next_all;
        free(io);
    }
    memset(&user_io, 0, sizeof(user_io));
}

static bool user_io_is_pending(void)
{
    const struct wc_io *io;

    io_lock();
    io = user_io.all;
    while (io != NULL && io->irp == NULL) {
        io = io->next_all;
    }
    io_unlock();
    return io != NULL;
}

static void user_io_cancel(struct wc_io *io)
{
    const struct wc_io *one;
    PIRP irp;

    io_lock();
    for (one = user_io.all; one != NULL && one != io;) {
        one = one->next_all;
    }
    irp = one != NULL ? one->irp : NULL; /* NULL: no operation, or one that has ended */
    if (irp != NULL && !io_irp_hold_locked(irp)) {
        irp = NULL; /* it is being completed */
    }
    io_unlock();
    if (irp != NULL) {
        io_irp_cancel_held(irp);
    }
}

static struct wc_io *user_io_first(void)
{
    struct wc_io *first;

    io_lock();
    first = user_io.all;
    io_unlock();
    return first;
}

void user_io_close_all(void)
{
    LARGE_INTEGER while_100ns = {.QuadPart = -10000};

    for (struct wc_io *io = user_io_first(); io != NULL; io = io->next_all) {
        user_io_cancel(io);
    }
    user_file_close_all();
    while (user_io_is_pending()) {
        KeDelayExecutionThread(KernelMode, FALSE, &while_100ns);
    }
}

/* ---- one operation ---- */

static struct wc_io *user_io_take(void)
{
    struct wc_io *io;

    io_lock();
    io = user_io.free;
    if (io != NULL) {
        user_io.free = io->next_free;
    }
    io_unlock();
    if (io != NULL) {
        return io;
    }
    io = calloc(1, sizeof(*io));
    if (io != NULL) {
        io_lock();
        io->next_all = user_io.all;
        user_io.all = io;
        io_unlock();
    }
    return io;
}

static void user_io_put(struct wc_io *io)
{
    io_lock();
    io->next_free = user_io.free;
    user_io.free = io;
    io_unlock();
}

static void user_io_count_locked(const struct wc_io *io)
{
    user_io.statistics.requests++;
    if (io->result.Status == STATUS_CANCELLED) {
        user_io.statistics.requests_cancelled++;
    }
    if (NT_SUCCESS(io->result.Status) && io->major == IRP_MJ_READ) {
        user_io.statistics.bytes_read += io->result.Information;
    }
    if (NT_SUCCESS(io->result.Status) && io->major == IRP_MJ_WRITE) {
        user_io.statistics.bytes_written += io->result.Information;
    }
}

/* The IRP is through: at the IRQL of whoever completed it. */
static void user_io_complete(PIRP irp, void *context)
{
    struct wc_io *io = context;

    io_build_finish(irp);
    io->result = irp->IoStatus;
    io_lock();
    io->irp = NULL;
    user_io_count_locked(io);
    io_unlock();
    io_file_end(io->object, irp);
    io_irp_free(irp);
    if (io->done == NULL) {
        if (__atomic_exchange_n(&io->state, USER_IO_COMPLETED, __ATOMIC_ACQ_REL) ==
            USER_IO_WAITED_FOR) {
            KeSetEvent(&io->event, IO_NO_INCREMENT, FALSE);
        }
        return;
    }
    io->done(io->context, io->result.Status, io->result.Information);
    user_io_put(io);
}

static bool user_io_build(struct wc_io *io, PDEVICE_OBJECT top, const struct user_request *request)
{
    struct io_scratch scratch = {io->scratch, sizeof(io->scratch)};

    switch (request->major) {
    case IRP_MJ_READ:
        return io_build_transfer(io->irp, top, IRP_MJ_READ, request->output,
                                 (ULONG)request->output_size, &scratch);
    case IRP_MJ_WRITE:
        return io_build_transfer(io->irp, top, IRP_MJ_WRITE, (void *)(uintptr_t)request->input,
                                 (ULONG)request->input_size, &scratch);
    default:
        return io_build_control(io->irp, IRP_MJ_DEVICE_CONTROL, request->code, request->input,
                                (ULONG)request->input_size, request->output,
                                (ULONG)request->output_size, &scratch);
    }
}

/* Make the IRP ready to go. On failure nothing is left of it. */
static NTSTATUS user_io_prepare(struct wc_io *io, PDEVICE_OBJECT top,
                                const struct user_request *request)
{
    PIRP irp = io_irp_allocate(top->StackSize, user_io_complete, io);

    if (irp == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io_lock();
    io->irp = irp;
    io_unlock();
    io->irp->RequestorMode = UserMode;
    io->irp->Tail.Overlay.Thread = PsGetCurrentThread();
    if (!user_io_build(io, top, request)) {
        io_irp_free(io->irp);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    IoGetNextIrpStackLocation(io->irp)->FileObject = io->object;
    if (!io_file_begin(io->object, io->irp)) {
        io->irp->Flags &= ~(ULONG)IRP_INPUT_OPERATION; /* nothing to copy back */
        io_build_finish(io->irp);
        io_irp_free(io->irp);
        return STATUS_NO_SUCH_DEVICE;
    }
    return STATUS_SUCCESS;
}

/* done NULL: the caller will wait. On success *out is set before the driver sees the request and
 * may be dead when this returns, unless the caller waits for it. */
static NTSTATUS user_io_start_on(PFILE_OBJECT object, const struct user_request *request,
                                 wc_io_done *done, void *context, struct wc_io **out)
{
    PDEVICE_OBJECT device = NULL, top = NULL;
    struct wc_io *io = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (request->input_size > UINT32_MAX || request->output_size > UINT32_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    device = io_file_ref_device(object);
    if (device == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    io = user_io_take();
    if (io == NULL) {
        ob_deref(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io->object = object;
    io->major = request->major;
    io->done = done;
    io->context = context;
    io->state = USER_IO_SENT;
    top = io_device_top(device);
    status = user_io_prepare(io, top, request);
    ob_deref(device); /* from here on the request keeps the file, and the file its device */
    if (!NT_SUCCESS(status)) {
        user_io_put(io);
        return status;
    }
    if (out != NULL) {
        *out = io;
    }
    io_irp_call(top, io->irp);
    return STATUS_PENDING;
}

static NTSTATUS user_io_start(const struct wc_file *file, const struct user_request *request,
                              wc_io_done *done, void *context, struct wc_io **out)
{
    PFILE_OBJECT object = user_file_ref_object(file);
    NTSTATUS status;

    if (object == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    status = user_io_start_on(object, request, done, context, out);
    ob_deref(object);
    return status;
}

static NTSTATUS user_io_wait(struct wc_io *io, size_t *information)
{
    int sent = USER_IO_SENT;
    NTSTATUS status = STATUS_SUCCESS;

    if (__atomic_load_n(&io->state, __ATOMIC_ACQUIRE) != USER_IO_COMPLETED) {
        KeInitializeEvent(&io->event, SynchronizationEvent, FALSE);
        if (__atomic_compare_exchange_n(&io->state, &sent, USER_IO_WAITED_FOR, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            KeWaitForSingleObject(&io->event, UserRequest, UserMode, FALSE, NULL);
        }
    }
    status = io->result.Status;
    if (information != NULL) {
        *information = NT_ERROR(status) ? 0 : io->result.Information;
    }
    user_io_put(io);
    return status;
}

static NTSTATUS user_io_run(struct wc_file *file, const struct user_request *request,
                            size_t *information)
{
    struct wc_io *io = NULL;
    NTSTATUS status = user_io_start(file, request, NULL, NULL, &io);

    if (!NT_SUCCESS(status)) {
        if (information != NULL) {
            *information = 0;
        }
        return status;
    }
    return user_io_wait(io, information);
}

/* ---- the API ---- */

int32_t wc_file_read(struct wc_file *file, void *data, size_t size, size_t *read)
{
    struct user_request request = {.major = IRP_MJ_READ, .output = data, .output_size = size};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    return user_io_run(file, &request, read);
}

int32_t wc_file_write(struct wc_file *file, const void *data, size_t size, size_t *written)
{
    struct user_request request = {.major = IRP_MJ_WRITE, .input = data, .input_size = size};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    return user_io_run(file, &request, written);
}

int32_t wc_file_ioctl(struct wc_file *file, uint32_t code, const void *input, size_t input_size,
                      void *output, size_t output_size, size_t *information)
{
    struct user_request request = {.major = IRP_MJ_DEVICE_CONTROL,
                                   .code = code,
                                   .input = input,
                                   .input_size = input_size,
                                   .output = output,
                                   .output_size = output_size};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    return user_io_run(file, &request, information);
}

int32_t wc_file_read_start(struct wc_file *file, void *data, size_t size, wc_io_done *done,
                           void *context, struct wc_io **io)
{
    struct user_request request = {.major = IRP_MJ_READ, .output = data, .output_size = size};

    if (!API(DISPATCH_LEVEL) || done == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return user_io_start(file, &request, done, context, io);
}

int32_t wc_file_write_start(struct wc_file *file, const void *data, size_t size, wc_io_done *done,
                            void *context, struct wc_io **io)
{
    struct user_request request = {.major = IRP_MJ_WRITE, .input = data, .input_size = size};

    if (!API(DISPATCH_LEVEL) || done == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return user_io_start(file, &request, done, context, io);
}

int32_t wc_file_ioctl_start(struct wc_file *file, uint32_t code, const void *input,
                            size_t input_size, void *output, size_t output_size, wc_io_done *done,
                            void *context, struct wc_io **io)
{
    struct user_request request = {.major = IRP_MJ_DEVICE_CONTROL,
                                   .code = code,
                                   .input = input,
                                   .input_size = input_size,
                                   .output = output,
                                   .output_size = output_size};

    if (!API(DISPATCH_LEVEL) || done == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return user_io_start(file, &request, done, context, io);
}

void wc_io_cancel(struct wc_io *io)
{
    if (API(DISPATCH_LEVEL)) {
        user_io_cancel(io);
    }
}

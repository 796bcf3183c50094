/* fx_usb_reader.c - the continuous reader; see fx_usb_reader.h.
 *
 * Normal path: reader_send makes a memory object, formats the read's request and submits it. reader_done
 * calls the driver and sends it again.
 * Failure: the first read that fails sets `failed` and queues the work; those that come back meanwhile
 * stay. The work cancels what is still under way, waits for it, asks the driver, resets the pipe, starts
 * again.
 * Teardown: the target has cancelled everything and waited; the work is waited for.
 */
#include "wdf/usb/fx_usb_reader.h"

#include "nt/io/irp/io_irp.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_work.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_pool.h"
#include "wdf/usb/fx_usb.h"
#include "wdf/usb/fx_usb_format.h"

#define READS_DEFAULT 2u
#define READS_MOST    10u

/* Key: (t) tree lock (d) whoever has made it active */
struct fx_usb_read {
    struct fx_usb_reader *reader;
    struct fx_request *request; /* (c) a child of the pipe */
    struct fx_memory *memory;   /* (d) */
    bool active;                /* (t) it is under way, or in the driver's callback */
};

/* Keys: (c) constant (t) tree lock */
struct fx_usb_reader {
    struct fx_usb_pipe *pipe;                /* (c) */
    WDF_USB_CONTINUOUS_READER_CONFIG config; /* (c) */
    WDF_OBJECT_ATTRIBUTES attributes;        /* (c) of the memory objects */
    struct fx_work work;
    uint32_t active;         /* (t) reads */
    struct fx_waiters idle;  /* until active is 0 */
    bool failed;             /* (t) no read is sent */
    bool recovering;         /* (t) from the failure on until the work knows whether to go on */
    bool again;              /* (t) started meanwhile */
    NTSTATUS status;         /* (t) of the read that failed */
    USBD_STATUS usbd_status; /* (t) */
    unsigned count;          /* (c) */
    struct fx_usb_read reads[READS_MOST];
};

static void reader_done(struct fx_request *request);

/* ---- counting ---- */

/* The read becomes active. false: it is, or nothing may be sent. */
static bool read_enter(struct fx_usb_read *read)
{
    struct fx_usb_reader *reader = read->reader;
    bool entered;

    fx_tree_lock();
    entered = !read->active && !reader->failed;
    if (entered) {
        read->active = true;
        reader->active++;
    }
    fx_tree_unlock();
    return entered;
}

static void read_leave(struct fx_usb_read *read)
{
    struct fx_usb_reader *reader = read->reader;
    struct fx_waiters *idle = &reader->idle;
    struct fx_waiter *waiters = NULL;

    fx_tree_lock();
    read->active = false;
    if (--reader->active == 0) {
        waiters = fx_waiters_detach(idle);
    }
    fx_tree_unlock();
    fx_waiters_wake(waiters);
}

static bool reader_is_active(const void *context)
{
    return ((const struct fx_usb_reader *)context)->active != 0;
}

/* ---- reading ---- */

static void read_drop_memory(struct fx_usb_read *read)
{
    struct fx_memory *memory = read->memory;

    read->memory = NULL;
    if (memory != NULL) {
        fx_format_release(read->request);
        fx_object_delete(&memory->object, NULL);
    }
}

/* Of an active read, which stays active if it was sent. */
static NTSTATUS read_send(struct fx_usb_read *read)
{
    struct fx_usb_reader *reader = read->reader;
    const WDF_USB_CONTINUOUS_READER_CONFIG *config = &reader->config;
    struct fx_span data = {.offset = config->HeaderLength, .length = config->TransferLength};
    NTSTATUS status = fx_memory_create_from_pool(
        &reader->attributes, false, 0,
        config->HeaderLength + config->TransferLength + config->TrailerLength, NULL, &read->memory);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    data.memory = read->memory;
    data.address = (char *)read->memory->buffer + data.offset;
    io_irp_reuse(read->request->irp, STATUS_NOT_SUPPORTED);
    status = fx_usb_format_transfer(reader->pipe, read->request, true, &data);
    if (NT_SUCCESS(status)) {
        read->request->send.done = reader_done;
        status = fx_send_submit(read->request, &reader->pipe->target, 0, 0, NULL);
    }
    return status;
}

/* The first failure is what the driver hears of. */
static void reader_fail(struct fx_usb_reader *reader, NTSTATUS status, USBD_STATUS usbd_status)
{
    bool first;

    fx_tree_lock();
    first = !reader->failed;
    if (first) {
        reader->failed = reader->recovering = true;
        reader->status = status;
        reader->usbd_status = usbd_status;
    }
    fx_tree_unlock();
    if (first) {
        fx_work_queue(&reader->work);
    }
}

/* An active read that is not under way: it is sent, or becomes idle. */
static void read_go_on(struct fx_usb_read *read)
{
    struct fx_usb_reader *reader = read->reader;
    NTSTATUS status = STATUS_CANCELLED;

    if (!__atomic_load_n(&reader->failed, __ATOMIC_RELAXED) &&
        fx_target_is_started(&reader->pipe->target)) {
        status = read_send(read);
    }
    if (!NT_SUCCESS(status)) {
        bool started = fx_target_is_started(&reader->pipe->target);

        read_drop_memory(read);
        if (started && status != STATUS_CANCELLED) {
            reader_fail(reader, status, USBD_STATUS_INSUFFICIENT_RESOURCES);
        }
        read_leave(read);
    }
}

static void reader_call(struct fx_usb_read *read, size_t length)
{
    struct fx_usb_reader *reader = read->reader;
    const WDF_USB_CONTINUOUS_READER_CONFIG *config = &reader->config;
    struct fx_object *object = &reader->pipe->target.object;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtUsbTargetPipeReadComplete",
                      (const void *)config->EvtUsbTargetPipeReadComplete, object, NULL)) {
        config->EvtUsbTargetPipeReadComplete((WDFUSBPIPE)fx_handle_of(object),
                                             fx_memory_handle(read->memory), length,
                                             config->EvtUsbTargetPipeReadCompleteContext);
        fx_call_leave(&call);
    }
}

static struct fx_usb_read *read_of(struct fx_request *request)
{
    struct fx_usb_pipe *pipe = (struct fx_usb_pipe *)request->send.target;
    struct fx_usb_read *read = pipe->reader->reads;

    while (read->request != request) {
        read++;
    }
    return read;
}

static void reader_done(struct fx_request *request)
{
    struct fx_usb_read *read = read_of(request);
    const struct fx_usb_format *usb = request->send.format->usb;
    USBD_STATUS usbd_status = usb->params.UsbdStatus;
    size_t length = usb->params.Parameters.PipeRead.Length;
    NTSTATUS status = request->irp->IoStatus.Status;

    if (NT_SUCCESS(status)) {
        reader_call(read, length);
    } else if (status != STATUS_CANCELLED && fx_target_is_started(&read->reader->pipe->target)) {
        reader_fail(read->reader, status, usbd_status);
    }
    read_drop_memory(read);
    read_go_on(read);
}

static void reader_send_all(struct fx_usb_reader *reader)
{
    for (unsigned i = 0; i < reader->count; i++) {
        if (read_enter(&reader->reads[i])) {
            read_go_on(&reader->reads[i]);
        }
    }
}

void fx_usb_reader_start(struct fx_usb_pipe *pipe)
{
    struct fx_usb_reader *reader = __atomic_load_n(&pipe->reader, __ATOMIC_ACQUIRE);

    if (reader == NULL) {
        return;
    }
    fx_tree_lock();
    if (reader->recovering) {
        reader->again = true;
    } else {
        reader->failed = false; /* of the time before it was stopped */
    }
    fx_tree_unlock();
    reader_send_all(reader);
}

void fx_usb_reader_stop(struct fx_usb_pipe *pipe)
{
    struct fx_usb_reader *reader = __atomic_load_n(&pipe->reader, __ATOMIC_ACQUIRE);

    for (unsigned i = 0; reader != NULL && i < reader->count; i++) {
        struct fx_request *request = reader->reads[i].request;
        struct fx_target *target = &pipe->target;

        fx_target_lock(target);
        if (request->send.place == FX_SEND_BELOW && !request->send.cancelling) {
            request->send.cancelling = true;
            fx_send_cancel_unlocks(request);
        } else {
            fx_target_unlock(target);
        }
    }
}

/* ---- failure ---- */

static bool reader_ask(struct fx_usb_reader *reader)
{
    PFN_WDF_USB_READERS_FAILED routine = reader->config.EvtUsbTargetPipeReadersFailed;
    struct fx_object *object = &reader->pipe->target.object;
    BOOLEAN go_on = TRUE;
    struct fx_call call;

    if (routine != NULL && fx_call_enter(&call, "EvtUsbTargetPipeReadersFailed",
                                         (const void *)routine, object, NULL)) {
        go_on = routine((WDFUSBPIPE)fx_handle_of(object), reader->status, reader->usbd_status);
        fx_call_leave(&call);
    }
    return go_on;
}

static NTSTATUS reader_reset(struct fx_usb_reader *reader)
{
    URB urb = {.UrbHeader = {.Length = sizeof(struct _URB_PIPE_REQUEST),
                             .Function = URB_FUNCTION_RESET_PIPE}};

    urb.UrbPipeRequest.PipeHandle = reader->pipe->info.PipeHandle;
    return fx_usb_ask_urb(reader->pipe->usb->target.wdm, &urb);
}

static void reader_recover(struct fx_object *object)
{
    struct fx_usb_pipe *pipe = fx_object_body(object, struct fx_usb_pipe);
    struct fx_usb_reader *reader = pipe->reader;
    bool go_on;

    fx_usb_reader_stop(pipe);
    fx_wait_while(&reader->idle, reader_is_active, reader, "reads of a USB pipe");
    go_on = reader_ask(reader) && fx_target_is_started(&pipe->target) &&
            NT_SUCCESS(reader_reset(reader));
    fx_tree_lock();
    go_on = go_on || reader->again;
    reader->again = reader->recovering = false;
    if (go_on) { /* else it waits for the next WdfIoTargetStart */
        reader->failed = false;
    }
    fx_tree_unlock();
    if (go_on) {
        reader_send_all(reader);
    }
}

bool fx_usb_reader_end(struct fx_usb_pipe *pipe)
{
    struct fx_usb_reader *reader = pipe->reader;

    if (reader == NULL || !fx_work_is_active(&reader->work)) {
        return true;
    }
    if (fx_call_is_inside((const void *)reader->config.EvtUsbTargetPipeReadersFailed,
                          &pipe->target.object)) {
        return false;
    }
    fx_work_wait(&reader->work, "a continuous reader");
    return true;
}

void fx_usb_reader_free(struct fx_usb_pipe *pipe)
{
    fx_free(pipe->reader);
    pipe->reader = NULL;
}

/* ---- making ---- */

/* The requests, with room in their IRPs, so that sending needs no memory but that of the data. */
static NTSTATUS reader_make_reads(struct fx_usb_reader *reader, const void *caller)
{
    struct fx_usb_pipe *pipe = reader->pipe;
    NTSTATUS status = STATUS_SUCCESS;

    for (unsigned i = 0; i < reader->count && NT_SUCCESS(status); i++) {
        struct fx_usb_read *read = &reader->reads[i];

        read->reader = reader;
        status = fx_request_create_own(NULL, &pipe->target.object, caller, &read->request);
        if (NT_SUCCESS(status)) {
            status = fx_send_reserve(read->request, pipe->target.wdm->StackSize, caller);
        }
    }
    for (unsigned i = 0; i < reader->count && !NT_SUCCESS(status); i++) {
        if (reader->reads[i].request != NULL) {
            fx_object_delete(&reader->reads[i].request->object, NULL);
            reader->reads[i].request = NULL;
        }
    }
    return status;
}

NTSTATUS fx_usb_reader_make(struct fx_usb_pipe *pipe,
                            const WDF_USB_CONTINUOUS_READER_CONFIG *config, const void *caller,
                            struct fx_usb_reader **out)
{
    struct fx_usb_reader *reader = fx_allocate(sizeof(*reader));
    NTSTATUS status;

    if (reader == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    reader->pipe = pipe;
    reader->config = *config;
    reader->config.BufferAttributes = NULL;
    WDF_OBJECT_ATTRIBUTES_INIT(&reader->attributes);
    if (config->BufferAttributes != NULL) {
        reader->attributes = *config->BufferAttributes;
    }
    reader->attributes.ParentObject = fx_handle_of(&pipe->target.object);
    reader->count = config->NumPendingReads == 0           ? READS_DEFAULT
                    : config->NumPendingReads > READS_MOST ? READS_MOST
                                                           : config->NumPendingReads;
    fx_work_init(&reader->work, &pipe->target.object, reader_recover,
                 (const void *)config->EvtUsbTargetPipeReadersFailed);
    status = reader_make_reads(reader, caller);
    if (NT_SUCCESS(status)) {
        *out = reader;
    } else {
        fx_free(reader);
    }
    return status;
}

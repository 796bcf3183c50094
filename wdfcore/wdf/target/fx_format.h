#pragma once
/* fx_format.h - what a request asks of a target: the next stack location, and the buffers in the
 * IRP by the target's transfer method.
 * Rules for a format:
 * - it references each memory object until the request is formatted anew, reused, completed or
 *   deleted
 * - the buffer fields of the IRP are the format's until the send is finished; then what the IRP
 *   came with is there again
 * - a buffer of the driver is used where it is, but for METHOD_BUFFERED and the input of the direct
 *   methods, which go through a system buffer
 */
#include <wdf.h>

#include <stdbool.h>

struct fx_memory;
struct fx_request;
struct fx_target;

#define FX_FORMAT_MEMORIES 3u

/* A buffer handed in: memory of the framework, an MDL's, or the driver's; length 0: none. */
struct fx_span {
    void *address;
    size_t length;
    struct fx_memory *memory; /* NULL: not a memory object */
    size_t offset;            /* in the memory */
};

struct fx_usb_format;

/* Part of a request, made for its first format. Key: the driver's, while it owns the request */
struct fx_format {
    WDF_REQUEST_COMPLETION_PARAMS params;
    struct fx_memory *memories[FX_FORMAT_MEMORIES]; /* referenced */
    bool applied;                                   /* the IRP has our buffers */
    void *old_system, *old_user;                    /* what it had before */
    PMDL old_mdl;
    ULONG old_flags;
    PMDL mdl;     /* ours, or NULL */
    void *system; /* ours, or NULL */
    void *output; /* where the system buffer is copied to */
    size_t output_length;
    struct fx_usb_format *usb; /* of a request that was formatted for USB once; NULL */
    void (*completed)(struct fx_request *request); /* what else is to be done; NULL: nothing */
};

/* fx_span_of_memory: NULL memory: an empty span.
 *   Returns  STATUS_INTEGER_OVERFLOW; STATUS_INVALID_PARAMETER (no memory handle) */
NTSTATUS fx_span_of_memory(WDFMEMORY memory, PWDFMEMORY_OFFSET offset, struct fx_span *span);
/* fx_span_of_descriptor: NULL: an empty span.
 *   Returns  the same; STATUS_INVALID_PARAMETER (type, NULL MDL); STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_span_of_descriptor(const WDF_MEMORY_DESCRIPTOR *descriptor, struct fx_span *span);

/* What follows takes a request that the driver owns (fx_send_get) and returns
 *   STATUS_INVALID_DEVICE_STATE (target closed); STATUS_REQUEST_NOT_ACCEPTED;
 *   STATUS_INSUFFICIENT_RESOURCES; the request then keeps no format. */

/* fx_format_transfer: IRP_MJ_READ or IRP_MJ_WRITE. */
NTSTATUS fx_format_transfer(struct fx_target *target, struct fx_request *request, UCHAR major,
                            const struct fx_span *data, const LONGLONG *device_offset);
/* fx_format_control: IRP_MJ_DEVICE_CONTROL or IRP_MJ_INTERNAL_DEVICE_CONTROL. */
NTSTATUS fx_format_control(struct fx_target *target, struct fx_request *request, UCHAR major,
                           ULONG code, const struct fx_span *input, const struct fx_span *output);
/* fx_format_others: an internal control whose arguments are the three addresses. */
NTSTATUS fx_format_others(struct fx_target *target, struct fx_request *request, ULONG code,
                          const struct fx_span arguments[FX_FORMAT_MEMORIES]);

/* fx_format_argument: an internal control with one argument, which the format of another type made; data's
 * memory is held. completed: called when the send is finished. */
NTSTATUS fx_format_argument(struct fx_target *target, struct fx_request *request, ULONG code,
                            void *argument, const struct fx_span *data,
                            void (*completed)(struct fx_request *request));
/* fx_format_ensure: the request has a format. STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS fx_format_ensure(struct fx_request *request);

/* fx_format_completed: the send is finished: output is copied, the IRP's own buffers come back. */
void fx_format_completed(struct fx_request *request);
/* fx_format_release: the IRP is as it came, no memory is referenced. fx_format_free: and the
 * format goes. */
void fx_format_release(struct fx_request *request);
void fx_format_free(struct fx_request *request);

/* fx_usb_reader_config.c - what a driver may ask of a continuous reader. */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/memory/fx_memory.h"
#include "wdf/usb/fx_usb.h"
#include "wdf/usb/fx_usb_reader.h"

static NTSTATUS config_check(const struct fx_usb_pipe *pipe,
                             const WDF_USB_CONTINUOUS_READER_CONFIG *config)
{
    size_t most = (size_t)MAXULONG;

    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (config->EvtUsbTargetPipeReadComplete == NULL || config->TransferLength == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((pipe->info.PipeType != UsbdPipeTypeBulk && pipe->info.PipeType != UsbdPipeTypeInterrupt) ||
        !fx_usb_pipe_is_in(pipe)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (config->TransferLength > most || config->HeaderLength > most - config->TransferLength ||
        config->TrailerLength > most - config->TransferLength - config->HeaderLength) {
        return STATUS_INTEGER_OVERFLOW;
    }
    if (!__atomic_load_n(&pipe->any_size, __ATOMIC_RELAXED) &&
        config->TransferLength % pipe->info.MaximumPacketSize != 0) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    if (config->BufferAttributes != NULL && config->BufferAttributes->ParentObject != NULL) {
        return STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED;
    }
    return fx_attributes_check(&fx_memory_type, config->BufferAttributes);
}

WDFAPI NTSTATUS WdfUsbTargetPipeConfigContinuousReader(WDFUSBPIPE Pipe,
                                                       PWDF_USB_CONTINUOUS_READER_CONFIG Config)
{
    struct fx_usb_reader *reader = NULL;
    struct fx_usb_pipe *pipe;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    pipe = fx_usb_pipe_get(Pipe);
    if (pipe == NULL || !fx_required(Config)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = config_check(pipe, Config);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (__atomic_load_n(&pipe->reader, __ATOMIC_ACQUIRE) != NULL) {
        return STATUS_INVALID_DEVICE_STATE; /* it has one */
    }
    status = fx_usb_reader_make(pipe, Config, KE_CALLER(), &reader);
    if (NT_SUCCESS(status)) {
        __atomic_store_n(&pipe->reader, reader, __ATOMIC_RELEASE);
    }
    return status;
}

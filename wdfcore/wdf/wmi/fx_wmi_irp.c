/* fx_wmi_irp.c - IRP_MJ_SYSTEM_CONTROL: what WMI asks of a device's providers and instances.
 *
 *   for another device, or none of WMI's     passed on; at the bottom of the stack completed as it came
 *   IRP_MN_REGINFO, IRP_MN_REGINFO_EX        all providers of the device
 *   an unknown GUID, an unknown instance     STATUS_WMI_GUID_NOT_FOUND, STATUS_WMI_INSTANCE_NOT_FOUND
 *   else                                     the instance's routine, and its answer as a WNODE
 */
#include <string.h>

#include "nt/io/irp/io_irp.h"
#include "nt/ob/ob_object.h"
#include "nt/wmi/wmi.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/io/fx_io.h"
#include "wdf/wmi/fx_wmi.h"

/* A request, with references on what it is for. */
struct fx_wmi_request {
    struct fx_device *device;
    PIRP irp;
    const IO_STACK_LOCATION *stack;
    struct fx_wmi_provider *provider;
    struct fx_wmi_instance *instance; /* NULL: it is for the provider */
};

static ULONG fx_wmi_size(const struct fx_wmi_request *request)
{
    return request->stack->Parameters.WMI.BufferSize;
}

static void *fx_wmi_buffer(const struct fx_wmi_request *request)
{
    return request->stack->Parameters.WMI.Buffer;
}

/* The buffer behind an offset. */
static ULONG fx_wmi_room(const struct fx_wmi_request *request, ULONG offset)
{
    return fx_wmi_size(request) > offset ? fx_wmi_size(request) - offset : 0;
}

/* ---- registration ---- */

/* The device's name for its MOF resource, else its parents'. */
static PCUNICODE_STRING fx_wmi_mof(const struct fx_device *device)
{
    while (device->wmi.mof.Buffer == NULL && device->pdo != NULL) {
        device = device->pdo->parent;
    }
    return &device->wmi.mof;
}

static char *fx_wmi_put(char *at, PCUNICODE_STRING string)
{
    memcpy(at, &string->Length, sizeof(string->Length));
    if (string->Length != 0) {
        memcpy(at + sizeof(string->Length), string->Buffer, string->Length);
    }
    return at + sizeof(string->Length) + string->Length;
}

/* fx_wmi_registration_locked: how many bytes it takes; written if they are there. */
static ULONG fx_wmi_registration_locked(struct fx_device *device, WMIREGINFOW *info, ULONG size,
                                        ULONG *count)
{
    PCUNICODE_STRING mof = fx_wmi_mof(device);
    PCUNICODE_STRING path = &device->driver->registry_path;
    ULONG strings;
    ULONG needed;

    *count = 0;
    for (struct fx_wmi_provider *provider = device->wmi.providers; provider != NULL;
         provider = provider->next) {
        ++*count;
    }
    strings = (ULONG)(sizeof(*info) + *count * sizeof(WMIREGGUIDW));
    needed = strings + 2 * (ULONG)sizeof(USHORT) + mof->Length + path->Length;
    if (needed > size) {
        return needed;
    }
    info->BufferSize = needed;
    info->NextWmiRegInfo = 0;
    info->GuidCount = *count;
    *count = 0;
    for (struct fx_wmi_provider *provider = device->wmi.providers; provider != NULL;
         provider = provider->next) {
        info->WmiRegGuid[(*count)++] =
            (WMIREGGUIDW){.Guid = provider->config.Guid,
                          .Flags = fx_wmi_provider_flags_locked(provider),
                          .InstanceCount = provider->instance_count,
                          .Pdo = (ULONG_PTR)device->physical};
    }
    info->MofResourceName = strings;
    info->RegistryPath = (ULONG)(fx_wmi_put((char *)info + strings, mof) - (char *)info);
    fx_wmi_put((char *)info + info->RegistryPath, path);
    return needed;
}

static NTSTATUS fx_wmi_register(const struct fx_wmi_request *request)
{
    ULONG size = fx_wmi_size(request);
    ULONG needed;
    ULONG count;

    if (size < sizeof(ULONG)) {
        return fx_io_complete(request->irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    fx_wmi_lock(request->device);
    needed = fx_wmi_registration_locked(request->device, fx_wmi_buffer(request), size, &count);
    fx_wmi_unlock(request->device);
    if (needed > size) {
        *(ULONG *)fx_wmi_buffer(request) = needed;
        return fx_io_complete(request->irp, STATUS_SUCCESS, sizeof(ULONG));
    }
    if (request->stack->MinorFunction == IRP_MN_REGINFO_EX) {
        for (ULONG i = 0; i < count; i++) {
            ob_ref(request->device->physical); /* WMI drops it for each GUID */
        }
    }
    return fx_io_complete(request->irp, STATUS_SUCCESS, needed);
}

/* ---- answers ---- */

/* fx_wmi_answer: a WNODE with used bytes of data; what does not fit becomes a WNODE_TOO_SMALL. */
static NTSTATUS fx_wmi_answer(const struct fx_wmi_request *request, NTSTATUS status,
                              ULONG data_offset, ULONG used)
{
    WNODE_HEADER *header = fx_wmi_buffer(request);
    ULONG needed = data_offset + used;

    if (NT_SUCCESS(status) && needed > fx_wmi_size(request)) {
        status = STATUS_BUFFER_TOO_SMALL;
    }
    if (NT_SUCCESS(status)) {
        header->BufferSize = needed;
        KeQuerySystemTime(&header->TimeStamp);
        return fx_io_complete(request->irp, status, needed);
    }
    if (status == STATUS_BUFFER_TOO_SMALL) {
        header->BufferSize = sizeof(WNODE_TOO_SMALL);
        header->Flags = WNODE_FLAG_TOO_SMALL;
        ((WNODE_TOO_SMALL *)(void *)header)->SizeNeeded = needed;
        return fx_io_complete(request->irp, STATUS_SUCCESS, sizeof(WNODE_TOO_SMALL));
    }
    return fx_io_complete(request->irp, status, 0);
}

/* ---- all data ---- */

/* Where the next instance's data go. */
struct fx_wmi_all {
    WNODE_ALL_DATA *all;
    ULONG room;   /* behind the head, what is used included */
    ULONG used;   /* by the instances so far, each rounded up */
    ULONG excess; /* by which the last one was */
    bool too_small;
};

static NTSTATUS fx_wmi_all_add(struct fx_wmi_all *to, struct fx_wmi_instance *instance, ULONG index)
{
    ULONG left = to->room > to->used ? to->room - to->used : 0;
    ULONG at = to->all->DataBlockOffset + to->used;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG size = 0;

    if (fx_wmi_instance_is_readable(instance)) {
        status =
            fx_wmi_instance_query(instance, left, left != 0 ? (char *)to->all + at : NULL, &size);
    }
    if (!NT_SUCCESS(status) && status != STATUS_BUFFER_TOO_SMALL) {
        return status;
    }
    to->too_small = to->too_small || !NT_SUCCESS(status);
    if (!to->too_small) {
        to->all->OffsetInstanceDataAndLength[index].OffsetInstanceData = at;
        to->all->OffsetInstanceDataAndLength[index].LengthInstanceData = size;
    }
    to->excess = wmi_aligned(size) - size;
    to->used += wmi_aligned(size);
    return STATUS_SUCCESS;
}

static NTSTATUS fx_wmi_all_fill(struct fx_wmi_all *to, struct fx_wmi_provider *provider,
                                ULONG count)
{
    ULONG least = provider->config.MinInstanceBufferSize;
    NTSTATUS status = STATUS_SUCCESS;

    if (least != 0 && to->room < wmi_aligned(least) * (count - 1) + least) {
        to->used = wmi_aligned(least) * (count - 1) + least; /* nobody needs to be asked */
        return STATUS_BUFFER_TOO_SMALL;
    }
    for (ULONG i = 0; i < count && NT_SUCCESS(status); i++) {
        struct fx_wmi_instance *instance = fx_wmi_instance_at(provider, i);

        if (instance == NULL) {
            to->all->InstanceCount = i; /* the others have gone meanwhile */
            break;
        }
        status = fx_wmi_all_add(to, instance, i);
        fx_object_deref(&instance->object);
    }
    to->used -= to->excess;
    return NT_SUCCESS(status) && to->too_small ? STATUS_BUFFER_TOO_SMALL : status;
}

static NTSTATUS fx_wmi_query_all(const struct fx_wmi_request *request)
{
    struct fx_wmi_all to = {.all = fx_wmi_buffer(request)};
    ULONG size = fx_wmi_size(request);
    ULONG count;
    ULONG head;
    NTSTATUS status;

    fx_wmi_lock(request->device);
    count = request->provider->instance_count;
    fx_wmi_unlock(request->device);
    if (size < sizeof(*to.all)) {
        return fx_io_complete(request->irp, STATUS_UNSUCCESSFUL, 0);
    }
    if (count == 0) {
        return fx_io_complete(request->irp, STATUS_WMI_INSTANCE_NOT_FOUND, 0);
    }
    head = wmi_aligned((ULONG)(offsetof(WNODE_ALL_DATA, OffsetInstanceDataAndLength) +
                               count * sizeof(OFFSETINSTANCEDATAANDLENGTH)));
    to.room = size > head ? size - head : 0;
    to.too_small = size < head;
    to.all->InstanceCount = count;
    to.all->WnodeHeader.Flags &= ~(ULONG)WNODE_FLAG_FIXED_INSTANCE_SIZE;
    to.all->DataBlockOffset = head;
    status = fx_wmi_all_fill(&to, request->provider, count);
    return fx_wmi_answer(request, status, head, to.used);
}

/* ---- one instance ---- */

static NTSTATUS fx_wmi_query_single(const struct fx_wmi_request *request)
{
    WNODE_SINGLE_INSTANCE *single = fx_wmi_buffer(request);
    ULONG offset = single->DataBlockOffset;
    ULONG room = fx_wmi_room(request, offset);
    ULONG least = request->provider->config.MinInstanceBufferSize;
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;
    ULONG used = least;

    if (!fx_wmi_instance_is_readable(request->instance)) {
        return fx_io_complete(request->irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    if (room >= least) {
        status = fx_wmi_instance_query(request->instance, room, (char *)single + offset, &used);
        single->SizeDataBlock = used;
    }
    return fx_wmi_answer(request, status, offset, used);
}

/* A change that the driver finds too small has failed. */
static NTSTATUS fx_wmi_changed_to(const struct fx_wmi_request *request, NTSTATUS status)
{
    return fx_io_complete(request->irp,
                          status == STATUS_BUFFER_TOO_SMALL ? STATUS_WMI_SET_FAILURE : status, 0);
}

static NTSTATUS fx_wmi_change(const struct fx_wmi_request *request)
{
    WNODE_SINGLE_INSTANCE *single = fx_wmi_buffer(request);
    ULONG size = single->SizeDataBlock;
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;

    if (!fx_wmi_instance_is_writable(request->instance)) {
        status = STATUS_WMI_READ_ONLY;
    } else if (size >= request->provider->config.MinInstanceBufferSize) {
        status = fx_wmi_instance_set(request->instance, size,
                                     size != 0 ? (char *)single + single->DataBlockOffset : NULL);
    }
    return fx_wmi_changed_to(request, status);
}

static NTSTATUS fx_wmi_change_item(const struct fx_wmi_request *request)
{
    WNODE_SINGLE_ITEM *item = fx_wmi_buffer(request);
    ULONG size = item->SizeDataItem;
    NTSTATUS status = STATUS_WMI_READ_ONLY;

    if (request->instance->config.EvtWmiInstanceSetItem != NULL) {
        status = fx_wmi_instance_set_item(request->instance, item->ItemId, size,
                                          size != 0 ? (char *)item + item->DataBlockOffset : NULL);
    }
    return fx_wmi_changed_to(request, status);
}

static NTSTATUS fx_wmi_execute(const struct fx_wmi_request *request)
{
    WNODE_METHOD_ITEM *method = fx_wmi_buffer(request);
    ULONG offset = method->DataBlockOffset;
    ULONG room = fx_wmi_room(request, offset);
    ULONG input = method->SizeDataBlock;
    ULONG used = 0;
    NTSTATUS status;

    if (request->instance->config.EvtWmiInstanceExecuteMethod == NULL) {
        return fx_io_complete(request->irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    status =
        fx_wmi_instance_execute(request->instance, method->MethodId, input, room,
                                input != 0 || room != 0 ? (char *)method + offset : NULL, &used);
    if (NT_SUCCESS(status)) {
        method->SizeDataBlock = used;
    }
    return fx_wmi_answer(request, status, offset, used);
}

static NTSTATUS fx_wmi_control(const struct fx_wmi_request *request)
{
    UCHAR minor = request->stack->MinorFunction;
    bool events = minor == IRP_MN_ENABLE_EVENTS || minor == IRP_MN_DISABLE_EVENTS;
    bool enable = minor == IRP_MN_ENABLE_EVENTS || minor == IRP_MN_ENABLE_COLLECTION;
    const WNODE_HEADER *header = fx_wmi_buffer(request);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (fx_wmi_size(request) >= sizeof(*header)) {
        status = fx_wmi_provider_control(request->provider,
                                         events ? WdfWmiEventControl : WdfWmiInstanceControl,
                                         enable, header->HistoricalContext);
    }
    return fx_io_complete(request->irp, status, 0);
}

/* ---- dispatch ---- */

static const struct {
    NTSTATUS (*handle)(const struct fx_wmi_request *request);
    bool instance; /* for one of them */
} fx_wmi_handlers[] = {
    [IRP_MN_QUERY_ALL_DATA] = {fx_wmi_query_all, false},
    [IRP_MN_QUERY_SINGLE_INSTANCE] = {fx_wmi_query_single, true},
    [IRP_MN_CHANGE_SINGLE_INSTANCE] = {fx_wmi_change, true},
    [IRP_MN_CHANGE_SINGLE_ITEM] = {fx_wmi_change_item, true},
    [IRP_MN_ENABLE_EVENTS] = {fx_wmi_control, false},
    [IRP_MN_DISABLE_EVENTS] = {fx_wmi_control, false},
    [IRP_MN_ENABLE_COLLECTION] = {fx_wmi_control, false},
    [IRP_MN_DISABLE_COLLECTION] = {fx_wmi_control, false},
    [IRP_MN_REGINFO] = {fx_wmi_register, false},
    [IRP_MN_EXECUTE_METHOD] = {fx_wmi_execute, true},
    [IRP_MN_REGINFO_EX] = {fx_wmi_register, false},
};

/* fx_wmi_find: the provider and instance that the request is for, referenced. */
static NTSTATUS fx_wmi_find(struct fx_wmi_request *request, bool instance)
{
    const WNODE_SINGLE_INSTANCE *single = fx_wmi_buffer(request);

    fx_wmi_lock(request->device);
    request->provider =
        fx_wmi_provider_find_locked(request->device, request->stack->Parameters.WMI.DataPath);
    if (request->provider != NULL) {
        fx_object_ref(&request->provider->object);
    }
    fx_wmi_unlock(request->device);
    if (request->provider == NULL) {
        return STATUS_WMI_GUID_NOT_FOUND;
    }
    if (instance && (single->WnodeHeader.Flags & WNODE_FLAG_STATIC_INSTANCE_NAMES) != 0) {
        request->instance = fx_wmi_instance_at(request->provider, single->InstanceIndex);
    }
    return instance && request->instance == NULL ? STATUS_WMI_INSTANCE_NOT_FOUND : STATUS_SUCCESS;
}

static NTSTATUS fx_wmi_handle(struct fx_wmi_request *request)
{
    UCHAR minor = request->stack->MinorFunction;
    NTSTATUS status = fx_wmi_find(request, fx_wmi_handlers[minor].instance);

    status = NT_SUCCESS(status) ? fx_wmi_handlers[minor].handle(request)
                                : fx_io_complete(request->irp, status, 0);
    if (request->instance != NULL) {
        fx_object_deref(&request->instance->object);
    }
    if (request->provider != NULL) {
        fx_object_deref(&request->provider->object);
    }
    return status;
}

NTSTATUS fx_wmi_dispatch(struct fx_device *device, PIRP irp)
{
    struct fx_wmi_request request = {
        .device = device, .irp = irp, .stack = IoGetCurrentIrpStackLocation(irp)};
    UCHAR minor = request.stack->MinorFunction;

    if (minor < sizeof(fx_wmi_handlers) / sizeof(fx_wmi_handlers[0]) &&
        fx_wmi_handlers[minor].handle != NULL &&
        request.stack->Parameters.WMI.ProviderId == (ULONG_PTR)device->wdm) {
        return minor == IRP_MN_REGINFO || minor == IRP_MN_REGINFO_EX ? fx_wmi_register(&request)
                                                                     : fx_wmi_handle(&request);
    }
    if (device->attached == NULL) {
        return fx_io_complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    }
    return fx_io_forward(device->io, irp);
}

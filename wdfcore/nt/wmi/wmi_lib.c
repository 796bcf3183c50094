/* wmi_lib.c - wmilib: WmiSystemControl calls a driver's routines for the requests of WMI.
 *
 *   ProviderId is another device        IrpForward
 *   no request of WMI                   IrpNotWmi
 *   answered or refused here            IrpNotCompleted, with IoStatus filled in
 *   a routine of the driver was called  IrpProcessed: it has completed the IRP, or will
 */
#include <wmilib.h>

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"
#include "nt/wmi/wmi.h"

/* One request on its way through WmiSystemControl. */
struct wmi_lib {
    PWMILIB_CONTEXT context;
    PDEVICE_OBJECT device;
    PIRP irp;
    PIO_STACK_LOCATION stack;
    ULONG guid; /* its index in the context */
    SYSCTL_IRP_DISPOSITION disposition;
};

static NTSTATUS wmi_lib_refuse(struct wmi_lib *lib, NTSTATUS status)
{
    lib->disposition = IrpNotCompleted;
    lib->irp->IoStatus.Status = status;
    lib->irp->IoStatus.Information = 0;
    return status;
}

/* ---- registration ---- */

/* What QueryWmiRegInfo says. */
struct wmi_lib_registration {
    ULONG flags;
    UNICODE_STRING instance; /* the routine allocates it; freed here */
    UNICODE_STRING mof;
    PUNICODE_STRING path;
    PDEVICE_OBJECT pdo;
};

static char *wmi_lib_put(char *at, PCUNICODE_STRING string)
{
    USHORT length = string != NULL ? string->Length : 0;

    memcpy(at, &length, sizeof(length));
    if (length != 0) {
        memcpy(at + sizeof(length), string->Buffer, length);
    }
    return at + sizeof(length) + length;
}

static ULONG wmi_lib_space(PCUNICODE_STRING string)
{
    return (ULONG)sizeof(USHORT) + (string != NULL ? string->Length : 0);
}

static void wmi_lib_fill(struct wmi_lib *lib, const struct wmi_lib_registration *said, ULONG needed)
{
    WMIREGINFOW *info = lib->stack->Parameters.WMI.Buffer;
    ULONG count = lib->context->GuidCount;
    char *base = (char *)info;
    char *at = (char *)&info->WmiRegGuid[count];
    ULONG instance;

    info->BufferSize = needed;
    info->NextWmiRegInfo = 0;
    info->GuidCount = count;
    instance = (ULONG)(at - base);
    at = wmi_lib_put(at, &said->instance);
    info->MofResourceName = (ULONG)(at - base);
    at = wmi_lib_put(at, &said->mof);
    info->RegistryPath = (ULONG)(at - base);
    wmi_lib_put(at, said->path);
    for (ULONG i = 0; i < count; i++) {
        const WMIGUIDREGINFO *from = &lib->context->GuidList[i];
        WMIREGGUIDW *to = &info->WmiRegGuid[i];

        to->Guid = *from->Guid;
        to->Flags = from->Flags | said->flags;
        to->InstanceCount = from->InstanceCount;
        to->InstanceInfo = 0;
        if ((said->flags & WMIREG_FLAG_INSTANCE_PDO) != 0) {
            to->Pdo = (ULONG_PTR)said->pdo;
            if (lib->stack->MinorFunction == IRP_MN_REGINFO_EX) {
                ob_ref(said->pdo); /* WMI drops it */
            }
        } else if ((said->flags & WMIREG_FLAG_INSTANCE_BASENAME) != 0) {
            to->BaseNameOffset = instance;
        }
    }
}

/* wmi_lib_told: what the driver said makes sense. */
static bool wmi_lib_told(const struct wmi_lib_registration *said)
{
    if ((said->flags & WMIREG_FLAG_INSTANCE_PDO) != 0 && !io_device_is(said->pdo)) {
        ke_violation(RULE_WmiAnswer, 0, 0, 0, 0, 0,
                     "DpWmiQueryReginfo said WMIREG_FLAG_INSTANCE_PDO and gave no PDO");
        return false;
    }
    return true;
}

static NTSTATUS wmi_lib_register(struct wmi_lib *lib)
{
    struct wmi_lib_registration said = {0};
    ULONG size = lib->stack->Parameters.WMI.BufferSize;
    struct ke_callback frame;
    NTSTATUS status;
    ULONG needed;

    ke_call_enter(&frame, "DpWmiQueryReginfo", (const void *)lib->context->QueryWmiRegInfo,
                  lib->device);
    status = lib->context->QueryWmiRegInfo(lib->device, &said.flags, &said.instance, &said.path,
                                           &said.mof, &said.pdo);
    ke_call_leave(&frame);
    if (NT_SUCCESS(status) && !wmi_lib_told(&said)) {
        status = STATUS_UNSUCCESSFUL;
    }
    (void)wmi_lib_refuse(lib, status);
    if (NT_SUCCESS(status)) {
        needed = (ULONG)sizeof(WMIREGINFOW) + lib->context->GuidCount * (ULONG)sizeof(WMIREGGUIDW) +
                 wmi_lib_space(&said.instance) + wmi_lib_space(&said.mof) +
                 wmi_lib_space(said.path);
        if (needed <= size) {
            wmi_lib_fill(lib, &said, needed);
            lib->irp->IoStatus.Information = needed;
        } else if (size >= sizeof(ULONG)) {
            *(ULONG *)lib->stack->Parameters.WMI.Buffer = needed;
            lib->irp->IoStatus.Information = sizeof(ULONG);
        } else {
            status = wmi_lib_refuse(lib, STATUS_BUFFER_TOO_SMALL);
        }
    }
    if (said.instance.Buffer != NULL) {
        ex_pool_release(said.instance.Buffer);
    }
    return status;
}

/* ---- data ---- */

static bool wmi_lib_find_guid(struct wmi_lib *lib)
{
    const GUID *guid = lib->stack->Parameters.WMI.DataPath;

    for (lib->guid = 0; lib->guid < lib->context->GuidCount; lib->guid++) {
        if (memcmp(lib->context->GuidList[lib->guid].Guid, guid, sizeof(*guid)) == 0) {
            return true;
        }
    }
    return false;
}

/* The routine that is called has completed the IRP or keeps it. */
static void wmi_lib_enter(struct wmi_lib *lib, struct ke_callback *frame, const char *name,
                          const void *routine)
{
    lib->disposition = IrpProcessed;
    ke_call_enter(frame, name, routine, lib->device);
}

static NTSTATUS wmi_lib_query_all(struct wmi_lib *lib)
{
    WNODE_ALL_DATA *all = lib->stack->Parameters.WMI.Buffer;
    ULONG size = lib->stack->Parameters.WMI.BufferSize;
    ULONG count = lib->context->GuidList[lib->guid].InstanceCount;
    ULONG head = wmi_aligned((ULONG)(offsetof(WNODE_ALL_DATA, OffsetInstanceDataAndLength) +
                                     count * sizeof(OFFSETINSTANCEDATAANDLENGTH)));
    ULONG *lengths = NULL;
    struct ke_callback frame;
    NTSTATUS status;

    if (size < sizeof(*all)) {
        return wmi_lib_refuse(lib, STATUS_INVALID_BUFFER_SIZE);
    }
    all->InstanceCount = count;
    all->WnodeHeader.Flags &= ~(ULONG)WNODE_FLAG_FIXED_INSTANCE_SIZE;
    all->DataBlockOffset = head;
    if (head <= size) {
        /* As ULONGs, which WmiCompleteRequest makes into pairs. */
        lengths = &all->OffsetInstanceDataAndLength[0].OffsetInstanceData;
        memset(lengths, 0, count * sizeof(OFFSETINSTANCEDATAANDLENGTH));
    }
    wmi_lib_enter(lib, &frame, "DpWmiQueryDataBlock",
                  (const void *)lib->context->QueryWmiDataBlock);
    status = lib->context->QueryWmiDataBlock(lib->device, lib->irp, lib->guid, 0, count, lengths,
                                             head <= size ? size - head : 0,
                                             head <= size ? (PUCHAR)all + head : NULL);
    ke_call_leave(&frame);
    return status;
}

static NTSTATUS wmi_lib_query_single(struct wmi_lib *lib)
{
    WNODE_SINGLE_INSTANCE *single = lib->stack->Parameters.WMI.Buffer;
    ULONG room = lib->stack->Parameters.WMI.BufferSize - single->DataBlockOffset;
    struct ke_callback frame;
    NTSTATUS status;

    single->SizeDataBlock = 0;
    wmi_lib_enter(lib, &frame, "DpWmiQueryDataBlock",
                  (const void *)lib->context->QueryWmiDataBlock);
    status = lib->context->QueryWmiDataBlock(lib->device, lib->irp, lib->guid,
                                             single->InstanceIndex, 1, &single->SizeDataBlock, room,
                                             (PUCHAR)single + single->DataBlockOffset);
    ke_call_leave(&frame);
    return status;
}

static NTSTATUS wmi_lib_change(struct wmi_lib *lib)
{
    WNODE_SINGLE_INSTANCE *single = lib->stack->Parameters.WMI.Buffer;
    struct ke_callback frame;
    NTSTATUS status;

    if (lib->context->SetWmiDataBlock == NULL) {
        return wmi_lib_refuse(lib, STATUS_WMI_READ_ONLY);
    }
    wmi_lib_enter(lib, &frame, "DpWmiSetDataBlock", (const void *)lib->context->SetWmiDataBlock);
    status = lib->context->SetWmiDataBlock(lib->device, lib->irp, lib->guid, single->InstanceIndex,
                                           single->SizeDataBlock,
                                           (PUCHAR)single + single->DataBlockOffset);
    ke_call_leave(&frame);
    return status;
}

static NTSTATUS wmi_lib_change_item(struct wmi_lib *lib)
{
    WNODE_SINGLE_ITEM *item = lib->stack->Parameters.WMI.Buffer;
    struct ke_callback frame;
    NTSTATUS status;

    if (lib->context->SetWmiDataItem == NULL) {
        return wmi_lib_refuse(lib, STATUS_WMI_READ_ONLY);
    }
    wmi_lib_enter(lib, &frame, "DpWmiSetDataItem", (const void *)lib->context->SetWmiDataItem);
    status = lib->context->SetWmiDataItem(lib->device, lib->irp, lib->guid, item->InstanceIndex,
                                          item->ItemId, item->SizeDataItem,
                                          (PUCHAR)item + item->DataBlockOffset);
    ke_call_leave(&frame);
    return status;
}

static NTSTATUS wmi_lib_execute(struct wmi_lib *lib)
{
    WNODE_METHOD_ITEM *method = lib->stack->Parameters.WMI.Buffer;
    ULONG room = lib->stack->Parameters.WMI.BufferSize - method->DataBlockOffset;
    struct ke_callback frame;
    NTSTATUS status;

    if (lib->context->ExecuteWmiMethod == NULL) {
        return wmi_lib_refuse(lib, STATUS_INVALID_DEVICE_REQUEST);
    }
    wmi_lib_enter(lib, &frame, "DpWmiExecuteMethod", (const void *)lib->context->ExecuteWmiMethod);
    status = lib->context->ExecuteWmiMethod(lib->device, lib->irp, lib->guid, method->InstanceIndex,
                                            method->MethodId, method->SizeDataBlock, room,
                                            (PUCHAR)method + method->DataBlockOffset);
    ke_call_leave(&frame);
    return status;
}

static NTSTATUS wmi_lib_control(struct wmi_lib *lib)
{
    UCHAR minor = lib->stack->MinorFunction;
    bool events = minor == IRP_MN_ENABLE_EVENTS || minor == IRP_MN_DISABLE_EVENTS;
    bool enable = minor == IRP_MN_ENABLE_EVENTS || minor == IRP_MN_ENABLE_COLLECTION;
    struct ke_callback frame;
    NTSTATUS status;

    if (lib->context->WmiFunctionControl == NULL) {
        return wmi_lib_refuse(lib, STATUS_SUCCESS);
    }
    wmi_lib_enter(lib, &frame, "DpWmiFunctionControl",
                  (const void *)lib->context->WmiFunctionControl);
    status = lib->context->WmiFunctionControl(
        lib->device, lib->irp, lib->guid, events ? WmiEventControl : WmiDataBlockControl, enable);
    ke_call_leave(&frame);
    return status;
}

/* ---- WmiSystemControl ---- */

/* wmi_lib_instance: requests for one instance say which, by its index. */
static NTSTATUS wmi_lib_instance(const struct wmi_lib *lib)
{
    const WNODE_SINGLE_INSTANCE *single = lib->stack->Parameters.WMI.Buffer;
    ULONG count = lib->context->GuidList[lib->guid].InstanceCount;

    if ((single->WnodeHeader.Flags & WNODE_FLAG_STATIC_INSTANCE_NAMES) == 0 ||
        single->InstanceIndex >= count) {
        return STATUS_WMI_INSTANCE_NOT_FOUND;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS wmi_lib_dispatch(struct wmi_lib *lib)
{
    static NTSTATUS (*const handlers[])(struct wmi_lib *) = {
        [IRP_MN_QUERY_ALL_DATA] = wmi_lib_query_all,
        [IRP_MN_QUERY_SINGLE_INSTANCE] = wmi_lib_query_single,
        [IRP_MN_CHANGE_SINGLE_INSTANCE] = wmi_lib_change,
        [IRP_MN_CHANGE_SINGLE_ITEM] = wmi_lib_change_item,
        [IRP_MN_ENABLE_EVENTS] = wmi_lib_control,
        [IRP_MN_DISABLE_EVENTS] = wmi_lib_control,
        [IRP_MN_ENABLE_COLLECTION] = wmi_lib_control,
        [IRP_MN_DISABLE_COLLECTION] = wmi_lib_control,
        [IRP_MN_REGINFO] = wmi_lib_register,
        [IRP_MN_EXECUTE_METHOD] = wmi_lib_execute,
        [IRP_MN_REGINFO_EX] = wmi_lib_register,
    };
    UCHAR minor = lib->stack->MinorFunction;
    NTSTATUS status = STATUS_SUCCESS;

    if (minor >= sizeof(handlers) / sizeof(handlers[0]) || handlers[minor] == NULL) {
        lib->disposition = IrpNotWmi;
        return lib->irp->IoStatus.Status;
    }
    if (handlers[minor] == wmi_lib_register) {
        return wmi_lib_register(lib);
    }
    if (!wmi_lib_find_guid(lib)) {
        return wmi_lib_refuse(lib, STATUS_WMI_GUID_NOT_FOUND);
    }
    if (minor != IRP_MN_QUERY_ALL_DATA && handlers[minor] != wmi_lib_control) {
        status = wmi_lib_instance(lib);
    }
    return NT_SUCCESS(status) ? handlers[minor](lib) : wmi_lib_refuse(lib, status);
}

NTSTATUS WmiSystemControl(PWMILIB_CONTEXT WmiLibInfo, PDEVICE_OBJECT DeviceObject, PIRP Irp,
                          PSYSCTL_IRP_DISPOSITION IrpDisposition)
{
    struct wmi_lib lib = {
        .context = WmiLibInfo, .device = DeviceObject, .irp = Irp, .disposition = IrpForward};
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__) ||
        !io_irp_check(Irp, __func__)) {
        *IrpDisposition = IrpForward;
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    lib.stack = IoGetCurrentIrpStackLocation(Irp);
    if (lib.stack->Parameters.WMI.ProviderId != (ULONG_PTR)DeviceObject) {
        *IrpDisposition = IrpForward;
        return Irp->IoStatus.Status;
    }
    status = wmi_lib_dispatch(&lib);
    *IrpDisposition = lib.disposition;
    return status;
}

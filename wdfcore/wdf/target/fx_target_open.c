/* fx_target_open.c - remote targets: made closed, opened by name or for a device at hand, closed,
 * opened again.
 * By name: the framework opens a file as any driver would, and sends to the top of its device's
 * stack. For a device at hand it only references device and file.
 */
#include <initguid.h>
#include <wdmguid.h>

#include <string.h>

#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/fx_pool.h"
#include "wdf/target/fx_target.h"

void fx_target_release(struct fx_target *target)
{
    PFILE_OBJECT file = target->file;
    HANDLE handle = target->handle;
    DEVICE_OBJECT *wdm;

    fx_target_lock(target);
    wdm = target->wdm;
    target->wdm = NULL;
    target->physical = NULL;
    fx_target_unlock(target);
    target->file = NULL;
    target->handle = NULL;
    if (file != NULL) {
        ObDereferenceObject(file);
    }
    if (handle != NULL) {
        ZwClose(handle);
    } else if (wdm != NULL) {
        ObDereferenceObject(wdm);
    }
}

WDFAPI NTSTATUS WdfIoTargetCreate(WDFDEVICE Device, PWDF_OBJECT_ATTRIBUTES IoTargetAttributes,
                                  WDFIOTARGET *IoTarget)
{
    struct fx_object *parent;
    struct fx_target *target;
    struct fx_device *device;
    struct fx_make make;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(IoTarget)) {
        return STATUS_INVALID_PARAMETER;
    }
    *IoTarget = NULL;
    status = fx_attributes_check(&fx_target_type, IoTargetAttributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    parent = &device->object;
    if (IoTargetAttributes != NULL && IoTargetAttributes->ParentObject != NULL) {
        parent = fx_handle_get_any(IoTargetAttributes->ParentObject);
        if (parent == NULL) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    if (fx_object_device(parent) != &device->object) {
        return STATUS_INVALID_DEVICE_REQUEST; /* spec: ATTR-18 */
    }
    status = fx_make_under(&fx_target_type, 0, IoTargetAttributes, parent, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    target = fx_object_body(make.object, struct fx_target);
    target->remote = true;
    status = fx_target_publish(&make, device);
    if (NT_SUCCESS(status)) {
        *IoTarget = fx_target_handle(target);
    }
    return status;
}

/* ---- open ---- */

/* From here requests are taken. false: the target was deleted while the device was opened. */
static bool target_opened(struct fx_target *target, DEVICE_OBJECT *device)
{
    PDEVICE_OBJECT bottom = io_device_bottom(device);

    bool alive;

    fx_target_lock(target);
    alive = target->state != WdfIoTargetDeleted;
    if (alive) {
        target->wdm = device;
        target->physical = io_device_of(bottom)->node != NULL ? bottom : NULL;
        target->state = WdfIoTargetStarted;
    }
    fx_target_unlock(target);
    return alive;
}

static NTSTATUS target_open_device(struct fx_target *target,
                                   const WDF_IO_TARGET_OPEN_PARAMS *params)
{
    if (params->TargetDeviceObject == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((params->EvtIoTargetQueryRemove != NULL || params->EvtIoTargetRemoveCanceled != NULL ||
         params->EvtIoTargetRemoveComplete != NULL) &&
        params->TargetFileObject == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    ObReferenceObject(params->TargetDeviceObject);
    if (params->TargetFileObject != NULL) {
        ObReferenceObject(params->TargetFileObject);
        target->file = params->TargetFileObject;
    }
    if (!target_opened(target, params->TargetDeviceObject)) {
        ObDereferenceObject(params->TargetDeviceObject);
        if (params->TargetFileObject != NULL) {
            target->file = NULL;
            ObDereferenceObject(params->TargetFileObject);
        }
        return STATUS_INVALID_DEVICE_STATE;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS target_open_by_name(struct fx_target *target, struct fx_target_name *by)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK result;
    PFILE_OBJECT file;
    HANDLE handle;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &by->name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    status = ZwCreateFile(&handle, by->access, &attributes, &result, NULL, by->attributes,
                          by->share, by->disposition, by->options, NULL, 0);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = ObReferenceObjectByHandle(handle, by->access, *IoFileObjectType, KernelMode,
                                       (PVOID *)&file, NULL);
    if (!NT_SUCCESS(status)) {
        ZwClose(handle);
        return status;
    }
    if (!target_opened(target, IoGetRelatedDeviceObject(file))) {
        ObDereferenceObject(file);
        ZwClose(handle);
        return STATUS_INVALID_DEVICE_STATE;
    }
    target->handle = handle;
    target->file = file;
    return STATUS_SUCCESS;
}

/* The name is kept for a reopening. */
static NTSTATUS target_keep_name(struct fx_target_name *by, const WDF_IO_TARGET_OPEN_PARAMS *params)
{
    USHORT length = params->TargetDeviceName.Length;
    void *buffer;

    if (length == 0 || params->TargetDeviceName.Buffer == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    buffer = fx_allocate(length);
    if (buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(buffer, params->TargetDeviceName.Buffer, length);
    fx_free(by->name.Buffer);
    by->name.Buffer = buffer;
    by->name.Length = by->name.MaximumLength = length;
    by->access = params->DesiredAccess;
    by->share = params->ShareAccess;
    by->attributes = params->FileAttributes;
    by->disposition = params->CreateDisposition;
    by->options = params->CreateOptions;
    return STATUS_SUCCESS;
}

static NTSTATUS target_open(struct fx_target *target, const WDF_IO_TARGET_OPEN_PARAMS *params)
{
    NTSTATUS status;

    switch (params->Type) {
    case WdfIoTargetOpenUseExistingDevice:
        return target_open_device(target, params);
    case WdfIoTargetOpenByName:
        status = target_keep_name(&target->by_name, params);
        return NT_SUCCESS(status) ? target_open_by_name(target, &target->by_name) : status;
    case WdfIoTargetOpenReopen:
        return target->by_name.name.Buffer != NULL ? target_open_by_name(target, &target->by_name)
                                                   : STATUS_INVALID_DEVICE_REQUEST;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* ---- the device goes, or stays ---- */

static void fx_target_call_void(struct fx_target *target, const char *kind,
                                PFN_WDF_IO_TARGET_REMOVE_CANCELED callback)
{
    struct fx_call call;

    if (fx_call_enter(&call, kind, (const void *)callback, &target->object, NULL)) {
        callback(fx_target_handle(target));
        fx_call_leave(&call);
    }
}

static void target_close_and_release(struct fx_target *target, WDF_IO_TARGET_STATE state)
{
    if (fx_target_close(target, state)) {
        fx_target_release(target);
    }
}

/* Without a callback the framework does what a driver would (spec: TGT-17). */
static NTSTATUS target_query_remove(struct fx_target *target)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (target->query_remove == NULL) {
        target_close_and_release(target, WdfIoTargetClosedForQueryRemove);
        return STATUS_SUCCESS;
    }
    if (fx_call_enter(&call, "EvtIoTargetQueryRemove", (const void *)target->query_remove,
                      &target->object, NULL)) {
        status = target->query_remove(fx_target_handle(target));
        fx_call_leave(&call);
    }
    return status;
}

static void target_remove_canceled(struct fx_target *target)
{
    if (target->uncanceled != NULL) {
        fx_target_call_void(target, "EvtIoTargetRemoveCanceled", target->uncanceled);
    } else if (target->state == WdfIoTargetClosedForQueryRemove &&
               target->by_name.name.Buffer != NULL) {
        (void)target_open_by_name(target, &target->by_name); /* or it stays closed */
    }
}

static void target_remove_complete(struct fx_target *target)
{
    if (target->removed != NULL) {
        fx_target_call_void(target, "EvtIoTargetRemoveComplete", target->removed);
    } else {
        target_close_and_release(target, WdfIoTargetClosed);
    }
}

static NTSTATUS target_told(PVOID structure, PVOID context)
{
    const TARGET_DEVICE_REMOVAL_NOTIFICATION *notification = structure;
    struct fx_target *target = context;
    NTSTATUS status = STATUS_SUCCESS;

    fx_object_ref(&target->object); /* a callback may delete it */
    if (IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_QUERY_REMOVE)) {
        status = target_query_remove(target);
    } else if (IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_REMOVE_CANCELLED)) {
        target_remove_canceled(target);
    } else {
        target_remove_complete(target);
    }
    fx_object_deref(&target->object);
    return status;
}

void fx_target_deafen(struct fx_target *target)
{
    PVOID notification = target->notification;

    target->notification = NULL;
    if (notification != NULL) {
        IoUnregisterPlugPlayNotification(notification);
    }
}

/* The device that was opened may go; one without a PDO never does. */
static void target_listen(struct fx_target *target)
{
    if (target->file != NULL && target->physical != NULL && target->notification == NULL) {
        (void)IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, target->file,
                                             target->device->driver->wdm, target_told, target,
                                             &target->notification);
    }
}

/* The target behind a handle if it is a remote one; else a violation. */
static struct fx_target *target_get_remote(WDFIOTARGET handle, const char *api)
{
    struct fx_target *target = fx_target_get(handle);

    if (target != NULL && !target->remote) {
        fx_violation(RULE_HandleWrongType, FX_BUGCHECK_INVALID_HANDLE, target->object.handle, 0,
                     &target->object, "%s on a device's default I/O target", api);
        return NULL;
    }
    return target;
}

WDFAPI NTSTATUS WdfIoTargetOpen(WDFIOTARGET IoTarget, PWDF_IO_TARGET_OPEN_PARAMS OpenParams)
{
    struct fx_target *target;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (fx_target_get(IoTarget) == NULL || !fx_required(OpenParams)) {
        return STATUS_INVALID_PARAMETER;
    }
    target = target_get_remote(IoTarget, __func__);
    if (target == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (OpenParams->Size != sizeof(*OpenParams)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (target->wdm != NULL || target->state == WdfIoTargetDeleted) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    fx_object_ref(&target->object); /* somebody may delete it while the device is opened */
    status = target_open(target, OpenParams);
    if (NT_SUCCESS(status) && OpenParams->Type != WdfIoTargetOpenReopen) {
        target->query_remove = OpenParams->EvtIoTargetQueryRemove;
        target->uncanceled = OpenParams->EvtIoTargetRemoveCanceled;
        target->removed = OpenParams->EvtIoTargetRemoveComplete;
    }
    if (NT_SUCCESS(status)) {
        target_listen(target);
    }
    fx_object_deref(&target->object);
    return status;
}

/* ---- close ---- */

static void target_close(WDFIOTARGET handle, WDF_IO_TARGET_STATE state, const char *api)
{
    struct fx_target *target = target_get_remote(handle, api);

    if (target == NULL) {
        return;
    }
    fx_object_ref(&target->object); /* somebody may delete it while we wait */
    /* Without the wait the device is still in use: it goes with the target. */
    if (target->state != WdfIoTargetDeleted && fx_target_close(target, state)) {
        fx_target_release(target);
    }
    if (state == WdfIoTargetClosed) {
        fx_target_deafen(target);
    }
    fx_object_deref(&target->object);
}

WDFAPI VOID WdfIoTargetClose(WDFIOTARGET IoTarget)
{
    if (API(PASSIVE_LEVEL)) {
        target_close(IoTarget, WdfIoTargetClosed, __func__);
    }
}

WDFAPI VOID WdfIoTargetCloseForQueryRemove(WDFIOTARGET IoTarget)
{
    if (API(PASSIVE_LEVEL)) {
        target_close(IoTarget, WdfIoTargetClosedForQueryRemove, __func__);
    }
}

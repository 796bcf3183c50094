/* io_device_stack.c - stacks of device objects: who is attached to whom; see io_device.h. */
#include "nt/io/io_device.h"

#include <ntifs.h>

#include "nt/io/file/io_file.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

#define IO_STACK_MAX 100 /* locations of an IRP; higher stacks are a loop */

/* A stack is built and taken apart with io_lock; who walks it without holds a device of it. */
PDEVICE_OBJECT io_device_top(PDEVICE_OBJECT device)
{
    PDEVICE_OBJECT above;

    while ((above = __atomic_load_n(&device->AttachedDevice, __ATOMIC_ACQUIRE)) != NULL) {
        device = above;
    }
    return device;
}

/* What it is attached to, or NULL. */
static PDEVICE_OBJECT io_device_lower(PDEVICE_OBJECT device)
{
    return __atomic_load_n(&io_device_of(device)->lower, __ATOMIC_ACQUIRE);
}

PDEVICE_OBJECT io_device_bottom(PDEVICE_OBJECT device)
{
    PDEVICE_OBJECT below;

    while ((below = io_device_lower(device)) != NULL) {
        device = below;
    }
    return device;
}

void io_device_removing(PDEVICE_OBJECT device)
{
    io_lock();
    for (device = io_device_bottom(device); device != NULL; device = device->AttachedDevice) {
        io_device_of(device)->removing = true;
    }
    io_unlock();
}

/* ---- attaching ---- */

/* *in_one: source is in a stack already. */
static NTSTATUS io_device_attach_locked(PDEVICE_OBJECT source, PDEVICE_OBJECT target,
                                        PDEVICE_OBJECT *lower, bool *in_one)
{
    PDEVICE_OBJECT top = io_device_top(target);

    if (io_device_of(top)->delete_pending || top->StackSize >= IO_STACK_MAX) {
        return STATUS_NO_SUCH_DEVICE;
    }
    *in_one = io_device_of(source)->lower != NULL || top == source;
    if (*in_one) {
        return STATUS_NO_SUCH_DEVICE;
    }
    *lower = top;
    source->StackSize = (CCHAR)(top->StackSize + 1);
    source->AlignmentRequirement = top->AlignmentRequirement;
    source->SectorSize = top->SectorSize;
    __atomic_store_n(&io_device_of(source)->lower, top, __ATOMIC_RELEASE);
    __atomic_store_n(&top->AttachedDevice, source, __ATOMIC_RELEASE);
    return STATUS_SUCCESS;
}

/* io_device_attach: *lower is set before anybody can reach source through the stack. */
static NTSTATUS io_device_attach(PDEVICE_OBJECT source, PDEVICE_OBJECT target,
                                 PDEVICE_OBJECT *lower)
{
    NTSTATUS status;
    bool in_one = false;

    io_lock();
    status = io_device_attach_locked(source, target, lower, &in_one);
    io_unlock();
    if (in_one) {
        ke_violation(RULE_DeviceLifetime, 0, (uintptr_t)source, 0, 0, 0,
                     "a device is attached to a stack though it is in one");
    }
    return status;
}

static bool io_device_both_check(PDEVICE_OBJECT source, PDEVICE_OBJECT target, const char *api)
{
    return io_device_check(source, api) && io_device_check(target, api);
}

PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice)
{
    PDEVICE_OBJECT lower = NULL;

    if (!API(DISPATCH_LEVEL) || !io_device_both_check(SourceDevice, TargetDevice, __func__)) {
        return NULL;
    }
    return NT_SUCCESS(io_device_attach(SourceDevice, TargetDevice, &lower)) ? lower : NULL;
}

NTSTATUS IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice,
                                         PDEVICE_OBJECT *AttachedToDeviceObject)
{
    if (!API(DISPATCH_LEVEL) || !io_device_both_check(SourceDevice, TargetDevice, __func__)) {
        return STATUS_NO_SUCH_DEVICE;
    }
    return io_device_attach(SourceDevice, TargetDevice, AttachedToDeviceObject);
}

NTSTATUS IoAttachDeviceByPointer(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice)
{
    PDEVICE_OBJECT lower = NULL;

    if (!API(DISPATCH_LEVEL) || !io_device_both_check(SourceDevice, TargetDevice, __func__)) {
        return STATUS_NO_SUCH_DEVICE;
    }
    return io_device_attach(SourceDevice, TargetDevice, &lower);
}

NTSTATUS IoAttachDevice(PDEVICE_OBJECT SourceDevice, PUNICODE_STRING TargetDevice,
                        PDEVICE_OBJECT *AttachedDevice)
{
    PFILE_OBJECT file = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL) || !io_device_check(SourceDevice, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = io_file_open(TargetDevice, FILE_READ_ATTRIBUTES, &file);
    if (NT_SUCCESS(status)) {
        status = io_device_attach(SourceDevice, file->DeviceObject, AttachedDevice);
        io_file_close(file);
    }
    return status;
}

VOID IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
    PDEVICE_OBJECT attached;
    bool kept = false;

    if (!API(PASSIVE_LEVEL) || !io_device_check(TargetDevice, __func__)) {
        return;
    }
    io_lock();
    attached = TargetDevice->AttachedDevice;
    if (attached != NULL) {
        kept = io_device_of(TargetDevice)->kept_by_upper;
        io_device_of(TargetDevice)->kept_by_upper = false;
        __atomic_store_n(&io_device_of(attached)->lower, NULL, __ATOMIC_RELEASE);
        __atomic_store_n(&TargetDevice->AttachedDevice, NULL, __ATOMIC_RELEASE);
    }
    io_unlock();
    if (attached == NULL) {
        ke_violation(RULE_DeviceLifetime, 0xC9, 0x202, (uintptr_t)TargetDevice, 0, 0,
                     "IoDetachDevice of a device that nothing is attached to");
    }
    if (kept) {
        ob_deref(TargetDevice); /* its driver has deleted it already */
    }
}

/* ---- looking ---- */

PDEVICE_OBJECT IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
    if (!API_QUIET(DISPATCH_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return NULL;
    }
    return io_device_top(DeviceObject);
}

/* What a look at the stack gives, with a reference. */
static PDEVICE_OBJECT io_device_look(PDEVICE_OBJECT device,
                                     PDEVICE_OBJECT (*look)(PDEVICE_OBJECT device))
{
    PDEVICE_OBJECT found;

    io_lock();
    found = look(device);
    if (found != NULL) {
        ob_ref(found);
    }
    io_unlock();
    return found;
}

PDEVICE_OBJECT IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject)
{
    return API(DISPATCH_LEVEL) && io_device_check(DeviceObject, __func__)
               ? io_device_look(DeviceObject, io_device_top)
               : NULL;
}

PDEVICE_OBJECT IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject)
{
    return API(DISPATCH_LEVEL) && io_device_check(DeviceObject, __func__)
               ? io_device_look(DeviceObject, io_device_lower)
               : NULL;
}

PDEVICE_OBJECT IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT DeviceObject)
{
    return API(DISPATCH_LEVEL) && io_device_check(DeviceObject, __func__)
               ? io_device_look(DeviceObject, io_device_bottom)
               : NULL;
}

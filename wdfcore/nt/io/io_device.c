/* io_device.c - device objects, from their creation to their end; see io_device.h. */
#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"

#include <ntifs.h>

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "nt/io/io_driver.h"
#include "nt/io/file/io_file.h"
#include "nt/io/io_lock.h"
#include "nt/io/io_name.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/io/io_shutdown.h"
#include "nt/io/power/po_idle.h"
#include "nt/io/deferred/io_timer.h"
#include "nt/ke/ke_api.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/ke/report/ke_report.h"
#include "nt/time/ke_timer.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"
#include "nt/wmi/wmi.h"

static ULONG io_device_serial; /* (a) for generated names */

static void io_device_destroy(void *body)
{
    PDEVICE_OBJECT object = body;
    struct io_device *device = io_device_of(object);

    io_pnp_node_delete(device);
    if (device->name.Buffer != NULL) {
        ex_pool_release(device->name.Buffer);
    }
    ob_deref(object->DriverObject);
}

/* A device whose memory still holds a queued DPC or an armed timer is kept. */
static bool io_device_last(void *body)
{
    size_t size = io_device_of(body)->size;

    if (ke_dpc_in_range(body, size) != NULL) {
        ke_violation(RULE_DpcInFreedMemory, 0xC7, 1, (uintptr_t)ke_dpc_in_range(body, size),
                     (uintptr_t)body, (uintptr_t)body + size,
                     "a device object goes that holds a queued DPC");
        return false;
    }
    if (ke_timer_in_range(body, size) != NULL) {
        ke_violation(RULE_TimerInFreedMemory, 0xC7, 0, (uintptr_t)ke_timer_in_range(body, size),
                     (uintptr_t)body, (uintptr_t)body + size,
                     "a device object goes whose extension holds an armed timer");
        return false;
    }
    return true;
}

const struct ob_type io_device_type = {
    .name = "Device", .destroy = io_device_destroy, .last = io_device_last};

bool io_device_is(PDEVICE_OBJECT device)
{
    return device != NULL && ob_is(device, &io_device_type) && device->Type == IO_TYPE_DEVICE;
}

NTSTATUS io_device_open(PDEVICE_OBJECT device)
{
    NTSTATUS status = STATUS_SUCCESS;

    io_lock();
    if (io_device_of(device)->delete_pending) {
        status = STATUS_NO_SUCH_DEVICE;
    } else if ((device->Flags & DO_EXCLUSIVE) != 0 && device->ReferenceCount != 0) {
        status = STATUS_ACCESS_DENIED;
    } else {
        __atomic_store_n(&device->ReferenceCount, device->ReferenceCount + 1, __ATOMIC_RELAXED);
        ob_ref(device); /* dropped by io_device_close */
    }
    io_unlock();
    return status;
}

void io_device_close(PDEVICE_OBJECT device)
{
    bool alone;

    io_lock();
    alone = device->ReferenceCount == 1;
    __atomic_store_n(&device->ReferenceCount, device->ReferenceCount - 1, __ATOMIC_RELAXED);
    io_unlock();
    if (alone && io_device_of(device)->alone != NULL) {
        io_device_of(device)->alone(device);
    }
    ob_deref(device);
}

static NTSTATUS io_device_set_name(struct io_device *device, PCUNICODE_STRING name)
{
    device->name.Buffer =
        ex_pool_allocate(name->Length + sizeof(WCHAR), 'veDI', false, false, NULL);
    if (device->name.Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(device->name.Buffer, name->Buffer, name->Length);
    device->name.Buffer[name->Length / sizeof(WCHAR)] = 0;
    device->name.Length = name->Length;
    device->name.MaximumLength = (USHORT)(name->Length + sizeof(WCHAR));
    return io_name_insert(name, device->extension.DeviceObject);
}

/* A name nobody else has: \Device\00000001, ... */
static NTSTATUS io_device_generate_name(struct io_device *device)
{
    char text[24];
    WCHAR wide[24];
    UNICODE_STRING name = {.Buffer = wide};
    int length = snprintf(text, sizeof(text), "\\Device\\%08x",
                          (unsigned)__atomic_add_fetch(&io_device_serial, 1, __ATOMIC_RELAXED));

    for (int i = 0; i < length; i++) {
        wide[i] = (WCHAR)text[i];
    }
    name.Length = name.MaximumLength = (USHORT)((size_t)length * sizeof(WCHAR));
    return io_device_set_name(device, &name);
}

/* The driver's extension, so that what is behind it is aligned. */
static size_t io_device_extension_size(ULONG extension_size)
{
    return ((size_t)extension_size + 15) & ~(size_t)15;
}

static ULONG io_device_sector_size(DEVICE_TYPE type)
{
    switch (type) {
    case FILE_DEVICE_DISK:
    case FILE_DEVICE_VIRTUAL_DISK:
        return 512;
    case FILE_DEVICE_CD_ROM:
        return 2048;
    default:
        return 0;
    }
}

/* A storage device has a parameter block for the volume on it. */
static void io_device_init_vpb(PDEVICE_OBJECT object, struct io_device *device)
{
    switch (object->DeviceType) {
    case FILE_DEVICE_DISK:
    case FILE_DEVICE_VIRTUAL_DISK:
    case FILE_DEVICE_CD_ROM:
    case FILE_DEVICE_TAPE:
        device->vpb.Type = IO_TYPE_VPB;
        device->vpb.Size = sizeof(device->vpb);
        device->vpb.RealDevice = object;
        object->Vpb = &device->vpb;
        break;
    default:
        break;
    }
}

static void io_device_init(PDEVICE_OBJECT object, PDRIVER_OBJECT driver, ULONG extension_size,
                           DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive)
{
    size_t behind = sizeof(*object) + io_device_extension_size(extension_size);
    struct io_device *device = (void *)((char *)object + behind);

    device->extension.Type = IO_TYPE_DEVICE_OBJECT_EXTENSION;
    device->extension.DeviceObject = object;
    object->DeviceObjectExtension = &device->extension;
    object->Type = IO_TYPE_DEVICE;
    object->Size = (USHORT)(sizeof(DEVICE_OBJECT) + extension_size);
    object->DriverObject = driver;
    object->Flags = DO_DEVICE_INITIALIZING | (exclusive ? DO_EXCLUSIVE : 0);
    object->Characteristics = characteristics;
    object->DeviceType = type;
    object->StackSize = 1;
    object->DeviceExtension = extension_size != 0 ? object + 1 : NULL;
    object->SectorSize = (USHORT)io_device_sector_size(type);
    device->size = behind + sizeof(*device);
    io_device_init_vpb(object, device);
    KeInitializeDeviceQueue(&object->DeviceQueue);
    KeInitializeEvent(&object->DeviceLock, SynchronizationEvent, TRUE);
    device->system_state = PowerSystemWorking;
    device->device_state = PowerDeviceUnspecified;
}

static NTSTATUS io_device_create(PDRIVER_OBJECT driver, ULONG extension_size, PCUNICODE_STRING name,
                                 DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive,
                                 PDEVICE_OBJECT *out_device)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct io_device *device;
    PDEVICE_OBJECT object =
        ob_create(&io_device_type,
                  sizeof(*object) + io_device_extension_size(extension_size) + sizeof(*device));

    if (object == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io_device_init(object, driver, extension_size, type, characteristics, exclusive);
    device = io_device_of(object);
    ob_ref(driver); /* dropped by io_device_destroy */
    if (name != NULL && name->Length != 0) {
        status = io_device_set_name(device, name);
    } else if ((characteristics & FILE_AUTOGENERATED_DEVICE_NAME) != 0) {
        status = io_device_generate_name(device);
    }
    if (!NT_SUCCESS(status)) {
        ob_deref(object);
        return status;
    }
    if (device->name.Length != 0) {
        object->Flags |= DO_DEVICE_HAS_NAME;
    }
    io_lock();
    object->NextDevice = driver->DeviceObject;
    driver->DeviceObject = object;
    io_unlock();
    *out_device = object;
    return STATUS_SUCCESS;
}

NTSTATUS IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                        PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                        ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                        PDEVICE_OBJECT *DeviceObject)
{
    if (!API(APC_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (DeviceObject == NULL) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0, "IoCreateDevice without DeviceObject");
        return STATUS_INVALID_PARAMETER;
    }
    if (!io_driver_check(DriverObject, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    return io_device_create(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
                            DeviceCharacteristics, Exclusive, DeviceObject);
}

/* Applications of a machine have all rights: the descriptor restricts nobody (docs/differences.md). */
NTSTATUS IoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                              PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                              ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                              PCUNICODE_STRING DefaultSDDLString, LPCGUID DeviceClassGuid,
                              PDEVICE_OBJECT *DeviceObject)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (DefaultSDDLString == NULL ||
        (DeviceName == NULL && (DeviceCharacteristics & FILE_AUTOGENERATED_DEVICE_NAME) == 0)) {
        return STATUS_INVALID_PARAMETER; /* a descriptor protects a name */
    }
    return IoCreateDevice(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
                          DeviceCharacteristics, Exclusive, DeviceObject);
}

bool io_device_check(PDEVICE_OBJECT device, const char *api)
{
    if (!io_device_is(device)) {
        ke_violation(RULE_DeviceLifetime, 0xC9, 0x204, (uintptr_t)device, 0, 0,
                     "%s of %p, which is no device object", api, (void *)device);
        return false;
    }
    return true;
}

static void io_device_unlink(PDEVICE_OBJECT device)
{
    PDEVICE_OBJECT *link = &device->DriverObject->DeviceObject;

    io_lock();
    while (*link != NULL && *link != device) {
        link = &(*link)->NextDevice;
    }
    if (*link == device) {
        *link = device->NextDevice;
    }
    device->NextDevice = NULL;
    io_unlock();
}

VOID IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
    struct io_device *device;
    bool was_pending;
    bool attached, kept = false;

    if (!API(APC_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return;
    }
    device = io_device_of(DeviceObject);
    if (wmi_is_registered(DeviceObject)) {
        ke_violation(RULE_DeviceLifetime, 0, 0, 0, 0, 0,
                     "IoDeleteDevice of a device that is registered with WMI");
        return;
    }
    io_lock();
    was_pending = device->delete_pending;
    /* A bus deletes its PDO, and a lower filter its device, inside the remove request: the drivers above
     * detach as it comes back. */
    attached = !was_pending && (device->lower != NULL ||
                                (DeviceObject->AttachedDevice != NULL && !device->removing &&
                                 (DeviceObject->Flags & DO_BUS_ENUMERATED_DEVICE) == 0));
    if (!attached && !was_pending) {
        device->delete_pending = true;
        kept = DeviceObject->AttachedDevice != NULL && device->removing &&
               (DeviceObject->Flags & DO_BUS_ENUMERATED_DEVICE) == 0;
        device->kept_by_upper = kept;
    }
    io_unlock();
    if (was_pending) {
        ke_violation(RULE_DeviceLifetime, 0xC9, 0x240, (uintptr_t)DeviceObject, 0, 0,
                     "IoDeleteDevice of a device that was deleted before");
        return;
    }
    if (attached) {
        ke_violation(RULE_DeviceLifetime, 0xC9, 0x201, (uintptr_t)DeviceObject, 0, 0,
                     "IoDeleteDevice of a device that is still attached %s another",
                     device->lower != NULL ? "to" : "under");
        return;
    }
    io_timer_device_deleted(DeviceObject);
    io_shutdown_device_deleted(DeviceObject);
    po_idle_device_deleted(DeviceObject);
    if (device->name.Length != 0) {
        io_name_remove(&device->name);
    }
    io_device_unlink(DeviceObject);
    if (!kept) {
        ob_deref(DeviceObject); /* files that are open and other references keep the memory */
    }
}

/* No more than there is room for, each with a reference; the count is of all. */
NTSTATUS IoEnumerateDeviceObjectList(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObjectList,
                                     ULONG DeviceObjectListSize, PULONG ActualNumberDeviceObjects)
{
    ULONG room = DeviceObjectListSize / (ULONG)sizeof(PDEVICE_OBJECT);
    ULONG count = 0;

    if (!API(DISPATCH_LEVEL) || !io_driver_check(DriverObject, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    io_lock();
    for (PDEVICE_OBJECT device = DriverObject->DeviceObject; device != NULL;
         device = device->NextDevice) {
        if (count < room) {
            ob_ref(device);
            DeviceObjectList[count] = device;
        }
        count++;
    }
    io_unlock();
    *ActualNumberDeviceObjects = count;
    return count > room ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}

NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
                                  PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
    NTSTATUS status = STATUS_SUCCESS;
    PFILE_OBJECT file = NULL;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = io_file_open(ObjectName, DesiredAccess, &file);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    /* The handle of the open is closed at once; the caller keeps the pointer. */
    io_file_cleanup(file);
    *FileObject = file;
    *DeviceObject = IoGetRelatedDeviceObject(file);
    return STATUS_SUCCESS;
}

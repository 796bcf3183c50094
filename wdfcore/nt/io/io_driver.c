/* io_driver.c - driver objects from creation to unload; see io_driver.h. */
#include "nt/io/io_driver.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "nt/dma/hal_adapter.h"
#include "nt/ex/ex_pool.h"
#include "nt/ex/lock/ex_resource.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/io_lock.h"
#include "nt/io/io_name.h"
#include "nt/io/io_reinitialize.h"
#include "nt/io/pnp/io_registry.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/ke/ke_processor_notify.h"
#include "nt/ke/report/ke_bugcheck.h"
#include "nt/ke/report/ke_report.h"
#include "nt/time/ke_timer.h"
#include "nt/mm/mm_iospace.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"
#include "nt/cm/cm_registration.h"
#include "nt/ob/ob_callback.h"
#include "nt/ob/ps_notify.h"
#include "nt/thread/ke_thread.h"
#include "nt/wmi/etw_provider.h"
#include "nt/wpp/wpp_control.h"

/* What IoAllocateDriverObjectExtension gave out; the driver's bytes follow. */
struct io_driver_client {
    struct io_driver_client *next;
    void *identification;
    _Alignas(16) unsigned char data[];
};

/* Keys: (c) constant once created, (i) io_lock */
struct io_driver {
    DRIVER_OBJECT object;
    DRIVER_EXTENSION extension;
    struct io_driver *next, *prev;    /* (i) drivers of the machine */
    struct io_driver_client *clients; /* (i) */
    bool without_service;             /* (c) */
    UNICODE_STRING registry_path;     /* (c) */
    char *name;                       /* (c) */
};

static struct io_driver *io_drivers;

static struct io_driver *io_driver_of(PDRIVER_OBJECT driver)
{
    return (struct io_driver *)(void *)driver;
}

static void io_driver_destroy(void *body)
{
    struct io_driver *driver = body;
    struct io_driver_client *client = NULL;
    struct io_driver_client *next = NULL;

    io_lock();
    DL_DELETE(io_drivers, driver);
    io_unlock();
    if (driver->object.DriverName.Buffer != NULL) {
        io_name_remove(&driver->object.DriverName);
    }
    LL_FOREACH_SAFE (driver->clients, client, next) {
        ex_pool_release(client);
    }
    ex_pool_release(driver->object.DriverName.Buffer);
    ex_pool_release(driver->registry_path.Buffer);
    ex_pool_release(driver->name);
}

const struct ob_type io_driver_type = {
    .name = "Driver", .destroy = io_driver_destroy, .last = NULL};

bool io_driver_check(PDRIVER_OBJECT driver, const char *api)
{
    if (!ob_is(driver, &io_driver_type)) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)driver, 0, 0, 0,
                     "%s of %p, which is no driver object", api, (void *)driver);
        return false;
    }
    return true;
}

/* The default of every MajorFunction. */
static NTSTATUS io_driver_invalid_request(PDEVICE_OBJECT device, PIRP irp)
{
    irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    irp->IoStatus.Information = 0;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return STATUS_INVALID_DEVICE_REQUEST;
}

/* A counted string of prefix + name, in pool. */
static bool io_driver_string(const char *prefix, const char *name, PUNICODE_STRING string)
{
    size_t prefix_length = strlen(prefix);
    size_t length = prefix_length + strlen(name);

    if (length > 0x3fff) {
        return false;
    }
    string->Buffer = ex_pool_allocate((length + 1) * sizeof(WCHAR), 'vrDI', false, true, NULL);
    if (string->Buffer == NULL) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        string->Buffer[i] =
            (unsigned char)(i < prefix_length ? prefix[i] : name[i - prefix_length]);
    }
    string->Length = (USHORT)(length * sizeof(WCHAR));
    string->MaximumLength = (USHORT)(string->Length + sizeof(WCHAR));
    return true;
}

static NTSTATUS io_driver_set_names(struct io_driver *driver, const char *name)
{
    static const char services[] = "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    size_t size = strlen(name) + 1;

    driver->name = ex_pool_allocate(size, 'vrDI', false, false, NULL);
    if (driver->name == NULL || !io_driver_string("\\Driver\\", name, &driver->object.DriverName) ||
        !io_driver_string(services, name, &driver->registry_path)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(driver->name, name, size);
    driver->extension.ServiceKeyName.Buffer = driver->registry_path.Buffer + (sizeof(services) - 1);
    driver->extension.ServiceKeyName.Length = (USHORT)((size - 1) * sizeof(WCHAR));
    driver->extension.ServiceKeyName.MaximumLength = (USHORT)(size * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* Where the hardware is described, for every driver object. */
static UNICODE_STRING io_hardware_database =
    RTL_CONSTANT_STRING(L"\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM");

NTSTATUS io_driver_create(const struct io_driver_config *config, PDRIVER_OBJECT *out_driver)
{
    struct io_driver *driver = ob_create(&io_driver_type, sizeof(*driver));
    NTSTATUS status = STATUS_SUCCESS;

    if (driver == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io_lock();
    DL_APPEND(io_drivers, driver);
    io_unlock();
    driver->object.Type = IO_TYPE_DRIVER;
    driver->object.Size = sizeof(DRIVER_OBJECT);
    driver->object.DriverStart = config->start;
    driver->object.DriverSize = config->size;
    driver->object.HardwareDatabase = &io_hardware_database;
    driver->object.DriverExtension = &driver->extension;
    driver->extension.DriverObject = &driver->object;
    for (size_t i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        driver->object.MajorFunction[i] = io_driver_invalid_request;
    }
    status = io_driver_set_names(driver, config->name);
    driver->without_service = config->without_service;
    if (NT_SUCCESS(status) && !driver->without_service) {
        status = io_registry_add_service(&driver->registry_path);
    }
    if (NT_SUCCESS(status)) {
        status = io_name_insert(&driver->object.DriverName, driver);
    }
    if (!NT_SUCCESS(status)) {
        ob_deref(driver);
        return status;
    }
    *out_driver = &driver->object;
    return STATUS_SUCCESS;
}

/* What would still call the driver, wherever its objects lie. */
static void io_driver_report_running(PDRIVER_OBJECT driver)
{
    const char *name = io_driver_name(driver);
    const void *start = driver->DriverStart;
    size_t size = driver->DriverSize;
    PKTHREAD thread = ke_thread_of_code(start, size);

    if (ke_dpc_in_range(start, size) != NULL || ke_dpc_of_code(start, size) != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)start, 0, 0, 0,
                     "driver %s ended with a DPC queued", name);
    }
    if (ke_timer_in_range(start, size) != NULL || ke_timer_of_code(start, size) != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)start, 0, 0, 0,
                     "driver %s ended with a timer armed", name);
    }
    if (ps_notify_of_code(start, size) != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)ps_notify_of_code(start, size), 0, 0, 0,
                     "driver %s ended and left a notify routine of Ps registered", name);
    }
    if (ob_callback_of_code(start, size) != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)ob_callback_of_code(start, size), 0, 0, 0,
                     "driver %s ended and left routines of ObRegisterCallbacks registered", name);
    }
    if (ke_bugcheck_forget(start, size) != 0) { /* they would be called without being there */
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)start, 0, 0, 0,
                     "driver %s ended and left a bug check callback registered", name);
    }
    if (ke_processor_notify_of_code(start, size) != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)ke_processor_notify_of_code(start, size),
                     0, 0, 0,
                     "driver %s ended and left a routine for NMIs or processors registered", name);
    }
    if (cm_registration_of_code(start, size) != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)cm_registration_of_code(start, size), 0,
                     0, 0, "driver %s ended and left a routine of CmRegisterCallback registered",
                     name);
    }
    if (etw_provider_of_code(start, size) != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)etw_provider_of_code(start, size), 0, 0,
                     0, "driver %s ended and left a provider of EtwRegister registered", name);
    }
    if (thread != NULL) {
        ke_violation(RULE_ThreadOutlivesDriver, 0xCE, (uintptr_t)thread->routine, 0, 0, 0,
                     "driver %s ended and its thread %u did not", name, (unsigned)thread->id);
    }
}

/* What must be gone once the driver's code may go. */
static void io_driver_report_left(PDRIVER_OBJECT driver)
{
    const char *name = io_driver_name(driver);
    unsigned devices = 0;

    for (PDEVICE_OBJECT device = driver->DeviceObject; device != NULL;
         device = device->NextDevice) {
        devices++;
    }
    if (devices != 0) {
        ke_violation(RULE_DeviceLifetime, 0, (uintptr_t)driver->DeviceObject, devices, 0, 0,
                     "driver %s ended and left %u device object%s", name, devices,
                     devices == 1 ? "" : "s");
    }
    if (driver->DriverStart != NULL) {
        io_driver_report_running(driver);
        wpp_report_left(name, driver->DriverStart, driver->DriverSize);
        io_work_report_pending(name, driver->DriverStart, driver->DriverSize);
        ex_lookaside_report(name, driver->DriverStart, driver->DriverSize);
        ex_resource_report(name, driver->DriverStart, driver->DriverSize);
        mm_iospace_report(name, driver->DriverStart, driver->DriverSize);
        hal_dma_report_leaks(name, driver->DriverStart, driver->DriverSize);
        ex_pool_report_leaks(name, driver->DriverStart, driver->DriverSize);
    }
}

NTSTATUS io_driver_initialize(PDRIVER_OBJECT driver, PDRIVER_INITIALIZE entry)
{
    struct io_driver *self = io_driver_of(driver);
    struct ke_callback frame;
    UNICODE_STRING path = self->registry_path;
    NTSTATUS status = STATUS_SUCCESS;

    /* A copy that is gone when the driver looks at it later. */
    path.Buffer = ex_pool_allocate(path.MaximumLength, 'vrDI', true, true, NULL);
    if (path.Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(path.Buffer, self->registry_path.Buffer, path.Length);
    driver->DriverInit = entry;
    if (driver->DriverStart != NULL) {
        ps_notify_image(self->name, driver->DriverStart, driver->DriverSize);
    }
    ke_call_enter(&frame, "DriverEntry", (const void *)entry, driver);
    status = entry(driver, self->without_service ? NULL : &path);
    ke_call_leave(&frame);
    ex_pool_release(path.Buffer);
    if (!NT_SUCCESS(status)) {
        io_reinitialize_forget(driver);
        io_driver_report_left(driver);
        return status;
    }
    for (PDEVICE_OBJECT device = driver->DeviceObject; device != NULL;
         device = device->NextDevice) {
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING; /* done for those made in DriverEntry */
    }
    io_reinitialize_run(driver);
    return status;
}

NTSTATUS io_driver_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
    PDRIVER_ADD_DEVICE add_device = driver->DriverExtension->AddDevice;
    struct ke_callback frame;
    PDEVICE_OBJECT top = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (add_device == NULL) {
        return STATUS_NOT_SUPPORTED;
    }
    ke_call_enter(&frame, "AddDevice", (const void *)add_device, pdo);
    status = add_device(driver, pdo);
    ke_call_leave(&frame);
    top = io_device_top(pdo);
    if (NT_SUCCESS(status) && (top->Flags & DO_DEVICE_INITIALIZING) != 0) {
        ke_violation(RULE_DeviceFlags, 0xC9, 0x243, (uintptr_t)top, 0, 0,
                     "AddDevice of %s left DO_DEVICE_INITIALIZING set", io_driver_name(driver));
        top->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
    return status;
}

void io_driver_unload(PDRIVER_OBJECT driver)
{
    PDRIVER_UNLOAD unload = driver->DriverUnload;
    struct ke_callback frame;

    if (unload != NULL) {
        ke_call_enter(&frame, "DriverUnload", (const void *)unload, driver);
        unload(driver);
        ke_call_leave(&frame);
    }
    io_reinitialize_forget(driver);
    io_driver_report_left(driver);
}

void io_driver_delete(PDRIVER_OBJECT driver)
{
    ob_deref(driver);
}

PUNICODE_STRING io_driver_registry_path(PDRIVER_OBJECT driver)
{
    return &io_driver_of(driver)->registry_path;
}

const char *io_driver_name(PDRIVER_OBJECT driver)
{
    return io_driver_of(driver)->name;
}

PDRIVER_OBJECT io_driver_at(const void *address)
{
    struct io_driver *driver = NULL;

    io_lock();
    DL_FOREACH (io_drivers, driver) {
        if ((uintptr_t)address - (uintptr_t)driver->object.DriverStart <
            driver->object.DriverSize) {
            break;
        }
    }
    io_unlock();
    return driver != NULL ? &driver->object : NULL;
}

void io_driver_stop(void)
{
    io_drivers = NULL; /* ob_stop frees the objects, ex_pool_stop their strings */
}

static struct io_driver_client *io_driver_client_locked(PDRIVER_OBJECT driver, PVOID identification)
{
    struct io_driver_client *client = NULL;

    LL_SEARCH_SCALAR(io_driver_of(driver)->clients, client, identification, identification);
    return client;
}

NTSTATUS IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject,
                                         PVOID ClientIdentificationAddress,
                                         ULONG DriverObjectExtensionSize,
                                         PVOID *DriverObjectExtension)
{
    struct io_driver_client *client = NULL;
    bool taken;

    if (!API(DISPATCH_LEVEL) || !io_driver_check(DriverObject, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    *DriverObjectExtension = NULL;
    client =
        ex_pool_allocate(sizeof(*client) + DriverObjectExtensionSize, 'vrDI', false, true, NULL);
    if (client == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    client->identification = ClientIdentificationAddress;
    io_lock();
    taken = io_driver_client_locked(DriverObject, ClientIdentificationAddress) != NULL;
    if (!taken) {
        LL_PREPEND(io_driver_of(DriverObject)->clients, client);
    }
    io_unlock();
    if (taken) {
        ex_pool_release(client);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    *DriverObjectExtension = client->data;
    return STATUS_SUCCESS;
}

PVOID IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress)
{
    struct io_driver_client *client = NULL;

    if (!API(DISPATCH_LEVEL) || !io_driver_check(DriverObject, __func__)) {
        return NULL;
    }
    io_lock();
    client = io_driver_client_locked(DriverObject, ClientIdentificationAddress);
    io_unlock();
    return client != NULL ? client->data : NULL;
}

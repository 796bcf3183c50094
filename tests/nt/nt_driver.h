/* nt_driver.h - a driver inside a test: a driver object and devices whose requests go to functions
 * of the test. Each device has one handler for all its requests.
 */
#pragma once
#include <ntddk.h>

#include <wdfcore/testing.h>

#include "nt/io/io_driver.h"

typedef NTSTATUS nt_handler(PDEVICE_OBJECT device, PIRP irp);

struct nt_level {
    nt_handler *handler;
    PDEVICE_OBJECT lower;
    int number; /* as the test likes */
};

static inline struct nt_level *nt_level(PDEVICE_OBJECT device)
{
    return device->DeviceExtension;
}

static inline NTSTATUS nt_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    return nt_level(device)->handler(device, irp);
}

static inline PDRIVER_OBJECT nt_driver_create(void)
{
    static const struct io_driver_config config = {.name = "test"};
    PDRIVER_OBJECT driver = NULL;

    assert_int_equal(io_driver_create(&config, &driver), STATUS_SUCCESS);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        driver->MajorFunction[i] = nt_dispatch;
    }
    return driver;
}

static inline void nt_driver_delete(PDRIVER_OBJECT driver)
{
    while (driver->DeviceObject != NULL) {
        PDEVICE_OBJECT device = driver->DeviceObject;
        PDEVICE_OBJECT lower = nt_level(device)->lower;

        if (lower != NULL) {
            IoDetachDevice(lower);
        }
        IoDeleteDevice(device);
    }
    io_driver_delete(driver);
}

/* A device of the driver; lower NULL: on its own, else attached on top of that stack. */
static inline PDEVICE_OBJECT nt_device_create(PDRIVER_OBJECT driver, PDEVICE_OBJECT lower,
                                              nt_handler *handler)
{
    PDEVICE_OBJECT device = NULL;

    assert_int_equal(IoCreateDevice(driver, sizeof(struct nt_level), NULL, FILE_DEVICE_UNKNOWN, 0,
                                    FALSE, &device),
                     STATUS_SUCCESS);
    nt_level(device)->handler = handler;
    if (lower != NULL) {
        nt_level(device)->lower = IoAttachDeviceToDeviceStack(device, lower);
        assert_non_null(nt_level(device)->lower);
    }
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return device;
}

/* ---- handlers ---- */

static inline NTSTATUS nt_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static inline NTSTATUS nt_succeed(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

/* Pass it down with a location of its own and no completion routine. */
static inline NTSTATUS nt_pass_down(PDEVICE_OBJECT device, PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    return IoCallDriver(nt_level(device)->lower, irp);
}

/* ---- requests ---- */

static inline NTSTATUS nt_stop_walk(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)irp;
    (void)context;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* An IRP of the test for IRP_MJ_READ; its walk up stops at the test. */
static inline PIRP nt_irp(CCHAR stack_size)
{
    PIRP irp = IoAllocateIrp(stack_size, FALSE);

    assert_non_null(irp);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(irp, nt_stop_walk, NULL, TRUE, TRUE, TRUE);
    return irp;
}

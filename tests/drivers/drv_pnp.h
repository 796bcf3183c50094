#pragma once
/* drv_pnp.h - what a test tells drv_pnp before it is given a device, and what it finds there
 * afterwards. The test defines `drv_pnp_plan`, exported; the driver finds it in the process.
 */
#include <ntddk.h>
#include <wdf.h>

#define DRV_PNP_INTERRUPTS 3

struct drv_pnp_plan {
    /* Set by the test. */
    const char *fail; /* name in the log of the callback that fails; with its argument or not */
    NTSTATUS status;  /* what it returns; 0: STATUS_UNSUCCESSFUL */
    ULONG interrupts; /* how many are made in EvtDriverDeviceAdd */
    BOOLEAN interrupts_in_prepare;      /* they are made in EvtDevicePrepareHardware instead */
    BOOLEAN filter;                     /* WdfFdoInitSetFilter */
    BOOLEAN queue;                      /* a default queue, power-managed: logs Io */
    BOOLEAN no_device;                  /* EvtDriverDeviceAdd makes none */
    BOOLEAN cannot_unload;              /* a non-PnP driver without EvtDriverUnload */
    BOOLEAN maps;                       /* maps its memory in EvtDevicePrepareHardware ... */
    BOOLEAN keeps_mapping;              /* ... and leaves it so */
    BOOLEAN link;                       /* symbolic link \DosDevices\PnpTest */
    const GUID *interface;              /* a device interface made in EvtDriverDeviceAdd */
    WDF_SYNCHRONIZATION_SCOPE scope;    /* of the driver; 0: inherit */
    BOOLEAN not_pageable;               /* WdfDeviceInitSetPowerNotPageable */
    BOOLEAN changes_irql;               /* EvtDeviceD0Entry returns at DISPATCH_LEVEL */
    void (*init)(PWDFDEVICE_INIT init); /* more settings */
    void (*added)(WDFDEVICE device);    /* in EvtDriverDeviceAdd, device made */
    void (*prepare)(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated);
    void (*at)(const char *name, WDFDEVICE device); /* in every callback of a device */
    void (*config)(ULONG index, WDF_INTERRUPT_CONFIG *config);
    BOOLEAN (*isr)(WDFINTERRUPT interrupt, ULONG message);
    void (*dpc)(WDFINTERRUPT interrupt, WDFOBJECT device);

    /* Set by the driver. */
    BOOLEAN writing; /* somebody appends to the log */
    char log[2048];  /* names of the callbacks, each followed by a space */
    DRIVER_OBJECT *driver_object;
    WDFDRIVER driver;
    WDFDEVICE device;
    PDEVICE_OBJECT pdo;
    WDFINTERRUPT interrupt[DRV_PNP_INTERRUPTS];
    NTSTATUS interrupt_status; /* of the last WdfInterruptCreate */
    KIRQL highest_irql;        /* of any PnP and power callback */
    ULONG devices;             /* created so far */
};

extern struct drv_pnp_plan drv_pnp_plan;

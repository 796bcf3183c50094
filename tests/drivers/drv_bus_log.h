#pragma once
/* drv_bus_log.h - what drv_bus and drv_child have in common: a device that writes down its callbacks. */
#include "drv_bus.h"

#include <stdio.h>
#include <string.h>

typedef struct _LOGGED {
    const char *Who; /* "bus", "pdo", "fdo" */
    ULONG Number;    /* 0: none */
} LOGGED, *PLOGGED;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(LOGGED, GetLogged)

/* Note a callback; the status is a failure if the plan says so. */
static NTSTATUS Note(WDFOBJECT Device, const char *Name)
{
    const LOGGED *Logged = GetLogged(Device);
    struct drv_bus_plan *Plan = &drv_bus_plan;
    size_t Length;
    char Text[64];

    if (Logged->Number != 0) {
        snprintf(Text, sizeof(Text), "%s%u.%s", Logged->Who, (unsigned)Logged->Number, Name);
    } else {
        snprintf(Text, sizeof(Text), "%s.%s", Logged->Who, Name);
    }
    while (__atomic_test_and_set(&Plan->writing, __ATOMIC_ACQUIRE)) {
        YieldProcessor(); /* another callback, in parallel */
    }
    Length = strlen(Plan->log);
    snprintf(Plan->log + Length, sizeof(Plan->log) - Length, "%s ", Text);
    __atomic_clear(&Plan->writing, __ATOMIC_RELEASE);
    if (Plan->at != NULL) {
        Plan->at(Text);
    }
    return Plan->fail != NULL && strcmp(Plan->fail, Text) == 0 ? STATUS_UNSUCCESSFUL
                                                               : STATUS_SUCCESS;
}

static NTSTATUS LoggedPrepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    UNREFERENCED_PARAMETER(Raw);
    UNREFERENCED_PARAMETER(Translated);
    return Note(Device, "Prepare");
}

static NTSTATUS LoggedRelease(WDFDEVICE Device, WDFCMRESLIST Translated)
{
    UNREFERENCED_PARAMETER(Translated);
    return Note(Device, "Release");
}

static NTSTATUS LoggedD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Previous)
{
    UNREFERENCED_PARAMETER(Previous);
    return Note(Device, "D0Entry");
}

static NTSTATUS LoggedD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Target)
{
    UNREFERENCED_PARAMETER(Target);
    return Note(Device, "D0Exit");
}

static NTSTATUS LoggedQueryRemove(WDFDEVICE Device)
{
    return Note(Device, "QueryRemove");
}

static VOID LoggedSurprise(WDFDEVICE Device)
{
    Note(Device, "Surprise");
}

static NTSTATUS LoggedUsage(WDFDEVICE Device, WDF_SPECIAL_FILE_TYPE Type, BOOLEAN InPath)
{
    UNREFERENCED_PARAMETER(Type);
    return Note(Device, InPath ? "FileIn" : "FileOut");
}

static VOID LoggedCleanup(WDFOBJECT Device)
{
    Note(Device, "Cleanup");
}

static VOID LoggedControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                          size_t InputLength, ULONG Code)
{
    UNREFERENCED_PARAMETER(OutputLength);
    UNREFERENCED_PARAMETER(InputLength);
    UNREFERENCED_PARAMETER(Code);
    WdfRequestComplete(Request, Note(WdfIoQueueGetDevice(Queue), "Control"));
}

static void SetLogged(PWDFDEVICE_INIT Init, WDF_OBJECT_ATTRIBUTES *Attributes)
{
    WDF_PNPPOWER_EVENT_CALLBACKS Pnp;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&Pnp);
    Pnp.EvtDevicePrepareHardware = LoggedPrepare;
    Pnp.EvtDeviceReleaseHardware = LoggedRelease;
    Pnp.EvtDeviceD0Entry = LoggedD0Entry;
    Pnp.EvtDeviceD0Exit = LoggedD0Exit;
    Pnp.EvtDeviceQueryRemove = LoggedQueryRemove;
    Pnp.EvtDeviceSurpriseRemoval = LoggedSurprise;
    Pnp.EvtDeviceUsageNotificationEx = LoggedUsage;
    WdfDeviceInitSetPnpPowerEventCallbacks(Init, &Pnp);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(Attributes, LOGGED);
    Attributes->EvtCleanupCallback = LoggedCleanup;
}

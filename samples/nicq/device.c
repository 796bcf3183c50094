/* device.c - the device with its workers and interrupts. */
#include "nicq.h"

/* The interrupt of some workers, on the processor of the first. */
static NTSTATUS NicqInterruptCreate(PNICQ_DEVICE Device, ULONG First, ULONG Count)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_INTERRUPT_CONFIG config;
    WDF_INTERRUPT_EXTENDED_POLICY policy;
    WDFINTERRUPT interrupt;
    PROCESSOR_NUMBER processor;
    NTSTATUS status = NicqProcessor(First, &processor);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    WDF_INTERRUPT_CONFIG_INIT(&config, NicqEvtInterruptIsr, NULL);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NICQ_INTERRUPT);
    status = WdfInterruptCreate(Device->Device, &config, &attributes, &interrupt);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    NicqGetInterrupt(interrupt)->First = First;
    NicqGetInterrupt(interrupt)->Count = Count;
    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    policy.Policy = WdfIrqPolicySpecifiedProcessors;
    policy.Priority = WdfIrqPriorityNormal;
    policy.TargetProcessorSetAndGroup.Group = processor.Group;
    policy.TargetProcessorSetAndGroup.Mask = (KAFFINITY)1 << processor.Number;
    WdfInterruptSetExtendedPolicy(interrupt, &policy);
    return STATUS_SUCCESS;
}

static NTSTATUS NicqInterruptsCreate(PNICQ_DEVICE Device)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (Device->Parameters.Design != NicqMessagePerQueue) {
        return NicqInterruptCreate(Device, 0, Device->Workers);
    }
    for (ULONG i = 0; i < Device->Workers && NT_SUCCESS(status); i++) {
        status = NicqInterruptCreate(Device, i, 1);
    }
    return status;
}

NTSTATUS NicqEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS callbacks;
    WDF_OBJECT_ATTRIBUTES attributes;
    NICQ_PARAMETERS parameters;
    PNICQ_DEVICE device;
    WDFDEVICE handle;
    NTSTATUS status = NicqReadParameters(Driver, &parameters);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks);
    callbacks.EvtDevicePrepareHardware = NicqEvtPrepareHardware;
    callbacks.EvtDeviceReleaseHardware = NicqEvtReleaseHardware;
    callbacks.EvtDeviceD0Entry = NicqEvtD0Entry;
    callbacks.EvtDeviceD0EntryPostInterruptsEnabled = NicqEvtD0EntryPostInterruptsEnabled;
    callbacks.EvtDeviceD0Exit = NicqEvtD0Exit;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &callbacks);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NICQ_DEVICE);
    status = WdfDeviceCreate(&DeviceInit, &attributes, &handle);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    device = NicqGetDevice(handle);
    device->Device = handle;
    device->Parameters = parameters;
    status = NicqWorkersCreate(device);
    return NT_SUCCESS(status) ? NicqInterruptsCreate(device) : status;
}

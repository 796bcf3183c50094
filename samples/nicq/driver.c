/* driver.c - DriverEntry, and the parameters: values below the driver's Parameters key. */
#include "nicq.h"

DRIVER_INITIALIZE DriverEntry;

typedef struct {
    UNICODE_STRING Name;
    ULONG Value;
} NICQ_CHOICE;

static const NICQ_CHOICE NicqDesigns[] = {
    {RTL_CONSTANT_STRING(L"one-dpc"), NicqOneDpc},
    {RTL_CONSTANT_STRING(L"dpc-per-queue"), NicqWorkerPerQueue},
    {RTL_CONSTANT_STRING(L"message-per-queue"), NicqMessagePerQueue},
};

static const NICQ_CHOICE NicqDeferreds[] = {
    {RTL_CONSTANT_STRING(L"dpc"), NicqDpc},
    {RTL_CONSTANT_STRING(L"threaded-dpc"), NicqThreadedDpc},
    {RTL_CONSTANT_STRING(L"work-item"), NicqWorkItem},
};

/* A word out of a list; what is not there stays as it is. */
static NTSTATUS NicqReadChoice(WDFKEY Key, PCWSTR Name, const NICQ_CHOICE *Choices, ULONG Count,
                               PULONG Value)
{
    DECLARE_UNICODE_STRING_SIZE(text, 32);
    UNICODE_STRING name;
    NTSTATUS status;

    RtlInitUnicodeString(&name, Name);
    status = WdfRegistryQueryUnicodeString(Key, &name, NULL, &text);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
        return STATUS_SUCCESS;
    }
    for (ULONG i = 0; i < Count && NT_SUCCESS(status); i++) {
        if (RtlEqualUnicodeString(&Choices[i].Name, &text, TRUE)) {
            *Value = Choices[i].Value;
            return STATUS_SUCCESS;
        }
    }
    return NT_SUCCESS(status) ? STATUS_INVALID_PARAMETER : status;
}

static NTSTATUS NicqReadNumber(WDFKEY Key, PCWSTR Name, ULONG Least, ULONG Most, PULONG Value)
{
    UNICODE_STRING name;
    ULONG value;
    NTSTATUS status;

    RtlInitUnicodeString(&name, Name);
    status = WdfRegistryQueryULong(Key, &name, &value);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
        return STATUS_SUCCESS;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (value < Least || value > Most) {
        return STATUS_INVALID_PARAMETER;
    }
    *Value = value;
    return STATUS_SUCCESS;
}

NTSTATUS NicqReadParameters(WDFDRIVER Driver, NICQ_PARAMETERS *Parameters)
{
    ULONG design = NicqOneDpc, deferred = NicqDpc;
    WDFKEY key;
    NTSTATUS status;

    *Parameters = (NICQ_PARAMETERS){
        .Importance = MediumImportance, .Queues = 2, .RingSize = 256, .PacketUs = 2};
    status = WdfDriverOpenParametersRegistryKey(Driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &key);
    if (!NT_SUCCESS(status)) {
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
    }
    const struct {
        PCWSTR Name;
        ULONG Least, Most;
        PULONG Value;
    } numbers[] = {
        {L"Importance", LowImportance, MediumHighImportance, &Parameters->Importance},
        {L"Budget", 0, 65536, &Parameters->Budget},
        {L"Queues", 1, NICQ_QUEUES_MAX, &Parameters->Queues},
        {L"RingSize", 2, 65536, &Parameters->RingSize},
        {L"PacketUs", 0, 1000, &Parameters->PacketUs},
        {L"Forward", 0, 1, &Parameters->Forward},
    };
    status = NicqReadChoice(key, L"Design", NicqDesigns, RTL_NUMBER_OF(NicqDesigns), &design);
    if (NT_SUCCESS(status)) {
        status = NicqReadChoice(key, L"Deferred", NicqDeferreds, RTL_NUMBER_OF(NicqDeferreds),
                                &deferred);
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(numbers) && NT_SUCCESS(status); i++) {
        status = NicqReadNumber(key, numbers[i].Name, numbers[i].Least, numbers[i].Most,
                                numbers[i].Value);
    }
    WdfRegistryClose(key);
    Parameters->Design = design;
    Parameters->Deferred = deferred;
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, NicqEvtDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}

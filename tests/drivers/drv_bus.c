/* drv_bus.c - a bus driver: static children that it makes when it gets its device, or a child list. */
#include "drv_bus_log.h"

DRIVER_INITIALIZE DriverEntry;

#define PLAN (&drv_bus_plan)

/* {7d3a4c52-1c0e-4b55-9a0f-2f1d53b7a9e1} */
static const GUID ChildClass = {
    0x7d3a4c52, 0x1c0e, 0x4b55, {0x9a, 0x0f, 0x2f, 0x1d, 0x53, 0xb7, 0xa9, 0xe1}};

/* ---- a child ---- */

static NTSTATUS ChildEject(WDFDEVICE Device)
{
    return Note(Device, "Eject");
}

static NTSTATUS ChildSetLock(WDFDEVICE Device, BOOLEAN IsLocked)
{
    return Note(Device, IsLocked ? "Lock" : "Unlock");
}

static VOID ChildMissing(WDFDEVICE Device)
{
    Note(Device, "Missing");
}

/* One interrupt each: line 4 + number. */
static NTSTATUS ChildResources(WDFDEVICE Device, WDFCMRESLIST Resources)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR Line = {.Type = CmResourceTypeInterrupt};

    Line.ShareDisposition = CmResourceShareShared;
    Line.u.Interrupt.Level = Line.u.Interrupt.Vector = 4 + GetLogged(Device)->Number;
    Line.u.Interrupt.Affinity = 1;
    return WdfCmResourceListAppendDescriptor(Resources, &Line);
}

static NTSTATUS Identify(PWDFDEVICE_INIT Init, ULONG Number)
{
    DECLARE_CONST_UNICODE_STRING(DeviceId, L"WCBUS\\Child");
    DECLARE_CONST_UNICODE_STRING(Compatible, L"WCBUS\\Generic");
    DECLARE_CONST_UNICODE_STRING(Description, L"a child");
    DECLARE_CONST_UNICODE_STRING(Beschreibung, L"ein Kind");
    DECLARE_CONST_UNICODE_STRING(Location, L"the bus");
    WCHAR Digits[] = {(WCHAR)('0' + Number), 0};
    UNICODE_STRING Instance;
    NTSTATUS Status;

    RtlInitUnicodeString(&Instance, Digits);
    Status = WdfPdoInitAssignDeviceID(Init, &DeviceId);
    if (NT_SUCCESS(Status)) {
        Status = WdfPdoInitAddHardwareID(Init, &DeviceId);
    }
    if (NT_SUCCESS(Status)) {
        Status = WdfPdoInitAddCompatibleID(Init, &Compatible);
    }
    if (NT_SUCCESS(Status)) {
        Status = WdfPdoInitAssignInstanceID(Init, &Instance);
    }
    if (NT_SUCCESS(Status)) {
        Status = WdfPdoInitAddDeviceText(Init, &Description, &Location, 0x409);
    }
    if (NT_SUCCESS(Status)) {
        Status = WdfPdoInitAddDeviceText(Init, &Beschreibung, &Location, 0x407);
    }
    WdfPdoInitSetDefaultLocale(Init, 0x409);
    return Status;
}

static NTSTATUS Describe(PWDFDEVICE_INIT Init, ULONG Number)
{
    WDF_PDO_EVENT_CALLBACKS Events;
    NTSTATUS Status = Identify(Init, Number);

    WDF_PDO_EVENT_CALLBACKS_INIT(&Events);
    Events.EvtDeviceEject = ChildEject;
    Events.EvtDeviceSetLock = ChildSetLock;
    Events.EvtDeviceReportedMissing = ChildMissing;
    Events.EvtDeviceResourcesQuery = ChildResources;
    WdfPdoInitSetEventCallbacks(Init, &Events);
    if (NT_SUCCESS(Status) && PLAN->raw) {
        Status = WdfPdoInitAssignRawDevice(Init, &ChildClass);
    }
    if (PLAN->child_init != NULL) {
        PLAN->child_init(Init, Number);
    }
    return Status;
}

static NTSTATUS MakeChild(PWDFDEVICE_INIT *Init, ULONG Number, WDFDEVICE *Child)
{
    WDF_DEVICE_PNP_CAPABILITIES Capabilities;
    WDF_OBJECT_ATTRIBUTES Attributes;
    NTSTATUS Status = Describe(*Init, Number);

    SetLogged(*Init, &Attributes);
    if (NT_SUCCESS(Status)) {
        Status = WdfDeviceCreate(Init, &Attributes, Child);
    }
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    GetLogged(*Child)->Who = "pdo";
    GetLogged(*Child)->Number = Number;
    WDF_DEVICE_PNP_CAPABILITIES_INIT(&Capabilities);
    Capabilities.Address = Number;
    Capabilities.EjectSupported = WdfTrue;
    Capabilities.Removable = WdfTrue;
    WdfDeviceSetPnpCapabilities(*Child, &Capabilities);
    PLAN->child[Number] = *Child;
    return STATUS_SUCCESS;
}

static NTSTATUS AddStaticChild(WDFDEVICE Bus, ULONG Number)
{
    PWDFDEVICE_INIT Init = WdfPdoInitAllocate(Bus);
    WDFDEVICE Child;
    NTSTATUS Status;

    if (Init == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = MakeChild(&Init, Number, &Child);
    if (!NT_SUCCESS(Status)) {
        WdfDeviceInitFree(Init);
        return Status;
    }
    return PLAN->kept_back ? STATUS_SUCCESS : WdfFdoAddStaticChild(Bus, Child);
}

static NTSTATUS ListCreate(WDFCHILDLIST List, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER Id,
                           PWDFDEVICE_INIT Init)
{
    WDFDEVICE Child;

    UNREFERENCED_PARAMETER(List);
    PLAN->created++;
    if (!NT_SUCCESS(PLAN->create_status)) {
        return PLAN->create_status;
    }
    return MakeChild(&Init, ((struct drv_bus_id *)Id)->number, &Child);
}

static VOID ListScan(WDFCHILDLIST List)
{
    Note(WdfChildListGetDevice(List), "Scan");
    if (PLAN->scan != NULL) {
        PLAN->scan(List);
    }
}

static void AddList(PWDFDEVICE_INIT Init)
{
    WDF_CHILD_LIST_CONFIG Config;

    WDF_CHILD_LIST_CONFIG_INIT(&Config, sizeof(struct drv_bus_id), ListCreate);
    Config.AddressDescriptionSize = sizeof(struct drv_bus_address);
    Config.EvtChildListScanForChildren = ListScan;
    if (PLAN->config != NULL) {
        PLAN->config(&Config);
    }
    WdfFdoInitSetDefaultChildListConfig(Init, &Config, WDF_NO_OBJECT_ATTRIBUTES);
}

/* ---- the bus ---- */

static NTSTATUS BusAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init)
{
    PNP_BUS_INFORMATION Information = {.LegacyBusType = PNPBus, .BusNumber = 3};
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_IO_QUEUE_CONFIG Queue;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Driver);
    SetLogged(Init, &Attributes);
    if (PLAN->list) {
        AddList(Init);
    }
    if (PLAN->init != NULL) {
        PLAN->init(Init);
    }
    Status = WdfDeviceCreate(&Init, &Attributes, &PLAN->bus);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    GetLogged(PLAN->bus)->Who = "bus";
    Information.BusTypeGuid = ChildClass;
    WdfDeviceSetBusInformationForChildren(PLAN->bus, &Information);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Queue, WdfIoQueueDispatchParallel);
    Queue.EvtIoDeviceControl = LoggedControl;
    Status = WdfIoQueueCreate(PLAN->bus, &Queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    for (ULONG i = 1; i <= PLAN->children && NT_SUCCESS(Status); i++) {
        Status = AddStaticChild(PLAN->bus, i);
    }
    if (PLAN->added != NULL) {
        PLAN->added(PLAN->bus);
    }
    return Status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG Config;

    WDF_DRIVER_CONFIG_INIT(&Config, BusAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config,
                           WDF_NO_HANDLE);
}

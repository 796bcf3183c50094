/* driver.c - the driver of drv_project.vcxproj: DriverEntry and a device. */
#include "project.h"
#include <evntrace.h>
#include "driver.tmh"

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD ProjectDeviceAdd;
static EVT_WDF_OBJECT_CONTEXT_CLEANUP ProjectCleanup;

static NTSTATUS ProjectDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDFDEVICE device;
    NTSTATUS status = WdfDeviceCreate(&DeviceInit, WDF_NO_OBJECT_ATTRIBUTES, &device);

    UNREFERENCED_PARAMETER(Driver);
    TraceProject(TRACE_LEVEL_INFORMATION, PROJECT_ALL, "added, %!STATUS!", status);
    EventWriteTraceNames(NULL, 4, L"name", L"added", "device", &TRACE_PROVIDER);
    return NT_SUCCESS(status) ? BlockCreate(device) : status;
}

static VOID ProjectCleanup(WDFOBJECT Object)
{
    EventUnregisterBlock_Project_Trace();
    WPP_CLEANUP(WdfDriverWdmGetDriverObject((WDFDRIVER)Object));
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DRIVER_CONFIG config;
    NTSTATUS status;

    WPP_INIT_TRACING(DriverObject, RegistryPath);
    EventRegisterBlock_Project_Trace();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = ProjectCleanup;
    WDF_DRIVER_CONFIG_INIT(&config, ProjectDeviceAdd);
    status = WdfDriverCreate(DriverObject, RegistryPath, &attributes, &config, WDF_NO_HANDLE);
    if (!NT_SUCCESS(status)) {
        EventUnregisterBlock_Project_Trace();
        WPP_CLEANUP(DriverObject);
    }
    return status;
}

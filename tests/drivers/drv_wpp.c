/* drv_wpp.c - traces by every means of WPP, from DriverEntry. Built with LEAVES_TRACING it does not clean
 * up, with STARTS_TWICE it initializes tracing twice.
 */
#include <ntddk.h>

#include "drv_wpp_trace.h"
#include "drv_wpp.tmh"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WppUnload;
VOID TraceMore(VOID);

static void ReturnWhenFailed(NTSTATUS Status)
{
    ReturnIf(Status);
    DoTraceMessage(FLAG_INIT, "not returned");
}

static void TraceTypes(void)
{
    static const GUID Guid = {
        0x12345678, 0x9ABC, 0xDEF0, {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF}};
    char Bytes[] = {0x01, 0x7F, (char)0xFF};
    xstr_t Block = {Bytes, sizeof(Bytes)};
    UNICODE_STRING Wide = RTL_CONSTANT_STRING(L"wide");

    DoTraceMessage(FLAG_INIT, "status %!STATUS! %!status!", STATUS_PENDING, (NTSTATUS)0xE0001234);
    DoTraceMessage(FLAG_INIT, "hresult %!HRESULT! %!HRESULT!", 0, 0xD0000022);
    DoTraceMessage(FLAG_INIT, "winerror %!WINERROR!", 5);
    DoTraceMessage(FLAG_INIT, "guid %!GUID!", &Guid);
    DoTraceMessage(FLAG_INIT, "bool %!bool! %!bool8!", 1, 0x100);
    DoTraceMessage(FLAG_INIT, "irql %!irql! %!irql!", KeGetCurrentIrql(), DISPATCH_LEVEL + 3);
    DoTraceMessage(FLAG_INIT, "own %!state! %!color! %!color! %!parts!", 3, 2, 9, 5);
    DoTraceMessage(FLAG_INIT, "dump %!HEXDUMP! then %d", Block, 11);
    DoTraceMessage(FLAG_INIT, "after six %d %d %d %d %!HEXDUMP! %d", 1, 2, 3, 4, Block, 5);
    DoTraceMessage(FLAG_INIT, "text %s %S %wZ %!s! %!USTR!", "narrow", L"wide", &Wide, "s", &Wide);
    DoTraceMessage(FLAG_INIT, "numbers %ld %I64x %!d! %p", -1, 0x123456789ABCull, 4, NULL);
    DoTraceMessage(FLAG_INIT, "here %!FUNC! %!FILE! %!FLAGS!\n");
    DoTraceMessage(FLAG_INIT, "time %!TIMESTAMP! %!DUE!", 116444736000000000ll, -36000000000ll);
    DoTraceMessage(FLAG_INIT, "net %!ipaddr! %!port!", 0x0100007F, 0x5000);
    DoTraceMessage(FLAG_INIT, "unknown %!NOBODYS! %d", 1);
}

static void TraceFunctions(void)
{
    TraceEvents(TRACE_LEVEL_ERROR, FLAG_INIT, "events %!LEVEL! %!FLAGS!");
    TraceEvents(TRACE_LEVEL_VERBOSE, FLAG_INIT, "verbose");
    TraceEvents(TRACE_LEVEL_ERROR, FLAG_OTHER, "other");
    Trace(TRACE_LEVEL_WARNING, "trace %!LEVEL! %!FLAGS! %d", 1);
    TraceInner((TRACE_LEVEL_WARNING, FLAG_IO, "inner %d", 2));
    TraceHalf(TRACE_LEVEL_WARNING, FLAG_IO, ("half %d", 3));
    TraceEntry(FLAG_IO);
    TraceNumbered(TRACE_LEVEL_WARNING, FLAG_IO, "numbered %d", 4);
    ReturnWhenFailed(STATUS_SUCCESS);
    ReturnWhenFailed(STATUS_NO_SUCH_DEVICE);
    if (FALSE)
        TraceEvents(TRACE_LEVEL_ERROR, FLAG_INIT, "never");
    else
        TraceEvents(TRACE_LEVEL_ERROR, FLAG_INIT, "always");
    TraceMore();
}

static void TraceToLogs(void)
{
    RECORDER_CONFIGURE_PARAMS Configure;
    RECORDER_LOG_CREATE_PARAMS Create;
    RECORDER_LOG Log = NULL;
    NTSTATUS Status;

    RECORDER_CONFIGURE_PARAMS_INIT(&Configure);
    TraceLog(NULL, FLAG_IO, "default log %d", WppRecorderIsDefaultLogAvailable());
    Configure.CreateDefaultLog = FALSE;
    WppRecorderConfigure(&Configure);
    TraceLog(NULL, FLAG_IO, "default log %d %p", WppRecorderIsDefaultLogAvailable(),
             WppRecorderLogGetDefault());
    RECORDER_LOG_CREATE_PARAMS_INIT(&Create, "a name of more than 15 characters");
    Status = WppRecorderLogCreate(&Create, &Log);
    TraceLog(Log, FLAG_IO, "log '%s' %!STATUS!", Create.LogIdentifier, Status);
    if (NT_SUCCESS(Status)) {
        WppRecorderLogDelete(Log);
    }
}

static VOID WppUnload(PDRIVER_OBJECT DriverObject)
{
    TraceEvents(TRACE_LEVEL_ERROR, FLAG_INIT, "unload");
#if !defined(LEAVES_TRACING)
    WPP_CLEANUP(DriverObject);
#endif
    TraceEvents(TRACE_LEVEL_ERROR, FLAG_INIT, "after the end");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    TraceEvents(TRACE_LEVEL_ERROR, FLAG_INIT, "before the start");
    WPP_INIT_TRACING(DriverObject, RegistryPath);
#if defined(STARTS_TWICE)
    WPP_INIT_TRACING(DriverObject, RegistryPath);
#endif
    DriverObject->DriverUnload = WppUnload;
    TraceTypes();
    TraceFunctions();
    TraceToLogs();
    return STATUS_SUCCESS;
}

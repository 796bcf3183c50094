/* driver.c - what its project says, and Windows' ways of finding headers, are seen while it compiles. */
#include <ntddk.h>
#include <tchar.h>
#include <spb.h>
#include <beside.h>
#include "spb.h"
#include "Old.h."
#include "oldlog.h"

#define WPP_CONTROL_GUIDS                                                        \
    WPP_DEFINE_CONTROL_GUID(OldGuid, (b10c000a, 0000, 0000, 0000, 000000000000), \
                            WPP_DEFINE_BIT(OLD_ALL))
#include "driver.tmh"

C_ASSERT(OLD_NUMBER == 5 && OLD_SPB && OLD_HEADER && sizeof(TCHAR) == sizeof(WCHAR));
C_ASSERT(sizeof(struct OldBeside) == 4);
C_ASSERT(OLD_FAILED == (NTSTATUS)0xC0070002);
#ifndef OLD_MORE
#error a definition is missing
#endif

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD OldUnload;

static VOID OldUnload(PDRIVER_OBJECT DriverObject)
{
    WPP_CLEANUP(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    SPB_TRANSFER_LIST_AND_ENTRIES(2) Sequence;

    WPP_INIT_TRACING(DriverObject, RegistryPath);
    DriverObject->DriverUnload = OldUnload;
    SPB_TRANSFER_LIST_INIT(&Sequence.List, 2);
    DbgPrint("old, and there: %wZ\n", RegistryPath);
    TraceOld(OLD_ALL, "a list of %u", Sequence.List.TransferCount);
    return IOCTL_SPB_EXECUTE_SEQUENCE == 0x41808 ? STATUS_SUCCESS : OLD_FAILED;
}

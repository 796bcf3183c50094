/* test_nt_layout.c - structures have the sizes and offsets of x64 Windows, strings and integers
 * behave as in Microsoft's library.
 */
#include <ntddk.h>
#include <ntintsafe.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
    const char *name;
    size_t is;
    size_t wanted;
} layout[] = {
    {"KDPC", sizeof(KDPC), 64},
    {"KDPC.DeferredRoutine", __builtin_offsetof(KDPC, DeferredRoutine), 24},
    {"KDPC.DpcData", __builtin_offsetof(KDPC, DpcData), 56},
    {"KTIMER", sizeof(KTIMER), 64},
    {"KTIMER.DueTime", __builtin_offsetof(KTIMER, DueTime), 24},
    {"KTIMER.TimerListEntry", __builtin_offsetof(KTIMER, TimerListEntry), 32},
    {"KTIMER.Dpc", __builtin_offsetof(KTIMER, Dpc), 48},
    {"KTIMER.Period", __builtin_offsetof(KTIMER, Period), 60},
    {"KEVENT", sizeof(KEVENT), 24},
    {"DISPATCHER_HEADER.SignalState", __builtin_offsetof(DISPATCHER_HEADER, SignalState), 4},
    {"DISPATCHER_HEADER.WaitListHead", __builtin_offsetof(DISPATCHER_HEADER, WaitListHead), 8},
    {"KSEMAPHORE", sizeof(KSEMAPHORE), 32},
    {"KMUTEX", sizeof(KMUTEX), 56},
    {"KMUTEX.OwnerThread", __builtin_offsetof(KMUTEX, OwnerThread), 40},
    {"FAST_MUTEX", sizeof(FAST_MUTEX), 56},
    {"FAST_MUTEX.OldIrql", __builtin_offsetof(FAST_MUTEX, OldIrql), 48},
    {"KGUARDED_MUTEX", sizeof(KGUARDED_MUTEX), 56},
    {"KWAIT_BLOCK", sizeof(KWAIT_BLOCK), 48},
    {"KLOCK_QUEUE_HANDLE", sizeof(KLOCK_QUEUE_HANDLE), 24},
    {"ERESOURCE", sizeof(ERESOURCE), 104},
    {"ERESOURCE.OwnerEntry", __builtin_offsetof(ERESOURCE, OwnerEntry), 48},
    {"ERESOURCE.SpinLock", __builtin_offsetof(ERESOURCE, SpinLock), 96},
    {"EX_RUNDOWN_REF", sizeof(EX_RUNDOWN_REF), 8},
    {"IRP", sizeof(IRP), 208},
    {"IRP.MdlAddress", __builtin_offsetof(IRP, MdlAddress), 8},
    {"IRP.AssociatedIrp", __builtin_offsetof(IRP, AssociatedIrp), 24},
    {"IRP.IoStatus", __builtin_offsetof(IRP, IoStatus), 48},
    {"IRP.RequestorMode", __builtin_offsetof(IRP, RequestorMode), 64},
    {"IRP.CancelIrql", __builtin_offsetof(IRP, CancelIrql), 69},
    {"IRP.UserIosb", __builtin_offsetof(IRP, UserIosb), 72},
    {"IRP.UserEvent", __builtin_offsetof(IRP, UserEvent), 80},
    {"IRP.Overlay", __builtin_offsetof(IRP, Overlay), 88},
    {"IRP.CancelRoutine", __builtin_offsetof(IRP, CancelRoutine), 104},
    {"IRP.UserBuffer", __builtin_offsetof(IRP, UserBuffer), 112},
    {"IRP.Tail", __builtin_offsetof(IRP, Tail), 120},
    {"IRP.Tail.Overlay.Thread", __builtin_offsetof(IRP, Tail.Overlay.Thread), 152},
    {"IRP.Tail.Overlay.ListEntry", __builtin_offsetof(IRP, Tail.Overlay.ListEntry), 168},
    {"IRP.Tail.Overlay.CurrentStackLocation",
     __builtin_offsetof(IRP, Tail.Overlay.CurrentStackLocation), 184},
    {"IRP.Tail.Overlay.OriginalFileObject",
     __builtin_offsetof(IRP, Tail.Overlay.OriginalFileObject), 192},
    {"IO_STACK_LOCATION", sizeof(IO_STACK_LOCATION), 72},
    {"IO_STACK_LOCATION.Parameters.Read.Key",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Read.Key), 16},
    {"IO_STACK_LOCATION.Parameters.Read.ByteOffset",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Read.ByteOffset), 24},
    {"IO_STACK_LOCATION.Parameters.Create.Options",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Create.Options), 16},
    {"IO_STACK_LOCATION.Parameters.Create.FileAttributes",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Create.FileAttributes), 24},
    {"IO_STACK_LOCATION.Parameters.Create.ShareAccess",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Create.ShareAccess), 26},
    {"IO_STACK_LOCATION.Parameters.Create.EaLength",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Create.EaLength), 32},
    {"IO_STACK_LOCATION.Parameters.DeviceIoControl.InputBufferLength",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.DeviceIoControl.InputBufferLength), 16},
    {"IO_STACK_LOCATION.Parameters.DeviceIoControl.IoControlCode",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.DeviceIoControl.IoControlCode), 24},
    {"IO_STACK_LOCATION.Parameters.DeviceIoControl.Type3InputBuffer",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.DeviceIoControl.Type3InputBuffer), 32},
    {"IO_STACK_LOCATION.Parameters.Power.Type",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Power.Type), 16},
    {"IO_STACK_LOCATION.Parameters.Power.State",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Power.State), 24},
    {"IO_STACK_LOCATION.Parameters.Power.ShutdownType",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.Power.ShutdownType), 32},
    {"IO_STACK_LOCATION.Parameters.ReadWriteConfig.Length",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.ReadWriteConfig.Length), 32},
    {"IO_STACK_LOCATION.Parameters.UsageNotification.Type",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.UsageNotification.Type), 16},
    {"IO_STACK_LOCATION.Parameters.SetFile.FileObject",
     __builtin_offsetof(IO_STACK_LOCATION, Parameters.SetFile.FileObject), 24},
    {"IO_STACK_LOCATION.DeviceObject", __builtin_offsetof(IO_STACK_LOCATION, DeviceObject), 40},
    {"IO_STACK_LOCATION.FileObject", __builtin_offsetof(IO_STACK_LOCATION, FileObject), 48},
    {"IO_STACK_LOCATION.CompletionRoutine",
     __builtin_offsetof(IO_STACK_LOCATION, CompletionRoutine), 56},
    {"IO_STACK_LOCATION.Context", __builtin_offsetof(IO_STACK_LOCATION, Context), 64},
    {"KAPC", sizeof(KAPC), 88},
    {"KAPC.ApcListEntry", __builtin_offsetof(KAPC, ApcListEntry), 16},
    {"KAPC.NormalContext", __builtin_offsetof(KAPC, NormalContext), 56},
    {"DEVICE_OBJECT", sizeof(DEVICE_OBJECT), 336},
    {"DEVICE_OBJECT.DriverObject", __builtin_offsetof(DEVICE_OBJECT, DriverObject), 8},
    {"DEVICE_OBJECT.Flags", __builtin_offsetof(DEVICE_OBJECT, Flags), 48},
    {"DEVICE_OBJECT.Vpb", __builtin_offsetof(DEVICE_OBJECT, Vpb), 56},
    {"DEVICE_OBJECT.DeviceExtension", __builtin_offsetof(DEVICE_OBJECT, DeviceExtension), 64},
    {"DEVICE_OBJECT.DeviceType", __builtin_offsetof(DEVICE_OBJECT, DeviceType), 72},
    {"DEVICE_OBJECT.StackSize", __builtin_offsetof(DEVICE_OBJECT, StackSize), 76},
    {"DEVICE_OBJECT.Queue", __builtin_offsetof(DEVICE_OBJECT, Queue), 80},
    {"DEVICE_OBJECT.AlignmentRequirement", __builtin_offsetof(DEVICE_OBJECT, AlignmentRequirement),
     152},
    {"DEVICE_OBJECT.DeviceQueue", __builtin_offsetof(DEVICE_OBJECT, DeviceQueue), 160},
    {"DEVICE_OBJECT.Dpc", __builtin_offsetof(DEVICE_OBJECT, Dpc), 200},
    {"DEVICE_OBJECT.ActiveThreadCount", __builtin_offsetof(DEVICE_OBJECT, ActiveThreadCount), 264},
    {"DEVICE_OBJECT.DeviceLock", __builtin_offsetof(DEVICE_OBJECT, DeviceLock), 280},
    {"DEVICE_OBJECT.SectorSize", __builtin_offsetof(DEVICE_OBJECT, SectorSize), 304},
    {"DEVICE_OBJECT.DeviceObjectExtension",
     __builtin_offsetof(DEVICE_OBJECT, DeviceObjectExtension), 312},
    {"DRIVER_OBJECT", sizeof(DRIVER_OBJECT), 336},
    {"DRIVER_OBJECT.DriverExtension", __builtin_offsetof(DRIVER_OBJECT, DriverExtension), 48},
    {"DRIVER_OBJECT.DriverName", __builtin_offsetof(DRIVER_OBJECT, DriverName), 56},
    {"DRIVER_OBJECT.DriverUnload", __builtin_offsetof(DRIVER_OBJECT, DriverUnload), 104},
    {"DRIVER_OBJECT.MajorFunction", __builtin_offsetof(DRIVER_OBJECT, MajorFunction), 112},
    {"DRIVER_EXTENSION", sizeof(DRIVER_EXTENSION), 40},
    {"FILE_OBJECT", sizeof(FILE_OBJECT), 216},
    {"FILE_OBJECT.FsContext", __builtin_offsetof(FILE_OBJECT, FsContext), 24},
    {"FILE_OBJECT.FileName", __builtin_offsetof(FILE_OBJECT, FileName), 88},
    {"FILE_OBJECT.Flags", __builtin_offsetof(FILE_OBJECT, Flags), 80},
    {"FILE_OBJECT.Lock", __builtin_offsetof(FILE_OBJECT, Lock), 128},
    {"FILE_OBJECT.Event", __builtin_offsetof(FILE_OBJECT, Event), 152},
    {"FILE_OBJECT.CompletionContext", __builtin_offsetof(FILE_OBJECT, CompletionContext), 176},
    {"FILE_OBJECT.IrpList", __builtin_offsetof(FILE_OBJECT, IrpList), 192},
    {"MDL", sizeof(MDL), 48},
    {"MDL.MdlFlags", __builtin_offsetof(MDL, MdlFlags), 10},
    {"MDL.Process", __builtin_offsetof(MDL, Process), 16},
    {"MDL.MappedSystemVa", __builtin_offsetof(MDL, MappedSystemVa), 24},
    {"MDL.StartVa", __builtin_offsetof(MDL, StartVa), 32},
    {"MDL.ByteCount", __builtin_offsetof(MDL, ByteCount), 40},
    {"MDL.ByteOffset", __builtin_offsetof(MDL, ByteOffset), 44},
    {"KDEVICE_QUEUE", sizeof(KDEVICE_QUEUE), 40},
    {"KDEVICE_QUEUE.Lock", __builtin_offsetof(KDEVICE_QUEUE, Lock), 24},
    {"KDEVICE_QUEUE.Busy", __builtin_offsetof(KDEVICE_QUEUE, Busy), 32},
    {"KDEVICE_QUEUE_ENTRY", sizeof(KDEVICE_QUEUE_ENTRY), 24},
    {"WAIT_CONTEXT_BLOCK", sizeof(WAIT_CONTEXT_BLOCK), 72},
    {"IO_STATUS_BLOCK", sizeof(IO_STATUS_BLOCK), 16},
    {"CM_PARTIAL_RESOURCE_DESCRIPTOR", sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR), 20},
    {"CM_PARTIAL_RESOURCE_DESCRIPTOR.u.Interrupt.Vector",
     __builtin_offsetof(CM_PARTIAL_RESOURCE_DESCRIPTOR, u.Interrupt.Vector), 8},
    {"CM_PARTIAL_RESOURCE_DESCRIPTOR.u.Interrupt.Affinity",
     __builtin_offsetof(CM_PARTIAL_RESOURCE_DESCRIPTOR, u.Interrupt.Affinity), 12},
    {"CM_PARTIAL_RESOURCE_DESCRIPTOR.u.MessageInterrupt.Raw.MessageCount",
     __builtin_offsetof(CM_PARTIAL_RESOURCE_DESCRIPTOR, u.MessageInterrupt.Raw.MessageCount), 6},
    {"CM_PARTIAL_RESOURCE_LIST", sizeof(CM_PARTIAL_RESOURCE_LIST), 28},
    {"CM_FULL_RESOURCE_DESCRIPTOR", sizeof(CM_FULL_RESOURCE_DESCRIPTOR), 36},
    {"CM_RESOURCE_LIST", sizeof(CM_RESOURCE_LIST), 40},
    {"IO_RESOURCE_DESCRIPTOR", sizeof(IO_RESOURCE_DESCRIPTOR), 32},
    {"IO_RESOURCE_LIST", sizeof(IO_RESOURCE_LIST), 40},
    {"IO_RESOURCE_REQUIREMENTS_LIST", sizeof(IO_RESOURCE_REQUIREMENTS_LIST), 72},
    {"PROCESSOR_NUMBER", sizeof(PROCESSOR_NUMBER), 4},
    {"GROUP_AFFINITY", sizeof(GROUP_AFFINITY), 16},
    {"DEVICE_CAPABILITIES", sizeof(DEVICE_CAPABILITIES), 64},
    {"DEVICE_CAPABILITIES.Address", __builtin_offsetof(DEVICE_CAPABILITIES, Address), 8},
    {"DEVICE_CAPABILITIES.SystemWake", __builtin_offsetof(DEVICE_CAPABILITIES, SystemWake), 44},
    {"POWER_STATE", sizeof(POWER_STATE), 4},
    {"IO_CONNECT_INTERRUPT_PARAMETERS", sizeof(IO_CONNECT_INTERRUPT_PARAMETERS), 80},
    {"IO_CONNECT_INTERRUPT_PARAMETERS.FullySpecified.Vector",
     __builtin_offsetof(IO_CONNECT_INTERRUPT_PARAMETERS, FullySpecified.Vector), 52},
    {"IO_CONNECT_INTERRUPT_PARAMETERS.FullySpecified.ProcessorEnableMask",
     __builtin_offsetof(IO_CONNECT_INTERRUPT_PARAMETERS, FullySpecified.ProcessorEnableMask), 64},
    {"IO_CONNECT_INTERRUPT_PARAMETERS.MessageBased.FallBackServiceRoutine",
     __builtin_offsetof(IO_CONNECT_INTERRUPT_PARAMETERS, MessageBased.FallBackServiceRoutine), 56},
    {"IO_DISCONNECT_INTERRUPT_PARAMETERS", sizeof(IO_DISCONNECT_INTERRUPT_PARAMETERS), 16},
    {"IO_INTERRUPT_MESSAGE_INFO", sizeof(IO_INTERRUPT_MESSAGE_INFO), 56},
    {"IO_INTERRUPT_MESSAGE_INFO_ENTRY", sizeof(IO_INTERRUPT_MESSAGE_INFO_ENTRY), 48},
    {"SLIST_HEADER", sizeof(SLIST_HEADER), 16},
    {"SLIST_ENTRY", sizeof(SLIST_ENTRY), 16},
    {"NPAGED_LOOKASIDE_LIST", sizeof(NPAGED_LOOKASIDE_LIST), 128},
    {"PAGED_LOOKASIDE_LIST", sizeof(PAGED_LOOKASIDE_LIST), 128},
    {"LOOKASIDE_LIST_EX", sizeof(LOOKASIDE_LIST_EX), 96},
    {"GENERAL_LOOKASIDE", sizeof(GENERAL_LOOKASIDE), 128},
    {"OBJECT_ATTRIBUTES", sizeof(OBJECT_ATTRIBUTES), 48},
    {"UNICODE_STRING", sizeof(UNICODE_STRING), 16},
    {"RTL_BITMAP", sizeof(RTL_BITMAP), 16},
    {"TIME_FIELDS", sizeof(TIME_FIELDS), 16},
    {"RTL_QUERY_REGISTRY_TABLE", sizeof(RTL_QUERY_REGISTRY_TABLE), 56},
    {"IO_REMOVE_LOCK", sizeof(IO_REMOVE_LOCK), 32},
    {"IO_CSQ", sizeof(IO_CSQ), 64},
    {"IO_CSQ_IRP_CONTEXT", sizeof(IO_CSQ_IRP_CONTEXT), 24},
    {"WORK_QUEUE_ITEM", sizeof(WORK_QUEUE_ITEM), 32},
    {"DEVICE_DESCRIPTION", sizeof(DEVICE_DESCRIPTION), 64},
    {"DMA_ADAPTER", sizeof(DMA_ADAPTER), 16},
    {"DMA_OPERATIONS", sizeof(DMA_OPERATIONS), 320},
    {"DMA_OPERATIONS.GetScatterGatherList",
     __builtin_offsetof(DMA_OPERATIONS, GetScatterGatherList), 88},
    {"SCATTER_GATHER_ELEMENT", sizeof(SCATTER_GATHER_ELEMENT), 24},
    {"BUS_INTERFACE_STANDARD", sizeof(BUS_INTERFACE_STANDARD), 64},
    {"INTERFACE", sizeof(INTERFACE), 32},
    {"PNP_BUS_INFORMATION", sizeof(PNP_BUS_INFORMATION), 24},
    {"IO_ERROR_LOG_PACKET", sizeof(IO_ERROR_LOG_PACKET), 48},
    {"KBUGCHECK_CALLBACK_RECORD", sizeof(KBUGCHECK_CALLBACK_RECORD), 64},
    {"KBUGCHECK_REASON_CALLBACK_RECORD", sizeof(KBUGCHECK_REASON_CALLBACK_RECORD), 48},
    {"CONTROLLER_OBJECT", sizeof(CONTROLLER_OBJECT), 72},
    {"CONFIGURATION_INFORMATION", sizeof(CONFIGURATION_INFORMATION), 40},
    {"PCI_COMMON_CONFIG", sizeof(PCI_COMMON_CONFIG), 256},
    {"KEY_VALUE_PARTIAL_INFORMATION", sizeof(KEY_VALUE_PARTIAL_INFORMATION), 16},
    {"KEY_FULL_INFORMATION", sizeof(KEY_FULL_INFORMATION), 48},
    {"FILE_STANDARD_INFORMATION", sizeof(FILE_STANDARD_INFORMATION), 24},
    {"RTL_OSVERSIONINFOW", sizeof(RTL_OSVERSIONINFOW), 276},
    {"RTL_OSVERSIONINFOEXW", sizeof(RTL_OSVERSIONINFOEXW), 284},
    {"SYSTEM_POWER_STATE_CONTEXT", sizeof(SYSTEM_POWER_STATE_CONTEXT), 4},
    {"EXT_SET_PARAMETERS", sizeof(EXT_SET_PARAMETERS), 16},
};

static void structures_are_laid_out_as_on_windows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAYSIZE(layout); i++) {
        if (layout[i].is != layout[i].wanted) {
            fail_msg("%s: %zu, on Windows %zu", layout[i].name, layout[i].is, layout[i].wanted);
        }
    }
}

static void basic_types_are_llp64(void **state)
{
    (void)state;
    assert_int_equal(sizeof(LONG), 4);
    assert_int_equal(sizeof(ULONG), 4);
    assert_int_equal(sizeof(NTSTATUS), 4);
    assert_int_equal(sizeof(WCHAR), 2);
    assert_int_equal(sizeof(L"x"), 4);
    assert_int_equal(sizeof(PVOID), 8);
    assert_int_equal(sizeof(SIZE_T), 8);
    assert_int_equal(sizeof(__int64), 8);
    assert_int_equal(sizeof(KIRQL), 1);
    assert_int_equal(CTL_CODE(FILE_DEVICE_SERIAL_PORT, 1, METHOD_BUFFERED, FILE_ANY_ACCESS),
                     0x1b0004);
}

static void safe_arithmetic_notices_overflow(void **state)
{
    ULONG sum;
    USHORT half;
    SIZE_T product;
    LONG back;

    (void)state;
    assert_int_equal(RtlULongAdd(0xFFFFFFFE, 1, &sum), STATUS_SUCCESS);
    assert_int_equal(sum, 0xFFFFFFFF);
    assert_int_equal(RtlULongAdd(0xFFFFFFFF, 1, &sum), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(sum, ULONG_ERROR);
    assert_int_equal(RtlULongSub(1, 2, &sum), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlSizeTMult(1ull << 40, 1ull << 23, &product), STATUS_SUCCESS);
    assert_int_equal(RtlSizeTMult(1ull << 40, 1ull << 24, &product), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlULongToUShort(0x10000, &half), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlULongToUShort(0xFFFF, &half), STATUS_SUCCESS);
    assert_int_equal(half, 0xFFFF);
    assert_int_equal(RtlULongToLong(0x80000000, &back), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlLongToULong(-1, &sum), STATUS_INTEGER_OVERFLOW);
}

static void wide_text_has_16_bit_units(void **state)
{
    WCHAR text[16];
    char narrow[8];

    (void)state;
    assert_int_equal(wcslen(L"four"), 4);
    assert_int_equal(wcscmp(L"abc", L"abd") < 0, 1);
    assert_int_equal(wcsncmp(L"abc", L"abd", 2), 0);
    assert_int_equal(_wcsicmp(L"\u00C4bc", L"\u00E4BC"), 0);
    assert_int_equal(wcscpy_s(text, ARRAYSIZE(text), L"COM"), 0);
    wcscat(text, L"12");
    assert_int_equal(wcscmp(text, L"COM12"), 0);
    assert_ptr_equal(wcschr(text, L'1'), text + 3);
    assert_ptr_equal(wcsstr(text, L"M1"), text + 2);
    assert_null(wcsrchr(text, L'x'));
    assert_int_not_equal(wcscpy_s(text, 3, L"abc"), 0);
    assert_int_equal(text[0], 0);
    assert_int_equal(swprintf_s(text, ARRAYSIZE(text), L"%s-%lu", L"w", 7), 3);
    assert_int_equal(wcscmp(text, L"w-7"), 0);
    assert_int_equal(_snprintf(narrow, sizeof(narrow), "%I64x", 0x123456789ull), -1);
    assert_int_equal(_snprintf(narrow, sizeof(narrow), "%ws", L"wide"), 4);
    assert_string_equal(narrow, "wide");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structures_are_laid_out_as_on_windows),
        cmocka_unit_test(basic_types_are_llp64),
        cmocka_unit_test(safe_arithmetic_notices_overflow),
        cmocka_unit_test(wide_text_has_16_bit_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* block.c - the data block of block.mof. What the project file says is looked at when it is compiled. */
#include "project.h"
#include "library.h"
#include <ntddser.h>
#include PROJECT_SHEET
#include "path.h"

#if PROJECT_SHEET_NUMBER + PROJECT_PATH_NUMBER != 8
#error "the property sheet's or IncludePath's folder is missing"
#endif
#if PROJECT_NUMBER != 7 || FOR_64_BITS != 1
#error "definitions of the project are missing"
#endif
#ifdef NOT_FOR_64_BITS
#error "a definition for 32 bits came along"
#endif

C_ASSERT(BLOCK_READY == 0x40070010);
C_ASSERT((ULONG)BLOCK_LOST == 0xC0070011);
C_ASSERT((ULONG)BLOCK_GONE == 0xC0070015);
C_ASSERT(FACILITY_BLOCK == 7 && BLOCK_EVENTS == 3);

C_ASSERT(sizeof(POINT) == 8 && POINT_SIZE == 8 && POINT_Y_SIZE == 6);
C_ASSERT(FIELD_OFFSET(Block, Count) == 0 && FIELD_OFFSET(Block, Level) == 8);
C_ASSERT(Block_Points_SIZE == 16 && Block_Label_SIZE == 8 * sizeof(WCHAR));
C_ASSERT(FIELD_OFFSET(Block, VariableData) == 44);
C_ASSERT(Block_Name_ID == 5 && Block_Last_ID == 6 && Block_Level_ID == 2);
C_ASSERT(BlockAdd == 3 && BlockReset == 4 && BlockAdd_IN_SIZE == 5 && BlockAdd_OUT_SIZE == 8);
C_ASSERT(FIELD_OFFSET(BlockChanged, Values) == 0);

static EVT_WDF_WMI_INSTANCE_QUERY_INSTANCE BlockQuery;
static EVT_WDF_WMI_INSTANCE_SET_ITEM BlockSetItem;
static EVT_WDF_WMI_INSTANCE_EXECUTE_METHOD BlockExecute;

static Block BlockNow;

/* Microsoft's compiler drops the comma before arguments that are not there. */
#define BLOCK_COUNT_(A, B, C, Count, ...) (Count)
#define BLOCK_COUNT(First, ...)           BLOCK_COUNT_(First, __VA_ARGS__, 3, 2, 1)
C_ASSERT(BLOCK_COUNT(0) == 1 && BLOCK_COUNT(0, 0) == 2 && BLOCK_COUNT(0, 0, 0) == 3);
/* clang-format off: it takes these for something else */
C_ASSERT(sizeof(5I64) == 8 && 5ui64 - 6 > 0 && 0x10i32 == 16);
/* clang-format on */

static NTSTATUS BlockQuery(WDFWMIINSTANCE WmiInstance, ULONG OutBufferSize, PVOID OutBuffer,
                           PULONG BufferUsed)
{
    DECLARE_CONST_UNICODE_STRING(name, L"a block");
    ULONG size = FIELD_OFFSET(Block, VariableData);
    ULONG more;

    UNREFERENCED_PARAMETER(WmiInstance);
    *BufferUsed = size + sizeof(USHORT) + name.Length;
    if (OutBufferSize < *BufferUsed) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    RtlCopyMemory(OutBuffer, &BlockNow, size);
    return WDF_WMI_BUFFER_APPEND_STRING((PUCHAR)OutBuffer + size, OutBufferSize - size, &name,
                                        &more);
}

static NTSTATUS BlockSetItem(WDFWMIINSTANCE WmiInstance, ULONG DataItemId, ULONG InBufferSize,
                             PVOID InBuffer)
{
    UNREFERENCED_PARAMETER(WmiInstance);
    if (DataItemId != Block_Level_ID) {
        return STATUS_WMI_READ_ONLY;
    }
    if (InBufferSize < Block_Level_SIZE) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    BlockNow.Level = *(PULONG)InBuffer;
    return STATUS_SUCCESS;
}

static NTSTATUS BlockExecute(WDFWMIINSTANCE WmiInstance, ULONG MethodId, ULONG InBufferSize,
                             ULONG OutBufferSize, PVOID Buffer, PULONG BufferUsed)
{
    BlockAdd_IN in;

    UNREFERENCED_PARAMETER(WmiInstance);
    if (MethodId != BlockAdd) {
        return STATUS_WMI_ITEMID_NOT_FOUND;
    }
    *BufferUsed = BlockAdd_OUT_SIZE;
    if (InBufferSize < BlockAdd_IN_SIZE) {
        return STATUS_INVALID_PARAMETER;
    }
    if (OutBufferSize < BlockAdd_OUT_SIZE) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    RtlCopyMemory(&in, Buffer, BlockAdd_IN_SIZE);
    ((BlockAdd_OUT *)Buffer)->Sum = (ULONGLONG)in.A + in.B;
    return STATUS_SUCCESS;
}

NTSTATUS BlockCreate(WDFDEVICE Device)
{
    DECLARE_CONST_UNICODE_STRING(mof, L"BlockMof");
    WDF_WMI_PROVIDER_CONFIG provider;
    WDF_WMI_INSTANCE_CONFIG config;
    NTSTATUS status = WdfDeviceAssignMofResourceName(Device, &mof);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    BlockNow.Count = GUID_DEVINTERFACE_COMPORT.Data1 == 0x86e0d1e0 ? LibraryDouble(21) : 0;
    BlockNow.Level = 3;
    WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &Block_GUID);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider);
    config.Register = TRUE;
    config.EvtWmiInstanceQueryInstance = BlockQuery;
    config.EvtWmiInstanceSetItem = BlockSetItem;
    config.EvtWmiInstanceExecuteMethod = BlockExecute;
    return WdfWmiInstanceCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

/* verify.c - is what was read what the device received? A CRC over a large read takes long. It is
 * computed in a threaded DPC: while that runs at PASSIVE_LEVEL, ordinary DPCs of its processor are
 * not held up by it. (Where threaded DPCs are switched off it runs at DISPATCH_LEVEL, and must work
 * just the same.)
 */
#include "link.h"

VOID LinkVerifyInit(PLINK_EXTENSION Extension)
{
    KeInitializeSpinLock(&Extension->VerifyLock);
    InitializeListHead(&Extension->VerifyList);
    KeInitializeThreadedDpc(&Extension->VerifyDpc, LinkVerifyDpc, Extension);
    /* On one processor it never runs twice at a time, so that reads end in the order they came. */
    KeSetTargetProcessorDpc(&Extension->VerifyDpc, 0);
}

/* The request is ours; all of its bytes are there. At or below DISPATCH_LEVEL. */
VOID LinkVerify(PLINK_EXTENSION Extension, PIRP Irp)
{
    KIRQL irql;

    KeAcquireSpinLock(&Extension->VerifyLock, &irql);
    InsertTailList(&Extension->VerifyList, &Irp->Tail.Overlay.ListEntry);
    /* FALSE if it is queued already: it will find this request as well. Under the lock, because the
     * request may end, and the device go, as soon as it is released. */
    KeInsertQueueDpc(&Extension->VerifyDpc, NULL, NULL);
    KeReleaseSpinLock(&Extension->VerifyLock, irql);
}

/* CRC-32 as the device computes it (polynomial 0x04c11db7, reflected), half a byte at a time. */
static ULONG LinkCrc(const UCHAR *Data, SIZE_T Size)
{
    static const ULONG table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    ULONG crc = 0xffffffff;

    for (SIZE_T i = 0; i < Size; i++) {
        crc ^= Data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

static PIRP LinkVerifyTake(PLINK_EXTENSION Extension)
{
    PIRP irp = NULL;
    KIRQL irql = KeAcquireSpinLockForDpc(&Extension->VerifyLock);

    if (!IsListEmpty(&Extension->VerifyList)) {
        irp =
            CONTAINING_RECORD(RemoveHeadList(&Extension->VerifyList), IRP, Tail.Overlay.ListEntry);
    }
    KeReleaseSpinLockForDpc(&Extension->VerifyLock, irql);
    return irp;
}

/* CustomThreadedDpc: check each read that is complete, and end it. */
VOID LinkVerifyDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PLINK_EXTENSION extension = DeferredContext;
    PIRP irp;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);

    while ((irp = LinkVerifyTake(extension)) != NULL) {
        ULONG_PTR size = irp->IoStatus.Information;
        const UCHAR *data =
            MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);

        if (LinkCrc(data, size) == PtrToUlong(LINK_IRP_CRC(irp))) {
            LinkComplete(extension, irp, STATUS_SUCCESS, size);
        } else {
            LinkComplete(extension, irp, STATUS_CRC_ERROR, 0);
        }
    }
}

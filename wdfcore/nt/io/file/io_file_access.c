/* io_file_access.c - rights to files, extended attributes, the lock of volume parameter blocks. */
#include <ntifs.h>

#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"

static GENERIC_MAPPING file_mapping = {.GenericRead = FILE_GENERIC_READ,
                                       .GenericWrite = FILE_GENERIC_WRITE,
                                       .GenericExecute = FILE_GENERIC_EXECUTE,
                                       .GenericAll = FILE_ALL_ACCESS};

PGENERIC_MAPPING IoGetFileObjectGenericMapping(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? &file_mapping : NULL;
}

NTSTATUS IoCheckDesiredAccess(PACCESS_MASK DesiredAccess, ACCESS_MASK GrantedAccess)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_ACCESS_DENIED;
    }
    RtlMapGenericMask(DesiredAccess, &file_mapping);
    return (*DesiredAccess & ~GrantedAccess) == 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

PEPROCESS IoGetInitiatorProcess(PFILE_OBJECT FileObject)
{
    if (API_QUIET(HIGH_LEVEL) && ke_check_address(FileObject, "a file object", __func__) &&
        FileObject->Type != IO_TYPE_FILE) {
        ke_check_refuse(RULE_ObjectNotInitialized, FileObject, "a file object", __func__);
    }
    return NULL; /* nobody opens a file for somebody else */
}

NTSTATUS IoGetDeviceNumaNode(PDEVICE_OBJECT Pdo, PUSHORT NodeNumber)
{
    if (!API(DISPATCH_LEVEL) || !io_device_check(Pdo, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    *NodeNumber = 0;
    return STATUS_SUCCESS;
}

/* ---- extended attributes ---- */

/* Of so many bytes from here on; 0: it does not lie inside of them. */
static ULONG ea_length(const FILE_FULL_EA_INFORMATION *entry, ULONG left)
{
    ULONG head = FIELD_OFFSET(FILE_FULL_EA_INFORMATION, EaName);
    ULONG length;

    if (left < head + 1) {
        return 0;
    }
    length = head + entry->EaNameLength + 1u + entry->EaValueLength;
    return length <= left && entry->EaName[entry->EaNameLength] == '\0' ? length : 0;
}

NTSTATUS IoCheckEaBufferValidity(PFILE_FULL_EA_INFORMATION EaBuffer, ULONG EaLength,
                                 PULONG ErrorOffset)
{
    ULONG at = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_EA_LIST_INCONSISTENT;
    }
    for (;;) {
        const FILE_FULL_EA_INFORMATION *entry =
            (const FILE_FULL_EA_INFORMATION *)((const UCHAR *)EaBuffer + at);
        ULONG length = ea_length(entry, EaLength - at);

        if (length != 0 && entry->NextEntryOffset == 0) {
            return STATUS_SUCCESS;
        }
        if (length == 0 || entry->NextEntryOffset % sizeof(ULONG) != 0 ||
            entry->NextEntryOffset < length || entry->NextEntryOffset > EaLength - at) {
            *ErrorOffset = at;
            return STATUS_EA_LIST_INCONSISTENT;
        }
        at += entry->NextEntryOffset;
    }
}

/* ---- volume parameter blocks ---- */

static KSPIN_LOCK vpb_lock;

static void vpb_start(void)
{
    vpb_lock = 0; /* free, also after a machine that stopped with it held */
}

VOID IoAcquireVpbSpinLock(PKIRQL Irql)
{
    if (API(DISPATCH_LEVEL)) {
        *Irql = KeAcquireSpinLockRaiseToDpc(&vpb_lock);
    }
}

VOID IoReleaseVpbSpinLock(KIRQL Irql)
{
    if (API(DISPATCH_LEVEL)) {
        KeReleaseSpinLock(&vpb_lock, Irql);
    }
}

static struct ke_machine_part vpb_part = {.order = 10, .start = vpb_start};

__attribute__((constructor)) static void vpb_register(void)
{
    ke_machine_register(&vpb_part);
}

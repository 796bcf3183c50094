/* io_error_log.c - entries for the system's event log: here each is a line of the debugger's output. */
#include <ntddk.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ob/ob_types.h"

#define ERROR_LOG_TAG 0x6c456f49 /* 'IoEl' */

/* The packet lies behind what the system needs to know of it. */
struct io_error_entry {
    const char *source; /* (c) which kind of object it is about */
    ULONG size;         /* (c) of the packet */
    ULONG reserved;
    IO_ERROR_LOG_PACKET packet;
};

static struct io_error_entry *io_error_entry_of(PVOID packet)
{
    return CONTAINING_RECORD(packet, struct io_error_entry, packet);
}

PVOID IoAllocateErrorLogEntry(PVOID IoObject, UCHAR EntrySize)
{
    struct io_error_entry *entry = NULL;
    SIZE_T size = FIELD_OFFSET(struct io_error_entry, packet) + (SIZE_T)EntrySize;

    if (!API(DISPATCH_LEVEL) || IoObject == NULL || EntrySize == 0 ||
        EntrySize > ERROR_LOG_MAXIMUM_SIZE) {
        return NULL;
    }
    if (size < sizeof(*entry)) {
        size = sizeof(*entry); /* it is read as a whole when it is written */
    }
    entry = ex_pool_allocate(size, ERROR_LOG_TAG, false, true, KE_CALLER());
    if (entry == NULL) {
        return NULL;
    }
    entry->source = ob_is(IoObject, &io_driver_type) ? "driver" : "device";
    entry->size = EntrySize;
    return &entry->packet;
}

VOID IoFreeErrorLogEntry(PVOID ElEntry)
{
    if (API(DISPATCH_LEVEL) && ElEntry != NULL) {
        ex_pool_release(io_error_entry_of(ElEntry));
    }
}

VOID IoWriteErrorLogEntry(PVOID ElEntry)
{
    struct io_error_entry *entry = NULL;

    if (!API(DISPATCH_LEVEL) || ElEntry == NULL) {
        return;
    }
    entry = io_error_entry_of(ElEntry);
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL,
               "error log: %s, error 0x%08X, unique value %u, final status 0x%08X\n", entry->source,
               entry->packet.ErrorCode, entry->packet.UniqueErrorValue, entry->packet.FinalStatus);
    ex_pool_release(entry);
}

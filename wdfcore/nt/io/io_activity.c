/* io_activity.c - activity IDs, by which a trace tells which requests and threads work on one thing. */
#include <ntddk.h>

#include "nt/io/irp/io_irp.h"
#include "nt/io/irp/io_irp_packet.h"
#include "nt/ke/ke_api.h"
#include "nt/thread/ke_thread.h"

NTSTATUS IoGetActivityIdIrp(PIRP Irp, LPGUID Guid)
{
    const struct io_irp *header;

    if (!API(DISPATCH_LEVEL) || !io_irp_check(Irp, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    header = io_irp_header(Irp);
    if (header == NULL || !header->has_activity_id) {
        return STATUS_NOT_FOUND;
    }
    *Guid = header->activity_id;
    return STATUS_SUCCESS;
}

NTSTATUS IoSetActivityIdIrp(PIRP Irp, LPCGUID Guid)
{
    struct io_irp *header;
    LPCGUID id = Guid;

    if (!API(DISPATCH_LEVEL) || !io_irp_check(Irp, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    header = io_irp_header(Irp);
    if (header == NULL) {
        return STATUS_NOT_SUPPORTED; /* an IRP in the driver's own memory has no room for it */
    }
    if (id == NULL) {
        id = ke_self->thread->activity_id;
    }
    if (id == NULL) {
        return STATUS_NOT_FOUND;
    }
    header->activity_id = *id;
    header->has_activity_id = TRUE;
    return STATUS_SUCCESS;
}

LPCGUID IoGetActivityIdThread(VOID)
{
    return API_QUIET(APC_LEVEL) ? ke_self->thread->activity_id : NULL;
}

LPCGUID IoSetActivityIdThread(LPCGUID ActivityId)
{
    LPCGUID before;

    if (!API(APC_LEVEL)) {
        return NULL;
    }
    before = ke_self->thread->activity_id;
    ke_self->thread->activity_id = ActivityId;
    return before;
}

VOID IoClearActivityIdThread(LPCGUID OriginalId)
{
    if (API(APC_LEVEL)) {
        ke_self->thread->activity_id = OriginalId;
    }
}

NTSTATUS IoPropagateActivityIdToThread(PIRP Irp, LPGUID PropagatedId, LPCGUID *OriginalId)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (API(APC_LEVEL)) {
        status = IoGetActivityIdIrp(Irp, PropagatedId);
    }
    if (NT_SUCCESS(status)) {
        *OriginalId = IoSetActivityIdThread(PropagatedId);
    }
    return status;
}

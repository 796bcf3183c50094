/* isr.c - the interrupt: find out what happened, silence the device, leave the rest to DPCs. */
#include "link.h"

BOOLEAN LinkInterruptService(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
    PLINK_EXTENSION extension = ServiceContext;
    PLINK_REGISTERS registers = extension->Registers;
    ULONG events = READ_REGISTER_ULONG(&registers->Events);

    UNREFERENCED_PARAMETER(Interrupt);

    if (events == LINK_GONE || (events & LINK_EVENT_ALL) == 0) {
        return FALSE; /* the line is shared: somebody else's */
    }
    WRITE_REGISTER_ULONG(&registers->Events, events);
    /* At most one block is under way in each direction, so that each outcome finds its DPC free. */
    if ((events & LINK_EVENT_RECEIVED) != 0) {
        KeInsertQueueDpc(&extension->ReadQueue.Dpc,
                         ULongToPtr(READ_REGISTER_ULONG(&registers->Receive)), NULL);
    }
    if ((events & LINK_EVENT_SENT) != 0) {
        KeInsertQueueDpc(&extension->WriteQueue.Dpc,
                         ULongToPtr(READ_REGISTER_ULONG(&registers->Send)), NULL);
    }
    if ((events & LINK_EVENT_ANSWERED) != 0) {
        IoRequestDpc(extension->DeviceObject, extension->DeviceObject->CurrentIrp,
                     ULongToPtr(READ_REGISTER_ULONG(&registers->Ask)));
    }
    return TRUE;
}

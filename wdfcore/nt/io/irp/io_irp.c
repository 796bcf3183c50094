/* io_irp.c - I/O request packets: their memory; see io_irp.h.
 *
 * Normal path: io_irp_allocate takes an IRP off the free list of its stack size, io_irp_call goes
 * down one location a call (io_irp_call.c), io_irp_complete walks up through the completion
 * routines to `done` (io_irp_complete.c).
 */
#include "nt/io/irp/io_irp.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp_packet.h"
#include "nt/ke/report/ke_report.h"

/* With io_lock; outstanding is read without it. */
static struct {
    struct io_irp *all[SCHAR_MAX + 1];
    struct io_irp *free[SCHAR_MAX + 1];
    ULONG outstanding;
} io_irps;

const char *io_irp_major_name(UCHAR major)
{
    static const char *const names[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
        [IRP_MJ_CREATE] = "DispatchCreate",
        [IRP_MJ_CLOSE] = "DispatchClose",
        [IRP_MJ_READ] = "DispatchRead",
        [IRP_MJ_WRITE] = "DispatchWrite",
        [IRP_MJ_QUERY_INFORMATION] = "DispatchQueryInformation",
        [IRP_MJ_SET_INFORMATION] = "DispatchSetInformation",
        [IRP_MJ_FLUSH_BUFFERS] = "DispatchFlushBuffers",
        [IRP_MJ_DEVICE_CONTROL] = "DispatchDeviceControl",
        [IRP_MJ_INTERNAL_DEVICE_CONTROL] = "DispatchInternalDeviceControl",
        [IRP_MJ_SHUTDOWN] = "DispatchShutdown",
        [IRP_MJ_CLEANUP] = "DispatchCleanup",
        [IRP_MJ_POWER] = "DispatchPower",
        [IRP_MJ_SYSTEM_CONTROL] = "DispatchSystemControl",
        [IRP_MJ_PNP] = "DispatchPnP",
    };
    const char *name = major <= IRP_MJ_MAXIMUM_FUNCTION ? names[major] : NULL;

    return name != NULL ? name : "Dispatch";
}

static void io_irp_init_at(PIRP irp, PIO_STACK_LOCATION stack, CCHAR stack_size, USHORT size)
{
    memset(irp, 0, (size_t)((char *)(stack + stack_size) - (char *)irp));
    irp->Type = IO_TYPE_IRP;
    irp->Size = size;
    irp->StackCount = stack_size;
    irp->CurrentLocation = (CHAR)(stack_size + 1);
    irp->Tail.Overlay.CurrentStackLocation = stack + stack_size;
    InitializeListHead(&irp->ThreadListEntry);
}

void io_irp_init(PIRP irp, CCHAR stack_size, USHORT size)
{
    io_irp_init_at(irp, (PIO_STACK_LOCATION)(irp + 1), stack_size, size);
}

static struct io_irp *io_irp_take(UCHAR stack_size)
{
    struct io_irp *header;
    size_t stack_bytes = (size_t)stack_size * sizeof(IO_STACK_LOCATION);

    io_lock();
    header = io_irps.free[stack_size];
    if (header != NULL) {
        io_irps.free[stack_size] = header->next_free;
    }
    io_unlock();
    if (header != NULL) {
        return header;
    }
    header = calloc(1, sizeof(*header) + stack_bytes + (size_t)stack_size * sizeof(void *));
    if (header == NULL) {
        return NULL;
    }
    header->records = (void *)((char *)header->stack + stack_bytes);
    io_lock();
    header->next_all = io_irps.all[stack_size];
    io_irps.all[stack_size] = header;
    io_unlock();
    return header;
}

static PIRP io_irp_create(CCHAR stack_size, enum io_irp_state state, const void *caller)
{
    struct io_irp *header = NULL;

    if (stack_size <= 0) {
        return NULL;
    }
    header = io_irp_take((UCHAR)stack_size);
    if (header == NULL) {
        return NULL;
    }
    io_irp_init_at(&header->irp, header->stack, stack_size, IoSizeOfIrp(stack_size));
    header->irp.AllocationFlags = IO_IRP_OURS;
    header->done = NULL;
    header->context = NULL;
    header->caller = caller;
    header->state = (UCHAR)state;
    header->in_flight = 0;
    header->walking = 0;
    header->finished = 0;
    header->cancelling = 0;
    header->finish_deferred = 0;
    header->has_activity_id = FALSE;
    __atomic_fetch_add(&io_irps.outstanding, 1, __ATOMIC_RELAXED);
    return &header->irp;
}

PIRP io_irp_allocate(CCHAR stack_size, io_irp_done *done, void *context)
{
    PIRP irp = io_irp_create(stack_size, IO_IRP_OWNED, NULL);

    if (irp != NULL) {
        io_irp_header(irp)->done = done;
        io_irp_header(irp)->context = context;
    }
    return irp;
}

PIRP io_irp_allocate_for(CCHAR stack_size, const void *caller)
{
    return io_irp_create(stack_size, IO_IRP_OWNED, caller);
}

PIRP io_irp_allocate_for_thread(CCHAR stack_size, io_irp_done *done, void *context)
{
    PIRP irp = io_irp_create(stack_size, IO_IRP_THREAD, NULL);

    if (irp != NULL) {
        io_irp_header(irp)->done = done;
        io_irp_header(irp)->context = context;
        irp->Tail.Overlay.Thread = (PETHREAD)KeGetCurrentThread();
    }
    return irp;
}

void io_irp_free(PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);

    CORE_ASSERT(header != NULL && header->state != IO_IRP_FREE);
    header->state = IO_IRP_FREE;
    /* What a stale pointer finds: a completed IRP of no type. */
    irp->Type = 0;
    irp->CurrentLocation = (CHAR)(irp->StackCount + 2);
    irp->CancelRoutine = NULL;
    io_lock();
    header->next_free = io_irps.free[(UCHAR)irp->StackCount];
    io_irps.free[(UCHAR)irp->StackCount] = header;
    io_unlock();
    __atomic_fetch_sub(&io_irps.outstanding, 1, __ATOMIC_RELAXED);
}

void io_irp_reuse(PIRP irp, NTSTATUS status)
{
    UCHAR allocation = irp->AllocationFlags;

    io_irp_init_at(irp, io_irp_stack(irp), irp->StackCount, irp->Size);
    irp->AllocationFlags = allocation;
    irp->IoStatus.Status = status;
    if (io_irp_header(irp) != NULL) {
        io_irp_header(irp)->finished = 0;
        io_irp_header(irp)->has_activity_id = FALSE;
    }
}

ULONG io_irp_outstanding(void)
{
    return __atomic_load_n(&io_irps.outstanding, __ATOMIC_RELAXED);
}

bool io_irp_is_allocated(PIRP irp)
{
    struct io_irp *header = NULL;

    if (irp == NULL || irp->Type != IO_TYPE_IRP) {
        return false;
    }
    header = io_irp_header(irp);
    return header != NULL && header->state != IO_IRP_FREE;
}

static void io_irp_report_leak(const struct io_irp *header)
{
    char caller[160] = "the I/O manager";
    const IRP *irp = &header->irp;
    const char *major = "";

    if (header->caller != NULL) {
        ke_report_site(header->caller, caller, sizeof(caller));
    }
    if (irp->CurrentLocation >= 1 && irp->CurrentLocation <= irp->StackCount) {
        major = io_irp_major_name(irp->Tail.Overlay.CurrentStackLocation->MajorFunction);
    }
    ke_violation(RULE_IrpLifetime, 0, (uintptr_t)irp, 0, 0, 0,
                 "an IRP allocated by %s was never %s%s%s", caller,
                 header->caller != NULL && !header->in_flight ? "freed" : "completed",
                 *major != '\0' ? "; it is with " : "", major);
}

ULONG io_irp_report_leaks(void)
{
    ULONG count = 0;

    for (size_t size = 1; size <= SCHAR_MAX; size++) {
        for (struct io_irp *header = io_irps.all[size]; header != NULL; header = header->next_all) {
            if (header->state != IO_IRP_FREE) {
                count++;
                io_irp_report_leak(header);
            }
        }
    }
    return count;
}

void io_irp_stop(void)
{
    for (size_t size = 1; size <= SCHAR_MAX; size++) {
        struct io_irp *header = io_irps.all[size];

        while (header != NULL) {
            struct io_irp *next = header->next_all;

            free(header);
            header = next;
        }
    }
    memset(&io_irps, 0, sizeof(io_irps));
}

/* io_irp_check_owned: false: freeing, reusing or initializing it now is refused. */
bool io_irp_check_owned(PIRP irp, const char *api, ULONG in_use_code)
{
    struct io_irp *header = NULL;

    if (irp == NULL || irp->Type != IO_TYPE_IRP || (header = io_irp_header(irp)) == NULL ||
        header->state == IO_IRP_FREE) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x01, (uintptr_t)irp, 0, 0,
                     "%s of %p, which is no IRP from IoAllocateIrp or was freed before", api,
                     (void *)irp);
        return false;
    }
    if (header->in_flight) {
        ke_violation(RULE_IrpLifetime, 0xC9, in_use_code, (uintptr_t)irp, 0, 0,
                     "%s of an IRP that a lower driver still has", api);
        return false;
    }
    if (header->state == IO_IRP_THREAD) {
        ke_violation(RULE_IrpLifetime, 0xC9, in_use_code == 0x310 ? 0x311 : 0x20C, (uintptr_t)irp,
                     0, 0, "%s of an IRP that the I/O manager built and frees itself", api);
        return false;
    }
    return true;
}

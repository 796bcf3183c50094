/* ke_ipi.c - KeIpiGenericCall.
 *
 * Normal path: the caller asks every processor for attention and waits at IPI_LEVEL until all have
 * arrived; then each runs the worker, and the caller returns when all have. Every wait is a spin, at
 * whose steps the others get the turn. A processor at HIGH_LEVEL arrives when its level falls. One
 * call at a time: a second caller spins below IPI_LEVEL, so that it takes part in the first.
 */
#include "nt/dpc/ke_ipi.h"

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_window.h"

/* Keys: all (a) but worker and context, which are written before pending and read after it. */
static struct {
    BOOLEAN busy;     /* a call is under way */
    uint64_t pending; /* processors that have not noticed it */
    ULONG arrived;
    ULONG done;
    PKIPI_BROADCAST_WORKER worker;
    ULONG_PTR context;
} ipi;

BOOLEAN ke_ipi_is_pending(const struct ke_processor *self)
{
    return (__atomic_load_n(&ipi.pending, __ATOMIC_ACQUIRE) >> self->number & 1) != 0;
}

/* At IPI_LEVEL: wait for the others, then work. */
static ULONG_PTR ipi_take_part(void)
{
    struct ke_callback frame;
    ULONG_PTR result;

    __atomic_fetch_and(&ipi.pending, ~(1ULL << ke_self->number), __ATOMIC_ACQ_REL);
    __atomic_fetch_add(&ipi.arrived, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(&ipi.arrived, __ATOMIC_ACQUIRE) < ke_processor_count()) {
        ke_spin_step();
    }
    ke_call_enter(&frame, "IpiBroadcastWorker", (const void *)(uintptr_t)ipi.worker, NULL);
    result = ipi.worker(ipi.context);
    ke_call_leave(&frame);
    /* The last thing: the caller may go on and begin anew. */
    __atomic_fetch_add(&ipi.done, 1, __ATOMIC_ACQ_REL);
    return result;
}

void ke_ipi_deliver(struct ke_processor *self)
{
    KIRQL old = self->irql;

    if (ke_ipi_is_pending(self) && old < IPI_LEVEL) {
        ke_irql_set(self, IPI_LEVEL);
        ipi_take_part();
        ke_irql_set(self, old);
    }
}

ULONG_PTR KeIpiGenericCall(PKIPI_BROADCAST_WORKER BroadcastFunction, ULONG_PTR Context)
{
    ULONG_PTR result;
    KIRQL old;

    if (!API(IPI_LEVEL - 1)) {
        return 0;
    }
    old = ke_irql_raise(IPI_LEVEL - 1); /* from here on the processor is fixed */
    while (__atomic_exchange_n(&ipi.busy, TRUE, __ATOMIC_ACQUIRE)) {
        ke_spin_step();
    }
    ke_irql_raise(IPI_LEVEL);
    ipi.worker = BroadcastFunction;
    ipi.context = Context;
    __atomic_store_n(&ipi.arrived, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&ipi.done, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&ipi.pending, ke_processor_mask(), __ATOMIC_RELEASE);
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        if (ke_processor_at(i) != ke_self) {
            ke_attention_set(ke_processor_at(i), KE_ATTENTION_INTERRUPT);
        }
    }
    result = ipi_take_part();
    while (__atomic_load_n(&ipi.done, __ATOMIC_ACQUIRE) < ke_processor_count()) {
        ke_spin_step();
    }
    __atomic_store_n(&ipi.busy, FALSE, __ATOMIC_RELEASE);
    ke_irql_lower(old);
    return result;
}

static void ipi_start(void)
{
    ipi.busy = FALSE;
    ipi.pending = 0;
}

static struct ke_machine_part ipi_part = {.order = 0, .start = ipi_start};

__attribute__((constructor)) static void ipi_register(void)
{
    ke_machine_register(&ipi_part);
}

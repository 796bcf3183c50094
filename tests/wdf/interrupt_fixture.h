#pragma once
/* interrupt_fixture.h - for tests of WDFINTERRUPT: a driver whose routines note what they see, and lines that are
 * raised by hand, through hal.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "nt/hal/hal_line.h"

#define PLAN (&drv_pnp_plan)

/* ---- what the driver's routines saw ---- */

static struct {
    ULONG isr_calls, dpc_calls, work_calls, other_calls;
    ULONG message;
    KIRQL isr_irql, dpc_irql, work_irql, other_irql;
    WDFOBJECT associated;
    BOOLEAN claims, queued, queued_again, connected;
    WDFINTERRUPT interrupt;
    struct hal_line_source *line;
} seen;

static inline int interrupt_setup(void **state)
{
    memset(&seen, 0, sizeof(seen));
    seen.claims = TRUE;
    return pnp_setup(state);
}

#define interrupt_test(function) \
    cmocka_unit_test_setup_teardown(function, interrupt_setup, pnp_teardown)

static inline BOOLEAN isr(WDFINTERRUPT interrupt, ULONG message)
{
    __atomic_add_fetch(&seen.isr_calls, 1, __ATOMIC_RELAXED);
    seen.message = message;
    seen.isr_irql = KeGetCurrentIrql();
    seen.interrupt = interrupt;
    if (seen.line != NULL) {
        hal_line_set(seen.line, false);
    }
    return seen.claims;
}

static inline BOOLEAN isr_queues_twice(WDFINTERRUPT interrupt, ULONG message)
{
    seen.queued = WdfInterruptQueueDpcForIsr(interrupt);
    seen.queued_again = WdfInterruptQueueDpcForIsr(interrupt);
    return isr(interrupt, message);
}

static inline BOOLEAN isr_queues_work(WDFINTERRUPT interrupt, ULONG message)
{
    seen.queued = WdfInterruptQueueWorkItemForIsr(interrupt);
    return isr(interrupt, message);
}

static inline void dpc(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    seen.dpc_calls++;
    seen.dpc_irql = KeGetCurrentIrql();
    seen.associated = device;
}

static inline VOID work(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    seen.work_calls++;
    seen.work_irql = KeGetCurrentIrql();
    seen.associated = device;
}

/* Of EvtInterruptEnable and Disable. */
static inline void note_enable(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Enable(1)") == 0 || strcmp(name, "Disable(1)") == 0) {
        seen.other_calls++;
        seen.other_irql = KeGetCurrentIrql();
        seen.connected = WdfInterruptWdmGetInterrupt(PLAN->interrupt[0]) != NULL;
    }
}

/* ---- helpers; all run in a task ---- */

static inline void raise_line(void *context)
{
    seen.line = hal_line_connect(*(const uint32_t *)context, true);
    hal_line_set(seen.line, true);
    pnp_let_run();
    KeFlushQueuedDpcs();
    hal_line_set(seen.line, false);
    hal_line_disconnect(seen.line);
    seen.line = NULL;
}

static inline void start_and_raise(uint32_t irq, const char *resources)
{
    PLAN->interrupts = 1;
    pnp_start(resources);
    wc_test_call(raise_line, &irq);
}

static inline void get_info(void *context)
{
    WDF_INTERRUPT_INFO *info = context;

    WDF_INTERRUPT_INFO_INIT(info);
    WdfInterruptGetInfo(PLAN->interrupt[0], info);
}

static inline void raise_for_passive(void *context)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    seen.line = hal_line_connect(4, true);
    hal_line_set(seen.line, true);
    for (int i = 0; i < 100 && __atomic_load_n(&seen.isr_calls, __ATOMIC_RELAXED) == 0; i++) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    hal_line_disconnect(seen.line);
    seen.line = NULL;
}

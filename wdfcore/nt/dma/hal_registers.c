/* hal_registers.c - map registers: made, waited for, granted, given back.
 *
 * Normal path: create -> request -> granted (the routine is called) -> return. Several processors may
 * be in hal_registers_serve at the same time: each takes what is next in the queue, and calls its
 * routine with no lock held.
 * Failure: creation fails when memory is short; a request that must not wait is refused.
 * Teardown: a driver gives its adapter back when all is returned; PutDmaAdapter says so if not. What
 * waits holds its adapter too.
 */
#include "nt/dma/hal_adapter.h"

#include <stdlib.h>
#include <string.h>

#include "nt/hal/hal_memory.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_irql.h"

#define BOUNCE_PATTERN 0xB5 /* what is in a map register that nobody wrote */

/* (d) */
static struct {
    struct hal_registers *first, **end;
    ULONG taken;
} queue = {.end = &queue.first};

static ULONG registers_charge(const struct hal_registers *registers)
{
    return registers->adapter->bounces ? registers->count : 0;
}

struct hal_registers *hal_registers_create(struct hal_adapter *adapter, ULONG count, bool zero)
{
    struct hal_registers *registers = calloc(1, sizeof(*registers));

    if (registers == NULL) {
        return NULL;
    }
    registers->adapter = adapter;
    registers->count = count;
    registers->pieces = calloc(count > 0 ? count : 1, sizeof(*registers->pieces));
    if (adapter->bounces && count > 0) {
        registers->bounce = malloc((size_t)count * PAGE_SIZE);
    }
    if (registers->pieces == NULL || (adapter->bounces && count > 0 && registers->bounce == NULL)) {
        hal_registers_free(registers, "");
        return NULL;
    }
    if (registers->bounce != NULL) {
        memset(registers->bounce, zero ? 0 : BOUNCE_PATTERN, (size_t)count * PAGE_SIZE);
    }
    return registers;
}

void hal_registers_free(struct hal_registers *registers, const char *how)
{
    for (ULONG i = 0; i < registers->piece_count; i++) {
        hal_memory_unmap(registers->pieces[i].logical, how);
    }
    free(registers->pieces);
    free(registers->bounce);
    free(registers->list_block);
    free(registers);
}

/* ---- the queue ---- */

static bool registers_fit_locked(const struct hal_registers *registers)
{
    return (!registers->channel || !registers->adapter->channel_taken) &&
           registers_charge(registers) <= HAL_MAP_REGISTERS_ALL - queue.taken;
}

static void registers_grant_locked(struct hal_registers *registers)
{
    struct hal_adapter *adapter = registers->adapter;

    queue.taken += registers_charge(registers);
    if (registers->channel) {
        adapter->channel_taken = true;
        adapter->holder = registers;
    }
    registers->granted = true;
    registers->next = adapter->registers;
    adapter->registers = registers;
}

static struct hal_registers *queue_unlink_locked(struct hal_registers **link)
{
    struct hal_registers *registers = *link;

    *link = registers->later;
    if (queue.end == &registers->later) {
        queue.end = link;
    }
    registers->later = NULL;
    registers->adapter->waiting--;
    return registers;
}

/* The first that can have what it wants. Who waits for map registers is not overtaken by others that
 * need some: a large request has its turn, too. */
static struct hal_registers *queue_take(void)
{
    struct hal_registers **link = &queue.first;
    struct hal_registers *found = NULL;
    bool starved = false;

    base_lock_acquire(&hal_dma);
    while (*link != NULL && found == NULL) {
        const struct hal_registers *here = *link;
        bool counted = registers_charge(here) > 0;

        if (registers_fit_locked(here) && !(starved && counted)) {
            found = queue_unlink_locked(link);
            registers_grant_locked(found);
        } else {
            starved |= counted && !(here->channel && here->adapter->channel_taken);
            link = &(*link)->later;
        }
    }
    base_lock_release(&hal_dma);
    return found;
}

/* ---- the grant ---- */

/* The adapter's channel is given up unless this caller's registers do not have it any more. */
static bool channel_give_up_locked(struct hal_adapter *adapter)
{
    bool had = adapter->channel_taken;

    adapter->channel_taken = false;
    adapter->holder = NULL;
    return had;
}

/* What AdapterControl has returned. The registers may be gone. */
static void registers_act(struct hal_adapter *adapter, struct hal_registers *registers,
                          IO_ALLOCATION_ACTION action)
{
    struct hal_registers *live;

    if (action == KeepObject) {
        return;
    }
    live = hal_registers_find(adapter, registers, NULL);
    hal_channel_release(adapter);
    if (action == DeallocateObject && live != NULL) {
        hal_registers_return(live, "AdapterControl");
    }
}

static void registers_call(struct hal_registers *registers)
{
    struct hal_adapter *adapter = registers->adapter;
    PDEVICE_OBJECT device = registers->device;
    PIRP irp = device != NULL ? device->CurrentIrp : NULL;
    struct ke_callback frame;
    IO_ALLOCATION_ACTION action;

    if (registers->list_control != NULL) {
        PDRIVER_LIST_CONTROL routine = registers->list_control;

        ke_call_enter(&frame, "AdapterListControl", (const void *)routine, device);
        routine(device, irp, registers->list, registers->context);
        ke_call_leave(&frame);
        return;
    }
    ke_call_enter(&frame, "AdapterControl", (const void *)registers->control, device);
    action = registers->control(device, irp, registers, registers->context);
    ke_call_leave(&frame);
    registers_act(adapter, registers, action);
}

/* A list becomes the device's; then the driver has its turn. */
static void registers_granted(struct hal_registers *registers)
{
    KIRQL old = ke_self->irql;

    if (registers->list != NULL) {
        for (ULONG i = 0; i < registers->piece_count; i++) {
            hal_piece_open(&registers->pieces[i], registers->write);
        }
    }
    if (registers->control == NULL && registers->list_control == NULL) {
        return;
    }
    if (old < DISPATCH_LEVEL) {
        ke_irql_raise(DISPATCH_LEVEL);
    }
    registers_call(registers);
    if (old < DISPATCH_LEVEL) {
        ke_irql_lower(old);
    }
}

static void hal_registers_serve(void)
{
    struct hal_registers *registers;

    while ((registers = queue_take()) != NULL) {
        registers_granted(registers);
    }
}

bool hal_registers_request(struct hal_registers *registers, bool now)
{
    bool fits;

    base_lock_acquire(&hal_dma);
    fits = queue.first == NULL && registers_fit_locked(registers);
    if (fits) {
        registers_grant_locked(registers);
    } else if (!now) {
        *queue.end = registers;
        queue.end = &registers->later;
        registers->adapter->waiting++;
    }
    base_lock_release(&hal_dma);
    if (fits) {
        registers_granted(registers);
    } else if (!now) {
        hal_registers_serve(); /* who waits may lack what this one does not need */
    }
    return fits || !now;
}

void hal_registers_return(struct hal_registers *registers, const char *how)
{
    struct hal_adapter *adapter = registers->adapter;
    struct hal_registers **link = &adapter->registers;

    base_lock_acquire(&hal_dma);
    while (*link != NULL && *link != registers) {
        link = &(*link)->next;
    }
    if (*link == registers) {
        *link = registers->next;
        queue.taken -= registers_charge(registers);
    }
    if (adapter->holder == registers) {
        adapter->holder = NULL;
    }
    base_lock_release(&hal_dma);
    hal_registers_free(registers, how);
    hal_registers_serve();
}

void hal_channel_release(struct hal_adapter *adapter)
{
    bool had;

    base_lock_acquire(&hal_dma);
    had = channel_give_up_locked(adapter);
    base_lock_release(&hal_dma);
    if (had) {
        hal_registers_serve();
    }
}

/* Exactly one of the two is not NULL. */
static bool queue_remove(const struct hal_adapter *adapter, const void *transfer,
                         const void *context)
{
    struct hal_registers **link = &queue.first;
    struct hal_registers *found = NULL;

    base_lock_acquire(&hal_dma);
    while (*link != NULL &&
           ((*link)->adapter != adapter ||
            (transfer != NULL ? (*link)->transfer != transfer : (*link)->context != context))) {
        link = &(*link)->later;
    }
    if (*link != NULL) {
        found = queue_unlink_locked(link);
    }
    base_lock_release(&hal_dma);
    if (found == NULL) {
        return false;
    }
    hal_registers_free(found, "CancelAdapterChannel");
    hal_registers_serve(); /* it may have been the one that others stood behind */
    return true;
}

bool hal_registers_cancel(struct hal_adapter *adapter, const void *transfer)
{
    return queue_remove(adapter, transfer, NULL);
}

bool hal_dma_withdraw(PDMA_ADAPTER adapter, const void *context)
{
    return queue_remove(CONTAINING_RECORD(adapter, struct hal_adapter, head), NULL, context);
}

struct hal_registers *hal_registers_find(struct hal_adapter *adapter, const void *base,
                                         const SCATTER_GATHER_LIST *list)
{
    struct hal_registers *registers;

    base_lock_acquire(&hal_dma);
    registers = adapter->registers;
    while (registers != NULL && (list != NULL ? registers->list != list
                                              : registers != base || registers->list != NULL)) {
        registers = registers->next;
    }
    base_lock_release(&hal_dma);
    return registers;
}

void hal_registers_stop(void)
{
    while (queue.first != NULL) {
        hal_registers_free(queue_unlink_locked(&queue.first), "the machine's end");
    }
    queue.taken = 0;
}

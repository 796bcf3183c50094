/* ke_processor.c - the virtual processors of the machine, and the routines that count them. */
#include "nt/ke/ke_processor.h"

#include <ntddk.h>

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/thread/ke_thread.h"

/* What code outside any machine runs on: every API looks, and ke_api_slow reports it. */
static struct ke_processor outside = {.attention = KE_ATTENTION_OUTSIDE};

_Thread_local struct ke_processor *ke_self = &outside;

static struct {
    struct ke_processor *all[HOST_MAX_PROCESSORS]; /* kept from machine to machine */
    uint32_t count;
    unsigned observers; /* (a) enum ke_observer */
} processors;

/* NULL: no memory. */
static struct ke_processor *processor_alloc(void)
{
    struct ke_processor *processor =
        aligned_alloc(_Alignof(struct ke_processor), sizeof(*processor));

    return processor != NULL ? memset(processor, 0, sizeof(*processor)) : NULL;
}

static void processor_init(struct ke_processor *processor, UCHAR number)
{
    memset(processor, 0, offsetof(struct ke_processor, ring));
    processor->number = number;
    processor->is_threaded = base_threaded;
    processor->dpc_costs_ns = ke_machine.config.dpc_entry_ns;
    processor->clock = host_clock_cells[number];
    base_biased_init(&processor->dpc_lock, BASE_RANK_DPC);
    InitializeListHead(&processor->dpcs);
    InitializeListHead(&processor->threaded_dpcs);
    processor->dpc_frame.kind = KE_DPC_KIND;
    processor->dpc_frame.irql = DISPATCH_LEVEL;
    for (int level = 0; level < 16; level++) {
        InitializeListHead(&processor->irq_pending[level]);
    }
    base_ring_init(&processor->ring, number);
}

volatile CCHAR KeNumberProcessors = 1;

bool ke_processors_start(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (processors.all[i] == NULL) {
            processors.all[i] = processor_alloc();
        }
        if (processors.all[i] == NULL) {
            return false;
        }
        processor_init(processors.all[i], (UCHAR)i);
    }
    processors.count = count;
    KeNumberProcessors = (CCHAR)count;
    processors.observers = 0;
    return true;
}

/* Free stand-ins, chained by claimed_by; kept from machine to machine, like the processors. */
static struct base_lock stand_ins_lock = {.rank = BASE_RANK_OWNERS};
static struct ke_processor *stand_ins;

static struct ke_processor *stand_in_take(void)
{
    struct ke_processor *stand_in;

    base_lock_acquire(&stand_ins_lock);
    stand_in = stand_ins;
    if (stand_in != NULL) {
        stand_ins = stand_in->claimed_by;
    }
    base_lock_release(&stand_ins_lock);
    return stand_in != NULL ? stand_in : processor_alloc();
}

struct ke_processor *ke_stand_in_create(struct _KTHREAD *thread, ULONG home)
{
    struct ke_processor *stand_in = stand_in_take();

    if (stand_in != NULL) {
        processor_init(stand_in, (UCHAR)home);
        stand_in->is_stand_in = TRUE;
        stand_in->home = processors.all[home];
        stand_in->thread = thread;
        if (__atomic_load_n(&processors.observers, __ATOMIC_RELAXED) != 0) {
            stand_in->attention = KE_ATTENTION_OBSERVE;
        }
    }
    return stand_in;
}

void ke_stand_in_move(struct ke_processor *stand_in, ULONG home)
{
    stand_in->number = (UCHAR)home;
    stand_in->home = processors.all[home];
    stand_in->clock = host_clock_cells[home];
    base_ring_set_processor(&stand_in->ring, (UCHAR)home);
}

void ke_stand_in_free(struct ke_processor *stand_in)
{
    if (stand_in != NULL) {
        base_lock_acquire(&stand_ins_lock);
        stand_in->claimed_by = stand_ins;
        stand_ins = stand_in;
        base_lock_release(&stand_ins_lock);
    }
}

/* The counters are a row of 64-bit numbers. */
static void statistics_add(struct ke_statistics *sums, const struct ke_statistics *more)
{
    uint64_t *sum = (uint64_t *)sums;
    const uint64_t *number = (const uint64_t *)more;

    for (size_t i = 0; i < sizeof(*sums) / sizeof(*sum); i++) {
        sum[i] += __atomic_load_n(&number[i], __ATOMIC_RELAXED);
    }
}

void ke_statistics_read(struct ke_statistics *sums)
{
    memset(sums, 0, sizeof(*sums));
    for (uint32_t i = 0; i < processors.count; i++) {
        statistics_add(sums, &processors.all[i]->statistics);
    }
    sums->dpc_runs += sums->threaded_runs;
    sums->interrupts += sums->passive_interrupts;
}

uint64_t ke_dpc_runs(void)
{
    uint64_t runs = 0;

    for (uint32_t i = 0; i < processors.count; i++) {
        runs += __atomic_load_n(&processors.all[i]->statistics.dpc_runs, __ATOMIC_RELAXED);
        runs += __atomic_load_n(&processors.all[i]->statistics.threaded_runs, __ATOMIC_RELAXED);
    }
    return runs;
}

void ke_processors_stop(void)
{
    processors.count = 0;
    ke_processor_outside();
}

void ke_processor_outside(void)
{
    ke_self = &outside;
}

BOOLEAN ke_processor_is_outside(const struct ke_processor *processor)
{
    return processor == &outside;
}

struct ke_processor *ke_processor_at(ULONG number)
{
    return number < processors.count ? processors.all[number] : NULL;
}

ULONG ke_processor_count(void)
{
    return processors.count;
}

uint64_t ke_processor_mask(void)
{
    return processors.count == 64 ? ~0ULL : (1ULL << processors.count) - 1;
}

void ke_attention_set(struct ke_processor *processor, UCHAR bits)
{
    __atomic_fetch_or(&processor->attention, bits, __ATOMIC_SEQ_CST);
    if (processor != ke_self) {
        host_processor_kick(processor->number);
    }
}

void ke_observe(enum ke_observer observer, bool on)
{
    unsigned observers =
        on ? __atomic_or_fetch(&processors.observers, observer, __ATOMIC_RELAXED)
           : __atomic_and_fetch(&processors.observers, ~(unsigned)observer, __ATOMIC_RELAXED);

    for (uint32_t i = 0; i < processors.count; i++) {
        volatile UCHAR *attention = &processors.all[i]->attention;

        /* Relaxed: who does not see it yet misses the first events, no more. */
        if (observers != 0) {
            __atomic_fetch_or(attention, KE_ATTENTION_OBSERVE, __ATOMIC_RELAXED);
        } else {
            __atomic_fetch_and(attention, (UCHAR)~KE_ATTENTION_OBSERVE, __ATOMIC_RELAXED);
        }
    }
    ke_threads_attention(KE_ATTENTION_OBSERVE, observers != 0);
}

ULONG KeGetCurrentProcessorNumber(VOID)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    return ke_self->number;
}

ULONG KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    ULONG number = KeGetCurrentProcessorNumber();

    if (ProcNumber != NULL) {
        *ProcNumber = (PROCESSOR_NUMBER){.Group = 0, .Number = (UCHAR)number};
    }
    return number;
}

ULONG KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    if (ActiveProcessors != NULL) {
        *ActiveProcessors = (KAFFINITY)ke_processor_mask();
    }
    return processors.count;
}

ULONG KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    return GroupNumber == 0 || GroupNumber == ALL_PROCESSOR_GROUPS ? processors.count : 0;
}

ULONG KeQueryMaximumProcessorCount(VOID)
{
    return KeQueryActiveProcessorCount(NULL);
}

ULONG KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return KeQueryActiveProcessorCountEx(GroupNumber);
}

KAFFINITY KeQueryActiveProcessors(VOID)
{
    KAFFINITY mask = 0;

    KeQueryActiveProcessorCount(&mask);
    return mask;
}

KAFFINITY KeQueryGroupAffinity(USHORT GroupNumber)
{
    return GroupNumber == 0 ? KeQueryActiveProcessors() : 0;
}

USHORT KeQueryActiveGroupCount(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? 1 : 0;
}

USHORT KeQueryMaximumGroupCount(VOID)
{
    return KeQueryActiveGroupCount();
}

ULONG KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber)
{
    if (!API_QUIET(HIGH_LEVEL) || ProcNumber == NULL || ProcNumber->Group != 0 ||
        ProcNumber->Reserved != 0 || ProcNumber->Number >= processors.count) {
        return INVALID_PROCESSOR_INDEX;
    }
    return ProcNumber->Number;
}

NTSTATUS KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber)
{
    if (!API_QUIET(HIGH_LEVEL) || ProcNumber == NULL || ProcIndex >= processors.count) {
        return STATUS_INVALID_PARAMETER;
    }
    *ProcNumber = (PROCESSOR_NUMBER){.Group = 0, .Number = (UCHAR)ProcIndex};
    return STATUS_SUCCESS;
}

ULONG KeGetCurrentProcessorIndex(VOID)
{
    return KeGetCurrentProcessorNumber(); /* all are in group 0 */
}

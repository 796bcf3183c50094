/* ex_lookaside.c - lookaside lists: freed entries are kept and handed out again, last in first out.
 * The entries hang on the list's own ListHead, an S-list that a driver may ask for its depth. A record of
 * each live list is kept apart, so that one that is forgotten or freed is noticed. Depth says how many
 * are kept: the least that Windows keeps, which adapts it to the load.
 */
#include <utlist.h>

#include "base/lock.h"
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"

#define EX_LOOKASIDE_DEPTH 4

/* The fields are the same in all three kinds of list. */
_Static_assert(offsetof(GENERAL_LOOKASIDE, Future) == offsetof(GENERAL_LOOKASIDE_POOL, Future),
               "one layout");

enum ex_lookaside_kind { EX_LOOKASIDE_PLAIN, EX_LOOKASIDE_EX };

/* Keys: (c) constant */
struct ex_lookaside {
    struct ex_lookaside *next;
    GENERAL_LOOKASIDE_POOL *list; /* (c) in the driver's memory */
    enum ex_lookaside_kind kind;  /* (c) */
    const void *caller;           /* (c) who initialized it */
};

/* Guards the list of lists, and what hangs on each of them. */
static struct base_lock ex_lookaside_lock = {.rank = BASE_RANK_EX};

static struct ex_lookaside *ex_lookasides;

static struct ex_lookaside *ex_lookaside_find(const void *list)
{
    struct ex_lookaside *record = NULL;

    base_lock_acquire(&ex_lookaside_lock);
    LL_SEARCH_SCALAR(ex_lookasides, record, list, list);
    base_lock_release(&ex_lookaside_lock);
    return record;
}

static struct ex_lookaside *ex_lookaside_check(const void *list, const char *api)
{
    struct ex_lookaside *record = ex_lookaside_find(list);

    if (record == NULL) {
        ke_violation(RULE_LookasideLifetime, 0xC4, 0xCB, (uintptr_t)list, 0, 0,
                     "%s of a lookaside list that is not initialized", api);
    }
    return record;
}

static bool ex_lookaside_init(void *storage, enum ex_lookaside_kind kind, ULONG type, SIZE_T size,
                              ULONG tag, const char *api, const void *caller)
{
    GENERAL_LOOKASIDE_POOL *list = storage;
    struct ex_lookaside *record = NULL;

    if (ex_lookaside_find(list) != NULL) {
        ke_violation(RULE_LookasideLifetime, 0xC4, 0xCA, (uintptr_t)list, 0, 0,
                     "%s of a lookaside list that is initialized already", api);
        return false;
    }
    record = ex_pool_allocate(sizeof(*record), 'LkEx', false, true, NULL);
    if (record == NULL) {
        return false;
    }
    RtlZeroMemory(list, sizeof(*list));
    list->Depth = EX_LOOKASIDE_DEPTH;
    list->MaximumDepth = EX_MAXIMUM_LOOKASIDE_DEPTH_BASE;
    list->Type = (POOL_TYPE)type;
    list->Tag = tag;
    list->Size = (ULONG)max(size, RTL_SIZEOF_THROUGH_FIELD(SLIST_ENTRY, Next));
    record->list = list;
    record->kind = kind;
    record->caller = caller;
    base_lock_acquire(&ex_lookaside_lock);
    LL_PREPEND(ex_lookasides, record);
    base_lock_release(&ex_lookaside_lock);
    return true;
}

/* An entry that is kept, or NULL. */
static PSLIST_ENTRY ex_lookaside_pop(GENERAL_LOOKASIDE_POOL *list, ULONG allocates)
{
    PSLIST_ENTRY entry;

    base_lock_acquire(&ex_lookaside_lock);
    entry = (PSLIST_ENTRY)(ULONG_PTR)list->ListHead.Region;
    list->TotalAllocates += allocates;
    if (entry != NULL) {
        list->ListHead.Region = (ULONG_PTR)entry->Next;
        list->ListHead.HeaderX64.Depth--;
    } else {
        list->AllocateMisses += allocates;
    }
    base_lock_release(&ex_lookaside_lock);
    return entry;
}

static PVOID ex_lookaside_allocate(struct ex_lookaside *record)
{
    GENERAL_LOOKASIDE_POOL *list = record->list;
    const void *routine = (const void *)list->Allocate;
    PSLIST_ENTRY entry = ex_lookaside_pop(list, 1);
    struct ke_callback frame;
    void *block = NULL;

    if (entry != NULL) {
        return entry;
    }
    if (routine == NULL || routine == (const void *)ExAllocatePoolWithTag) {
        block =
            ex_pool_allocate(list->Size, list->Tag, (list->Type & 1) != 0, false, record->caller);
        if (block == NULL && (list->Type & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0) {
            ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
        }
        return block;
    }
    ke_call_enter(&frame, "LookasideAllocate", routine, list);
    block = record->kind == EX_LOOKASIDE_EX
                ? list->AllocateEx(list->Type, list->Size, list->Tag, (PLOOKASIDE_LIST_EX)list)
                : list->Allocate(list->Type, list->Size, list->Tag);
    ke_call_leave(&frame);
    return block;
}

static void ex_lookaside_give_back(struct ex_lookaside *record, PVOID entry)
{
    GENERAL_LOOKASIDE_POOL *list = record->list;
    const void *routine = (const void *)list->Free;
    struct ke_callback frame;

    if (routine == NULL || routine == (const void *)ExFreePool) {
        ex_pool_release(entry);
        return;
    }
    ke_call_enter(&frame, "LookasideFree", routine, list);
    if (record->kind == EX_LOOKASIDE_EX) {
        list->FreeEx(entry, (PLOOKASIDE_LIST_EX)list);
    } else {
        list->Free(entry);
    }
    ke_call_leave(&frame);
}

static void ex_lookaside_free(struct ex_lookaside *record, PVOID entry)
{
    GENERAL_LOOKASIDE_POOL *list = record->list;
    PSLIST_ENTRY kept = entry;
    bool is_full;

    base_lock_acquire(&ex_lookaside_lock);
    is_full = list->ListHead.HeaderX64.Depth >= list->Depth;
    list->TotalFrees++;
    if (is_full) {
        list->FreeMisses++;
    } else {
        kept->Next = (PSLIST_ENTRY)(ULONG_PTR)list->ListHead.Region;
        list->ListHead.Region = (ULONG_PTR)kept;
        list->ListHead.HeaderX64.Depth++;
        list->ListHead.HeaderX64.Sequence++;
    }
    base_lock_release(&ex_lookaside_lock);
    if (is_full) {
        ex_lookaside_give_back(record, entry);
    }
}

static void ex_lookaside_flush(struct ex_lookaside *record)
{
    PSLIST_ENTRY entry = NULL;

    while ((entry = ex_lookaside_pop(record->list, 0)) != NULL) {
        ex_lookaside_give_back(record, entry);
    }
}

static void ex_lookaside_delete(struct ex_lookaside *record)
{
    ex_lookaside_flush(record);
    base_lock_acquire(&ex_lookaside_lock);
    LL_DELETE(ex_lookasides, record);
    base_lock_release(&ex_lookaside_lock);
    ex_pool_release(record);
}

bool ex_lookaside_check_free(const void *start, size_t size)
{
    const void *found = NULL;
    struct ex_lookaside *record = NULL;

    base_lock_acquire(&ex_lookaside_lock);
    LL_FOREACH (ex_lookasides, record) {
        if ((uintptr_t)record->list - (uintptr_t)start < size) {
            found = record->list;
        }
    }
    base_lock_release(&ex_lookaside_lock);
    if (found != NULL) {
        ke_violation(RULE_LookasideLifetime, 0xC4, 0xCC, (uintptr_t)found, (uintptr_t)start, size,
                     "memory is freed that holds a lookaside list which was not deleted");
    }
    return found == NULL;
}

void ex_lookaside_report(const char *driver, const void *start, size_t size)
{
    struct ex_lookaside *record = NULL;

    LL_FOREACH (ex_lookasides, record) {
        if ((uintptr_t)record->caller - (uintptr_t)start < size) {
            ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)record->list, 0, 0, 0,
                         "driver %s ended without deleting a lookaside list", driver);
        }
    }
}

void ex_lookaside_stop(void)
{
    ex_lookasides = NULL; /* the records are pool */
}

/* The IRQL that the list's kind of pool allows. */
static KIRQL ex_lookaside_bound(const struct ex_lookaside *record)
{
    return (record->list->Type & 1) != 0 ? APC_LEVEL : DISPATCH_LEVEL;
}

static struct ex_lookaside *ex_lookaside_enter(const void *list, const char *api)
{
    struct ex_lookaside *record = ex_lookaside_check(list, api);

    if (record != NULL && ke_self->irql > ex_lookaside_bound(record)) {
        ke_violation(RULE_IrqlTooHigh, 0xA, (uintptr_t)list, ke_self->irql, 0, 0,
                     "%s of a paged list at DISPATCH_LEVEL", api);
        return NULL;
    }
    return record;
}

/* ---- LOOKASIDE_LIST_EX ---- */

NTSTATUS ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PALLOCATE_FUNCTION_EX Allocate,
                                     PFREE_FUNCTION_EX Free, POOL_TYPE PoolType, ULONG Flags,
                                     SIZE_T Size, ULONG Tag, USHORT Depth)
{
    ULONG type = PoolType;

    if (!API(DISPATCH_LEVEL) || !ke_check_address(Lookaside, "a lookaside list", __func__)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (PoolType != NonPagedPool && PoolType != PagedPool && PoolType != NonPagedPoolNx) {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (Flags > EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE) {
        return STATUS_INVALID_PARAMETER_5; /* unknown, or both */
    }
    if (Flags == EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL) {
        type |= POOL_RAISE_IF_ALLOCATION_FAILURE;
    } else if (Flags == EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE) {
        type |= POOL_QUOTA_FAIL_INSTEAD_OF_RAISE;
    }
    if (!ex_lookaside_init(Lookaside, EX_LOOKASIDE_EX, type, Size, Tag, __func__, KE_CALLER())) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Lookaside->L.AllocateEx = Allocate;
    Lookaside->L.FreeEx = Free;
    return STATUS_SUCCESS;
}

PVOID ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    struct ex_lookaside *record = NULL;

    if (!API(DISPATCH_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return NULL;
    }
    return ex_lookaside_allocate(record);
}

VOID ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry)
{
    struct ex_lookaside *record = NULL;

    if (!API(DISPATCH_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return;
    }
    ex_lookaside_free(record, Entry);
}

VOID ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    struct ex_lookaside *record = NULL;

    if (!API(DISPATCH_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return;
    }
    ex_lookaside_flush(record);
}

VOID ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    struct ex_lookaside *record = NULL;

    if (!API(DISPATCH_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return;
    }
    ex_lookaside_delete(record);
}

/* ---- NPAGED_LOOKASIDE_LIST, PAGED_LOOKASIDE_LIST ---- */

static void ex_lookaside_init_plain(GENERAL_LOOKASIDE *list, PALLOCATE_FUNCTION allocate,
                                    PFREE_FUNCTION release, ULONG type, SIZE_T size, ULONG tag,
                                    const char *api, const void *caller)
{
    if (ex_lookaside_init(list, EX_LOOKASIDE_PLAIN, type, size, tag, api, caller)) {
        list->Allocate = allocate != NULL ? allocate : ExAllocatePoolWithTag;
        list->Free = release != NULL ? release : ExFreePool;
    }
}

VOID ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                     PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag,
                                     USHORT Depth)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Lookaside, "a lookaside list", __func__)) {
        return;
    }
    ex_lookaside_init_plain(&Lookaside->L, Allocate, Free, NonPagedPool | Flags, Size, Tag,
                            __func__, KE_CALLER());
}

PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    struct ex_lookaside *record = NULL;

    if (!API(DISPATCH_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return NULL;
    }
    return ex_lookaside_allocate(record);
}

VOID ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    struct ex_lookaside *record = NULL;

    if (!API(DISPATCH_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return;
    }
    ex_lookaside_free(record, Entry);
}

VOID ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    struct ex_lookaside *record = NULL;

    if (!API(DISPATCH_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return;
    }
    ex_lookaside_delete(record);
}

VOID ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                    PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag,
                                    USHORT Depth)
{
    if (!API(APC_LEVEL) || !ke_check_address(Lookaside, "a lookaside list", __func__)) {
        return;
    }
    ex_lookaside_init_plain(&Lookaside->L, Allocate, Free, PagedPool | Flags, Size, Tag, __func__,
                            KE_CALLER());
}

PVOID ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    struct ex_lookaside *record = NULL;

    if (!API(APC_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return NULL;
    }
    return ex_lookaside_allocate(record);
}

VOID ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    struct ex_lookaside *record = NULL;

    if (!API(APC_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return;
    }
    ex_lookaside_free(record, Entry);
}

VOID ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    struct ex_lookaside *record = NULL;

    if (!API(APC_LEVEL) || (record = ex_lookaside_enter(Lookaside, __func__)) == NULL) {
        return;
    }
    ex_lookaside_delete(record);
}

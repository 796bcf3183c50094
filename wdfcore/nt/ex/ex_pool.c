/* ex_pool.c - pool memory with a record for each block; see ex_pool.h.
 * A block is aligned to the power of two that holds it, up to a page, so that it never crosses one.
 */
#include "nt/ex/ex_pool.h"

#include <ntddk.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "base/lock.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/ex/ex_retired.h"
#include "nt/ex/lock/ex_resource.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/lock/ke_lock_order.h"
#include "nt/ke/report/ke_report.h"
#include "nt/time/ke_timer.h"

#if defined(__SANITIZE_ADDRESS__)
#define EX_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EX_ASAN 1
#endif
#endif
#ifndef EX_ASAN
#define EX_ASAN 0
#endif

/* Under AddressSanitizer the bytes behind a block are its own guard, and freed ones are poisoned.
 */
#define EX_GUARD_SIZE   (EX_ASAN ? 0u : 16u)
#define EX_GUARD_BYTE   0xfb
#define EX_FRESH_BYTE   0xcd
#define EX_FREED_RING   1024u
#define EX_LEAKS_NAMED  8u
#define EX_POOL_MAXIMUM ((size_t)1 << 39) /* no request beyond this can be met */

/* All of it is constant while the block lives. */
struct ex_block_facts {
    void *address;
    size_t size; /* as asked for */
    ULONG tag;
    bool paged;
    const void *caller; /* NULL: nt's or wdf's own, never a leak of a driver */
};

struct ex_block {
    UT_hash_handle hh; /* by facts.address */
    struct ex_block_facts facts;
};

/* With the lock; counts are read without it. */
static struct {
    struct base_lock lock;
    struct ex_block *blocks; /* in the order of allocation */
    ULONG count;
    const void *freed[EX_FREED_RING]; /* addresses freed last, to tell a second free */
    unsigned freed_at;
} ex_pool = {.lock = {.rank = BASE_RANK_EX}};

static struct ex_block *ex_block_find_locked(const void *address)
{
    struct ex_block *block = NULL;

    HASH_FIND_PTR(ex_pool.blocks, &address, block);
    return block;
}

/* A copy: somebody else may free the block by mistake. false: there is none. */
static bool ex_block_find(const void *address, struct ex_block_facts *facts)
{
    const struct ex_block *block;

    base_lock_acquire(&ex_pool.lock);
    block = ex_block_find_locked(address);
    if (block != NULL) {
        *facts = block->facts;
    }
    base_lock_release(&ex_pool.lock);
    return block != NULL;
}

static void ex_pool_count(int blocks)
{
    __atomic_store_n(&ex_pool.count, ex_pool.count + (ULONG)blocks, __ATOMIC_RELAXED);
}

/* false: no memory for the table. */
static bool ex_block_add(struct ex_block *block)
{
    base_lock_acquire(&ex_pool.lock);
    HASH_ADD(hh, ex_pool.blocks, facts.address, sizeof(void *), block);
    if (block->hh.tbl != NULL) {
        ex_pool_count(1);
    }
    base_lock_release(&ex_pool.lock);
    return block->hh.tbl != NULL;
}

static size_t ex_block_alignment(size_t size)
{
    size_t alignment = MEMORY_ALLOCATION_ALIGNMENT;

    while (alignment < size && alignment < PAGE_SIZE) {
        alignment *= 2;
    }
    return alignment;
}

static bool ex_memory_crosses_page(const void *memory, size_t size)
{
    return size != 0 && (uintptr_t)memory / PAGE_SIZE != ((uintptr_t)memory + size - 1) / PAGE_SIZE;
}

/* Memory for size bytes, length with the guard. malloc's own alignment will do for most. */
static void *ex_block_memory(size_t size, size_t length, bool cache_aligned)
{
    size_t alignment = ex_block_alignment(size);
    void *memory = NULL;

    if (cache_aligned) {
        alignment = max(alignment, SYSTEM_CACHE_ALIGNMENT_SIZE);
    } else if (size < PAGE_SIZE) {
        memory = malloc(length);
        if (memory == NULL || !ex_memory_crosses_page(memory, size)) {
            return memory;
        }
        free(memory);
    }
    return posix_memalign(&memory, alignment, length) == 0 ? memory : NULL;
}

void *ex_pool_allocate(size_t size, ULONG tag, bool paged, bool zero, const void *caller)
{
    return ex_pool_allocate_aligned(size, tag, paged, zero, false, caller);
}

void *ex_pool_allocate_aligned(size_t size, ULONG tag, bool paged, bool zero, bool cache_aligned,
                               const void *caller)
{
    struct ex_block *block = NULL;
    size_t length = size + EX_GUARD_SIZE;
    void *address = NULL;

    if (size > EX_POOL_MAXIMUM || (block = malloc(sizeof(*block))) == NULL) {
        return NULL;
    }
    address = ex_block_memory(size, length != 0 ? length : 1, cache_aligned);
    if (address == NULL) {
        free(block);
        return NULL;
    }
    memset(address, zero ? 0 : EX_FRESH_BYTE, size);
    memset((char *)address + size, EX_GUARD_BYTE, EX_GUARD_SIZE);
    block->facts = (struct ex_block_facts){
        .address = address, .size = size, .tag = tag, .paged = paged, .caller = caller};
    if (!ex_block_add(block)) {
        free(address);
        free(block);
        return NULL;
    }
    return address;
}

/* "Fred" for the tag 'derF': its bytes as they lie in memory. */
static const char *ex_tag_text(ULONG tag, char text[5])
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned char byte = (unsigned char)(tag >> 8 * i);

        text[i] = (char)(byte >= 0x20 && byte < 0x7f ? byte : '.');
    }
    text[4] = '\0';
    return text;
}

static bool ex_block_overrun(const struct ex_block_facts *block)
{
    const unsigned char *guard = (const unsigned char *)block->address + block->size;

    for (size_t i = EX_GUARD_SIZE; i-- > 0;) {
        if (guard[i] != EX_GUARD_BYTE) {
            return true;
        }
    }
    return false;
}

/* false: somebody else has freed it meanwhile. */
static bool ex_block_free(const struct ex_block_facts *facts)
{
    const struct ex_retired freed = {facts->address, facts->size, facts->tag, facts->caller};
    struct ex_retired oldest;
    struct ex_block *block;

    ke_lock_order_forget(facts->address, facts->size);
    base_lock_acquire(&ex_pool.lock);
    block = ex_block_find_locked(facts->address);
    if (block == NULL) {
        base_lock_release(&ex_pool.lock);
        return false;
    }
    HASH_DEL(ex_pool.blocks, block);
    ex_pool_count(-1);
    ex_pool.freed[ex_pool.freed_at++ % EX_FREED_RING] = facts->address;
    oldest = ex_retire_locked(&freed);
    base_lock_release(&ex_pool.lock);
    free(block);
    ex_retired_end(&oldest);
    return true;
}

static bool ex_address_was_freed(const void *address)
{
    bool twice = false;

    base_lock_acquire(&ex_pool.lock);
    for (unsigned i = 0; i < EX_FREED_RING && address != NULL && !twice; i++) {
        twice = ex_pool.freed[i] == address;
    }
    base_lock_release(&ex_pool.lock);
    return twice;
}

/* The block that is to be freed; false: after a violation. */
static bool ex_block_check(void *address, const char *api, struct ex_block_facts *block)
{
    if (ex_block_find(address, block)) {
        return true;
    }
    if (ex_address_was_freed(address)) {
        ke_violation(RULE_PoolBadFree, 0xC2, 0x07, 0, 0, (uintptr_t)address,
                     "%s of a block at %p that was freed before", api, address);
    } else {
        ke_violation(RULE_PoolBadFree, 0xC2, 0x46, (uintptr_t)address, 0, 0,
                     "%s of %p, which is no pool block", api, address);
    }
    return false;
}

/* false: a DPC or timer inside the block is still queued. */
static bool ex_block_check_queued(const struct ex_block_facts *block)
{
    uintptr_t start = (uintptr_t)block->address;
    const KDPC *dpc = NULL;
    const KTIMER *timer = NULL;

    if (block->size < sizeof(KDPC)) {
        return true;
    }
    dpc = ke_dpc_in_range(block->address, block->size);
    if (dpc != NULL) {
        ke_violation(RULE_DpcInFreedMemory, 0xC7, 1, (uintptr_t)dpc, start, start + block->size,
                     "a pool block is freed that holds a queued DPC");
        return false;
    }
    timer = ke_timer_in_range(block->address, block->size);
    if (timer != NULL) {
        ke_violation(RULE_TimerInFreedMemory, 0xC7, 0, (uintptr_t)timer, start, start + block->size,
                     "a pool block is freed that holds an armed timer");
        return false;
    }
    return true;
}

/* false: the memory still holds something that the system would find later. */
static bool ex_block_check_content(const struct ex_block_facts *block)
{
    char tag[5];

    if (ex_block_overrun(block)) {
        ke_violation(RULE_PoolOverrun, 0x19, 0x21, (uintptr_t)block->address, block->size, 0,
                     "bytes behind a pool block of %zu bytes (tag %s) were overwritten",
                     block->size, ex_tag_text(block->tag, tag));
    }
    return ex_block_check_queued(block) && ex_lookaside_check_free(block->address, block->size) &&
           ex_resource_check_free(block->address, block->size);
}

static void ex_pool_free(const struct ex_block_facts *block, const char *api)
{
    struct ex_block_facts again;

    if (ex_block_check_content(block) && !ex_block_free(block)) {
        ex_block_check(block->address, api, &again); /* says so */
    }
}

void ex_pool_release(void *address)
{
    struct ex_block_facts block;

    if (address != NULL && ex_block_check(address, "freeing", &block)) {
        ex_pool_free(&block, "freeing");
    }
}

size_t ex_pool_size(const void *address)
{
    struct ex_block_facts block;

    return ex_block_find(address, &block) ? block.size : 0;
}

ULONG ex_pool_blocks(void)
{
    return __atomic_load_n(&ex_pool.count, __ATOMIC_RELAXED);
}

static bool ex_block_is_of(const struct ex_block_facts *block, const void *start, size_t size)
{
    return block->caller != NULL &&
           (start == NULL || (uintptr_t)block->caller - (uintptr_t)start < size);
}

/* How many; the first of them, and the bytes of all. */
static ULONG ex_pool_find_leaks(const void *start, size_t size,
                                struct ex_block_facts first[EX_LEAKS_NAMED], size_t *bytes)
{
    ULONG count = 0;

    base_lock_acquire(&ex_pool.lock);
    for (const struct ex_block *block = ex_pool.blocks; block != NULL; block = block->hh.next) {
        if (!ex_block_is_of(&block->facts, start, size)) {
            continue;
        }
        *bytes += block->facts.size;
        if (count < EX_LEAKS_NAMED) {
            first[count] = block->facts;
        }
        count++;
    }
    base_lock_release(&ex_pool.lock);
    return count;
}

/* What still writes to freed memory did so until now. */
static void ex_pool_end_retired(void)
{
    struct ex_retired block;

    do {
        base_lock_acquire(&ex_pool.lock);
        block = ex_retired_take_locked();
        base_lock_release(&ex_pool.lock);
        ex_retired_end(&block);
    } while (block.memory != NULL);
}

ULONG ex_pool_report_leaks(const char *driver, const void *start, size_t size)
{
    struct ex_block_facts leaks[EX_LEAKS_NAMED];
    char text[1400] = "";
    size_t used = 0;
    size_t bytes = 0;
    ULONG count = ex_pool_find_leaks(start, size, leaks, &bytes);

    ex_pool_end_retired();
    for (ULONG i = 0; i < count && i < EX_LEAKS_NAMED && used < sizeof(text); i++) {
        char caller[128];
        char tag[5];

        ke_report_site(leaks[i].caller, caller, sizeof(caller));
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s tag %s, %zu bytes, by %s",
                                 i > 0 ? ";" : ":", ex_tag_text(leaks[i].tag, tag), leaks[i].size,
                                 caller);
    }
    if (count != 0) {
        ke_violation(RULE_PoolLeak, 0xC4, 0x62, (uintptr_t)driver, 0, count,
                     "%s%s left %u pool block%s, %zu bytes%s%s", start != NULL ? "driver " : "",
                     driver, (unsigned)count, count == 1 ? "" : "s", bytes, text,
                     count > EX_LEAKS_NAMED ? "; ..." : "");
    }
    return count;
}

void ex_pool_stop(void)
{
    struct ex_block *block = NULL;
    struct ex_block *next = NULL;

    HASH_ITER (hh, ex_pool.blocks, block, next) {
        HASH_DEL(ex_pool.blocks, block);
        free(block->facts.address);
        free(block);
    }
    ex_retired_stop();
    memset(&ex_pool, 0, sizeof(ex_pool));
    ex_pool.lock.rank = BASE_RANK_EX;
}

/* ---- freeing by a driver ---- */

/* false: the tag protects the block, and the caller has another one. */
static bool ex_block_check_tag(const struct ex_block_facts *block, ULONG tag, const char *api)
{
    char tag_then[5];
    char tag_now[5];

    ex_tag_text(tag, tag_now);
    ex_tag_text(block->tag & ~PROTECTED_POOL, tag_then);
    if (tag == block->tag) {
        return true;
    }
    if ((block->tag & PROTECTED_POOL) != 0) {
        ke_violation(RULE_PoolBadFree, 0xC2, 0x0A, (uintptr_t)block->address, block->tag, tag,
                     "%s with tag %s of a block allocated with the protected tag %s", api, tag_now,
                     tag_then);
        return false;
    }
    if (tag != 0) { /* 0: ExFreePool, which takes any block */
        ke_violation(RULE_PoolTagMismatch, 0, (uintptr_t)block->address, block->tag, tag, 0,
                     "%s with tag %s of a block allocated with tag %s", api, tag_now, tag_then);
    }
    return true;
}

static void ex_pool_free_checked(void *address, ULONG tag, const char *api)
{
    struct ex_block_facts block;

    if (!ex_block_check(address, api, &block)) {
        return;
    }
    if (block.paged && ke_self->irql > APC_LEVEL) {
        ke_violation(RULE_PoolBadFree, 0xC2, 0x09, ke_self->irql, 1, (uintptr_t)address,
                     "%s of paged pool at DISPATCH_LEVEL", api);
        return;
    }
    if (ex_block_check_tag(&block, tag, api)) {
        ex_pool_free(&block, api);
    }
}

VOID ExFreePool(PVOID P)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    ex_pool_free_checked(P, 0, "ExFreePool");
}

VOID ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    ex_pool_free_checked(P, Tag, "ExFreePoolWithTag");
}

VOID ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                 ULONG ExtendedParametersCount)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    ex_pool_free_checked(P, Tag, "ExFreePool2");
}

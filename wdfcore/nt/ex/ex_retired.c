/* ex_retired.c - the blocks freed last, in a ring; see ex_retired.h. */
#include "nt/ex/ex_retired.h"

#include <stdlib.h>
#include <string.h>

#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"

#ifdef KE_ASAN
#define KEPT_SIZE 0u
#else
#define KEPT_SIZE 1024u /* larger blocks go at once */
#endif
#define KEPT_COUNT 64u
#define FREED_BYTE 0xdd

/* Under the pool's lock. */
static struct {
    struct ex_retired block[KEPT_COUNT];
    unsigned at;
} kept;

static bool is_kept(const struct ex_retired *block)
{
    return KEPT_SIZE != 0 && block->size <= KEPT_SIZE;
}

struct ex_retired ex_retire_locked(const struct ex_retired *block)
{
    struct ex_retired oldest = kept.block[kept.at];

    if (!is_kept(block)) {
        return *block;
    }
    memset(block->memory, FREED_BYTE, block->size);
    kept.block[kept.at] = *block;
    kept.at = (kept.at + 1) % KEPT_COUNT;
    return oldest;
}

struct ex_retired ex_retired_take_locked(void)
{
    for (unsigned i = 0; i < KEPT_COUNT; i++) {
        struct ex_retired block = kept.block[i];

        if (block.memory != NULL) {
            kept.block[i].memory = NULL;
            return block;
        }
    }
    return (struct ex_retired){0};
}

/* The first byte that is not as it was left, or size. */
static size_t first_written(const struct ex_retired *block)
{
    const unsigned char *bytes = block->memory;
    size_t size = is_kept(block) ? block->size : 0;

    /* Each byte like the one before it, and the first as it was. */
    if (size == 0 || (bytes[0] == FREED_BYTE && memcmp(bytes, bytes + 1, size - 1) == 0)) {
        return block->size;
    }
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != FREED_BYTE) {
            return i;
        }
    }
    return block->size;
}

void ex_retired_end(const struct ex_retired *block)
{
    size_t at = block->size;
    char caller[128] = "the system";

    if (block->memory != NULL) {
        at = first_written(block);
        free(block->memory);
    }
    if (at == block->size) {
        return;
    }
    if (block->caller != NULL) {
        ke_report_site(block->caller, caller, sizeof(caller));
    }
    ke_violation(
        RULE_PoolWrittenAfterFree, 0xCC, (uintptr_t)block->memory + at, 1, 0, 0,
        "a pool block at %p (%zu bytes, tag %.4s, allocated by %s) was freed, and byte %zu "
        "of it was written afterwards",
        block->memory, block->size, (const char *)&block->tag, caller, at);
}

void ex_retired_stop(void)
{
    for (unsigned i = 0; i < KEPT_COUNT; i++) {
        free(kept.block[i].memory);
    }
    memset(&kept, 0, sizeof(kept));
}

#pragma once
/* ex_pool.h - pool memory: who has what, and what is left at the end.
 * Rules for a block:
 * - below a page: aligned to 16 and inside one page; from a page on: page aligned
 * - behind it stand guard bytes; they are checked when it is freed
 * - its record (size, tag, who allocated it) is kept apart, so that an overrun cannot hide itself
 * - freed memory that holds a queued DPC or an armed timer is a violation
 * Under AddressSanitizer the blocks are malloc's own, exact to the byte.
 */
#include <wdm.h>

#include <stdbool.h>

/* ex_pool_allocate: what every allocation routine comes to; no IRQL check.
 *   paged   only recorded: all memory is resident here
 *   zero    zeroed, else filled with a pattern
 *   caller  whom reports name: the return address of the API that the driver called
 *   Returns NULL when memory is short. size 0 gives a block of its own. */
void *ex_pool_allocate(size_t size, ULONG tag, bool paged, bool zero, const void *caller);
/* ex_pool_allocate_aligned: the same, on the border of a cache line if cache_aligned. */
void *ex_pool_allocate_aligned(size_t size, ULONG tag, bool paged, bool zero, bool cache_aligned,
                               const void *caller);
/* ex_pool_release: the counterpart without tag and IRQL checks; the other checks apply. */
void ex_pool_release(void *block);
/* ex_pool_size: size as asked for, 0 if it is no live block. */
size_t ex_pool_size(const void *block);

/* ex_pool_report_leaks: PoolLeak for the blocks allocated by code in [start, start + size), named
 * by tag, size and routine; start NULL: all. Returns how many blocks. */
ULONG ex_pool_report_leaks(const char *driver, const void *start, size_t size);

/* ex_lookaside_report: UnloadPending for each lookaside list of that code that was not deleted. */
void ex_lookaside_report(const char *driver, const void *start, size_t size);

/* ex_lookaside_check_free: false: the memory holds a live lookaside list (a violation).
 * ex_lookaside_stop: forget the lists. */
bool ex_lookaside_check_free(const void *start, size_t size);
void ex_lookaside_stop(void);

/* Live blocks. */
ULONG ex_pool_blocks(void);

/* ex_pool_stop: free everything. */
void ex_pool_stop(void);

#pragma once
/* mm_iospace.h - device memory that a driver has mapped. A mapping is a range of addresses without
 * access rights: READ_REGISTER_* and WRITE_REGISTER_* look it up, a direct dereference traps.
 * An unmapped range stays reserved for a while, so that late accesses are told as such.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mm_iospace_state { MM_IOSPACE_NONE, MM_IOSPACE_MAPPED, MM_IOSPACE_UNMAPPED };

/* mm_iospace_find: whose address this is; MAPPED: all `width` bytes are, *physical is set. */
enum mm_iospace_state mm_iospace_find(const volatile void *address, unsigned width,
                                      uint64_t *physical);
/* mm_iospace_count: mappings that were not undone. */
uint32_t mm_iospace_count(void);
/* mm_iospace_report: MappingLeak for each mapping that code of the module has made and not undone. */
void mm_iospace_report(const char *driver, const void *start, size_t size);

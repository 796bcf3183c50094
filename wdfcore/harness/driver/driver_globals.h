#pragma once
/* driver_globals.h - a module's global variables as they were when it had just been loaded.
 * Rules for the globals of a module:
 * - what is kept: its writable segments without the part that is read-only after relocation
 * - kept after relocations and constructors, so that both survive a restore
 * - the compiler's coverage and profile counters are left alone: they add up over all machines
 */
#include <stddef.h>

struct driver_globals;

/* driver_globals_keep: keep the globals of the module loaded at base.
 *   file, file_size  the module's file, mapped or read; looked at only during the call
 *   Returns          NULL when memory is short or the module is not mapped */
struct driver_globals *driver_globals_keep(const void *base, const void *file, size_t file_size);
void driver_globals_delete(struct driver_globals *globals);
/* driver_globals_restore: make every global what it was. No code of the module may be running. */
void driver_globals_restore(const struct driver_globals *globals);

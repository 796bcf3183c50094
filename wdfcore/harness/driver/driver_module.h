#pragma once
/* driver_module.h - driver modules in this process: opened once, given fresh globals for each use.
 * Rules for a module:
 * - opened with its own symbols kept to itself: two drivers, or one twice, share none
 * - a file stays mapped once it was opened, so that the next machine gets it at no cost
 * - while one use lasts, or when the file has changed, the next open gets a copy of its own
 * - what the module points to outside itself (memory, files) is not restored
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct driver_module;

/* driver_module_open: NULL with one clear line in error. Called from outside a machine. */
struct driver_module *driver_module_open(const char *path, char *error, size_t error_size);
/* driver_module_close: this use is over. None of its code may run any more. */
void driver_module_close(struct driver_module *module);

/* driver_module_symbol: a function that the module defines itself, or NULL. */
void *driver_module_symbol(const struct driver_module *module, const char *name);
/* driver_module_name: the file's name without folder and ".so": the name of the service. */
const char *driver_module_name(const struct driver_module *module);
/* driver_module_of: the module whose code or data the address lies in, or NULL. */
struct driver_module *driver_module_of(const void *address);

/* driver_module_extent: the memory that the module occupies. */
void driver_module_extent(const struct driver_module *module, void **start, size_t *size);

/* For the symbolizer: the file, open for reading, and where it is mapped. */
int driver_module_file(const struct driver_module *module);
uintptr_t driver_module_base(const struct driver_module *module);
/* driver_module_dynamic: its dynamic section as the loader keeps it, an array of ElfW(Dyn). */
const void *driver_module_dynamic(const struct driver_module *module);
/* driver_module_debug: a slot for what the symbolizer keeps with the module. */
void **driver_module_debug(struct driver_module *module);

/* driver_module_on_use: changed(module, true) when a use of a module begins, after its globals are
 * fresh and before any of its code runs; changed(module, false) when it ends. NULL: nobody asks. */
void driver_module_on_use(void (*changed)(struct driver_module *module, bool begins));

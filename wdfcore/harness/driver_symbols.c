#include "harness/driver_symbols.h"

#include <elfutils/libdwfl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver_module.h"

/* The file is read through its descriptor: a copy in memory has no name to be found by. It is kept
 * open with the module, so that the next report costs nothing. */
static Dwfl *open_debug(struct driver_module *module)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    void **slot = driver_module_debug(module);

    if (*slot != NULL) {
        return *slot;
    }
    Dwfl *debug = dwfl_begin(&callbacks);
    if (debug == NULL) {
        return NULL;
    }
    int file = dup(driver_module_file(module)); /* libdwfl closes what it is given */
    const char *name = driver_module_name(module);

    dwfl_report_begin(debug);
    if (file < 0 ||
        dwfl_report_elf(debug, name, name, file, driver_module_base(module), true) == NULL ||
        dwfl_report_end(debug, NULL, NULL) != 0) {
        dwfl_end(debug);
        return NULL;
    }
    *slot = debug;
    return debug;
}

struct place {
    const char *function;
    uint64_t offset; /* from the function's start */
    const char *file;
    int line; /* 0: not known */
};

static bool find_place(const void *address, struct place *place)
{
    struct driver_module *module = driver_module_of(address);
    Dwfl *debug = module != NULL ? open_debug(module) : NULL;
    Dwfl_Module *image = debug != NULL ? dwfl_addrmodule(debug, (Dwarf_Addr)address) : NULL;
    GElf_Sym symbol;

    if (image == NULL) {
        return false;
    }
    *place = (struct place){0};
    place->function =
        dwfl_module_addrinfo(image, (Dwarf_Addr)address, &place->offset, &symbol, NULL, NULL, NULL);
    Dwfl_Line *line = dwfl_module_getsrc(image, (Dwarf_Addr)address);
    if (line != NULL) {
        place->file = dwfl_lineinfo(line, NULL, &place->line, NULL, NULL, NULL);
    }
    return place->function != NULL || place->file != NULL;
}

bool driver_symbols_name(const void *address, char *text, size_t size)
{
    struct place place;

    if (!find_place(address, &place)) {
        return false;
    }
    const char *function = place.function != NULL ? place.function : "?";
    if (place.file != NULL && place.line > 0) {
        const char *slash = strrchr(place.file, '/');

        snprintf(text, size, "%s (%s:%d)", function, slash != NULL ? slash + 1 : place.file,
                 place.line);
    } else if (place.offset != 0) {
        snprintf(text, size, "%s+0x%llx", function, (unsigned long long)place.offset);
    } else {
        snprintf(text, size, "%s", function);
    }
    return true;
}

bool driver_symbols_is_driver(const void *address)
{
    return driver_module_of(address) != NULL;
}

bool driver_symbols_function(const void *address, char *text, size_t size)
{
    struct place place;

    if (!find_place(address, &place) || place.function == NULL) {
        return false;
    }
    snprintf(text, size, "%s", place.function);
    return true;
}

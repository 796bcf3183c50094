#include "harness/driver/driver_symbols.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "base/lock.h"
#include "harness/driver/driver_module.h"
#include "host/host_aside.h"

/* Where to look an address up: a driver, or the program. */
struct image {
    const char *name;
    int file;
    uintptr_t base;
    void **debug; /* kept between reports, so that the next one costs nothing */
};

/* The file is read through its descriptor: a copy in memory has no name to be found by. */
static Dwfl *open_debug(const struct image *image)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };

    if (*image->debug != NULL) {
        return *image->debug;
    }
    Dwfl *debug = dwfl_begin(&callbacks);
    if (debug == NULL) {
        return NULL;
    }
    int file = dup(image->file); /* libdwfl closes what it is given */
    dwfl_report_begin(debug);
    if (file < 0 ||
        dwfl_report_elf(debug, image->name, image->name, file, image->base, true) == NULL ||
        dwfl_report_end(debug, NULL, NULL) != 0) {
        dwfl_end(debug);
        return NULL;
    }
    *image->debug = debug;
    return debug;
}

static int note_program(struct dl_phdr_info *info, size_t size, void *context)
{
    *(uintptr_t *)context = info->dlpi_addr;
    return 1; /* the program itself comes first */
}

static Dwfl *find_debug(const void *address)
{
    static void *program_debug;
    static int program_file = -1;
    struct driver_module *module = driver_module_of(address);
    struct image image = {.name = "program", .debug = &program_debug};

    if (module != NULL) {
        image = (struct image){.name = driver_module_name(module),
                               .file = driver_module_file(module),
                               .base = driver_module_base(module),
                               .debug = driver_module_debug(module)};
        return open_debug(&image);
    }
    if (program_file < 0) {
        program_file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    }
    image.file = program_file;
    dl_iterate_phdr(note_program, &image.base);
    return open_debug(&image);
}

struct place {
    const char *function;
    uint64_t offset; /* from the function's start */
    const char *file;
    int line; /* 0: not known */
};

static void find_line(Dwfl_Module *image, Dwarf_Addr address, struct place *place)
{
    Dwfl_Line *known = dwfl_module_getsrc(image, address);
    Dwarf_Die *unit = NULL;
    Dwarf_Addr bias = 0;

    if (known != NULL) {
        place->file = dwfl_lineinfo(known, NULL, &place->line, NULL, NULL, NULL);
        return;
    }
    /* clang writes no index of addresses: ask each unit. */
    while ((unit = dwfl_module_nextcu(image, unit, &bias)) != NULL) {
        Dwarf_Line *line = dwarf_getsrc_die(unit, address - bias);

        if (line != NULL && dwarf_lineno(line, &place->line) == 0) {
            place->file = dwarf_linesrc(line, NULL, NULL);
            return;
        }
    }
}

static bool find_place(const void *address, struct place *place)
{
    Dwfl *debug = find_debug(address);
    Dwfl_Module *image = debug != NULL ? dwfl_addrmodule(debug, (Dwarf_Addr)address) : NULL;
    GElf_Sym symbol;

    if (image == NULL) {
        return false;
    }
    *place = (struct place){0};
    place->function =
        dwfl_module_addrinfo(image, (Dwarf_Addr)address, &place->offset, &symbol, NULL, NULL, NULL);
    find_line(image, (Dwarf_Addr)address, place);
    return place->function != NULL || place->file != NULL;
}

/* ---- what is known already ---- */

/* Modules are never unmapped, so that an address keeps its name. */
struct known {
    const void *address;
    char *function; /* NULL: not known */
    char *place;    /* with file and line */
    UT_hash_handle hh;
};

/* Guards all_known, libdw, and the stack that it runs on. */
static struct base_lock symbols_lock = {.rank = BASE_RANK_SYMBOLS};

static struct known *all_known;

/* As it is written: a compiler puts ".constprop.0" and the like behind the names of its copies. */
static char *function_name(const struct place *place)
{
    return place->function != NULL ? strndup(place->function, strcspn(place->function, ".")) : NULL;
}

static char *describe_place(const struct place *place, const char *name)
{
    const char *function = name != NULL ? name : "?";
    const char *slash = place->file != NULL ? strrchr(place->file, '/') : NULL;
    char *text = NULL;
    int length;

    if (place->file != NULL && place->line > 0) {
        length = asprintf(&text, "%s (%s:%d)", function, slash != NULL ? slash + 1 : place->file,
                          place->line);
    } else if (place->offset != 0) {
        length = asprintf(&text, "%s+0x%" PRIx64, function, place->offset);
    } else {
        length = asprintf(&text, "%s", function);
    }
    return length < 0 ? NULL : text;
}

static void look_up(void *context)
{
    struct known *known = context;
    struct place place;

    if (find_place(known->address, &place)) {
        known->function = function_name(&place);
        known->place = describe_place(&place, known->function);
    }
}

/* libdw needs more stack than a task has, most of all one that has just used up its own. */
static const struct known *find_known_locked(const void *address)
{
    struct known *known;

    HASH_FIND_PTR(all_known, &address, known);
    if (known == NULL) {
        known = calloc(1, sizeof(*known));
        if (known == NULL) {
            return NULL;
        }
        known->address = address;
        host_aside_run(look_up, known);
        if (known->place == NULL) { /* a module may come to lie there yet */
            free(known);
            return NULL;
        }
        HASH_ADD_PTR(all_known, address, known);
    }
    return known;
}

/* What is known once stays as it is. */
static const struct known *find_known(const void *address)
{
    const struct known *known;

    base_lock_acquire(&symbols_lock);
    known = find_known_locked(address);
    base_lock_release(&symbols_lock);
    return known;
}

bool driver_symbols_name(const void *address, char *text, size_t size)
{
    const struct known *known = find_known(address);

    if (known == NULL) {
        return false;
    }
    snprintf(text, size, "%s", known->place);
    return true;
}

bool driver_symbols_is_driver(const void *address)
{
    return driver_module_of(address) != NULL;
}

bool driver_symbols_function(const void *address, char *text, size_t size)
{
    const struct known *known = find_known(address);

    if (known == NULL || known->function == NULL) {
        return false;
    }
    snprintf(text, size, "%s", known->function);
    return true;
}

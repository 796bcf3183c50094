#include "harness/driver/driver_globals.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One stretch of memory: kept with its copy, or to be left out (copy NULL). */
struct stretch {
    uintptr_t start, end;
    unsigned char *copy;
};

struct stretches {
    struct stretch *item;
    size_t count, room;
};

struct driver_globals {
    struct stretches kept;
};

static bool stretches_add(struct stretches *list, uintptr_t start, uintptr_t end)
{
    if (start >= end) {
        return true;
    }
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 16 : list->room * 2;
        struct stretch *item = realloc(list->item, room * sizeof(*item));

        if (item == NULL) {
            return false;
        }
        list->item = item;
        list->room = room;
    }
    list->item[list->count++] = (struct stretch){.start = start, .end = end};
    return true;
}

/* ---- what is not the driver's own ---- */

static bool is_counter_section(const char *name)
{
    return strncmp(name, "__llvm_prf", 10) == 0 || strncmp(name, "__sancov", 8) == 0;
}

/* gcc's counters have no section of their own, but each function's have a symbol. */
static bool is_counter_symbol(const char *name)
{
    return strncmp(name, "__gcov", 6) == 0 || strncmp(name, "__llvm_gcov", 11) == 0 ||
           strncmp(name, "__llvm_prof", 11) == 0;
}

static const void *file_at(const unsigned char *file, size_t size, uint64_t offset, uint64_t length)
{
    return offset <= size && length <= size - offset ? file + offset : NULL;
}

static bool leave_out_symbols(struct stretches *out, uintptr_t base, const unsigned char *file,
                              size_t size, const ElfW(Shdr) * table, const ElfW(Shdr) * strings)
{
    const ElfW(Sym) *symbol = file_at(file, size, table->sh_offset, table->sh_size);
    const char *names = file_at(file, size, strings->sh_offset, strings->sh_size);

    if (symbol == NULL || names == NULL || strings->sh_size == 0 ||
        names[strings->sh_size - 1] != '\0') {
        return true;
    }
    for (size_t i = 0; i < table->sh_size / sizeof(*symbol); i++) {
        bool object = ELF64_ST_TYPE(symbol[i].st_info) == STT_OBJECT;

        if (object && symbol[i].st_name < strings->sh_size &&
            is_counter_symbol(names + symbol[i].st_name)) {
            uintptr_t start = base + symbol[i].st_value;

            if (!stretches_add(out, start, start + symbol[i].st_size)) {
                return false;
            }
        }
    }
    return true;
}

static bool leave_out_counters(struct stretches *out, uintptr_t base, const unsigned char *file,
                               size_t size)
{
    const ElfW(Ehdr) *header = file_at(file, size, 0, sizeof(*header));
    const ElfW(Shdr) *section =
        header == NULL
            ? NULL
            : file_at(file, size, header->e_shoff, (uint64_t)header->e_shnum * sizeof(*section));

    if (section == NULL || header->e_shstrndx >= header->e_shnum) {
        return true; /* stripped of its sections: then it holds no counters worth keeping */
    }
    const ElfW(Shdr) *naming = &section[header->e_shstrndx];
    const char *names = file_at(file, size, naming->sh_offset, naming->sh_size);

    if (names == NULL || naming->sh_size == 0 || names[naming->sh_size - 1] != '\0') {
        return true;
    }
    for (unsigned i = 0; i < header->e_shnum; i++) {
        bool good = true;

        if (section[i].sh_type == SHT_SYMTAB && section[i].sh_link < header->e_shnum) {
            good =
                leave_out_symbols(out, base, file, size, &section[i], &section[section[i].sh_link]);
        } else if ((section[i].sh_flags & SHF_WRITE) != 0 && section[i].sh_name < naming->sh_size &&
                   is_counter_section(names + section[i].sh_name)) {
            uintptr_t start = base + section[i].sh_addr;

            good = stretches_add(out, start, start + section[i].sh_size);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

/* ---- keeping ---- */

static int compare_starts(const void *left, const void *right)
{
    const struct stretch *a = left, *b = right;

    return a->start < b->start ? -1 : a->start > b->start;
}

/* Adds start..end without what `out` (sorted) says. */
static bool keep_range(struct stretches *kept, const struct stretches *out, uintptr_t start,
                       uintptr_t end)
{
    for (size_t i = 0; i < out->count && start < end; i++) {
        const struct stretch *hole = &out->item[i];

        if (hole->end <= start || hole->start >= end) {
            continue;
        }
        if (!stretches_add(kept, start, hole->start)) {
            return false;
        }
        start = hole->end;
    }
    return stretches_add(kept, start, end);
}

struct segment_search {
    uintptr_t base;
    struct stretches *out, *writable;
    bool found, good;
};

static int note_segments(struct dl_phdr_info *info, size_t size, void *context)
{
    struct segment_search *search = context;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    if (info->dlpi_addr != search->base) {
        return 0;
    }
    search->found = true;
    search->good = true;
    for (unsigned i = 0; i < info->dlpi_phnum && search->good; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = search->base + segment->p_vaddr;
        uintptr_t end = start + segment->p_memsz;

        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) != 0) {
            search->good = stretches_add(search->writable, start, end);
        } else if (segment->p_type == PT_GNU_RELRO) {
            /* The loader protects whole pages: what shares the last one stays writable. */
            search->good = stretches_add(search->out, start & ~(page - 1), end & ~(page - 1));
        }
    }
    return 1;
}

/* Red zones of a sanitizer lie between the variables: they are copied like all else, unseen. Words
 * keep it quick; volatile keeps the compiler from calling memcpy, which the sanitizers watch. */
__attribute__((no_sanitize("address", "thread", "undefined"))) static void
copy_unseen(void *to, const void *from, size_t size)
{
    volatile unsigned char *target = to;
    const volatile unsigned char *source = from;

    while (size >= 8 && ((uintptr_t)target | (uintptr_t)source) % 8 == 0) {
        *(volatile uint64_t *)target = *(const volatile uint64_t *)source;
        target += 8;
        source += 8;
        size -= 8;
    }
    while (size > 0) {
        *target++ = *source++;
        size--;
    }
}

static bool take_copies(struct stretches *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        struct stretch *stretch = &kept->item[i];
        size_t size = stretch->end - stretch->start;
        /* Same offset within a word as the original, so that words can be copied. */
        unsigned char *copy = malloc(size + 8);

        if (copy == NULL) {
            return false;
        }
        stretch->copy = copy;
        copy_unseen(copy + stretch->start % 8, (const void *)stretch->start, size);
    }
    return true;
}

struct driver_globals *driver_globals_keep(const void *base, const void *file, size_t file_size)
{
    struct stretches out = {0}, writable = {0};
    struct segment_search search = {.base = (uintptr_t)base, .out = &out, .writable = &writable};
    struct driver_globals *globals = calloc(1, sizeof(*globals));

    dl_iterate_phdr(note_segments, &search);
    bool good = globals != NULL && search.found && search.good &&
                leave_out_counters(&out, (uintptr_t)base, file, file_size);
    if (good && out.count > 0) {
        qsort(out.item, out.count, sizeof(out.item[0]), compare_starts);
    }
    for (size_t i = 0; good && i < writable.count; i++) {
        good = keep_range(&globals->kept, &out, writable.item[i].start, writable.item[i].end);
    }
    good = good && take_copies(&globals->kept);
    free(out.item);
    free(writable.item);
    if (!good && globals != NULL) {
        driver_globals_delete(globals);
        globals = NULL;
    }
    return globals;
}

void driver_globals_delete(struct driver_globals *globals)
{
    for (size_t i = 0; i < globals->kept.count; i++) {
        free(globals->kept.item[i].copy);
    }
    free(globals->kept.item);
    free(globals);
}

void driver_globals_restore(const struct driver_globals *globals)
{
    for (size_t i = 0; i < globals->kept.count; i++) {
        const struct stretch *stretch = &globals->kept.item[i];

        copy_unseen((void *)stretch->start, stretch->copy + stretch->start % 8,
                    stretch->end - stretch->start);
    }
}

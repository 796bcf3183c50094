/* api_interpose.c - a driver's pointers to the API, turned to wrappers and back.
 * Normal path: the loader says that a module's use begins; each of its relocations that names an
 * API gets the wrapper, and what was there is the API itself. When the use ends the pointers are
 * turned back: the module may be used again without observers.
 */
#include "harness/api_interpose.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "harness/driver/driver_module.h"
#include "nt/ke/report/ke_caller.h"

/* Keys: (o) only outside the machine, while no driver is loaded */
static struct {
    struct api_observer *observers[API_OBSERVERS]; /* (o) in order of adding, without gaps */
    unsigned count;                                /* (o) */
} interpose;

/* ---- calls ---- */

bool api_interpose_before(struct api_call *call)
{
    for (; call->begun < interpose.count; call->begun++) {
        struct api_observer *observer = interpose.observers[call->begun];

        if (observer->before != NULL && !observer->before(observer, call)) {
            call->begun++;
            call->refused = true;
            return false;
        }
    }
    return true;
}

void api_interpose_after(struct api_call *call)
{
    while (call->begun > 0) {
        struct api_observer *observer = interpose.observers[--call->begun];

        if (observer->after != NULL) {
            observer->after(observer, call);
        }
    }
}

/* ---- looking ---- */

static int compare_names(const void *name, const void *api)
{
    return strcmp(name, ((const struct api_info *)api)->name);
}

const struct api_info *api_find(const char *name)
{
    return bsearch(name, api_wrappers.api, api_wrappers.count, sizeof(*api_wrappers.api),
                   compare_names);
}

size_t api_index(const struct api_info *api)
{
    return (size_t)(api - api_wrappers.api);
}

const struct api_type *api_type(int number)
{
    return number < 0 ? NULL : &api_wrappers.type[number];
}

/* The kernel reads for us: it says so when an address is bad, where we would fault. By number, for a
 * sanitizer would look at the bytes, too. */
bool api_peek(const void *from, void *to, size_t size)
{
    static int scratch = -1;

    if (size == 0) {
        return true;
    }
    if (scratch < 0) {
        scratch = memfd_create("peek", MFD_CLOEXEC);
    }
    return syscall(SYS_pwrite64, scratch, from, size, (off_t)0) == (long)size &&
           pread(scratch, to, size, 0) == (ssize_t)size;
}

/* ---- a module's pointers ---- */

struct image {
    uintptr_t base;
    const ElfW(Sym) * symbols;
    const char *names;
    uintptr_t relro_start, relro_end; /* read-only by now */
};

/* Pointers that the loader has finished lie in pages that it has made read-only. */
static void store(const struct image *image, void **slot, void *value)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)slot & ~(page - 1);
    bool locked = (uintptr_t)slot >= image->relro_start && (uintptr_t)slot < image->relro_end;

    int error = locked ? mprotect((void *)start, page, PROT_READ | PROT_WRITE) : 0;
    CORE_ASSERT(error == 0);
    *slot = value;
    error = locked ? mprotect((void *)start, page, PROT_READ) : 0;
    CORE_ASSERT(error == 0);
}

static void turn_slot(const struct image *image, const ElfW(Rela) * relocation, bool on)
{
    const ElfW(Sym) *symbol = &image->symbols[ELF64_R_SYM(relocation->r_info)];
    const struct api_info *api;
    void **slot = (void **)(image->base + relocation->r_offset);

    switch (ELF64_R_TYPE(relocation->r_info)) {
    case R_X86_64_JUMP_SLOT:
    case R_X86_64_GLOB_DAT:
    case R_X86_64_64:
        break;
    default:
        return;
    }
    if (symbol->st_shndx != SHN_UNDEF || relocation->r_addend != 0) {
        return; /* the driver's own */
    }
    api = api_find(image->names + symbol->st_name);
    if (api == NULL || *slot == NULL) {
        return;
    }
    if (on && *slot != api->wrapper) {
        api_wrappers.real[api_index(api)] = *slot;
        store(image, slot, api->wrapper);
    } else if (!on && *slot == api->wrapper) {
        store(image, slot, api_wrappers.real[api_index(api)]);
    }
}

static void turn_table(const struct image *image, const void *table, size_t size, bool on)
{
    const ElfW(Rela) *relocation = table;

    for (size_t i = 0; i < size / sizeof(*relocation); i++) {
        turn_slot(image, &relocation[i], on);
    }
}

static int note_relro(struct dl_phdr_info *info, size_t size, void *context)
{
    struct image *image = context;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    if (info->dlpi_addr != image->base) {
        return 0;
    }
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

        if (segment->p_type == PT_GNU_RELRO) {
            uintptr_t start = image->base + segment->p_vaddr;

            image->relro_start = start & ~(page - 1);
            image->relro_end = (start + segment->p_memsz) & ~(page - 1);
        }
    }
    return 1;
}

/* The dynamic section as the loader keeps it: with addresses, not offsets. */
static void turn_module(struct driver_module *module, bool on)
{
    struct image image = {.base = driver_module_base(module)};
    const void *rela = NULL, *plt = NULL;
    size_t rela_size = 0, plt_size = 0;

    for (const ElfW(Dyn) *entry = driver_module_dynamic(module); entry->d_tag != DT_NULL; entry++) {
        switch (entry->d_tag) {
        case DT_SYMTAB:
            image.symbols = (const void *)entry->d_un.d_ptr;
            break;
        case DT_STRTAB:
            image.names = (const void *)entry->d_un.d_ptr;
            break;
        case DT_RELA:
            rela = (const void *)entry->d_un.d_ptr;
            break;
        case DT_RELASZ:
            rela_size = entry->d_un.d_val;
            break;
        case DT_JMPREL:
            plt = (const void *)entry->d_un.d_ptr;
            break;
        case DT_PLTRELSZ:
            plt_size = entry->d_un.d_val;
            break;
        default:
            break;
        }
    }
    dl_iterate_phdr(note_relro, &image);
    turn_table(&image, rela, rela_size, on);
    turn_table(&image, plt, plt_size, on);
}

static void module_used(struct driver_module *module, bool begins)
{
    turn_module(module, begins && interpose.count > 0);
}

/* ---- observers ---- */

void api_interpose_add(struct api_observer *observer)
{
    CORE_ASSERT(interpose.count < API_OBSERVERS);
    observer->number = interpose.count;
    interpose.observers[interpose.count++] = observer;
    driver_module_on_use(module_used);
    ke_caller_skip(api_wrappers.start, api_wrappers.end);
}

void api_interpose_remove(struct api_observer *observer)
{
    CORE_ASSERT(interpose.observers[observer->number] == observer);
    interpose.count--;
    for (unsigned i = observer->number; i < interpose.count; i++) {
        interpose.observers[i] = interpose.observers[i + 1];
        interpose.observers[i]->number = i;
    }
    if (interpose.count == 0) {
        driver_module_on_use(NULL);
        ke_caller_skip(NULL, NULL);
    }
}

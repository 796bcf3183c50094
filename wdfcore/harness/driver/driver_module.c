#include "harness/driver/driver_module.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/driver/driver_file.h"
#include "harness/driver/driver_globals.h"

struct driver_module {
    struct driver_module *next; /* every module of the process, newest first */
    void *handle;               /* of dlopen */
    uintptr_t start, end;       /* what it occupies in memory */
    uintptr_t base;
    const void *dynamic;
    int file; /* the file itself or, for a copy, the copy */
    struct driver_globals *globals;
    void *debug;
    bool in_use;
    char name[64];
    /* What it was made from. */
    char path[PATH_MAX];
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

static struct driver_module *modules;
static void (*use_changed)(struct driver_module *module, bool begins);

struct opening {
    const char *path;
    char real_path[PATH_MAX];
    int file;
    struct stat stat;
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct opening *opening,
                                                         const char *format, ...)
{
    int used = snprintf(opening->error, opening->error_size, "driver '%s': ", opening->path);
    va_list arguments;

    if (used > 0 && (size_t)used < opening->error_size) {
        va_start(arguments, format);
        vsnprintf(opening->error + used, opening->error_size - (size_t)used, format, arguments);
        va_end(arguments);
    }
}

/* ---- the file ---- */

static bool open_file(struct opening *opening)
{
    ElfW(Ehdr) header;

    opening->file = open(opening->path, O_RDONLY | O_CLOEXEC);
    if (opening->file < 0 || fstat(opening->file, &opening->stat) != 0 ||
        realpath(opening->path, opening->real_path) == NULL) {
        refuse(opening, "%s", strerror(errno));
        return false;
    }
    if (!S_ISREG(opening->stat.st_mode)) {
        refuse(opening, "not a file");
        return false;
    }
    if (pread(opening->file, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_DYN) {
        refuse(opening, "not a driver module; wdf_add_driver builds one");
        return false;
    }
    if (driver_file_is_cut_off(opening->file)) {
        refuse(opening, "cut off; build it again");
        return false;
    }
    return true;
}

/* Replaces the file by a copy in memory, which the loader takes for another file. */
static bool copy_file(struct opening *opening)
{
    int copy = memfd_create("driver", MFD_CLOEXEC);
    off_t offset = 0;

    while (copy >= 0 && offset < opening->stat.st_size) {
        ssize_t sent =
            sendfile(copy, opening->file, &offset, (size_t)(opening->stat.st_size - offset));
        if (sent <= 0) {
            close(copy);
            copy = -1;
        }
    }
    if (copy < 0) {
        refuse(opening, "cannot be copied: %s", strerror(errno));
        return false;
    }
    close(opening->file);
    opening->file = copy;
    return true;
}

/* The loader takes either for the file that it has loaded already. */
static bool looks_the_same(const struct driver_module *module, const struct opening *opening)
{
    return strcmp(module->path, opening->real_path) == 0 ||
           (module->device == opening->stat.st_dev && module->inode == opening->stat.st_ino);
}

static bool is_unchanged(const struct driver_module *module, const struct opening *opening)
{
    return module->device == opening->stat.st_dev && module->inode == opening->stat.st_ino &&
           module->size == opening->stat.st_size &&
           module->modified.tv_sec == opening->stat.st_mtim.tv_sec &&
           module->modified.tv_nsec == opening->stat.st_mtim.tv_nsec;
}

/* ---- loading ---- */

static bool begins_with_one_of(const char *symbol, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        size_t length = strlen(*prefixes);

        /* A word begins behind it: "IoCall", not "Ionize". */
        if (strncmp(symbol, *prefixes, length) == 0 &&
            (symbol[length - 1] == '_' || (symbol[length] >= 'A' && symbol[length] <= 'Z'))) {
            return true;
        }
    }
    return false;
}

/* What to do about a function that nobody has depends on whose it is by its name. */
static const char *undefined_remedy(const char *symbol)
{
    static const char *const sanitizers[] = {"__asan_", "__ubsan_", "__tsan_", NULL};
    static const char *const api[] = {
        "Acx",   "Cc",    "Cm",  "Dbg",   "Etw",  "Ex",  "Exf",         "Flt",      "FsRtl", "Fwpm",
        "Fwps",  "Hal",   "Hid", "HidP_", "Hidp", "Hvl", "Interlocked", "Io",       "Iof",   "Kd",
        "Ke",    "Kef",   "Kf",  "Ks",    "Lsa",  "Mm",  "Ndis",        "Nt",       "Ob",    "Obf",
        "Pc",    "Pci",   "Po",  "PoFx",  "Ps",   "Rtl", "Se",          "StorPort", "Tm",    "Ucx",
        "Udecx", "USBD_", "Vhf", "Wdf",   "Wmi",  "Wsk", "Zw",          NULL};

    if (begins_with_one_of(symbol, sanitizers)) {
        return "which this program has not: build both with the same sanitizers";
    }
    if (begins_with_one_of(symbol, api)) {
        return "which wdfcore does not provide";
    }
    return "which neither its sources nor wdfcore have: is it in a library that it is linked with? "
           "Build that with it";
}

static void refuse_loader_error(struct opening *opening)
{
    static const char undefined[] = "undefined symbol: ";
    const char *text = dlerror();
    const char *symbol = strstr(text, undefined);

    if (symbol != NULL) {
        symbol += strlen(undefined);
        int length = (int)strcspn(symbol, ", \n");

        refuse(opening, "uses %.*s, %s", length, symbol, undefined_remedy(symbol));
        return;
    }
    const char *colon = strstr(text, ": ");
    refuse(opening, "%s", colon != NULL ? colon + 2 : text);
}

static int note_extent(struct dl_phdr_info *info, size_t size, void *context)
{
    struct driver_module *module = context;

    if (info->dlpi_addr != module->base) {
        return 0;
    }
    module->start = UINTPTR_MAX;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = module->base + segment->p_vaddr;

        if (segment->p_type == PT_LOAD) {
            module->start = start < module->start ? start : module->start;
            module->end =
                start + segment->p_memsz > module->end ? start + segment->p_memsz : module->end;
        }
    }
    return 1;
}

static bool keep_globals(struct driver_module *module, const struct opening *opening)
{
    size_t size = (size_t)opening->stat.st_size;
    void *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, opening->file, 0);

    if (file == MAP_FAILED) {
        return false;
    }
    module->globals = driver_globals_keep((const void *)module->base, file, size);
    munmap(file, size);
    return module->globals != NULL;
}

static bool load(struct driver_module *module, struct opening *opening, bool copied)
{
    char copy[32];
    struct link_map *map;

    /* The loader knows files by name too: each copy's number stays taken while it is loaded. */
    snprintf(copy, sizeof(copy), "/proc/self/fd/%d", opening->file);
    module->handle = dlopen(copied ? copy : opening->real_path, RTLD_NOW | RTLD_LOCAL);
    if (module->handle == NULL) {
        refuse_loader_error(opening);
        return false;
    }
    if (dlinfo(module->handle, RTLD_DI_LINKMAP, &map) != 0) {
        refuse_loader_error(opening);
        dlclose(module->handle);
        return false;
    }
    module->base = map->l_addr;
    module->dynamic = map->l_ld;
    module->file = opening->file;
    dl_iterate_phdr(note_extent, module);
    if (!keep_globals(module, opening)) {
        refuse(opening, "out of memory");
        dlclose(module->handle);
        return false;
    }
    return true;
}

static void name_module(struct driver_module *module, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t length = strlen(name);

    if (length > 3 && strcmp(name + length - 3, ".so") == 0) {
        length -= 3;
    }
    snprintf(module->name, sizeof(module->name), "%.*s", (int)length, name);
}

static struct driver_module *load_new(struct opening *opening, bool copied)
{
    struct stat original = opening->stat;
    struct driver_module *module = calloc(1, sizeof(*module));

    if (module == NULL) {
        refuse(opening, "out of memory");
        return NULL;
    }
    if ((copied && !copy_file(opening)) || !load(module, opening, copied)) {
        free(module);
        return NULL;
    }
    opening->file = -1; /* the module's now */
    name_module(module, opening->path);
    memcpy(module->path, opening->real_path, sizeof(module->path));
    module->device = original.st_dev;
    module->inode = original.st_ino;
    module->size = original.st_size;
    module->modified = original.st_mtim;
    module->next = modules;
    modules = module;
    return module;
}

struct driver_module *driver_module_open(const char *path, char *error, size_t error_size)
{
    struct opening opening = {.path = path, .file = -1, .error = error, .error_size = error_size};
    struct driver_module *module = NULL;
    bool known = false;

    if (open_file(&opening)) {
        for (module = modules; module != NULL; module = module->next) {
            if (looks_the_same(module, &opening)) {
                known = true;
                if (!module->in_use && is_unchanged(module, &opening)) {
                    driver_globals_restore(module->globals);
                    break;
                }
            }
        }
        if (module == NULL) {
            module = load_new(&opening, known);
        }
    }
    if (opening.file >= 0) {
        close(opening.file);
    }
    if (module != NULL) {
        module->in_use = true;
        if (use_changed != NULL) {
            use_changed(module, true);
        }
    }
    return module;
}

void driver_module_close(struct driver_module *module)
{
    if (use_changed != NULL) {
        use_changed(module, false);
    }
    void (*use_ends)(void) = driver_module_symbol(module, "wdfcore_driver_use_ends");
    if (use_ends != NULL) {
        use_ends(); /* counts of coverage: the next use begins without them */
    }
    module->in_use = false;
}

void driver_module_on_use(void (*changed)(struct driver_module *module, bool begins))
{
    use_changed = changed;
}

/* ---- looking ---- */

void *driver_module_symbol(const struct driver_module *module, const char *name)
{
    void *symbol = dlsym(module->handle, name);

    /* dlsym also searches the libraries that the module asks for. */
    return symbol != NULL && driver_module_of(symbol) == module ? symbol : NULL;
}

const char *driver_module_name(const struct driver_module *module)
{
    return module->name;
}

struct driver_module *driver_module_of(const void *address)
{
    struct driver_module *module = modules;

    while (module != NULL &&
           ((uintptr_t)address < module->start || (uintptr_t)address >= module->end)) {
        module = module->next;
    }
    return module;
}

void driver_module_extent(const struct driver_module *module, void **start, size_t *size)
{
    *start = (void *)module->start;
    *size = module->end - module->start;
}

int driver_module_file(const struct driver_module *module)
{
    return module->file;
}

uintptr_t driver_module_base(const struct driver_module *module)
{
    return module->base;
}

const void *driver_module_dynamic(const struct driver_module *module)
{
    return module->dynamic;
}

void **driver_module_debug(struct driver_module *module)
{
    return &module->debug;
}

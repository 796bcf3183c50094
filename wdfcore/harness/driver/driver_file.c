#include "harness/driver/driver_file.h"

#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_at(int file, void *bytes, size_t size, uint64_t offset)
{
    return offset <= INT64_MAX && pread(file, bytes, size, (off_t)offset) == (ssize_t)size;
}

bool driver_file_is_cut_off(int file)
{
    ElfW(Ehdr) header;
    ElfW(Phdr) segment;
    struct stat stat;

    if (fstat(file, &stat) != 0 || !read_at(file, &header, sizeof(header), 0) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(segment)) {
        return false; /* none: the loader says so */
    }
    for (unsigned i = 0; i < header.e_phnum; i++) {
        if (!read_at(file, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment))) {
            return true;
        }
        if (segment.p_type == PT_LOAD &&
            (segment.p_filesz > (uint64_t)stat.st_size ||
             segment.p_offset > (uint64_t)stat.st_size - segment.p_filesz)) {
            return true;
        }
    }
    return false;
}

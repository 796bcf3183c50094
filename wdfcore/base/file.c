#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_READ ((size_t)64 << 20)

/* NULL: errno says why. */
static char *read_all(FILE *file, size_t *size)
{
    char *bytes = NULL;
    size_t room = 0;

    *size = 0;
    do {
        char *more = *size <= SIZE_MAX_READ ? realloc(bytes, room = room * 2 + 4096) : NULL;

        if (more == NULL) {
            int error = *size <= SIZE_MAX_READ ? ENOMEM : EFBIG;

            free(bytes);
            errno = error;
            return NULL;
        }
        bytes = more;
        *size += fread(bytes + *size, 1, room - 2 - *size, file);
    } while (*size == room - 2);
    if (ferror(file)) {
        int error = errno; /* free may change it */

        free(bytes);
        errno = error;
        return NULL;
    }
    bytes[*size] = '\0';
    bytes[*size + 1] = '\0';
    return bytes;
}

char *base_file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;

    if (file != NULL) {
        bytes = read_all(file, size);

        int error = errno;
        fclose(file);
        errno = error;
    }
    return bytes;
}

const char *base_file_flush(FILE *file)
{
    if (fflush(file) != 0) {
        return strerror(errno);
    }
    /* An earlier write, which told nobody. */
    return ferror(file) ? "not all of it could be written" : NULL;
}

const char *base_file_close(FILE *file)
{
    const char *lost = base_file_flush(file);

    return fclose(file) != 0 && lost == NULL ? strerror(errno) : lost;
}

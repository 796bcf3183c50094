#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NULL: errno says why. */
static char *read_all(FILE *file, size_t *size)
{
    char *text = NULL;
    size_t room = 0;

    *size = 0;
    do {
        char *more = realloc(text, room = room * 2 + 4096);

        if (more == NULL) {
            free(text);
            return NULL;
        }
        text = more;
        *size += fread(text + *size, 1, room - 1 - *size, file);
    } while (*size == room - 1);
    if (ferror(file)) {
        int error = errno; /* free may change it */

        free(text);
        errno = error;
        return NULL;
    }
    text[*size] = '\0';
    return text;
}

char *base_text_read(const char *path, const char **why)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size;

    if (file != NULL) {
        text = read_all(file, &size);
    }
    if (text == NULL) {
        *why = strerror(errno);
    }
    if (file != NULL) {
        fclose(file);
    }
    if (text == NULL) {
        return NULL;
    }
    if (strlen(text) != size) {
        free(text);
        *why = "not a text file";
        return NULL;
    }
    return text;
}

char *base_text_line(char **rest)
{
    char *line = *rest;
    char *end = line + strcspn(line, "\n");

    if (*line == '\0') {
        return NULL;
    }
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return line;
}

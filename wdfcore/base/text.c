#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

char *base_text_read(const char *path, const char **why)
{
    size_t size;
    char *text = base_file_read(path, &size);

    if (text == NULL) {
        *why = strerror(errno);
    } else if (strlen(text) != size) {
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

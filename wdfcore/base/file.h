#pragma once
/* file.h - files as a whole: all of one that a user wrote, and whether all of one that is written has
 * arrived.
 */
#include <stddef.h>
#include <stdio.h>

/* base_file_read: its bytes, with two zero bytes behind them, to be freed. NULL: errno says why; EFBIG: it
 * has more than 64 MiB, or no end. */
char *base_file_read(const char *path, size_t *size);

/* base_file_flush: hand on what was written to the stream. base_file_close: the same, and close it.
 *   Returns  NULL, or why some of it is lost: a full disk may show only now */
const char *base_file_flush(FILE *file);
const char *base_file_close(FILE *file);

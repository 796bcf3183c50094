#pragma once
/* text.h - a text file that a user wrote, read as a whole and cut into lines.
 *
 *     char *text = base_text_read(path, &why);
 *     char *rest = text;
 *     for (char *line; (line = base_text_line(&rest)) != NULL;) ...
 *     free(text);
 */

/* base_text_read: the file, with a 0 at its end. NULL: *why says what is wrong ("Is a directory",
 * or that it is no text: then a 0 is in it). */
char *base_text_read(const char *path, const char **why);

/* base_text_line: the next line, without its end. NULL: that was all. */
char *base_text_line(char **rest);

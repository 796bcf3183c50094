#pragma once
/* project_files.h - what samples/template* hold, for `wdf new`. */

struct project_file {
    const char *variant; /* "": of every project; else in place of the file of that path */
    const char *path;    /* NULL: the last */
    const char *text;
};

extern const struct project_file project_files[];

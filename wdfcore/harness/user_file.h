#pragma once
/* user_file.h - what an application has open: wc_file_open, wc_file_close. */
#include <wdm.h>

struct wc_file;

/* user_file_ref_object: the object of an open file, with a reference: another task may close the file
 * meanwhile. NULL: it is none, or being closed. */
PFILE_OBJECT user_file_ref_object(const struct wc_file *file);

/* user_file_close_all: all that nobody is opening or closing. PASSIVE_LEVEL.
 * user_file_stop: the machine ends: what is left is forgotten. */
void user_file_close_all(void);
void user_file_stop(void);

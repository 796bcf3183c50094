#pragma once
/* driver_file.h - the file of a module, before the loader maps it. */
#include <stdbool.h>

/* driver_file_is_cut_off: a shared object of which the loader would map what is not there: touching that
 * is a bus error. */
bool driver_file_is_cut_off(int file);

#pragma once
/* machine_choices.h - the choices of a schedule in a file, to be replayed, edited and reduced. A line
 * a choice, "NUMBER KIND VALUE"; # begins a comment; numbers grow.
 */
#include <wdfcore/machine.h>

#include "nt/ke/schedule/ke_choice.h"

/* machine_choices_read: the list is the caller's to free. WC_BAD_INPUT: the file, and where. */
enum wc_result machine_choices_read(const char *path, struct ke_choice **list, size_t *count);
/* machine_choices_write: what the running machine keeps. */
enum wc_result machine_choices_write(const char *path);

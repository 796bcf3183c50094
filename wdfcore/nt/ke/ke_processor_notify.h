#pragma once
/* ke_processor_notify.h - routines of drivers that are registered for nonmaskable interrupts and for new
 * processors. */
#include <stddef.h>

/* ke_processor_notify_of_code: a routine in that memory that is registered, or NULL. */
const void *ke_processor_notify_of_code(const void *start, size_t size);

#pragma once
/* ob_callback.h - handles to processes and threads are made in the hearing of who registered. */
#include <wdm.h>

/* ob_handle_open: ob_handle_create; for a process or thread the routines of ObRegisterCallbacks are
 * called before and after. PASSIVE_LEVEL, no lock held.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS ob_handle_open(PVOID body, ACCESS_MASK access, ULONG attributes, PHANDLE handle);

/* ob_callback_of_code: a registered routine that lies in that memory, or NULL. */
const void *ob_callback_of_code(const void *start, size_t size);

#pragma once
/* ps_notify.h - who wants to know of threads and drivers that come and go. */
#include <ntddk.h>

#include <stdbool.h>

/* ps_notify_thread: a system thread of a driver was created (in its creator) or ends (in itself). */
void ps_notify_thread(ULONG_PTR id, BOOLEAN create);
/* ps_notify_image: a driver of that name is about to be called for the first time. */
void ps_notify_image(const char *driver, PVOID start, SIZE_T size);
/* ps_notify_of_code: a registered routine that lies in that memory, or NULL. */
const void *ps_notify_of_code(const void *start, size_t size);

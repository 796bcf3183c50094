#pragma once
/* ob_types.h - the types of objects that drivers can name. */
#include "nt/ob/ob_object.h"

extern const struct ob_type ob_event_type;         /* ob_event.c */
extern const struct ob_type io_device_type;        /* io_device.c */
extern const struct ob_type io_driver_type;        /* io_driver.c */
extern const struct ob_type io_file_type;          /* io_file.c */
PCUNICODE_STRING ob_event_name(const void *event); /* empty: it has none */
extern const struct ob_type ps_process_type;       /* ps_process.c */
extern const struct ob_type ke_thread_type;        /* ke_thread.c */
/* ps_process_of_id: the system's or the applications' process with a reference; NULL: no such number. */
PEPROCESS ps_process_of_id(ULONG_PTR id);

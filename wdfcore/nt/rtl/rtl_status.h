#pragma once
/* rtl_status.h - the names of <ntstatus.h>. */
#include <wdm.h>

/* rtl_status_name: "STATUS_INVALID_PARAMETER"; of several names of a value the first; NULL: none. */
const char *rtl_status_name(NTSTATUS status);

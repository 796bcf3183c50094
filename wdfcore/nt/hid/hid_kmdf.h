#pragma once
/* hid_kmdf.h - mshidkmdf, the minidriver that Windows has for framework drivers: it hands every request
 * to the driver below it, which is a lower filter of its device.
 */
#include <wdm.h>

/* hid_kmdf_entry: its DriverEntry. */
NTSTATUS hid_kmdf_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path);

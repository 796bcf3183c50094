#pragma once
/* po_idle.h - devices that want to be put to sleep when nobody uses them. */
#include <wdm.h>

/* po_idle_device_deleted: its registration goes. po_idle_stop: forget all. */
void po_idle_device_deleted(PDEVICE_OBJECT device);
void po_idle_stop(void);

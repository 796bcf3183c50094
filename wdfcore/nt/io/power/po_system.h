#pragma once
/* po_system.h - what drivers have asked for to keep the system awake. */
#include <wdm.h>

/* po_system_required: the ES_ flags of all registrations together. */
ULONG po_system_required(void);
void po_system_stop(void);

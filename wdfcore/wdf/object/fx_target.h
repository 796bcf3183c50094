#pragma once
/* fx_target.h - WDFIOTARGET: the default target, which is the next lower driver of a device.
 * Rules for a default target:
 * - made when the driver asks for it first; a child of its device, gone with it
 * - always started; the driver cannot delete it
 */
#include <wdf.h>

#include "wdf/pnp/fx_device.h"

/* Keys: (c) constant once published */
struct fx_target {
    struct fx_object object;
    struct fx_device *device; /* (c) above the target */
    DEVICE_OBJECT *wdm;       /* (c) requests go there */
};

/* fx_target_of: the device's default target. NULL: a control device, one that is being deleted, or
 * memory is short. <= DISPATCH_LEVEL. */
struct fx_target *fx_target_of(struct fx_device *device);

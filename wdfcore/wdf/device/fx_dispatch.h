#pragma once
/* fx_dispatch.h - every IRP of a framework device comes through here: the driver's preprocess
 * callbacks first, then the package that knows the major function.
 */
#include "wdf/device/fx_device.h"

/* fx_dispatch: the MajorFunction routine of all framework drivers. */
DRIVER_DISPATCH fx_dispatch;

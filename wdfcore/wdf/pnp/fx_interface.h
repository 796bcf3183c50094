#pragma once
/* fx_interface.h - the device interfaces of a device.
 * Rules for an interface:
 * - known by class and reference string; the same pair created twice shares one entry
 * - made before start: registered and enabled at the end of each start, unless the driver took
 *   charge with WdfDeviceSetDeviceInterfaceStateEx; disabled on removal
 * - made after start: registered at once, disabled until the driver enables it
 */
#include "wdf/device/fx_device.h"

struct fx_interface {
    struct fx_interface *next;
    GUID class;
    UNICODE_STRING reference; /* Buffer NULL: none */
    UNICODE_STRING link;      /* Buffer NULL: not registered yet */
    bool automatic;           /* enabled at the end of each start */
    bool enabled;
};

/* fx_interfaces_enable: register and enable what is due, after self-managed I/O has started. */
NTSTATUS fx_interfaces_enable(struct fx_device *device);
/* fx_interfaces_disable: disable all; does nothing for those that are. */
void fx_interfaces_disable(struct fx_device *device);
void fx_interfaces_free(struct fx_device *device);

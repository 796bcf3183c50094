#pragma once
/* fx_pnp_states.h - the states of the PnP machine that do not rest: each does its work and names its
 * successor. The caller holds the PnP lock; what the request completes with goes into pnp.status.
 */
#include "wdf/pnp/fx_pnp.h"

typedef WDF_DEVICE_PNP_STATE fx_pnp_state;

#define PNP(name) WdfDevStatePnp##name

/* ---- starting ---- */
fx_pnp_state fx_pnp_init_starting(struct fx_device *device);
fx_pnp_state fx_pnp_hardware_available(struct fx_device *device);
fx_pnp_state fx_pnp_enable_interfaces(struct fx_device *device);

/* ---- queries ---- */
fx_pnp_state fx_pnp_query_stop_static(struct fx_device *device);
fx_pnp_state fx_pnp_query_stop_ask(struct fx_device *device);
fx_pnp_state fx_pnp_query_remove_static(struct fx_device *device);
fx_pnp_state fx_pnp_query_remove_ask(struct fx_device *device);

/* ---- stop and removal ---- */
fx_pnp_state fx_pnp_stopping(struct fx_device *device);
fx_pnp_state fx_pnp_started_removing(struct fx_device *device);
fx_pnp_state fx_pnp_removing_interfaces(struct fx_device *device);
fx_pnp_state fx_pnp_check_presence(struct fx_device *device);
fx_pnp_state fx_pnp_pdo_restart(struct fx_device *device);
fx_pnp_state fx_pnp_removed(struct fx_device *device);
/* fx_pnp_gone: the state that ends the stack's life; a PDO may outlive it. */
fx_pnp_state fx_pnp_gone(const struct fx_device *device);

/* ---- failure ---- */
fx_pnp_state fx_pnp_failed_power_down(struct fx_device *device);
fx_pnp_state fx_pnp_failed_own_hardware(struct fx_device *device);
fx_pnp_state fx_pnp_failed(struct fx_device *device);

/* ---- what they share ---- */

/* fx_pnp_checked: what that callback returned; it must not be "not supported". */
NTSTATUS fx_pnp_checked(struct fx_device *device, const char *kind, NTSTATUS status);
/* fx_pnp_release: answer EvtDevicePrepareHardware, once. */
NTSTATUS fx_pnp_release(struct fx_device *device);

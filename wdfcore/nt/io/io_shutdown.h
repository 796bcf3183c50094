#pragma once
/* io_shutdown.h - who wants to know that the system goes down. */
#include <wdm.h>

/* io_shutdown_notify: IRP_MJ_SHUTDOWN to each device that is registered, the last one first: all of
 * IoRegisterShutdownNotification, then all of IoRegisterLastChanceShutdownNotification. A
 * registration serves once. PASSIVE_LEVEL. Blocks. */
void io_shutdown_notify(void);
/* io_shutdown_device_deleted: its registrations go. */
void io_shutdown_device_deleted(PDEVICE_OBJECT device);
/* io_shutdown_stop: forget all of them. */
void io_shutdown_stop(void);

#pragma once
/* io_timer.h - what the device's end asks of its IoTimer. */
#include <wdm.h>

/* io_timer_device_deleted: stop and forget the device's timer, if it has one. */
void io_timer_device_deleted(PDEVICE_OBJECT device);
/* io_timer_stop: forget all of them. */
void io_timer_stop(void);

/* usbdi.h - the name under which older sources include the USB driver interface. */
#pragma once

#include "usb.h"
#include "usbioctl.h"

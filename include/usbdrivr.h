/* usbdrivr.h - all that a USB client driver needs. */
#pragma once

#include "usb.h"
#include "usbbusif.h"
#include "usbdlib.h"
#include "usbioctl.h"

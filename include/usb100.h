/* usb100.h - the name under which older sources include the descriptors. */
#pragma once

#include "usbspec.h"

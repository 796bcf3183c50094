#pragma once
/* api_headers.h - every public header whose functions drivers import: api_wrappers.pl reads what the
 * preprocessor makes of it.
 */
#include <ntifs.h>
#include <wdf.h>
#include <ntddser.h>
#include <ntstrsafe.h>
#include <usbdlib.h>
#include <wdfusb.h>
#include <wdmsec.h>
#include <wmilib.h>

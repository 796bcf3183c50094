/* ioctl.h - what an application needs to know: the device's name and its control code. */
#pragma once

/* The devices are \\.\LINK1, \\.\LINK2, ... */

/* What the device has counted; no input, the output is a LINK_COUNTERS. */
#define IOCTL_LINK_GET_COUNTERS \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_READ_ACCESS)

typedef struct _LINK_COUNTERS {
    ULONG BlocksReceived;
    ULONG BlocksSent;
    ULONG TransfersFailed; /* and tried again by the driver */
} LINK_COUNTERS, *PLINK_COUNTERS;

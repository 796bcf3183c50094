/* kbdmou.h - between the class drivers of keyboards and mice and the drivers below them.
 *   Source   kbdmou/ns-kbdmou-connect_data, nc-kbdmou-pservice_callback_routine,
 *            ni-kbdmou-ioctl_internal_keyboard_connect
 */
#pragma once

#include "ntddkbd.h"
#include "ntddmou.h"
#include "nt/device.h"

#define IOCTL_INTERNAL_KEYBOARD_CONNECT \
    CTL_CODE(FILE_DEVICE_KEYBOARD, 0x0080, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_KEYBOARD_DISCONNECT \
    CTL_CODE(FILE_DEVICE_KEYBOARD, 0x0100, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_KEYBOARD_ENABLE \
    CTL_CODE(FILE_DEVICE_KEYBOARD, 0x0200, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_KEYBOARD_DISABLE \
    CTL_CODE(FILE_DEVICE_KEYBOARD, 0x0400, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_MOUSE_CONNECT \
    CTL_CODE(FILE_DEVICE_MOUSE, 0x0080, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_MOUSE_DISCONNECT \
    CTL_CODE(FILE_DEVICE_MOUSE, 0x0100, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_MOUSE_ENABLE \
    CTL_CODE(FILE_DEVICE_MOUSE, 0x0200, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_MOUSE_DISABLE \
    CTL_CODE(FILE_DEVICE_MOUSE, 0x0400, METHOD_NEITHER, FILE_ANY_ACCESS)

/* What the class driver passes down: its device and its service routine. */
typedef struct _CONNECT_DATA {
    PDEVICE_OBJECT ClassDeviceObject;
    PVOID ClassService;
} CONNECT_DATA, *PCONNECT_DATA;

/* The service routine: takes the packets from InputDataStart up to, not with, InputDataEnd, and adds
 * how many it took to *InputDataConsumed.     IRQL DISPATCH_LEVEL */
typedef VOID NTAPI SERVICE_CALLBACK_ROUTINE(PVOID NormalContext, PVOID SystemArgument1,
                                            PVOID SystemArgument2, PVOID SystemArgument3);
typedef SERVICE_CALLBACK_ROUTINE *PSERVICE_CALLBACK_ROUTINE;

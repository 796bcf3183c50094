/* usbiodef.h - numbers of the USB stack's control codes, and its device interfaces.
 *   Source   usbiodef/
 */
#pragma once

#include "devioctl.h"
#include "guiddef.h"

#ifdef __cplusplus
extern "C" {
#endif

DEFINE_GUID(GUID_DEVINTERFACE_USB_HUB, 0xf18a0e88, 0xc30c, 0x11d0, 0x88, 0x15, 0x00, 0xa0, 0xc9,
            0x06, 0xbe, 0xd8);
DEFINE_GUID(GUID_DEVINTERFACE_USB_DEVICE, 0xa5dcbf10, 0x6530, 0x11d2, 0x90, 0x1f, 0x00, 0xc0, 0x4f,
            0xb9, 0x51, 0xed);
DEFINE_GUID(GUID_DEVINTERFACE_USB_HOST_CONTROLLER, 0x3abf6f2d, 0x71c4, 0x462a, 0x8a, 0x92, 0x1e,
            0x68, 0x61, 0xe6, 0xaf, 0x27);
#define GUID_CLASS_USBHUB              GUID_DEVINTERFACE_USB_HUB
#define GUID_CLASS_USB_DEVICE          GUID_DEVINTERFACE_USB_DEVICE
#define GUID_CLASS_USB_HOST_CONTROLLER GUID_DEVINTERFACE_USB_HOST_CONTROLLER

#define FILE_DEVICE_USB FILE_DEVICE_UNKNOWN

#define USB_SUBMIT_URB           0
#define USB_RESET_PORT           1
#define USB_GET_ROOTHUB_PDO      3
#define USB_GET_PORT_STATUS      4
#define USB_ENABLE_PORT          5
#define USB_GET_HUB_COUNT        6
#define USB_CYCLE_PORT           7
#define USB_GET_HUB_NAME         8
#define USB_IDLE_NOTIFICATION    9
#define USB_RECORD_FAILURE       10
#define USB_GET_BUS_INFO         264
#define USB_GET_CONTROLLER_NAME  265
#define USB_GET_BUSGUID_INFO     266
#define USB_GET_PARENT_HUB_INFO  267
#define USB_GET_DEVICE_HANDLE    268
#define USB_GET_DEVICE_HANDLE_EX 269
#define USB_GET_TT_DEVICE_HANDLE 270
#define USB_GET_TOPOLOGY_ADDRESS 271
#define USB_IDLE_NOTIFICATION_EX 272
#define USB_REQ_GLOBAL_SUSPEND   273
#define USB_REQ_GLOBAL_RESUME    274
#define USB_GET_HUB_CONFIG_INFO  275

#define USB_CTL(id)        CTL_CODE(FILE_DEVICE_USB, (id), METHOD_BUFFERED, FILE_ANY_ACCESS)
#define USB_KERNEL_CTL(id) CTL_CODE(FILE_DEVICE_USB, (id), METHOD_NEITHER, FILE_ANY_ACCESS)
#define USB_KERNEL_CTL_BUFFERED(id) \
    CTL_CODE(FILE_DEVICE_USB, (id), METHOD_BUFFERED, FILE_ANY_ACCESS)

#ifdef __cplusplus
}
#endif

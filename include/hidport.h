/* hidport.h - between the HID class driver and its minidrivers.
 * Rules for a minidriver:
 * - it registers in DriverEntry, when its dispatch routines, AddDevice and DriverUnload stand in the
 *   driver object; the class driver's take their place
 * - its AddDevice gets the FDO, made and attached by the class driver, whose extension is
 *   HID_DEVICE_EXTENSION
 * - it answers IRP_MJ_INTERNAL_DEVICE_CONTROL with the codes below; output goes to Irp->UserBuffer, or to
 *   the packet there; the number of a string is Type3InputBuffer
 *   Source   hidport/ni-hidport-ioctl_hid_*, ns-hidport-_hid_descriptor, -_hid_device_attributes
 */
#pragma once

#include "hidclass.h"
#include "nt/device.h"

#define IOCTL_HID_GET_DEVICE_DESCRIPTOR          HID_CTL_CODE(0)
#define IOCTL_HID_GET_REPORT_DESCRIPTOR          HID_CTL_CODE(1)
#define IOCTL_HID_READ_REPORT                    HID_CTL_CODE(2)
#define IOCTL_HID_WRITE_REPORT                   HID_CTL_CODE(3)
#define IOCTL_HID_GET_STRING                     HID_CTL_CODE(4)
#define IOCTL_HID_ACTIVATE_DEVICE                HID_CTL_CODE(7)
#define IOCTL_HID_DEACTIVATE_DEVICE              HID_CTL_CODE(8)
#define IOCTL_HID_GET_DEVICE_ATTRIBUTES          HID_CTL_CODE(9)
#define IOCTL_HID_SEND_IDLE_NOTIFICATION_REQUEST HID_CTL_CODE(10)
#define IOCTL_HID_DEVICERESET_NOTIFICATION       HID_CTL_CODE(140)
#define IOCTL_UMDF_HID_SET_FEATURE               HID_CTL_CODE(20)
#define IOCTL_UMDF_HID_GET_FEATURE               HID_CTL_CODE(21)
#define IOCTL_UMDF_HID_SET_OUTPUT_REPORT         HID_CTL_CODE(22)
#define IOCTL_UMDF_HID_GET_INPUT_REPORT          HID_CTL_CODE(23)
#define IOCTL_UMDF_GET_PHYSICAL_DESCRIPTOR       HID_CTL_CODE(24)

#define HID_HID_DESCRIPTOR_TYPE      0x21
#define HID_REPORT_DESCRIPTOR_TYPE   0x22
#define HID_PHYSICAL_DESCRIPTOR_TYPE 0x23

#define HID_STRING_ID_IMANUFACTURER 14
#define HID_STRING_ID_IPRODUCT      15
#define HID_STRING_ID_ISERIALNUMBER 16

typedef struct _HID_MINIDRIVER_REGISTRATION {
    ULONG Revision; /* HID_REVISION */
    PDRIVER_OBJECT DriverObject;
    PUNICODE_STRING RegistryPath;
    ULONG DeviceExtensionSize;
    BOOLEAN DevicesArePolled;
    UCHAR Reserved[3];
} HID_MINIDRIVER_REGISTRATION, *PHID_MINIDRIVER_REGISTRATION;

typedef struct _HID_DEVICE_EXTENSION {
    PDEVICE_OBJECT PhysicalDeviceObject;
    PDEVICE_OBJECT NextDeviceObject;
    PVOID MiniDeviceExtension;
} HID_DEVICE_EXTENSION, *PHID_DEVICE_EXTENSION;

typedef struct _HID_DEVICE_ATTRIBUTES {
    ULONG Size;
    USHORT VendorID;
    USHORT ProductID;
    USHORT VersionNumber;
    USHORT Reserved[11];
} HID_DEVICE_ATTRIBUTES, *PHID_DEVICE_ATTRIBUTES;

typedef struct __attribute__((packed)) _HID_DESCRIPTOR {
    UCHAR bLength;
    UCHAR bDescriptorType;
    USHORT bcdHID;
    UCHAR bCountry;
    UCHAR bNumDescriptors;
    struct __attribute__((packed)) _HID_DESCRIPTOR_DESC_LIST {
        UCHAR bReportType;
        USHORT wReportLength;
    } DescriptorList[1];
} HID_DESCRIPTOR, *PHID_DESCRIPTOR;

typedef VOID (*HID_SEND_IDLE_CALLBACK)(PVOID Context);
typedef struct _HID_SUBMIT_IDLE_NOTIFICATION_CALLBACK_INFO {
    HID_SEND_IDLE_CALLBACK IdleCallback;
    PVOID IdleContext;
} HID_SUBMIT_IDLE_NOTIFICATION_CALLBACK_INFO, *PHID_SUBMIT_IDLE_NOTIFICATION_CALLBACK_INFO;

#ifdef __cplusplus
extern "C" {
#endif

/* HidRegisterMinidriver: from here on the class driver serves the driver's devices.
 *   Returns  STATUS_REVISION_MISMATCH; STATUS_INVALID_PARAMETER: no AddDevice routine, or registered
 *            already; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL      Source   hidport/nf-hidport-hidregisterminidriver
 */
NTSYSAPI NTSTATUS HidRegisterMinidriver(PHID_MINIDRIVER_REGISTRATION MinidriverRegistration);

#ifdef __cplusplus
}
#endif

#pragma once
/* hid_vhf.h - virtual HID devices. A driver object of their own is both the bus of their PDOs and the minidriver of
 * the class driver's FDOs above them.
 *     hid_vhf.c         the routines of <vhf.h>, and the list of devices
 *     hid_vhf_driver.c  the driver: PnP of the PDO, the questions of the class driver
 *     hid_vhf_report.c  reports and operations
 * Rules:
 * - a device lives from VhfCreate until the PnP manager has let go of its PDO after VhfDelete; its handle is no
 *   longer one from VhfDelete on
 * - callbacks are called with no lock held, and only while `started`
 * Keys: (c) constant; (l) lock of the device; (g) hid_vhf_lock
 */
#include <vhf.h>

#include <stdbool.h>

#define HID_VHF_REPORTS 32

struct hid_vhf {
    struct hid_vhf *next; /* (g) */
    bool deleted;         /* (g) */
    VHF_CONFIG config;    /* (c) ReportDescriptor is a copy */
    PDEVICE_OBJECT pdo;   /* (c) */
    ULONG number;         /* (c) */
    KSPIN_LOCK lock;
    LIST_ENTRY reads;   /* (l) IRPs of the class driver */
    LIST_ENTRY reports; /* (l) that nobody has read yet */
    ULONG count;        /* (l) of these */
    bool started;       /* (l) */
    bool turn;          /* (l) the driver was told to submit, and has not yet */
    bool listened;      /* (l) somebody reads */
    bool waited;        /* (c) from VhfDelete on: it frees the memory */
    KEVENT gone;
};

/* hid_vhf_of: the device of a PDO, or of the FDO above it. */
struct hid_vhf *hid_vhf_of(PDEVICE_OBJECT device);
/* hid_vhf_driver_need: the driver object; made for the first device. hid_vhf_driver_release: the last one has gone. */
NTSTATUS hid_vhf_driver_need(PDRIVER_OBJECT *driver);
void hid_vhf_driver_release(void);

/* hid_vhf_read: IOCTL_HID_READ_REPORT. hid_vhf_operate: a report that is set or asked for. */
NTSTATUS hid_vhf_read(struct hid_vhf *vhf, PIRP irp);
NTSTATUS hid_vhf_operate(struct hid_vhf *vhf, PIRP irp, PEVT_VHF_ASYNC_OPERATION callback);
/* hid_vhf_submit: VhfReadReportSubmit. hid_vhf_tell: it is the driver's turn, if somebody reads. */
NTSTATUS hid_vhf_submit(struct hid_vhf *vhf, const HID_XFER_PACKET *packet);
void hid_vhf_tell(struct hid_vhf *vhf);
/* hid_vhf_drop_reports: what nobody has read goes; nobody else has the device any more, or its lock is held. */
void hid_vhf_drop_reports(struct hid_vhf *vhf);

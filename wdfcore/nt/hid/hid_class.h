#pragma once
/* hid_class.h - the class driver of HID: it is the function driver of a device, and the minidriver that
 * registered with it speaks to what is below.
 *
 *     application    read, write, IOCTL_HID_*                          (hid_collection.c, hid_control.c)
 *     PDO            one for each top-level collection, a child device (hid_collection_pnp.c)
 *     FDO            made by AddDevice of this driver, in the minidriver's name      (hid_device.c)
 *     minidriver     its dispatch routines, called for the FDO: IRP_MJ_INTERNAL_DEVICE_CONTROL with
 *                    IOCTL_HID_*, and what the PnP and power managers send         (hid_minidriver.c)
 *
 * Rules:
 * - reads of the minidriver are under way while a collection is open (hid_reader.c)
 * - a report goes to each file of its collection that is open; one that nobody reads waits in the
 *   file's ring, where the oldest gives way
 * Keys: (c) constant once started; (l) lock of the FDO; (p) PnP requests, one at a time; (m) hid_lock
 */
#include <hidport.h>
#include <wdm.h>

#include <stdbool.h>

#include "nt/hid/hid_descriptor.h"

#define HID_READERS     2
#define HID_RING        32
#define HID_RING_MAX    512
#define HID_POLL_MS     5
#define HID_BACKOFF_MAX 5000

/* What a minidriver gave when it registered, and had in its driver object then. */
struct hid_minidriver {
    struct hid_minidriver *next; /* (m) */
    PDRIVER_OBJECT driver;       /* (c) this and all below */
    PDRIVER_DISPATCH dispatch[IRP_MJ_MAXIMUM_FUNCTION + 1];
    PDRIVER_ADD_DEVICE add_device;
    PDRIVER_UNLOAD unload;
    ULONG extension_size;
    bool polled;
    char fdo_mark, pdo_mark; /* their addresses, in DEVICE_OBJECT.Reserved, say what a device is */
};

struct hid_fdo;

/* One of the reads that the minidriver has. */
struct hid_reader {
    struct hid_fdo *fdo;
    PIRP irp;         /* (p) */
    PUCHAR buffer;    /* (p) */
    ULONG backoff_ms; /* by who has the IRP */
    bool under_way;   /* (l) with the minidriver, or waiting for the timer */
    bool waiting;     /* (l) for the timer */
    bool inside;      /* (l) it is being sent: a completion leaves the next send to that loop */
    KTIMER timer;
    KDPC dpc;
};

/* The device extension of the FDO. What the minidriver knows comes first. */
struct hid_fdo {
    HID_DEVICE_EXTENSION public;
    PDEVICE_OBJECT device;
    struct hid_minidriver *minidriver;
    struct hid_descriptor descriptor; /* (p) */
    HID_DEVICE_ATTRIBUTES attributes; /* (p) */
    ULONG input_bytes;                /* (p) of the longest input report, as the device sends it */
    PDEVICE_OBJECT collections[HID_COLLECTIONS]; /* (p) NULL: none */
    KSPIN_LOCK lock;
    KEVENT quiet;  /* no reader is under way */
    ULONG open;    /* (l) files of all collections */
    ULONG poll_ms; /* (l) */
    bool running;  /* (l) started and in D0: reads may be sent */
    struct hid_reader readers[HID_READERS];
};

/* The device extension of a collection. */
struct hid_pdo {
    PDEVICE_OBJECT device;
    struct hid_fdo *fdo;
    ULONG number;        /* (c) in the descriptor */
    LIST_ENTRY files;    /* (l) */
    bool gone;           /* (l) */
    UNICODE_STRING link; /* (p) of its interface */
};

/* An open file of a collection. */
struct hid_file {
    LIST_ENTRY entry; /* (l) of the collection */
    LIST_ENTRY reads; /* (l) IRPs */
    struct hid_pdo *pdo;
    ULONG length;       /* (c) of a report, its ID in front */
    ULONG size;         /* (l) of the ring, in reports */
    ULONG first, count; /* (l) */
    PUCHAR ring;        /* (l) */
    bool closed;        /* (l) after cleanup */
};

/* ---- the minidriver (hid_minidriver.c) ---- */

/* hid_minidriver_call: its dispatch routine for an IRP whose current location is the FDO's. */
NTSTATUS hid_minidriver_call(struct hid_fdo *fdo, PIRP irp);
/* hid_minidriver_ask: one of IOCTL_HID_*, with an IRP of its own; waits. PASSIVE_LEVEL.
 *   size   of output; out: how much of it is filled */
NTSTATUS hid_minidriver_ask(struct hid_fdo *fdo, ULONG code, PVOID output, ULONG *size);

/* ---- the FDO (hid_device.c) ---- */

NTSTATUS hid_device_add(struct hid_minidriver *minidriver, PDEVICE_OBJECT pdo);
NTSTATUS hid_device_pnp(struct hid_fdo *fdo, PIRP irp);
NTSTATUS hid_device_power(struct hid_fdo *fdo, PIRP irp);

/* ---- reports from the device (hid_reader.c) ---- */

NTSTATUS hid_reader_prepare(struct hid_fdo *fdo);
void hid_reader_free(struct hid_fdo *fdo);
/* hid_reader_go: send what is not under way, if the device runs and somebody has opened it.
 * hid_reader_stop: take all back; wait: until they are. */
void hid_reader_go(struct hid_fdo *fdo);
void hid_reader_stop(struct hid_fdo *fdo, bool wait);

/* ---- a collection ---- */

NTSTATUS hid_collection_create(struct hid_fdo *fdo, ULONG number);
void hid_collection_delete(PDEVICE_OBJECT device);
NTSTATUS hid_collection_pnp(struct hid_pdo *pdo, PIRP irp);
/* hid_collection_io: create, cleanup, close and read. hid_collection_end: its files get no more. */
NTSTATUS hid_collection_io(struct hid_pdo *pdo, PIRP irp);
void hid_collection_end(struct hid_pdo *pdo);
/* hid_collection_deliver: a report, its ID in front, to all files of its collection. <= DISPATCH_LEVEL */
void hid_collection_deliver(struct hid_pdo *pdo, const UCHAR *report, ULONG bytes);
/* hid_collection_flush: forget the reports that nobody has read. hid_collection_resize: so many wait. */
void hid_collection_flush(struct hid_file *file);
NTSTATUS hid_collection_resize(struct hid_file *file, ULONG size);
/* hid_control: writes and IOCTLs of applications. */
NTSTATUS hid_control(struct hid_pdo *pdo, PIRP irp);

/* hid_finish: complete the IRP. */
NTSTATUS hid_finish(PIRP irp, NTSTATUS status, ULONG_PTR information);

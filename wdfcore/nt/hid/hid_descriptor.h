#pragma once
/* hid_descriptor.h - what a report descriptor says: which collections a device has, and which reports
 * of which lengths each of them. What the fields of a report mean is left to who reads it.
 */
#include <wdm.h>

#include <stdbool.h>

#define HID_COLLECTIONS 16
#define HID_REPORTS     64

enum hid_report_kind { HID_INPUT, HID_OUTPUT, HID_FEATURE, HID_KINDS };

struct hid_report {
    enum hid_report_kind kind;
    UCHAR id; /* 0: the device has no report IDs */
    ULONG collection;
    ULONG bits; /* without the ID */
};

struct hid_collection {
    USHORT page, usage;
    ULONG length
        [HID_KINDS]; /* bytes of the longest report and its ID, which is 0 if it has none; 0: none */
};

struct hid_descriptor {
    ULONG collection_count, report_count;
    bool has_ids;
    struct hid_collection collections[HID_COLLECTIONS]; /* those that stand in no other */
    struct hid_report reports[HID_REPORTS];
};

/* hid_descriptor_parse: false: the bytes are no report descriptor; fault: what is wrong, at which byte. */
bool hid_descriptor_parse(const UCHAR *bytes, ULONG size, struct hid_descriptor *descriptor,
                          const char **fault, ULONG *at);
/* hid_descriptor_report: the report of that kind and ID; NULL: there is none. */
const struct hid_report *hid_descriptor_report(const struct hid_descriptor *descriptor,
                                               enum hid_report_kind kind, UCHAR id);
/* hid_report_bytes: what the device sends or takes: data, behind the ID if it has IDs. */
ULONG hid_report_bytes(const struct hid_descriptor *descriptor, const struct hid_report *report);

/* hid_descriptor.c - reading a report descriptor: a row of items, each a prefix and 0, 1, 2 or 4 bytes.
 *   main    open or close a collection, or add a field of count times size bits to a report
 *   global  hold until they are changed, and can be pushed and popped
 *   local   hold until the next main item
 */
#include "nt/hid/hid_descriptor.h"

#include <string.h>

#define ITEM_LONG 0xFE
#define PUSHES    4

enum hid_item { /* type and tag of an item's prefix */
                ITEM_INPUT = 0x80,
                ITEM_OUTPUT = 0x90,
                ITEM_COLLECTION = 0xA0,
                ITEM_FEATURE = 0xB0,
                ITEM_END_COLLECTION = 0xC0,
                ITEM_USAGE_PAGE = 0x04,
                ITEM_REPORT_SIZE = 0x74,
                ITEM_REPORT_ID = 0x84,
                ITEM_REPORT_COUNT = 0x94,
                ITEM_PUSH = 0xA4,
                ITEM_POP = 0xB4,
                ITEM_USAGE = 0x08,
};

struct hid_globals {
    ULONG page, size, count, id;
};

struct hid_parser {
    struct hid_descriptor *out;
    struct hid_globals globals, pushed[PUSHES];
    ULONG pushes, depth;
    ULONG usage; /* the first local one; its page in the upper half if it has its own */
    bool has_usage;
    const char *fault;
};

static void hid_open_collection(struct hid_parser *parser)
{
    struct hid_descriptor *out = parser->out;

    if (parser->depth++ > 0) {
        return;
    }
    if (out->collection_count == HID_COLLECTIONS) {
        parser->fault = "it has more collections than are supported";
        return;
    }
    out->collections[out->collection_count++] = (struct hid_collection){
        .page = (USHORT)(parser->usage > 0xFFFF ? parser->usage >> 16 : parser->globals.page),
        .usage = (USHORT)parser->usage};
}

static void hid_add_field(struct hid_parser *parser, enum hid_report_kind kind)
{
    struct hid_descriptor *out = parser->out;
    struct hid_report *report =
        (struct hid_report *)hid_descriptor_report(out, kind, (UCHAR)parser->globals.id);

    if (parser->depth == 0) {
        parser->fault = "a field stands outside every collection";
        return;
    }
    if (parser->globals.size > 4096 || parser->globals.count > 65536) {
        parser->fault = "a field is too large";
        return;
    }
    if (report == NULL) {
        if (out->report_count == HID_REPORTS) {
            parser->fault = "it has more reports than are supported";
            return;
        }
        report = &out->reports[out->report_count++];
        *report = (struct hid_report){
            .kind = kind, .id = (UCHAR)parser->globals.id, .collection = out->collection_count - 1};
    } else if (report->collection != out->collection_count - 1) {
        parser->fault = "a report has fields in two collections";
        return;
    }
    report->bits += parser->globals.size * parser->globals.count;
}

static void hid_main_item(struct hid_parser *parser, UCHAR item)
{
    switch (item) {
    case ITEM_INPUT:
        hid_add_field(parser, HID_INPUT);
        break;
    case ITEM_OUTPUT:
        hid_add_field(parser, HID_OUTPUT);
        break;
    case ITEM_FEATURE:
        hid_add_field(parser, HID_FEATURE);
        break;
    case ITEM_COLLECTION:
        hid_open_collection(parser);
        break;
    case ITEM_END_COLLECTION:
        if (parser->depth == 0) {
            parser->fault = "a collection ends that was not opened";
        } else {
            parser->depth--;
        }
        break;
    default:
        break; /* reserved */
    }
    parser->usage = 0;
    parser->has_usage = false;
}

static void hid_global_item(struct hid_parser *parser, UCHAR item, ULONG value)
{
    switch (item) {
    case ITEM_USAGE_PAGE:
        parser->globals.page = value;
        break;
    case ITEM_REPORT_SIZE:
        parser->globals.size = value;
        break;
    case ITEM_REPORT_COUNT:
        parser->globals.count = value;
        break;
    case ITEM_REPORT_ID:
        if (value == 0 || value > 0xFF) {
            parser->fault = "a report ID is 0 or has more than 8 bits";
        }
        parser->globals.id = value;
        parser->out->has_ids = true;
        break;
    case ITEM_PUSH:
    case ITEM_POP:
        if (item == ITEM_PUSH ? parser->pushes == PUSHES : parser->pushes == 0) {
            parser->fault = "its pushes and pops do not pair";
        } else if (item == ITEM_PUSH) {
            parser->pushed[parser->pushes++] = parser->globals;
        } else {
            parser->globals = parser->pushed[--parser->pushes];
        }
        break;
    default:
        break; /* limits and units */
    }
}

static void hid_item(struct hid_parser *parser, UCHAR item, ULONG value)
{
    switch (item & 0x0C) {
    case 0x00:
        hid_main_item(parser, item);
        break;
    case 0x04:
        hid_global_item(parser, item, value);
        break;
    case 0x08:
        if (item == ITEM_USAGE && !parser->has_usage) {
            parser->usage = value;
            parser->has_usage = true;
        }
        break;
    default:
        parser->fault = "an item has a reserved type";
        break;
    }
}

/* The lengths that who reads and writes reports of a collection must know. */
static void hid_lengths(struct hid_descriptor *out)
{
    for (ULONG i = 0; i < out->report_count; i++) {
        const struct hid_report *report = &out->reports[i];
        ULONG bytes = 1 + (report->bits + 7) / 8;
        ULONG *length = &out->collections[report->collection].length[report->kind];

        *length = bytes > *length ? bytes : *length;
    }
}

bool hid_descriptor_parse(const UCHAR *bytes, ULONG size, struct hid_descriptor *descriptor,
                          const char **fault, ULONG *at)
{
    static const UCHAR lengths[] = {0, 1, 2, 4};
    struct hid_parser parser = {.out = descriptor};
    ULONG next = 0;

    memset(descriptor, 0, sizeof(*descriptor));
    while (next < size && parser.fault == NULL) {
        UCHAR prefix = bytes[next];
        ULONG length = lengths[prefix & 3], value = 0;

        *at = next;
        if (prefix == ITEM_LONG) {
            length = size - next > 1 ? 2u + bytes[next + 1] : size;
        }
        if (length > size - next - 1) {
            parser.fault = "the last item is cut off";
            break;
        }
        if (prefix != ITEM_LONG) {
            memcpy(&value, &bytes[next + 1], length);
            hid_item(&parser, prefix & 0xFC, value);
        }
        next += 1 + length;
    }
    if (parser.fault == NULL && (parser.depth != 0 || descriptor->collection_count == 0)) {
        *at = size;
        parser.fault = parser.depth != 0 ? "a collection has no end" : "it has no collection";
    }
    *fault = parser.fault;
    hid_lengths(descriptor);
    return parser.fault == NULL;
}

const struct hid_report *hid_descriptor_report(const struct hid_descriptor *descriptor,
                                               enum hid_report_kind kind, UCHAR id)
{
    for (ULONG i = 0; i < descriptor->report_count; i++) {
        if (descriptor->reports[i].kind == kind && descriptor->reports[i].id == id) {
            return &descriptor->reports[i];
        }
    }
    return NULL;
}

ULONG hid_report_bytes(const struct hid_descriptor *descriptor, const struct hid_report *report)
{
    return (report->bits + 7) / 8 + (descriptor->has_ids ? 1 : 0);
}

/* test_hid_descriptor.c - what is read from report descriptors, and what is refused. */
#include "nt/hid/hid_descriptor.h"

#include <wdfcore/testing.h>

static struct hid_descriptor descriptor;

static const char *parse(const UCHAR *bytes, ULONG size, ULONG *at)
{
    const char *fault = NULL;
    bool good = hid_descriptor_parse(bytes, size, &descriptor, &fault, at);

    assert_int_equal(good, fault == NULL);
    return fault;
}

static void reports_of_two_collections(void **state)
{
    static const UCHAR bytes[] = {
        0x05, 0x01, 0x09, 0x06, 0xA1, 0x01,             /* keyboard */
        0x85, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, /* ID 1: 8 times 1 bit */
        0xA4, 0x75, 0x08, 0x95, 0x06, 0x81, 0x00, 0xB4, /* and 6 bytes, between push and pop */
        0xA1, 0x00, 0x95, 0x05, 0x91, 0x02, 0xC0, 0xC0, /* an inner collection: 5 bits of output */
        0x0B, 0x01, 0x00, 0x0C, 0x00, 0xA1, 0x01,       /* usage 1 of page C, without a page item */
        0xFE, 0x02, 0x10, 0xAA, 0xBB,                   /* a long item */
        0x85, 0x03, 0x96, 0x10, 0x00, 0xB1, 0x02, 0xC0, /* ID 3: 16 times 1 bit */
    };
    ULONG at;

    assert_null(parse(bytes, sizeof(bytes), &at));
    assert_int_equal(descriptor.collection_count, 2);
    assert_int_equal(descriptor.collections[0].page, 1);
    assert_int_equal(descriptor.collections[0].usage, 6);
    assert_int_equal(descriptor.collections[1].page, 0xC);
    assert_int_equal(descriptor.collections[1].usage, 1);
    assert_true(descriptor.has_ids);
    assert_int_equal(descriptor.report_count, 3);
    assert_int_equal(hid_descriptor_report(&descriptor, HID_INPUT, 1)->bits, 56);
    assert_int_equal(hid_descriptor_report(&descriptor, HID_OUTPUT, 1)->bits, 5);
    assert_int_equal(hid_descriptor_report(&descriptor, HID_FEATURE, 3)->collection, 1);
    assert_null(hid_descriptor_report(&descriptor, HID_INPUT, 3));
    assert_int_equal(descriptor.collections[0].length[HID_INPUT], 8);
    assert_int_equal(descriptor.collections[0].length[HID_OUTPUT], 2);
    assert_int_equal(descriptor.collections[0].length[HID_FEATURE], 0);
    assert_int_equal(descriptor.collections[1].length[HID_FEATURE], 3);
    assert_int_equal(
        hid_report_bytes(&descriptor, hid_descriptor_report(&descriptor, HID_INPUT, 1)), 8);
}

static void without_ids_a_report_is_its_data(void **state)
{
    static const UCHAR bytes[] = {0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08,
                                  0x95, 0x03, 0x09, 0x30, 0x81, 0x06, 0xC0};
    ULONG at;

    assert_null(parse(bytes, sizeof(bytes), &at));
    assert_false(descriptor.has_ids);
    assert_int_equal(hid_report_bytes(&descriptor, &descriptor.reports[0]), 3);
    assert_int_equal(descriptor.collections[0].length[HID_INPUT], 4);
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        UCHAR bytes[24];
        ULONG size, at;
        const char *fault;
    } cases[] = {
        {{0}, 0, 0, "it has no collection"},
        {{0xA1, 0x01}, 2, 2, "a collection has no end"},
        {{0xC0}, 1, 0, "a collection ends that was not opened"},
        {{0x05, 0x01, 0x26, 0xFF}, 4, 2, "the last item is cut off"},
        {{0xFE, 0x20, 0x10}, 3, 0, "the last item is cut off"},
        {{0xFE}, 1, 0, "the last item is cut off"},
        {{0x75, 0x08, 0x95, 0x01, 0x81, 0x02}, 6, 4, "a field stands outside every collection"},
        {{0xA1, 0x01, 0x85, 0x00}, 4, 2, "a report ID is 0 or has more than 8 bits"},
        {{0xA1, 0x01, 0xB4}, 3, 2, "its pushes and pops do not pair"},
        {{0xA4, 0xA4, 0xA4, 0xA4, 0xA4}, 5, 4, "its pushes and pops do not pair"},
        {{0x0C}, 1, 0, "an item has a reserved type"},
        {{0xA1, 0x01, 0x77, 0xFF, 0xFF, 0xFF, 0x7F, 0x95, 0x01, 0x81, 0x02},
         11,
         9,
         "a field is too large"},
        {{0xA1, 0x01, 0x85, 0x01, 0x81, 0x02, 0xC0, 0xA1, 0x01, 0x81, 0x02},
         11,
         9,
         "a report has fields in two collections"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ULONG at = 0;
        const char *fault = parse(cases[i].bytes, cases[i].size, &at);

        assert_non_null(fault);
        assert_string_equal(fault, cases[i].fault);
        assert_int_equal(at, cases[i].at);
    }
}

static void there_is_a_limit(void **state)
{
    UCHAR bytes[17 * 3], *next = bytes;
    const char *fault;
    ULONG at;

    for (int i = 0; i < 17; i++) {
        *next++ = 0xA1;
        *next++ = 0x01;
        *next++ = 0xC0;
    }
    fault = parse(bytes, sizeof(bytes), &at);
    assert_non_null(fault);
    assert_string_equal(fault, "it has more collections than are supported");
    assert_int_equal(at, 16 * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_of_two_collections),
        cmocka_unit_test(without_ids_a_report_is_its_data),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(there_is_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

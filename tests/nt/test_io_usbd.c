/* test_io_usbd.c - usbdlib: descriptors searched and checked, URBs built. */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <usbdlib.h>

#include <string.h>

#include <wdfcore/testing.h>

/* Two interfaces; the first has two settings, and a descriptor of its class before its endpoint. */
static const UCHAR original[] = {
    9, 2,    55,   0, 2,  1, 0,  0x80, 50, /* 0: configuration */
    9, 4,    0,    0, 1,  3, 1,  2,    0,  /* 9: interface 0, setting 0 */
    5, 0x21, 1,    2, 3,                   /* 18: of its class */
    7, 5,    0x81, 3, 8,  0, 10,           /* 23: endpoint */
    9, 4,    0,    1, 0,  3, 1,  3,    0,  /* 30: interface 0, setting 1 */
    9, 4,    1,    0, 1,  8, 6,  80,   0,  /* 39: interface 1 */
    7, 5,    0x02, 2, 64, 0, 0,            /* 48: endpoint */
};

static UCHAR all[sizeof(original)];

static PUSB_CONFIGURATION_DESCRIPTOR fresh(void)
{
    memcpy(all, original, sizeof(all));
    return (PUSB_CONFIGURATION_DESCRIPTOR)(PVOID)all;
}

static void a_search_finds_what_fits(void **state)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = fresh();

    assert_ptr_equal(USBD_ParseConfigurationDescriptor(configuration, 0, 1), all + 30);
    assert_null(USBD_ParseConfigurationDescriptor(configuration, 2, 0));
    assert_ptr_equal(
        USBD_ParseConfigurationDescriptorEx(configuration, configuration, -1, -1, 8, -1, -1),
        all + 39);
    assert_ptr_equal(
        USBD_ParseConfigurationDescriptorEx(configuration, all + 30, 0, -1, -1, -1, -1), all + 30);
    assert_null(USBD_ParseConfigurationDescriptorEx(configuration, all + 39, 0, -1, -1, -1, -1));
    assert_null(USBD_ParseConfigurationDescriptorEx(configuration, configuration, -1, -1, 3, 1, 9));
    assert_ptr_equal(USBD_ParseDescriptors(all, sizeof(all), all + 9, USB_ENDPOINT_DESCRIPTOR_TYPE),
                     all + 23);
    assert_ptr_equal(USBD_ParseDescriptors(all, sizeof(all), all, 0x21), all + 18);
    assert_null(USBD_ParseDescriptors(all, sizeof(all), all, USB_STRING_DESCRIPTOR_TYPE));
    assert_int_equal(
        USBD_GetInterfaceLength((PUSB_INTERFACE_DESCRIPTOR)(PVOID)(all + 9), all + sizeof(all)),
        21);
}

static void a_search_ends_where_lengths_lead_nowhere(void **state)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = fresh();

    all[18] = 0;
    assert_null(USBD_ParseConfigurationDescriptor(configuration, 1, 0));
    all[18] = 200;
    assert_null(USBD_ParseConfigurationDescriptor(configuration, 1, 0));
    assert_null(USBD_ParseDescriptors(all, sizeof(all), all, USB_ENDPOINT_DESCRIPTOR_TYPE));
}

static USBD_STATUS check(USHORT level, UCHAR **wrong)
{
    return USBD_ValidateConfigurationDescriptor((PUSB_CONFIGURATION_DESCRIPTOR)(PVOID)all,
                                                sizeof(all), level, wrong, 'tseT');
}

static void a_bad_descriptor_is_named(void **state)
{
    UCHAR *wrong = NULL;

    fresh();
    assert_int_equal(check(3, &wrong), USBD_STATUS_SUCCESS);
    assert_null(wrong);
    all[18] = 0;
    assert_int_equal(check(1, &wrong), USBD_STATUS_BAD_DESCRIPTOR_BLEN);
    assert_ptr_equal(wrong, all + 18);
    fresh();
    all[2]++;
    assert_int_equal(check(1, &wrong), USBD_STATUS_BAD_CONFIG_DESC_LENGTH);
    fresh();
    all[1] = 4;
    assert_int_equal(check(1, &wrong), USBD_STATUS_BAD_DESCRIPTOR_TYPE);
    fresh();
    all[4] = 3;
    assert_int_equal(check(1, &wrong), USBD_STATUS_SUCCESS);
    assert_int_equal(check(2, &wrong), USBD_STATUS_BAD_NUMBER_OF_INTERFACES);
    fresh();
    all[13] = 2;
    assert_int_equal(check(2, &wrong), USBD_STATUS_BAD_NUMBER_OF_ENDPOINTS);
    fresh();
    all[25] = 0x80;
    assert_int_equal(check(2, &wrong), USBD_STATUS_SUCCESS);
    assert_int_equal(check(3, &wrong), USBD_STATUS_BAD_ENDPOINT_ADDRESS);
    assert_ptr_equal(wrong, all + 23);
}

static void a_request_has_room_for_each_interface(void **state)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = fresh();
    USBD_INTERFACE_LIST_ENTRY list[3] = {
        {USBD_ParseConfigurationDescriptor(configuration, 0, 1), NULL},
        {USBD_ParseConfigurationDescriptor(configuration, 1, 0), NULL},
    };
    USHORT size = 0;
    PURB urb = USBD_CreateConfigurationRequestEx(configuration, list);

    assert_non_null(urb);
    assert_int_equal(urb->UrbHeader.Function, URB_FUNCTION_SELECT_CONFIGURATION);
    assert_ptr_equal(list[0].Interface, &urb->UrbSelectConfiguration.Interface);
    assert_int_equal(list[0].Interface->AlternateSetting, 1);
    assert_int_equal(list[0].Interface->NumberOfPipes, 0);
    assert_int_equal(list[0].Interface->Length, GET_USBD_INTERFACE_SIZE(0));
    assert_ptr_equal(list[1].Interface, (char *)list[0].Interface + list[0].Interface->Length);
    assert_int_equal(list[1].Interface->InterfaceNumber, 1);
    assert_int_equal(list[1].Interface->Pipes[0].MaximumTransferSize,
                     USBD_DEFAULT_MAXIMUM_TRANSFER_SIZE);
    ExFreePool(urb);
    urb = USBD_CreateConfigurationRequest(configuration, &size);
    assert_non_null(urb);
    assert_int_equal(size, GET_SELECT_CONFIGURATION_REQUEST_SIZE(2, 2));
    assert_int_equal(urb->UrbHeader.Length, size);
    ExFreePool(urb);
}

static void who_is_on_no_usb_gets_no_handle(void **state)
{
    USBD_VERSION_INFORMATION version = {0};
    USBD_HANDLE handle = NULL;
    PURB urb = NULL;

    assert_int_equal(USBD_CreateHandle(NULL, NULL, USBD_CLIENT_CONTRACT_VERSION_602, 0, &handle),
                     STATUS_INVALID_PARAMETER);
    assert_null(handle);
    assert_int_equal(USBD_UrbAllocate(NULL, &urb), STATUS_INVALID_PARAMETER);
    assert_null(urb);
    USBD_GetUSBDIVersion(&version);
    assert_int_equal(version.USBDI_Version, USBDI_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_search_finds_what_fits),
        wc_unit_test(a_search_ends_where_lengths_lead_nowhere),
        wc_unit_test(a_bad_descriptor_is_named),
        wc_unit_test(a_request_has_room_for_each_interface),
        wc_unit_test(who_is_on_no_usb_gets_no_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

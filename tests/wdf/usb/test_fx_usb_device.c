/* test_fx_usb_device.c - WDFUSBDEVICE and WDFUSBINTERFACE: descriptors, strings, configurations, control
 * transfers, URBs. */
#include "wdf/usb_fixture.h"

#include <string.h>

/* ---- what the device says ---- */

static void check_descriptors(void *context)
{
    USB_CONFIGURATION_DESCRIPTOR *all;
    USB_DEVICE_DESCRIPTOR device;
    WDF_USB_DEVICE_INFORMATION information;
    UCHAR buffer[64];
    USHORT length = 0;

    WdfUsbTargetDeviceGetDeviceDescriptor(usb_test.usb, &device);
    assert_int_equal(device.bLength, 18);
    assert_int_equal(device.idVendor, 0x1234);
    assert_int_equal(device.idProduct, 0x5678);
    assert_int_equal(WdfUsbTargetDeviceRetrieveConfigDescriptor(usb_test.usb, NULL, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, sizeof(buffer));
    length = 20;
    assert_int_equal(WdfUsbTargetDeviceRetrieveConfigDescriptor(usb_test.usb, buffer, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, sizeof(buffer));
    assert_int_equal(WdfUsbTargetDeviceRetrieveConfigDescriptor(usb_test.usb, buffer, &length),
                     STATUS_SUCCESS);
    all = (USB_CONFIGURATION_DESCRIPTOR *)buffer;
    assert_int_equal(all->wTotalLength, sizeof(buffer));
    assert_int_equal(all->bNumInterfaces, 2);
    WDF_USB_DEVICE_INFORMATION_INIT(&information);
    assert_int_equal(WdfUsbTargetDeviceRetrieveInformation(usb_test.usb, &information),
                     STATUS_SUCCESS);
    assert_int_equal(information.Traits,
                     WDF_USB_DEVICE_TRAIT_SELF_POWERED | WDF_USB_DEVICE_TRAIT_REMOTE_WAKE_CAPABLE);
    assert_int_equal(information.UsbdVersionInformation.USBDI_Version, USBDI_VERSION);
    information.Size--;
    assert_int_equal(WdfUsbTargetDeviceRetrieveInformation(usb_test.usb, &information),
                     STATUS_INFO_LENGTH_MISMATCH);
}

static void a_device_has_its_descriptors(void **state)
{
    usb_run(check_descriptors);
}

static void check_strings(void *context)
{
    USHORT text[16] = {0};
    USHORT count = 0;
    WDFMEMORY memory;
    size_t size;

    assert_int_equal(
        WdfUsbTargetDeviceQueryString(usb_test.usb, NULL, NULL, NULL, &count, 2, 0x0409),
        STATUS_SUCCESS);
    assert_int_equal(count, 5);
    assert_int_equal(
        WdfUsbTargetDeviceQueryString(usb_test.usb, NULL, NULL, text, &count, 2, 0x0409),
        STATUS_SUCCESS);
    assert_memory_equal(text, L"Thing", 10);
    count = 2;
    memset(text, 0, sizeof(text));
    assert_int_equal(
        WdfUsbTargetDeviceQueryString(usb_test.usb, NULL, NULL, text, &count, 1, 0x0409),
        STATUS_BUFFER_OVERFLOW);
    assert_int_equal(count, 5);
    assert_memory_equal(text, L"Ma\0", 6);
    assert_int_equal(WdfUsbTargetDeviceAllocAndQueryString(usb_test.usb, WDF_NO_OBJECT_ATTRIBUTES,
                                                           &memory, &count, 1, 0x0409),
                     STATUS_SUCCESS);
    assert_memory_equal(WdfMemoryGetBuffer(memory, &size), L"Maker", 10);
    assert_int_equal(size, 10);
    WdfObjectDelete(memory);
    /* One that it does not have is a stall. */
    assert_int_equal(
        WdfUsbTargetDeviceQueryString(usb_test.usb, NULL, NULL, text, &count, 7, 0x0409),
        STATUS_UNSUCCESSFUL);
}

static void strings_come_in_characters(void **state)
{
    usb_run(check_strings);
}

/* ---- configurations ---- */

static void check_interfaces(void *context)
{
    WDF_USB_PIPE_INFORMATION information;
    USB_INTERFACE_DESCRIPTOR descriptor;
    WDFUSBINTERFACE other;

    assert_int_equal(usb_test.model->configured, 1);
    assert_non_null(WdfUsbTargetDeviceWdmGetConfigurationHandle(usb_test.usb));
    assert_int_equal(WdfUsbTargetDeviceGetNumInterfaces(usb_test.usb), 2);
    assert_ptr_equal(WdfUsbTargetDeviceGetInterface(usb_test.usb, 0), usb_test.interface);
    assert_null(WdfUsbTargetDeviceGetInterface(usb_test.usb, 2));
    other = WdfUsbTargetDeviceGetInterface(usb_test.usb, 1);
    assert_int_equal(WdfUsbInterfaceGetInterfaceNumber(other), 1);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(other), 0);
    assert_int_equal(WdfUsbInterfaceGetNumSettings(usb_test.interface), 2);
    assert_int_equal(WdfUsbInterfaceGetNumEndpoints(usb_test.interface, 0), 3);
    assert_int_equal(WdfUsbInterfaceGetNumEndpoints(usb_test.interface, 1), 1);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(usb_test.interface), 3);
    WdfUsbInterfaceGetDescriptor(usb_test.interface, 1, &descriptor);
    assert_int_equal(descriptor.bInterfaceProtocol, 3);
    WDF_USB_PIPE_INFORMATION_INIT(&information);
    WdfUsbInterfaceGetEndpointInformation(usb_test.interface, 1, 0, &information);
    assert_int_equal(information.EndpointAddress, USB_OTHER_IN);
    assert_int_equal(information.SettingIndex, 1);
    assert_int_equal(information.PipeType, WdfUsbPipeTypeBulk);
    WDF_USB_PIPE_INFORMATION_INIT(&information);
    assert_non_null(WdfUsbInterfaceGetConfiguredPipe(usb_test.interface, 0, &information));
    assert_int_equal(information.EndpointAddress, USB_INTERRUPT_IN);
    assert_int_equal(information.MaximumPacketSize, 8);
    assert_int_equal(information.Interval, 10);
    assert_int_equal(information.PipeType, WdfUsbPipeTypeInterrupt);
    assert_null(WdfUsbInterfaceGetConfiguredPipe(usb_test.interface, 3, NULL));
    assert_true(WdfUsbTargetPipeIsInEndpoint(usb_test.in));
    assert_true(WdfUsbTargetPipeIsOutEndpoint(usb_test.out));
    assert_non_null(WdfUsbTargetPipeWdmGetPipeHandle(usb_test.out));
}

static void a_configuration_has_interfaces_and_pipes(void **state)
{
    usb_run(check_interfaces);
}

static void select_other_setting(void *context)
{
    WDF_USB_INTERFACE_SELECT_SETTING_PARAMS params;
    WDFUSBPIPE old = usb_test.in;

    WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_SETTING(&params, 5);
    assert_int_equal(WdfUsbInterfaceSelectSetting(usb_test.interface, NULL, &params),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(usb_test.interface), 3);
    WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_SETTING(&params, 1);
    assert_int_equal(WdfUsbInterfaceSelectSetting(usb_test.interface, NULL, &params),
                     STATUS_SUCCESS);
    assert_int_equal(usb_test.model->selected, 1);
    assert_int_equal(WdfUsbInterfaceGetConfiguredSettingIndex(usb_test.interface), 1);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(usb_test.interface), 1);
    wc_expect_violation("WdfObjectUseAfterDelete");
    assert_int_equal(WdfUsbTargetPipeGetType(old), WdfUsbPipeTypeInvalid);
}

static void another_setting_has_other_pipes(void **state)
{
    usb_run(select_other_setting);
}

static void select_in_other_ways(void *context)
{
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;
    WDF_USB_INTERFACE_SETTING_PAIR pairs[] = {
        {WdfUsbTargetDeviceGetInterface(usb_test.usb, 0), 1},
        {WdfUsbTargetDeviceGetInterface(usb_test.usb, 1), 0},
    };

    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_MULTIPLE_INTERFACES(&params, 0, NULL);
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params), STATUS_SUCCESS);
    assert_int_equal(params.Types.MultiInterface.NumberOfConfiguredInterfaces, 2);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(usb_test.interface), 3);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_MULTIPLE_INTERFACES(&params, 2, pairs);
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params), STATUS_SUCCESS);
    assert_int_equal(WdfUsbInterfaceGetConfiguredSettingIndex(usb_test.interface), 1);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_DECONFIG(&params);
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params), STATUS_SUCCESS);
    assert_int_equal(usb_test.model->configured, 0);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(usb_test.interface), 0);
    assert_null(WdfUsbTargetDeviceWdmGetConfigurationHandle(usb_test.usb));
    params.Size++;
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params),
                     STATUS_INFO_LENGTH_MISMATCH);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_URB(&params, NULL);
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params),
                     STATUS_INVALID_PARAMETER);
}

static void configurations_are_selected_in_several_ways(void **state)
{
    usb_run(select_in_other_ways);
}

static void select_by_descriptors(void *context)
{
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;
    UCHAR buffer[64];
    USHORT length = sizeof(buffer);
    USB_CONFIGURATION_DESCRIPTOR *all = (USB_CONFIGURATION_DESCRIPTOR *)buffer;
    PUSB_INTERFACE_DESCRIPTOR one;
    PURB urb;

    assert_int_equal(WdfUsbTargetDeviceRetrieveConfigDescriptor(usb_test.usb, buffer, &length),
                     STATUS_SUCCESS);
    one = USBD_ParseConfigurationDescriptorEx(all, all, 0, 1, -1, -1, -1);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_INTERFACES_DESCRIPTORS(&params, all, &one, 1);
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params), STATUS_SUCCESS);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(usb_test.interface), 1);
    urb = USBD_CreateConfigurationRequest(all, &length);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_URB(&params, urb);
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params), STATUS_SUCCESS);
    assert_int_equal(WdfUsbInterfaceGetNumConfiguredPipes(usb_test.interface), 3);
    ExFreePool(urb);
}

static void configurations_are_selected_by_descriptor_and_urb(void **state)
{
    usb_run(select_by_descriptors);
}

/* ---- control transfers ---- */

static void transfer_control(void *context)
{
    WDF_USB_CONTROL_SETUP_PACKET setup;
    WDF_MEMORY_DESCRIPTOR memory;
    UCHAR value = 0x5a;
    ULONG moved = 9;

    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&memory, &value, sizeof(value));
    WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(&setup, BmRequestHostToDevice, BmRequestToDevice, 1, 0,
                                             0);
    assert_int_equal(WdfUsbTargetDeviceSendControlTransferSynchronously(usb_test.usb, NULL, NULL,
                                                                        &setup, &memory, &moved),
                     STATUS_SUCCESS);
    assert_int_equal(moved, 1);
    assert_int_equal(usb_test.model->value, 0x5a);
    value = 0;
    WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(&setup, BmRequestDeviceToHost, BmRequestToDevice, 1, 0,
                                             0);
    assert_int_equal(WdfUsbTargetDeviceSendControlTransferSynchronously(usb_test.usb, NULL, NULL,
                                                                        &setup, &memory, &moved),
                     STATUS_SUCCESS);
    assert_int_equal(value, 0x5a);
    /* Another request is a stall, which the next one does not see. */
    setup.Packet.bRequest = 2;
    assert_int_equal(WdfUsbTargetDeviceSendControlTransferSynchronously(usb_test.usb, NULL, NULL,
                                                                        &setup, &memory, &moved),
                     STATUS_UNSUCCESSFUL);
    assert_int_equal(moved, 0);
    WDF_USB_CONTROL_SETUP_PACKET_INIT_GET_STATUS(&setup, BmRequestToDevice, 0);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&memory, &(USHORT){0}, sizeof(USHORT));
    assert_int_equal(WdfUsbTargetDeviceSendControlTransferSynchronously(usb_test.usb, NULL, NULL,
                                                                        &setup, &memory, &moved),
                     STATUS_SUCCESS);
    assert_int_equal(*(USHORT *)memory.u.BufferType.Buffer, 1); /* self powered */
}

static void control_transfers_go_both_ways(void **state)
{
    usb_run(transfer_control);
}

static struct {
    int calls;
    WDF_REQUEST_TYPE type;
    WDF_USB_REQUEST_COMPLETION_PARAMS params;
    NTSTATUS status;
} came;

static VOID on_came(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS params,
                    WDFCONTEXT context)
{
    came.calls++;
    came.type = params->Type;
    came.params = *params->Parameters.Usb.Completion;
    came.status = params->IoStatus.Status;
    assert_ptr_equal(target, context);
}

static void format_control(void *context)
{
    WDF_USB_CONTROL_SETUP_PACKET setup;
    WDFMEMORY_OFFSET offset = {2, 1};
    WDF_REQUEST_REUSE_PARAMS reuse;
    WDFREQUEST request;
    WDFMEMORY memory;
    UCHAR *bytes;

    memset(&came, 0, sizeof(came));
    assert_int_equal(WdfRequestCreate(NULL, WdfUsbTargetDeviceGetIoTarget(usb_test.usb), &request),
                     STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 4, &memory, (PVOID *)&bytes),
                     STATUS_SUCCESS);
    bytes[2] = 0x77;
    WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(&setup, BmRequestHostToDevice, BmRequestToDevice, 1, 0,
                                             0);
    assert_int_equal(WdfUsbTargetDeviceFormatRequestForControlTransfer(usb_test.usb, request,
                                                                       &setup, memory, &offset),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, on_came, usb_test.usb);
    assert_true(WdfRequestSend(request, WdfUsbTargetDeviceGetIoTarget(usb_test.usb), NULL));
    pnp_let_run();
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.type, WdfRequestTypeUsb);
    assert_int_equal(came.status, STATUS_SUCCESS);
    assert_int_equal(came.params.Type, WdfUsbRequestTypeDeviceControlTransfer);
    assert_int_equal(came.params.Parameters.DeviceControlTransfer.Length, 1);
    assert_ptr_equal(came.params.Parameters.DeviceControlTransfer.Buffer, memory);
    assert_int_equal(usb_test.model->value, 0x77);
    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    assert_int_equal(WdfRequestReuse(request, &reuse), STATUS_SUCCESS);
    setup.Packet.bRequest = 9;
    assert_int_equal(WdfUsbTargetDeviceFormatRequestForControlTransfer(usb_test.usb, request,
                                                                       &setup, memory, &offset),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, on_came, usb_test.usb);
    assert_true(WdfRequestSend(request, WdfUsbTargetDeviceGetIoTarget(usb_test.usb), NULL));
    pnp_let_run();
    assert_int_equal(came.calls, 2);
    assert_int_equal(came.status, STATUS_UNSUCCESSFUL);
    assert_int_equal(came.params.UsbdStatus, USBD_STATUS_STALL_PID);
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
}

static void what_came_of_a_control_transfer_is_told(void **state)
{
    usb_run(format_control);
}

/* ---- URBs ---- */

static void send_urbs(void *context)
{
    USHORT state = 0;
    WDFMEMORY memory;
    WDFREQUEST request;
    ULONG frame;
    PURB urb;

    assert_int_equal(WdfUsbTargetDeviceCreateUrb(usb_test.usb, NULL, &memory, &urb),
                     STATUS_SUCCESS);
    UsbBuildGetStatusRequest(urb, URB_FUNCTION_GET_STATUS_FROM_DEVICE, 0, &state, NULL, NULL);
    assert_int_equal(WdfUsbTargetDeviceSendUrbSynchronously(usb_test.usb, NULL, NULL, urb),
                     STATUS_SUCCESS);
    assert_int_equal(state, 1);
    assert_int_equal(urb->UrbHeader.Status, USBD_STATUS_SUCCESS);
    urb->UrbHeader.Function = 0x7f;
    assert_int_equal(WdfUsbTargetDeviceSendUrbSynchronously(usb_test.usb, NULL, NULL, urb),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(urb->UrbHeader.Status, USBD_STATUS_INVALID_URB_FUNCTION);
    urb->UrbHeader.Function = URB_FUNCTION_GET_CURRENT_FRAME_NUMBER;
    assert_int_equal(WdfRequestCreate(NULL, WdfUsbTargetDeviceGetIoTarget(usb_test.usb), &request),
                     STATUS_SUCCESS);
    assert_int_equal(WdfUsbTargetDeviceFormatRequestForUrb(usb_test.usb, request, memory, NULL),
                     STATUS_SUCCESS);
    memset(&came, 0, sizeof(came));
    WdfRequestSetCompletionRoutine(request, on_came, usb_test.usb);
    assert_true(WdfRequestSend(request, WdfUsbTargetDeviceGetIoTarget(usb_test.usb), NULL));
    pnp_let_run();
    assert_int_equal(came.params.Type, WdfUsbRequestTypeDeviceUrb);
    assert_ptr_equal(came.params.Parameters.DeviceUrb.Buffer, memory);
    assert_int_equal(WdfUsbTargetDeviceRetrieveCurrentFrameNumber(usb_test.usb, &frame),
                     STATUS_SUCCESS);
    assert_true(frame >= urb->UrbGetCurrentFrameNumber.FrameNumber);
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
}

static void urbs_are_sent_as_they_are(void **state)
{
    usb_run(send_urbs);
}

static void ask_capabilities(void *context)
{
    GUID nobody = {1, 2, 3, {4}};

    assert_int_equal(WdfUsbTargetDeviceQueryUsbCapability(
                         usb_test.usb, &GUID_USB_CAPABILITY_DEVICE_CONNECTION_HIGH_SPEED_COMPATIBLE,
                         0, NULL, NULL),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(WdfUsbTargetDeviceQueryUsbCapability(usb_test.usb, &nobody, 0, NULL, NULL),
                     STATUS_NOT_IMPLEMENTED);
    assert_int_equal(WdfUsbTargetDeviceIsConnectedSynchronous(usb_test.usb), STATUS_SUCCESS);
    assert_int_equal(WdfUsbTargetDeviceResetPortSynchronously(usb_test.usb), STATUS_SUCCESS);
}

static void a_full_speed_device_is_none_of_high_speed(void **state)
{
    usb_run(ask_capabilities);
}

/* ---- the forbidden side ---- */

static void make_wrongly(WDFDEVICE device)
{
    WDF_USB_DEVICE_CREATE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFUSBDEVICE usb = NULL;
    WDFMEMORY memory;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device; /* which it has anyway */
    assert_int_equal(WdfUsbTargetDeviceCreate(device, &attributes, &usb),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    assert_null(usb);
    WDF_USB_DEVICE_CREATE_CONFIG_INIT(&config, 0x100);
    assert_int_equal(WdfUsbTargetDeviceCreateWithParameters(device, &config, NULL, &usb),
                     STATUS_INVALID_PARAMETER);
    config.Size = 1;
    assert_int_equal(WdfUsbTargetDeviceCreateWithParameters(device, &config, NULL, &usb),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_null(usb);
    assert_int_equal(WdfUsbTargetDeviceCreate(device, NULL, &usb), STATUS_SUCCESS);
    assert_int_equal(WdfUsbTargetDeviceCreateUrb(usb, NULL, &memory, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    WdfObjectDelete(usb);
    wc_expect_violation("HandleWrongType");
    assert_int_equal(WdfUsbTargetDeviceIsConnectedSynchronous((WDFUSBDEVICE)device),
                     STATUS_INVALID_PARAMETER);
}

static void a_device_is_made_of_the_right_parts(void **state) /* spec: ATTR-06 */
{
    usb_test.prepared = make_wrongly;
    usb_start();
    usb_remove();
}

static void make_above_nothing(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    WDF_USB_DEVICE_CREATE_CONFIG config;
    WDFUSBDEVICE usb = NULL;

    WDF_USB_DEVICE_CREATE_CONFIG_INIT(&config, USBD_CLIENT_CONTRACT_VERSION_602);
    assert_int_equal(WdfUsbTargetDeviceCreate(device, NULL, &usb), STATUS_NOT_SUPPORTED);
    assert_int_equal(WdfUsbTargetDeviceCreateWithParameters(device, &config, NULL, &usb),
                     STATUS_NOT_SUPPORTED);
    assert_null(usb);
}

static void another_bus_has_no_usb_device(void **state)
{
    drv_pnp_plan.prepare = make_above_nothing;
    pnp_remove(pnp_start(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        usb_test_entry(a_device_has_its_descriptors),
        usb_test_entry(strings_come_in_characters),
        usb_test_entry(a_configuration_has_interfaces_and_pipes),
        usb_test_entry(another_setting_has_other_pipes),
        usb_test_entry(configurations_are_selected_in_several_ways),
        usb_test_entry(configurations_are_selected_by_descriptor_and_urb),
        usb_test_entry(control_transfers_go_both_ways),
        usb_test_entry(what_came_of_a_control_transfer_is_told),
        usb_test_entry(urbs_are_sent_as_they_are),
        usb_test_entry(a_full_speed_device_is_none_of_high_speed),
        usb_test_entry(a_device_is_made_of_the_right_parts),
        usb_test_entry(another_bus_has_no_usb_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

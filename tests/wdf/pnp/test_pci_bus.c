/* test_pci_bus.c - a device with a configuration space, as its driver finds it: identity, base address
 * registers, capabilities; and what a virtio device makes of a driver's queue.
 */
#include "wdf/pnp_fixture.h"

#include <initguid.h>
#include <wdmguid.h>

#include <string.h>

#include "nt/io/pnp/io_pnp.h"

#define INTERRUPT_DISABLE 0x400u /* in the command register */
#define RESOURCES         "memory=0xfe000000-0xfe000fff,irq=5"

static struct {
    BUS_INTERFACE_STANDARD bus;
    WDFDEVICE device;
    UCHAR *registers; /* the device's window */
    void (*check)(void);
} t;

static ULONG get(ULONG offset, ULONG length)
{
    ULONG value = 0;

    assert_int_equal(t.bus.GetBusData(t.bus.Context, PCI_WHICHSPACE_CONFIG, &value, offset, length),
                     length);
    return value;
}

static void set(ULONG offset, ULONG length, ULONG value)
{
    assert_int_equal(t.bus.SetBusData(t.bus.Context, PCI_WHICHSPACE_CONFIG, &value, offset, length),
                     length);
}

static void prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *memory = WdfCmResourceListGetDescriptor(translated, 0);

    t.device = device;
    assert_int_equal(WdfFdoQueryForInterface(device, &GUID_BUS_INTERFACE_STANDARD,
                                             (PINTERFACE)&t.bus, sizeof(t.bus), 1, NULL),
                     STATUS_SUCCESS);
    t.registers = MmMapIoSpaceEx(memory->u.Memory.Start, memory->u.Memory.Length,
                                 PAGE_READWRITE | PAGE_NOCACHE);
    assert_non_null(t.registers);
    t.check();
    MmUnmapIoSpace(t.registers, memory->u.Memory.Length);
}

static struct wc_device *start(const char *model, void (*check)(void))
{
    const struct wc_device_config config = {.model = model, .resources = RESOURCES};
    struct wc_device *device;

    t.check = check;
    drv_pnp_plan.prepare = prepare;
    pnp_load();
    if (wc_machine_add_device(wc_test_the_machine(), wc_test_driver(), &config, &device) != WC_OK) {
        fail_msg("the device does not start: %s", wc_last_error());
    }
    return device;
}

/* ---- the configuration space ---- */

static void check_header(void)
{
    PCI_COMMON_CONFIG all = {0};
    ULONG read = t.bus.GetBusData(t.bus.Context, PCI_WHICHSPACE_CONFIG, &all, 0, sizeof(all));

    assert_int_equal(read, 256);
    assert_int_equal(all.VendorID, 0x1af4);
    assert_int_equal(all.DeviceID, 0x1044);
    assert_int_equal(all.RevisionID, 1);
    assert_int_equal(all.BaseClass, 0);
    assert_int_equal(all.SubClass, 0xff);
    assert_int_equal(all.u.type0.BaseAddresses[0], 0xfe000000);
    assert_int_equal(all.u.type0.BaseAddresses[1], 0);
    assert_int_equal(all.u.type0.InterruptLine, 5);
    assert_int_equal(all.u.type0.InterruptPin, 1);
    assert_int_equal(all.Status & PCI_STATUS_CAPABILITIES_LIST, PCI_STATUS_CAPABILITIES_LIST);
    /* To the end of the space at most; nothing of other spaces. */
    assert_int_equal(t.bus.GetBusData(t.bus.Context, PCI_WHICHSPACE_CONFIG, &all, 254, 8), 2);
    assert_int_equal(t.bus.GetBusData(t.bus.Context, PCI_WHICHSPACE_CONFIG, &all, 256, 4), 0);
    assert_int_equal(t.bus.GetBusData(t.bus.Context, PCI_WHICHSPACE_ROM, &all, 0, 4), 0);
}

static void a_device_has_its_header(void **state)
{
    pnp_remove(start("virtiorng", check_header));
}

static void check_bars(void)
{
    set(0x10, 4, 0xffffffff);
    assert_int_equal(get(0x10, 4), 0xfffff000); /* 0x1000 bytes of memory */
    set(0x10, 4, 0x12345000);
    assert_int_equal(get(0x10, 4), 0xfe000000); /* it stays where it is */
    set(0x14, 4, 0xffffffff);
    assert_int_equal(get(0x14, 4), 0); /* there is none */
}

static void a_base_address_register_tells_its_size(void **state)
{
    pnp_remove(start("virtiorng", check_bars));
}

static void check_writes(void)
{
    ULONG command = get(0x04, 2);

    assert_int_equal(command & 7, 7); /* as firmware leaves it */
    set(0x04, 2, command | INTERRUPT_DISABLE);
    assert_int_equal(get(0x04, 2), command | INTERRUPT_DISABLE);
    set(0x00, 4, 0);
    assert_int_equal(get(0x00, 2), 0x1af4);
    set(0x3c, 2, 0x0909);
    assert_int_equal(get(0x3c, 2), 0x0109); /* the line, not the pin */
}

static void what_a_driver_may_not_write_stays(void **state)
{
    pnp_remove(start("virtiorng", check_writes));
}

static void check_capabilities(void)
{
    UCHAR at = (UCHAR)get(0x34, 1);
    unsigned types = 0;

    for (unsigned count = 0; at != 0; count++) {
        assert_in_range(count, 0, 3);
        assert_int_equal(get(at, 1), PCI_CAPABILITY_ID_VENDOR_SPECIFIC);
        assert_int_equal(get(at + 4, 1), 0); /* in the first base address register */
        assert_true(get(at + 8, 4) + get(at + 12, 4) <= 0x1000);
        types |= 1u << get(at + 3, 1);
        at = (UCHAR)get(at + 1, 1);
    }
    assert_int_equal(types, 0x1e); /* common, notifications, ISR, the device's own */
}

static void capabilities_are_a_list(void **state)
{
    pnp_remove(start("virtioballoon", check_capabilities));
}

static void send_requests(void *context)
{
    IO_STACK_LOCATION parameters = {0};
    ULONG_PTR information = 0;
    USHORT vendor = 0;

    parameters.Parameters.ReadWriteConfig.WhichSpace = PCI_WHICHSPACE_CONFIG;
    parameters.Parameters.ReadWriteConfig.Buffer = &vendor;
    parameters.Parameters.ReadWriteConfig.Length = sizeof(vendor);
    assert_int_equal(io_pnp_send(drv_pnp_plan.pdo, IRP_MN_READ_CONFIG, &parameters, &information),
                     STATUS_SUCCESS);
    assert_int_equal(information, 2);
    assert_int_equal(vendor, 0x1af4);
    parameters.Parameters.ReadWriteConfig.Offset = 0x3c;
    parameters.Parameters.ReadWriteConfig.Length = 1;
    assert_int_equal(io_pnp_send(drv_pnp_plan.pdo, IRP_MN_WRITE_CONFIG, &parameters, &information),
                     STATUS_SUCCESS);
    assert_int_equal(get(0x3c, 1), 0xf4);
    parameters.Parameters.ReadWriteConfig.WhichSpace = PCI_WHICHSPACE_ROM;
    assert_int_equal(io_pnp_send(drv_pnp_plan.pdo, IRP_MN_READ_CONFIG, &parameters, &information),
                     STATUS_INVALID_PARAMETER);
}

static void nothing(void)
{
}

static void requests_read_and_write_it(void **state)
{
    struct wc_device *device = start("virtiorng", nothing);

    wc_test_call(send_requests, NULL);
    pnp_remove(device);
}

static void read_legacy(void)
{
    struct {
        USHORT vendor, device;
    } id = {0};
    USHORT none = 0;

    assert_int_equal(HalGetBusData(PCIConfiguration, 0, 0, &id, sizeof(id)), sizeof(id));
    assert_int_equal(id.vendor, 0x1af4);
    assert_int_equal(id.device, 0x1044);
    /* An empty slot, another function, another bus, another kind of bus. */
    assert_int_equal(HalGetBusData(PCIConfiguration, 0, 1, &none, sizeof(none)), 2);
    assert_int_equal(none, PCI_INVALID_VENDORID);
    none = 0;
    assert_int_equal(HalGetBusData(PCIConfiguration, 0, 1 << 5, &none, sizeof(none)), 2);
    assert_int_equal(none, PCI_INVALID_VENDORID);
    assert_int_equal(HalGetBusData(PCIConfiguration, 1, 0, &none, sizeof(none)), 0);
    assert_int_equal(HalGetBusData(Cmos, 0, 0, &none, sizeof(none)), 0);
    none = 0x30;
    assert_int_equal(HalSetBusDataByOffset(PCIConfiguration, 0, 0, &none, 0x0c, 1), 1);
    assert_int_equal(get(0x0c, 1), 0x30);
}

static void drivers_from_before_plug_and_play_find_it(void **state)
{
    pnp_remove(start("virtiorng", read_legacy));
}

static void check_identity(void)
{
    WCHAR text[80] = {0};
    ULONG number = 77, length;
    INTERFACE_TYPE type;
    PDEVICE_OBJECT pdo = WdfDeviceWdmGetPhysicalDevice(t.device);

    assert_int_equal(
        IoGetDeviceProperty(pdo, DevicePropertyHardwareID, sizeof(text), text, &length),
        STATUS_SUCCESS);
    assert_int_equal(wcscmp(text, L"PCI\\VEN_1AF4&DEV_1044&SUBSYS_10441AF4&REV_01"), 0);
    assert_int_equal(
        IoGetDeviceProperty(pdo, DevicePropertyAddress, sizeof(number), &number, &length),
        STATUS_SUCCESS);
    assert_int_equal(number, 0); /* device 0, function 0 */
    assert_int_equal(
        IoGetDeviceProperty(pdo, DevicePropertyLegacyBusType, sizeof(type), &type, &length),
        STATUS_SUCCESS);
    assert_int_equal(type, PCIBus);
    assert_int_equal(
        IoGetDeviceProperty(pdo, DevicePropertyLocationInformation, sizeof(text), text, &length),
        STATUS_SUCCESS);
    assert_int_equal(wcscmp(text, L"PCI bus 0, device 0, function 0"), 0);
}

static void it_is_who_the_bus_says(void **state)
{
    pnp_remove(start("virtiorng", check_identity));
}

static void use_interface(void *context)
{
    ULONG value = 0;

    assert_int_equal(t.bus.GetBusData(t.bus.Context, PCI_WHICHSPACE_CONFIG, &value, 0, 4), 0);
    t.bus.InterfaceDereference(t.bus.Context);
}

/* The interface outlives the device. */
static void an_interface_of_a_device_that_went_finds_nothing(void **state)
{
    struct wc_device *device = start("virtiorng", nothing);

    pnp_remove(device);
    wc_test_call(use_interface, NULL);
}

/* ---- a virtio device ---- */

enum { DEVICE_FEATURE = 4, DRIVER_SELECT = 8, DRIVER_FEATURE = 12, QUEUES = 18, STATUS = 20 };
enum { QUEUE_SELECT = 22, QUEUE_SIZE = 24, QUEUE_ENABLE = 28, QUEUE_ADDRESSES = 32 };
enum { ISR = 0x100, CONFIG = 0x200, NOTIFY = 0x300 };
enum { OK = 15, NEEDS_RESET = 64 };
enum { SIZE = 4 };

/* A queue of four, and a page for data. */
struct ring {
    struct {
        ULONG64 address;
        ULONG length;
        USHORT flags, next;
    } descriptor[SIZE];
    struct {
        USHORT flags, index, ring[SIZE], unused;
    } driver;
    struct {
        USHORT flags, index;
        struct {
            ULONG id, length;
        } ring[SIZE];
    } device;
    UCHAR data[256];
};

static UCHAR read8(ULONG offset)
{
    return READ_REGISTER_UCHAR(t.registers + offset);
}

static void write16(ULONG offset, USHORT value)
{
    WRITE_REGISTER_USHORT((PUSHORT)(t.registers + offset), value);
}

static void write32(ULONG offset, ULONG value)
{
    WRITE_REGISTER_ULONG((PULONG)(t.registers + offset), value);
}

static ULONG64 address_of(const struct ring *ring, const void *part)
{
    return (ULONG64)MmGetPhysicalAddress((PVOID)ring).QuadPart +
           (ULONG64)((const char *)part - (const char *)ring);
}

static struct ring *negotiate(USHORT queue)
{
    PHYSICAL_ADDRESS highest = {.QuadPart = -1};
    struct ring *ring = MmAllocateContiguousMemory(sizeof(*ring), highest);
    const void *parts[] = {ring->descriptor, &ring->driver, &ring->device};

    memset(ring, 0, sizeof(*ring));
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 0);
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 3);
    write32(0, 1);
    assert_int_equal(READ_REGISTER_ULONG((PULONG)(t.registers + DEVICE_FEATURE)) & 1, 1);
    write32(DRIVER_SELECT, 1);
    write32(DRIVER_FEATURE, 1); /* VERSION_1 */
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 11);
    assert_int_equal(read8(STATUS), 11);
    write16(QUEUE_SELECT, queue);
    write16(QUEUE_SIZE, SIZE);
    for (ULONG i = 0; i < 3; i++) {
        write32(QUEUE_ADDRESSES + i * 8, (ULONG)address_of(ring, parts[i]));
        write32(QUEUE_ADDRESSES + i * 8 + 4, (ULONG)(address_of(ring, parts[i]) >> 32));
    }
    write16(QUEUE_ENABLE, 1);
    WRITE_REGISTER_UCHAR(t.registers + STATUS, OK);
    return ring;
}

/* The chain that begins with that descriptor. */
static void offer(struct ring *ring, USHORT queue, USHORT head)
{
    ring->driver.ring[ring->driver.index % SIZE] = head;
    ring->driver.index++;
    write16(NOTIFY + queue * 4, queue);
    (void)KeGetCurrentIrql(); /* a window: the device serves its queue */
}

static void check_entropy(void)
{
    struct ring *ring = negotiate(0);
    static const UCHAR first[] = {0xc1, 0x5c, 0x02, 0x89, 0xec, 0x2d, 0x0a, 0x91}; /* of seed 1 */

    /* Two buffers to fill, of 3 and 5 bytes. */
    ring->descriptor[1].address = address_of(ring, ring->data);
    ring->descriptor[1].length = 3;
    ring->descriptor[1].flags = 3;
    ring->descriptor[1].next = 2;
    ring->descriptor[2].address = address_of(ring, ring->data + 10);
    ring->descriptor[2].length = 5;
    ring->descriptor[2].flags = 2;
    offer(ring, 0, 1);
    assert_int_equal(ring->device.index, 1);
    assert_int_equal(ring->device.ring[0].id, 1);
    assert_int_equal(ring->device.ring[0].length, 8);
    assert_memory_equal(ring->data, first, 3);
    assert_memory_equal(ring->data + 10, first + 3, 5);
    assert_int_equal(ring->data[3] | ring->data[9] | ring->data[15], 0);
    assert_int_equal(read8(ISR), 1);
    assert_int_equal(read8(ISR), 0); /* reading acknowledges */
    ring->driver.flags = 1;          /* no interrupts, please */
    offer(ring, 0, 1);
    assert_int_equal(ring->device.index, 2);
    assert_int_equal(read8(ISR), 0);
    MmFreeContiguousMemory(ring);
}

static void an_entropy_source_fills_buffers(void **state)
{
    pnp_remove(start("virtiorng,seed=1", check_entropy));
}

static void check_loop(void)
{
    struct ring *ring = negotiate(0);

    ring->descriptor[0].flags = 3;
    ring->descriptor[0].length = 1;
    ring->descriptor[0].address = address_of(ring, ring->data);
    ring->descriptor[0].next = 0; /* after itself */
    offer(ring, 0, 0);
    assert_int_equal(read8(STATUS), OK | NEEDS_RESET);
    assert_int_equal(ring->device.index, 0);
    assert_int_equal(read8(ISR), 2);
    MmFreeContiguousMemory(ring);
    ring = negotiate(0); /* a reset, and all is well */
    offer(ring, 0, SIZE);
    assert_int_equal(read8(STATUS), OK | NEEDS_RESET); /* no such descriptor */
    MmFreeContiguousMemory(ring);
    ring = negotiate(0);
    ring->driver.index = SIZE; /* offer adds one: more than there can be */
    offer(ring, 0, 0);
    assert_int_equal(read8(STATUS), OK | NEEDS_RESET);
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 0);
    MmFreeContiguousMemory(ring);
}

static void a_broken_ring_needs_a_reset(void **state)
{
    pnp_remove(start("virtiorng", check_loop));
}

static void check_features(void)
{
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 3);
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 11);
    assert_int_equal(read8(STATUS), 3); /* not without VERSION_1 */
    write32(DRIVER_SELECT, 0);
    write32(DRIVER_FEATURE, 1);
    write32(DRIVER_SELECT, 1);
    write32(DRIVER_FEATURE, 1);
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 11);
    assert_int_equal(read8(STATUS), 3); /* nor with one that was not offered */
    assert_int_equal(READ_REGISTER_USHORT((PUSHORT)(t.registers + QUEUES)), 1);
    write16(QUEUE_SELECT, 1);
    assert_int_equal(READ_REGISTER_USHORT((PUSHORT)(t.registers + QUEUE_SIZE)), 0);
}

static void features_are_negotiated(void **state)
{
    pnp_remove(start("virtiorng", check_features));
}

static void check_balloon(void)
{
    struct ring *ring = negotiate(0);
    ULONG numbers[2] = {1, 2};
    LARGE_INTEGER later = {.QuadPart = -20};

    assert_int_equal(READ_REGISTER_ULONG((PULONG)(t.registers + CONFIG)), 2); /* wants two pages */
    memcpy(ring->data, numbers, sizeof(numbers));
    ring->descriptor[0].address = address_of(ring, ring->data);
    ring->descriptor[0].length = sizeof(numbers);
    offer(ring, 0, 0);
    assert_int_equal(ring->device.index, 1);
    assert_int_equal(ring->device.ring[0].length, 0);
    assert_int_equal(read8(ISR), 1);
    write32(CONFIG + 4, 2);
    assert_int_equal(READ_REGISTER_ULONG((PULONG)(t.registers + CONFIG)), 2);
    KeDelayExecutionThread(KernelMode, FALSE, &later);
    assert_int_equal(READ_REGISTER_ULONG((PULONG)(t.registers + CONFIG)),
                     0); /* a while later: none */
    assert_int_equal(read8(ISR), 2);
    WRITE_REGISTER_UCHAR(t.registers + STATUS, 0);
    MmFreeContiguousMemory(ring);
}

static void a_balloon_wants_pages_and_gives_them_back(void **state)
{
    pnp_remove(start("virtioballoon,pages=2,release=1000", check_balloon));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(a_device_has_its_header),
        pnp_test(a_base_address_register_tells_its_size),
        pnp_test(what_a_driver_may_not_write_stays),
        pnp_test(capabilities_are_a_list),
        pnp_test(requests_read_and_write_it),
        pnp_test(drivers_from_before_plug_and_play_find_it),
        pnp_test(it_is_who_the_bus_says),
        pnp_test(an_interface_of_a_device_that_went_finds_nothing),
        pnp_test(an_entropy_source_fills_buffers),
        pnp_test(a_broken_ring_needs_a_reset),
        pnp_test(features_are_negotiated),
        pnp_test(a_balloon_wants_pages_and_gives_them_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

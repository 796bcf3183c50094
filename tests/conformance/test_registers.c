/* Register and port access (section 21): a device that writes down each access. Bodies run in a task;
 * what they saw is judged outside. */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <wdfcore/model.h>

#include "model/model_instance.h"
#include "nt/hal/hal_line.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/mm/mm_iospace.h"
#include "nt/nt_machine.h"

#define PORT     0x300u
#define PHYSICAL 0xfe000000ull
#define SIZE     0x40u
#define IRQ      5u

/* ---- the device ---- */

static char accesses[512]; /* "r4@10 w1@3=ff ": kind, width, offset, value */
static struct wc_model *probe_model;
static uint8_t registers[SIZE];

static void note(const char *text)
{
    strncat(accesses, text, sizeof(accesses) - strlen(accesses) - 1);
}

static uint64_t probe_read(void *device, uint64_t offset, unsigned width)
{
    uint64_t value = 0;
    char text[64];

    (void)device;
    memcpy(&value, registers + offset, width);
    snprintf(text, sizeof(text), "r%u@%x ", width, (unsigned)offset);
    note(text);
    return value;
}

static void probe_write(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    char text[64];

    (void)device;
    memcpy(registers + offset, &value, width);
    snprintf(text, sizeof(text), "w%u@%x=%llx ", width, (unsigned)offset,
             (unsigned long long)value);
    note(text);
    wc_model_set_line(probe_model, 0, registers[SIZE - 1] != 0);
}

static bool probe_create(struct wc_model *model, void *device)
{
    static const struct wc_model_window_ops ops = {probe_read, probe_write};

    (void)device;
    return wc_model_add_port_window(model, SIZE, &ops) &&
           wc_model_add_memory_window(model, SIZE, &ops) && wc_model_add_line(model, true) == 0;
}

static void probe_reset(void *device)
{
    (void)device;
    for (unsigned i = 0; i < SIZE; i++) {
        registers[i] = i < SIZE - 1 ? (uint8_t)(0x80 + i) : 0;
    }
}

static const struct wc_model_type probe = {
    .name = "probe", .help = "", .options = "", .create = probe_create, .reset = probe_reset};

WC_MODEL(probe)

static int start(void **state)
{
    static const struct model_range port = {PORT, SIZE};
    static const struct model_range memory = {PHYSICAL, SIZE};
    static const uint32_t irq = IRQ;
    const struct model_resources resources = {.ports = &port,
                                              .port_count = 1,
                                              .memory = &memory,
                                              .memory_count = 1,
                                              .irqs = &irq,
                                              .irq_count = 1};
    const struct ke_machine_config config = nt_machine_config(1);
    char error[128] = "";

    (void)state;
    base_violation_reset();
    assert_int_equal(ke_machine_start(&config), 0);
    probe_model = model_create("probe", &resources, error, sizeof(error));
    assert_string_equal(error, "");
    accesses[0] = '\0';
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (probe_model != NULL) {
        model_delete(probe_model);
    }
    ke_machine_stop();
    base_violation_reset();
    return 0;
}

static void run(void (*body)(void *))
{
    assert_int_equal(nt_run_body(body, NULL), HOST_RUN_DONE);
    assert_int_equal(base_violation_unmet(), RULE_COUNT);
}

static PUCHAR map(ULONGLONG physical, SIZE_T size)
{
    return MmMapIoSpace((PHYSICAL_ADDRESS){.QuadPart = (LONGLONG)physical}, size, MmNonCached);
}

static union {
    ULONG64 value[8];
    UCHAR bytes[64];
    USHORT words[32];
    ULONG longs[16];
} seen;

/* ---- facts ---- */

static void body_order(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);

    (void)argument;
    WRITE_REGISTER_ULONG((volatile ULONG *)(base + 8), 0x11223344);
    seen.value[0] = READ_REGISTER_ULONG((volatile ULONG *)(base + 8));
    seen.value[1] = READ_REGISTER_UCHAR(base + 9);
    WRITE_REGISTER_UCHAR(base + 9, 0x55);
    WRITE_REGISTER_UCHAR(base + 9, 0x66);
    seen.value[2] = READ_REGISTER_ULONG((volatile ULONG *)(base + 8));
    MmUnmapIoSpace(base, SIZE);
}

static void a_write_is_seen_before_later_accesses(void **state) /* spec: HW-01 */
{
    (void)state;
    run(body_order);
    assert_int_equal(seen.value[0], 0x11223344);
    assert_int_equal(seen.value[1], 0x33);
    assert_int_equal(seen.value[2], 0x11226644);
    assert_string_equal(accesses, "w4@8=11223344 r4@8 r1@9 w1@9=55 w1@9=66 r4@8 ");
}

static void body_widths(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);

    (void)argument;
    seen.value[0] = READ_REGISTER_UCHAR(base + 1);
    seen.value[1] = READ_REGISTER_USHORT((volatile USHORT *)(base + 2));
    seen.value[2] = READ_REGISTER_ULONG((volatile ULONG *)(base + 4));
    seen.value[3] = READ_REGISTER_ULONG64((volatile ULONG64 *)(base + 8));
    seen.value[4] = READ_PORT_UCHAR((PUCHAR)(ULONG_PTR)(PORT + 1));
    seen.value[5] = READ_PORT_USHORT((PUSHORT)(ULONG_PTR)(PORT + 2));
    seen.value[6] = READ_PORT_ULONG((PULONG)(ULONG_PTR)(PORT + 4));
    WRITE_REGISTER_USHORT((volatile USHORT *)(base + 2), 0xabcd);
    WRITE_REGISTER_ULONG64((volatile ULONG64 *)(base + 8), 0x1122334455667788);
    WRITE_PORT_UCHAR((PUCHAR)(ULONG_PTR)(PORT + 1), 0xfe);
    WRITE_PORT_USHORT((PUSHORT)(ULONG_PTR)(PORT + 2), 0xfedc);
    WRITE_PORT_ULONG((PULONG)(ULONG_PTR)(PORT + 4), 0xfedcba98);
    MmUnmapIoSpace(base, SIZE);
}

static void an_access_reaches_the_device_once_and_with_its_width(void **state) /* spec: HW-02 */
{
    (void)state;
    run(body_widths);
    assert_int_equal(seen.value[0], 0x81);
    assert_int_equal(seen.value[1], 0x8382);
    assert_int_equal(seen.value[2], 0x87868584);
    assert_int_equal(seen.value[3], 0x8f8e8d8c8b8a8988);
    assert_int_equal(seen.value[4], 0x81);
    assert_int_equal(seen.value[5], 0x8382);
    assert_int_equal(seen.value[6], 0x87868584);
    assert_string_equal(accesses, "r1@1 r2@2 r4@4 r8@8 r1@1 r2@2 r4@4 w2@2=abcd "
                                  "w8@8=1122334455667788 w1@1=fe w2@2=fedc w4@4=fedcba98 ");
}

static void body_buffers(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);
    static UCHAR bytes[] = {1, 2, 3};
    static ULONG longs[] = {5, 6};

    (void)argument;
    READ_REGISTER_BUFFER_USHORT((volatile USHORT *)(base + 4), seen.words, 3);
    WRITE_REGISTER_BUFFER_UCHAR(base, bytes, 3);
    WRITE_REGISTER_BUFFER_ULONG((volatile ULONG *)(base + 16), longs, 2);
    WRITE_PORT_BUFFER_UCHAR((PUCHAR)(ULONG_PTR)(PORT + 7), bytes, 3);
    READ_PORT_BUFFER_UCHAR((PUCHAR)(ULONG_PTR)(PORT + 7), seen.bytes + 32, 2);
    READ_PORT_BUFFER_UCHAR((PUCHAR)(ULONG_PTR)(PORT + 7), seen.bytes + 40, 0);
    MmUnmapIoSpace(base, SIZE);
}

static void buffer_forms_make_count_accesses_in_order(void **state) /* spec: HW-03 */
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    run(body_buffers);
    assert_int_equal(seen.words[0], 0x8584);
    assert_int_equal(seen.words[1], 0x8786);
    assert_int_equal(seen.words[2], 0x8988);
    assert_int_equal(seen.words[3], 0);
    assert_int_equal(seen.bytes[32], 3);
    assert_int_equal(seen.bytes[33], 3);
    assert_int_equal(seen.bytes[34], 0);
    assert_string_equal(accesses, "r2@4 r2@6 r2@8 w1@0=1 w1@1=2 w1@2=3 w4@10=5 w4@14=6 "
                                  "w1@7=1 w1@7=2 w1@7=3 r1@7 r1@7 ");
}

static PUCHAR isr_base;

static BOOLEAN isr(PKINTERRUPT interrupt, PVOID context)
{
    (void)interrupt;
    (void)context;
    seen.value[1] = KeGetCurrentIrql();
    seen.value[2] = READ_REGISTER_UCHAR(isr_base + 2);
    WRITE_PORT_UCHAR((PUCHAR)(ULONG_PTR)(PORT + SIZE - 1), 0);
    return TRUE;
}

static void body_irql(void *argument)
{
    const struct ke_interrupt_config config = {.service_routine = isr,
                                               .vector = hal_irq_vector(IRQ),
                                               .irql = hal_irq_level(IRQ),
                                               .synchronize_irql = hal_irq_level(IRQ),
                                               .mode = LevelSensitive,
                                               .affinity = 1};
    PKINTERRUPT interrupt;
    KIRQL old;

    (void)argument;
    isr_base = map(PHYSICAL, SIZE);
    KeRaiseIrql(HIGH_LEVEL, &old);
    seen.value[0] = READ_REGISTER_UCHAR(isr_base + 1);
    KeLowerIrql(old);
    if (NT_SUCCESS(ke_interrupt_connect(&config, &interrupt))) {
        WRITE_REGISTER_UCHAR(isr_base + SIZE - 1, 1); /* the ISR has run when this returns */
        seen.value[3] = READ_REGISTER_UCHAR(isr_base + SIZE - 1);
        ke_interrupt_disconnect(interrupt);
    }
    MmUnmapIoSpace(isr_base, SIZE);
}

static void registers_are_reached_at_any_irql(void **state) /* spec: HW-04 */
{
    (void)state;
    memset(&seen, 0xee, sizeof(seen));
    run(body_irql);
    assert_int_equal(seen.value[0], 0x81);
    assert_int_equal(seen.value[1], hal_irq_level(IRQ));
    assert_int_equal(seen.value[2], 0x82);
    assert_int_equal(seen.value[3], 0);
    assert_string_equal(accesses, "r1@1 w1@3f=1 r1@2 w1@3f=0 r1@3f ");
}

static void body_overlap(void *argument)
{
    PUCHAR whole = map(PHYSICAL, SIZE);
    PUCHAR part = map(PHYSICAL + 0x10, 0x10);

    (void)argument;
    WRITE_REGISTER_UCHAR(whole + 0x12, 0x77);
    seen.value[0] = READ_REGISTER_UCHAR(part + 2);
    WRITE_REGISTER_UCHAR(part + 3, 0x78);
    seen.value[1] = READ_REGISTER_UCHAR(whole + 0x13);
    seen.value[2] = whole != part;
    MmUnmapIoSpace(whole, SIZE);
    seen.value[3] = READ_REGISTER_UCHAR(part + 2); /* the other one is still there */
    MmUnmapIoSpace(part, 0x10);
}

static void overlapping_mappings_show_the_same_registers(void **state) /* spec: HW-05 */
{
    (void)state;
    run(body_overlap);
    assert_int_equal(seen.value[0], 0x77);
    assert_int_equal(seen.value[1], 0x78);
    assert_true(seen.value[2]);
    assert_int_equal(seen.value[3], 0x77);
    assert_int_equal(mm_iospace_count(), 0);
}

/* ---- what is refused ---- */

static void body_unmapped(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);
    PUCHAR nobody = map(0x1000, 0x1000);

    (void)argument;
    for (int i = 0; i < 6; i++) {
        base_violation_expect(RULE_RegisterUnmapped);
    }
    seen.value[0] = READ_PORT_UCHAR((PUCHAR)(ULONG_PTR)(PORT + SIZE));
    seen.value[1] = READ_PORT_ULONG((PULONG)(ULONG_PTR)(PORT + SIZE));
    seen.value[2] = READ_REGISTER_UCHAR((PUCHAR)8);
    seen.value[3] = READ_REGISTER_ULONG64((volatile ULONG64 *)nobody);
    seen.value[4] = READ_REGISTER_UCHAR(base + SIZE);
    WRITE_PORT_UCHAR((PUCHAR)(ULONG_PTR)(PORT - 1), 1);
    MmUnmapIoSpace(nobody, 0x1000);
    MmUnmapIoSpace(base, SIZE);
}

static void an_access_outside_reads_all_ones_and_is_reported(void **state)
{
    (void)state;
    run(body_unmapped);
    assert_int_equal(seen.value[0], 0xff);
    assert_int_equal(seen.value[1], 0xffffffff);
    assert_int_equal(seen.value[2], 0xff);
    assert_int_equal(seen.value[3], ~0ull);
    assert_int_equal(seen.value[4], 0xff);
    assert_string_equal(accesses, "");
    assert_int_equal(base_violation_count(RULE_RegisterUnmapped), 6);
}

static void body_misaligned(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);

    (void)argument;
    for (int i = 0; i < 3; i++) {
        base_violation_expect(RULE_RegisterMisaligned);
    }
    seen.value[0] = READ_REGISTER_ULONG((volatile ULONG *)(base + 2));
    seen.value[1] = READ_PORT_USHORT((PUSHORT)(ULONG_PTR)(PORT + 1));
    WRITE_REGISTER_ULONG64((volatile ULONG64 *)(base + 4), 1);
    MmUnmapIoSpace(base, SIZE);
}

static void a_misaligned_access_is_refused(void **state)
{
    (void)state;
    run(body_misaligned);
    assert_int_equal(seen.value[0], 0xffffffff);
    assert_int_equal(seen.value[1], 0xffff);
    assert_string_equal(accesses, "");
}

static void body_stale(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);
    PUCHAR again = map(PHYSICAL, SIZE);

    (void)argument;
    for (int i = 0; i < 3; i++) {
        base_violation_expect(RULE_RegisterStale);
    }
    MmUnmapIoSpace(base, SIZE);
    seen.value[0] = READ_REGISTER_UCHAR(base);
    model_delete(probe_model);
    probe_model = NULL;
    seen.value[1] = READ_REGISTER_UCHAR(again);
    seen.value[2] = READ_PORT_UCHAR((PUCHAR)(ULONG_PTR)PORT);
    MmUnmapIoSpace(again, SIZE);
}

static void late_accesses_are_told_as_stale(void **state)
{
    (void)state;
    run(body_stale);
    assert_int_equal(seen.value[0], 0xff);
    assert_int_equal(seen.value[1], 0xff);
    assert_int_equal(seen.value[2], 0xff);
    assert_string_equal(accesses, "");
}

static void body_bad_unmap(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);

    (void)argument;
    for (int i = 0; i < 4; i++) {
        base_violation_expect(RULE_BadParameter);
    }
    seen.value[0] = (ULONG64)map(PHYSICAL, 0);
    MmUnmapIoSpace(base, SIZE - 1);
    MmUnmapIoSpace(base + 1, SIZE);
    MmUnmapIoSpace(base, SIZE);
    MmUnmapIoSpace(base, SIZE);
}

static void mappings_are_undone_as_they_were_made(void **state)
{
    (void)state;
    run(body_bad_unmap);
    assert_int_equal(seen.value[0], 0);
    assert_int_equal(mm_iospace_count(), 0);
}

static void body_direct(void *argument)
{
    PUCHAR base = map(PHYSICAL, SIZE);

    (void)argument;
    base_violation_expect(RULE_RegisterDirectAccess);
    *(volatile ULONG *)(base + 8) = 1;
    seen.value[0] = 1; /* not reached */
}

static void a_direct_dereference_stops_the_machine(void **state)
{
    char wanted[64];

    (void)state;
    seen.value[0] = 0;
    assert_int_equal(nt_run_body(body_direct, NULL), HOST_RUN_HALTED);
    assert_int_equal(seen.value[0], 0);
    assert_int_equal(base_violation_count(RULE_RegisterDirectAccess), 1);
    snprintf(wanted, sizeof(wanted), "physical address 0x%llx", PHYSICAL + 8);
    assert_non_null(strstr(base_violation_last_report(), wanted));
    assert_string_equal(accesses, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_write_is_seen_before_later_accesses, start, stop),
        cmocka_unit_test_setup_teardown(an_access_reaches_the_device_once_and_with_its_width, start,
                                        stop),
        cmocka_unit_test_setup_teardown(buffer_forms_make_count_accesses_in_order, start, stop),
        cmocka_unit_test_setup_teardown(registers_are_reached_at_any_irql, start, stop),
        cmocka_unit_test_setup_teardown(overlapping_mappings_show_the_same_registers, start, stop),
        cmocka_unit_test_setup_teardown(an_access_outside_reads_all_ones_and_is_reported, start,
                                        stop),
        cmocka_unit_test_setup_teardown(a_misaligned_access_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(late_accesses_are_told_as_stale, start, stop),
        cmocka_unit_test_setup_teardown(mappings_are_undone_as_they_were_made, start, stop),
        cmocka_unit_test_setup_teardown(a_direct_dereference_stops_the_machine, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

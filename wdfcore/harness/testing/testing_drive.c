/* testing_drive.c - time, processors and hardware in the hands of a test.
 * Time passes by waiting for an entry of our own on the machine's wheel. A virtual clock moves only
 * when nothing can run: who waits for one more unit has let everybody else finish.
 */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include "base/lock.h"
#include "harness/testing/testing_drive.h"
#include "harness/testing/testing_fail.h"
#include "host/host.h"
#include "nt/interrupt/ke_line.h"
#include "nt/ke/ke_processor.h"
#include "nt/time/ke_due.h"

#define NEXT_HOPS 64 /* the wheel's bound comes closer with each */

/* ---- time ---- */

struct alarm {
    struct ke_due_entry entry;
    KEVENT event;
};

static void ring(struct ke_due_entry *entry)
{
    KeSetEvent(&CONTAINING_RECORD(entry, struct alarm, entry)->event, IO_NO_INCREMENT, FALSE);
}

static void wait_until(uint64_t due_100ns)
{
    struct alarm alarm;

    KeInitializeEvent(&alarm.event, NotificationEvent, FALSE);
    ke_due_entry_init(&alarm.entry, ring);
    ke_due_arm(&alarm.entry, due_100ns);
    KeWaitForSingleObject(&alarm.event, Executive, KernelMode, FALSE, NULL);
}

static void check_in_task(const char *what)
{
    if (ke_processor_is_outside(ke_self) || KeGetCurrentIrql() != PASSIVE_LEVEL) {
        testing_fail(testing_file(), testing_line(),
                     "%s: only a task of the machine at PASSIVE_LEVEL can drive it so; outside "
                     "there are wc_machine_run and wc_machine_advance",
                     what);
    }
}

void wc_advance(uint64_t ns)
{
    check_in_task("wc_advance");
    wait_until(ke_clock_now_100ns() + (ns + 99) / 100);
}

bool wc_advance_to_next(void)
{
    struct wc_statistics before, after;
    size_t count = ke_due_count();

    check_in_task("wc_advance_to_next");
    wc_machine_statistics(wc_test_the_machine(), &before);
    for (int hop = 0; hop < NEXT_HOPS; hop++) {
        uint64_t next = ke_due_next_100ns();

        if (next == UINT64_MAX) {
            return false;
        }
        wait_until(next);
        wc_machine_statistics(wc_test_the_machine(), &after);
        if (ke_due_count() != count || after.timers_expired != before.timers_expired) {
            return true;
        }
    }
    return true;
}

bool wc_run_until(bool (*done)(void *context), void *context, uint64_t limit_ns)
{
    uint64_t limit = ke_clock_now_100ns() + limit_ns / 100;

    check_in_task("wc_run_until");
    while (done == NULL || !done(context)) {
        uint64_t now = ke_clock_now_100ns();
        uint64_t next;

        if (now >= limit) {
            return false;
        }
        wait_until(now + 1);
        next = ke_due_next_100ns();
        if (done == NULL && next == UINT64_MAX) {
            return true;
        }
        if (done != NULL && done(context)) {
            return true;
        }
        wait_until(next < limit ? next : limit);
    }
    return true;
}

bool wc_run_until_idle(uint64_t limit_ns)
{
    return wc_run_until(NULL, NULL, limit_ns);
}

bool wc_pass_turn(uint32_t processor)
{
    check_in_task("wc_pass_turn");
    if (processor >= ke_processor_count()) {
        testing_fail(testing_file(), testing_line(), "wc_pass_turn: there is no processor %u",
                     processor);
    }
    return host_turn_pass(processor) && !base_threaded;
}

/* ---- hardware ---- */

/* Keys: (o) by the test's tasks, one after the other; sources go with the machine */
static struct hal_line_source *sources[HAL_MAX_LINES];

void testing_drive_stop(void)
{
    for (uint32_t irq = 0; irq < HAL_MAX_LINES; irq++) {
        sources[irq] = NULL;
    }
}

void wc_line_set(uint32_t irq, bool asserted)
{
    const struct hal_line *line = ke_line_at(irq);

    if (line == NULL) {
        testing_fail(testing_file(), testing_line(), "wc_line_set: there is no irq %u", irq);
    }
    if (sources[irq] == NULL) {
        sources[irq] = hal_line_connect(irq, line->sources == 0 || line->level_triggered);
    }
    hal_line_set(sources[irq], asserted);
}

static _Noreturn void bad_size(unsigned size)
{
    testing_fail(testing_file(), testing_line(), "an access is of 1, 2 or 4 bytes, not %u", size);
}

uint32_t wc_port_read(uint32_t port, unsigned size)
{
    ULONG_PTR address = port;

    switch (size) {
    case 1:
        return READ_PORT_UCHAR((PUCHAR)address);
    case 2:
        return READ_PORT_USHORT((PUSHORT)address);
    case 4:
        return READ_PORT_ULONG((PULONG)address);
    default:
        bad_size(size);
    }
}

void wc_port_write(uint32_t port, unsigned size, uint32_t value)
{
    ULONG_PTR address = port;

    switch (size) {
    case 1:
        WRITE_PORT_UCHAR((PUCHAR)address, (UCHAR)value);
        return;
    case 2:
        WRITE_PORT_USHORT((PUSHORT)address, (USHORT)value);
        return;
    case 4:
        WRITE_PORT_ULONG((PULONG)address, value);
        return;
    default:
        bad_size(size);
    }
}

static PVOID map(uint64_t physical, unsigned size)
{
    PHYSICAL_ADDRESS address = {.QuadPart = (LONGLONG)physical};
    PVOID mapped = MmMapIoSpace(address, size, MmNonCached);

    if (mapped == NULL) {
        testing_fail(testing_file(), testing_line(), "there is nothing at physical address 0x%llx",
                     (unsigned long long)physical);
    }
    return mapped;
}

uint32_t wc_memory_read(uint64_t physical, unsigned size)
{
    PVOID mapped = map(physical, size);
    uint32_t value = 0;

    switch (size) {
    case 1:
        value = READ_REGISTER_UCHAR(mapped);
        break;
    case 2:
        value = READ_REGISTER_USHORT(mapped);
        break;
    case 4:
        value = READ_REGISTER_ULONG(mapped);
        break;
    default:
        bad_size(size);
    }
    MmUnmapIoSpace(mapped, size);
    return value;
}

void wc_memory_write(uint64_t physical, unsigned size, uint32_t value)
{
    PVOID mapped = map(physical, size);

    switch (size) {
    case 1:
        WRITE_REGISTER_UCHAR(mapped, (UCHAR)value);
        break;
    case 2:
        WRITE_REGISTER_USHORT(mapped, (USHORT)value);
        break;
    case 4:
        WRITE_REGISTER_ULONG(mapped, value);
        break;
    default:
        bad_size(size);
    }
    MmUnmapIoSpace(mapped, size);
}

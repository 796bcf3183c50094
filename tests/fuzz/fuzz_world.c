/* fuzz_world.c - the machine under a fuzzer of the framework's API. */
#include "fuzz_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdfcore/machine.h>

#include "base/assert.h"
#include "base/log.h"
#include "base/violation.h"
#include "nt/io/io_driver.h"
#include "nt/ke/ke_machine.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_object.h"

#define STEPS        400u
#define STEPS_INSIDE 4u
#define DEPTH        3u
#define HELPERS      2u

extern const char __executable_start[];
extern const char _end[];

typedef struct {
    char bytes[24];
} FUZZ_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(FUZZ_CONTEXT, FuzzContextOf)
typedef struct {
    char bytes[200];
} FUZZ_OTHER;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(FUZZ_OTHER, FuzzOtherOf)

DECLARE_CONST_UNICODE_STRING(fuzz_sddl, L"D:P(A;;GA;;;WD)");

struct fuzz_world fuzz;
static struct fx_globals globals;
static PDRIVER_OBJECT wdm;
static const struct fuzz_setup *fuzz_setup;

uint8_t fuzz_byte(void)
{
    return fuzz.at < fuzz.size ? fuzz.data[fuzz.at++] : 0;
}

uint32_t fuzz_word(void)
{
    uint32_t word = fuzz_byte();

    word |= (uint32_t)fuzz_byte() << 8;
    word |= (uint32_t)fuzz_byte() << 16;
    return word | (uint32_t)fuzz_byte() << 24;
}

void *fuzz_handle(void)
{
    uint8_t code = fuzz_byte();
    uintptr_t value;

    if (code < 8 * FUZZ_SLOTS) {
        return fuzz.slots[code % FUZZ_SLOTS];
    }
    switch (code % 8) {
    case 0:
        return NULL;
    case 1:
        value = fuzz_word();
        return (void *)(value << 32 | fuzz_word());
    case 2: /* one bit is wrong */
        value = (uintptr_t)fuzz.slots[fuzz_byte() % FUZZ_SLOTS];
        return (void *)(value ^ (uintptr_t)1 << (fuzz_byte() % 64));
    case 3:
        return fuzz.driver;
    default:
        return fuzz.device;
    }
}

void *fuzz_slot(void *handle)
{
    fuzz.slots[fuzz_byte() % FUZZ_SLOTS] = handle;
    return handle;
}

void fuzz_continue(void)
{
    if (fuzz.depth >= DEPTH) {
        return;
    }
    fuzz.depth++;
    for (unsigned i = fuzz_byte() % STEPS_INSIDE; i > 0 && fuzz.steps < STEPS; i--) {
        fuzz.steps++;
        fuzz_setup->step(fuzz_byte());
    }
    fuzz.depth--;
}

static void program(void)
{
    while (fuzz.at < fuzz.size && fuzz.steps < STEPS) {
        fuzz.steps++;
        fuzz_setup->step(fuzz_byte());
    }
}

void fuzz_irql(KIRQL irql)
{
    KIRQL old;

    if (KeGetCurrentIrql() > irql) {
        KeLowerIrql(irql);
    } else if (KeGetCurrentIrql() < irql) {
        KeRaiseIrql(irql, &old);
    }
}

static VOID on_object(WDFOBJECT object)
{
    KIRQL irql = KeGetCurrentIrql();

    fuzz_continue();
    if (KeGetCurrentIrql() > irql) {
        KeLowerIrql(irql);
    }
}

PWDF_OBJECT_ATTRIBUTES fuzz_attributes(void)
{
    static WDF_OBJECT_ATTRIBUTES attributes[4];
    static unsigned next;
    PWDF_OBJECT_ATTRIBUTES made = &attributes[next++ % 4];
    uint8_t kinds = fuzz_byte();

    if ((kinds & 0x80) != 0) {
        return NULL;
    }
    WDF_OBJECT_ATTRIBUTES_INIT(made);
    if ((kinds & 0x01) != 0) {
        made->EvtCleanupCallback = on_object;
    }
    if ((kinds & 0x02) != 0) {
        made->EvtDestroyCallback = on_object;
    }
    if ((kinds & 0x0c) == 0x04) {
        WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(made, FUZZ_CONTEXT);
    } else if ((kinds & 0x0c) == 0x08) {
        WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(made, FUZZ_OTHER);
    }
    if ((kinds & 0x10) != 0) {
        uint8_t values = fuzz_byte();

        made->ExecutionLevel = (WDF_EXECUTION_LEVEL)(values & 7);
        made->SynchronizationScope = (WDF_SYNCHRONIZATION_SCOPE)(values >> 3 & 7);
        made->ContextSizeOverride = (values >> 6) * 1000u;
    }
    made->ParentObject = (kinds & 0x60) == 0 ? fuzz.device : fuzz_handle();
    return made;
}

static VOID on_unload(WDFDRIVER driver)
{
}

/* Of any level and scope. */
static PWDF_OBJECT_ATTRIBUTES device_attributes(void)
{
    static WDF_OBJECT_ATTRIBUTES attributes;
    uint8_t values = fuzz_byte();

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel =
        (WDF_EXECUTION_LEVEL)(WdfExecutionLevelInheritFromParent + values % 3);
    attributes.SynchronizationScope =
        (WDF_SYNCHRONIZATION_SCOPE)(WdfSynchronizationScopeInheritFromParent + (values >> 2) % 4);
    return (values & 0x80) != 0 ? NULL : &attributes;
}

static void start_driver(void)
{
    struct io_driver_config config = {.name = "fuzz"};
    WDF_DRIVER_CONFIG driver_config;
    PWDFDEVICE_INIT init;

    fx_globals_register(&globals, "fuzz", __executable_start, _end);
    CORE_ASSERT(NT_SUCCESS(io_driver_create(&config, &wdm)));
    WDF_DRIVER_CONFIG_INIT(&driver_config, NULL);
    driver_config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    driver_config.EvtDriverUnload = on_unload;
    CORE_ASSERT(NT_SUCCESS(
        WdfDriverCreate(wdm, io_driver_registry_path(wdm), NULL, &driver_config, &fuzz.driver)));
    init = WdfControlDeviceInitAllocate(fuzz.driver, &fuzz_sddl);
    CORE_ASSERT(init != NULL);
    if (fuzz_setup->name != NULL) {
        CORE_ASSERT(NT_SUCCESS(WdfDeviceInitAssignName(init, fuzz_setup->name)));
    }
    if (fuzz_setup->init != NULL) {
        fuzz_setup->init(init);
    }
    CORE_ASSERT(NT_SUCCESS(WdfDeviceCreate(&init, device_attributes(), &fuzz.device)));
}

static void let_go_of_locks(void)
{
    for (unsigned i = 0; i < FUZZ_SLOTS; i++) {
        switch (fx_handle_find(fuzz.slots[i]) != NULL ? fx_handle_type(fuzz.slots[i]) : 0) {
        case FX_TYPE_SPINLOCK:
            WdfSpinLockRelease(fuzz.slots[i]);
            break;
        case FX_TYPE_WAITLOCK:
            WdfWaitLockRelease(fuzz.slots[i]);
            break;
        case FX_TYPE_DEVICE:
        case FX_TYPE_QUEUE:
            WdfObjectReleaseLock(fuzz.slots[i]);
            break;
        default:
            break;
        }
    }
    WdfObjectReleaseLock(fuzz.device);
    if (KeGetCurrentIrql() > PASSIVE_LEVEL) {
        KeLowerIrql(PASSIVE_LEVEL);
    }
}

static void helper(void *context)
{
    program();
    let_go_of_locks();
    fuzz_irql(PASSIVE_LEVEL);
    if (--fuzz.helpers == 0) {
        KeSetEvent(&fuzz.helped, IO_NO_INCREMENT, FALSE);
    }
}

static void start_helpers(void)
{
    KeInitializeEvent(&fuzz.helped, NotificationEvent, FALSE);
    fuzz.helpers = fuzz_byte() % (HELPERS + 1);
    for (unsigned i = fuzz.helpers; i > 0; i--) {
        wc_machine_start_task(fuzz.machine, helper, NULL);
    }
}

/* A task that waits for ever is for the machine to notice. */
static void wait_for_helpers(void)
{
    if (fuzz.helpers > 0) {
        KeWaitForSingleObject(&fuzz.helped, Executive, KernelMode, FALSE, NULL);
    }
}

static void body(void *context)
{
    start_driver();
    if (fuzz_setup->set_up != NULL) {
        fuzz_setup->set_up();
    }
    start_helpers();
    program();
    let_go_of_locks();
    fuzz.depth = DEPTH; /* what runs from here on does nothing more */
    if (fuzz_setup->tear_down != NULL && KeGetCurrentIrql() == PASSIVE_LEVEL) {
        fuzz_setup->tear_down();
    }
    if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        wait_for_helpers();
        io_driver_unload(wdm);
        fx_globals_wait(&globals);
        fx_globals_unregister(&globals);
        io_driver_delete(wdm);
    }
}

/* Reports are expected, but for that of the watchdog, which ends the process: so the input is kept. */
static void drop(enum base_log_source source, const char *text, void *context)
{
    if (strstr(text, "VIOLATION NoInterruptWindow") != NULL) {
        fputs(text, stderr);
        abort();
    }
}

void fuzz_run(const uint8_t *data, size_t size, const struct fuzz_setup *setup)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;

    memset(&fuzz, 0, sizeof(fuzz));
    fuzz.data = data;
    fuzz.size = size;
    fuzz_setup = setup;
    config.collect = true;
    config.processors = 1 + (fuzz_byte() & 1);
    config.seed = fuzz_byte();
    if (getenv("FUZZ_SHOW") == NULL) {
        base_log_set_sink(drop, NULL);
    }
    CORE_ASSERT(wc_machine_create(&config, &fuzz.machine) == WC_OK);
    wc_machine_call(fuzz.machine, body, NULL);
    /* What is left although nobody did anything wrong is our own leak. */
    CORE_ASSERT(ke_machine.stopped || base_violation_count(RULE_COUNT) > 0 ||
                fx_object_count(FX_TYPE_ANY) == 0);
    wc_machine_destroy(fuzz.machine);
}

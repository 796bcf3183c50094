/* fuzz_objects.c - any sequence of calls to the object API, with live, stale, wrong and invalid
 * handles, at any IRQL, from the program and from inside callbacks, ends in violations at worst.
 */
#include "fuzz_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- callbacks ---- */

static VOID on_dpc(WDFDPC dpc)
{
    fuzz_continue();
    KeLowerIrql(DISPATCH_LEVEL);
}

static VOID on_timer(WDFTIMER timer)
{
    KIRQL irql = KeGetCurrentIrql();

    fuzz_continue();
    KeLowerIrql(irql);
}

static VOID on_work(WDFWORKITEM item)
{
    fuzz_continue();
    KeLowerIrql(PASSIVE_LEVEL);
}

/* ---- one function each ---- */

static void create_object(void)
{
    WDFOBJECT object = NULL;

    if (NT_SUCCESS(WdfObjectCreate(fuzz_attributes(), &object))) {
        fuzz_slot(object);
    }
}

static void delete_object(void)
{
    WdfObjectDelete(fuzz_handle());
}

static void reference(void)
{
    void *handle = fuzz_handle();

    WdfObjectReferenceWithTag(handle, (PVOID)(uintptr_t)(fuzz_byte() & 3));
}

static void dereference(void)
{
    void *handle = fuzz_handle();

    WdfObjectDereferenceWithTag(handle, (PVOID)(uintptr_t)(fuzz_byte() & 3));
}

static void allocate_context(void)
{
    void *handle = fuzz_handle();
    PVOID context = NULL;

    if (NT_SUCCESS(WdfObjectAllocateContext(handle, fuzz_attributes(), &context))) {
        fuzz.contexts[fuzz_byte() % 4] = context;
    }
}

static void object_of_context(void)
{
    PVOID context = fuzz.contexts[fuzz_byte() % 4];

    if (context != NULL) {
        fuzz_slot(WdfObjectContextGetObject(context));
    }
}

static void acquire_lock(void)
{
    WdfObjectAcquireLock(fuzz_handle());
}

static void release_lock(void)
{
    WdfObjectReleaseLock(fuzz_handle());
}

static void create_dpc(void)
{
    WDF_DPC_CONFIG config;
    WDFDPC dpc = NULL;

    WDF_DPC_CONFIG_INIT(&config, on_dpc);
    config.AutomaticSerialization = fuzz_byte() & 1;
    if (NT_SUCCESS(WdfDpcCreate(&config, fuzz_attributes(), &dpc))) {
        fuzz_slot(dpc);
    }
}

static void enqueue_dpc(void)
{
    WdfDpcEnqueue(fuzz_handle());
}

static void cancel_dpc(void)
{
    void *handle = fuzz_handle();

    WdfDpcCancel(handle, fuzz_byte() & 1);
}

static void dpc_parent(void)
{
    fuzz_slot(WdfDpcGetParentObject(fuzz_handle()));
}

static void create_timer(void)
{
    WDF_TIMER_CONFIG config;
    WDFTIMER timer = NULL;
    uint8_t kinds = fuzz_byte();

    WDF_TIMER_CONFIG_INIT(&config, on_timer);
    config.AutomaticSerialization = kinds & 1;
    config.Period = kinds >> 1 & 3;
    config.TolerableDelay = (kinds & 8) != 0 ? 5 : 0;
    config.UseHighResolutionTimer = (kinds & 16) != 0 ? WdfTrue : WdfFalse;
    if (NT_SUCCESS(WdfTimerCreate(&config, fuzz_attributes(), &timer))) {
        fuzz_slot(timer);
    }
}

static void start_timer(void)
{
    void *handle = fuzz_handle();

    WdfTimerStart(handle, ((LONGLONG)fuzz_byte() - 200) * 1000);
}

static void stop_timer(void)
{
    void *handle = fuzz_handle();

    WdfTimerStop(handle, fuzz_byte() & 1);
}

static void timer_parent(void)
{
    fuzz_slot(WdfTimerGetParentObject(fuzz_handle()));
}

static void create_work_item(void)
{
    WDF_WORKITEM_CONFIG config;
    WDFWORKITEM item = NULL;

    WDF_WORKITEM_CONFIG_INIT(&config, on_work);
    config.AutomaticSerialization = fuzz_byte() & 1;
    if (NT_SUCCESS(WdfWorkItemCreate(&config, fuzz_attributes(), &item))) {
        fuzz_slot(item);
    }
}

static void enqueue_work_item(void)
{
    WdfWorkItemEnqueue(fuzz_handle());
}

static void flush_work_item(void)
{
    WdfWorkItemFlush(fuzz_handle());
}

static void create_spin_lock(void)
{
    WDFSPINLOCK lock = NULL;

    if (NT_SUCCESS(WdfSpinLockCreate(fuzz_attributes(), &lock))) {
        fuzz_slot(lock);
    }
}

static void acquire_spin_lock(void)
{
    WdfSpinLockAcquire(fuzz_handle());
}

static void release_spin_lock(void)
{
    WdfSpinLockRelease(fuzz_handle());
}

static void create_wait_lock(void)
{
    WDFWAITLOCK lock = NULL;

    if (NT_SUCCESS(WdfWaitLockCreate(fuzz_attributes(), &lock))) {
        fuzz_slot(lock);
    }
}

static void acquire_wait_lock(void)
{
    void *handle = fuzz_handle();
    LONGLONG timeout = -(LONGLONG)fuzz_byte();

    WdfWaitLockAcquire(handle, &timeout);
}

static void release_wait_lock(void)
{
    WdfWaitLockRelease(fuzz_handle());
}

static void create_collection(void)
{
    WDFCOLLECTION collection = NULL;

    if (NT_SUCCESS(WdfCollectionCreate(fuzz_attributes(), &collection))) {
        fuzz_slot(collection);
    }
}

static void add_to_collection(void)
{
    void *handle = fuzz_handle();

    WdfCollectionAdd(handle, fuzz_handle());
}

static void remove_from_collection(void)
{
    void *handle = fuzz_handle();

    if ((fuzz_byte() & 1) != 0) {
        WdfCollectionRemove(handle, fuzz_handle());
    } else {
        WdfCollectionRemoveItem(handle, fuzz_byte() & 3);
    }
}

static void look_at_collection(void)
{
    void *handle = fuzz_handle();

    WdfCollectionGetCount(handle);
    WdfCollectionGetFirstItem(handle);
    WdfCollectionGetLastItem(handle);
    fuzz_slot(WdfCollectionGetItem(handle, fuzz_byte() & 3));
}

static void create_string(void)
{
    DECLARE_CONST_UNICODE_STRING(text, L"any text");
    WDFSTRING string = NULL;

    if (NT_SUCCESS(
            WdfStringCreate((fuzz_byte() & 1) != 0 ? &text : NULL, fuzz_attributes(), &string))) {
        fuzz_slot(string);
    }
}

static void look_at_string(void)
{
    UNICODE_STRING text;

    WdfStringGetUnicodeString(fuzz_handle(), &text);
}

static char buffer[256];

static void create_memory(void)
{
    uint8_t kinds = fuzz_byte();
    WDFMEMORY memory = NULL;
    NTSTATUS status;

    if ((kinds & 1) != 0) {
        status = WdfMemoryCreatePreallocated(fuzz_attributes(), buffer, kinds, &memory);
    } else {
        status = WdfMemoryCreate(fuzz_attributes(), (kinds & 2) != 0 ? PagedPool : NonPagedPoolNx,
                                 0, kinds * 8u, &memory, NULL);
    }
    if (NT_SUCCESS(status)) {
        fuzz_slot(memory);
    }
}

static void copy_memory(void)
{
    void *handle = fuzz_handle();
    uint8_t kinds = fuzz_byte();
    size_t offset = kinds == 0xff ? SIZE_MAX - 8 : kinds * 3u;
    size_t length = fuzz_byte() % sizeof(buffer);

    if ((kinds & 1) != 0) {
        WdfMemoryCopyToBuffer(handle, offset, buffer, length);
    } else {
        WdfMemoryCopyFromBuffer(handle, offset, buffer, length);
    }
}

static void assign_memory(void)
{
    void *handle = fuzz_handle();

    WdfMemoryAssignBuffer(handle, buffer, fuzz_byte());
}

static void look_at_memory(void)
{
    size_t size;

    WdfMemoryGetBuffer(fuzz_handle(), &size);
}

static void create_lookaside(void)
{
    WDFLOOKASIDE lookaside = NULL;
    PWDF_OBJECT_ATTRIBUTES attributes = fuzz_attributes();
    uint8_t size = fuzz_byte();

    if (NT_SUCCESS(WdfLookasideListCreate(attributes, size, NonPagedPoolNx, fuzz_attributes(), 0,
                                          &lookaside))) {
        fuzz_slot(lookaside);
    }
}

static void create_from_lookaside(void)
{
    WDFMEMORY memory = NULL;

    if (NT_SUCCESS(WdfMemoryCreateFromLookaside(fuzz_handle(), &memory))) {
        fuzz_slot(memory);
    }
}

static void create_queue(void)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue = NULL;
    void *device = fuzz_handle();

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    if (NT_SUCCESS(WdfIoQueueCreate(device, &config, fuzz_attributes(), &queue))) {
        fuzz_slot(queue);
    }
}

static void use_as_interrupt(void)
{
    void *handle = fuzz_handle();
    WDF_INTERRUPT_INFO info;

    switch (fuzz_byte() % 8) {
    case 0:
        WdfInterruptQueueDpcForIsr(handle);
        break;
    case 1:
        WdfInterruptQueueWorkItemForIsr(handle);
        break;
    case 2:
        WdfInterruptAcquireLock(handle);
        break;
    case 3:
        WdfInterruptReleaseLock(handle);
        break;
    case 4:
        WdfInterruptEnable(handle);
        break;
    case 5:
        WdfInterruptDisable(handle);
        break;
    case 6:
        WDF_INTERRUPT_INFO_INIT(&info);
        WdfInterruptGetInfo(handle, &info);
        break;
    default:
        WdfInterruptGetDevice(handle);
        break;
    }
}

static void raise_irql(void)
{
    static const KIRQL levels[] = {APC_LEVEL, DISPATCH_LEVEL, DISPATCH_LEVEL, 5};
    KIRQL old;

    KeRaiseIrql(levels[fuzz_byte() % 4], &old);
}

static void lower_irql(void)
{
    static const KIRQL levels[] = {PASSIVE_LEVEL, PASSIVE_LEVEL, APC_LEVEL, DISPATCH_LEVEL};

    KeLowerIrql(levels[fuzz_byte() % 4]);
}

static void let_time_pass(void)
{
    LARGE_INTEGER time = {.QuadPart = -(LONGLONG)fuzz_byte() * 1000};

    KeDelayExecutionThread(KernelMode, FALSE, &time);
}

static void (*const calls[])(void) = {
    create_object,     delete_object,      delete_object,     delete_object,
    reference,         dereference,        allocate_context,  object_of_context,
    acquire_lock,      release_lock,       create_dpc,        enqueue_dpc,
    enqueue_dpc,       cancel_dpc,         dpc_parent,        create_timer,
    start_timer,       stop_timer,         timer_parent,      create_work_item,
    enqueue_work_item, flush_work_item,    create_spin_lock,  acquire_spin_lock,
    release_spin_lock, create_wait_lock,   acquire_wait_lock, release_wait_lock,
    create_collection, add_to_collection,  add_to_collection, remove_from_collection,
    create_string,     look_at_string,     create_memory,     copy_memory,
    assign_memory,     look_at_memory,     create_lookaside,  create_from_lookaside,
    create_queue,      look_at_collection, use_as_interrupt,  raise_irql,
    lower_irql,        lower_irql,         let_time_pass,
};

static void step(uint8_t code)
{
    calls[code % (sizeof(calls) / sizeof(calls[0]))]();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fuzz_setup setup = {.step = step};

    fuzz_run(data, size, &setup);
    return 0;
}

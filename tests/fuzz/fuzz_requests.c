/* fuzz_requests.c - any sequence of calls to queues and requests, with live, stale and wrong handles,
 * from several tasks and from inside callbacks, while an application reads, writes and cancels: ends
 * in violations at worst.
 */
#include "fuzz_world.h"

#include <string.h>

#include <wdfcore/machine.h>
#include <wdfcore/user.h>

#include "wdf/io/fx_io.h"
#include "wdf/io/fx_queue.h"
#include "wdf/object/fx_object.h"

#define CALLS   16u
#define FILES   3u
#define CONTROL CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define DIRECT  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DECLARE_CONST_UNICODE_STRING(fuzz_name, L"\\Device\\Fuzz");
DECLARE_CONST_UNICODE_STRING(fuzz_link, L"\\DosDevices\\Fuzz");

/* One request of the application; io is NULL while none is under way. */
static struct call {
    struct wc_io *io;
    bool under_way;
    char data[32];
} calls_made[CALLS];

/* What was made or delivered of late, stale or not: most calls get the right type of handle. */
enum kind { REQUEST, QUEUE, TARGET, KINDS };

#define RECENT 8u

static void *recent[KINDS][RECENT];

static struct wc_file *files[FILES];
static bool file_busy[FILES]; /* somebody opens or closes it */

/* One task is the system that takes the device's power away and gives it back. */
static struct {
    KEVENT turn; /* the other way round, or end */
    bool ends;
    bool ended;
    unsigned turns; /* that are due */
} power;

static void keep(enum kind kind, void *handle)
{
    uint8_t code = fuzz_byte();

    for (unsigned i = 0; i < RECENT && recent[kind][0] == NULL; i++) {
        recent[kind][RECENT - 1 - i] = handle; /* the first one */
    }
    recent[kind][code % RECENT] = handle;
    fuzz.slots[code % FUZZ_SLOTS] = handle; /* for who takes any */
}

static void *pick(enum kind kind)
{
    uint8_t code = fuzz_byte();

    return code < 208 ? recent[kind][code % RECENT] : fuzz_handle();
}

/* ---- callbacks: the rest of the program goes on inside them ---- */

static void inside(void)
{
    KIRQL irql = KeGetCurrentIrql();

    fuzz_continue();
    fuzz_irql(irql);
}

static VOID on_default(WDFQUEUE queue, WDFREQUEST request)
{
    keep(REQUEST, request);
    inside();
}

static VOID on_transfer(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    keep(REQUEST, request);
    inside();
}

static VOID on_control(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input, ULONG code)
{
    keep(REQUEST, request);
    inside();
}

static VOID on_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    inside();
}

static VOID on_resume(WDFQUEUE queue, WDFREQUEST request)
{
    inside();
}

static VOID on_canceled_on_queue(WDFQUEUE queue, WDFREQUEST request)
{
    keep(REQUEST, request);
    inside();
}

static VOID on_cancel(WDFREQUEST request)
{
    uint8_t kinds = fuzz_byte();

    inside();
    if ((kinds & 3) != 0) {
        WdfRequestComplete(request, STATUS_CANCELLED);
    }
}

static VOID on_state(WDFQUEUE queue, WDFCONTEXT context)
{
    inside();
}

static VOID on_file_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT object)
{
    uint8_t kinds = fuzz_byte();

    keep(REQUEST, request);
    fuzz_slot(object);
    inside();
    if ((kinds & 7) != 0) { /* else somebody may, later */
        WdfRequestComplete(request, (kinds & 8) != 0 ? STATUS_ACCESS_DENIED : STATUS_SUCCESS);
    }
}

static VOID on_file(WDFFILEOBJECT object)
{
    inside();
}

static VOID on_caller_context(WDFDEVICE device, WDFREQUEST request)
{
    uint8_t kinds = fuzz_byte();

    keep(REQUEST, request);
    inside();
    if ((kinds & 7) != 0 && !NT_SUCCESS(WdfDeviceEnqueueRequest(device, request))) {
        WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
    }
}

static VOID on_completion(WDFREQUEST request, WDFIOTARGET target,
                          PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context)
{
    inside();
}

/* ---- the application ---- */

static void on_done(void *context, int32_t status, uint64_t information)
{
    struct call *call = context;

    call->under_way = false;
    call->io = NULL;
}

static void open_file(void)
{
    unsigned i = fuzz_byte() % FILES;

    if (KeGetCurrentIrql() == PASSIVE_LEVEL && files[i] == NULL && !file_busy[i]) {
        file_busy[i] = true;
        if (!NT_SUCCESS(wc_file_open("Fuzz", &files[i]))) {
            files[i] = NULL;
        }
        file_busy[i] = false;
    }
}

static void close_file(unsigned i)
{
    struct wc_file *file = files[i];

    if (KeGetCurrentIrql() == PASSIVE_LEVEL && file != NULL && !file_busy[i]) {
        file_busy[i] = true;
        files[i] = NULL;
        wc_file_close(file);
        file_busy[i] = false;
    }
}

static void close_any_file(void)
{
    close_file(fuzz_byte() % FILES);
}

static void send(void)
{
    struct call *call = &calls_made[fuzz_byte() % CALLS];
    uint8_t kinds = fuzz_byte();
    struct wc_file *file = files[kinds % FILES];
    size_t size = kinds >> 3;
    KIRQL irql = KeGetCurrentIrql();
    struct wc_io *io = NULL;

    if (call->under_way || file == NULL || irql > PASSIVE_LEVEL) {
        return;
    }
    call->under_way = true;
    switch (kinds % 4) {
    case 0:
        wc_file_read_start(file, call->data, size, on_done, call, &io);
        break;
    case 1:
        wc_file_write_start(file, call->data, size, on_done, call, &io);
        break;
    default:
        wc_file_ioctl_start(file, (kinds & 1) != 0 ? CONTROL : DIRECT, call->data, size, call->data,
                            size, on_done, call, &io);
        break;
    }
    if (call->under_way) {
        call->io = io;
    }
}

static void cancel(void)
{
    struct call *call = &calls_made[fuzz_byte() % CALLS];

    /* It may be completed at any window, and is memory of the application's side all the same. */
    if (KeGetCurrentIrql() <= DISPATCH_LEVEL && call->io != NULL) {
        wc_io_cancel(call->io);
    }
}

/* ---- queues ---- */

static void queue_config(WDF_IO_QUEUE_CONFIG *config)
{
    uint8_t kinds = fuzz_byte();

    WDF_IO_QUEUE_CONFIG_INIT(config, (WDF_IO_QUEUE_DISPATCH_TYPE)(kinds % 5));
    config->EvtIoDefault = (kinds & 0x08) != 0 ? on_default : NULL;
    config->EvtIoRead = on_transfer;
    config->EvtIoWrite = (kinds & 0x10) != 0 ? on_transfer : NULL;
    config->EvtIoDeviceControl = on_control;
    config->EvtIoStop = (kinds & 0x20) != 0 ? on_stop : NULL;
    config->EvtIoResume = on_resume;
    config->EvtIoCanceledOnQueue = (kinds & 0x40) != 0 ? on_canceled_on_queue : NULL;
    config->AllowZeroLengthRequests = (kinds & 0x80) != 0;
    if (config->DispatchType == WdfIoQueueDispatchParallel) {
        config->Settings.Parallel.NumberOfPresentedRequests = (kinds & 1) != 0 ? 2 : (ULONG)-1;
    }
}

/* A control device has no power; what decides about it lies above the queue. */
static void manage_power(WDFQUEUE queue)
{
    struct fx_queue *body = (struct fx_queue *)(void *)fx_handle_find(queue);

    if ((fuzz_byte() & 1) != 0 && body != NULL) {
        body->power_managed = true;
    }
}

static void create_queue(void)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue = NULL;

    queue_config(&config);
    if (NT_SUCCESS(WdfIoQueueCreate(fuzz.device, &config, fuzz_attributes(), &queue))) {
        manage_power(queue);
        keep(QUEUE, queue);
    }
}

static void change_queue(void)
{
    WDFQUEUE queue = pick(QUEUE);

    switch (fuzz_byte() % 12) {
    case 0:
        WdfIoQueueStop(queue, on_state, NULL);
        break;
    case 1:
        WdfIoQueuePurge(queue, on_state, NULL);
        break;
    case 2:
        WdfIoQueueDrain(queue, on_state, NULL);
        break;
    case 3:
        WdfIoQueueStopAndPurge(queue, on_state, NULL);
        break;
    case 4:
        WdfIoQueueStopSynchronously(queue);
        break;
    case 5:
        WdfIoQueuePurgeSynchronously(queue);
        break;
    case 6:
        WdfIoQueueDrainSynchronously(queue);
        break;
    case 7:
        WdfIoQueueReadyNotify(queue, (fuzz_byte() & 1) != 0 ? on_state : NULL, NULL);
        break;
    default:
        WdfIoQueueStart(queue);
        break;
    }
}

static void look_at_queue(void)
{
    WDFQUEUE queue = pick(QUEUE);
    ULONG queued, owned;

    WdfIoQueueGetState(queue, &queued, &owned);
    fuzz_slot(WdfIoQueueGetDevice(queue));
}

static void route(void)
{
    WDFQUEUE queue = pick(QUEUE);

    WdfDeviceConfigureRequestDispatching(fuzz.device, queue,
                                         (WDF_REQUEST_TYPE)(fuzz_byte() % 0x10));
}

static void retrieve(void)
{
    WDFQUEUE queue = pick(QUEUE);
    WDFREQUEST request = NULL;

    if (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(queue, &request))) {
        keep(REQUEST, request);
    }
}

static void find(void)
{
    WDFQUEUE queue = pick(QUEUE);
    WDFREQUEST after = (fuzz_byte() & 3) == 0 ? pick(REQUEST) : NULL;
    WDFREQUEST found = NULL, taken = NULL;
    WDF_REQUEST_PARAMETERS parameters;

    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    if (!NT_SUCCESS(WdfIoQueueFindRequest(queue, after, NULL, &parameters, &found))) {
        return;
    }
    keep(REQUEST, found);
    if ((fuzz_byte() & 1) != 0 &&
        NT_SUCCESS(WdfIoQueueRetrieveFoundRequest(queue, found, &taken))) {
        keep(REQUEST, taken);
    }
    WdfObjectDereference(found);
}

/* ---- requests ---- */

static void complete(void)
{
    WDFREQUEST request = pick(REQUEST);
    uint8_t kinds = fuzz_byte();

    if ((kinds & 1) != 0) {
        WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, kinds >> 4);
    } else {
        WdfRequestComplete(request, (kinds & 2) != 0 ? STATUS_CANCELLED : STATUS_UNSUCCESSFUL);
    }
}

static void forward(void)
{
    WDFREQUEST request = pick(REQUEST);

    WdfRequestForwardToIoQueue(request, pick(QUEUE));
}

static void requeue(void)
{
    WdfRequestRequeue(pick(REQUEST));
}

static void enqueue(void)
{
    WdfDeviceEnqueueRequest(fuzz.device, pick(REQUEST));
}

static void mark(void)
{
    WDFREQUEST request = pick(REQUEST);

    if ((fuzz_byte() & 1) != 0) {
        WdfRequestMarkCancelable(request, on_cancel);
    } else {
        (void)WdfRequestMarkCancelableEx(request, on_cancel);
    }
}

static void unmark(void)
{
    (void)WdfRequestUnmarkCancelable(pick(REQUEST));
}

static void acknowledge(void)
{
    WDFREQUEST request = pick(REQUEST);

    WdfRequestStopAcknowledge(request, fuzz_byte() & 1);
}

/* ---- power ---- */

static void turn_power(void)
{
    power.turns++;
    KeSetEvent(&power.turn, IO_NO_INCREMENT, FALSE);
}

static void power_task(void *context)
{
    struct fx_device *device = context;
    bool on = true;

    while (!power.ends) {
        fuzz_irql(PASSIVE_LEVEL);
        KeWaitForSingleObject(&power.turn, Executive, KernelMode, FALSE, NULL);
        for (; power.turns > 0 && !power.ends; power.turns--) {
            if (on) {
                fx_io_power_down(device->io, WdfRequestStopActionSuspend);
            } else {
                fx_io_power_up(device->io);
            }
            on = !on;
        }
    }
    if (!on) {
        fx_io_power_up(device->io);
    }
    fx_object_deref(&device->object);
    power.ended = true;
}

static void start_power(void)
{
    struct fx_object *device = fx_handle_find(fuzz.device);

    memset(&power, 0, sizeof(power));
    KeInitializeEvent(&power.turn, SynchronizationEvent, FALSE);
    fx_object_ref(device); /* dropped by the task */
    wc_machine_start_task(fuzz.machine, power_task, device);
}

static void look_at_request(void)
{
    WDFREQUEST request = pick(REQUEST);
    WDF_REQUEST_PARAMETERS parameters;
    WDFMEMORY memory = NULL;
    size_t length = 0;
    PVOID data = NULL;

    switch (fuzz_byte() % 8) {
    case 0:
        WDF_REQUEST_PARAMETERS_INIT(&parameters);
        WdfRequestGetParameters(request, &parameters);
        break;
    case 1:
        if (NT_SUCCESS(WdfRequestRetrieveInputBuffer(request, 1, &data, &length))) {
            fuzz.contexts[0] = NULL;
        }
        break;
    case 2:
        if (NT_SUCCESS(WdfRequestRetrieveOutputBuffer(request, 1, &data, &length))) {
            memset(data, 'o', length);
        }
        break;
    case 3:
        if (NT_SUCCESS(WdfRequestRetrieveOutputMemory(request, &memory))) {
            fuzz_slot(memory);
        }
        break;
    case 4:
        fuzz_slot(WdfRequestGetIoQueue(request));
        break;
    case 5:
        fuzz_slot(WdfRequestGetFileObject(request));
        break;
    case 6:
        (void)WdfRequestIsCanceled(request);
        break;
    default:
        WdfRequestSetInformation(request, WdfRequestGetInformation(request));
        (void)WdfRequestGetStatus(request);
        break;
    }
}

/* ---- requests of the driver's own, sent to itself ---- */

static void create_request(void)
{
    WDFREQUEST request = NULL;

    if (NT_SUCCESS(WdfRequestCreate(fuzz_attributes(), pick(TARGET), &request))) {
        keep(REQUEST, request);
    }
}

static void create_target(void)
{
    WDF_IO_TARGET_OPEN_PARAMS params;
    WDFIOTARGET target = NULL;

    if (!NT_SUCCESS(WdfIoTargetCreate(fuzz.device, fuzz_attributes(), &target))) {
        return;
    }
    keep(TARGET, target);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &fuzz_name, GENERIC_READ | GENERIC_WRITE);
    (void)WdfIoTargetOpen(target, &params);
}

static void change_target(void)
{
    WDFIOTARGET target = pick(TARGET);
    uint8_t kinds = fuzz_byte();

    switch (kinds % 4) {
    case 0:
        WdfIoTargetStop(target, (WDF_IO_TARGET_SENT_IO_ACTION)(1 + kinds / 4 % 3));
        break;
    case 1:
        WdfIoTargetPurge(target, (WDF_IO_TARGET_PURGE_IO_ACTION)(1 + kinds / 4 % 2));
        break;
    case 2:
        WdfIoTargetClose(target);
        break;
    default:
        (void)WdfIoTargetStart(target);
        break;
    }
}

static void format_and_send(void)
{
    WDFIOTARGET target = pick(TARGET);
    WDFREQUEST request = pick(REQUEST);
    uint8_t kinds = fuzz_byte();
    WDF_REQUEST_SEND_OPTIONS options;
    WDFMEMORY memory = (kinds & 0x40) != 0 ? fuzz_handle() : NULL;

    if ((kinds & 1) != 0) {
        (void)WdfIoTargetFormatRequestForRead(target, request, memory, NULL, NULL);
    } else if ((kinds & 2) != 0) {
        WdfRequestFormatRequestUsingCurrentType(request);
    }
    if ((kinds & 4) != 0) {
        WdfRequestSetCompletionRoutine(request, on_completion, NULL);
    }
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, (kinds & 8) != 0 ? WDF_REQUEST_SEND_OPTION_TIMEOUT : 0);
    if ((kinds & 8) != 0) {
        options.Timeout = -(LONGLONG)(kinds >> 4) * 10000;
    }
    if ((kinds & 0x30) == 0x30) {
        options.Flags |= WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET;
    }
    (void)WdfRequestSend(request, target, &options);
}

static void cancel_sent(void)
{
    (void)WdfRequestCancelSentRequest(pick(REQUEST));
}

static void reuse(void)
{
    WDFREQUEST request = pick(REQUEST);
    WDF_REQUEST_REUSE_PARAMS params;

    WDF_REQUEST_REUSE_PARAMS_INIT(&params, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    (void)WdfRequestReuse(request, &params);
}

/* ---- the rest ---- */

static void delete_object(void)
{
    WdfObjectDelete(pick((enum kind)(fuzz_byte() % KINDS)));
}

static void reference(void)
{
    WdfObjectReference(pick((enum kind)(fuzz_byte() % KINDS)));
}

static void dereference(void)
{
    WdfObjectDereference(pick((enum kind)(fuzz_byte() % KINDS)));
}

static void lock(void)
{
    WdfObjectAcquireLock(pick(QUEUE));
}

static void unlock(void)
{
    WdfObjectReleaseLock(pick(QUEUE));
}

static void raise_irql(void)
{
    KIRQL old;

    KeRaiseIrql((fuzz_byte() & 3) != 0 ? DISPATCH_LEVEL : APC_LEVEL, &old);
}

static void lower_irql(void)
{
    KeLowerIrql(PASSIVE_LEVEL);
}

static void let_time_pass(void)
{
    LARGE_INTEGER time = {.QuadPart = -(LONGLONG)fuzz_byte() * 1000};

    KeDelayExecutionThread(KernelMode, FALSE, &time);
}

static void (*const calls[])(void) = {
    send,
    send,
    send,
    send,
    send,
    cancel,
    cancel,
    create_queue,
    create_queue,
    change_queue,
    change_queue,
    change_queue,
    look_at_queue,
    route,
    retrieve,
    retrieve,
    find,
    complete,
    complete,
    complete,
    forward,
    forward,
    requeue,
    enqueue,
    mark,
    mark,
    unmark,
    acknowledge,
    look_at_request,
    create_request,
    create_target,
    change_target,
    format_and_send,
    format_and_send,
    cancel_sent,
    reuse,
    delete_object,
    reference,
    dereference,
    lock,
    unlock,
    turn_power,
    turn_power,
    open_file,
    close_any_file,
    raise_irql,
    lower_irql,
    lower_irql,
    let_time_pass,
};

static void step(uint8_t code)
{
    calls[code % (sizeof(calls) / sizeof(calls[0]))]();
}

static void set_up(void)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue = NULL;

    memset(calls_made, 0, sizeof(calls_made));
    memset(recent, 0, sizeof(recent));
    memset(files, 0, sizeof(files));
    memset(file_busy, 0, sizeof(file_busy));
    queue_config(&config);
    config.DefaultQueue = TRUE;
    if (NT_SUCCESS(WdfIoQueueCreate(fuzz.device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue))) {
        manage_power(queue);
        keep(QUEUE, queue);
    }
    (void)WdfDeviceCreateSymbolicLink(fuzz.device, &fuzz_link);
    WdfControlFinishInitializing(fuzz.device);
    start_power();
    open_file();
}

static void let_go_of_requests(void)
{
    for (unsigned i = 0; i < CALLS; i++) {
        if (calls_made[i].io != NULL) {
            wc_io_cancel(calls_made[i].io);
        }
    }
    for (unsigned i = 0; i < RECENT; i++) {
        if (fx_handle_find(recent[REQUEST][i]) != NULL) {
            WdfRequestComplete(recent[REQUEST][i], STATUS_CANCELLED);
        }
    }
}

/* What a driver in trouble may still hold is completed, and the application goes. A task that waits
 * for ever is for the machine to notice. */
static void tear_down(void)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    power.ends = true;
    KeSetEvent(&power.turn, IO_NO_INCREMENT, FALSE);
    for (unsigned i = 0; i < 20 && (fuzz.helpers > 0 || !power.ended); i++) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
        let_go_of_requests();
    }
    let_go_of_requests();
    for (unsigned i = 0; i < FILES; i++) {
        close_file(i);
    }
}

static void init_device(PWDFDEVICE_INIT init)
{
    WDF_FILEOBJECT_CONFIG config;
    uint8_t kinds = fuzz_byte();

    if ((kinds & 1) != 0) {
        WDF_FILEOBJECT_CONFIG_INIT(&config, (kinds & 2) != 0 ? on_file_create : NULL, on_file,
                                   (kinds & 4) != 0 ? on_file : NULL);
        WdfDeviceInitSetFileObjectConfig(init, &config, WDF_NO_OBJECT_ATTRIBUTES);
    }
    if ((kinds & 8) != 0) {
        WdfDeviceInitSetIoInCallerContextCallback(init, on_caller_context);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fuzz_setup setup = {
        .name = &fuzz_name,
        .init = init_device,
        .set_up = set_up,
        .tear_down = tear_down,
        .step = step,
    };

    fuzz_run(data, size, &setup);
    return 0;
}

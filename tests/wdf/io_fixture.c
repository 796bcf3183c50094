#include "io_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "nt/io/io_driver.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_object.h"

extern const char __executable_start[];
extern const char _end[];

struct io_fixture io_test;
static struct fx_globals globals;
static char notes[4096];
static pthread_mutex_t notes_lock = PTHREAD_MUTEX_INITIALIZER; /* callbacks may run in parallel */

DECLARE_CONST_UNICODE_STRING(io_sddl, L"D:P(A;;GA;;;WD)");
DECLARE_CONST_UNICODE_STRING(io_name, L"\\Device\\Io0");
DECLARE_CONST_UNICODE_STRING(io_link, L"\\DosDevices\\Io0");

static VOID io_evt_unload(WDFDRIVER driver)
{
}

int io_setup(void **state)
{
    struct io_driver_config config = {.name = "io"};
    WDF_DRIVER_CONFIG driver_config;

    memset(&io_test, 0, sizeof(io_test));
    io_clear();
    fx_globals_register(&globals, "io", __executable_start, _end);
    if (!NT_SUCCESS(io_driver_create(&config, &io_test.wdm))) {
        return -1;
    }
    WDF_DRIVER_CONFIG_INIT(&driver_config, NULL);
    driver_config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    driver_config.EvtDriverUnload = io_evt_unload;
    return NT_SUCCESS(WdfDriverCreate(io_test.wdm, io_driver_registry_path(io_test.wdm), NULL,
                                      &driver_config, &io_test.driver))
               ? 0
               : -1;
}

int io_teardown(void **state)
{
    io_close();
    io_driver_unload(io_test.wdm);
    fx_globals_wait(&globals);
    fx_globals_unregister(&globals);
    io_driver_delete(io_test.wdm);
    return 0;
}

PWDFDEVICE_INIT io_init(void)
{
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(io_test.driver, &io_sddl);

    assert_non_null(init);
    assert_int_equal(WdfDeviceInitAssignName(init, &io_name), STATUS_SUCCESS);
    return init;
}

void io_create(PWDFDEVICE_INIT init, WDF_OBJECT_ATTRIBUTES *attributes)
{
    assert_int_equal(WdfDeviceCreate(&init, attributes, &io_test.device), STATUS_SUCCESS);
}

void io_device(void)
{
    io_create(io_init(), NULL);
}

void io_open(void)
{
    assert_int_equal(WdfDeviceCreateSymbolicLink(io_test.device, &io_link), STATUS_SUCCESS);
    WdfControlFinishInitializing(io_test.device);
    assert_int_equal(wc_file_open("Io0", &io_test.file), STATUS_SUCCESS);
}

void io_close(void)
{
    if (io_test.file != NULL) {
        wc_file_close(io_test.file);
        io_test.file = NULL;
    }
}

void io_keep(WDFQUEUE queue, WDFREQUEST request)
{
    assert_true(io_test.delivered < IO_REQUESTS);
    io_test.irql = KeGetCurrentIrql();
    io_test.queues[io_test.delivered] = queue;
    io_test.requests[io_test.delivered++] = request;
}

VOID io_evt_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    io_note("r%zu", length);
    io_keep(queue, request);
}

VOID io_evt_write(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    io_note("w%zu", length);
    io_keep(queue, request);
}

VOID io_evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input, ULONG code)
{
    io_note("c%zu/%zu", output, input);
    io_keep(queue, request);
}

VOID io_evt_default(WDFQUEUE queue, WDFREQUEST request)
{
    io_note("d");
    io_keep(queue, request);
}

VOID io_evt_cancel(WDFREQUEST request)
{
    io_note("x");
    WdfRequestComplete(request, STATUS_CANCELLED);
}

VOID io_evt_canceled(WDFQUEUE queue, WDFREQUEST request)
{
    io_note("q");
    WdfRequestComplete(request, STATUS_CANCELLED);
}

VOID io_evt_state(WDFQUEUE queue, WDFCONTEXT context)
{
    io_note("%s", (const char *)context);
}

WDFQUEUE io_queue(WDF_IO_QUEUE_CONFIG *config, WDF_OBJECT_ATTRIBUTES *attributes)
{
    WDFQUEUE queue = NULL;

    assert_int_equal(WdfIoQueueCreate(io_test.device, config, attributes, &queue), STATUS_SUCCESS);
    assert_non_null(queue);
    return queue;
}

WDFQUEUE io_default(WDF_IO_QUEUE_DISPATCH_TYPE type)
{
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, type);
    if (type != WdfIoQueueDispatchManual) {
        config.EvtIoRead = io_evt_read;
        config.EvtIoWrite = io_evt_write;
        config.EvtIoDeviceControl = io_evt_control;
    }
    return io_queue(&config, NULL);
}

WDFQUEUE io_manual(void)
{
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.EvtIoCanceledOnQueue = io_evt_canceled;
    return io_queue(&config, NULL);
}

static void io_done(void *context, int32_t status, uint64_t information)
{
    struct io_call *call = context;

    call->done++;
    call->status = status;
    call->information = (ULONG_PTR)information;
}

void io_read(struct io_call *call, void *data, size_t size)
{
    memset(call, 0, sizeof(*call));
    wc_file_read_start(io_test.file, data, size, io_done, call, &call->io);
}

void io_write(struct io_call *call, const void *data, size_t size)
{
    memset(call, 0, sizeof(*call));
    wc_file_write_start(io_test.file, data, size, io_done, call, &call->io);
}

void io_control(struct io_call *call, ULONG code, void *input, size_t input_size, void *output,
                size_t output_size)
{
    memset(call, 0, sizeof(*call));
    wc_file_ioctl_start(io_test.file, code, input, input_size, output, output_size, io_done, call,
                        &call->io);
}

void io_cancel(struct io_call *call)
{
    wc_io_cancel(call->io);
}

void io_assert_done(const struct io_call *call, NTSTATUS status)
{
    assert_int_equal(call->done, 1);
    assert_int_equal(call->status, status);
}

const char *io_log(void)
{
    static _Thread_local char copy[sizeof(notes)];

    pthread_mutex_lock(&notes_lock);
    memcpy(copy, notes, sizeof(copy));
    pthread_mutex_unlock(&notes_lock);
    return copy;
}

void io_clear(void)
{
    pthread_mutex_lock(&notes_lock);
    notes[0] = '\0';
    pthread_mutex_unlock(&notes_lock);
}

void io_note(const char *format, ...)
{
    va_list list;
    size_t used;

    pthread_mutex_lock(&notes_lock);
    used = strlen(notes);
    if (used != 0 && used + 1 < sizeof(notes)) {
        notes[used++] = ' ';
    }
    va_start(list, format);
    vsnprintf(notes + used, sizeof(notes) - used, format, list);
    va_end(list);
    pthread_mutex_unlock(&notes_lock);
}

void io_settle(void)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    KeDelayExecutionThread(KernelMode, FALSE, &moment);
}

#pragma once
/* io_fixture.h - a driver with a control device, its queues, and an application that sends requests
 * to it: the test program is the driver.
 */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <ntddk.h>
#include <wdf.h>

#include <wdfcore/testing.h>

#define IO_REQUESTS 64u

/* One request of the application. */
struct io_call {
    struct wc_io *io;
    int done; /* how often it was completed */
    NTSTATUS status;
    ULONG_PTR information;
};

struct io_fixture {
    PDRIVER_OBJECT wdm;
    WDFDRIVER driver;
    WDFDEVICE device;
    struct wc_file *file;
    WDFREQUEST requests[IO_REQUESTS]; /* as they were delivered */
    WDFQUEUE queues[IO_REQUESTS];     /* by which queue */
    unsigned delivered;
    unsigned inside, most_inside; /* callbacks that run at the same time */
    KIRQL irql;                   /* of the last handler */
};

extern struct io_fixture io_test;

int io_setup(void **state);
int io_teardown(void **state);
#define IO_FIXTURE .setup = io_setup, .teardown = io_teardown

/* io_init: an init of a control device. io_create: the device of it, attributes may be NULL.
 * io_device: both. io_open: link, finish, open: \\.\Io0. */
PWDFDEVICE_INIT io_init(void);
void io_create(PWDFDEVICE_INIT init, WDF_OBJECT_ATTRIBUTES *attributes);
void io_device(void);
void io_open(void);
void io_close(void);

/* Handlers that note themselves in io_test.requests and in the log ("r4", "w4", "c8/4", "d") and leave
 * the request with the driver. */
EVT_WDF_IO_QUEUE_IO_READ io_evt_read;
EVT_WDF_IO_QUEUE_IO_WRITE io_evt_write;
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL io_evt_control;
EVT_WDF_IO_QUEUE_IO_DEFAULT io_evt_default;
/* "x" in the log; completes the request with STATUS_CANCELLED. */
EVT_WDF_REQUEST_CANCEL io_evt_cancel;
/* "q" in the log; the same. */
EVT_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE io_evt_canceled;
/* The text of the context in the log. */
EVT_WDF_IO_QUEUE_STATE io_evt_state;
void io_keep(WDFQUEUE queue, WDFREQUEST request);

/* io_queue: WdfIoQueueCreate, which must succeed. io_default: a default queue with all handlers.
 * io_manual: a manual queue without handlers. */
WDFQUEUE io_queue(WDF_IO_QUEUE_CONFIG *config, WDF_OBJECT_ATTRIBUTES *attributes);
WDFQUEUE io_default(WDF_IO_QUEUE_DISPATCH_TYPE type);
WDFQUEUE io_manual(void);

/* The application: each call is a request that may stay pending. */
void io_read(struct io_call *call, void *data, size_t size);
void io_write(struct io_call *call, const void *data, size_t size);
void io_control(struct io_call *call, ULONG code, void *input, size_t input_size, void *output,
                size_t output_size);
void io_cancel(struct io_call *call);
/* The call was completed once with that status. */
void io_assert_done(const struct io_call *call, NTSTATUS status);

/* A copy that stays as it is until this thread asks again. */
const char *io_log(void);
void io_clear(void);
__attribute__((format(printf, 1, 2))) void io_note(const char *format, ...);
#define assert_log(expected) assert_string_equal(io_log(), (expected))

/* io_settle: let everything that waits for PASSIVE_LEVEL or for a worker run. */
void io_settle(void);

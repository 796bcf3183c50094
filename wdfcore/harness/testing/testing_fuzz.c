/* testing_fuzz.c - a sequence of requests from a fuzzer's bytes. */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/testing/testing_run.h"

#define REQUESTS_MAX   64  /* of one input */
#define BUFFER_MAX     256 /* bytes */
#define NO_PROGRESS_NS 1000000000u

enum { DO_IOCTL, DO_KNOWN_IOCTL, DO_READ, DO_WRITE, DO_SEND, DO_CANCEL, DO_WAIT, DO_COUNT };

/* One body at a time; its buffers outlive it. */
static struct {
    const char *device;
    const uint32_t *codes;
    size_t code_count;
    const uint8_t *data;
    size_t left;
    struct wc_io *io[REQUESTS_MAX]; /* NULL: ended */
    unsigned count;
    uint8_t buffer[REQUESTS_MAX][BUFFER_MAX];
} fuzz;

static uint8_t take(void)
{
    if (fuzz.left == 0) {
        return 0;
    }
    fuzz.left--;
    return *fuzz.data++;
}

static uint32_t take_code(unsigned what)
{
    uint32_t code = 0;

    if (what == DO_KNOWN_IOCTL && fuzz.code_count > 0) {
        return fuzz.codes[take() % fuzz.code_count];
    }
    for (unsigned i = 0; i < sizeof(code); i++) {
        code = code << 8 | take();
    }
    return code;
}

static size_t take_bytes(uint8_t *buffer)
{
    size_t size = take();

    size = size > fuzz.left ? fuzz.left : size;
    memcpy(buffer, fuzz.data, size);
    fuzz.data += size;
    fuzz.left -= size;
    return size;
}

static void request_ended(void *context, int32_t status, size_t information)
{
    *(struct wc_io **)context = NULL;
}

/* The operation is set before the driver sees the request, so that an end at once is seen, too. */
static void start_request(struct wc_file *file, unsigned what)
{
    struct wc_io **io = &fuzz.io[fuzz.count];
    uint8_t *buffer = fuzz.buffer[fuzz.count];
    int32_t status;

    fuzz.count++;
    if (what == DO_READ) {
        status = wc_file_read_start(file, buffer, take(), request_ended, io, io);
    } else if (what == DO_WRITE) {
        status = wc_file_write_start(file, buffer, take_bytes(buffer), request_ended, io, io);
    } else {
        uint32_t code = take_code(what);
        size_t output = take();

        status = wc_file_ioctl_start(file, code, buffer, take_bytes(buffer), buffer, output,
                                     request_ended, io, io);
    }
    if (status != STATUS_PENDING) {
        *io = NULL;
    }
}

static void do_one(struct wc_file *file)
{
    LARGE_INTEGER pause;
    uint8_t bytes[BUFFER_MAX];
    unsigned what = take() % DO_COUNT;

    switch (what) {
    case DO_SEND:
        wc_device_stream_send(wc_test_device(), bytes, take_bytes(bytes));
        break;
    case DO_CANCEL:
        if (fuzz.count > 0) {
            struct wc_io *io = fuzz.io[take() % fuzz.count];
            if (io != NULL) {
                wc_io_cancel(io);
            }
        }
        break;
    case DO_WAIT:
        pause.QuadPart = -(LONGLONG)take() * 100;
        KeDelayExecutionThread(KernelMode, FALSE, &pause);
        break;
    default:
        start_request(file, what);
        break;
    }
}

static void fuzz_body(void **state)
{
    LARGE_INTEGER pause = {.QuadPart = -10000};
    struct wc_file *file;

    assert_int_equal(wc_file_open(fuzz.device, &file), STATUS_SUCCESS);
    while (fuzz.left > 0 && fuzz.count < REQUESTS_MAX) {
        do_one(file);
    }
    for (unsigned i = 0; i < fuzz.count; i++) {
        if (fuzz.io[i] != NULL) {
            wc_io_cancel(fuzz.io[i]);
        }
    }
    wc_file_close(file);
    for (unsigned i = 0; i < fuzz.count; i++) {
        while (__atomic_load_n(&fuzz.io[i], __ATOMIC_ACQUIRE) != NULL) {
            KeDelayExecutionThread(KernelMode, FALSE, &pause);
        }
    }
}

int wc_fuzz_ioctl(const struct wc_test_options *options, const char *device, const uint32_t *codes,
                  const uint8_t *data, size_t size)
{
    struct testing_run run = {.quiet = true, .patience_ns = NO_PROGRESS_NS};
    struct wc_test_options plain = *options;

    plain.scheduler = WC_SCHED_FIBER;
    plain.fibers_only = true;
    plain.real_clock = false;
    memset(&fuzz, 0, sizeof(fuzz));
    fuzz.device = device;
    fuzz.codes = codes;
    fuzz.data = data;
    fuzz.left = size;
    while (codes != NULL && codes[fuzz.code_count] != 0) {
        fuzz.code_count++;
    }
    if (!testing_run_once(fuzz_body, &plain, &run)) {
        fprintf(stderr, "wc_fuzz_ioctl: %s\n", run.said);
        abort();
    }
    return 0;
}

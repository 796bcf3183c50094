#pragma once
/* user.h - the application's side of a machine: open a device by name and do I/O on it.
 * The synchronous functions wait; they are called from a task of the machine (wc_machine_call) at
 * PASSIVE_LEVEL. The asynchronous ones return at once; their callback runs in a context of the
 * machine, at or below DISPATCH_LEVEL, and must not wait. Status values are NTSTATUS as int32_t: >=
 * 0 is success.
 */
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

struct wc_file;
struct wc_io; /* one asynchronous operation */

typedef void wc_io_done(void *context, int32_t status, uint64_t information);

/* wc_file_open: name is a symbolic link with or without the leading \\.\ ("COM1", "\\\\.\\COM1").
 */
WC_API int32_t wc_file_open(const char *name, struct wc_file **file);
/* wc_file_close: cleanup (cancels what is outstanding) and close. */
WC_API int32_t wc_file_close(struct wc_file *file);

WC_API int32_t wc_file_read(struct wc_file *file, void *data, size_t size, size_t *read);
WC_API int32_t wc_file_write(struct wc_file *file, const void *data, size_t size, size_t *written);
WC_API int32_t wc_file_ioctl(struct wc_file *file, uint32_t code, const void *input,
                             size_t input_size, void *output, size_t output_size,
                             size_t *information);

/* Asynchronous: io is set before the driver sees the request and is dead once done was called. The
 * buffers stay the caller's and must live until then. done is called exactly once. */
WC_API int32_t wc_file_read_start(struct wc_file *file, void *data, size_t size, wc_io_done *done,
                                  void *context, struct wc_io **io);
WC_API int32_t wc_file_write_start(struct wc_file *file, const void *data, size_t size,
                                   wc_io_done *done, void *context, struct wc_io **io);
WC_API int32_t wc_file_ioctl_start(struct wc_file *file, uint32_t code, const void *input,
                                   size_t input_size, void *output, size_t output_size,
                                   wc_io_done *done, void *context, struct wc_io **io);
/* wc_io_cancel: ask for cancellation; done is called all the same. Harmless on an ended operation
 * only before done was called. */
WC_API void wc_io_cancel(struct wc_io *io);

WC_END_DECLS

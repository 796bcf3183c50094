#pragma once
/* fx_usb_reader.h - the continuous reader of a pipe: a few reads that the framework keeps under way while
 * the pipe's target is started.
 * Rules:
 * - WdfIoTargetStart sends them, WdfIoTargetStop and whatever else stops the target cancels them
 * - each read has a new memory object, the driver's for the callback, and beyond it as long as the driver
 *   references it
 * - a read that fails while the target is started stops all: once the others have come back the driver is
 *   asked (at PASSIVE_LEVEL), the pipe is reset, and reading goes on. Without a callback it does
 */
#include <wdfusb.h>

#include <stdbool.h>

struct fx_usb_pipe;
struct fx_usb_reader;

/* fx_usb_reader_make: of a checked configuration, with its requests; it reads from the next start of the
 * pipe's target on. */
NTSTATUS fx_usb_reader_make(struct fx_usb_pipe *pipe,
                            const WDF_USB_CONTINUOUS_READER_CONFIG *config, const void *caller,
                            struct fx_usb_reader **out);

/* fx_usb_reader_start, fx_usb_reader_stop: <= DISPATCH_LEVEL; nothing without a reader.
 * fx_usb_reader_end: the pipe goes, nothing is sent any more. false: the caller is the reader's own
 * callback. PASSIVE_LEVEL. fx_usb_reader_free: its memory. */
void fx_usb_reader_start(struct fx_usb_pipe *pipe);
void fx_usb_reader_stop(struct fx_usb_pipe *pipe);
bool fx_usb_reader_end(struct fx_usb_pipe *pipe);
void fx_usb_reader_free(struct fx_usb_pipe *pipe);

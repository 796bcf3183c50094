#pragma once
/* testing_fuzz.h - the entry of a fuzzer that makes up what an application asks of a driver.
 *
 *     int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *     {
 *         static const uint32_t codes[] = {IOCTL_KIT_START, IOCTL_KIT_STOP, 0};
 *
 *         return wc_fuzz_ioctl(&options, "Kit", codes, data, size);
 *     }
 */
#include <stddef.h>
#include <stdint.h>

#include <wdfcore/export.h>

WC_BEGIN_DECLS

struct wc_test_options;

/* wc_fuzz_ioctl: one machine with driver and device; the bytes are a sequence of requests of one open
 * file: device controls with a code of the list or any other, reads, writes, bytes that the far end of
 * a stream in memory (line=mem) sends, cancellation, time that passes. Then all is taken apart.
 *   device   as for wc_file_open
 *   codes    control codes that the driver knows, ended by 0; NULL: none
 *   Returns  0. What breaks a rule, leaks or hangs ends the process by abort(), after the report.
 */
int wc_fuzz_ioctl(const struct wc_test_options *options, const char *device, const uint32_t *codes,
                  const uint8_t *data, size_t size);

WC_END_DECLS

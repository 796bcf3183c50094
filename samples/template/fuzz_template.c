/* fuzz_template.c - control codes and buffers as a fuzzer makes them up. */
#include <wdfcore/testing.h>

#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t codes[] = {IOCTL_TEMPLATE_DOUBLE, 0};
    static const struct wc_test_options options = {.driver = WC_DRIVER_TEMPLATE,
                                                   .model = "template",
                                                   .resources =
                                                       "memory=0xfe000000-0xfe00000f,irq=5"};

    return wc_fuzz_ioctl(&options, "Template", codes, data, size);
}

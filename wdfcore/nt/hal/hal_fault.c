/* hal_fault.c - what a device does to memory, and the report when it may not. */
#include <stdio.h>

#include "nt/hal/hal_device.h"
#include "nt/ke/report/ke_report.h"

static bool device_moved(struct hal_device *device, struct hal_fault fault)
{
    if (fault.answer.result == HAL_MEMORY_DONE) {
        return true;
    }
    if (!device->faulted) {
        device->faulted = true;
        device->fault = fault;
    }
    return false;
}

bool hal_device_read_memory(struct hal_device *device, uint64_t address, void *data, size_t size)
{
    struct hal_fault fault = {address, size, false, hal_memory_read(address, data, size)};

    return device_moved(device, fault);
}

bool hal_device_write_memory(struct hal_device *device, uint64_t address, const void *data,
                             size_t size)
{
    struct hal_fault fault = {address, size, true, hal_memory_write(address, data, size)};

    return device_moved(device, fault);
}

static void fault_explain(const struct hal_fault *fault, char *text, size_t size)
{
    const struct hal_memory_answer *answer = &fault->answer;
    unsigned long long start = answer->start;
    unsigned long long length = answer->size;

    switch (answer->result) {
    case HAL_MEMORY_ENDED:
        snprintf(text, size, "the mapping of 0x%llx bytes at 0x%llx was ended by %s", length, start,
                 answer->how);
        break;
    case HAL_MEMORY_BEYOND:
        snprintf(text, size, "the mapping at 0x%llx ends after 0x%llx bytes", start, length);
        break;
    case HAL_MEMORY_FORBIDDEN:
        snprintf(text, size, "the mapping of 0x%llx bytes at 0x%llx is for data to the device",
                 length, start);
        break;
    default:
        snprintf(text, size, "no common buffer or transfer is mapped there");
        break;
    }
}

void hal_fault_report(const char *name, const struct hal_fault *fault)
{
    enum base_rule rule =
        fault->answer.result == HAL_MEMORY_FORBIDDEN ? RULE_DmaDirection : RULE_DmaUnmapped;
    char why[120];

    fault_explain(fault, why, sizeof(why));
    ke_violation(rule, 0xE6, 0x26, 0, fault->address, fault->write,
                 "%s %s 0x%zx byte%s at 0x%llx: %s", name != NULL ? name : "a device",
                 fault->write ? "wrote" : "read", fault->size, fault->size == 1 ? "" : "s",
                 (unsigned long long)fault->address, why);
}

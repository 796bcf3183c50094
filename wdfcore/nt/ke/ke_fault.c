/* ke_fault.c - memory that is not there: a violation with the driver's line instead of a crash. The
 * stack guards and mapped registers have traps of their own, which are asked first.
 */
#include <wdm.h>

#include "host/host_trap.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/ke_report.h"

static bool reporting;

/* Only while a machine runs on this host thread, and once: a fault inside a report is a crash. */
static bool fault_claim(const void *address)
{
    UNREFERENCED_PARAMETER(address);
    if (!ke_machine.running || ke_machine.stopped || ke_processor_is_outside(ke_self) ||
        reporting) {
        return false;
    }
    reporting = true;
    return true;
}

static void fault_report(const void *address, const void *code, bool write)
{
    KIRQL irql = ke_self->irql;
    char name[256];

    ke_report_name(code, name, sizeof(name));
    if (irql > APC_LEVEL) {
        ke_violation(RULE_PageFault, 0xD1, (uintptr_t)address, irql, write, (uintptr_t)code,
                     "%s %s %p at %s, where no page can be brought in", name,
                     write ? "wrote to" : "read from", address, ke_irql_name(irql));
    } else {
        ke_violation(RULE_PageFault, 0x7E, 0xC0000005, (uintptr_t)code, 0, 0,
                     "%s %s %p, where there is no memory", name, write ? "wrote to" : "read from",
                     address);
    }
}

static struct host_trap fault_trap = {.last = true, .claim = fault_claim, .handle = fault_report};

static void fault_start(void)
{
    reporting = false;
}

static struct ke_machine_part fault_part = {.order = 0, .start = fault_start};

__attribute__((constructor)) static void fault_register(void)
{
    host_trap_register(&fault_trap);
    ke_machine_register(&fault_part);
}

/* ke_fault.c - memory that is not there: a violation with the driver's line instead of a crash. The
 * stack guards and mapped registers have traps of their own, which are asked first.
 */
#include <wdm.h>

#include "base/lock.h"
#include "host/host_trap.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/report/ke_report.h"

/* Counts machines. Who faults notes the present one: a second fault of the same host thread comes from
 * the report, and is a crash. */
static unsigned machines;
static _Thread_local unsigned faulted_in;
static bool reported; /* (a) one thread of the machine has faulted */

/* Only while a machine runs on this host thread. */
static bool fault_claim(const void *address)
{
    UNREFERENCED_PARAMETER(address);
    if (!ke_machine.running || ke_processor_is_outside(ke_self) || faulted_in == machines) {
        return false;
    }
    faulted_in = machines;
    return true;
}

static void fault_report(const void *address, const void *code, bool write)
{
    KIRQL irql = ke_self->irql;
    char name[256];

    base_lock_abandon();
    if (__atomic_exchange_n(&reported, true, __ATOMIC_RELAXED) ||
        __atomic_load_n(&ke_machine.stopped, __ATOMIC_RELAXED)) {
        ke_machine_halt(); /* the first one is told; this may be what it left behind */
    }
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
    machines++;
    reported = false;
}

static struct ke_machine_part fault_part = {.order = 0, .start = fault_start};

__attribute__((constructor)) static void fault_register(void)
{
    host_trap_register(&fault_trap);
    ke_machine_register(&fault_part);
}

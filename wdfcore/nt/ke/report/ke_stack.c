/* ke_stack.c - a kernel stack that is used up is a violation, not a crash: the page below each stack is
 * a trap.
 */
#include <wdm.h>

#include "host/host_trap.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

static void stack_overflow(const void *address, const void *code, bool write)
{
    char name[256];

    UNREFERENCED_PARAMETER(write);
    ke_report_name(code, name, sizeof(name));
    ke_violation(RULE_KernelStackOverflow, 0x7F, 8, (uint64_t)(uintptr_t)address, 0, 0,
                 "the stack is used up in %s", name);
}

static struct host_trap stack_trap = {
    .claim = host_stack_guards, .elsewhere = true, .handle = stack_overflow};

static struct ke_machine_part stack_part = {.order = 0, .start = host_trap_arm};

__attribute__((constructor)) static void stack_register(void)
{
    host_trap_register(&stack_trap);
    ke_machine_register(&stack_part);
}

#include "nt/ke/ke_check.h"

#include "nt/ke/report/ke_report.h"

BOOLEAN ke_check_refuse(enum base_rule rule, const volatile void *object, const char *what,
                        const char *api)
{
    uintptr_t address = (uintptr_t)object;

    if (address < PAGE_SIZE) {
        ke_violation(RULE_ParameterNull, 0, address, 0, 0, 0, "%s was given NULL for %s", api,
                     what);
    } else if (ke_address_is_bad(object) && !ke_memory_is_gone(object)) {
        ke_violation(RULE_BadParameter, 0, address, 0, 0, 0, "%s was given %p for %s, which is %s",
                     api, (const void *)object, what,
                     address % 8 != 0 ? "no multiple of 8" : "no address");
    } else {
        ke_violation(rule, 0, address, 0, 0, 0,
                     "%s was given %p for %s, which is not initialized, or was freed", api,
                     (const void *)object, what);
    }
    return FALSE;
}

/* testing_fault.c - fault points of the machine itself, armed by tests. */
#include <wdfcore/testing.h>

#include <wdm.h>

#include "base/fault.h"
#include "nt/ke/ke_processor.h"

static enum base_fault find_fault(const char *name)
{
    enum base_fault point = base_fault_find(name);

    if (point == BASE_FAULT_COUNT) {
        print_error("there is no fault point %s\n", name);
        fail();
    }
    return point;
}

void wc_fault_every(const char *point, uint64_t n)
{
    base_fault_arm(find_fault(point), n);
    ke_observe(KE_OBSERVER_FAULTS, n != 0);
}

uint64_t wc_fault_hits(const char *point)
{
    return base_fault_hits(find_fault(point));
}

#include "nt/ke/report/ke_caller.h"

uintptr_t ke_caller_skip_start, ke_caller_skip_size;

void ke_caller_skip(const void *start, const void *end)
{
    ke_caller_skip_start = (uintptr_t)start;
    ke_caller_skip_size = (uintptr_t)end - (uintptr_t)start;
}

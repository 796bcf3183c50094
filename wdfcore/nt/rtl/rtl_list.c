/* rtl_list.c - what the inline list routines of nt/list.h do when links do not match. */
#include <wdm.h>

#include "nt/ke/report/ke_report.h"

VOID RtlListCorrupted(const VOID *Entry)
{
    ke_violation(RULE_ListCorrupted, 0x139, 3, (uint64_t)(uintptr_t)Entry, 0, 0,
                 "the links of the list entry at %p and its neighbours do not match", Entry);
}

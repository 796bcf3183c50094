/* ke_everywhere.c - drivers built with WINDOWS_EVERYWHERE: the compiler calls this at each basic block,
 * and each becomes a window.
 */
#include <wdm.h>

#include <wdfcore/export.h>

#include "nt/ke/ke_window.h"

/* Weak: a fuzzer's run-time library brings its own. */
__attribute__((weak)) void __sanitizer_cov_trace_pc(void)
{
    if (!ke_processor_is_outside(ke_self)) {
        ke_window_point();
    }
}

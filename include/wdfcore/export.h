/* export.h - marks of the public host-facing functions.
 * Everything in the library is hidden unless it carries WC_API (or, for Microsoft's names, the mark
 * in their own headers), so that a driver's names never meet ours.
 */
#pragma once

#define WC_API __attribute__((visibility("default")))

#ifdef __cplusplus
#define WC_BEGIN_DECLS extern "C" {
#define WC_END_DECLS   }
#else
#define WC_BEGIN_DECLS
#define WC_END_DECLS
#endif

/* Drivers built with WINDOWS_EVERYWHERE call this at each basic block: the compiler's own hook. */
WC_BEGIN_DECLS
WC_API void __sanitizer_cov_trace_pc(void);
WC_END_DECLS

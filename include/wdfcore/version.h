/* version.h - the version of wdfcore in use. */
#pragma once

#include <wdfcore/export.h>

WC_BEGIN_DECLS

/* wc_version: the version of the library that is loaded, "MAJOR.MINOR.PATCH".
 *   Returns  a constant string; never NULL
 *   Thread   any
 */
WC_API const char *wc_version(void);

WC_END_DECLS

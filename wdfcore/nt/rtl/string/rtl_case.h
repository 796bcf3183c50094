#pragma once
/* rtl_case.h - upper and lower case of one UTF-16 unit; a unit without partner is returned as is.
 */
#include <wdm.h>

WCHAR rtl_upcase(WCHAR unit);
WCHAR rtl_downcase(WCHAR unit);

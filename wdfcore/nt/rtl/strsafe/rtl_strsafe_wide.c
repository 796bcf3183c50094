/* rtl_strsafe_wide.c - RtlString* for wide text; see rtl_strsafe_text.inc. */
#include "nt/ke/ke_api.h"
#include "nt/rtl/strsafe/rtl_strsafe.h"

#define RTL_TEXT            WCHAR
#define RTL_TEXT_IS_WIDE    true
#define RTL_TEXT_NAME(base) base##W

#include "nt/rtl/strsafe/rtl_strsafe_text.inc"

/* rtl_strsafe_narrow.c - RtlString* for narrow text; see rtl_strsafe_text.inc. */
#include "nt/ke/ke_api.h"
#include "nt/rtl/strsafe/rtl_strsafe.h"

#define RTL_TEXT            CHAR
#define RTL_TEXT_IS_WIDE    false
#define RTL_TEXT_NAME(base) base##A

#include "nt/rtl/strsafe/rtl_strsafe_text.inc"

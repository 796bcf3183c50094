#pragma once
/* rtl_altitude.h - RtlCompareAltitudes for who holds a lock. */
#include <wdm.h>

/* rtl_altitude_compare: > 0: first is higher. */
int rtl_altitude_compare(PCUNICODE_STRING first, PCUNICODE_STRING second);

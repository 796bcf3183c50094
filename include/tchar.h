/* tchar.h - texts of either width: in a kernel driver the narrow ones, unless it defines _UNICODE. */
#pragma once

#include "ntdef.h"

#if defined(UNICODE) || defined(_UNICODE)
#define __T(text) L##text
#else
#define __T(text) text
#endif
#define _T(text)    __T(text)
#define _TEXT(text) __T(text)

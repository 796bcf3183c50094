/* tchar.h - texts of either width: in a kernel driver the narrow ones, unless it defines _UNICODE. */
#pragma once

#include "ntdef.h"

#ifdef _UNICODE
typedef WCHAR TCHAR, *PTCHAR;
#define __T(text) L##text
#else
typedef char TCHAR, *PTCHAR;
#define __T(text) text
#endif
#define _T(text)    __T(text)
#define _TEXT(text) __T(text)

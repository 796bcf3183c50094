/* basetsd.h - integer types of a stated width, and pointer-sized ones.
 * The model is LLP64: LONG and ULONG have 32 bits, pointers 64. All 64-bit integer names stand for
 * the host's own 64-bit type, so that SIZE_T and size_t, ULONG64 and uint64_t are one type as they
 * are on x64 Windows, and a pointer to one may be passed for the other.
 */
#pragma once

#include <stddef.h>

#ifndef __int64
#define __int64 long
#endif
#ifndef __int32
#define __int32 int
#endif
#ifndef __int16
#define __int16 short
#endif
#ifndef __int8
#define __int8 char
#endif

typedef signed char INT8, *PINT8;
typedef short INT16, *PINT16;
typedef int INT32, *PINT32;
typedef __int64 INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef unsigned __int64 UINT64, *PUINT64;

typedef int LONG32, *PLONG32;
typedef unsigned int ULONG32, *PULONG32;
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef unsigned int DWORD32, *PDWORD32;
typedef __int64 LONG64, *PLONG64;
typedef unsigned __int64 ULONG64, *PULONG64;
typedef unsigned __int64 DWORD64, *PDWORD64;

typedef __int64 INT_PTR, *PINT_PTR;
typedef unsigned __int64 UINT_PTR, *PUINT_PTR;
typedef __int64 LONG_PTR, *PLONG_PTR;
typedef unsigned __int64 ULONG_PTR, *PULONG_PTR;
typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;
typedef ULONG_PTR SIZE_T, *PSIZE_T;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;

typedef int HALF_PTR, *PHALF_PTR;
typedef unsigned int UHALF_PTR, *PUHALF_PTR;

#define MAXUINT8  ((UINT8) ~((UINT8)0))
#define MAXINT8   ((INT8)(MAXUINT8 >> 1))
#define MININT8   ((INT8)~MAXINT8)
#define MAXUINT16 ((UINT16) ~((UINT16)0))
#define MAXINT16  ((INT16)(MAXUINT16 >> 1))
#define MININT16  ((INT16)~MAXINT16)
#define MAXUINT32 ((UINT32) ~((UINT32)0))
#define MAXINT32  ((INT32)(MAXUINT32 >> 1))
#define MININT32  ((INT32)~MAXINT32)
#define MAXUINT64 ((UINT64) ~((UINT64)0))
#define MAXINT64  ((INT64)(MAXUINT64 >> 1))
#define MININT64  ((INT64)~MAXINT64)

#define MAXULONG32   ((ULONG32) ~((ULONG32)0))
#define MAXLONG32    ((LONG32)(MAXULONG32 >> 1))
#define MINLONG32    ((LONG32)~MAXLONG32)
#define MAXULONG64   ((ULONG64) ~((ULONG64)0))
#define MAXLONG64    ((LONG64)(MAXULONG64 >> 1))
#define MINLONG64    ((LONG64)~MAXLONG64)
#define MAXULONG_PTR ((ULONG_PTR) ~((ULONG_PTR)0))
#define MAXLONG_PTR  ((LONG_PTR)(MAXULONG_PTR >> 1))
#define MINLONG_PTR  ((LONG_PTR)~MAXLONG_PTR)
#define MAXUINT_PTR  ((UINT_PTR) ~((UINT_PTR)0))
#define MAXINT_PTR   ((INT_PTR)(MAXUINT_PTR >> 1))
#define MININT_PTR   ((INT_PTR)~MAXINT_PTR)
#define MAXSIZE_T    ((SIZE_T) ~((SIZE_T)0))
#define MAXSSIZE_T   ((SSIZE_T)(MAXSIZE_T >> 1))
#define MINSSIZE_T   ((SSIZE_T)~MAXSSIZE_T)
#define MAXUINT      ((UINT32) ~((UINT32)0))
#define MAXINT       ((INT32)(MAXUINT >> 1))
#define MININT       ((INT32)~MAXINT)
#define MAXDWORD32   MAXULONG32
#define MAXDWORD64   MAXULONG64

/* Conversions between pointers and integers, named so that a truncation is visible. */
#define PtrToUlong(p)     ((unsigned int)(ULONG_PTR)(p))
#define PtrToLong(p)      ((int)(LONG_PTR)(p))
#define PtrToUint(p)      ((unsigned int)(UINT_PTR)(p))
#define PtrToInt(p)       ((int)(INT_PTR)(p))
#define PtrToUshort(p)    ((unsigned short)(ULONG_PTR)(p))
#define PtrToShort(p)     ((short)(LONG_PTR)(p))
#define PtrToUlong64(p)   ((ULONG64)(ULONG_PTR)(p))
#define PtrToLong64(p)    ((LONG64)(LONG_PTR)(p))
#define HandleToUlong(h)  ((unsigned int)(ULONG_PTR)(h))
#define HandleToLong(h)   ((int)(LONG_PTR)(h))
#define HandleToULong(h)  HandleToUlong(h)
#define UlongToPtr(ul)    ((void *)(ULONG_PTR)(unsigned int)(ul))
#define ULongToPtr(ul)    UlongToPtr(ul)
#define LongToPtr(l)      ((void *)(LONG_PTR)(int)(l))
#define UintToPtr(ui)     ((void *)(UINT_PTR)(unsigned int)(ui))
#define IntToPtr(i)       ((void *)(INT_PTR)(int)(i))
#define UlongToHandle(ul) ((void *)(ULONG_PTR)(unsigned int)(ul))
#define ULongToHandle(ul) UlongToHandle(ul)
#define LongToHandle(l)   ((void *)(LONG_PTR)(int)(l))
#define PtrToPtr64(p)     ((void *)(p))
#define Ptr64ToPtr(p)     ((void *)(p))
#define Ptr32ToPtr(p)     UlongToPtr(p)
#define PtrToPtr32(p)     UlongToPtr(PtrToUlong(p))
#define POINTER_32
#define POINTER_64
#define ADDRESS_TAG_BIT 0x40000000000UL

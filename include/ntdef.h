/* ntdef.h - the basic types and words of the NT interface.
 * Everything here has the size it has on x64 Windows; sources must be compiled with -fshort-wchar
 * (WCHAR has 16 bits) and -fms-extensions.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "basetsd.h"
#include "guiddef.h"
#include "specstrings.h"

/* Architecture words that sources test. */
#ifndef _WIN64
#define _WIN64 1
#endif
#ifndef _AMD64_
#define _AMD64_ 1
#endif
#ifndef NTDDI_WIN7
#define NTDDI_WINXP        0x05010000
#define NTDDI_WS03         0x05020000
#define NTDDI_VISTA        0x06000000
#define NTDDI_LONGHORN     NTDDI_VISTA
#define NTDDI_VISTASP1     0x06000100
#define NTDDI_WS08         0x06000100
#define NTDDI_WIN7         0x06010000
#define NTDDI_WIN8         0x06020000
#define NTDDI_WINBLUE      0x06030000
#define NTDDI_WINTHRESHOLD 0x0A000000
#define NTDDI_WIN10        0x0A000000
#define NTDDI_WIN10_TH2    0x0A000001
#define NTDDI_WIN10_RS1    0x0A000002
#define NTDDI_WIN10_RS2    0x0A000003
#define NTDDI_WIN10_RS3    0x0A000004
#define NTDDI_WIN10_RS4    0x0A000005
#define NTDDI_WIN10_RS5    0x0A000006
#define NTDDI_WIN10_19H1   0x0A000007
#define NTDDI_WIN10_VB     0x0A000008
#define NTDDI_WIN10_MN     0x0A000009
#define NTDDI_WIN10_FE     0x0A00000A
#define NTDDI_WIN10_CO     0x0A00000B
#define NTDDI_WIN10_NI     0x0A00000C
#endif
#ifndef NTDDI_WIN2K
#define NTDDI_WIN2K    0x05000000
#define NTDDI_WIN2KSP4 0x05000400
#define NTDDI_WINXPSP1 0x05010100
#define NTDDI_WINXPSP2 0x05010200
#define NTDDI_WINXPSP3 0x05010300
#define NTDDI_WS03SP1  0x05020100
#define NTDDI_WS03SP2  0x05020200
#define NTDDI_WIN6     NTDDI_VISTA
#define NTDDI_VISTASP2 0x06000200
#endif
#ifndef NTDDI_VERSION
#define NTDDI_VERSION NTDDI_WIN10_NI
#endif
#ifndef OSVER
#define OSVERSION_MASK  0xFFFF0000
#define SPVERSION_MASK  0x0000FF00
#define SUBVERSION_MASK 0x000000FF
#define OSVER(Version)  ((Version)&OSVERSION_MASK)
#define SPVER(Version)  (((Version)&SPVERSION_MASK) >> 8)
#define SUBVER(Version) ((Version)&SUBVERSION_MASK)
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#ifndef WINVER
#define WINVER _WIN32_WINNT
#endif

/* DBG is 1 in a checked build: unless the build says otherwise, one without NDEBUG. */
#if !defined(DBG) && !defined(NDEBUG)
#define DBG 1
#endif

/* Words of Microsoft's compiler. There is one calling convention here, so they vanish. */
#define __stdcall
#define __cdecl
#define __fastcall
#define __vectorcall
#define _cdecl
#define _stdcall
#define __unaligned
#define __ptr64
#define __ptr32
#define __w64
#undef __forceinline
#define __forceinline __inline__ __attribute__((always_inline)) /* drivers define inline as this */
#define __declspec(x) __wdfcore_declspec_##x
#define __wdfcore_declspec_align(n)       __attribute__((aligned(n)))
#define __wdfcore_declspec_allocate(name) __attribute__((section(name)))
#define __wdfcore_declspec_deprecated     __attribute__((deprecated))
#define __wdfcore_declspec_dllexport      __attribute__((visibility("default")))
#define __wdfcore_declspec_dllimport
#define __wdfcore_declspec_naked __attribute__((naked))
#define __wdfcore_declspec_noalias
#define __wdfcore_declspec_code_seg(name) __attribute__((section(name)))
#define __wdfcore_declspec_noinline       __attribute__((noinline))
#define __wdfcore_declspec_noreturn       __attribute__((noreturn))
#define __wdfcore_declspec_nothrow        __attribute__((nothrow))
#define __wdfcore_declspec_novtable
#define __wdfcore_declspec_restrict
#define __wdfcore_declspec_safebuffers
#define __wdfcore_declspec_guard(kind)
#define __wdfcore_declspec_spectre(kind)
#define __wdfcore_declspec_empty_bases
#define __wdfcore_declspec_allocator
#define __wdfcore_declspec_selectany __attribute__((weak))
#define __wdfcore_declspec_thread    __thread
#define __wdfcore_declspec_uuid(text)
#ifndef __clang__
#define __pragma(x)
#endif
#define __assume(x)                  \
    do {                             \
        if (!(x)) {                  \
            __builtin_unreachable(); \
        }                            \
    } while (0)
#define __debugbreak()    DbgBreakPoint()
#define __noop(...)       ((void)0)
#define __annotation(...) ((void)0)

#define NTAPI
#define FASTCALL
#define CDECL
#define CALLBACK
#define WINAPI
#define __CRTDECL
#define FORCEINLINE  __forceinline
#define CFORCEINLINE FORCEINLINE
#define PFORCEINLINE FORCEINLINE
#define STDMETHODCALLTYPE
#define DECLSPEC_ALIGN(x)   __attribute__((aligned(x)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_NORETURN   __attribute__((noreturn))
#define DECLSPEC_NOINLINE   __attribute__((noinline))
#define DECLSPEC_SELECTANY  __attribute__((weak))
#define DECLSPEC_NOTHROW    __attribute__((nothrow))
#define DECLSPEC_DEPRECATED
#define DECLSPEC_DEPRECATED_DDK
#define DECLSPEC_DEPRECATED_DDK_WINXP
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT __attribute__((visibility("default")))
#define DECLSPEC_UUID(x)
#define DECLSPEC_NOVTABLE
#define UNALIGNED
#define UNALIGNED64
#define RESTRICTED_POINTER
#define CONST    const
#define VOLATILE volatile
#define IN
#define OUT
#define OPTIONAL
#define NOTHING

/* Exported interface: visible although the library hides what is its own. */
#define NTSYSAPI     __attribute__((visibility("default")))
#define NTSYSCALLAPI __attribute__((visibility("default")))
#define NTKERNELAPI  __attribute__((visibility("default")))
#define NTHALAPI     __attribute__((visibility("default")))
#define _NTSYSTEM_

#ifdef __cplusplus
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END   }
#else
#define EXTERN_C_START
#define EXTERN_C_END
#endif

#define VOID void
typedef void *PVOID;
typedef void *PVOID64;
typedef const void *LPCVOID, *PCVOID;

typedef char CHAR, *PCHAR, *LPCH, *PCH, *NPSTR, *LPSTR, *PSTR, *PSZ, CCHAR, *PCCHAR;
typedef const char *LPCCH, *PCCH, *LPCSTR, *PCSTR, *PCSZ;
typedef PSTR *PZPSTR;
typedef PCSTR *PZPCSTR;
typedef signed char SCHAR, *PSCHAR;
typedef unsigned char UCHAR, *PUCHAR, BOOLEAN, *PBOOLEAN;
typedef const UCHAR *PCUCHAR;
typedef short SHORT, *PSHORT, CSHORT, *PCSHORT;
typedef unsigned short USHORT, *PUSHORT;
typedef int LONG, *PLONG;
typedef unsigned int ULONG, *PULONG, LOGICAL, *PLOGICAL, CLONG, *PCLONG;
typedef int INT, *PINT;
typedef unsigned int UINT, *PUINT;
typedef __int64 LONGLONG, *PLONGLONG, USN;
typedef unsigned __int64 ULONGLONG, *PULONGLONG, DWORDLONG, *PDWORDLONG;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;

typedef wchar_t WCHAR, *PWCHAR, *LPWCH, *PWCH, *NWPSTR, *LPWSTR, *PWSTR;
typedef const wchar_t *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR, *PCWCHAR;
typedef PWSTR *PZPWSTR;
typedef PCWSTR *PZPCWSTR;
typedef WCHAR *PZZWSTR;
typedef const WCHAR *PCZZWSTR;
typedef WCHAR *PUWSTR;
typedef const WCHAR *PCUWSTR, *PCUNZWCH;
typedef PWSTR PNZWCH;
typedef PCWSTR PCNZWCH;

/* Text of either width (<tchar.h>): wide if the driver says so. */
#if defined(UNICODE) || defined(_UNICODE)
typedef WCHAR TCHAR, *PTCHAR, TUCHAR, *PTUCHAR;
typedef PWSTR PTSTR, LPTSTR;
typedef PCWSTR PCTSTR, LPCTSTR;
#else
typedef char TCHAR, *PTCHAR;
typedef unsigned char TUCHAR, *PTUCHAR;
typedef char *PTSTR, *LPTSTR;
typedef const char *PCTSTR, *LPCTSTR;
#endif

typedef char _WCHAR_needs_the_flag_fshort_wchar[sizeof(WCHAR) == 2 ? 1 : -1];

typedef LONG NTSTATUS, *PNTSTATUS;
#define ANYSIZE_ARRAY 1
#ifndef _HRESULT_DEFINED
#define _HRESULT_DEFINED
typedef LONG HRESULT;
#endif
typedef UCHAR KIRQL, *PKIRQL;
typedef SHORT KPRIORITY_SHORT;
typedef LONG KPRIORITY;
typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;
typedef PVOID HANDLE, *PHANDLE;
typedef CCHAR KPROCESSOR_MODE;
typedef ULONG ACCESS_MASK, *PACCESS_MASK;
typedef ULONG LCID, *PLCID;
typedef USHORT LANGID;
typedef ULONGLONG REGHANDLE, *PREGHANDLE;
typedef PVOID PSECURITY_DESCRIPTOR;
typedef PVOID PSID;
typedef ULONG SECURITY_INFORMATION, *PSECURITY_INFORMATION;
typedef ULONG EXECUTION_STATE, *PEXECUTION_STATE;

typedef enum _MODE { KernelMode, UserMode, MaximumMode } MODE;

#ifndef NULL
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#endif
#define FALSE 0
#define TRUE  1

#define MINCHAR               0x80
#define MAXCHAR               0x7f
#define MINSHORT              0x8000
#define MAXSHORT              0x7fff
#define MINLONG               0x80000000
#define MAXLONG               0x7fffffff
#define MAXUCHAR              0xff
#define MAXUSHORT             0xffff
#define MAXULONG              0xffffffff
#define MAXLONGLONG           0x7fffffffffffffff
#define MAXULONGLONG          ((ULONGLONG) ~((ULONGLONG)0))
#define LOW_PRIORITY          0
#define LOW_REALTIME_PRIORITY 16
#define HIGH_PRIORITY         31
#define MAXIMUM_PRIORITY      32

#define ANSI_NULL                ((CHAR)0)
#define UNICODE_NULL             ((WCHAR)0)
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS (32767)

#define DECLARE_HANDLE(name) \
    struct name##__ {        \
        int unused;          \
    };                       \
    typedef struct name##__ *name

/* Measures and conversions. */
#define ARRAYSIZE(A)                (sizeof(A) / sizeof((A)[0]))
#define RTL_NUMBER_OF(A)            ARRAYSIZE(A)
#define RTL_NUMBER_OF_V1(A)         ARRAYSIZE(A)
#define RTL_NUMBER_OF_V2(A)         ARRAYSIZE(A)
#define _ARRAYSIZE(A)               ARRAYSIZE(A)
#define FIELD_OFFSET(type, field)   ((LONG) __builtin_offsetof(type, field))
#define UFIELD_OFFSET(type, field)  ((ULONG) __builtin_offsetof(type, field))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) \
    (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(Struct, Size, Field) \
    ((((PCHAR)(&(Struct)->Field)) + sizeof((Struct)->Field)) <= (((PCHAR)(Struct)) + (Size)))
#define RTL_NUMBER_OF_FIELD(type, field) (RTL_NUMBER_OF(((type *)0)->field))
#define RTL_PADDING_BETWEEN_FIELDS(type, field1, field2)                         \
    ((FIELD_OFFSET(type, field2) > FIELD_OFFSET(type, field1))                   \
         ? (FIELD_OFFSET(type, field2) - RTL_SIZEOF_THROUGH_FIELD(type, field1)) \
         : (FIELD_OFFSET(type, field1) - RTL_SIZEOF_THROUGH_FIELD(type, field2)))
#define CONTAINING_RECORD(address, type, field) \
    ((type *)((PCHAR)(address) - (ULONG_PTR) __builtin_offsetof(type, field)))
#define TYPE_ALIGNMENT(t)                __alignof__(t)
#define PROBE_ALIGNMENT(t)               TYPE_ALIGNMENT(ULONG)
#define MAKEULONG(low, high)             ((ULONG)(((USHORT)(low)) | ((ULONG)((USHORT)(high))) << 16))
#define ALIGN_DOWN_BY(length, alignment) ((ULONG_PTR)(length) & ~((ULONG_PTR)(alignment)-1))
#define ALIGN_UP_BY(length, alignment) \
    (ALIGN_DOWN_BY(((ULONG_PTR)(length) + (alignment)-1), alignment))
#define ALIGN_DOWN_POINTER_BY(address, alignment) ((PVOID)ALIGN_DOWN_BY(address, alignment))
#define ALIGN_UP_POINTER_BY(address, alignment)   ((PVOID)ALIGN_UP_BY(address, alignment))
#define ALIGN_DOWN(length, type)                  ALIGN_DOWN_BY(length, sizeof(type))
#define ALIGN_UP(length, type)                    ALIGN_UP_BY(length, sizeof(type))
#define ALIGN_DOWN_POINTER(address, type)         ALIGN_DOWN_POINTER_BY(address, sizeof(type))
#define ALIGN_UP_POINTER(address, type)           ALIGN_UP_POINTER_BY(address, sizeof(type))
#define Int32x32To64(a, b)                        (((LONGLONG)((LONG)(a))) * ((LONGLONG)((LONG)(b))))
#define UInt32x32To64(a, b)                       (((ULONGLONG)((ULONG)(a))) * ((ULONGLONG)((ULONG)(b))))
#define Int64ShllMod32(a, b)                      ((ULONGLONG)(a) << (b))
#define Int64ShraMod32(a, b)                      ((LONGLONG)(a) >> (b))
#define Int64ShrlMod32(a, b)                      ((ULONGLONG)(a) >> (b))
#define ARGUMENT_PRESENT(ArgumentPointer)         ((CHAR *)((ULONG_PTR)(ArgumentPointer)) != (CHAR *)(NULL))
#define FlagOn(_F, _SF)                           ((_F) & (_SF))
#define BooleanFlagOn(F, SF)                      ((BOOLEAN)(((F) & (SF)) != 0))
#define SetFlag(_F, _SF)                          ((_F) |= (_SF))
#define ClearFlag(_F, _SF)                        ((_F) &= ~(_SF))
#define UNREFERENCED_PARAMETER(P)                 ((void)(P))
#define DBG_UNREFERENCED_PARAMETER(P)             ((void)(P))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(V)        ((void)(V))
#define DEFAULT_UNREACHABLE \
    default:                \
        __builtin_unreachable()

/* C_ASSERT: a condition the compiler checks; usable wherever a declaration may stand. */
#ifdef __cplusplus
#define C_ASSERT(e)      static_assert(e, #e)
#define STATIC_ASSERT(e) static_assert(e, #e)
#else
#define C_ASSERT(e)      _Static_assert(e, #e)
#define STATIC_ASSERT(e) _Static_assert(e, #e)
#endif

/* In C the usual macros; in C++ functions that do what they do, since library headers use the names. */
#if !defined(NOMINMAX) && defined(__cplusplus)
extern "C++" {
template <typename A, typename B> constexpr auto min(A a, B b)
{
    return a < b ? a : b;
}
template <typename A, typename B> constexpr auto max(A a, B b)
{
    return a > b ? a : b;
}
}
#elif !defined(NOMINMAX)
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

/* Operators for C++ enumerations that are sets of flags. */
#ifdef __cplusplus
#define DEFINE_ENUM_FLAG_OPERATORS(E)      \
    inline constexpr E operator|(E a, E b) \
    {                                      \
        return E(int(a) | int(b));         \
    }                                      \
    inline E &operator|=(E &a, E b)        \
    {                                      \
        return a = a | b;                  \
    }                                      \
    inline constexpr E operator&(E a, E b) \
    {                                      \
        return E(int(a) & int(b));         \
    }                                      \
    inline E &operator&=(E &a, E b)        \
    {                                      \
        return a = a & b;                  \
    }                                      \
    inline constexpr E operator~(E a)      \
    {                                      \
        return E(~int(a));                 \
    }                                      \
    inline constexpr E operator^(E a, E b) \
    {                                      \
        return E(int(a) ^ int(b));         \
    }                                      \
    inline E &operator^=(E &a, E b)        \
    {                                      \
        return a = a ^ b;                  \
    }
#else
#define DEFINE_ENUM_FLAG_OPERATORS(E)
#endif

/* NTSTATUS: two bits of severity, then facility and code.
 *   NT_SUCCESS is true for success and information, so for STATUS_PENDING and STATUS_TIMEOUT; it is
 *   false for warnings such as STATUS_BUFFER_OVERFLOW.
 *   Source   using-ntstatus-values
 */
#define NT_SUCCESS(Status)           (((NTSTATUS)(Status)) >= 0)
#define NT_INFORMATION(Status)       ((((ULONG)(Status)) >> 30) == 1)
#define NT_WARNING(Status)           ((((ULONG)(Status)) >> 30) == 2)
#define NT_ERROR(Status)             ((((ULONG)(Status)) >> 30) == 3)
#define APPLICATION_ERROR_MASK       0x20000000
#define ERROR_SEVERITY_SUCCESS       0x00000000
#define ERROR_SEVERITY_INFORMATIONAL 0x40000000
#define ERROR_SEVERITY_WARNING       0x80000000
#define ERROR_SEVERITY_ERROR         0xC0000000

typedef union _LARGE_INTEGER {
    struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        ULONG LowPart;
        ULONG HighPart;
    };
    struct {
        ULONG LowPart;
        ULONG HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _LUID {
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *RESTRICTED_POINTER PRLIST_ENTRY;

/* Of a program whose pointers have that size. */
typedef struct LIST_ENTRY32 {
    ULONG Flink;
    ULONG Blink;
} LIST_ENTRY32, *PLIST_ENTRY32;
typedef struct LIST_ENTRY64 {
    ULONGLONG Flink;
    ULONGLONG Blink;
} LIST_ENTRY64, *PLIST_ENTRY64;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/* Counted strings. Length and MaximumLength are bytes; a terminator is not required and not
 * counted in Length.
 */
typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING, UTF8_STRING,
    *PUTF8_STRING, CANSI_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING, *PCOEM_STRING, *PCUTF8_STRING;

typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

/* String initialisers and declarations. The macros declare what their names say at the place where
 * they stand, at file scope or in a function.
 *   Source   ntdef.h, RTL_CONSTANT_STRING; wdm/DECLARE_CONST_UNICODE_STRING,
 *            DECLARE_UNICODE_STRING_SIZE
 */
#ifdef __cplusplus
extern "C++" {
template <typename Character>
constexpr Character *_RTL_CONSTANT_STRING_remove_const(const Character *s)
{
    return const_cast<Character *>(s);
}
}
#else
#define _RTL_CONSTANT_STRING_remove_const(s) (s)
#endif
#define RTL_CONSTANT_STRING(s)                                                      \
    {                                                                               \
        sizeof(s) - sizeof((s)[0]), sizeof(s), _RTL_CONSTANT_STRING_remove_const(s) \
    }
#define RTL_CONSTANT_LUID_INITIALIZER(id) \
    {                                     \
        (ULONG)(id), 0                    \
    }
#define DECLARE_CONST_UNICODE_STRING(_var, _string)                                \
    const WCHAR _var##_buffer[] = _string;                                         \
    const UNICODE_STRING _var = {sizeof(_string) - sizeof(WCHAR), sizeof(_string), \
                                 (PWCH)_var##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(_var, _str) \
    extern const DECLSPEC_SELECTANY UNICODE_STRING _var = RTL_CONSTANT_STRING(_str)
#define DECLARE_UNICODE_STRING_SIZE(_var, _size) \
    WCHAR _var##_buffer[_size];                  \
    UNICODE_STRING _var = {0, (_size) * sizeof(WCHAR), _var##_buffer}

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
typedef const OBJECT_ATTRIBUTES *PCOBJECT_ATTRIBUTES;

#define OBJ_INHERIT                       0x00000002
#define OBJ_PERMANENT                     0x00000010
#define OBJ_EXCLUSIVE                     0x00000020
#define OBJ_CASE_INSENSITIVE              0x00000040
#define OBJ_OPENIF                        0x00000080
#define OBJ_OPENLINK                      0x00000100
#define OBJ_KERNEL_HANDLE                 0x00000200
#define OBJ_FORCE_ACCESS_CHECK            0x00000400
#define OBJ_IGNORE_IMPERSONATED_DEVICEMAP 0x00000800
#define OBJ_DONT_REPARSE                  0x00001000
#define OBJ_VALID_ATTRIBUTES              0x00001FF2

/* InitializeObjectAttributes: fill all members.   IRQL any
 *   Source   wudfwdm/nf-wudfwdm-initializeobjectattributes
 */
#define InitializeObjectAttributes(p, n, a, r, s) \
    do {                                          \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);  \
        (p)->RootDirectory = (r);                 \
        (p)->ObjectName = (n);                    \
        (p)->Attributes = (a);                    \
        (p)->SecurityDescriptor = (s);            \
        (p)->SecurityQualityOfService = NULL;     \
    } while (0)
#define RTL_CONSTANT_OBJECT_ATTRIBUTES(n, a)                                   \
    {                                                                          \
        sizeof(OBJECT_ATTRIBUTES), NULL, (PUNICODE_STRING)(n), (a), NULL, NULL \
    }

typedef struct _PROCESSOR_NUMBER {
    USHORT Group;
    UCHAR Number;
    UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef struct _GROUP_AFFINITY {
    KAFFINITY Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _WAIT_TYPE { WaitAll, WaitAny, WaitNotification, WaitDequeue, WaitDpc } WAIT_TYPE;

typedef enum _NT_PRODUCT_TYPE {
    NtProductWinNt = 1,
    NtProductLanManNt,
    NtProductServer
} NT_PRODUCT_TYPE,
    *PNT_PRODUCT_TYPE;

typedef enum _SUITE_TYPE {
    SmallBusiness,
    Enterprise,
    BackOffice,
    CommunicationServer,
    TerminalServer,
    SmallBusinessRestricted,
    EmbeddedNT,
    DataCenter,
    SingleUserTS,
    Personal,
    Blade,
    EmbeddedRestricted,
    SecurityAppliance,
    StorageServer,
    ComputeServer,
    WHServer,
    PhoneNT,
    MultiUserTS,
    MaxSuiteType
} SUITE_TYPE;

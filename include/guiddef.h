/* guiddef.h - GUID, its comparison, and DEFINE_GUID.
 * DEFINE_GUID declares; in a file that includes initguid.h first it defines. The definition is
 * weak, so several files of one driver may define the same GUID.
 */
#pragma once

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    unsigned int Data1;
    unsigned short Data2;
    unsigned short Data3;
    unsigned char Data4[8];
} GUID;
#endif

#ifndef _LPGUID_DEFINED
#define _LPGUID_DEFINED
typedef GUID *LPGUID;
typedef GUID *PGUID;
typedef const GUID *LPCGUID;
typedef const GUID *PCGUID;
#endif

#ifndef __IID_DEFINED__
#define __IID_DEFINED__
typedef GUID IID, *LPIID;
typedef GUID CLSID, *LPCLSID;
typedef GUID FMTID, *LPFMTID;
#endif

#ifdef __cplusplus
#define REFGUID  const GUID &
#define REFIID   const IID &
#define REFCLSID const IID &
#else
#define REFGUID  const GUID *
#define REFIID   const IID *
#define REFCLSID const IID *
#endif

#ifndef EXTERN_C
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif
#endif

#undef DEFINE_GUID
#ifdef INITGUID
#ifdef __cplusplus
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    EXTERN_C const GUID __attribute__((weak)) name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    const GUID __attribute__((weak)) name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#endif
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif

#ifdef __cplusplus
/* IsEqualGUID: compare two GUIDs by value.   Returns nonzero if equal   IRQL any
 *   Source   guiddef.h, IsEqualGUID
 */
inline int IsEqualGUID(REFGUID guid1, REFGUID guid2)
{
    return __builtin_memcmp(&guid1, &guid2, sizeof(GUID)) == 0;
}
#define IsEqualGUIDAligned(guid1, guid2) IsEqualGUID(guid1, guid2)
#define IsEqualIID(iid1, iid2)           IsEqualGUID(iid1, iid2)
#define IsEqualCLSID(clsid1, clsid2)     IsEqualGUID(clsid1, clsid2)
inline bool operator==(REFGUID guid1, REFGUID guid2)
{
    return IsEqualGUID(guid1, guid2) != 0;
}
inline bool operator!=(REFGUID guid1, REFGUID guid2)
{
    return IsEqualGUID(guid1, guid2) == 0;
}
#else
/* IsEqualGUID: compare two GUIDs by value.   Returns nonzero if equal   IRQL any
 *   Source   guiddef.h, IsEqualGUID
 */
#define IsEqualGUID(guid1, guid2)        (__builtin_memcmp(guid1, guid2, sizeof(GUID)) == 0)
#define IsEqualGUIDAligned(guid1, guid2) IsEqualGUID(guid1, guid2)
#define IsEqualIID(iid1, iid2)           IsEqualGUID(iid1, iid2)
#define IsEqualCLSID(clsid1, clsid2)     IsEqualGUID(clsid1, clsid2)
#endif

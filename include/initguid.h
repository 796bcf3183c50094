/* initguid.h - from here on DEFINE_GUID and DEFINE_DEVPROPKEY define. Deliberately without an include guard: it takes
 * effect each time, whether guiddef.h was seen before or not.
 */
#ifndef INITGUID
#define INITGUID
#endif

#include "guiddef.h"

#undef DEFINE_GUID
#ifdef __cplusplus
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    EXTERN_C const GUID __attribute__((weak)) name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    const GUID __attribute__((weak)) name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#endif

#undef DEFINE_DEVPROPKEY
#ifdef __cplusplus
#define DEFINE_DEVPROPKEY(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8, pid) \
    EXTERN_C const DEVPROPKEY __attribute__((weak))                             \
    name = {{l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}, pid}
#else
#define DEFINE_DEVPROPKEY(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8, pid) \
    const DEVPROPKEY __attribute__((weak))                                      \
    name = {{l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}, pid}
#endif

#if defined(_WC_NTDDSER_GUIDS) && !defined(_WC_NTDDSER_DEFINED)
#define _WC_NTDDSER_DEFINED
_WC_NTDDSER_GUIDS
#endif

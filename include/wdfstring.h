/* wdfstring.h - strings as objects.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* WdfStringCreate: make a string object with a copy of a string, or an empty one.
 *   Returns  STATUS_INVALID_PARAMETER (malformed string); STATUS_INVALID_DEVICE_REQUEST (IRQL);
 *            STATUS_INTEGER_OVERFLOW (no room for the terminator)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfstring/nf-wdfstring-wdfstringcreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfStringCreate(PCUNICODE_STRING UnicodeString, PWDF_OBJECT_ATTRIBUTES StringAttributes,
                    WDFSTRING *String);

/* WdfStringGetUnicodeString: let the caller's structure point into the string object.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfstring/nf-wdfstring-wdfstringgetunicodestring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfStringGetUnicodeString(WDFSTRING String, PUNICODE_STRING UnicodeString);

WDF_EXTERN_C_END

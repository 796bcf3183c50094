/* wdfregistry.h - registry keys as objects.
 */
#pragma once

#include <wdfmemory.h>

WDF_EXTERN_C_START

#define WDF_REGKEY_DEVICE_SUBKEY 0
#define WDF_REGKEY_DRIVER_SUBKEY 0

/* WdfRegistryOpenKey: open a key below ParentKey, or by absolute path.
 *   Returns  STATUS_OBJECT_NAME_NOT_FOUND; STATUS_ACCESS_DENIED
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryopenkey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryOpenKey(WDFKEY ParentKey, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                       PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);

/* WdfRegistryCreateKey: open a key or make it.
 *   Returns  STATUS_ACCESS_DENIED and other registry failures
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistrycreatekey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryCreateKey(WDFKEY ParentKey, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                         ULONG CreateOptions, PULONG CreateDisposition,
                         PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);

/* WdfRegistryClose: close a key and delete its handle.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryclose
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfRegistryClose(WDFKEY Key);

/* WdfRegistryWdmGetHandle: native handle for the Zw functions.
 *   Returns  handle
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistrywdmgethandle
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI HANDLE WdfRegistryWdmGetHandle(WDFKEY Key);

/* WdfRegistryRemoveKey: remove a key; its handle is deleted on success.
 *   Returns  STATUS_ACCESS_DENIED and other registry failures
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryremovekey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfRegistryRemoveKey(WDFKEY Key);

/* WdfRegistryRemoveValue: remove a value.
 *   Returns  STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryremovevalue
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryRemoveValue(WDFKEY Key, PCUNICODE_STRING ValueName);

/* WdfRegistryQueryValue: read a value of any type.
 *   Returns  STATUS_BUFFER_OVERFLOW (too small; length and type are set);
 *            STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryqueryvalue
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryQueryValue(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueLength, PVOID Value,
                          PULONG ValueLengthQueried, PULONG ValueType);

/* WdfRegistryQueryMemory: read a value into a new memory object.
 *   Returns  STATUS_RESOURCE_DATA_NOT_FOUND (empty); STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryquerymemory
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryQueryMemory(WDFKEY Key, PCUNICODE_STRING ValueName, POOL_TYPE PoolType,
                           PWDF_OBJECT_ATTRIBUTES MemoryAttributes, WDFMEMORY *Memory,
                           PULONG ValueType);

/* WdfRegistryQueryMultiString: append a multi-string value to a collection of strings.
 *   Returns  STATUS_OBJECT_TYPE_MISMATCH; STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryquerymultistring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryQueryMultiString(WDFKEY Key, PCUNICODE_STRING ValueName,
                                PWDF_OBJECT_ATTRIBUTES StringsAttributes, WDFCOLLECTION Collection);

/* WdfRegistryQueryUnicodeString: read a string value into the caller's buffer.
 *   Returns  STATUS_BUFFER_OVERFLOW with *ValueByteLength; STATUS_OBJECT_TYPE_MISMATCH;
 *            STATUS_INVALID_PARAMETER
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryqueryunicodestring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryQueryUnicodeString(WDFKEY Key, PCUNICODE_STRING ValueName, PUSHORT ValueByteLength,
                                  PUNICODE_STRING Value);

/* WdfRegistryQueryString: read a string value into a string object.
 *   Returns  STATUS_OBJECT_TYPE_MISMATCH; STATUS_RESOURCE_DATA_NOT_FOUND (empty)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryquerystring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryQueryString(WDFKEY Key, PCUNICODE_STRING ValueName, WDFSTRING String);

/* WdfRegistryQueryULong: read a 32-bit value.
 *   Returns  STATUS_OBJECT_TYPE_MISMATCH; STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryqueryulong
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryQueryULong(WDFKEY Key, PCUNICODE_STRING ValueName, PULONG Value);

/* WdfRegistryAssignValue: write a value of any type.
 *   Returns  STATUS_SUCCESS or the registry's failure
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryassignvalue
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryAssignValue(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueType,
                           ULONG ValueLength, PVOID Value);

/* WdfRegistryAssignMemory: write a value from a memory object.
 *   Returns  STATUS_INVALID_PARAMETER (offsets)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryassignmemory
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryAssignMemory(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueType,
                            WDFMEMORY Memory, PWDFMEMORY_OFFSET MemoryOffsets);

/* WdfRegistryAssignMultiString: write a multi-string value from a collection of strings.
 *   Returns  STATUS_INVALID_PARAMETER (an item is not a string)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryassignmultistring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryAssignMultiString(WDFKEY Key, PCUNICODE_STRING ValueName,
                                 WDFCOLLECTION StringsCollection);

/* WdfRegistryAssignUnicodeString: write a string value.
 *   Returns  STATUS_SUCCESS or the registry's failure
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryassignunicodestring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryAssignUnicodeString(WDFKEY Key, PCUNICODE_STRING ValueName, PCUNICODE_STRING Value);

/* WdfRegistryAssignString: write a string value from a string object.
 *   Returns  STATUS_SUCCESS or the registry's failure
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryassignstring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryAssignString(WDFKEY Key, PCUNICODE_STRING ValueName, WDFSTRING String);

/* WdfRegistryAssignULong: write a 32-bit value.
 *   Returns  STATUS_SUCCESS or the registry's failure
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfregistry/nf-wdfregistry-wdfregistryassignulong
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRegistryAssignULong(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG Value);

WDF_EXTERN_C_END

/* fx_key_query.c - reading values of a WDFKEY. Each function copies the value out of the registry
 * first, so that type, size and data belong together whoever writes meanwhile; outputs come last.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/memory/fx_memory.h"
#include "wdf/object/data/fx_collection.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/data/fx_string.h"
#include "wdf/registry/fx_key.h"

static bool fx_key_is_text(const struct cm_data *data)
{
    return data->type == REG_SZ || data->type == REG_EXPAND_SZ;
}

/* The text of the data; a terminator at its end is not counted. */
static UNICODE_STRING fx_key_text(const struct cm_data *data)
{
    UNICODE_STRING text = {.Buffer = data->bytes};
    size_t units = data->size / sizeof(WCHAR);

    if (units != 0 && text.Buffer[units - 1] == 0) {
        units--;
    }
    text.Length = text.MaximumLength = (USHORT)(units * sizeof(WCHAR));
    return text;
}

NTSTATUS WdfRegistryQueryValue(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueLength,
                               PVOID Value, PULONG ValueLengthQueried, PULONG ValueType)
{
    struct cm_data data;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName) || (ValueLength != 0 && !fx_required(Value))) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_key_read(Key, ValueName, &data);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (ValueLengthQueried != NULL) {
        *ValueLengthQueried = data.size;
    }
    if (ValueType != NULL) {
        *ValueType = data.type;
    }
    if (data.size > ValueLength) {
        status = STATUS_BUFFER_OVERFLOW;
    } else if (data.size != 0) {
        RtlCopyMemory(Value, data.bytes, data.size);
    }
    cm_data_free(&data);
    return status;
}

NTSTATUS WdfRegistryQueryMemory(WDFKEY Key, PCUNICODE_STRING ValueName, POOL_TYPE PoolType,
                                PWDF_OBJECT_ATTRIBUTES MemoryAttributes, WDFMEMORY *Memory,
                                PULONG ValueType)
{
    struct fx_memory *memory = NULL;
    struct cm_data data;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName) || !fx_required(Memory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Memory = NULL;
    status = fx_key_read(Key, ValueName, &data);
    if (NT_SUCCESS(status) && data.size == 0) {
        status = STATUS_RESOURCE_DATA_NOT_FOUND;
    }
    if (NT_SUCCESS(status)) {
        status = fx_memory_create_from_pool(MemoryAttributes, ((ULONG)PoolType & 1u) != 0, 0,
                                            data.size, KE_CALLER(), &memory);
    }
    if (NT_SUCCESS(status)) {
        RtlCopyMemory(memory->buffer, data.bytes, data.size);
        *Memory = fx_memory_handle(memory);
        if (ValueType != NULL) {
            *ValueType = data.type;
        }
    }
    cm_data_free(&data);
    return status;
}

NTSTATUS WdfRegistryQueryULong(WDFKEY Key, PCUNICODE_STRING ValueName, PULONG Value)
{
    struct cm_data data;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName) || !fx_required(Value)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_key_read(Key, ValueName, &data);
    if (NT_SUCCESS(status) && (data.type != REG_DWORD || data.size != sizeof(ULONG))) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (NT_SUCCESS(status)) {
        RtlCopyMemory(Value, data.bytes, sizeof(ULONG));
    }
    cm_data_free(&data);
    return status;
}

/* Who gives no room is told the size by an overflow, before the type is looked at. */
static NTSTATUS fx_key_copy_text(const struct cm_data *data, PUSHORT length, PUNICODE_STRING value)
{
    size_t room = value != NULL ? value->MaximumLength : 0;
    bool fits = data->size <= room;

    if (fits && !fx_key_is_text(data)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (data->size > UINT16_MAX) {
        return STATUS_INVALID_BUFFER_SIZE; /* no counted string holds it */
    }
    if (length != NULL) {
        *length = (USHORT)data->size;
    }
    if (!fits) {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (value != NULL) {
        UNICODE_STRING text = fx_key_text(data);

        if (data->size != 0) {
            RtlCopyMemory(value->Buffer, data->bytes, data->size);
        }
        value->Length = text.Length;
    }
    return STATUS_SUCCESS;
}

NTSTATUS WdfRegistryQueryUnicodeString(WDFKEY Key, PCUNICODE_STRING ValueName,
                                       PUSHORT ValueByteLength, PUNICODE_STRING Value)
{
    struct cm_data data;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (fx_handle_get(Key, FX_TYPE_KEY) == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (Value != NULL && (Value->MaximumLength == 0 || Value->Buffer == NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_key_read(Key, ValueName, &data);
    if (NT_SUCCESS(status)) {
        status = fx_key_copy_text(&data, ValueByteLength, Value);
    }
    cm_data_free(&data);
    return status;
}

NTSTATUS WdfRegistryQueryString(WDFKEY Key, PCUNICODE_STRING ValueName, WDFSTRING String)
{
    struct fx_string *string = NULL;
    struct cm_data data;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    string = fx_handle_get(String, FX_TYPE_STRING);
    if (string == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    status = fx_key_read(Key, ValueName, &data);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (!fx_key_is_text(&data)) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    } else if (data.size == 0) {
        status = STATUS_RESOURCE_DATA_NOT_FOUND;
    } else if (data.size > UINT16_MAX) {
        status = STATUS_INVALID_BUFFER_SIZE;
    } else {
        UNICODE_STRING text = fx_key_text(&data);

        status = fx_string_assign(string, &text);
    }
    cm_data_free(&data);
    return status;
}

/* ---- several strings ---- */

static NTSTATUS fx_key_add_string(struct fx_collection *collection, const WCHAR *text,
                                  const WDF_OBJECT_ATTRIBUTES *attributes, const void *caller)
{
    UNICODE_STRING one = {0};
    struct fx_string *string = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    RtlInitUnicodeString(&one, text);
    status = fx_string_create(&one, attributes, caller, &string);
    if (NT_SUCCESS(status) && !fx_collection_add(collection, &string->object)) {
        fx_object_delete(&string->object, NULL);
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    return status;
}

/* All strings, or none: what was added goes again. */
static NTSTATUS fx_key_add_strings(struct fx_collection *collection, const struct cm_data *data,
                                   const WDF_OBJECT_ATTRIBUTES *attributes, const void *caller)
{
    const WCHAR *text = data->bytes;
    ULONG before = fx_collection_count(collection);
    NTSTATUS status = STATUS_SUCCESS;

    while (NT_SUCCESS(status) && *text != 0) {
        status = fx_key_add_string(collection, text, attributes, caller);
        while (*text++ != 0) {
        }
    }
    while (!NT_SUCCESS(status) && fx_collection_count(collection) > before) {
        struct fx_object *last =
            fx_collection_item(collection, fx_collection_count(collection) - 1);

        fx_object_delete(last, NULL);
        fx_collection_drop_last(collection);
    }
    return status;
}

/* Ends in two NULs: strings, or none. */
static NTSTATUS fx_key_check_strings(const struct cm_data *data)
{
    const WCHAR *text = data->bytes;
    size_t units = data->size / sizeof(WCHAR);

    if (data->type != REG_MULTI_SZ) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (data->size == 0) {
        return STATUS_RESOURCE_DATA_NOT_FOUND;
    }
    return data->size % sizeof(WCHAR) == 0 && units >= 2 && text[units - 1] == 0 &&
                   text[units - 2] == 0
               ? STATUS_SUCCESS
               : STATUS_OBJECT_TYPE_MISMATCH;
}

NTSTATUS WdfRegistryQueryMultiString(WDFKEY Key, PCUNICODE_STRING ValueName,
                                     PWDF_OBJECT_ATTRIBUTES StringsAttributes,
                                     WDFCOLLECTION Collection)
{
    struct fx_collection *collection = NULL;
    struct cm_data data;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    if (collection == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    status = fx_key_read(Key, ValueName, &data);
    if (NT_SUCCESS(status)) {
        status = fx_key_check_strings(&data);
    }
    if (NT_SUCCESS(status)) {
        status = fx_key_add_strings(collection, &data, StringsAttributes, KE_CALLER());
    }
    cm_data_free(&data);
    return status;
}

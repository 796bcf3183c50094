/* fx_key_assign.c - writing values of a WDFKEY. Text is written with its terminator. */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_text.h"
#include "wdf/memory/fx_memory.h"
#include "wdf/object/data/fx_collection.h"
#include "wdf/object/data/fx_string.h"
#include "wdf/object/fx_pool.h"
#include "wdf/registry/fx_key.h"

NTSTATUS WdfRegistryAssignValue(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueType,
                                ULONG ValueLength, PVOID Value)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName) || (ValueLength != 0 && !fx_required(Value))) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_key_write(Key, ValueName, ValueType, Value, ValueLength);
}

NTSTATUS WdfRegistryAssignULong(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG Value)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_key_write(Key, ValueName, REG_DWORD, &Value, sizeof(Value));
}

NTSTATUS WdfRegistryAssignMemory(WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueType,
                                 WDFMEMORY Memory, PWDFMEMORY_OFFSET MemoryOffsets)
{
    const struct fx_memory *memory = NULL;
    size_t offset = 0;
    size_t size = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    memory = fx_handle_get(Memory, FX_TYPE_MEMORY);
    if (memory == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    size = memory->size;
    if (MemoryOffsets != NULL) {
        offset = MemoryOffsets->BufferOffset;
        if (offset > memory->size) {
            return STATUS_INVALID_PARAMETER;
        }
        size =
            MemoryOffsets->BufferLength != 0 ? MemoryOffsets->BufferLength : memory->size - offset;
        if (size > memory->size - offset) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    return fx_key_write(Key, ValueName, ValueType, (const char *)memory->buffer + offset, size);
}

/* A copy that ends in a NUL, whatever lies behind the string. */
static NTSTATUS fx_key_write_text(WDFKEY key, PCUNICODE_STRING name, PCUNICODE_STRING text)
{
    size_t size = (size_t)text->Length + sizeof(WCHAR);
    char *copy = fx_allocate(size); /* zeroed */
    NTSTATUS status = STATUS_SUCCESS;

    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (text->Length != 0) {
        RtlCopyMemory(copy, text->Buffer, text->Length);
    }
    status = fx_key_write(key, name, REG_SZ, copy, size);
    fx_free(copy);
    return status;
}

NTSTATUS WdfRegistryAssignUnicodeString(WDFKEY Key, PCUNICODE_STRING ValueName,
                                        PCUNICODE_STRING Value)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName) || !fx_required(Value)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_text_check(Value);
    return NT_SUCCESS(status) ? fx_key_write_text(Key, ValueName, Value) : status;
}

NTSTATUS WdfRegistryAssignString(WDFKEY Key, PCUNICODE_STRING ValueName, WDFSTRING String)
{
    const struct fx_string *string = NULL;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    string = fx_handle_get(String, FX_TYPE_STRING);
    return string != NULL ? fx_key_write_text(Key, ValueName, &string->string)
                          : STATUS_INVALID_HANDLE;
}

/* The strings one behind the other, each with a NUL; one more ends them. No string: two NULs.
 * *size: in bytes. */
static WCHAR *fx_key_join(const struct fx_collection *strings, size_t *size)
{
    WCHAR *joined = NULL;
    WCHAR *at = NULL;

    *size = (fx_collection_count(strings) == 0 ? 2 : 1) * sizeof(WCHAR);
    for (ULONG i = 0; i < fx_collection_count(strings); i++) {
        const struct fx_string *string =
            (const struct fx_string *)(const void *)fx_collection_item(strings, i);

        *size += string->string.Length + sizeof(WCHAR);
    }
    joined = at = fx_allocate(*size); /* zeroed */
    for (ULONG i = 0; joined != NULL && i < fx_collection_count(strings); i++) {
        const struct fx_string *string =
            (const struct fx_string *)(const void *)fx_collection_item(strings, i);

        if (string->string.Length != 0) {
            RtlCopyMemory(at, string->string.Buffer, string->string.Length);
        }
        at += string->string.Length / sizeof(WCHAR) + 1;
    }
    return joined;
}

static bool fx_key_all_strings(const struct fx_collection *collection)
{
    for (ULONG i = 0; i < fx_collection_count(collection); i++) {
        if (fx_collection_item(collection, i)->type != &fx_string_type) {
            return false;
        }
    }
    return true;
}

NTSTATUS WdfRegistryAssignMultiString(WDFKEY Key, PCUNICODE_STRING ValueName,
                                      WDFCOLLECTION StringsCollection)
{
    const struct fx_collection *strings = NULL;
    WCHAR *joined = NULL;
    size_t size = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    strings = fx_handle_get(StringsCollection, FX_TYPE_COLLECTION);
    if (strings == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (!fx_key_all_strings(strings)) {
        return STATUS_INVALID_PARAMETER;
    }
    joined = fx_key_join(strings, &size);
    if (joined == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = fx_key_write(Key, ValueName, REG_MULTI_SZ, joined, size);
    fx_free(joined);
    return status;
}

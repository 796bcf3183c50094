/* rtl_registry_query.c - RtlQueryRegistryValues: a table of what to read and whom to give it to.
 * Normal path: for each entry the value, or each value of the key if the entry names none, is
 * copied out of the registry and either stored (DIRECT) or given to the driver's routine: strings
 * of a REG_MULTI_SZ one by one, REG_EXPAND_SZ expanded. A SUBKEY entry moves on to another key
 * below the one that was asked for. The first failure ends the walk.
 */
#include <stdlib.h>
#include <string.h>

#include "nt/cm/cm_open.h"
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/rtl/rtl_registry.h"
#include "nt/rtl/string/rtl_string.h"

struct rtl_query {
    const RTL_QUERY_REGISTRY_TABLE *entry;
    PVOID context;
    struct cm_key *top;     /* where the call started */
    struct cm_key *current; /* what entries look at: top or a subkey */
    const void *caller;
};

static bool rtl_query_is_text(ULONG type)
{
    return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

/* ---- REG_EXPAND_SZ ---- */

static size_t rtl_query_variable(const WCHAR *text, size_t length, const WCHAR **value)
{
    static const struct {
        UNICODE_STRING name;
        const WCHAR *value;
    } variables[] = {
        {RTL_CONSTANT_STRING(L"SystemRoot"), L"C:\\Windows"},
        {RTL_CONSTANT_STRING(L"windir"), L"C:\\Windows"},
        {RTL_CONSTANT_STRING(L"SystemDrive"), L"C:"},
    };
    size_t end = 1;

    while (end < length && text[end] != L'%') {
        end++;
    }
    for (size_t i = 0; end < length && i < sizeof(variables) / sizeof(variables[0]); i++) {
        UNICODE_STRING name = {(USHORT)((end - 1) * sizeof(WCHAR)), 0, (PWCH)(ULONG_PTR)(text + 1)};

        if (rtl_string_equal(&name, &variables[i].name, true)) {
            *value = variables[i].value;
            return end + 1;
        }
    }
    return 0;
}

/* A variable that is not known stays as it is written. */
static NTSTATUS rtl_query_expand(struct cm_data *data)
{
    const WCHAR *from = data->bytes;
    size_t length = data->size / sizeof(WCHAR);
    /* No value is longer than five times its name with both signs. */
    WCHAR *expanded = calloc(length * 5 + 2, sizeof(WCHAR));
    size_t used = 0;

    if (expanded == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (size_t i = 0; i < length;) {
        const WCHAR *value = NULL;
        size_t taken = from[i] == L'%' ? rtl_query_variable(&from[i], length - i, &value) : 0;

        if (taken == 0) {
            expanded[used++] = from[i++];
            continue;
        }
        i += taken;
        while (*value != 0) {
            expanded[used++] = *value++;
        }
    }
    free(data->bytes);
    *data = (struct cm_data){REG_SZ, (ULONG)(used * sizeof(WCHAR)), expanded};
    return STATUS_SUCCESS;
}

/* ---- giving a value to whom it is for ---- */

static NTSTATUS rtl_query_store_text(const struct rtl_query *query, const struct cm_data *data)
{
    PUNICODE_STRING to = query->entry->EntryContext;
    ULONG size = data->size;

    if (size > UNICODE_STRING_MAX_BYTES) {
        return STATUS_INVALID_PARAMETER;
    }
    if (to->Buffer == NULL) {
        to->Buffer = ex_pool_allocate(size + sizeof(WCHAR), 'gRtR', true, true, query->caller);
        if (to->Buffer == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        to->MaximumLength = (USHORT)max(size, (ULONG)sizeof(WCHAR));
    } else if (to->MaximumLength < size) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(to->Buffer, data->bytes, size);
    to->Length = (USHORT)size;
    if (size >= sizeof(WCHAR) && to->Buffer[size / sizeof(WCHAR) - 1] == 0) {
        to->Length = (USHORT)(size - sizeof(WCHAR)); /* the terminator is not counted */
    }
    return STATUS_SUCCESS;
}

/* Up to a ULONG: as it is. Longer: the first LONG of the caller's buffer says how large it is; if
 * negative the data alone are wanted, else length and type before them. */
static NTSTATUS rtl_query_store_bytes(const struct rtl_query *query, const struct cm_data *data)
{
    char *to = query->entry->EntryContext;
    LONG room = 0;
    ULONG head[2] = {data->size, data->type};

    if (data->size <= sizeof(ULONG)) {
        memcpy(to, data->bytes, data->size);
        return STATUS_SUCCESS;
    }
    memcpy(&room, to, sizeof(room));
    if (room < 0) {
        if ((ULONG64) - (LONG64)room < data->size) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        memcpy(to, data->bytes, data->size);
        return STATUS_SUCCESS;
    }
    if ((ULONG)room < data->size + sizeof(head)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(to, head, sizeof(head));
    memcpy(to + sizeof(head), data->bytes, data->size);
    return STATUS_SUCCESS;
}

static NTSTATUS rtl_query_store(const struct rtl_query *query, const struct cm_data *data)
{
    const RTL_QUERY_REGISTRY_TABLE *entry = query->entry;
    ULONG wanted = entry->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;

    if ((entry->Flags & RTL_QUERY_REGISTRY_TYPECHECK) != 0 && wanted != data->type) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (rtl_query_is_text(data->type) && (entry->Flags & RTL_QUERY_REGISTRY_NOSTRING) == 0) {
        return rtl_query_store_text(query, data);
    }
    return rtl_query_store_bytes(query, data);
}

/* The driver's routine; data NULL: it asked to be called without a value. */
static NTSTATUS rtl_query_tell(const struct rtl_query *query, PWSTR name,
                               const struct cm_data *data)
{
    struct ke_callback frame;
    NTSTATUS status = STATUS_SUCCESS;
    PRTL_QUERY_REGISTRY_ROUTINE routine = query->entry->QueryRoutine;

    if ((query->entry->Flags & RTL_QUERY_REGISTRY_DIRECT) != 0) {
        return data != NULL ? rtl_query_store(query, data) : STATUS_INVALID_PARAMETER;
    }
    if (routine == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    ke_call_enter(&frame, "QueryRoutine", (const void *)(ULONG_PTR)routine, NULL);
    status = routine(name, data != NULL ? data->type : REG_NONE, data != NULL ? data->bytes : NULL,
                     data != NULL ? data->size : 0, query->context, query->entry->EntryContext);
    ke_call_leave(&frame);
    return status;
}

/* Each string of a REG_MULTI_SZ is a call of its own. */
static NTSTATUS rtl_query_tell_strings(const struct rtl_query *query, PWSTR name,
                                       const struct cm_data *data)
{
    WCHAR *at = data->bytes;
    const WCHAR *end = at + data->size / sizeof(WCHAR);
    NTSTATUS status = STATUS_SUCCESS;

    while (NT_SUCCESS(status) && at < end && *at != 0) {
        size_t length = rtl_wide_length(at) + 1;
        struct cm_data one = {REG_SZ, (ULONG)(length * sizeof(WCHAR)), at};

        status = rtl_query_tell(query, name, &one);
        at += length;
    }
    return status;
}

static NTSTATUS rtl_query_give(const struct rtl_query *query, PWSTR name, struct cm_data *data)
{
    ULONG flags = query->entry->Flags;
    NTSTATUS status = STATUS_SUCCESS;

    if ((flags & RTL_QUERY_REGISTRY_NOEXPAND) != 0) {
        return rtl_query_tell(query, name, data);
    }
    if (data->type == REG_MULTI_SZ && (flags & RTL_QUERY_REGISTRY_DIRECT) == 0) {
        return rtl_query_tell_strings(query, name, data);
    }
    if (data->type == REG_EXPAND_SZ) {
        status = rtl_query_expand(data);
    }
    return NT_SUCCESS(status) ? rtl_query_tell(query, name, data) : status;
}

/* ---- the walk ---- */

/* The value is missing: the entry's default, if it has one. */
static NTSTATUS rtl_query_default(const struct rtl_query *query)
{
    const RTL_QUERY_REGISTRY_TABLE *entry = query->entry;
    ULONG type = entry->DefaultType & 0xff;
    ULONG size = entry->DefaultLength;
    struct cm_data data = {0};
    NTSTATUS status = STATUS_SUCCESS;

    if ((entry->Flags & RTL_QUERY_REGISTRY_REQUIRED) != 0) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (type == REG_NONE) {
        return STATUS_SUCCESS;
    }
    if (size == 0 && rtl_query_is_text(type) && entry->DefaultData != NULL) {
        const WCHAR *text = entry->DefaultData;
        size_t units = rtl_wide_length(text) + 1;

        while (type == REG_MULTI_SZ && text[units] != 0) {
            units += rtl_wide_length(&text[units]) + 1;
        }
        size = (ULONG)((units + (type == REG_MULTI_SZ)) * sizeof(WCHAR));
    }
    data = (struct cm_data){type, size, calloc(1, size + 2 * sizeof(WCHAR))};
    if (data.bytes == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (entry->DefaultData != NULL) {
        memcpy(data.bytes, entry->DefaultData, size);
    }
    status = rtl_query_give(query, entry->Name, &data);
    cm_data_free(&data);
    return status;
}

static NTSTATUS rtl_query_value(const struct rtl_query *query, PWSTR text)
{
    UNICODE_STRING name = {0};
    struct cm_data data = {0};
    NTSTATUS status = STATUS_SUCCESS;

    rtl_string_init(&name, text);
    status = cm_value_get(query->current, &name, &data);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
        return rtl_query_default(query);
    }
    if (NT_SUCCESS(status)) {
        status = rtl_query_give(query, text, &data);
        cm_data_free(&data);
    }
    if (NT_SUCCESS(status) && (query->entry->Flags & RTL_QUERY_REGISTRY_DELETE) != 0) {
        status = cm_value_delete(query->current, &name);
    }
    return status;
}

/* The name of the value at index, terminated; NULL: there is none (or no memory). */
static PWSTR rtl_query_name_at(struct cm_key *key, ULONG index)
{
    const struct cm_value *value = NULL;
    PWSTR name = NULL;

    cm_lock();
    value = cm_value_at(key, index);
    if (value != NULL) {
        name = calloc(1, value->name.Length + sizeof(WCHAR));
    }
    if (name != NULL) {
        memcpy(name, value->name.Buffer, value->name.Length);
    }
    cm_unlock();
    return name;
}

static NTSTATUS rtl_query_all_values(const struct rtl_query *query)
{
    bool removes = (query->entry->Flags & RTL_QUERY_REGISTRY_DELETE) != 0;
    ULONG told = 0;
    NTSTATUS status = STATUS_SUCCESS;
    PWSTR name = NULL;

    while (NT_SUCCESS(status) &&
           (name = rtl_query_name_at(query->current, removes ? 0 : told)) != NULL) {
        status = rtl_query_value(query, name);
        free(name);
        told++;
    }
    if (told == 0 && (query->entry->Flags & RTL_QUERY_REGISTRY_REQUIRED) != 0) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return status;
}

static void rtl_query_move(struct rtl_query *query, struct cm_key *key)
{
    if (query->current != query->top) {
        cm_key_deref(query->current);
    }
    query->current = key;
}

/* A key below the first one; with a routine all its values are told. */
static NTSTATUS rtl_query_subkey(struct rtl_query *query)
{
    UNICODE_STRING name = {0};
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (query->entry->Name == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    rtl_string_init(&name, query->entry->Name);
    status = cm_key_open(query->top, &name, &key);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    rtl_query_move(query, key);
    return query->entry->QueryRoutine != NULL ? rtl_query_all_values(query) : STATUS_SUCCESS;
}

static NTSTATUS rtl_query_entry(struct rtl_query *query)
{
    const RTL_QUERY_REGISTRY_TABLE *entry = query->entry;
    ULONG flags = entry->Flags;
    bool direct = (flags & RTL_QUERY_REGISTRY_DIRECT) != 0;

    if (direct && (entry->Name == NULL || entry->QueryRoutine != NULL ||
                   (flags & RTL_QUERY_REGISTRY_SUBKEY) != 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((flags & (RTL_QUERY_REGISTRY_TOPKEY | RTL_QUERY_REGISTRY_SUBKEY)) != 0) {
        rtl_query_move(query, query->top);
    }
    if ((flags & RTL_QUERY_REGISTRY_SUBKEY) != 0) {
        return rtl_query_subkey(query);
    }
    if (entry->Name != NULL) {
        return direct || entry->QueryRoutine != NULL ? rtl_query_value(query, entry->Name)
                                                     : STATUS_SUCCESS;
    }
    if ((flags & RTL_QUERY_REGISTRY_NOVALUE) != 0) {
        return rtl_query_tell(query, NULL, NULL);
    }
    return entry->QueryRoutine != NULL ? rtl_query_all_values(query) : STATUS_SUCCESS;
}

static NTSTATUS rtl_query_table(ULONG relative_to, PCWSTR path, PRTL_QUERY_REGISTRY_TABLE table,
                                PVOID context, const void *caller)
{
    struct rtl_query query = {.entry = table, .context = context, .caller = caller};
    NTSTATUS status = rtl_registry_key(relative_to, path, false, &query.top);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    query.current = query.top;
    while (NT_SUCCESS(status) &&
           (query.entry->QueryRoutine != NULL || query.entry->Name != NULL ||
            (query.entry->Flags & (RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DIRECT)) != 0)) {
        status = rtl_query_entry(&query);
        query.entry++;
    }
    rtl_query_move(&query, query.top);
    cm_key_deref(query.top);
    return status;
}

NTSTATUS RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path, PRTL_QUERY_REGISTRY_TABLE QueryTable,
                                PVOID Context, PVOID Environment)
{
    UNREFERENCED_PARAMETER(Environment); /* the system's variables */
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return rtl_query_table(RelativeTo, Path, QueryTable, Context, KE_CALLER());
}

NTSTATUS RtlQueryRegistryValuesEx(ULONG RelativeTo, PCWSTR Path,
                                  PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
                                  PVOID Environment)
{
    UNREFERENCED_PARAMETER(Environment);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return rtl_query_table(RelativeTo, Path, QueryTable, Context, KE_CALLER());
}

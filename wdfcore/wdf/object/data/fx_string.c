#include "wdf/object/data/fx_string.h"

#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/fx_pool.h"
#include "wdf/frame/fx_report.h"

static void string_destroy(struct fx_object *object)
{
    fx_free(fx_object_body(object, struct fx_string)->string.Buffer);
}

static void string_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_string *string = (const struct fx_string *)object;

    snprintf(text, size, "%u characters", string->string.Length / (unsigned)sizeof(WCHAR));
}

const struct fx_type fx_string_type = {
    .number = FX_TYPE_STRING,
    .size = sizeof(struct fx_string),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .destroy = string_destroy,
    .describe = string_describe,
};

NTSTATUS fx_string_check(const UNICODE_STRING *source)
{
    if (source != NULL &&
        (source->Length % sizeof(WCHAR) != 0 || source->MaximumLength % sizeof(WCHAR) != 0 ||
         source->Length > source->MaximumLength ||
         (source->MaximumLength > 0 && source->Buffer == NULL))) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_string_assign(struct fx_string *string, const UNICODE_STRING *source)
{
    UNICODE_STRING copy = {0};

    if (source != NULL) {
        size_t size = (size_t)source->Length + sizeof(WCHAR);

        if (size > UINT16_MAX) {
            return STATUS_INTEGER_OVERFLOW;
        }
        copy.Buffer = fx_allocate(size); /* zeroed: terminated */
        if (copy.Buffer == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        if (source->Length != 0) {
            RtlCopyMemory(copy.Buffer, source->Buffer, source->Length);
        }
        copy.Length = source->Length;
        copy.MaximumLength = (USHORT)size;
    }
    fx_free(string->string.Buffer);
    string->string = copy;
    return STATUS_SUCCESS;
}

NTSTATUS fx_string_create(const UNICODE_STRING *source, const WDF_OBJECT_ATTRIBUTES *attributes,
                          const void *caller, struct fx_string **string)
{
    struct fx_make make;
    NTSTATUS status = fx_make(&fx_string_type, 0, attributes, caller, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_string_check(source);
    if (NT_SUCCESS(status)) {
        status = fx_string_assign(fx_object_body(make.object, struct fx_string), source);
    }
    if (!NT_SUCCESS(status)) {
        fx_make_discard(&make);
        return status;
    }
    status = fx_make_try_publish(&make);
    if (!NT_SUCCESS(status)) {
        fx_string_assign(fx_object_body(make.object, struct fx_string), NULL);
        fx_make_discard(&make);
        return status;
    }
    *string = fx_object_body(make.object, struct fx_string);
    return STATUS_SUCCESS;
}

NTSTATUS WdfStringCreate(PCUNICODE_STRING UnicodeString, PWDF_OBJECT_ATTRIBUTES StringAttributes,
                         WDFSTRING *String)
{
    struct fx_string *string = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (String == NULL) {
        return fx_parameter_null("String", KE_CALLER());
    }
    *String = NULL;
    status = fx_string_create(UnicodeString, StringAttributes, KE_CALLER(), &string);
    if (NT_SUCCESS(status)) {
        *String = fx_handle_of(&string->object);
    }
    return status;
}

VOID WdfStringGetUnicodeString(WDFSTRING String, PUNICODE_STRING UnicodeString)
{
    const struct fx_string *string;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    if (UnicodeString == NULL) {
        fx_parameter_null("UnicodeString", KE_CALLER());
        return;
    }
    string = fx_handle_get(String, FX_TYPE_STRING);
    if (string != NULL) {
        *UnicodeString = string->string;
    }
}

/* fx_text.c - counted strings that the framework keeps. */
#include "wdf/frame/fx_text.h"

#include <stdint.h>
#include <string.h>

#include "wdf/object/fx_pool.h"

NTSTATUS fx_text_check(PCUNICODE_STRING text)
{
    if (text->Length % sizeof(WCHAR) != 0 || text->MaximumLength % sizeof(WCHAR) != 0 ||
        text->Length > text->MaximumLength || (text->Buffer == NULL && text->MaximumLength > 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_text_copy(PCUNICODE_STRING text, UNICODE_STRING *copy)
{
    NTSTATUS status = fx_text_check(text);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (text->Length > UINT16_MAX - sizeof(WCHAR)) {
        return STATUS_INVALID_PARAMETER;
    }
    WCHAR *buffer = fx_allocate((size_t)text->Length + sizeof(WCHAR));

    if (buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (text->Length > 0) {
        memcpy(buffer, text->Buffer, text->Length);
    }
    copy->Buffer = buffer;
    copy->Length = text->Length;
    copy->MaximumLength = (USHORT)(text->Length + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

void fx_text_free(UNICODE_STRING *copy)
{
    fx_free(copy->Buffer);
    memset(copy, 0, sizeof(*copy));
}

bool fx_text_equal(PCUNICODE_STRING left, PCUNICODE_STRING right)
{
    USHORT left_length = left != NULL ? left->Length : 0;
    USHORT right_length = right != NULL ? right->Length : 0;

    return left_length == right_length &&
           (left_length == 0 || memcmp(left->Buffer, right->Buffer, left_length) == 0);
}

void fx_text_narrow(PCUNICODE_STRING text, char *narrow, size_t size)
{
    size_t length = text->Length / sizeof(WCHAR);

    if (length > size - 1) {
        length = size - 1;
    }
    for (size_t i = 0; i < length; i++) {
        WCHAR c = text->Buffer[i];

        narrow[i] = c >= L' ' && c < 0x7f ? (char)c : '?';
    }
    narrow[length] = '\0';
}

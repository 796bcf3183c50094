/* se_sid.c - security identifiers: an authority of 48 bits and up to 15 numbers. */
#include <string.h>

#include <ntifs.h>
#include <ntstrsafe.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/se/se_sid.h"

#define SE_SID_TEXT 192 /* characters of the longest one, and more */

ULONG se_sid_length(ULONG subauthorities)
{
    return FIELD_OFFSET(SID, SubAuthority) + subauthorities * sizeof(ULONG);
}

BOOLEAN se_sid_is_valid(const SID *sid)
{
    return sid != NULL && (sid->Revision & 0xF) == SID_REVISION &&
           sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

BOOLEAN se_sid_equal(const SID *left, const SID *right)
{
    return left->Revision == right->Revision &&
           left->SubAuthorityCount == right->SubAuthorityCount &&
           memcmp(left, right, se_sid_length(left->SubAuthorityCount)) == 0;
}

ULONG RtlLengthRequiredSid(ULONG SubAuthorityCount)
{
    return API_QUIET(HIGH_LEVEL) ? se_sid_length(SubAuthorityCount) : 0;
}

NTSTATUS RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                          UCHAR SubAuthorityCount)
{
    PISID sid = Sid;

    if (!API(APC_LEVEL) || SubAuthorityCount > SID_MAX_SUB_AUTHORITIES) {
        return STATUS_INVALID_PARAMETER;
    }
    sid->Revision = SID_REVISION;
    sid->SubAuthorityCount = SubAuthorityCount;
    sid->IdentifierAuthority = *IdentifierAuthority;
    return STATUS_SUCCESS;
}

PSID_IDENTIFIER_AUTHORITY RtlIdentifierAuthoritySid(PSID Sid)
{
    return API_QUIET(HIGH_LEVEL) ? &((PISID)Sid)->IdentifierAuthority : NULL;
}

PULONG RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority)
{
    return API_QUIET(HIGH_LEVEL) ? &((PISID)Sid)->SubAuthority[SubAuthority] : NULL;
}

PUCHAR RtlSubAuthorityCountSid(PSID Sid)
{
    return API_QUIET(HIGH_LEVEL) ? &((PISID)Sid)->SubAuthorityCount : NULL;
}

ULONG RtlLengthSid(PSID Sid)
{
    return API_QUIET(HIGH_LEVEL) ? se_sid_length(((PISID)Sid)->SubAuthorityCount) : 0;
}

BOOLEAN RtlValidSid(PSID Sid)
{
    return API_QUIET(HIGH_LEVEL) && se_sid_is_valid(Sid);
}

BOOLEAN RtlEqualSid(PSID Sid1, PSID Sid2)
{
    return API_QUIET(HIGH_LEVEL) && se_sid_equal(Sid1, Sid2);
}

BOOLEAN RtlEqualPrefixSid(PSID Sid1, PSID Sid2)
{
    const SID *left = Sid1;
    const SID *right = Sid2;
    UCHAR count = left->SubAuthorityCount;

    return API_QUIET(HIGH_LEVEL) && left->Revision == right->Revision &&
           count == right->SubAuthorityCount &&
           memcmp(left, right, se_sid_length(count != 0 ? count - 1u : 0)) == 0;
}

NTSTATUS RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid)
{
    ULONG length;

    if (!API(APC_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    length = se_sid_length(((PISID)SourceSid)->SubAuthorityCount);
    if (length > DestinationSidLength) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memmove(DestinationSid, SourceSid, length);
    return STATUS_SUCCESS;
}

NTSTATUS RtlAllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                     UCHAR SubAuthorityCount, ULONG SubAuthority0,
                                     ULONG SubAuthority1, ULONG SubAuthority2, ULONG SubAuthority3,
                                     ULONG SubAuthority4, ULONG SubAuthority5, ULONG SubAuthority6,
                                     ULONG SubAuthority7, PSID *Sid)
{
    const ULONG numbers[] = {SubAuthority0, SubAuthority1, SubAuthority2, SubAuthority3,
                             SubAuthority4, SubAuthority5, SubAuthority6, SubAuthority7};
    PISID sid;

    if (!API(APC_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (SubAuthorityCount > RTL_NUMBER_OF(numbers)) {
        return STATUS_INVALID_SID;
    }
    sid = ex_pool_allocate(se_sid_length(SubAuthorityCount), 'diSR', true, false, NULL);
    if (sid == NULL) {
        return STATUS_NO_MEMORY;
    }
    sid->Revision = SID_REVISION;
    sid->SubAuthorityCount = SubAuthorityCount;
    sid->IdentifierAuthority = *IdentifierAuthority;
    memcpy(sid->SubAuthority, numbers, SubAuthorityCount * sizeof(ULONG));
    *Sid = sid;
    return STATUS_SUCCESS;
}

PVOID RtlFreeSid(PSID Sid)
{
    if (!API(APC_LEVEL)) {
        return Sid;
    }
    ExFreePool(Sid);
    return NULL;
}

/* ---- as text ---- */

static NTSTATUS sid_print(const SID *sid, UNICODE_STRING *text)
{
    const UCHAR *authority = sid->IdentifierAuthority.Value;
    ULONG low = (ULONG)authority[2] << 24 | (ULONG)authority[3] << 16 | (ULONG)authority[4] << 8 |
                authority[5];
    NTSTATUS status;

    /* From 2 to the 32 on the authority is written with all its digits. */
    status = authority[0] == 0 && authority[1] == 0
                 ? RtlUnicodeStringPrintf(text, L"S-%u-%u", sid->Revision, low)
                 : RtlUnicodeStringPrintf(text, L"S-%u-0x%02x%02x%08x", sid->Revision, authority[0],
                                          authority[1], low);
    for (ULONG i = 0; i < sid->SubAuthorityCount && NT_SUCCESS(status); i++) {
        UNICODE_STRING rest = {.Buffer = text->Buffer + text->Length / sizeof(WCHAR),
                               .MaximumLength = (USHORT)(text->MaximumLength - text->Length)};

        status = RtlUnicodeStringPrintf(&rest, L"-%u", sid->SubAuthority[i]);
        text->Length = (USHORT)(text->Length + rest.Length);
    }
    return status;
}

NTSTATUS RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid,
                                      BOOLEAN AllocateDestinationString)
{
    WCHAR buffer[SE_SID_TEXT];
    UNICODE_STRING text = {.Buffer = buffer, .MaximumLength = sizeof(buffer)};
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (!se_sid_is_valid(Sid)) {
        return STATUS_INVALID_SID;
    }
    status = sid_print(Sid, &text);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (AllocateDestinationString) {
        UnicodeString->MaximumLength = (USHORT)(text.Length + sizeof(WCHAR));
        UnicodeString->Buffer =
            ex_pool_allocate(UnicodeString->MaximumLength, 'diSR', true, true, NULL);
        if (UnicodeString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (UnicodeString->MaximumLength < text.Length) {
        return STATUS_BUFFER_OVERFLOW;
    }
    memcpy(UnicodeString->Buffer, buffer, text.Length);
    UnicodeString->Length = text.Length;
    if (text.Length + sizeof(WCHAR) <= UnicodeString->MaximumLength) {
        UnicodeString->Buffer[text.Length / sizeof(WCHAR)] = 0;
    }
    return STATUS_SUCCESS;
}

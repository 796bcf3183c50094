/* se_acl.c - access control lists: a header and entries one behind the other, each with its own size. */
#include <string.h>

#include <ntifs.h>

#include "nt/ke/ke_api.h"
#include "nt/se/se_sid.h"

static BOOLEAN acl_revision_is_known(ULONG revision)
{
    return revision >= MIN_ACL_REVISION && revision <= MAX_ACL_REVISION;
}

/* The first byte that no entry uses; NULL: an entry leaves the list. */
static PUCHAR acl_end(const ACL *acl)
{
    PUCHAR limit = (PUCHAR)acl + acl->AclSize;
    PUCHAR at = (PUCHAR)(acl + 1);

    for (USHORT i = 0; i < acl->AceCount; i++) {
        const ACE_HEADER *ace = (const ACE_HEADER *)at;

        if (limit - at < (ptrdiff_t)sizeof(*ace) || ace->AceSize < sizeof(*ace) ||
            ace->AceSize > limit - at) {
            return NULL;
        }
        at += ace->AceSize;
    }
    return at;
}

/* An entry of one of the types with a mask and a SID has room for them. */
static BOOLEAN ace_is_valid(const ACE_HEADER *ace)
{
    const ACCESS_ALLOWED_ACE *known = (const ACCESS_ALLOWED_ACE *)ace;
    const SID *sid = (const SID *)&known->SidStart;

    if (ace->AceSize % sizeof(ULONG) != 0) {
        return FALSE;
    }
    if (ace->AceType > SYSTEM_ALARM_ACE_TYPE) {
        return TRUE;
    }
    return ace->AceSize >= FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + se_sid_length(0) &&
           se_sid_is_valid(sid) &&
           ace->AceSize >=
               FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + se_sid_length(sid->SubAuthorityCount);
}

BOOLEAN se_acl_is_valid(const ACL *acl)
{
    PACE_HEADER ace = se_acl_first(acl);

    if (!acl_revision_is_known(acl->AclRevision) || acl->AclSize < sizeof(*acl) ||
        acl->AclSize % sizeof(ULONG) != 0 || acl_end(acl) == NULL) {
        return FALSE;
    }
    for (USHORT i = 0; i < acl->AceCount; i++, ace = se_acl_next(ace)) {
        if (!ace_is_valid(ace)) {
            return FALSE;
        }
    }
    return TRUE;
}

NTSTATUS RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision)
{
    if (!API(APC_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (AclLength < sizeof(*Acl)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (!acl_revision_is_known(AclRevision) || AclLength > MAXUSHORT) {
        return STATUS_INVALID_PARAMETER;
    }
    *Acl = (ACL){.AclRevision = (UCHAR)AclRevision,
                 .AclSize = (USHORT)(AclLength & ~(ULONG)(sizeof(ULONG) - 1))};
    return STATUS_SUCCESS;
}

BOOLEAN RtlValidAcl(PACL Acl)
{
    return API_QUIET(APC_LEVEL) && se_acl_is_valid(Acl);
}

/* The entries go before that one; MAXULONG: to the end. */
static NTSTATUS acl_insert(PACL acl, ULONG revision, ULONG index, const void *entries, ULONG length,
                           USHORT count)
{
    PUCHAR end = acl_end(acl);
    PUCHAR at = (PUCHAR)(acl + 1);

    if (end == NULL) {
        return STATUS_INVALID_ACL;
    }
    if (length > (ULONG)((PUCHAR)acl + acl->AclSize - end)) {
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    }
    for (USHORT i = 0; i < acl->AceCount && i < index; i++) {
        at = (PUCHAR)se_acl_next((PACE_HEADER)at);
    }
    memmove(at + length, at, (size_t)(end - at));
    memcpy(at, entries, length);
    acl->AceCount = (USHORT)(acl->AceCount + count);
    acl->AclRevision = (UCHAR)max(acl->AclRevision, revision);
    return STATUS_SUCCESS;
}

static NTSTATUS acl_add_known(PACL acl, ULONG revision, UCHAR type, ULONG flags, ACCESS_MASK mask,
                              PSID sid)
{
    union {
        ACCESS_ALLOWED_ACE ace;
        UCHAR bytes[FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + SECURITY_MAX_SID_SIZE];
    } entry;
    ULONG length;

    if (!se_sid_is_valid(sid)) {
        return STATUS_INVALID_SID;
    }
    if (!acl_revision_is_known(acl->AclRevision) || !acl_revision_is_known(revision)) {
        return STATUS_REVISION_MISMATCH;
    }
    if ((flags & ~(ULONG)VALID_INHERIT_FLAGS) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    length = se_sid_length(((PISID)sid)->SubAuthorityCount);
    memcpy(&entry.ace.SidStart, sid, length);
    length += FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart);
    entry.ace.Header.AceType = type;
    entry.ace.Header.AceFlags = (UCHAR)flags;
    entry.ace.Header.AceSize = (USHORT)length;
    entry.ace.Mask = mask;
    return acl_insert(acl, revision, MAXULONG, &entry, length, 1);
}

NTSTATUS RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return API(APC_LEVEL)
               ? acl_add_known(Acl, AceRevision, ACCESS_ALLOWED_ACE_TYPE, 0, AccessMask, Sid)
               : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                  ACCESS_MASK AccessMask, PSID Sid)
{
    return API(APC_LEVEL)
               ? acl_add_known(Acl, AceRevision, ACCESS_ALLOWED_ACE_TYPE, AceFlags, AccessMask, Sid)
               : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlAddAccessDeniedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return API(APC_LEVEL)
               ? acl_add_known(Acl, AceRevision, ACCESS_DENIED_ACE_TYPE, 0, AccessMask, Sid)
               : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList,
                   ULONG AceListLength)
{
    const UCHAR *at = AceList;
    const UCHAR *end = at + AceListLength;
    USHORT count = 0;

    if (!API(APC_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (!se_acl_is_valid(Acl)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (AceRevision > Acl->AclRevision && !acl_revision_is_known(AceRevision)) {
        return STATUS_REVISION_MISMATCH;
    }
    for (; at < end; count++) {
        const ACE_HEADER *ace = (const ACE_HEADER *)at;

        if (end - at < (ptrdiff_t)sizeof(*ace) || ace->AceSize < sizeof(*ace) ||
            ace->AceSize > end - at) {
            return STATUS_INVALID_PARAMETER;
        }
        at += ace->AceSize;
    }
    return acl_insert(Acl, AceRevision, StartingAceIndex, AceList, AceListLength, count);
}

static PACE_HEADER acl_entry(const ACL *acl, ULONG index)
{
    PACE_HEADER ace = se_acl_first(acl);

    if (index >= acl->AceCount || acl_end(acl) == NULL) {
        return NULL;
    }
    while (index-- > 0) {
        ace = se_acl_next(ace);
    }
    return ace;
}

NTSTATUS RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace)
{
    PACE_HEADER ace;

    if (!API(APC_LEVEL) || !acl_revision_is_known(Acl->AclRevision)) {
        return STATUS_INVALID_PARAMETER;
    }
    ace = acl_entry(Acl, AceIndex);
    if (ace == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    *Ace = ace;
    return STATUS_SUCCESS;
}

NTSTATUS RtlDeleteAce(PACL Acl, ULONG AceIndex)
{
    PACE_HEADER ace;
    PUCHAR end;
    USHORT size;

    if (!API(APC_LEVEL) || !se_acl_is_valid(Acl)) {
        return STATUS_INVALID_PARAMETER;
    }
    ace = acl_entry(Acl, AceIndex);
    if (ace == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    end = acl_end(Acl);
    size = ace->AceSize;
    memmove(ace, se_acl_next(ace), (size_t)(end - (PUCHAR)se_acl_next(ace)));
    memset(end - size, 0, size);
    Acl->AceCount--;
    return STATUS_SUCCESS;
}

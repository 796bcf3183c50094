/* se_relative.c - from absolute to self-relative security descriptors and back. In the one piece stand the
 * header, the system's list, the discretionary list, the owner and the group, in this order.
 */
#include <string.h>

#include <ntifs.h>

#include "nt/ke/ke_api.h"
#include "nt/se/se_sid.h"

static ULONG aligned(ULONG length)
{
    return (length + (ULONG)sizeof(ULONG) - 1) & ~(ULONG)(sizeof(ULONG) - 1);
}

static ULONG sid_bytes(const SID *sid)
{
    return sid != NULL ? aligned(se_sid_length(sid->SubAuthorityCount)) : 0;
}

static ULONG acl_bytes(const ACL *acl)
{
    return acl != NULL ? aligned(acl->AclSize) : 0;
}

static ULONG parts_bytes(const struct se_parts *parts)
{
    return sid_bytes(parts->owner) + sid_bytes(parts->group) + acl_bytes(parts->sacl) +
           acl_bytes(parts->dacl);
}

ULONG RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    const SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;
    struct se_parts parts;

    if (!API_QUIET(APC_LEVEL)) {
        return 0;
    }
    parts = se_descriptor_parts(descriptor);
    return parts_bytes(&parts) + ((descriptor->Control & SE_SELF_RELATIVE) != 0
                                      ? (ULONG)sizeof(SECURITY_DESCRIPTOR_RELATIVE)
                                      : (ULONG)sizeof(SECURITY_DESCRIPTOR));
}

/* The offset of the copy; 0: there is nothing to copy. */
static ULONG append(PISECURITY_DESCRIPTOR_RELATIVE relative, ULONG *used, const void *part,
                    ULONG length)
{
    ULONG offset = *used;

    if (part == NULL) {
        return 0;
    }
    memcpy((PUCHAR)relative + offset, part, length);
    *used += length;
    return offset;
}

NTSTATUS RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                     PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                     PULONG BufferLength)
{
    const SECURITY_DESCRIPTOR *from = AbsoluteSecurityDescriptor;
    PISECURITY_DESCRIPTOR_RELATIVE to = SelfRelativeSecurityDescriptor;
    ULONG used = sizeof(*to);
    struct se_parts parts;
    ULONG needed;

    if (!API(APC_LEVEL) || (from->Control & SE_SELF_RELATIVE) != 0) {
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    }
    parts = se_descriptor_parts(from);
    needed = (ULONG)sizeof(*to) + parts_bytes(&parts);
    if (*BufferLength < needed) {
        *BufferLength = needed;
        return STATUS_BUFFER_TOO_SMALL;
    }
    memset(to, 0, needed);
    to->Revision = from->Revision;
    to->Sbz1 = from->Sbz1;
    to->Control = from->Control | SE_SELF_RELATIVE;
    to->Sacl = append(to, &used, parts.sacl, acl_bytes(parts.sacl));
    to->Dacl = append(to, &used, parts.dacl, acl_bytes(parts.dacl));
    to->Owner = append(to, &used, parts.owner, sid_bytes(parts.owner));
    to->Group = append(to, &used, parts.group, sid_bytes(parts.group));
    *BufferLength = needed;
    return STATUS_SUCCESS;
}

static BOOLEAN has_room(PULONG size, ULONG needed)
{
    BOOLEAN fits = *size >= needed;

    *size = needed;
    return fits;
}

NTSTATUS RtlSelfRelativeToAbsoluteSD(PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                     PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                     PULONG AbsoluteSecurityDescriptorSize, PACL Dacl,
                                     PULONG DaclSize, PACL Sacl, PULONG SaclSize, PSID Owner,
                                     PULONG OwnerSize, PSID PrimaryGroup, PULONG PrimaryGroupSize)
{
    const SECURITY_DESCRIPTOR *from = SelfRelativeSecurityDescriptor;
    PISECURITY_DESCRIPTOR to = AbsoluteSecurityDescriptor;
    struct se_parts parts;
    BOOLEAN fits;

    if (!API(APC_LEVEL) || (from->Control & SE_SELF_RELATIVE) == 0) {
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    }
    parts = se_descriptor_parts(from);
    fits = has_room(AbsoluteSecurityDescriptorSize, sizeof(*to));
    fits &= has_room(DaclSize, acl_bytes(parts.dacl));
    fits &= has_room(SaclSize, acl_bytes(parts.sacl));
    fits &= has_room(OwnerSize, sid_bytes(parts.owner));
    fits &= has_room(PrimaryGroupSize, sid_bytes(parts.group));
    if (!fits) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    *to = (SECURITY_DESCRIPTOR){.Revision = from->Revision,
                                .Sbz1 = from->Sbz1,
                                .Control = (USHORT)(from->Control & ~SE_SELF_RELATIVE)};
    if (parts.owner != NULL) {
        to->Owner = memmove(Owner, parts.owner, *OwnerSize);
    }
    if (parts.group != NULL) {
        to->Group = memmove(PrimaryGroup, parts.group, *PrimaryGroupSize);
    }
    if (parts.sacl != NULL) {
        to->Sacl = memmove(Sacl, parts.sacl, *SaclSize);
    }
    if (parts.dacl != NULL) {
        to->Dacl = memmove(Dacl, parts.dacl, *DaclSize);
    }
    return STATUS_SUCCESS;
}

/* se_descriptor.c - security descriptors: absolute ones hold pointers, self-relative ones offsets. */
#include <string.h>

#include <ntifs.h>

#include "nt/ke/ke_api.h"
#include "nt/se/se_sid.h"

static PVOID part_at(const void *descriptor, ULONG offset)
{
    return offset != 0 ? (PUCHAR)descriptor + offset : NULL;
}

struct se_parts se_descriptor_parts(const SECURITY_DESCRIPTOR *descriptor)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = (const void *)descriptor;
    struct se_parts parts;

    if ((descriptor->Control & SE_SELF_RELATIVE) != 0) {
        parts = (struct se_parts){.owner = part_at(relative, relative->Owner),
                                  .group = part_at(relative, relative->Group),
                                  .sacl = part_at(relative, relative->Sacl),
                                  .dacl = part_at(relative, relative->Dacl)};
    } else {
        parts = (struct se_parts){.owner = descriptor->Owner,
                                  .group = descriptor->Group,
                                  .sacl = descriptor->Sacl,
                                  .dacl = descriptor->Dacl};
    }
    if ((descriptor->Control & SE_SACL_PRESENT) == 0) {
        parts.sacl = NULL;
    }
    if ((descriptor->Control & SE_DACL_PRESENT) == 0) {
        parts.dacl = NULL;
    }
    return parts;
}

NTSTATUS RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision)
{
    if (!API(APC_LEVEL) || Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *(PISECURITY_DESCRIPTOR)SecurityDescriptor =
        (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION};
    return STATUS_SUCCESS;
}

BOOLEAN RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    const SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;
    struct se_parts parts;

    if (!API_QUIET(APC_LEVEL) || descriptor == NULL ||
        descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return FALSE;
    }
    parts = se_descriptor_parts(descriptor);
    return (parts.owner == NULL || se_sid_is_valid(parts.owner)) &&
           (parts.group == NULL || se_sid_is_valid(parts.group)) &&
           (parts.dacl == NULL || se_acl_is_valid(parts.dacl)) &&
           (parts.sacl == NULL || se_acl_is_valid(parts.sacl));
}

/* ---- bounds of a self-relative one ---- */

static BOOLEAN sid_fits(const void *descriptor, ULONG length, ULONG offset)
{
    const SID *sid = part_at(descriptor, offset);

    return offset == 0 ||
           (offset >= sizeof(SECURITY_DESCRIPTOR_RELATIVE) && offset % sizeof(ULONG) == 0 &&
            offset < length && length - offset >= se_sid_length(0) && se_sid_is_valid(sid) &&
            length - offset >= se_sid_length(sid->SubAuthorityCount));
}

static BOOLEAN acl_fits(const void *descriptor, ULONG length, ULONG offset)
{
    const ACL *acl = part_at(descriptor, offset);

    return offset == 0 ||
           (offset >= sizeof(SECURITY_DESCRIPTOR_RELATIVE) && offset % sizeof(ULONG) == 0 &&
            offset < length && length - offset >= sizeof(*acl) && acl->AclSize <= length - offset &&
            se_acl_is_valid(acl));
}

static BOOLEAN relative_is_valid(const SECURITY_DESCRIPTOR_RELATIVE *relative, ULONG length)
{
    return length >= sizeof(*relative) && relative->Revision == SECURITY_DESCRIPTOR_REVISION &&
           (relative->Control & SE_SELF_RELATIVE) != 0 &&
           sid_fits(relative, length, relative->Owner) &&
           sid_fits(relative, length, relative->Group) &&
           ((relative->Control & SE_DACL_PRESENT) == 0 ||
            acl_fits(relative, length, relative->Dacl)) &&
           ((relative->Control & SE_SACL_PRESENT) == 0 ||
            acl_fits(relative, length, relative->Sacl));
}

BOOLEAN SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return API_QUIET(APC_LEVEL) && relative_is_valid(SecurityDescriptor, Length);
}

BOOLEAN RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptorInput,
                                           ULONG SecurityDescriptorLength,
                                           SECURITY_INFORMATION RequiredInformation)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = SecurityDescriptorInput;

    if (!API_QUIET(APC_LEVEL) || !relative_is_valid(relative, SecurityDescriptorLength)) {
        return FALSE;
    }
    return ((RequiredInformation & OWNER_SECURITY_INFORMATION) == 0 || relative->Owner != 0) &&
           ((RequiredInformation & GROUP_SECURITY_INFORMATION) == 0 || relative->Group != 0) &&
           ((RequiredInformation & DACL_SECURITY_INFORMATION) == 0 ||
            (relative->Control & SE_DACL_PRESENT) != 0) &&
           ((RequiredInformation & SACL_SECURITY_INFORMATION) == 0 ||
            (relative->Control & SE_SACL_PRESENT) != 0);
}

/* ---- members ---- */

/* The absolute descriptor that may be changed. */
static NTSTATUS descriptor_to_change(PSECURITY_DESCRIPTOR given, PISECURITY_DESCRIPTOR *descriptor)
{
    *descriptor = given;
    if ((*descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    return ((*descriptor)->Control & SE_SELF_RELATIVE) != 0 ? STATUS_INVALID_SECURITY_DESCR
                                                            : STATUS_SUCCESS;
}

struct list_bits {
    SECURITY_DESCRIPTOR_CONTROL present, defaulted;
};

static const struct list_bits dacl_bits = {SE_DACL_PRESENT, SE_DACL_DEFAULTED};
static const struct list_bits sacl_bits = {SE_SACL_PRESENT, SE_SACL_DEFAULTED};

/* A list that is not present leaves the pointer alone. */
static void descriptor_set_list(PISECURITY_DESCRIPTOR descriptor, PACL *member,
                                const struct list_bits *bits, BOOLEAN present, PACL list,
                                BOOLEAN defaulted)
{
    descriptor->Control &= (USHORT) ~(bits->present | bits->defaulted);
    if (!present) {
        return;
    }
    descriptor->Control |= bits->present;
    if (defaulted) {
        descriptor->Control |= bits->defaulted;
    }
    *member = list;
}

NTSTATUS RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent,
                                      PACL Dacl, BOOLEAN DaclDefaulted)
{
    PISECURITY_DESCRIPTOR descriptor;
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    if (API(APC_LEVEL) &&
        NT_SUCCESS(status = descriptor_to_change(SecurityDescriptor, &descriptor))) {
        descriptor_set_list(descriptor, &descriptor->Dacl, &dacl_bits, DaclPresent, Dacl,
                            DaclDefaulted);
    }
    return status;
}

NTSTATUS RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN SaclPresent,
                                      PACL Sacl, BOOLEAN SaclDefaulted)
{
    PISECURITY_DESCRIPTOR descriptor;
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    if (API(APC_LEVEL) &&
        NT_SUCCESS(status = descriptor_to_change(SecurityDescriptor, &descriptor))) {
        descriptor_set_list(descriptor, &descriptor->Sacl, &sacl_bits, SaclPresent, Sacl,
                            SaclDefaulted);
    }
    return status;
}

NTSTATUS RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN DaclPresent,
                                      PACL *Dacl, PBOOLEAN DaclDefaulted)
{
    const SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;

    if (!API(APC_LEVEL) || descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *DaclPresent = (descriptor->Control & SE_DACL_PRESENT) != 0;
    if (*DaclPresent) {
        *Dacl = se_descriptor_parts(descriptor).dacl;
        *DaclDefaulted = (descriptor->Control & SE_DACL_DEFAULTED) != 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN SaclPresent,
                                      PACL *Sacl, PBOOLEAN SaclDefaulted)
{
    const SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;

    if (!API(APC_LEVEL) || descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *SaclPresent = (descriptor->Control & SE_SACL_PRESENT) != 0;
    if (*SaclPresent) {
        *Sacl = se_descriptor_parts(descriptor).sacl;
        *SaclDefaulted = (descriptor->Control & SE_SACL_DEFAULTED) != 0;
    }
    return STATUS_SUCCESS;
}

static void descriptor_set_bit(PISECURITY_DESCRIPTOR descriptor, USHORT bit, BOOLEAN on)
{
    descriptor->Control = (USHORT)(on ? descriptor->Control | bit : descriptor->Control & ~bit);
}

NTSTATUS RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner,
                                       BOOLEAN OwnerDefaulted)
{
    PISECURITY_DESCRIPTOR descriptor;
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    if (API(APC_LEVEL) &&
        NT_SUCCESS(status = descriptor_to_change(SecurityDescriptor, &descriptor))) {
        descriptor->Owner = Owner;
        descriptor_set_bit(descriptor, SE_OWNER_DEFAULTED, OwnerDefaulted);
    }
    return status;
}

NTSTATUS RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group,
                                       BOOLEAN GroupDefaulted)
{
    PISECURITY_DESCRIPTOR descriptor;
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    if (API(APC_LEVEL) &&
        NT_SUCCESS(status = descriptor_to_change(SecurityDescriptor, &descriptor))) {
        descriptor->Group = Group;
        descriptor_set_bit(descriptor, SE_GROUP_DEFAULTED, GroupDefaulted);
    }
    return status;
}

NTSTATUS RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner,
                                       PBOOLEAN OwnerDefaulted)
{
    const SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;

    if (!API(APC_LEVEL) || descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *Owner = se_descriptor_parts(descriptor).owner;
    *OwnerDefaulted = (descriptor->Control & SE_OWNER_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

NTSTATUS RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group,
                                       PBOOLEAN GroupDefaulted)
{
    const SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;

    if (!API(APC_LEVEL) || descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *Group = se_descriptor_parts(descriptor).group;
    *GroupDefaulted = (descriptor->Control & SE_GROUP_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

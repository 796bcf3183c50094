/* se_object.c - descriptors that objects keep: reading parts of one, changing parts of one. Both are in one piece;
 * behind the header stand owner, group, discretionary and system list.
 */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/se/se_sid.h"
#include "nt/se/se_token.h"

#define SECURITY_TAG 'cSeS'

/* Control bits that go with a part. */
#define OWNER_BITS SE_OWNER_DEFAULTED
#define GROUP_BITS SE_GROUP_DEFAULTED
#define DACL_BITS                                                                              \
    (SE_DACL_PRESENT | SE_DACL_DEFAULTED | SE_DACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | \
     SE_DACL_PROTECTED)
#define SACL_BITS                                                                              \
    (SE_SACL_PRESENT | SE_SACL_DEFAULTED | SE_SACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERITED | \
     SE_SACL_PROTECTED)

static const struct object_part {
    SECURITY_INFORMATION information;
    USHORT bits;
} owner_part = {OWNER_SECURITY_INFORMATION, OWNER_BITS},
  group_part = {GROUP_SECURITY_INFORMATION, GROUP_BITS},
  dacl_part = {DACL_SECURITY_INFORMATION, DACL_BITS},
  sacl_part = {SACL_SECURITY_INFORMATION, SACL_BITS};

static ULONG part_aligned(ULONG length)
{
    return (length + (ULONG)sizeof(ULONG) - 1) & ~(ULONG)(sizeof(ULONG) - 1);
}

static ULONG sid_bytes(const SID *sid)
{
    return sid != NULL ? part_aligned(se_sid_length(sid->SubAuthorityCount)) : 0;
}

static ULONG acl_bytes(const ACL *acl)
{
    return acl != NULL ? part_aligned(acl->AclSize) : 0;
}

static ULONG object_bytes(const struct se_parts *parts)
{
    return (ULONG)sizeof(SECURITY_DESCRIPTOR_RELATIVE) + sid_bytes(parts->owner) +
           sid_bytes(parts->group) + acl_bytes(parts->dacl) + acl_bytes(parts->sacl);
}

static ULONG object_put(PISECURITY_DESCRIPTOR_RELATIVE relative, ULONG *used, const void *part,
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

/* In object_bytes bytes. */
static void object_write(PISECURITY_DESCRIPTOR_RELATIVE relative, const struct se_parts *parts,
                         USHORT control)
{
    ULONG used = sizeof(*relative);

    memset(relative, 0, object_bytes(parts));
    relative->Revision = SECURITY_DESCRIPTOR_REVISION;
    relative->Control = control | SE_SELF_RELATIVE;
    relative->Owner =
        object_put(relative, &used, parts->owner,
                   parts->owner != NULL ? se_sid_length(parts->owner->SubAuthorityCount) : 0);
    used = part_aligned(used);
    relative->Group =
        object_put(relative, &used, parts->group,
                   parts->group != NULL ? se_sid_length(parts->group->SubAuthorityCount) : 0);
    used = part_aligned(used);
    relative->Dacl =
        object_put(relative, &used, parts->dacl, parts->dacl != NULL ? parts->dacl->AclSize : 0);
    used = part_aligned(used);
    relative->Sacl =
        object_put(relative, &used, parts->sacl, parts->sacl != NULL ? parts->sacl->AclSize : 0);
}

static bool object_wants(const struct object_part *part, SECURITY_INFORMATION information,
                         const SECURITY_DESCRIPTOR *descriptor, USHORT *control)
{
    if ((information & part->information) == 0) {
        return false;
    }
    *control |= descriptor->Control & part->bits;
    return true;
}

NTSTATUS SeQuerySecurityDescriptorInfo(PSECURITY_INFORMATION SecurityInformation,
                                       PSECURITY_DESCRIPTOR SecurityDescriptor, PULONG Length,
                                       PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor)
{
    const SECURITY_DESCRIPTOR *object = *ObjectsSecurityDescriptor;
    struct se_parts parts = {0};
    USHORT control = 0;
    ULONG room = *Length;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (object != NULL) {
        const struct se_parts all = se_descriptor_parts(object);
        SECURITY_INFORMATION information = *SecurityInformation;

        parts.owner = object_wants(&owner_part, information, object, &control) ? all.owner : NULL;
        parts.group = object_wants(&group_part, information, object, &control) ? all.group : NULL;
        parts.dacl = object_wants(&dacl_part, information, object, &control) ? all.dacl : NULL;
        parts.sacl = object_wants(&sacl_part, information, object, &control) ? all.sacl : NULL;
    }
    *Length = object_bytes(&parts);
    if (room < *Length) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    object_write(SecurityDescriptor, &parts, control);
    return STATUS_SUCCESS;
}

/* ---- changing ---- */

/* The list lies in a descriptor of our own: its generic rights become those of the object. */
static void object_map_rights(PISECURITY_DESCRIPTOR_RELATIVE relative, ULONG offset,
                              const GENERIC_MAPPING *mapping)
{
    PACL acl = (PACL)((PUCHAR)relative + offset);
    PACE_HEADER ace;

    if (offset == 0 || mapping == NULL) {
        return;
    }
    ace = se_acl_first(acl);
    for (USHORT i = 0; i < acl->AceCount; i++, ace = se_acl_next(ace)) {
        /* Entries that are only for what is made below keep their generic rights for that. */
        if (ace->AceType <= SYSTEM_ALARM_ACE_TYPE && (ace->AceFlags & INHERIT_ONLY_ACE) == 0) {
            RtlMapGenericMask(&((PACCESS_ALLOWED_ACE)ace)->Mask, mapping);
        }
    }
}

static const SECURITY_DESCRIPTOR *object_from(const struct object_part *part,
                                              SECURITY_INFORMATION information,
                                              const SECURITY_DESCRIPTOR *modification,
                                              const SECURITY_DESCRIPTOR *object, USHORT *control)
{
    const SECURITY_DESCRIPTOR *from =
        (information & part->information) != 0 ? modification : object;

    *control |= from->Control & part->bits;
    return from;
}

NTSTATUS SeSetSecurityDescriptorInfo(PVOID Object, PSECURITY_INFORMATION SecurityInformation,
                                     PSECURITY_DESCRIPTOR ModificationDescriptor,
                                     PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                     POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping)
{
    const SECURITY_DESCRIPTOR *change = ModificationDescriptor;
    const SECURITY_DESCRIPTOR *object = *ObjectsSecurityDescriptor;
    SECURITY_INFORMATION information = *SecurityInformation;
    PISECURITY_DESCRIPTOR_RELATIVE made;
    struct se_parts parts;
    USHORT control = 0;

    UNREFERENCED_PARAMETER(Object); /* there is no quota */
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (object == NULL) {
        return STATUS_NO_SECURITY_ON_OBJECT;
    }
    parts.owner =
        se_descriptor_parts(object_from(&owner_part, information, change, object, &control)).owner;
    parts.group =
        se_descriptor_parts(object_from(&group_part, information, change, object, &control)).group;
    parts.dacl =
        se_descriptor_parts(object_from(&dacl_part, information, change, object, &control)).dacl;
    parts.sacl =
        se_descriptor_parts(object_from(&sacl_part, information, change, object, &control)).sacl;
    if (parts.owner == NULL) {
        return STATUS_INVALID_OWNER;
    }
    if (parts.group == NULL) {
        return STATUS_INVALID_PRIMARY_GROUP;
    }
    made = ExAllocatePoolWithTag(PoolType, object_bytes(&parts), SECURITY_TAG);
    if (made == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    object_write(made, &parts, control);
    if ((information & DACL_SECURITY_INFORMATION) != 0) {
        object_map_rights(made, made->Dacl, GenericMapping);
    }
    if ((information & SACL_SECURITY_INFORMATION) != 0) {
        object_map_rights(made, made->Sacl, GenericMapping);
    }
    *ObjectsSecurityDescriptor = made;
    return STATUS_SUCCESS;
}

NTSTATUS SeSetSecurityDescriptorInfoEx(PVOID Object, PSECURITY_INFORMATION SecurityInformation,
                                       PSECURITY_DESCRIPTOR ModificationDescriptor,
                                       PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                       ULONG AutoInheritFlags, POOL_TYPE PoolType,
                                       PGENERIC_MAPPING GenericMapping)
{
    if (AutoInheritFlags != 0) {
        return STATUS_NOT_IMPLEMENTED; /* what is below has no lists of its own */
    }
    return SeSetSecurityDescriptorInfo(Object, SecurityInformation, ModificationDescriptor,
                                       ObjectsSecurityDescriptor, PoolType, GenericMapping);
}

/* ---- privileges ---- */

BOOLEAN SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges,
                         PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                         KPROCESSOR_MODE AccessMode)
{
    ULONG held = 0;

    UNREFERENCED_PARAMETER(SubjectSecurityContext); /* every subject is the system */
    if (!API(PASSIVE_LEVEL)) {
        return FALSE;
    }
    for (ULONG i = 0; i < RequiredPrivileges->PrivilegeCount; i++) {
        PLUID_AND_ATTRIBUTES privilege = &RequiredPrivileges->Privilege[i];

        if (AccessMode == KernelMode || (privilege->Luid.HighPart == 0 &&
                                         privilege->Luid.LowPart >= SE_MIN_WELL_KNOWN_PRIVILEGE &&
                                         privilege->Luid.LowPart <= SE_MAX_WELL_KNOWN_PRIVILEGE)) {
            privilege->Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
            held++;
        }
    }
    if ((RequiredPrivileges->Control & PRIVILEGE_SET_ALL_NECESSARY) != 0) {
        return held == RequiredPrivileges->PrivilegeCount;
    }
    return held != 0 || AccessMode == KernelMode;
}

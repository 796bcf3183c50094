/* test_se_security.c - security identifiers, access control lists, descriptors and access. */
#include "nt_thread.h"

#include <string.h>

#include <ntifs.h>

static SID_IDENTIFIER_AUTHORITY nt_authority = {SECURITY_NT_AUTHORITY};

static void a_sid_is_made_copied_and_compared(void **state)
{
    UCHAR buffer[64];
    UCHAR copy[64];
    PSID sid = buffer;
    PSID alias = NULL;

    assert_int_equal(RtlLengthRequiredSid(2), 16);
    assert_int_equal(RtlInitializeSid(sid, &nt_authority, 16), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlInitializeSid(sid, &nt_authority, 2), STATUS_SUCCESS);
    *RtlSubAuthoritySid(sid, 0) = SECURITY_BUILTIN_DOMAIN_RID;
    *RtlSubAuthoritySid(sid, 1) = DOMAIN_ALIAS_RID_ADMINS;
    assert_true(RtlValidSid(sid));
    assert_int_equal(RtlLengthSid(sid), 16);
    assert_int_equal(*RtlSubAuthorityCountSid(sid), 2);
    assert_memory_equal(RtlIdentifierAuthoritySid(sid), &nt_authority, 6);
    assert_true(RtlEqualSid(sid, SeExports->SeAliasAdminsSid));
    assert_false(RtlEqualSid(sid, SeExports->SeAliasUsersSid));
    assert_true(RtlEqualPrefixSid(sid, SeExports->SeAliasUsersSid));
    assert_false(RtlEqualPrefixSid(sid, SeExports->SeLocalSystemSid));
    assert_int_equal(RtlCopySid(15, copy, sid), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlCopySid(sizeof(copy), copy, sid), STATUS_SUCCESS);
    assert_memory_equal(copy, sid, 16);
    assert_int_equal(RtlAllocateAndInitializeSid(&nt_authority, 9, 1, 2, 3, 4, 5, 6, 7, 8, &alias),
                     STATUS_INVALID_SID);
    assert_int_equal(RtlAllocateAndInitializeSid(&nt_authority, 1, SECURITY_LOCAL_SYSTEM_RID, 0, 0,
                                                 0, 0, 0, 0, 0, &alias),
                     STATUS_SUCCESS);
    assert_true(RtlEqualSid(alias, SeExports->SeLocalSystemSid));
    assert_null(RtlFreeSid(alias));
    buffer[0] = 2; /* another revision */
    assert_false(RtlValidSid(sid));
}

static void a_sid_is_written_as_text(void **state)
{
    UNICODE_STRING text = {0};
    WCHAR small[4];
    UNICODE_STRING expected = RTL_CONSTANT_STRING(L"S-1-5-32-544");

    assert_int_equal(RtlConvertSidToUnicodeString(&text, SeExports->SeAliasAdminsSid, TRUE),
                     STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&text, &expected, FALSE));
    RtlFreeUnicodeString(&text);
    text = (UNICODE_STRING){.Buffer = small, .MaximumLength = sizeof(small)};
    assert_int_equal(RtlConvertSidToUnicodeString(&text, SeExports->SeAliasAdminsSid, FALSE),
                     STATUS_BUFFER_OVERFLOW);
}

static union {
    ACL acl;
    UCHAR bytes[128];
} list;

static void entries_go_into_a_list_while_there_is_room(void **state)
{
    PACCESS_ALLOWED_ACE ace = NULL;

    assert_int_equal(RtlCreateAcl(&list.acl, 7, ACL_REVISION), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlCreateAcl(&list.acl, 64, 1), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlCreateAcl(&list.acl, 0x10000, ACL_REVISION), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlCreateAcl(&list.acl, 8 + 20 + 20 + 3, ACL_REVISION), STATUS_SUCCESS);
    assert_int_equal(list.acl.AclSize, 48); /* rounded down */
    assert_int_equal(RtlAddAccessAllowedAce(&list.acl, ACL_REVISION, 0x3, SeExports->SeWorldSid),
                     STATUS_SUCCESS);
    assert_int_equal(RtlAddAccessAllowedAceEx(&list.acl, ACL_REVISION4, CONTAINER_INHERIT_ACE, 0x4,
                                              SeExports->SeLocalSystemSid),
                     STATUS_SUCCESS);
    assert_int_equal(list.acl.AceCount, 2);
    assert_int_equal(list.acl.AclRevision, ACL_REVISION4);
    assert_true(RtlValidAcl(&list.acl));
    assert_int_equal(RtlAddAccessDeniedAce(&list.acl, ACL_REVISION, 1, SeExports->SeWorldSid),
                     STATUS_ALLOTTED_SPACE_EXCEEDED);
    assert_int_equal(RtlGetAce(&list.acl, 2, (PVOID *)&ace), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlGetAce(&list.acl, 1, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Header.AceType, ACCESS_ALLOWED_ACE_TYPE);
    assert_int_equal(ace->Header.AceFlags, CONTAINER_INHERIT_ACE);
    assert_int_equal(ace->Header.AceSize, 20);
    assert_int_equal(ace->Mask, 0x4);
    assert_true(RtlEqualSid(&ace->SidStart, SeExports->SeLocalSystemSid));
    assert_int_equal(RtlDeleteAce(&list.acl, 0), STATUS_SUCCESS);
    assert_int_equal(list.acl.AceCount, 1);
    RtlGetAce(&list.acl, 0, (PVOID *)&ace);
    assert_int_equal(ace->Mask, 0x4);
}

static void entries_are_put_before_others(void **state)
{
    ACCESS_ALLOWED_ACE copies[2];
    UCHAR entry[20];
    PACCESS_ALLOWED_ACE ace = NULL;

    RtlCreateAcl(&list.acl, sizeof(list), ACL_REVISION);
    RtlAddAccessAllowedAce(&list.acl, ACL_REVISION, 0x1, SeExports->SeWorldSid);
    RtlGetAce(&list.acl, 0, (PVOID *)&ace);
    memcpy(entry, ace, sizeof(entry));
    ((PACCESS_ALLOWED_ACE)(void *)entry)->Mask = 0x2;
    assert_int_equal(RtlAddAce(&list.acl, ACL_REVISION, 0, entry, sizeof(entry)), STATUS_SUCCESS);
    RtlGetAce(&list.acl, 0, (PVOID *)&ace);
    assert_int_equal(ace->Mask, 0x2);
    assert_int_equal(RtlAddAce(&list.acl, ACL_REVISION, MAXULONG, entry, 19),
                     STATUS_INVALID_PARAMETER);
    memset(copies, 0, sizeof(copies)); /* an entry without size */
    assert_int_equal(RtlAddAce(&list.acl, ACL_REVISION, MAXULONG, copies, sizeof(copies)),
                     STATUS_INVALID_PARAMETER);
    list.acl.AceCount = 20;
    assert_false(RtlValidAcl(&list.acl));
}

static void a_descriptor_keeps_what_it_is_given(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    BOOLEAN present, defaulted;
    PACL acl = NULL;
    PSID sid = NULL;

    memset(&descriptor, 0x55, sizeof(descriptor));
    assert_int_equal(RtlCreateSecurityDescriptor(&descriptor, 2), STATUS_UNKNOWN_REVISION);
    assert_int_equal(RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION),
                     STATUS_SUCCESS);
    assert_int_equal(descriptor.Control, 0);
    assert_null(descriptor.Dacl);
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), sizeof(SECURITY_DESCRIPTOR));
    assert_int_equal(RtlGetDaclSecurityDescriptor(&descriptor, &present, &acl, &defaulted),
                     STATUS_SUCCESS);
    assert_false(present);
    RtlCreateAcl(&list.acl, 32, ACL_REVISION);
    assert_int_equal(RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &list.acl, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(descriptor.Control, SE_DACL_PRESENT | SE_DACL_DEFAULTED);
    RtlGetDaclSecurityDescriptor(&descriptor, &present, &acl, &defaulted);
    assert_true(present && defaulted);
    assert_ptr_equal(acl, &list.acl);
    RtlSetOwnerSecurityDescriptor(&descriptor, SeExports->SeAliasAdminsSid, TRUE);
    RtlSetGroupSecurityDescriptor(&descriptor, SeExports->SeLocalSystemSid, FALSE);
    assert_int_equal(RtlGetOwnerSecurityDescriptor(&descriptor, &sid, &defaulted), STATUS_SUCCESS);
    assert_ptr_equal(sid, SeExports->SeAliasAdminsSid);
    assert_true(defaulted);
    assert_true(RtlValidSecurityDescriptor(&descriptor));
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), 40 + 32 + 16 + 12);
    RtlSetDaclSecurityDescriptor(&descriptor, FALSE, NULL, FALSE);
    assert_int_equal(descriptor.Control, SE_OWNER_DEFAULTED);
}

static void a_descriptor_in_one_piece_is_the_same(void **state)
{
    SECURITY_DESCRIPTOR descriptor, back;
    union {
        SECURITY_DESCRIPTOR_RELATIVE header;
        UCHAR bytes[128];
    } piece;
    UCHAR dacl[64], owner[64], group[64], sacl[8];
    ULONG length = 0;
    ULONG sizes[5] = {0};
    PSID sid = NULL;
    BOOLEAN defaulted;

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&list.acl, 28, ACL_REVISION);
    RtlAddAccessAllowedAce(&list.acl, ACL_REVISION, 0x1, SeExports->SeWorldSid);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &list.acl, FALSE);
    RtlSetOwnerSecurityDescriptor(&descriptor, SeExports->SeLocalSystemSid, FALSE);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&descriptor, &piece, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 20 + 28 + 12);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&descriptor, &piece, &length), STATUS_SUCCESS);
    assert_int_equal(piece.header.Control, SE_SELF_RELATIVE | SE_DACL_PRESENT);
    assert_int_equal(piece.header.Group, 0);
    assert_int_equal(RtlLengthSecurityDescriptor(&piece), length);
    assert_true(RtlValidRelativeSecurityDescriptor(
        &piece, length, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION));
    assert_false(RtlValidRelativeSecurityDescriptor(&piece, length, GROUP_SECURITY_INFORMATION));
    assert_false(SeValidSecurityDescriptor(length - 4, &piece));
    RtlGetOwnerSecurityDescriptor(&piece, &sid, &defaulted);
    assert_true(RtlEqualSid(sid, SeExports->SeLocalSystemSid));
    assert_int_equal(RtlSetOwnerSecurityDescriptor(&piece, sid, FALSE),
                     STATUS_INVALID_SECURITY_DESCR);
    assert_int_equal(RtlSelfRelativeToAbsoluteSD(&piece, &back, &sizes[0], NULL, &sizes[1], NULL,
                                                 &sizes[2], NULL, &sizes[3], NULL, &sizes[4]),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(sizes[1], 28);
    assert_int_equal(sizes[3], 12);
    assert_int_equal(RtlSelfRelativeToAbsoluteSD(&piece, &back, &sizes[0], (PACL)(void *)dacl,
                                                 &sizes[1], (PACL)(void *)sacl, &sizes[2], owner,
                                                 &sizes[3], group, &sizes[4]),
                     STATUS_SUCCESS);
    assert_int_equal(back.Control, SE_DACL_PRESENT);
    assert_null(back.Group);
    assert_memory_equal(back.Dacl, &list.acl, 28);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&piece, &back, &length),
                     STATUS_BAD_DESCRIPTOR_FORMAT);
}

static GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                  FILE_ALL_ACCESS};

static BOOLEAN may(PSECURITY_DESCRIPTOR descriptor, ACCESS_MASK desired, KPROCESSOR_MODE mode,
                   PACCESS_MASK granted, PNTSTATUS status)
{
    SECURITY_SUBJECT_CONTEXT subject;
    BOOLEAN allowed;

    SeCaptureSubjectContext(&subject);
    SeLockSubjectContext(&subject);
    allowed = SeAccessCheck(descriptor, &subject, TRUE, desired, 0, NULL, &mapping, mode, granted,
                            status);
    SeUnlockSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
    return allowed;
}

static void access_is_what_the_list_allows(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    ACCESS_MASK granted = 0;
    NTSTATUS status = 0;

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    assert_true(may(&descriptor, FILE_WRITE_DATA, UserMode, &granted, &status)); /* no list */
    assert_int_equal(granted, FILE_WRITE_DATA);
    RtlCreateAcl(&list.acl, sizeof(list), ACL_REVISION);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &list.acl, FALSE);
    assert_false(may(&descriptor, FILE_READ_DATA, UserMode, &granted, &status)); /* an empty one */
    assert_int_equal(status, STATUS_ACCESS_DENIED);
    assert_true(may(&descriptor, FILE_READ_DATA, KernelMode, &granted, &status));
    RtlAddAccessDeniedAce(&list.acl, ACL_REVISION, FILE_WRITE_DATA, SeExports->SeWorldSid);
    RtlAddAccessAllowedAce(&list.acl, ACL_REVISION, GENERIC_ALL, SeExports->SeLocalSystemSid);
    assert_true(may(&descriptor, FILE_READ_DATA, UserMode, &granted, &status));
    assert_false(may(&descriptor, FILE_READ_DATA | FILE_WRITE_DATA, UserMode, &granted, &status));
    assert_true(may(&descriptor, MAXIMUM_ALLOWED, UserMode, &granted, &status));
    assert_int_equal(granted, FILE_ALL_ACCESS & ~FILE_WRITE_DATA);
    assert_true(may(&descriptor, MAXIMUM_ALLOWED, KernelMode, &granted, &status));
    assert_int_equal(granted, FILE_ALL_ACCESS);
    assert_false(may(NULL, FILE_READ_DATA, UserMode, &granted, &status));
}

static void the_owner_may_always_change_the_list(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    ACCESS_MASK granted = 0;
    NTSTATUS status = 0;

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&list.acl, sizeof(list), ACL_REVISION);
    RtlAddAccessAllowedAce(&list.acl, ACL_REVISION, GENERIC_ALL, SeExports->SeAnonymousLogonSid);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &list.acl, FALSE);
    assert_false(may(&descriptor, WRITE_DAC, UserMode, &granted, &status));
    RtlSetOwnerSecurityDescriptor(&descriptor, SeExports->SeAliasAdminsSid, FALSE);
    assert_true(may(&descriptor, WRITE_DAC | READ_CONTROL, UserMode, &granted, &status));
    assert_int_equal(granted, WRITE_DAC | READ_CONTROL);
    assert_true(SeSinglePrivilegeCheck(SeExports->SeLoadDriverPrivilege, UserMode));
}

static void generic_rights_are_mapped(void **state)
{
    ACCESS_MASK mask = GENERIC_READ | GENERIC_EXECUTE | SYNCHRONIZE;

    assert_true(RtlAreAllAccessesGranted(7, 5));
    assert_false(RtlAreAllAccessesGranted(5, 7));
    assert_true(RtlAreAllAccessesGranted(0, 0));
    assert_true(RtlAreAnyAccessesGranted(5, 6));
    assert_false(RtlAreAnyAccessesGranted(5, 2));
    RtlMapGenericMask(&mask, &mapping);
    assert_int_equal(mask, FILE_GENERIC_READ | FILE_GENERIC_EXECUTE);
}

/* ---- descriptors that objects keep ---- */

static void an_object_gives_the_parts_that_are_asked_for(void **state)
{
    union {
        ACL acl;
        UCHAR bytes[64];
    } entries;
    SECURITY_DESCRIPTOR absolute;
    UCHAR object[256], copy[256];
    PSECURITY_DESCRIPTOR kept = object;
    PSECURITY_DESCRIPTOR none = NULL;
    SECURITY_INFORMATION all = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                               DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION;
    SECURITY_INFORMATION owner = OWNER_SECURITY_INFORMATION;
    ULONG length = sizeof(object);
    BOOLEAN present = 7, defaulted;
    PSID sid;
    PACL acl;

    RtlCreateSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&entries.acl, sizeof(entries), ACL_REVISION);
    RtlAddAccessAllowedAce(&entries.acl, ACL_REVISION, GENERIC_ALL, SeExports->SeWorldSid);
    RtlSetDaclSecurityDescriptor(&absolute, TRUE, &entries.acl, TRUE);
    RtlSetOwnerSecurityDescriptor(&absolute, SeExports->SeAliasAdminsSid, FALSE);
    RtlSetGroupSecurityDescriptor(&absolute, SeExports->SeLocalSystemSid, TRUE);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&absolute, object, &length), STATUS_SUCCESS);

    length = sizeof(SECURITY_DESCRIPTOR_RELATIVE) - 1;
    assert_int_equal(SeQuerySecurityDescriptorInfo(&all, copy, &length, &none),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, sizeof(SECURITY_DESCRIPTOR_RELATIVE));
    assert_int_equal(SeQuerySecurityDescriptorInfo(&all, copy, &length, &none), STATUS_SUCCESS);
    assert_int_equal(((PISECURITY_DESCRIPTOR_RELATIVE)copy)->Control, SE_SELF_RELATIVE);

    length = 0;
    assert_int_equal(SeQuerySecurityDescriptorInfo(&owner, copy, &length, &kept),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, sizeof(SECURITY_DESCRIPTOR_RELATIVE) + 16);
    assert_int_equal(SeQuerySecurityDescriptorInfo(&owner, copy, &length, &kept), STATUS_SUCCESS);
    assert_int_equal(RtlGetOwnerSecurityDescriptor(copy, &sid, &defaulted), STATUS_SUCCESS);
    assert_true(RtlEqualSid(sid, SeExports->SeAliasAdminsSid));
    RtlGetDaclSecurityDescriptor(copy, &present, &acl, &defaulted);
    assert_int_equal(present, FALSE);
    RtlGetGroupSecurityDescriptor(copy, &sid, &defaulted);
    assert_null(sid);
    assert_int_equal(defaulted, FALSE); /* that bit was not asked for, either */

    length = sizeof(copy);
    assert_int_equal(SeQuerySecurityDescriptorInfo(&all, copy, &length, &kept), STATUS_SUCCESS);
    assert_true(SeValidSecurityDescriptor(length, copy));
    RtlGetDaclSecurityDescriptor(copy, &present, &acl, &defaulted);
    assert_true(present && defaulted);
    assert_memory_equal(acl, &entries.acl, entries.acl.AclSize);
    RtlGetGroupSecurityDescriptor(copy, &sid, &defaulted);
    assert_true(defaulted && RtlEqualSid(sid, SeExports->SeLocalSystemSid));
}

static void parts_of_an_object_are_replaced(void **state)
{
    union {
        ACL acl;
        UCHAR bytes[64];
    } entries;
    SECURITY_DESCRIPTOR change;
    UCHAR object[256];
    PSECURITY_DESCRIPTOR kept = NULL;
    SECURITY_INFORMATION dacl = DACL_SECURITY_INFORMATION;
    SECURITY_INFORMATION owner = OWNER_SECURITY_INFORMATION;
    ULONG length = sizeof(object);
    BOOLEAN present, defaulted;
    PSID sid;
    PACL acl;
    PVOID ace;

    RtlCreateSecurityDescriptor(&change, SECURITY_DESCRIPTOR_REVISION);
    assert_int_equal(SeSetSecurityDescriptorInfo(NULL, &dacl, &change, &kept, PagedPool,
                                                 (PGENERIC_MAPPING)&mapping),
                     STATUS_NO_SECURITY_ON_OBJECT);
    RtlSetOwnerSecurityDescriptor(&change, SeExports->SeAliasAdminsSid, FALSE);
    RtlSetGroupSecurityDescriptor(&change, SeExports->SeLocalSystemSid, FALSE);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&change, object, &length), STATUS_SUCCESS);

    kept = object;
    RtlCreateSecurityDescriptor(&change, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&entries.acl, sizeof(entries), ACL_REVISION);
    RtlAddAccessAllowedAce(&entries.acl, ACL_REVISION, GENERIC_READ, SeExports->SeWorldSid);
    RtlSetDaclSecurityDescriptor(&change, TRUE, &entries.acl, FALSE);
    assert_int_equal(SeSetSecurityDescriptorInfo(NULL, &dacl, &change, &kept, PagedPool,
                                                 (PGENERIC_MAPPING)&mapping),
                     STATUS_SUCCESS);
    assert_ptr_not_equal(kept, object);
    RtlGetOwnerSecurityDescriptor(kept, &sid, &defaulted);
    assert_true(RtlEqualSid(sid, SeExports->SeAliasAdminsSid)); /* as it was */
    RtlGetDaclSecurityDescriptor(kept, &present, &acl, &defaulted);
    assert_true(present);
    assert_int_equal(RtlGetAce(acl, 0, &ace), STATUS_SUCCESS);
    assert_int_equal(((PACCESS_ALLOWED_ACE)ace)->Mask, FILE_GENERIC_READ);
    assert_int_equal(SeSetSecurityDescriptorInfo(NULL, &owner, &change, &kept, PagedPool,
                                                 (PGENERIC_MAPPING)&mapping),
                     STATUS_INVALID_OWNER); /* the change has none */
    ExFreePool(kept);
}

static void privileges_are_checked_all_or_one(void **state)
{
    union {
        PRIVILEGE_SET set;
        UCHAR bytes[sizeof(PRIVILEGE_SET) + sizeof(LUID_AND_ATTRIBUTES)];
    } u;
    PPRIVILEGE_SET set = &u.set;
    PLUID_AND_ATTRIBUTES privileges = set->Privilege;
    SECURITY_SUBJECT_CONTEXT subject;

    memset(&u, 0, sizeof(u));
    SeCaptureSubjectContext(&subject);
    set->PrivilegeCount = 2;
    set->Control = PRIVILEGE_SET_ALL_NECESSARY;
    privileges[0].Luid = SeExports->SeDebugPrivilege;
    privileges[1].Luid.LowPart = 4711; /* nobody's */
    assert_false(SePrivilegeCheck(set, &subject, UserMode));
    assert_int_equal(privileges[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(privileges[1].Attributes, 0);
    set->Control = 0;
    assert_true(SePrivilegeCheck(set, &subject, UserMode));
    set->PrivilegeCount = 1;
    privileges[0] = privileges[1];
    assert_false(SePrivilegeCheck(set, &subject, UserMode));
    assert_true(SePrivilegeCheck(set, &subject, KernelMode));
    SeReleaseSubjectContext(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_sid_is_made_copied_and_compared),
        wc_unit_test(a_sid_is_written_as_text),
        wc_unit_test(entries_go_into_a_list_while_there_is_room),
        wc_unit_test(entries_are_put_before_others),
        wc_unit_test(a_descriptor_keeps_what_it_is_given),
        wc_unit_test(a_descriptor_in_one_piece_is_the_same),
        wc_unit_test(access_is_what_the_list_allows),
        wc_unit_test(the_owner_may_always_change_the_list),
        wc_unit_test(generic_rights_are_mapped),
        wc_unit_test(an_object_gives_the_parts_that_are_asked_for),
        wc_unit_test(parts_of_an_object_are_replaced),
        wc_unit_test(privileges_are_checked_all_or_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

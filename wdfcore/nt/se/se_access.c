/* se_access.c - who may do what. All threads are of the system: its token has the system as user, the
 * administrators, everyone and the authenticated users as groups, and every privilege.
 */
#include <ntifs.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ob/ob_object.h"
#include "nt/se/se_sid.h"
#include "nt/se/se_token.h"

static BOOLEAN token_has(const struct se_token *token, const SID *sid)
{
    if (se_sid_equal(token->user, sid)) {
        return TRUE;
    }
    for (size_t i = 0; i < SE_TOKEN_GROUPS; i++) {
        if (se_sid_equal(token->groups[i], sid)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- generic rights ---- */

static ACCESS_MASK mask_mapped(ACCESS_MASK mask, const GENERIC_MAPPING *mapping)
{
    ACCESS_MASK mapped = mask & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);

    mapped |= (mask & GENERIC_READ) != 0 ? mapping->GenericRead : 0;
    mapped |= (mask & GENERIC_WRITE) != 0 ? mapping->GenericWrite : 0;
    mapped |= (mask & GENERIC_EXECUTE) != 0 ? mapping->GenericExecute : 0;
    mapped |= (mask & GENERIC_ALL) != 0 ? mapping->GenericAll : 0;
    return mapped;
}

VOID RtlMapGenericMask(PACCESS_MASK AccessMask, const GENERIC_MAPPING *GenericMapping)
{
    if (API_QUIET(HIGH_LEVEL)) {
        *AccessMask = mask_mapped(*AccessMask, GenericMapping);
    }
}

BOOLEAN RtlAreAllAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess)
{
    return API_QUIET(HIGH_LEVEL) && (DesiredAccess & ~GrantedAccess) == 0;
}

BOOLEAN RtlAreAnyAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess)
{
    return API_QUIET(HIGH_LEVEL) && (DesiredAccess & GrantedAccess) != 0;
}

/* ---- the subject ---- */

VOID SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    if (!API(PASSIVE_LEVEL) || !ke_check_address(SubjectContext, "a subject context", __func__)) {
        return;
    }
    *SubjectContext = (SECURITY_SUBJECT_CONTEXT){.PrimaryToken = se_token_system(),
                                                 .ProcessAuditId = PsGetCurrentProcessId()};
    if (se_token_system() != NULL) {
        ob_ref(se_token_system()); /* dropped by SeReleaseSubjectContext */
    }
}

/* Tokens never change here: there is nothing to lock. */
VOID SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    API(PASSIVE_LEVEL);
}

VOID SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    API(PASSIVE_LEVEL);
}

VOID SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    if (!API(PASSIVE_LEVEL) || !ke_check_address(SubjectContext, "a subject context", __func__)) {
        return;
    }
    if (SubjectContext->PrimaryToken != NULL && SubjectContext->PrimaryToken == se_token_system()) {
        ob_deref(se_token_system());
    }
    SubjectContext->PrimaryToken = NULL;
}

/* ---- the check ---- */

struct access_check {
    const struct se_token *token;
    const GENERIC_MAPPING *mapping;
    ACCESS_MASK wanted; /* not granted yet */
    ACCESS_MASK granted;
    ACCESS_MASK denied; /* first come, first served */
    BOOLEAN maximum;
};

/* FALSE: something that is wanted is denied. */
static BOOLEAN access_apply_entry(struct access_check *check, const ACE_HEADER *ace)
{
    const ACCESS_ALLOWED_ACE *known = (const ACCESS_ALLOWED_ACE *)ace;
    ACCESS_MASK mask;

    if ((ace->AceFlags & INHERIT_ONLY_ACE) != 0 || ace->AceType > ACCESS_DENIED_ACE_TYPE ||
        !token_has(check->token, (const SID *)&known->SidStart)) {
        return TRUE;
    }
    mask = mask_mapped(known->Mask, check->mapping);
    if (ace->AceType == ACCESS_ALLOWED_ACE_TYPE) {
        check->granted |= mask & ~check->denied;
        check->wanted &= ~mask;
        return TRUE;
    }
    check->denied |= mask & ~check->granted;
    return (check->wanted & mask) == 0;
}

static BOOLEAN access_apply(struct access_check *check, const SECURITY_DESCRIPTOR *descriptor)
{
    struct se_parts parts = se_descriptor_parts(descriptor);
    PACE_HEADER ace;

    if (parts.dacl == NULL) { /* nobody is restricted */
        check->granted |= check->wanted | (check->maximum ? check->mapping->GenericAll : 0);
        return TRUE;
    }
    if (parts.owner != NULL && token_has(check->token, parts.owner)) {
        check->granted |= READ_CONTROL | WRITE_DAC;
        check->wanted &= ~(READ_CONTROL | WRITE_DAC);
    }
    ace = se_acl_first(parts.dacl);
    for (USHORT i = 0; i < parts.dacl->AceCount; i++, ace = se_acl_next(ace)) {
        if (!access_apply_entry(check, ace)) {
            return FALSE;
        }
    }
    return check->wanted == 0;
}

/* The system's privileges: to take ownership, and to see what is audited. */
static void access_apply_privileges(struct access_check *check)
{
    const ACCESS_MASK by_privilege = check->wanted & (ACCESS_SYSTEM_SECURITY | WRITE_OWNER);

    check->granted |= by_privilege;
    check->wanted &= ~by_privilege;
}

static NTSTATUS access_check(const SECURITY_DESCRIPTOR *descriptor, ACCESS_MASK desired,
                             ACCESS_MASK before, struct access_check *check)
{
    ACCESS_MASK all;

    check->maximum = (desired & MAXIMUM_ALLOWED) != 0;
    check->wanted = mask_mapped(desired & ~MAXIMUM_ALLOWED, check->mapping) & ~before;
    all = check->wanted;
    check->granted = before;
    access_apply_privileges(check);
    if (!access_apply(check, descriptor)) {
        return STATUS_ACCESS_DENIED;
    }
    if (!check->maximum) {
        check->granted = before | all;
    }
    return check->granted != 0 || desired == 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

BOOLEAN SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor,
                      PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                      BOOLEAN SubjectContextLocked, ACCESS_MASK DesiredAccess,
                      ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
                      PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode,
                      PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    struct access_check check = {.token = se_token_system(), .mapping = GenericMapping};

    UNREFERENCED_PARAMETER(SubjectSecurityContext); /* every subject is the system */
    UNREFERENCED_PARAMETER(SubjectContextLocked);
    if (!API(PASSIVE_LEVEL)) {
        return FALSE;
    }
    if (Privileges != NULL) {
        *Privileges = NULL;
    }
    if (AccessMode == KernelMode) {
        *GrantedAccess = PreviouslyGrantedAccess | (DesiredAccess & ~MAXIMUM_ALLOWED);
        if ((DesiredAccess & MAXIMUM_ALLOWED) != 0) {
            *GrantedAccess |= GenericMapping->GenericAll;
        }
        *AccessStatus = STATUS_SUCCESS;
        return TRUE;
    }
    *AccessStatus =
        SecurityDescriptor == NULL || se_token_system() == NULL
            ? STATUS_ACCESS_DENIED
            : access_check(SecurityDescriptor, DesiredAccess, PreviouslyGrantedAccess, &check);
    *GrantedAccess = NT_SUCCESS(*AccessStatus) ? check.granted : 0;
    return NT_SUCCESS(*AccessStatus);
}

VOID SeFreePrivileges(PPRIVILEGE_SET Privileges)
{
    if (API(PASSIVE_LEVEL) && Privileges != NULL) {
        ExFreePool(Privileges);
    }
}

BOOLEAN SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode)
{
    UNREFERENCED_PARAMETER(PrivilegeValue);
    UNREFERENCED_PARAMETER(PreviousMode);
    return API(PASSIVE_LEVEL);
}

/* ---- of objects ---- */

NTSTATUS ObGetObjectSecurity(PVOID Object, PSECURITY_DESCRIPTOR *SecurityDescriptor,
                             PBOOLEAN MemoryAllocated)
{
    if (!API(APC_LEVEL) || !ob_check(Object, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *SecurityDescriptor = NULL;
    *MemoryAllocated = FALSE;
    return STATUS_SUCCESS;
}

VOID ObReleaseObjectSecurity(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN MemoryAllocated)
{
    if (API(APC_LEVEL) && SecurityDescriptor != NULL && MemoryAllocated) {
        ExFreePool(SecurityDescriptor);
    }
}

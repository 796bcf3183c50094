/* object_security.h - descriptors that objects keep, and privileges. Part of ntifs.h. */
#pragma once

#include "device.h"
#include "pool.h"
#include "security.h"

#ifdef __cplusplus
extern "C" {
#endif

/* SeQuerySecurityDescriptorInfo: a copy of the parts that are asked for, in one piece: owner, group, discretionary
 * and system list. An object without descriptor: an empty one.
 *   Length    of the buffer; then what is needed
 *   Returns   STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL
 *   IRQL      PASSIVE_LEVEL      Source   ntifs/nf-ntifs-sequerysecuritydescriptorinfo
 */
NTKERNELAPI NTSTATUS SeQuerySecurityDescriptorInfo(PSECURITY_INFORMATION SecurityInformation,
                                                   PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                   PULONG Length,
                                                   PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor);

/* SeSetSecurityDescriptorInfo(Ex): the named parts of the modification take the place of the object's, in a new
 * piece of pool; generic rights of its lists become those of the mapping.
 *   ObjectsSecurityDescriptor  in one piece; then the new one. Who has the object frees both
 *   Returns   STATUS_SUCCESS; STATUS_NO_SECURITY_ON_OBJECT: it has none; STATUS_INVALID_OWNER,
 *             STATUS_INVALID_PRIMARY_GROUP: there is none in the end; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL      PASSIVE_LEVEL
 *   Source    ntifs/nf-ntifs-sesetsecuritydescriptorinfo, -sesetsecuritydescriptorinfoex
 */
NTKERNELAPI NTSTATUS SeSetSecurityDescriptorInfo(PVOID Object,
                                                 PSECURITY_INFORMATION SecurityInformation,
                                                 PSECURITY_DESCRIPTOR ModificationDescriptor,
                                                 PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                                 POOL_TYPE PoolType,
                                                 PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS SeSetSecurityDescriptorInfoEx(PVOID Object,
                                                   PSECURITY_INFORMATION SecurityInformation,
                                                   PSECURITY_DESCRIPTOR ModificationDescriptor,
                                                   PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                                   ULONG AutoInheritFlags, POOL_TYPE PoolType,
                                                   PGENERIC_MAPPING GenericMapping);

/* SePrivilegeCheck: whether the subject has all of the privileges (PRIVILEGE_SET_ALL_NECESSARY), or one; those that it
 * has are marked SE_PRIVILEGE_USED_FOR_ACCESS. KernelMode: TRUE.
 *   IRQL      PASSIVE_LEVEL      Source   ntifs/nf-ntifs-seprivilegecheck
 */
NTKERNELAPI BOOLEAN SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges,
                                     PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                                     KPROCESSOR_MODE AccessMode);

#ifdef __cplusplus
}
#endif

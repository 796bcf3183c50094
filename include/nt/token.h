/* token.h - access tokens. Part of ntifs.h. A machine has one, the system's: user S-1-5-18, the administrators,
 * everyone and the authenticated users as groups, every privilege enabled.
 */
#pragma once

#include "security.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOKEN_SOURCE_LENGTH 8
#define SYSTEM_LUID \
    {               \
        0x3E7, 0x0  \
    }

#define SE_GROUP_MANDATORY          0x00000001
#define SE_GROUP_ENABLED_BY_DEFAULT 0x00000002
#define SE_GROUP_ENABLED            0x00000004
#define SE_GROUP_OWNER              0x00000008
#define SE_GROUP_INTEGRITY          0x00000020
#define SE_GROUP_INTEGRITY_ENABLED  0x00000040

typedef enum _TOKEN_TYPE { TokenPrimary = 1, TokenImpersonation } TOKEN_TYPE, *PTOKEN_TYPE;
typedef enum _TOKEN_ELEVATION_TYPE {
    TokenElevationTypeDefault = 1,
    TokenElevationTypeFull,
    TokenElevationTypeLimited
} TOKEN_ELEVATION_TYPE,
    *PTOKEN_ELEVATION_TYPE;
typedef enum _TOKEN_INFORMATION_CLASS {
    TokenUser = 1,
    TokenGroups,
    TokenPrivileges,
    TokenOwner,
    TokenPrimaryGroup,
    TokenDefaultDacl,
    TokenSource,
    TokenType,
    TokenImpersonationLevel,
    TokenStatistics,
    TokenRestrictedSids,
    TokenSessionId,
    TokenGroupsAndPrivileges,
    TokenSessionReference,
    TokenSandBoxInert,
    TokenAuditPolicy,
    TokenOrigin,
    TokenElevationType,
    TokenLinkedToken,
    TokenElevation,
    TokenHasRestrictions,
    TokenAccessInformation,
    TokenVirtualizationAllowed,
    TokenVirtualizationEnabled,
    TokenIntegrityLevel,
    TokenUIAccess,
    TokenMandatoryPolicy,
    TokenLogonSid
} TOKEN_INFORMATION_CLASS,
    *PTOKEN_INFORMATION_CLASS;

typedef struct _TOKEN_USER {
    SID_AND_ATTRIBUTES User;
} TOKEN_USER, *PTOKEN_USER;
typedef struct _TOKEN_GROUPS {
    ULONG GroupCount;
    SID_AND_ATTRIBUTES Groups[ANYSIZE_ARRAY];
} TOKEN_GROUPS, *PTOKEN_GROUPS;
typedef struct _TOKEN_PRIVILEGES {
    ULONG PrivilegeCount;
    LUID_AND_ATTRIBUTES Privileges[ANYSIZE_ARRAY];
} TOKEN_PRIVILEGES, *PTOKEN_PRIVILEGES;
typedef struct _TOKEN_OWNER {
    PSID Owner;
} TOKEN_OWNER, *PTOKEN_OWNER;
typedef struct _TOKEN_PRIMARY_GROUP {
    PSID PrimaryGroup;
} TOKEN_PRIMARY_GROUP, *PTOKEN_PRIMARY_GROUP;
typedef struct _TOKEN_SOURCE {
    CHAR SourceName[TOKEN_SOURCE_LENGTH];
    LUID SourceIdentifier;
} TOKEN_SOURCE, *PTOKEN_SOURCE;
typedef struct _TOKEN_STATISTICS {
    LUID TokenId;
    LUID AuthenticationId;
    LARGE_INTEGER ExpirationTime;
    TOKEN_TYPE TokenType;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    ULONG DynamicCharged;
    ULONG DynamicAvailable;
    ULONG GroupCount;
    ULONG PrivilegeCount;
    LUID ModifiedId;
} TOKEN_STATISTICS, *PTOKEN_STATISTICS;
typedef struct _TOKEN_ELEVATION {
    ULONG TokenIsElevated;
} TOKEN_ELEVATION, *PTOKEN_ELEVATION;
typedef struct _TOKEN_MANDATORY_LABEL {
    SID_AND_ATTRIBUTES Label;
} TOKEN_MANDATORY_LABEL, *PTOKEN_MANDATORY_LABEL;

extern NTKERNELAPI POBJECT_TYPE *SeTokenObjectType;

#define SeLengthSid(Sid) (8 + (4 * ((SID *)(Sid))->SubAuthorityCount))
#define SeQuerySubjectContextToken(SubjectContext)                         \
    ((SubjectContext)->ClientToken != NULL ? (SubjectContext)->ClientToken \
                                           : (SubjectContext)->PrimaryToken)

/* PsReferencePrimaryToken: the token of a process, referenced. PsReferenceImpersonationToken: NULL, for no
 * thread impersonates.
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-psreferenceprimarytoken, -psdereferenceprimarytoken,
 *            -psreferenceimpersonationtoken, -psdereferenceimpersonationtoken
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI PACCESS_TOKEN
    PsReferencePrimaryToken(PEPROCESS Process);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID
    PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI PACCESS_TOKEN
    PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen, PBOOLEAN EffectiveOnly,
                                  PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID
    PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken);

/* SeTokenIsAdmin, SeTokenIsRestricted, SeTokenType, SeQueryAuthenticationIdToken, SeQuerySessionIdToken.
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-setokenisadmin, -setokenisrestricted, -setokentype,
 *            -sequeryauthenticationidtoken, -sequerysessionidtoken
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN SeTokenIsAdmin(PACCESS_TOKEN Token);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN SeTokenIsRestricted(PACCESS_TOKEN Token);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI TOKEN_TYPE SeTokenType(PACCESS_TOKEN Token);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID AuthenticationId);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId);

/* SeQueryInformationToken: what the class says, in paged pool that the caller frees (ExFreePool).
 * ZwQueryInformationToken: the same in a buffer.
 *   Returns  STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS; STATUS_INVALID_PARAMETER: the impersonation level of a
 *            primary token; STATUS_NOT_IMPLEMENTED: a class that is not built; STATUS_BUFFER_TOO_SMALL
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-sequeryinformationtoken, -ntqueryinformationtoken
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    SeQueryInformationToken(PACCESS_TOKEN Token, TOKEN_INFORMATION_CLASS TokenInformationClass,
                            PVOID *TokenInformation);
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwQueryInformationToken(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                            PVOID TokenInformation, ULONG TokenInformationLength,
                            PULONG ReturnLength);

/* ZwOpenProcessToken(Ex): a handle of the process's token. ZwOpenThreadToken(Ex): STATUS_NO_TOKEN: no thread
 * impersonates.
 *   Returns  STATUS_SUCCESS; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-ntopenprocesstoken, -ntopenprocesstokenex, -ntopenthreadtoken
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                         PHANDLE TokenHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                      PHANDLE TokenHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                        ULONG HandleAttributes, PHANDLE TokenHandle);

#ifdef __cplusplus
}
#endif

/* se_exports.c - identifiers and privileges that everybody knows. */
#include <ntifs.h>

#include "nt/se/se_sid.h"

/* A SID of up to two subauthorities. */
struct se_known {
    UCHAR revision, count;
    SID_IDENTIFIER_AUTHORITY authority;
    ULONG numbers[2];
};
C_ASSERT(FIELD_OFFSET(struct se_known, numbers) == FIELD_OFFSET(SID, SubAuthority));

#define KNOWN_1(authority_, number)    \
    {                                  \
        SID_REVISION, 1, {authority_}, \
        {                              \
            number                     \
        }                              \
    }
#define KNOWN_NT(number)    KNOWN_1(SECURITY_NT_AUTHORITY, number)
#define KNOWN_LABEL(number) KNOWN_1(SECURITY_MANDATORY_LABEL_AUTHORITY, number)
#define KNOWN_ALIAS(number)                       \
    {                                             \
        SID_REVISION, 2, {SECURITY_NT_AUTHORITY}, \
        {                                         \
            SECURITY_BUILTIN_DOMAIN_RID, number   \
        }                                         \
    }

static struct se_known null_sid = KNOWN_1(SECURITY_NULL_SID_AUTHORITY, SECURITY_NULL_RID);
static struct se_known world = KNOWN_1(SECURITY_WORLD_SID_AUTHORITY, SECURITY_WORLD_RID);
static struct se_known local = KNOWN_1(SECURITY_LOCAL_SID_AUTHORITY, SECURITY_LOCAL_RID);
static struct se_known owner = KNOWN_1(SECURITY_CREATOR_SID_AUTHORITY, SECURITY_CREATOR_OWNER_RID);
static struct se_known group = KNOWN_1(SECURITY_CREATOR_SID_AUTHORITY, SECURITY_CREATOR_GROUP_RID);
static struct se_known owner_rights =
    KNOWN_1(SECURITY_CREATOR_SID_AUTHORITY, SECURITY_CREATOR_OWNER_RIGHTS_RID);
static struct se_known authority = {SID_REVISION, 0, {SECURITY_NT_AUTHORITY}, {0}};
static struct se_known dialup = KNOWN_NT(SECURITY_DIALUP_RID);
static struct se_known network = KNOWN_NT(SECURITY_NETWORK_RID);
static struct se_known batch = KNOWN_NT(SECURITY_BATCH_RID);
static struct se_known interactive = KNOWN_NT(SECURITY_INTERACTIVE_RID);
static struct se_known system_sid = KNOWN_NT(SECURITY_LOCAL_SYSTEM_RID);
static struct se_known authenticated = KNOWN_NT(SECURITY_AUTHENTICATED_USER_RID);
static struct se_known restricted = KNOWN_NT(SECURITY_RESTRICTED_CODE_RID);
static struct se_known anonymous = KNOWN_NT(SECURITY_ANONYMOUS_LOGON_RID);
static struct se_known local_service = KNOWN_NT(SECURITY_LOCAL_SERVICE_RID);
static struct se_known network_service = KNOWN_NT(SECURITY_NETWORK_SERVICE_RID);
static struct se_known iuser = KNOWN_NT(SECURITY_IUSER_RID);
static struct se_known admins = KNOWN_ALIAS(DOMAIN_ALIAS_RID_ADMINS);
static struct se_known users = KNOWN_ALIAS(DOMAIN_ALIAS_RID_USERS);
static struct se_known guests = KNOWN_ALIAS(DOMAIN_ALIAS_RID_GUESTS);
static struct se_known power_users = KNOWN_ALIAS(DOMAIN_ALIAS_RID_POWER_USERS);
static struct se_known account_ops = KNOWN_ALIAS(DOMAIN_ALIAS_RID_ACCOUNT_OPS);
static struct se_known system_ops = KNOWN_ALIAS(DOMAIN_ALIAS_RID_SYSTEM_OPS);
static struct se_known print_ops = KNOWN_ALIAS(DOMAIN_ALIAS_RID_PRINT_OPS);
static struct se_known backup_ops = KNOWN_ALIAS(DOMAIN_ALIAS_RID_BACKUP_OPS);
static struct se_known untrusted_label = KNOWN_LABEL(SECURITY_MANDATORY_UNTRUSTED_RID);
static struct se_known low_label = KNOWN_LABEL(SECURITY_MANDATORY_LOW_RID);
static struct se_known medium_label = KNOWN_LABEL(SECURITY_MANDATORY_MEDIUM_RID);
static struct se_known high_label = KNOWN_LABEL(SECURITY_MANDATORY_HIGH_RID);
static struct se_known system_label = KNOWN_LABEL(SECURITY_MANDATORY_SYSTEM_RID);

static SE_EXPORTS exports = {
    .SeCreateTokenPrivilege = {SE_CREATE_TOKEN_PRIVILEGE, 0},
    .SeAssignPrimaryTokenPrivilege = {SE_ASSIGNPRIMARYTOKEN_PRIVILEGE, 0},
    .SeLockMemoryPrivilege = {SE_LOCK_MEMORY_PRIVILEGE, 0},
    .SeIncreaseQuotaPrivilege = {SE_INCREASE_QUOTA_PRIVILEGE, 0},
    .SeUnsolicitedInputPrivilege = {SE_UNSOLICITED_INPUT_PRIVILEGE, 0},
    .SeTcbPrivilege = {SE_TCB_PRIVILEGE, 0},
    .SeSecurityPrivilege = {SE_SECURITY_PRIVILEGE, 0},
    .SeTakeOwnershipPrivilege = {SE_TAKE_OWNERSHIP_PRIVILEGE, 0},
    .SeLoadDriverPrivilege = {SE_LOAD_DRIVER_PRIVILEGE, 0},
    .SeCreatePagefilePrivilege = {SE_CREATE_PAGEFILE_PRIVILEGE, 0},
    .SeIncreaseBasePriorityPrivilege = {SE_INC_BASE_PRIORITY_PRIVILEGE, 0},
    .SeSystemProfilePrivilege = {SE_SYSTEM_PROFILE_PRIVILEGE, 0},
    .SeSystemtimePrivilege = {SE_SYSTEMTIME_PRIVILEGE, 0},
    .SeProfileSingleProcessPrivilege = {SE_PROF_SINGLE_PROCESS_PRIVILEGE, 0},
    .SeCreatePermanentPrivilege = {SE_CREATE_PERMANENT_PRIVILEGE, 0},
    .SeBackupPrivilege = {SE_BACKUP_PRIVILEGE, 0},
    .SeRestorePrivilege = {SE_RESTORE_PRIVILEGE, 0},
    .SeShutdownPrivilege = {SE_SHUTDOWN_PRIVILEGE, 0},
    .SeDebugPrivilege = {SE_DEBUG_PRIVILEGE, 0},
    .SeAuditPrivilege = {SE_AUDIT_PRIVILEGE, 0},
    .SeSystemEnvironmentPrivilege = {SE_SYSTEM_ENVIRONMENT_PRIVILEGE, 0},
    .SeChangeNotifyPrivilege = {SE_CHANGE_NOTIFY_PRIVILEGE, 0},
    .SeRemoteShutdownPrivilege = {SE_REMOTE_SHUTDOWN_PRIVILEGE, 0},
    .SeNullSid = &null_sid,
    .SeWorldSid = &world,
    .SeLocalSid = &local,
    .SeCreatorOwnerSid = &owner,
    .SeCreatorGroupSid = &group,
    .SeNtAuthoritySid = &authority,
    .SeDialupSid = &dialup,
    .SeNetworkSid = &network,
    .SeBatchSid = &batch,
    .SeInteractiveSid = &interactive,
    .SeLocalSystemSid = &system_sid,
    .SeAliasAdminsSid = &admins,
    .SeAliasUsersSid = &users,
    .SeAliasGuestsSid = &guests,
    .SeAliasPowerUsersSid = &power_users,
    .SeAliasAccountOpsSid = &account_ops,
    .SeAliasSystemOpsSid = &system_ops,
    .SeAliasPrintOpsSid = &print_ops,
    .SeAliasBackupOpsSid = &backup_ops,
    .SeAuthenticatedUsersSid = &authenticated,
    .SeRestrictedSid = &restricted,
    .SeAnonymousLogonSid = &anonymous,
    .SeUndockPrivilege = {SE_UNDOCK_PRIVILEGE, 0},
    .SeSyncAgentPrivilege = {SE_SYNC_AGENT_PRIVILEGE, 0},
    .SeEnableDelegationPrivilege = {SE_ENABLE_DELEGATION_PRIVILEGE, 0},
    .SeLocalServiceSid = &local_service,
    .SeNetworkServiceSid = &network_service,
    .SeManageVolumePrivilege = {SE_MANAGE_VOLUME_PRIVILEGE, 0},
    .SeImpersonatePrivilege = {SE_IMPERSONATE_PRIVILEGE, 0},
    .SeCreateGlobalPrivilege = {SE_CREATE_GLOBAL_PRIVILEGE, 0},
    .SeTrustedCredManAccessPrivilege = {SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE, 0},
    .SeRelabelPrivilege = {SE_RELABEL_PRIVILEGE, 0},
    .SeIncreaseWorkingSetPrivilege = {SE_INC_WORKING_SET_PRIVILEGE, 0},
    .SeTimeZonePrivilege = {SE_TIME_ZONE_PRIVILEGE, 0},
    .SeCreateSymbolicLinkPrivilege = {SE_CREATE_SYMBOLIC_LINK_PRIVILEGE, 0},
    .SeIUserSid = &iuser,
    .SeUntrustedMandatorySid = &untrusted_label,
    .SeLowMandatorySid = &low_label,
    .SeMediumMandatorySid = &medium_label,
    .SeHighMandatorySid = &high_label,
    .SeSystemMandatorySid = &system_label,
    .SeOwnerRightsSid = &owner_rights,
};

PSE_EXPORTS SeExports = &exports;

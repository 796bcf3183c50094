/* se_token.c - the system's token, and what can be asked about it. An answer is laid out twice: first to count
 * its bytes, then into the memory; the SIDs that it points to lie behind it.
 */
#include "nt/se/se_token.h"

#include <ntifs.h>

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_types.h"
#include "nt/se/se_sid.h"

#define TOKEN_TAG       'ekoT'
#define FIRST_PRIVILEGE SE_MIN_WELL_KNOWN_PRIVILEGE
#define PRIVILEGES      (SE_MAX_WELL_KNOWN_PRIVILEGE - SE_MIN_WELL_KNOWN_PRIVILEGE + 1)

const struct ob_type se_token_type = {.name = "Token"};

static struct se_token *system_token; /* (c) while a machine runs */

static void token_start(void)
{
    system_token = ob_create(&se_token_type, sizeof(*system_token));
    if (system_token != NULL) {
        system_token->user = SeExports->SeLocalSystemSid;
        system_token->groups[0] = SeExports->SeAliasAdminsSid;
        system_token->groups[1] = SeExports->SeWorldSid;
        system_token->groups[2] = SeExports->SeAuthenticatedUsersSid;
    }
}

struct se_token *se_token_system(void)
{
    return system_token;
}

static struct ke_machine_part token_part = {.order = 10, .start = token_start};

__attribute__((constructor)) static void token_register(void)
{
    ke_machine_register(&token_part);
}

/* ---- answers ---- */

struct token_answer {
    PUCHAR at; /* NULL: only counts */
    size_t used;
};

static void *answer_take(struct token_answer *answer, size_t size)
{
    size_t start = (answer->used + 7) & ~(size_t)7;

    answer->used = start + size;
    return answer->at != NULL ? answer->at + start : NULL;
}

static PSID answer_sid(struct token_answer *answer, PSID sid)
{
    size_t size = se_sid_length(((const SID *)sid)->SubAuthorityCount);
    void *copy = answer_take(answer, size);

    return copy != NULL ? memcpy(copy, sid, size) : NULL;
}

/* A structure that is one SID with its attributes, or one SID. */
static void answer_labelled(struct token_answer *answer, PSID sid, ULONG attributes)
{
    PSID_AND_ATTRIBUTES head = answer_take(answer, sizeof(*head));
    PSID copy = answer_sid(answer, sid);

    if (head != NULL) {
        *head = (SID_AND_ATTRIBUTES){.Sid = copy, .Attributes = attributes};
    }
}

static void answer_pointer(struct token_answer *answer, PSID sid)
{
    PSID *head = answer_take(answer, sizeof(*head));
    PSID copy = answer_sid(answer, sid);

    if (head != NULL) {
        *head = copy;
    }
}

static void answer_groups(struct token_answer *answer, const struct se_token *token)
{
    PTOKEN_GROUPS head = answer_take(answer, FIELD_OFFSET(TOKEN_GROUPS, Groups[SE_TOKEN_GROUPS]));

    for (ULONG i = 0; i < SE_TOKEN_GROUPS; i++) {
        PSID copy = answer_sid(answer, token->groups[i]);
        BOOLEAN is_admins = token->groups[i] == SeExports->SeAliasAdminsSid;

        if (head != NULL) {
            head->GroupCount = SE_TOKEN_GROUPS;
            head->Groups[i].Sid = copy;
            head->Groups[i].Attributes = SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED |
                                         (is_admins ? SE_GROUP_OWNER : SE_GROUP_MANDATORY);
        }
    }
}

static void answer_privileges(struct token_answer *answer)
{
    PTOKEN_PRIVILEGES head =
        answer_take(answer, FIELD_OFFSET(TOKEN_PRIVILEGES, Privileges[PRIVILEGES]));

    for (ULONG i = 0; head != NULL && i < PRIVILEGES; i++) {
        head->PrivilegeCount = PRIVILEGES;
        head->Privileges[i].Luid = (LUID){.LowPart = FIRST_PRIVILEGE + i};
        head->Privileges[i].Attributes = SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT;
    }
}

static void answer_source(struct token_answer *answer)
{
    PTOKEN_SOURCE head = answer_take(answer, sizeof(*head));

    if (head != NULL) {
        *head = (TOKEN_SOURCE){.SourceName = {'*', 'S', 'Y', 'S', 'T', 'E', 'M', '*'}};
    }
}

static void answer_statistics(struct token_answer *answer)
{
    PTOKEN_STATISTICS head = answer_take(answer, sizeof(*head));

    if (head != NULL) {
        *head = (TOKEN_STATISTICS){.AuthenticationId = SYSTEM_LUID,
                                   .ExpirationTime.QuadPart = MAXLONGLONG,
                                   .TokenType = TokenPrimary,
                                   .GroupCount = SE_TOKEN_GROUPS,
                                   .PrivilegeCount = PRIVILEGES};
    }
}

static void answer_number(struct token_answer *answer, ULONG number)
{
    PULONG head = answer_take(answer, sizeof(*head));

    if (head != NULL) {
        *head = number;
    }
}

static NTSTATUS token_answer(const struct se_token *token, TOKEN_INFORMATION_CLASS class,
                             struct token_answer *answer)
{
    switch (class) {
    case TokenUser:
        answer_labelled(answer, token->user, 0);
        return STATUS_SUCCESS;
    case TokenGroups:
        answer_groups(answer, token);
        return STATUS_SUCCESS;
    case TokenPrivileges:
        answer_privileges(answer);
        return STATUS_SUCCESS;
    case TokenOwner:
        answer_pointer(answer, SeExports->SeAliasAdminsSid);
        return STATUS_SUCCESS;
    case TokenPrimaryGroup:
        answer_pointer(answer, token->user);
        return STATUS_SUCCESS;
    case TokenSource:
        answer_source(answer);
        return STATUS_SUCCESS;
    case TokenStatistics:
        answer_statistics(answer);
        return STATUS_SUCCESS;
    case TokenType:
        answer_number(answer, TokenPrimary);
        return STATUS_SUCCESS;
    case TokenImpersonationLevel: /* a primary token has none */
        return STATUS_INVALID_PARAMETER;
    case TokenSessionId:
        answer_number(answer, 0);
        return STATUS_SUCCESS;
    case TokenElevationType:
        answer_number(answer, TokenElevationTypeDefault);
        return STATUS_SUCCESS;
    case TokenElevation:
        answer_number(answer, TRUE);
        return STATUS_SUCCESS;
    case TokenIntegrityLevel:
        answer_labelled(answer, SeExports->SeSystemMandatorySid,
                        SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED);
        return STATUS_SUCCESS;
    default:
        return class >= TokenUser && class <= TokenLogonSid ? STATUS_NOT_IMPLEMENTED
                                                            : STATUS_INVALID_INFO_CLASS;
    }
}

static bool token_check(PACCESS_TOKEN token, const char *api)
{
    return ob_is(token, &se_token_type) ||
           ke_check_refuse(RULE_BadParameter, token, "a token", api);
}

NTSTATUS SeQueryInformationToken(PACCESS_TOKEN Token, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                 PVOID *TokenInformation)
{
    struct token_answer answer = {0};
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || !token_check(Token, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = token_answer(Token, TokenInformationClass, &answer);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    answer.at = ex_pool_allocate(answer.used, TOKEN_TAG, true, true, KE_CALLER());
    if (answer.at == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    answer.used = 0;
    *TokenInformation = answer.at;
    return token_answer(Token, TokenInformationClass, &answer);
}

static NTSTATUS token_of_handle(HANDLE handle, PACCESS_TOKEN *token)
{
    return ObReferenceObjectByHandle(handle, TOKEN_QUERY, *SeTokenObjectType, KernelMode, token,
                                     NULL);
}

NTSTATUS ZwQueryInformationToken(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                 PVOID TokenInformation, ULONG TokenInformationLength,
                                 PULONG ReturnLength)
{
    struct token_answer answer = {0};
    PACCESS_TOKEN token;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = token_of_handle(TokenHandle, &token);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = token_answer(token, TokenInformationClass, &answer);
    if (NT_SUCCESS(status)) {
        *ReturnLength = (ULONG)answer.used;
        status = answer.used > TokenInformationLength ? STATUS_BUFFER_TOO_SMALL : status;
    }
    if (NT_SUCCESS(status)) {
        answer = (struct token_answer){.at = TokenInformation};
        status = token_answer(token, TokenInformationClass, &answer);
    }
    ob_deref(token);
    return status;
}

/* ---- looking at one ---- */

BOOLEAN SeTokenIsAdmin(PACCESS_TOKEN Token)
{
    return API(PASSIVE_LEVEL) && token_check(Token, __func__);
}

BOOLEAN SeTokenIsRestricted(PACCESS_TOKEN Token)
{
    if (API(PASSIVE_LEVEL)) {
        token_check(Token, __func__);
    }
    return FALSE;
}

TOKEN_TYPE SeTokenType(PACCESS_TOKEN Token)
{
    return API(PASSIVE_LEVEL) && token_check(Token, __func__) ? TokenPrimary : (TOKEN_TYPE)0;
}

NTSTATUS SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID AuthenticationId)
{
    if (!API(PASSIVE_LEVEL) || !token_check(Token, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    *AuthenticationId = (LUID)SYSTEM_LUID;
    return STATUS_SUCCESS;
}

NTSTATUS SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId)
{
    if (!API(PASSIVE_LEVEL) || !token_check(Token, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    *SessionId = 0;
    return STATUS_SUCCESS;
}

/* ---- whose it is ---- */

PACCESS_TOKEN PsReferencePrimaryToken(PEPROCESS Process)
{
    if (!API(PASSIVE_LEVEL)) {
        return NULL;
    }
    if (!ob_is(Process, &ps_process_type)) {
        ke_check_refuse(RULE_BadParameter, Process, "a process", __func__);
        return NULL;
    }
    if (system_token != NULL) {
        ob_ref(system_token); /* dropped by PsDereferencePrimaryToken */
    }
    return system_token;
}

VOID PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken)
{
    if (API(PASSIVE_LEVEL) && token_check(PrimaryToken, __func__)) {
        ob_deref(PrimaryToken);
    }
}

PACCESS_TOKEN PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen,
                                            PBOOLEAN EffectiveOnly,
                                            PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    UNREFERENCED_PARAMETER(CopyOnOpen);
    UNREFERENCED_PARAMETER(EffectiveOnly);
    UNREFERENCED_PARAMETER(ImpersonationLevel);
    if (API(PASSIVE_LEVEL)) {
        ke_check_dispatcher(Thread, 1u << ThreadObject, RULE_ObjectNotInitialized, "a thread",
                            __func__);
    }
    return NULL;
}

VOID PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken)
{
    if (API(PASSIVE_LEVEL) && ImpersonationToken != NULL &&
        token_check(ImpersonationToken, __func__)) {
        ob_deref(ImpersonationToken);
    }
}

static NTSTATUS object_check(HANDLE handle, POBJECT_TYPE type)
{
    PVOID object;
    NTSTATUS status =
        ObReferenceObjectByHandle(handle, TOKEN_QUERY, type, KernelMode, &object, NULL);

    if (NT_SUCCESS(status)) {
        ob_deref(object);
    }
    return status;
}

NTSTATUS ZwOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                              ULONG HandleAttributes, PHANDLE TokenHandle)
{
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = object_check(ProcessHandle, *PsProcessType);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    *TokenHandle = system_token != NULL
                       ? ob_handle_create_as(system_token, DesiredAccess, HandleAttributes)
                       : NULL;
    return *TokenHandle != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS ZwOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle)
{
    return API(PASSIVE_LEVEL) ? ZwOpenProcessTokenEx(ProcessHandle, DesiredAccess, 0, TokenHandle)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                             ULONG HandleAttributes, PHANDLE TokenHandle)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(OpenAsSelf);
    UNREFERENCED_PARAMETER(HandleAttributes);
    UNREFERENCED_PARAMETER(TokenHandle);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = object_check(ThreadHandle, *PsThreadType);
    return NT_SUCCESS(status) ? STATUS_NO_TOKEN : status;
}

NTSTATUS ZwOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                           PHANDLE TokenHandle)
{
    return API(PASSIVE_LEVEL)
               ? ZwOpenThreadTokenEx(ThreadHandle, DesiredAccess, OpenAsSelf, 0, TokenHandle)
               : STATUS_INVALID_DEVICE_REQUEST;
}

/* test_se_token.c - the system's token: what can be asked about it. */
#include "nt_thread.h"

#include <ntifs.h>

#include <string.h>

static PACCESS_TOKEN token;

static int setup(void **state)
{
    token = PsReferencePrimaryToken(PsGetCurrentProcess());
    assert_non_null(token);
    return 0;
}

static int teardown(void **state)
{
    PsDereferencePrimaryToken(token);
    return 0;
}

static void it_is_the_systems(void **state)
{
    SECURITY_SUBJECT_CONTEXT subject;
    const LUID system = SYSTEM_LUID;
    ULONG session = 7;
    LUID id;

    assert_true(SeTokenIsAdmin(token));
    assert_false(SeTokenIsRestricted(token));
    assert_int_equal(SeTokenType(token), TokenPrimary);
    assert_int_equal(SeQueryAuthenticationIdToken(token, &id), STATUS_SUCCESS);
    assert_true(RtlEqualLuid(&id, &system));
    assert_false(RtlIsZeroLuid(&id));
    assert_int_equal(SeQuerySessionIdToken(token, &session), STATUS_SUCCESS);
    assert_int_equal(session, 0);
    SeCaptureSubjectContext(&subject);
    assert_ptr_equal(SeQuerySubjectContextToken(&subject), token);
    SeReleaseSubjectContext(&subject);
}

static void no_thread_impersonates(void **state)
{
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy, effective;
    HANDLE handle;

    assert_null(PsReferenceImpersonationToken(PsGetCurrentThread(), &copy, &effective, &level));
    assert_int_equal(ZwOpenThreadToken(ZwCurrentThread(), TOKEN_QUERY, TRUE, &handle),
                     STATUS_NO_TOKEN);
    assert_int_equal(ZwOpenThreadToken(ZwCurrentProcess(), TOKEN_QUERY, TRUE, &handle),
                     STATUS_OBJECT_TYPE_MISMATCH);
}

static PVOID ask(TOKEN_INFORMATION_CLASS class)
{
    PVOID answer = NULL;

    assert_int_equal(SeQueryInformationToken(token, class, &answer), STATUS_SUCCESS);
    return answer;
}

static void user_and_groups(void **state)
{
    PTOKEN_USER user = ask(TokenUser);
    PTOKEN_GROUPS groups = ask(TokenGroups);
    PTOKEN_OWNER owner = ask(TokenOwner);
    PTOKEN_MANDATORY_LABEL label = ask(TokenIntegrityLevel);
    BOOLEAN admin = FALSE;

    assert_true(RtlEqualSid(user->User.Sid, SeExports->SeLocalSystemSid));
    assert_int_equal(SeLengthSid(user->User.Sid), RtlLengthSid(user->User.Sid));
    assert_true(groups->GroupCount >= 1);
    for (ULONG i = 0; i < groups->GroupCount; i++) {
        admin |= RtlEqualSid(groups->Groups[i].Sid, SeExports->SeAliasAdminsSid);
        assert_true((groups->Groups[i].Attributes & SE_GROUP_ENABLED) != 0);
    }
    assert_true(admin);
    assert_true(RtlEqualSid(owner->Owner, SeExports->SeAliasAdminsSid));
    assert_true(RtlEqualSid(label->Label.Sid, SeExports->SeSystemMandatorySid));
    ExFreePool(user); /* each is a block of its own */
    ExFreePool(groups);
    ExFreePool(owner);
    ExFreePool(label);
}

static void privileges_and_numbers(void **state)
{
    PTOKEN_PRIVILEGES privileges = ask(TokenPrivileges);
    PTOKEN_STATISTICS statistics = ask(TokenStatistics);
    PTOKEN_ELEVATION elevation = ask(TokenElevation);
    BOOLEAN debug = FALSE;
    PVOID none = NULL;

    for (ULONG i = 0; i < privileges->PrivilegeCount; i++) {
        debug |= RtlEqualLuid(&privileges->Privileges[i].Luid, &SeExports->SeDebugPrivilege);
    }
    assert_true(debug);
    assert_int_equal(statistics->PrivilegeCount, privileges->PrivilegeCount);
    assert_int_equal(statistics->TokenType, TokenPrimary);
    assert_int_equal(elevation->TokenIsElevated, 1);
    ExFreePool(privileges);
    ExFreePool(statistics);
    ExFreePool(elevation);
    assert_int_equal(SeQueryInformationToken(token, TokenImpersonationLevel, &none),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(SeQueryInformationToken(token, (TOKEN_INFORMATION_CLASS)99, &none),
                     STATUS_INVALID_INFO_CLASS);
    assert_null(none);
}

static void by_handle(void **state)
{
    UCHAR buffer[256];
    ULONG needed = 0;
    HANDLE handle;

    assert_int_equal(ZwOpenProcessToken(ZwCurrentProcess(), TOKEN_QUERY, &handle), STATUS_SUCCESS);
    assert_int_equal(ZwQueryInformationToken(handle, TokenUser, buffer, 4, &needed),
                     STATUS_BUFFER_TOO_SMALL);
    assert_in_range(needed, sizeof(TOKEN_USER) + 12, sizeof(buffer));
    memset(buffer, 0xCC, sizeof(buffer));
    assert_int_equal(ZwQueryInformationToken(handle, TokenUser, buffer, needed, &needed),
                     STATUS_SUCCESS);
    assert_true(RtlEqualSid(((PTOKEN_USER)buffer)->User.Sid, SeExports->SeLocalSystemSid));
    assert_int_equal(buffer[needed], 0xCC);
    ZwClose(handle);
    assert_int_equal(ZwQueryInformationToken(handle, TokenUser, buffer, needed, &needed),
                     STATUS_INVALID_HANDLE);
}

#define UNIT(body) wc_unit_test(body, .setup = setup, .teardown = teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(it_is_the_systems), UNIT(no_thread_impersonates),
        UNIT(user_and_groups),   UNIT(privileges_and_numbers),
        UNIT(by_handle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

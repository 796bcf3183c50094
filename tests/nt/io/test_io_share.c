/* test_io_share.c - share access. */
#include <ntddk.h>

#include <wdfcore/testing.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static void the_second_opener_must_agree_with_the_first(void **state)
{
    FILE_OBJECT first = {.Type = IO_TYPE_FILE}, second = first, third = first;
    SHARE_ACCESS access;

    (void)state;
    IoSetShareAccess(FILE_READ_DATA, FILE_SHARE_READ, &first, &access);
    assert_true(first.ReadAccess && !first.WriteAccess && first.SharedRead && !first.SharedWrite);
    assert_int_equal(access.OpenCount, 1);
    assert_int_equal(access.Readers, 1);
    assert_int_equal(access.SharedWrite, 0);
    assert_int_equal(IoCheckShareAccess(FILE_WRITE_DATA, SHARE_ALL, &second, &access, TRUE),
                     STATUS_SHARING_VIOLATION); /* the first shares reading only */
    assert_true(second.WriteAccess);
    assert_int_equal(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_WRITE, &second, &access, TRUE),
                     STATUS_SHARING_VIOLATION); /* the second does not share what the first does */
    assert_int_equal(access.OpenCount, 1);
    assert_int_equal(IoCheckShareAccess(FILE_EXECUTE, FILE_SHARE_READ, &second, &access, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(access.OpenCount, 1); /* only looked */
    IoUpdateShareAccess(&second, &access);
    assert_int_equal(access.OpenCount, 2);
    assert_int_equal(IoCheckShareAccess(FILE_READ_ATTRIBUTES, 0, &third, &access, TRUE),
                     STATUS_SUCCESS); /* does nothing that counts */
    assert_int_equal(access.OpenCount, 2);
    IoRemoveShareAccess(&third, &access);
    IoRemoveShareAccess(&second, &access);
    IoRemoveShareAccess(&first, &access);
    assert_int_equal(access.OpenCount + access.Readers + access.SharedRead, 0);
    assert_int_equal(IoCheckShareAccess(DELETE | FILE_APPEND_DATA, 0, &second, &access, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(access.Deleters, 1);
    assert_int_equal(access.Writers, 1);
    IoRemoveShareAccess(&second, &access);
    wc_expect_violation("BadParameter");
    IoRemoveShareAccess(&second, &access);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_second_opener_must_agree_with_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <ntddk.h>
#include <wdfcore/testing.h>

static void a_read_gets_the_greeting(void **state)
{
    struct wc_file *file;
    char text[32] = "";
    size_t size;

    assert_true(NT_SUCCESS(wc_file_open("Hello", &file)));
    assert_true(NT_SUCCESS(wc_file_read(file, text, sizeof(text), &size)));
    assert_string_equal(text, "hello, driver");
    assert_int_equal(size, 13);
    wc_file_close(file);
}

static void a_write_is_refused(void **state)
{
    struct wc_file *file;

    assert_true(NT_SUCCESS(wc_file_open("Hello", &file)));
    assert_int_equal(wc_file_write(file, "?", 1, NULL), STATUS_INVALID_DEVICE_REQUEST);
    wc_file_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_read_gets_the_greeting, .driver = WC_DRIVER_HELLO),
        wc_unit_test(a_write_is_refused, .driver = WC_DRIVER_HELLO),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

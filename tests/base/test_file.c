/* test_file.c - files as a whole. */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

/* A file of so many bytes 1, 2, ... 250, 1, ... */
static void write_pattern(const char *path, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    for (size_t i = 0; i < size; i++) {
        fputc((int)(i % 250) + 1, file);
    }
    assert_null(base_file_close(file));
}

static void all_bytes_are_there_and_two_zeros(void **state)
{
    static const size_t sizes[] = {0, 1, 4093, 4094, 4095, 12285, 12286, 12287, 100000};
    char path[] = "/tmp/wdfcore-file-XXXXXX";

    assert_true(close(mkstemp(path)) == 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t size = 12345;
        char *bytes;

        write_pattern(path, sizes[i]);
        bytes = base_file_read(path, &size);
        assert_non_null(bytes);
        assert_int_equal(size, sizes[i]);
        for (size_t at = 0; at < size; at++) {
            assert_int_equal((unsigned char)bytes[at], at % 250 + 1);
        }
        assert_int_equal(bytes[size], 0);
        assert_int_equal(bytes[size + 1], 0);
        free(bytes);
    }
    unlink(path);
}

static void what_cannot_be_read_has_a_reason(void **state)
{
    const char *why = NULL;
    size_t size;

    errno = 0;
    assert_null(base_file_read("/nonexistent", &size));
    assert_int_equal(errno, ENOENT);
    assert_null(base_file_read("/", &size));
    assert_int_equal(errno, EISDIR);
    assert_null(base_file_read("/dev/zero", &size)); /* it has no end */
    assert_int_equal(errno, EFBIG);
    assert_null(base_text_read("/nonexistent", &why));
    assert_string_equal(why, strerror(ENOENT));
}

static void a_zero_is_no_text(void **state)
{
    char path[] = "/tmp/wdfcore-file-XXXXXX";
    const char *why = NULL;
    int file = mkstemp(path);

    assert_int_equal(write(file, "ab\0c", 4), 4);
    close(file);
    assert_null(base_text_read(path, &why));
    assert_string_equal(why, "not a text file");
    unlink(path);
}

static void what_a_full_disk_loses_is_told(void **state)
{
    FILE *file = fopen("/dev/full", "w");
    const char *lost;

    fputs("a line", file); /* only in the buffer */
    assert_non_null(base_file_flush(file));
    assert_non_null(base_file_close(file));

    file = fopen("/dev/full", "w");
    setvbuf(file, NULL, _IONBF, 0);
    fputs("a line", file); /* it has failed, and whoever wrote went on */
    lost = base_file_close(file);
    assert_string_equal(lost, "not all of it could be written");

    file = fopen("/dev/null", "w");
    fputs("a line", file);
    assert_null(base_file_flush(file));
    assert_null(base_file_close(file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_bytes_are_there_and_two_zeros),
        cmocka_unit_test(what_cannot_be_read_has_a_reason),
        cmocka_unit_test(a_zero_is_no_text),
        cmocka_unit_test(what_a_full_disk_loses_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_recording.c - buffers of events, numbers of subjects, and JSON. */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lock.h"
#include "base/trace/recording.h"
#include "base/trace/subject.h"

#define MANY 50000u

static int forget(void **state)
{
    base_recording_clear();
    base_subject_clear();
    return 0;
}

static void it_grows_without_loss(void **state)
{
    struct base_recorded *events;
    size_t count;

    for (uint32_t i = 0; i < MANY; i++) {
        base_recording_put(&(struct base_recorded){.value = i, .time_ns = i * 7});
    }
    assert_int_equal(base_recording_count(), MANY);
    assert_int_equal(base_recording_lost(), 0);
    events = base_recording_merge(&count);
    assert_int_equal(count, MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(events[i].sequence, i);
        assert_int_equal(events[i].value, i);
    }
    free(events);
    base_recording_clear();
    assert_int_equal(base_recording_count(), 0);
    base_recording_put(&(struct base_recorded){.value = 9});
    events = base_recording_merge(&count);
    assert_int_equal(count, 1);
    assert_int_equal(events[0].sequence, 0);
    assert_int_equal(events[0].value, 9);
    free(events);
}

static void *write_many(void *argument)
{
    for (uint32_t i = 0; i < MANY; i++) {
        base_recording_put(
            &(struct base_recorded){.processor = (uint8_t)(uintptr_t)argument, .value = i});
    }
    return NULL;
}

static void threads_write_beside_each_other(void **state)
{
    pthread_t threads[3];
    uint32_t next[3] = {0};
    struct base_recorded *events;
    size_t count;

    base_lock_threaded(true);
    for (uintptr_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, (void *)i), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    base_lock_threaded(false);
    events = base_recording_merge(&count);
    assert_int_equal(count, 3 * MANY);
    for (size_t i = 0; i < count; i++) { /* one sequence, and each thread's own order in it */
        assert_int_equal(events[i].sequence, i);
        assert_int_equal(events[i].value, next[events[i].processor]++);
    }
    free(events);
}

static uint32_t add(enum base_subject_kind kind, uint64_t key, const void *routine)
{
    struct base_subject subject = {.kind = kind, .key = key, .routine = routine, .type = "T"};
    uint32_t number = base_subject_find(kind, key, routine);

    return number != BASE_SUBJECT_NONE ? number : base_subject_add(&subject, routine);
}

static void a_subject_keeps_its_number_until_it_is_forgotten(void **state)
{
    uint32_t first = add(BASE_SUBJECT_DPC, 0x1000, "a");

    assert_int_equal(first, 1);
    assert_int_equal(add(BASE_SUBJECT_DPC, 0x1000, "a"), first);
    assert_int_equal(add(BASE_SUBJECT_TIMER, 0x1000, "a"), 2); /* another kind */
    base_subject_forget(BASE_SUBJECT_DPC, 0x1000);
    assert_int_equal(base_subject_find(BASE_SUBJECT_DPC, 0x1000, "a"), BASE_SUBJECT_NONE);
    assert_int_equal(add(BASE_SUBJECT_DPC, 0x1000, "a"), 3);
    assert_int_equal(add(BASE_SUBJECT_TIMER, 0x1000, "a"), 2);
    assert_int_equal(base_subject_at(1)->number, 1); /* of its kind, by first sight */
    assert_int_equal(base_subject_at(3)->number, 2);
    assert_null(base_subject_at(0));
    assert_null(base_subject_at(4));
    base_subject_hide(BASE_SUBJECT_CALLBACK, 5, NULL);
    assert_int_equal(base_subject_find(BASE_SUBJECT_CALLBACK, 5, NULL), BASE_SUBJECT_HIDDEN);
    assert_int_equal(base_subject_count(), 3);
}

static void many_subjects_are_found_again(void **state)
{
    for (uint64_t i = 1; i <= MANY; i++) {
        assert_int_equal(add(BASE_SUBJECT_OBJECT, i * 16, NULL), i);
        if (i % 3 == 0) {
            base_subject_forget(BASE_SUBJECT_OBJECT, i * 16);
        }
    }
    for (uint64_t i = 1; i <= MANY; i++) {
        assert_int_equal(base_subject_find(BASE_SUBJECT_OBJECT, i * 16, NULL), i % 3 != 0 ? i : 0);
    }
    base_subject_forget_all();
    assert_int_equal(base_subject_find(BASE_SUBJECT_OBJECT, 16, NULL), BASE_SUBJECT_NONE);
    assert_int_equal(base_subject_count(), MANY);
}

static void json_escapes_what_it_must(void **state)
{
    struct base_json json;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    base_json_init(&json, out);
    base_json_object(&json, NULL);
    base_json_string(&json, "a\"\\", "</script>\n\t\x01");
    base_json_string(&json, "utf8", "\xc3\xa4 \xff \xc0\x80 \xe2\x82");
    base_json_string(&json, "none", NULL);
    base_json_array(&json, "numbers");
    base_json_unsigned(&json, NULL, UINT64_MAX);
    base_json_signed(&json, NULL, -1);
    base_json_thousandths(&json, NULL, 1234005);
    base_json_bool(&json, NULL, true);
    base_json_end(&json);
    base_json_array(&json, "empty");
    base_json_end(&json);
    base_json_end(&json);
    fclose(out);
    assert_string_equal(text, "{\"a\\\"\\\\\":\"\\u003c/script>\\u000a\\u0009\\u0001\","
                              "\"utf8\":\"\xc3\xa4 \\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\","
                              "\"none\":null,"
                              "\"numbers\":[18446744073709551615,-1,1234.005,true],"
                              "\"empty\":[]}");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_grows_without_loss, forget),
        cmocka_unit_test_setup(threads_write_beside_each_other, forget),
        cmocka_unit_test_setup(a_subject_keeps_its_number_until_it_is_forgotten, forget),
        cmocka_unit_test_setup(many_subjects_are_found_again, forget),
        cmocka_unit_test(json_escapes_what_it_must),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

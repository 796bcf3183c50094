/* test_ke_device_queue.c - KDEVICE_QUEUE. */
#include <ntddk.h>

#include <wdfcore/testing.h>

static KDEVICE_QUEUE queue;
static KDEVICE_QUEUE_ENTRY entries[6];

static int start(void **state)
{
    (void)state;
    queue = (KDEVICE_QUEUE){0};
    for (int i = 0; i < 6; i++) {
        entries[i] = (KDEVICE_QUEUE_ENTRY){0};
    }
    KeInitializeDeviceQueue(&queue);
    return 0;
}

static void a_new_queue_is_idle(void **state) /* spec: DVQ-01, DVQ-07 */
{
    (void)state;
    assert_false(queue.Busy);
    wc_expect_violation("DeviceQueueNotBusy");
    assert_null(KeRemoveDeviceQueue(&queue));
    wc_expect_violation("DeviceQueueNotBusy");
    assert_null(KeRemoveByKeyDeviceQueue(&queue, 1));
    assert_null(KeRemoveByKeyDeviceQueueIfBusy(&queue, 1));
    assert_int_equal(wc_violations(NULL), 2);
}

static void the_first_insert_makes_it_busy(void **state) /* spec: DVQ-02, DVQ-04 */
{
    (void)state;
    assert_false(KeInsertDeviceQueue(&queue, &entries[0]));
    assert_true(queue.Busy);
    assert_null(KeRemoveDeviceQueue(&queue)); /* the caller kept its entry */
    assert_false(KeInsertByKeyDeviceQueue(&queue, &entries[1], 9));
    assert_null(KeRemoveDeviceQueue(&queue));
}

static void a_busy_queue_appends_and_gives_the_head(void **state) /* spec: DVQ-03, DVQ-06 */
{
    (void)state;
    KeInsertDeviceQueue(&queue, &entries[0]);
    assert_true(KeInsertDeviceQueue(&queue, &entries[1]));
    assert_true(KeInsertDeviceQueue(&queue, &entries[2]));
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[1]);
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[2]);
    assert_true(queue.Busy);
    assert_null(KeRemoveDeviceQueue(&queue));
    assert_false(queue.Busy);
}

static void keys_ascend_and_equal_ones_keep_order(void **state) /* spec: DVQ-05 */
{
    (void)state;
    KeInsertDeviceQueue(&queue, &entries[0]);
    KeInsertByKeyDeviceQueue(&queue, &entries[1], 20);
    KeInsertByKeyDeviceQueue(&queue, &entries[2], 10);
    KeInsertByKeyDeviceQueue(&queue, &entries[3], 20);
    KeInsertByKeyDeviceQueue(&queue, &entries[4], 15);
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[2]);
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[4]);
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[1]);
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[3]);
}

static void remove_by_key_takes_the_next_or_wraps(void **state) /* spec: DVQ-08 */
{
    (void)state;
    KeInsertDeviceQueue(&queue, &entries[0]);
    KeInsertByKeyDeviceQueue(&queue, &entries[1], 10);
    KeInsertByKeyDeviceQueue(&queue, &entries[2], 20);
    KeInsertByKeyDeviceQueue(&queue, &entries[3], 30);
    assert_ptr_equal(KeRemoveByKeyDeviceQueue(&queue, 20), &entries[2]); /* equal counts */
    assert_ptr_equal(KeRemoveByKeyDeviceQueue(&queue, 11), &entries[3]);
    KeInsertByKeyDeviceQueue(&queue, &entries[2], 20);
    assert_ptr_equal(KeRemoveByKeyDeviceQueue(&queue, 99), &entries[1]); /* wraps */
    assert_ptr_equal(KeRemoveByKeyDeviceQueue(&queue, 0), &entries[2]);
    assert_null(KeRemoveByKeyDeviceQueue(&queue, 0));
    assert_false(queue.Busy);
}

static void remove_entry_unlinks_it_anywhere(void **state) /* spec: DVQ-09, DVQ-11 */
{
    (void)state;
    KeInsertDeviceQueue(&queue, &entries[0]);
    KeInsertDeviceQueue(&queue, &entries[1]);
    KeInsertDeviceQueue(&queue, &entries[2]);
    KeInsertDeviceQueue(&queue, &entries[3]);
    assert_true(KeRemoveEntryDeviceQueue(&queue, &entries[2]));
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[1]);
    assert_true(KeRemoveEntryDeviceQueue(&queue, &entries[3]));
    assert_true(queue.Busy);
    assert_null(KeRemoveDeviceQueue(&queue));
}

static void remove_entry_says_when_it_is_not_there(void **state) /* spec: DVQ-10 */
{
    (void)state;
    assert_false(KeRemoveEntryDeviceQueue(&queue, &entries[5])); /* never queued */
    KeInsertDeviceQueue(&queue, &entries[0]);
    assert_false(KeRemoveEntryDeviceQueue(&queue, &entries[0])); /* handed back */
    KeInsertDeviceQueue(&queue, &entries[1]);
    KeRemoveDeviceQueue(&queue);
    assert_false(KeRemoveEntryDeviceQueue(&queue, &entries[1])); /* removed */
}

static void a_foreign_entry_is_named(void **state)
{
    KDEVICE_QUEUE other = {0};

    (void)state;
    KeInitializeDeviceQueue(&other);
    KeInsertDeviceQueue(&other, &entries[0]);
    KeInsertDeviceQueue(&other, &entries[1]);
    wc_expect_violation("QueueForeignEntry");
    assert_false(KeRemoveEntryDeviceQueue(&queue, &entries[1]));
    wc_expect_violation("QueueReinitBusy");
    KeInitializeDeviceQueue(&other);
    assert_ptr_equal(KeRemoveDeviceQueue(&other), &entries[1]);
}

#define TEST(name) wc_unit_test(name, .setup = start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_queue_is_idle),
        TEST(the_first_insert_makes_it_busy),
        TEST(a_busy_queue_appends_and_gives_the_head),
        TEST(keys_ascend_and_equal_ones_keep_order),
        TEST(remove_by_key_takes_the_next_or_wraps),
        TEST(remove_entry_unlinks_it_anywhere),
        TEST(remove_entry_says_when_it_is_not_there),
        TEST(a_foreign_entry_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

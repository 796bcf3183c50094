/* test_ob_object.c - reference-counted objects and handles. */
#include <ntddk.h>

#include <wdfcore/testing.h>

#include "nt/ob/ob_object.h"

static int destroyed;
static bool keep;

static void note_destroyed(void *body)
{
    assert_int_equal(*(int *)body, 42);
    destroyed++;
}

static bool may_go(void *body)
{
    (void)body;
    return !keep;
}

static const struct ob_type type = {.name = "Test", .destroy = note_destroyed, .last = may_go};
static const struct ob_type other_type = {.name = "Other", .destroy = NULL, .last = NULL};

static int *create(void)
{
    int *body = ob_create(&type, sizeof(*body));

    destroyed = 0;
    keep = false;
    assert_int_equal(*body, 0);
    *body = 42;
    return body;
}

static void the_last_reference_destroys(void **state)
{
    int *body = create();

    (void)state;
    assert_true(ob_is(body, &type));
    assert_false(ob_is(body, &other_type));
    assert_int_equal(ObReferenceObject(body), 2);
    assert_int_equal(ObReferenceObjectWithTag(body, 'tseT'), 3);
    assert_int_equal(ObDereferenceObjectWithTag(body, 'tseT'), 2);
    assert_int_equal(ObDereferenceObject(body), 1);
    assert_int_equal(destroyed, 0);
    assert_int_equal(ObDereferenceObject(body), 0);
    assert_int_equal(destroyed, 1);
}

static void a_type_may_put_the_end_off(void **state)
{
    int *body = create();

    (void)state;
    keep = true;
    ob_deref(body);
    assert_int_equal(destroyed, 0);
    ob_destroy(body);
    assert_int_equal(destroyed, 1);
}

static void a_handle_holds_a_reference(void **state)
{
    int *body = create();
    HANDLE handle = ob_handle_create(body);
    PVOID found = NULL;

    (void)state;
    assert_int_equal(ob_references(body), 2);
    assert_int_equal(ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &found, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(found, body);
    ob_deref(body);
    assert_int_equal(ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &found, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    ob_deref(body);
    assert_int_equal(destroyed, 0);
    assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
    assert_int_equal(destroyed, 1);
    assert_null(ob_handle_lookup(handle));
    assert_int_equal(ZwClose(handle), STATUS_INVALID_HANDLE); /* reported, and the run goes on */
    assert_int_equal(wc_violations("BadHandle"), 1);
}

static void a_kernel_handle_is_not_for_user_mode(void **state)
{
    OBJECT_ATTRIBUTES kernel, plain;
    HANDLE handle, other;
    PVOID body;

    (void)state;
    InitializeObjectAttributes(&kernel, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    InitializeObjectAttributes(&plain, NULL, 0, NULL, NULL);
    assert_int_equal(ZwCreateEvent(&handle, SYNCHRONIZE, &kernel, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(ZwCreateEvent(&other, SYNCHRONIZE, &plain, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    assert_true((LONG_PTR)handle < 0);
    assert_true((LONG_PTR)other > 0);
    assert_ptr_equal(LongToHandle(HandleToLong(handle)), handle);
    assert_int_equal(ObReferenceObjectByHandle(handle, 0, NULL, UserMode, &body, NULL),
                     STATUS_INVALID_HANDLE);
    assert_null(body);
    /* In the kernel no right is asked for. */
    assert_int_equal(ObReferenceObjectByHandle(handle, EVENT_MODIFY_STATE, *ExEventObjectType,
                                               KernelMode, &body, NULL),
                     STATUS_SUCCESS);
    ObDereferenceObject(body);
    assert_int_equal(ObReferenceObjectByHandle(other, EVENT_MODIFY_STATE, *ExEventObjectType,
                                               UserMode, &body, NULL),
                     STATUS_ACCESS_DENIED);
    assert_null(body);
    assert_int_equal(
        ObReferenceObjectByHandle(other, SYNCHRONIZE, *ExEventObjectType, UserMode, &body, NULL),
        STATUS_SUCCESS);
    ObDereferenceObject(body);
    assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
    assert_int_equal(ZwClose(other), STATUS_SUCCESS);
}

static void null_is_named(void **state)
{
    (void)state;
    wc_expect_violation("ReferenceByPointer");
    assert_int_equal(ObReferenceObject(NULL), 0);
    wc_expect_violation("ReferenceByPointer");
    assert_int_equal(ObDereferenceObject(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_last_reference_destroys),
        wc_unit_test(a_type_may_put_the_end_off),
        wc_unit_test(a_handle_holds_a_reference),
        wc_unit_test(a_kernel_handle_is_not_for_user_mode),
        wc_unit_test(null_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

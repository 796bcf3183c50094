/* test_fx_misuse.c - the misuse matrix: every function of the framework that takes a handle is called
 * with a null, a foreign, a wrong-typed, a stale and a freed-and-reused handle for each of its handle
 * parameters. Each call is refused: exactly the one violation, the refusal value, nothing changed.
 * The rows are made from the headers (misuse_rows), so that a new function is tested from the start.
 */
#include "misuse_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/violation.h"
#include "wdf/pnp_fixture.h"

#include "misuse_rows.inc"

#define ROWS (sizeof(misuse_rows) / sizeof(misuse_rows[0]))

enum misuse { NULL_HANDLE, FOREIGN, WRONG_TYPE, STALE, REUSED, MISUSES };

static const char *const misuse_names[] = {"null", "foreign", "wrong-typed", "stale", "reused"};
static unsigned calls;
static unsigned failures;

/* What the matrix expects of one misuse of one parameter. */
struct expectation {
    const char *parameter; /* "Function.Parameter" */
    enum misuse misuse;
    enum base_rule rule; /* RULE_COUNT: none, NULL is allowed */
};

static const struct expectation exceptions[] = {
#define MAY_BE_NULL(parameter)         {parameter, NULL_HANDLE, RULE_COUNT},
#define INSTEAD(parameter, kind, rule) {parameter, kind, RULE_##rule},
#include "misuse_exceptions.def"
};

static enum base_rule expected(const struct misuse_row *row, unsigned at, enum misuse misuse,
                               enum base_rule otherwise)
{
    char name[128];

    snprintf(name, sizeof(name), "%s.%s", row->name, row->parameters[at].name);
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        if (strcmp(name, exceptions[i].parameter) == 0 && misuse == exceptions[i].misuse) {
            return exceptions[i].rule;
        }
    }
    return otherwise;
}

static bool is_type(const struct misuse_parameter *parameter, const char *type)
{
    return strcmp(parameter->type, type) == 0;
}

static void complain(const struct misuse_row *row, unsigned at, const char *what, const char *how)
{
    failures++;
    print_error("%s, %s %s: %s\n", row->name, what, row->parameters[at].name, how);
}

static bool is_refusal(const struct misuse_row *row, uintptr_t result)
{
    switch (row->refusal) {
    case MISUSE_STATUS:
        return !NT_SUCCESS((NTSTATUS)result);
    case MISUSE_VALUE:
        return result == 0;
    default:
        return true;
    }
}

/* What is not built yet does not look at its pointers. */
static bool refuses_everything(enum base_rule rule, uintptr_t result)
{
    return rule == RULE_ParameterNull &&
           ((NTSTATUS)result == STATUS_NOT_IMPLEMENTED ||
            strstr(base_violation_last_report(), "VIOLATION ApiUnavailable") != NULL);
}

/* What the report says of Windows: 10D/5(handle, type id), 10D/4(0, caller). */
static bool is_bugcheck(enum base_rule rule, uintptr_t value, enum fx_type_number type)
{
    char line[128];

    switch (rule) {
    case RULE_HandleNull:
    case RULE_HandleWrongType:
        snprintf(line, sizeof(line), "bugcheck 0x10D (0x5, 0x%llx, 0x%x, ",
                 (unsigned long long)value, fx_type_id(type));
        break;
    case RULE_ParameterNull:
        if (strstr(base_violation_last_report(), "(0x4, 0x0, 0x0, ") != NULL) {
            return false; /* no caller */
        }
        strcpy(line, "bugcheck 0x10D (0x4, 0x0, 0x");
        break;
    default:
        return true;
    }
    return strstr(base_violation_last_report(), line) != NULL;
}

/* The call must break exactly that rule, say that it refuses, and change nothing. */
static void refused(const struct misuse_row *row, unsigned at, uintptr_t value, const char *what,
                    enum base_rule rule)
{
    enum fx_type_number type = misuse_type(&row->parameters[at]);
    uintptr_t arguments[MISUSE_PARAMETERS] = {0};
    unsigned all = base_violation_count(RULE_COUNT);
    unsigned count = base_violation_count(rule);
    uintptr_t result;
    char how[256];
    char *before;
    char *after;

    misuse_arguments(row, arguments);
    arguments[at] = value;
    before = misuse_state();
    calls++;
    base_violation_collect(true);
    result = row->call(arguments);
    base_violation_collect(false);
    after = misuse_state();
    if (!refuses_everything(rule, result) &&
        (base_violation_count(rule) != count + 1 || base_violation_count(RULE_COUNT) != all + 1)) {
        snprintf(how, sizeof(how), "%u %s and %u others instead of one; last: %.200s",
                 base_violation_count(rule) - count, base_rule_name(rule),
                 base_violation_count(RULE_COUNT) - all - (base_violation_count(rule) - count),
                 base_violation_last_report());
        complain(row, at, what, how);
    }
    if (!refuses_everything(rule, result) && !is_bugcheck(rule, value, type)) {
        snprintf(how, sizeof(how), "another bugcheck: %s",
                 strstr(base_violation_last_report(), "  Windows:"));
        complain(row, at, what, how);
    }
    if (!is_refusal(row, result)) {
        snprintf(how, sizeof(how), "returned 0x%llx", (unsigned long long)result);
        complain(row, at, what, how);
    }
    if (strcmp(before, after) != 0) {
        complain(row, at, what, "changed something");
    }
    free(before);
    free(after);
}

static uintptr_t bad_handle(enum misuse misuse, enum fx_type_number type, void **live)
{
    enum fx_type_number number = type == FX_TYPE_ANY ? FX_TYPE_OBJECT : type;
    void *first;

    *live = NULL;
    switch (misuse) {
    case FOREIGN:
        return 0xfeedfacecafeb0b0u;
    case WRONG_TYPE:
        *live = misuse_fake(type == FX_TYPE_OBJECT ? FX_TYPE_STRING : FX_TYPE_OBJECT);
        return (uintptr_t)*live;
    case STALE:
    case REUSED:
        first = misuse_fake(number);
        fx_object_delete(fx_handle_find(first), NULL);
        if (misuse == REUSED) {
            *live = misuse_fake(number);
            assert_int_equal(fx_handle_index(*live), fx_handle_index(first));
        }
        return (uintptr_t)first;
    default:
        return 0;
    }
}

static void misuse_handle(const struct misuse_row *row, unsigned at, enum fx_type_number type)
{
    static const enum base_rule rules[] = {RULE_HandleNull, RULE_HandleInvalid,
                                           RULE_HandleWrongType, RULE_WdfObjectUseAfterDelete,
                                           RULE_WdfObjectUseAfterDelete};

    for (int misuse = 0; misuse < MISUSES; misuse++) {
        enum base_rule rule = expected(row, at, (enum misuse)misuse, rules[misuse]);
        uintptr_t value;
        void *live;

        if ((misuse == WRONG_TYPE && type == FX_TYPE_ANY) || rule == RULE_COUNT) {
            continue;
        }
        value = bad_handle((enum misuse)misuse, type, &live);
        refused(row, at, value, misuse_names[misuse], rule);
        if (live != NULL) {
            fx_object_delete(fx_handle_find(live), NULL);
        }
    }
}

static void misuse_init_pointer(const struct misuse_row *row, unsigned at)
{
    static char foreign[1024];

    refused(row, at, 0, "null", RULE_ParameterNull);
    refused(row, at, (uintptr_t)foreign, "foreign", RULE_DeviceInitMisuse);
    refused(row, at, (uintptr_t)misuse_freed_init(), "freed", RULE_DeviceInitMisuse);
}

static void misuse_pointer(const struct misuse_row *row, unsigned at)
{
    enum base_rule rule = expected(row, at, NULL_HANDLE, RULE_ParameterNull);
    const char *type = row->parameters[at].type;

    /* Attributes, contexts for callbacks and time-outs are optional everywhere. */
    if (rule != RULE_COUNT && misuse_possible(row) && strcmp(type, "PWDF_OBJECT_ATTRIBUTES") != 0 &&
        strcmp(type, "WDFCONTEXT") != 0 && strcmp(type, "PLONGLONG") != 0 &&
        strncmp(type, "PFN_", 4) != 0) {
        refused(row, at, 0, "null", rule);
    }
}

static void every_bad_handle_is_refused_by_name(void **state) /* spec: OBJ-02 */
{
    unsigned functions = 0;

    calls = 0;
    failures = 0;
    base_log_set_sink(misuse_drop_report, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        const struct misuse_row *row = &misuse_rows[i];
        unsigned before = calls;

        for (unsigned at = 0; row->function != NULL && at < row->count; at++) {
            enum fx_type_number type = misuse_type(&row->parameters[at]);

            if (type != FX_TYPE_NONE) {
                misuse_handle(row, at, type);
            }
        }
        functions += calls != before;
    }
    base_log_set_sink(NULL, NULL);
    print_message("%u functions, %u calls\n", functions, calls);
    assert_int_equal(failures, 0);
    assert_true(functions > 150);
}

static void every_exception_is_about_a_row(void **state)
{
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        bool found = false;

        for (size_t j = 0; j < ROWS && !found; j++) {
            size_t length = strlen(misuse_rows[j].name);

            for (unsigned at = 0; at < misuse_rows[j].count && !found; at++) {
                found = strncmp(exceptions[i].parameter, misuse_rows[j].name, length) == 0 &&
                        exceptions[i].parameter[length] == '.' &&
                        strcmp(exceptions[i].parameter + length + 1,
                               misuse_rows[j].parameters[at].name) == 0;
            }
        }
        if (!found) {
            fail_msg("no function has the parameter %s", exceptions[i].parameter);
        }
    }
}

static void every_bad_init_is_refused_by_name(void **state)
{
    calls = 0;
    failures = 0;
    base_log_set_sink(misuse_drop_report, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        const struct misuse_row *row = &misuse_rows[i];

        for (unsigned at = 0; row->function != NULL && at < row->count; at++) {
            if (is_type(&row->parameters[at], "PWDFDEVICE_INIT")) {
                misuse_init_pointer(row, at);
            }
        }
    }
    base_log_set_sink(NULL, NULL);
    assert_true(calls > 0);
    assert_int_equal(failures, 0);
}

static void every_missing_pointer_is_refused(void **state)
{
    calls = 0;
    failures = 0;
    base_log_set_sink(misuse_drop_report, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        const struct misuse_row *row = &misuse_rows[i];

        for (unsigned at = 0; row->function != NULL && at < row->count; at++) {
            if (row->parameters[at].pointer && misuse_type(&row->parameters[at]) == FX_TYPE_NONE &&
                !is_type(&row->parameters[at], "PWDFDEVICE_INIT")) {
                misuse_pointer(row, at);
            }
        }
    }
    base_log_set_sink(NULL, NULL);
    assert_true(calls > 0);
    assert_int_equal(failures, 0);
}

#define MISUSE                                                                                   \
    .driver = WC_DRIVER_DRV_PNP, .model = "usbfx2", .resources = "irq=4", .setup = misuse_setup, \
    .teardown = misuse_teardown

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(every_bad_handle_is_refused_by_name, MISUSE),
        cmocka_unit_test(every_exception_is_about_a_row),
        wc_unit_test(every_bad_init_is_refused_by_name, MISUSE),
        wc_unit_test(every_missing_pointer_is_refused, MISUSE),
    };

    drv_pnp_plan.interrupts = 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

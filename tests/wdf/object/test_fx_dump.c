/* test_fx_dump.c - the objects as text, JSON and DOT: what stands in them, and that each is what it
 * says, whatever names and tags contain.
 */
#include "wdf/wdf_fixture.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wdf/object/dump/fx_dump.h"
#include "wdf/object/fx_reference.h"

static char *written(enum wc_objects_format format)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    assert_int_equal(wc_objects_write(wc_test_the_machine(), out, format), WC_OK);
    fclose(out);
    return text;
}

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is not in:\n%s", part, text);
    }
}

/* ---- strict JSON (RFC 8259): where the value ends, NULL: it is none ---- */

static const char *json_value(const char *at);

static const char *json_blank(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *json_string(const char *at)
{
    if (*at++ != '"') {
        return NULL;
    }
    while (*at != '"') {
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            return NULL;
        }
        if (*at++ != '\\') {
            continue;
        }
        if (*at == 'u') {
            for (int i = 1; i <= 4; i++) {
                if (!isxdigit((unsigned char)at[i])) {
                    return NULL;
                }
            }
            at += 4;
        } else if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL) {
            return NULL;
        }
        at++;
    }
    return at + 1;
}

/* An array, or an object: then each item has a name before it. */
static const char *json_items(const char *at, char end, bool named)
{
    at = json_blank(at + 1);
    if (*at == end) {
        return at + 1;
    }
    for (;;) {
        if (named) {
            at = json_string(json_blank(at));
            if (at == NULL || *(at = json_blank(at)) != ':') {
                return NULL;
            }
            at++;
        }
        at = json_value(json_blank(at));
        if (at == NULL) {
            return NULL;
        }
        at = json_blank(at);
        if (*at == end) {
            return at + 1;
        }
        if (*at++ != ',') {
            return NULL;
        }
    }
}

static const char *json_value(const char *at)
{
    static const char *const words[] = {"null", "true", "false"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strncmp(at, words[i], strlen(words[i])) == 0) {
            return at + strlen(words[i]);
        }
    }
    if (*at == '{' || *at == '[') {
        return json_items(at, *at == '{' ? '}' : ']', *at == '{');
    }
    if (*at == '"') {
        return json_string(at);
    }
    return isdigit((unsigned char)*at) ? at + strspn(at, "0123456789") : NULL;
}

static bool is_json(const char *text)
{
    const char *end = json_value(text);

    return end != NULL && *json_blank(end) == '\0';
}

/* ---- DOT, as far as it is used: a line a statement ---- */

static const char *dot_name(const char *at)
{
    size_t digits;

    if (*at != 'o' && *at != 't') {
        return NULL;
    }
    digits = strspn(at + 1, "0123456789");
    return digits > 0 ? at + 1 + digits : NULL;
}

static const char *dot_quoted(const char *at)
{
    if (*at++ != '"') {
        return NULL;
    }
    while (*at != '"') {
        if ((unsigned char)*at < ' ' || (*at == '\\' && strchr("n\"\\", at[1]) == NULL)) {
            return NULL;
        }
        at += *at == '\\' ? 2 : 1;
    }
    return at + 1;
}

static const char *dot_attributes(const char *at)
{
    if (*at++ != '[') {
        return NULL;
    }
    for (;;) {
        size_t letters = strspn(at, "abcdefghijklmnopqrstuvwxyz");

        if (letters == 0 || at[letters] != '=') {
            return NULL;
        }
        at += letters + 1;
        at = *at == '"' ? dot_quoted(at) : at + strspn(at, "abcdefghijklmnopqrstuvwxyz");
        if (at == NULL || *at == ']') {
            return at != NULL ? at + 1 : NULL;
        }
        if (strncmp(at, ", ", 2) != 0) {
            return NULL;
        }
        at += 2;
    }
}

/* "    o1 [...];" or "    o1 -> o2;" or "    o1 -> o2 [...];" */
static bool is_dot_statement(const char *line)
{
    const char *at = strncmp(line, "    ", 4) == 0 ? dot_name(line + 4) : NULL;

    if (at != NULL && strncmp(at, " -> ", 4) == 0) {
        at = dot_name(at + 4);
    }
    if (at != NULL && strncmp(at, " [", 2) == 0) {
        at = dot_attributes(at + 1);
    }
    return at != NULL && strcmp(at, ";") == 0;
}

static bool is_dot(char *text)
{
    static const char head[] = "digraph objects {\n    rankdir=LR;\n    node [shape=box];\n";
    char *line;

    if (strncmp(text, head, strlen(head)) != 0) {
        return false;
    }
    for (line = strtok(text + strlen(head), "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (strcmp(line, "}") == 0) {
            return strtok(NULL, "\n") == NULL;
        }
        if (!is_dot_statement(line)) {
            print_error("%s\n", line);
            return false;
        }
    }
    return false;
}

/* ---- the tests ---- */

static void the_checks_see_what_is_wrong(void **state)
{
    char dot[] = "digraph objects {\n    rankdir=LR;\n    node [shape=box];\n    o1 -> ;\n}\n";

    assert_true(is_json("{\"a\": [1, null, \"\\u0022\"], \"b\": {}}\n"));
    assert_false(is_json("{\"a\": [1,]}"));
    assert_false(is_json("{\"a\" 1}"));
    assert_false(is_json("[\"a\nb\"]"));
    assert_false(is_json("[\"\\q\"]"));
    assert_false(is_json("[] []"));
    assert_false(is_dot(dot));
}

static VOID never(WDFDPC dpc)
{
}

static WDFDPC make_dpc(WDFOBJECT parent)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG config;
    WDFDPC dpc;

    fixture_attributes(&attributes, parent);
    WDF_DPC_CONFIG_INIT(&config, never);
    config.AutomaticSerialization = FALSE;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    NodeOf(dpc)->name = "dpc";
    return dpc;
}

static void every_format_shows_object_parent_state_and_references(void **state)
{
    WDFDPC dpc = make_dpc(fixture.device);
    char *text, *json, *dot;
    KIRQL old;

    WdfObjectReferenceActual(dpc, (PVOID)(uintptr_t)'TRAU', 12, "queue.c");
    WdfObjectReferenceActual(dpc, (PVOID)(uintptr_t)'TRAU', 12, "queue.c");
    WdfObjectReferenceActual(dpc, (PVOID)(uintptr_t)'TRAU', 34, "read.c");
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfDpcEnqueue(dpc);
    text = written(WC_OBJECTS_TEXT);
    json = written(WC_OBJECTS_JSON);
    dot = written(WC_OBJECTS_DOT);
    WdfDpcCancel(dpc, FALSE);
    KeLowerIrql(old);

    assert_holds(text, "\n    WDFDPC #3 NODE, queued, 4 references (0xb");
    assert_holds(text, "\n      - tag 'UART' holds 3, taken at queue.c:12 2x, read.c:34\n");
    assert_holds(json, "\n  {\"number\": 3, \"type\": \"WDFDPC\", \"handle\": \"0xb");
    assert_holds(json, "\"driver\": \"fixture\", \"life\": \"created\", \"state\": \"queued\"");
    assert_holds(json, "\"contexts\": [\"NODE\"], \"references\": 4, \"tags\": [{\"count\": 3, "
                       "\"tag\": \"'UART'\", \"taken\": [{\"line\": 12, \"count\": 2, \"file\": "
                       "\"queue.c\"}, {\"line\": 34, \"count\": 1, \"file\": \"read.c\"}]}]}");
    assert_true(is_json(json));
    assert_holds(dot,
                 "    o3 [label=\"WDFDPC #3\\nNODE\\nqueued\\n4 references\", tooltip=\"created by "
                 "every_format_shows_object_parent_state_and_references (test_fx_dump.c:");
    assert_holds(dot, ")\"];\n    o2 -> o3;\n");
    assert_holds(dot, "label=\"'UART' 3x\\nqueue.c:12 2x, read.c:34\"];\n");
    assert_true(is_dot(dot));
    free(text);
    free(json);
    free(dot);
    for (int i = 0; i < 3; i++) {
        WdfObjectDereferenceWithTag(dpc, (PVOID)(uintptr_t)'TRAU');
    }
}

static void no_name_breaks_a_format(void **state)
{
    WDFOBJECT node = fixture_node("n", fixture.device);
    char *json, *dot;

    WdfObjectReferenceActual(node, (PVOID)(uintptr_t)'\\"\\"', 1, "a\"b\\c\td\xc3\xa4.c");
    WdfObjectReferenceActual(node, NULL, 0, NULL);
    json = written(WC_OBJECTS_JSON);
    dot = written(WC_OBJECTS_DOT);
    assert_holds(json, "\"file\": \"a\\\"b\\\\c\\u0009d\xc3\xa4.c\"");
    assert_holds(json, "\"file\": null");
    assert_holds(dot, "a\\\"b\\\\c?d\xc3\xa4.c:1");
    assert_true(is_json(json));
    assert_true(is_dot(dot));
    free(json);
    free(dot);
    WdfObjectDereferenceWithTag(node, NULL);
    WdfObjectDereferenceWithTag(node, (PVOID)(uintptr_t)'\\"\\"');
}

static void a_deleted_object_that_is_held_is_shown(void **state)
{
    WDFOBJECT node = fixture_node("n", fixture.device);
    char *text, *json, *dot;

    WdfObjectReference(node);
    WdfObjectDelete(node);
    text = written(WC_OBJECTS_TEXT);
    assert_holds(text, "WDFOBJECT #3 NODE, deleted (0x");
    assert_holds(text, ", deleted by a_deleted_object_that_is_held_is_shown (test_fx_dump.c:");
    json = written(WC_OBJECTS_JSON);
    assert_holds(json, "\"deleter\": \"a_deleted_object_that_is_held_is_shown (test_fx_dump.c:");
    assert_true(is_json(json));
    free(json);
    dot = written(WC_OBJECTS_DOT);
    assert_holds(dot, "    o3 [label=\"WDFOBJECT #3\\nNODE\\ndeleted\", tooltip=\"created by ");
    assert_holds(dot, ", deleted by a_deleted_object_that_is_held_is_shown (test_fx_dump.c:");
    assert_holds(dot, ")\", style=dotted];\n");
    assert_true(is_dot(dot));
    free(text);
    free(dot);
    WdfObjectDereference(node);
}

static void graphviz_takes_it(void **state)
{
    FILE *out;

    if (system("command -v dot >/dev/null 2>&1") != 0) {
        return; /* is_dot has to do */
    }
    fixture_node("n", fixture.device);
    out = popen("dot -Tsvg >/dev/null", "w");
    assert_non_null(out);
    assert_int_equal(wc_objects_write(wc_test_the_machine(), out, WC_OBJECTS_DOT), WC_OK);
    assert_int_equal(pclose(out), 0);
}

static void what_cannot_be_written_is_said(void **state)
{
    FILE *full = fopen("/dev/full", "w");

    assert_non_null(full);
    assert_int_equal(wc_objects_write(wc_test_the_machine(), full, WC_OBJECTS_JSON), WC_FAILED);
    fclose(full);
    assert_int_equal(wc_objects_write(wc_test_the_machine(), stderr, (enum wc_objects_format)9),
                     WC_BAD_INPUT);
    assert_int_equal(wc_objects_write(NULL, stderr, WC_OBJECTS_TEXT), WC_BAD_INPUT);
}

static void a_leaked_reference_names_every_place_it_was_taken_at(void **state) /* spec: REF-07 */
{
    WDFOBJECT node = fixture_node("n", fixture.device);

    for (LONG line = 1; line <= (LONG)FX_REFERENCE_SITES + 1; line++) {
        WdfObjectReferenceActual(node, (PVOID)7, line, "take.c");
    }
    for (unsigned i = 0; i < FX_REFERENCE_SITES; i++) {
        WdfObjectDereferenceWithTag(node, (PVOID)7);
    }
    wc_expect_violation("WdfObjectTagMismatch");
    WdfObjectDereferenceWithTag(node, (PVOID)8);
    wc_expect_violation("WdfObjectReferenceLeaked");
    WdfObjectDelete(node);
    fixture_assert_report("1 reference with tag 0x7, taken at take.c:1, take.c:2, take.c:3, "
                          "take.c:4, ..., has not been released");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checks_see_what_is_wrong),
        wc_unit_test(every_format_shows_object_parent_state_and_references, FIXTURE),
        wc_unit_test(no_name_breaks_a_format, FIXTURE),
        wc_unit_test(a_deleted_object_that_is_held_is_shown, FIXTURE),
        wc_unit_test(graphviz_takes_it, FIXTURE),
        wc_unit_test(what_cannot_be_written_is_said, FIXTURE),
        wc_unit_test(a_leaked_reference_names_every_place_it_was_taken_at, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

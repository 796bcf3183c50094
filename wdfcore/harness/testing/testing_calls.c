/* testing_calls.c - the log of a driver's calls.
 * Normal path: before a call an entry gets the argument words and copies of what they point to;
 * after it the result and second copies. Nothing is turned into text before somebody asks: the copies
 * are enough for that, whatever has become of the memory since.
 */
#include "harness/testing/testing_calls.h"

#include <wdf.h>

#include <wdfcore/testing.h>

#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <utarray.h>
#include <utstring.h>

#include "base/assert.h"
#include "base/lock.h"
#include "harness/api_interpose.h"
#include "harness/driver/driver_symbols.h"
#include "harness/testing/api_text.h"
#include "harness/testing/testing_fail.h"
#include "harness/testing/testing_text.h"
#include "host/host.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/report/ke_report.h"

#define POINTEE_MAX 1024u /* larger structures are not copied */
#define STRING_MAX  256u  /* characters of a UNICODE_STRING */

/* What one argument points to. */
struct pointee {
    unsigned char *before, *after; /* NULL: not readable, or nothing to read */
    char *string;                  /* of a UNICODE_STRING */
};

/* Keys: (c) constant once logged (o) written by the call itself, read when it has returned */
struct wc_call {
    const struct api_info *api; /* (c) */
    const void *caller;         /* (c) */
    uint64_t time_ns;           /* (c) */
    uint64_t result;            /* (o) */
    uint32_t processor;         /* (c) */
    uint8_t irql;               /* (c) */
    bool returned, refused;     /* (o) */
    struct pointee *pointee;    /* (c) (o) one for each argument */
    uint64_t argument[];        /* (c) */
};

/* Key: (l) lock */
static struct {
    struct base_lock lock;
    bool on;
    UT_array *calls; /* (l) of struct wc_call *, in order */
    UT_array *lists; /* (l) of arrays handed out */
} calls = {.lock = {.rank = BASE_RANK_RECORD}};

/* ---- logging ---- */

/* The structure or value that an argument points to; NULL: nothing that is copied. */
static const struct api_type *pointee_type(const struct api_info *api, uint32_t index)
{
    const struct api_type *pointer = api_type(api->parameters[index].type);
    const struct api_type *target =
        pointer->kind == API_KIND_POINTER ? api_type(pointer->target) : NULL;

    return target != NULL && target->size > 0 && target->size <= POINTEE_MAX ? target : NULL;
}

static unsigned char *copy_pointee(const struct wc_call *call, uint32_t index)
{
    const struct api_type *type = pointee_type(call->api, index);
    const void *from = (const void *)(uintptr_t)call->argument[index];

    if (type == NULL || from == NULL) {
        return NULL;
    }
    unsigned char *copy = calloc(1, type->size);
    if (copy != NULL && !api_peek(from, copy, type->size)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static char *copy_string(const UNICODE_STRING *string)
{
    WCHAR wide[STRING_MAX];
    size_t length = string->Length / sizeof(WCHAR);
    UT_string text;

    length = length > STRING_MAX ? STRING_MAX : length;
    if (string->Buffer == NULL || !api_peek(string->Buffer, wide, length * sizeof(WCHAR))) {
        return NULL;
    }
    utstring_init(&text);
    for (size_t i = 0; i < length; i++) {
        if (wide[i] < 0x80) {
            utstring_printf(&text, "%c", (char)wide[i]);
        } else {
            utstring_printf(&text, "\\u%04x", (unsigned)wide[i]);
        }
    }
    return utstring_body(&text);
}

static bool before_call(struct api_observer *observer, struct api_call *made)
{
    const struct api_info *api = made->api;
    struct ke_processor *self = ke_self;
    struct wc_call *call = calloc(1, sizeof(*call) + api->parameter_count * sizeof(uint64_t));

    CORE_ASSERT(call != NULL);
    call->api = api;
    call->caller = made->caller;
    call->irql = self->irql;
    call->processor = self->number;
    call->time_ns = ke_processor_is_outside(self) ? 0 : host_clock_peek(self->number);
    call->pointee = calloc(api->parameter_count + 1, sizeof(*call->pointee));
    CORE_ASSERT(call->pointee != NULL);
    memcpy(call->argument, made->argument, api->parameter_count * sizeof(uint64_t));
    for (uint32_t i = 0; i < api->parameter_count; i++) {
        const struct api_type *type = pointee_type(api, i);

        call->pointee[i].before = copy_pointee(call, i);
        if (call->pointee[i].before != NULL && strcmp(type->name, "UNICODE_STRING") == 0) {
            call->pointee[i].string = copy_string((const void *)call->pointee[i].before);
        }
    }
    made->cookie[observer->number] = (uintptr_t)call;
    base_lock_acquire(&calls.lock);
    utarray_push_back(calls.calls, &call);
    base_lock_release(&calls.lock);
    return true;
}

static void after_call(struct api_observer *observer, struct api_call *made)
{
    struct wc_call *call = (struct wc_call *)made->cookie[observer->number];

    call->result = made->result;
    call->refused = made->refused;
    for (uint32_t i = 0; i < call->api->parameter_count; i++) {
        call->pointee[i].after = copy_pointee(call, i);
    }
    call->returned = true;
}

static struct api_observer observer = {.before = before_call, .after = after_call};

static void call_free(struct wc_call *call)
{
    for (uint32_t i = 0; i < call->api->parameter_count; i++) {
        free(call->pointee[i].before);
        free(call->pointee[i].after);
        free(call->pointee[i].string);
    }
    free(call->pointee);
    free(call);
}

void testing_calls_start(void)
{
    static const UT_icd pointers = {.sz = sizeof(void *)};

    utarray_new(calls.calls, &pointers);
    utarray_new(calls.lists, &pointers);
    calls.on = true;
    api_interpose_add(&observer);
}

void testing_calls_stop(void)
{
    if (!calls.on) {
        return;
    }
    api_interpose_remove(&observer);
    calls.on = false;
    for (unsigned i = 0; i < utarray_len(calls.calls); i++) {
        call_free(*(struct wc_call **)utarray_eltptr(calls.calls, i));
    }
    for (unsigned i = 0; i < utarray_len(calls.lists); i++) {
        free(*(void **)utarray_eltptr(calls.lists, i));
    }
    utarray_free(calls.calls);
    utarray_free(calls.lists);
}

/* ---- finding ---- */

static bool matches(const struct wc_call *call, const char *pattern)
{
    return pattern == NULL || fnmatch(pattern, call->api->name, 0) == 0;
}

static void check_pattern(const char *pattern)
{
    if (!calls.on) {
        testing_fail(testing_file(), testing_line(),
                     "wc_calls: this test keeps no log of calls: it has not the option .calls");
    }
    if (pattern == NULL) {
        return;
    }
    for (size_t i = 0; i < api_wrappers.count; i++) {
        if (fnmatch(pattern, api_wrappers.api[i].name, 0) == 0) {
            return;
        }
    }
    testing_fail(testing_file(), testing_line(),
                 "wc_calls: there is no function %s, or its calls cannot be seen (variable "
                 "arguments, inline functions)",
                 pattern);
}

struct wc_calls wc_calls(const char *api)
{
    struct wc_calls found = {0};
    const struct wc_call **list;

    check_pattern(api);
    base_lock_acquire(&calls.lock);
    list = calloc(utarray_len(calls.calls) + 1, sizeof(struct wc_call *));
    CORE_ASSERT(list != NULL);
    for (unsigned i = 0; i < utarray_len(calls.calls); i++) {
        const struct wc_call *call = *(struct wc_call **)utarray_eltptr(calls.calls, i);

        if (matches(call, api)) {
            list[found.count++] = call;
        }
    }
    utarray_push_back(calls.lists, &list);
    base_lock_release(&calls.lock);
    found.call = list;
    return found;
}

/* ---- arguments ---- */

struct value {
    const struct api_type *type;
    const void *bytes;
    const char *string; /* of a UNICODE_STRING, or NULL */
};

static _Noreturn void no_such_argument(const struct wc_call *call, const char *argument,
                                       const char *why)
{
    testing_fail(testing_file(), testing_line(), "%s: %s\n%s", argument, why, wc_call_text(call));
}

static struct value find_value(const struct wc_call *call, const char *argument)
{
    bool after = argument[0] == '*';
    const char *name = argument + after;
    size_t length = strcspn(name, ".");
    struct value value = {0};
    uint32_t index = 0, offset;

    if (strcmp(argument, "result") == 0) {
        return (struct value){.type = api_type(call->api->result), .bytes = &call->result};
    }
    while (index < call->api->parameter_count &&
           (strncmp(call->api->parameters[index].name, name, length) != 0 ||
            call->api->parameters[index].name[length] != '\0')) {
        index++;
    }
    if (index == call->api->parameter_count) {
        no_such_argument(call, argument, "the function has no such argument");
    }
    if (!after && name[length] == '\0') {
        return (struct value){.type = api_type(call->api->parameters[index].type),
                              .bytes = &call->argument[index],
                              .string = call->pointee[index].string};
    }
    value.type = pointee_type(call->api, index);
    value.bytes = after ? call->pointee[index].after : call->pointee[index].before;
    if (value.type == NULL || value.bytes == NULL) {
        no_such_argument(call, argument, "there is nothing to be read behind this argument");
    }
    if (name[length] == '.') {
        const struct api_field *field = api_find_field(value.type, name + length + 1, &offset);
        if (field == NULL) {
            no_such_argument(call, argument, "the structure has no such field");
        }
        value.type = api_type(field->type);
        value.bytes = (const char *)value.bytes + offset;
    }
    return value;
}

const char *wc_call_argument(const struct wc_call *call, const char *argument)
{
    struct value value = find_value(call, argument);
    UT_string text;

    if (value.string != NULL) {
        return value.string;
    }
    utstring_init(&text);
    utstring_printf(&text, "%s", "");
    api_text(&text, value.type, value.bytes);
    return testing_keep(&text);
}

int64_t wc_call_number(const struct wc_call *call, const char *argument)
{
    struct value value = find_value(call, argument);

    return api_number(value.type, value.bytes);
}

size_t wc_calls_distinct(struct wc_calls list, const char *argument)
{
    size_t distinct = 0;

    for (size_t i = 0; i < list.count; i++) {
        int64_t value = wc_call_number(list.call[i], argument);
        size_t before = 0;

        while (before < i && wc_call_number(list.call[before], argument) != value) {
            before++;
        }
        distinct += before == i;
    }
    return distinct;
}

/* ---- text ---- */

static void append_argument(UT_string *text, const struct wc_call *call, uint32_t index)
{
    const struct pointee *pointee = &call->pointee[index];
    const struct api_type *target = pointee_type(call->api, index);

    utstring_printf(text, "%s%s=", index > 0 ? ", " : "", call->api->parameters[index].name);
    if (pointee->string != NULL) {
        utstring_printf(text, "\"%s\"", pointee->string);
    } else if (pointee->before != NULL && target->kind == API_KIND_STRUCT &&
               strncmp(target->name, "WDF", 3) == 0) {
        api_text(text, target, pointee->before);
    } else if (pointee->after != NULL && target->kind != API_KIND_STRUCT) {
        utstring_printf(text, "*");
        api_text(text, target, pointee->after);
    } else {
        api_text(text, api_type(call->api->parameters[index].type), &call->argument[index]);
    }
}

static void append_call(UT_string *text, const struct wc_call *call)
{
    char place[192] = "?";

    utstring_printf(text, "%s(", call->api->name);
    for (uint32_t i = 0; i < call->api->parameter_count; i++) {
        append_argument(text, call, i);
    }
    utstring_printf(text, ")");
    if (!call->returned) {
        utstring_printf(text, " has not returned");
    } else if (api_type(call->api->result)->kind != API_KIND_VOID) {
        utstring_printf(text, " = ");
        api_text(text, api_type(call->api->result), &call->result);
    }
    driver_symbols_name((const char *)call->caller - 1, place, sizeof(place));
    utstring_printf(text, "%s by %s at %s on processor %u", call->refused ? ", refused," : "",
                    place, ke_irql_name(call->irql), call->processor);
}

const char *wc_call_text(const struct wc_call *call)
{
    UT_string text;

    utstring_init(&text);
    append_call(&text, call);
    return testing_keep(&text);
}

const char *wc_calls_text(const char *api)
{
    struct wc_calls list = wc_calls(api);
    UT_string text;

    utstring_init(&text);
    utstring_printf(&text, "%s", "");
    for (size_t i = 0; i < list.count; i++) {
        append_call(&text, list.call[i]);
        utstring_printf(&text, "\n");
    }
    return testing_keep(&text);
}

const char *wc_call_name(const struct wc_call *call)
{
    return call->api->name;
}

/* "KitRead (drv_kit.c:41)" without the function and the brackets. */
const char *wc_call_place(const struct wc_call *call)
{
    char name[192] = "?";

    driver_symbols_name((const char *)call->caller - 1, name, sizeof(name));
    char *place = strchr(name, '(');
    if (place == NULL) {
        return testing_keep_copy(name);
    }
    place[strcspn(place, ")")] = '\0';
    return testing_keep_copy(place + 1);
}

const char *wc_call_function(const struct wc_call *call)
{
    char name[128] = "?";

    driver_symbols_function((const char *)call->caller - 1, name, sizeof(name));
    return testing_keep_copy(name);
}

unsigned wc_call_irql(const struct wc_call *call)
{
    return call->irql;
}

unsigned wc_call_processor(const struct wc_call *call)
{
    return call->processor;
}

uint64_t wc_call_time_ns(const struct wc_call *call)
{
    return call->time_ns;
}

bool wc_call_returned(const struct wc_call *call)
{
    return call->returned;
}

bool wc_call_refused(const struct wc_call *call)
{
    return call->refused;
}

/* ---- assertions ---- */

void wc_assert_calls_(const char *api, size_t count, const char *file, int line)
{
    struct wc_calls list = wc_calls(api);

    if (list.count != count) {
        testing_fail(file, line, "%zu calls of %s, and not %zu:\n%s", list.count, api, count,
                     wc_calls_text(api));
    }
}

void wc_assert_call_(const struct wc_call *call, const char *argument, const char *text,
                     const char *file, int line)
{
    const char *was = wc_call_argument(call, argument);

    if (strcmp(was, text) != 0) {
        testing_fail(file, line, "%s is %s, and not %s, in\n%s", argument, was, text,
                     wc_call_text(call));
    }
}

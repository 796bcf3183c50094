/* testing_callbacks.c - the log of the driver's routines that ran, and those that a test watches.
 * Every routine is called through one gate (nt/ke/ke_call.h), which tells us while we watch. Routines
 * of the library that stand before a driver's own are left out.
 */
#include "harness/testing/testing_callbacks.h"

#include <wdfcore/testing.h>

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <utarray.h>
#include <utlist.h>

#include "base/assert.h"
#include "base/lock.h"
#include "harness/driver/driver_symbols.h"
#include "harness/testing/testing_fail.h"
#include "harness/testing/testing_text.h"
#include "host/host.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"

struct logged {
    struct wc_callback callback;
    const void *routine;
};

/* A callback that is observed, or a function of the test that replaced one (seen NULL). */
struct watch {
    struct watch *next;
    const void *routine, *object;
    void (*seen)(const struct wc_callback *callback, void *context);
    void *context;
};

/* Key: (l) lock */
static struct {
    struct base_lock lock;
    bool on;
    UT_array *all;         /* (l) of struct logged *, in order */
    UT_array *lists;       /* (l) of arrays handed out */
    struct watch *watches; /* (l) */
} callbacks = {.lock = {.rank = BASE_RANK_RECORD}};

static bool is_replacement(const void *routine)
{
    const struct watch *watch = __atomic_load_n(&callbacks.watches, __ATOMIC_ACQUIRE);

    while (watch != NULL && (watch->seen != NULL || watch->routine != routine)) {
        watch = watch->next;
    }
    return watch != NULL;
}

/* ---- logging ---- */

static struct logged *logged_at(ULONG number)
{
    base_lock_acquire(&callbacks.lock);
    struct logged *logged = *(struct logged **)utarray_eltptr(callbacks.all, number - 1);
    base_lock_release(&callbacks.lock);
    return logged;
}

static void name_function(struct logged *logged)
{
    char name[128];

    if (__atomic_load_n(&logged->callback.function, __ATOMIC_ACQUIRE) == NULL) {
        bool known = driver_symbols_function(logged->routine, name, sizeof(name));
        const char *copy = testing_keep_copy(known ? name : "?");

        __atomic_store_n(&logged->callback.function, copy, __ATOMIC_RELEASE); /* any one will do */
    }
}

/* How many there are so far; more may come at any time. */
static unsigned logged_count(void)
{
    unsigned count;

    base_lock_acquire(&callbacks.lock);
    count = utarray_len(callbacks.all);
    base_lock_release(&callbacks.lock);
    return count;
}

static void tell_watches(struct logged *logged)
{
    const struct watch *watch = __atomic_load_n(&callbacks.watches, __ATOMIC_ACQUIRE);

    for (; watch != NULL; watch = watch->next) {
        if (watch->seen != NULL && watch->routine == logged->routine &&
            watch->object == logged->callback.object) {
            name_function(logged);
            watch->seen(&logged->callback, watch->context);
        }
    }
}

static void entered(struct ke_callback *frame)
{
    struct ke_processor *self = ke_self;
    struct logged *logged;

    if (!driver_symbols_is_driver(frame->routine) && !is_replacement(frame->routine)) {
        return;
    }
    logged = calloc(1, sizeof(*logged));
    CORE_ASSERT(logged != NULL);
    logged->routine = frame->routine;
    logged->callback = (struct wc_callback){
        .kind = frame->kind,
        .object = frame->object,
        .irql = self->irql,
        .processor = self->number,
        .time_ns = host_clock_peek(self->number),
        .argument = {(uint64_t)(uintptr_t)frame->object},
        .arguments = 1,
    };
    base_lock_acquire(&callbacks.lock);
    utarray_push_back(callbacks.all, &logged);
    frame->watched = utarray_len(callbacks.all);
    base_lock_release(&callbacks.lock);
    tell_watches(logged);
}

static void arguments(const struct ke_callback *frame, const uint64_t *words, unsigned count)
{
    struct wc_callback *callback = &logged_at(frame->watched)->callback;

    callback->arguments = count < WC_CALLBACK_ARGUMENTS ? count : WC_CALLBACK_ARGUMENTS;
    memcpy(callback->argument, words, callback->arguments * sizeof(*words));
}

static void left(const struct ke_callback *frame)
{
    logged_at(frame->watched)->callback.returned = true;
}

static const struct ke_call_observer observer = {
    .entered = entered, .arguments = arguments, .left = left};

void testing_callbacks_start(void)
{
    static const UT_icd pointers = {.sz = sizeof(void *)};

    utarray_new(callbacks.all, &pointers);
    utarray_new(callbacks.lists, &pointers);
    callbacks.on = true;
    ke_call_observe(&observer);
}

void testing_callbacks_stop(void)
{
    struct watch *watch, *next;

    if (!callbacks.on) {
        return;
    }
    ke_call_observe(NULL);
    callbacks.on = false;
    for (unsigned i = 0; i < utarray_len(callbacks.all); i++) {
        free(*(struct logged **)utarray_eltptr(callbacks.all, i));
    }
    for (unsigned i = 0; i < utarray_len(callbacks.lists); i++) {
        free(*(void **)utarray_eltptr(callbacks.lists, i));
    }
    LL_FOREACH_SAFE (callbacks.watches, watch, next) {
        free(watch);
    }
    callbacks.watches = NULL;
    utarray_free(callbacks.all);
    utarray_free(callbacks.lists);
}

/* ---- what ran ---- */

struct wc_callbacks wc_callbacks(const char *pattern)
{
    struct wc_callbacks found = {0};
    const struct wc_callback **list;
    unsigned count;

    if (!callbacks.on) {
        testing_fail(testing_file(), testing_line(),
                     "wc_callbacks: this test keeps no log: it has not the option .calls");
    }
    count = logged_count();
    list = calloc(count + 1, sizeof(struct wc_callback *));
    CORE_ASSERT(list != NULL);
    for (unsigned i = 0; i < count; i++) {
        struct logged *logged = logged_at(i + 1);

        name_function(logged);
        if (pattern == NULL || fnmatch(pattern, logged->callback.kind, 0) == 0 ||
            fnmatch(pattern, logged->callback.function, 0) == 0) {
            list[found.count++] = &logged->callback;
        }
    }
    base_lock_acquire(&callbacks.lock);
    utarray_push_back(callbacks.lists, &list);
    base_lock_release(&callbacks.lock);
    found.callback = list;
    return found;
}

const char *wc_callbacks_text(const char *pattern)
{
    struct wc_callbacks list = wc_callbacks(pattern);
    UT_string text;

    utstring_init(&text);
    utstring_printf(&text, "%s", "");
    for (size_t i = 0; i < list.count; i++) {
        const struct wc_callback *callback = list.callback[i];

        utstring_printf(&text, "%s %s, %s, cpu%u\n", callback->kind, callback->function,
                        ke_irql_name((uint8_t)callback->irql), callback->processor);
    }
    return testing_keep(&text);
}

void wc_assert_callbacks_(const char *pattern, const char *text, const char *file, int line)
{
    const char *was = wc_callbacks_text(pattern);

    if (strcmp(was, text) != 0) {
        testing_fail(file, line, "the callbacks %s were\n%sand not\n%s",
                     pattern != NULL ? pattern : "of all kinds", was, text);
    }
}

/* ---- watching and replacing ---- */

static void add_watch(struct watch watch)
{
    struct watch *added = malloc(sizeof(*added));

    CORE_ASSERT(added != NULL);
    if (!callbacks.on) {
        free(added);
        return; /* only its function stands there: nothing is logged */
    }
    *added = watch;
    base_lock_acquire(&callbacks.lock);
    added->next = callbacks.watches;
    __atomic_store_n(&callbacks.watches, added, __ATOMIC_RELEASE); /* they are looked through */
    base_lock_release(&callbacks.lock);
}

void wc_observe_callback(const void *object, const char *field,
                         void (*seen)(const struct wc_callback *callback, void *context),
                         void *context)
{
    void *const *place = testing_callback_place(object, field);

    if (!callbacks.on) {
        testing_fail(testing_file(), testing_line(),
                     "wc_observe_callback: this test has not the option .calls");
    }
    add_watch(
        (struct watch){.routine = *place, .object = object, .seen = seen, .context = context});
}

wc_any_function *wc_replace_callback(const void *object, const char *field,
                                     wc_any_function *function)
{
    void **place = testing_callback_place(object, field);
    void *before = *place;

    add_watch((struct watch){.routine = (const void *)(uintptr_t)function, .object = object});
    *place = (void *)(uintptr_t)function;
    return (wc_any_function *)(uintptr_t)before;
}

#include "nt/wpp/wpp_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/lock.h"
#include "base/log.h"
#include "nt/io/io_driver.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

static struct base_lock wpp_lock = {.rank = BASE_RANK_EX};
static struct wpp_tracer *wpp_tracers; /* (l) wpp_lock */

/* (c) while a machine runs */
static struct {
    UCHAR level;
    char flags[256]; /* ",A,B,"; "": all */
} wpp_asked;

/* ---- what is asked for ---- */

static bool wpp_level_of(const char *text, size_t length, UCHAR *level)
{
    static const struct {
        const char *name;
        UCHAR level;
    } names[] = {{"critical", TRACE_LEVEL_CRITICAL},
                 {"error", TRACE_LEVEL_ERROR},
                 {"warning", TRACE_LEVEL_WARNING},
                 {"information", TRACE_LEVEL_INFORMATION},
                 {"verbose", TRACE_LEVEL_VERBOSE}};
    unsigned number = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i].name) == length && strncmp(names[i].name, text, length) == 0) {
            *level = names[i].level;
            return true;
        }
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || number > UCHAR_MAX) {
            return false;
        }
        number = number * 10 + (unsigned)(text[i] - '0');
    }
    *level = (UCHAR)number;
    return length > 0 && number <= UCHAR_MAX;
}

bool wpp_ask(const char *text)
{
    const char *flags;
    UCHAR level;

    if (text == NULL) {
        memset(&wpp_asked, 0, sizeof(wpp_asked));
        return true;
    }
    flags = strchr(text, ',');
    if (!wpp_level_of(text, flags != NULL ? (size_t)(flags - text) : strlen(text), &level) ||
        (flags != NULL && (flags[1] == '\0' || strlen(flags) + 2 > sizeof(wpp_asked.flags)))) {
        return false;
    }
    wpp_asked.level = level;
    snprintf(wpp_asked.flags, sizeof(wpp_asked.flags), "%s%s", flags != NULL ? flags : "",
             flags != NULL ? "," : "");
    return true;
}

/* The bit of a flag among a provider's, or -1. */
static int wpp_bit_of(const struct wdfcore_wpp_provider *provider, const char *flag, size_t length)
{
    int bit = 0;

    for (const char *name = provider->flags; *name != '\0'; bit++) {
        size_t size = strcspn(name, " ");

        if (size == length && strncmp(name, flag, length) == 0) {
            return bit;
        }
        name += size + 1;
    }
    return -1;
}

/* What is asked for of this provider; a flag is seen once some provider of the driver has it. */
static ULONG wpp_flags_of(const struct wdfcore_wpp_provider *provider, ULONG *seen)
{
    ULONG mask = 0;
    unsigned number = 0;

    if (wpp_asked.flags[0] == '\0') {
        return MAXULONG;
    }
    for (const char *flag = wpp_asked.flags + 1; *flag != '\0'; number++) {
        size_t length = strcspn(flag, ",");
        int bit = wpp_bit_of(provider, flag, length);

        if (bit >= 0) {
            mask |= 1u << (bit & 31);
            *seen |= 1u << (number & 31);
        }
        flag += length + 1;
    }
    return mask;
}

/* The number-th flag that is asked for is not among the seen ones. */
static const char *wpp_first_unseen(ULONG seen, size_t *length)
{
    unsigned number = 0;

    for (const char *flag = wpp_asked.flags; *flag != '\0' && flag[1] != '\0'; number++) {
        *length = strcspn(flag + 1, ",");
        if ((seen & (1u << (number & 31))) == 0) {
            return flag + 1;
        }
        flag += *length + 1;
    }
    return NULL;
}

bool wpp_unknown_flag(char *text, size_t size)
{
    const struct wpp_tracer *tracer;
    const char *flag;
    size_t length;
    size_t used;
    ULONG seen = 0;

    base_lock_acquire(&wpp_lock);
    DL_FOREACH (wpp_tracers, tracer) {
        seen |= tracer->seen;
    }
    flag = wpp_first_unseen(seen, &length);
    used = flag == NULL
               ? 0
               : (size_t)snprintf(text, size, "no driver has the trace flag %.*s; %s", (int)length,
                                  flag, wpp_tracers != NULL ? "there are: " : "none traces");
    DL_FOREACH (wpp_tracers, tracer) {
        for (ULONG i = 0; flag != NULL && i < tracer->count && used < size; i++) {
            used += (size_t)snprintf(text + used, size - used, "%s", tracer->providers[i].flags);
        }
    }
    base_lock_release(&wpp_lock);
    return flag != NULL;
}

/* ---- drivers ---- */

VOID wdfcore_wpp_start(WPP_PROJECT_CONTROL_BLOCK *blocks,
                       const struct wdfcore_wpp_provider *providers, ULONG count,
                       PDRIVER_OBJECT driver)
{
    struct wpp_tracer *tracer;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    if (blocks[0].Control.Logger != 0) {
        ke_violation(RULE_WppInitializedTwice, 0, 0, 0, 0, 0,
                     "WPP_INIT_TRACING was called again before WPP_CLEANUP");
        return;
    }
    tracer = calloc(1, sizeof(*tracer));
    if (tracer == NULL) {
        return; /* as on Windows: the driver runs, and is not traced */
    }
    tracer->blocks = blocks;
    tracer->count = count;
    tracer->providers = providers;
    snprintf(tracer->name, sizeof(tracer->name), "%s",
             driver != NULL ? io_driver_name(driver) : "driver");
    base_lock_acquire(&wpp_lock);
    DL_APPEND(wpp_tracers, tracer);
    base_lock_release(&wpp_lock);
    for (ULONG i = 0; i < count; i++) {
        WPP_TRACE_CONTROL_BLOCK *control = &blocks[i].Control;

        control->FlagsLen = 1;
        control->Logger = (ULONG_PTR)tracer;
        control->Flags[0] = wpp_asked.level != 0 ? wpp_flags_of(&providers[i], &tracer->seen) : 0;
        control->Level = wpp_asked.level;
    }
}

VOID wdfcore_wpp_stop(WPP_PROJECT_CONTROL_BLOCK *blocks)
{
    struct wpp_tracer *tracer;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    tracer = (struct wpp_tracer *)(ULONG_PTR)blocks[0].Control.Logger;
    if (tracer == NULL) {
        return; /* documented: harmless without WPP_INIT_TRACING */
    }
    for (ULONG i = 0; i < tracer->count; i++) {
        memset(&blocks[i], 0, sizeof(blocks[i]));
    }
    base_lock_acquire(&wpp_lock);
    DL_DELETE(wpp_tracers, tracer);
    base_lock_release(&wpp_lock);
    free(tracer);
}

bool wpp_default_log(const void *code, const bool *off)
{
    PDRIVER_OBJECT driver = io_driver_at(code);
    struct wpp_tracer *tracer;
    bool available = false;

    base_lock_acquire(&wpp_lock);
    DL_FOREACH (wpp_tracers, tracer) {
        if (driver != NULL &&
            (uintptr_t)tracer->blocks - (uintptr_t)driver->DriverStart < driver->DriverSize) {
            tracer->no_default_log = off != NULL ? *off : tracer->no_default_log;
            available = !tracer->no_default_log;
        }
    }
    base_lock_release(&wpp_lock);
    return available;
}

void wpp_report_left(const char *driver, const void *start, size_t size)
{
    struct wpp_tracer *tracer, *next;
    struct wpp_tracer *left = NULL;

    base_lock_acquire(&wpp_lock);
    DL_FOREACH_SAFE (wpp_tracers, tracer, next) {
        if ((uintptr_t)tracer->blocks - (uintptr_t)start < size) {
            DL_DELETE(wpp_tracers, tracer);
            DL_APPEND(left, tracer);
        }
    }
    base_lock_release(&wpp_lock);
    DL_FOREACH_SAFE (left, tracer, next) {
        free(tracer);
        ke_violation(RULE_WppNotCleanedUp, 0xCE, (uintptr_t)start, 0, 0, 0,
                     "driver %s ended without WPP_CLEANUP", driver);
    }
}

/* ---- the machine ---- */

static void wpp_stop(void)
{
    struct wpp_tracer *tracer, *next;

    DL_FOREACH_SAFE (wpp_tracers, tracer, next) {
        free(tracer);
    }
    wpp_tracers = NULL;
    wpp_ask(NULL);
}

static struct ke_machine_part wpp_part = {.order = 1, .stop = wpp_stop};

__attribute__((constructor)) static void wpp_register(void)
{
    ke_machine_register(&wpp_part);
}

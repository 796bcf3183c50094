#include "base/violation.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/lock.h"
#include "base/log.h"

#define REPORT_SIZE    8192
#define DESCRIBED_SIZE 7168 /* what comes behind the events is the most useful */

static const struct {
    const char *name;
    enum base_rule_kind kind;
    const char *what;
    const char *remedy;
} rules[RULE_COUNT] = {
#define RULE(name, kind, what, remedy) [RULE_##name] = {#name, BASE_RULE_##kind, what, remedy},
#include "base/rules.def"
#undef RULE
};

/* Keys: (l) the lock, which is not held when a report is composed, printed, or a hook called;
 * (c) set while one thread runs; (a) atomic */
static struct {
    struct base_lock lock;
    struct base_violation_hooks hooks; /* (c) */
    unsigned expected[RULE_COUNT];     /* (l) */
    unsigned count[RULE_COUNT];        /* (l) written, (a) read */
    unsigned total;                    /* (l) written, (a) read */
    bool collect;                      /* (a) */
    char report[REPORT_SIZE];          /* (l) the last one; read when no thread reports */
} violations = {.lock = {.rank = BASE_RANK_REPORT}};

void base_violation_set_hooks(const struct base_violation_hooks *hooks)
{
    violations.hooks = *hooks;
}

const char *base_rule_name(enum base_rule rule)
{
    CORE_ASSERT(rule < RULE_COUNT);
    return rules[rule].name;
}

const char *base_rule_remedy(enum base_rule rule)
{
    CORE_ASSERT(rule < RULE_COUNT);
    return rules[rule].remedy;
}

enum base_rule_kind base_rule_kind(enum base_rule rule)
{
    CORE_ASSERT(rule < RULE_COUNT);
    return rules[rule].kind;
}

enum base_rule base_rule_find(const char *name)
{
    int rule = 0;

    while (rule < RULE_COUNT && strcmp(rules[rule].name, name) != 0) {
        rule++;
    }
    return (enum base_rule)rule;
}

/* Appends to the report, cutting what does not fit. */
__attribute__((format(printf, 2, 3))) static void report_append(char *report, const char *format,
                                                                ...)
{
    size_t used = strlen(report);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(report + used, REPORT_SIZE - used, format, arguments);
    va_end(arguments);
}

/* Counts it, and says whether it was expected. */
static bool report_note(enum base_rule rule)
{
    bool expected = __atomic_load_n(&violations.collect, __ATOMIC_RELAXED);

    base_lock_acquire(&violations.lock);
    __atomic_store_n(&violations.count[rule], violations.count[rule] + 1, __ATOMIC_RELAXED);
    __atomic_store_n(&violations.total, violations.total + 1, __ATOMIC_RELAXED);
    if (violations.expected[rule] > 0) {
        violations.expected[rule]--;
        expected = true;
    }
    base_lock_release(&violations.lock);
    return expected;
}

static void report_keep(const char *report)
{
    base_lock_acquire(&violations.lock);
    memcpy(violations.report, report, strlen(report) + 1);
    base_lock_release(&violations.lock);
}

static void report_compose(char *report, const struct base_violation *violation)
{
    report[0] = '\0';
    report_append(report, "\nVIOLATION %s: %s\n", rules[violation->rule].name, violation->text);
    report_append(report, "  rule:      %s\n", rules[violation->rule].what);
    if (violation->object != NULL) {
        report_append(report, "  object:    %s\n", violation->object);
    }
    size_t used = strlen(report);
    if (violations.hooks.describe != NULL && used < DESCRIBED_SIZE) {
        violations.hooks.describe(report + used, DESCRIBED_SIZE - used);
    }
    report_append(report, "  remedy:    %s\n", rules[violation->rule].remedy);
    if (violation->bugcheck != 0) {
        report_append(report,
                      "  Windows:   bugcheck 0x%X (0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64
                      ", 0x%" PRIx64 ")\n",
                      violation->bugcheck, violation->parameter[0], violation->parameter[1],
                      violation->parameter[2], violation->parameter[3]);
    } else {
        report_append(report, "  Windows:   no bugcheck that is certain; see the rule\n");
    }
    report_append(report, "  see:       docs/rules.md#%s\n", rules[violation->rule].name);
}

void base_violation_report(const struct base_violation *violation)
{
    enum base_rule rule = violation->rule;
    char report[REPORT_SIZE]; /* on the reporter's stack: others may report at the same time */
    bool expected;

    CORE_ASSERT(rule < RULE_COUNT);
    expected = report_note(rule);
    report_compose(report, violation);
    report_keep(report);
    if (!expected || __atomic_load_n(&violations.collect, __ATOMIC_RELAXED)) {
        base_log_report(report);
    }
    expected |= violation->tolerated;
    if ((expected && rules[rule].kind != BASE_RULE_STOP) || rules[rule].kind == BASE_RULE_NOTE) {
        return;
    }
    if (violations.hooks.stop == NULL) {
        exit(3);
    }
    violations.hooks.stop();
    CORE_ASSERT(!"the stop hook returned");
}

void base_violation_expect(enum base_rule rule)
{
    CORE_ASSERT(rule < RULE_COUNT);
    base_lock_acquire(&violations.lock);
    violations.expected[rule]++;
    base_lock_release(&violations.lock);
}

enum base_rule base_violation_unmet(void)
{
    int rule = 0;

    base_lock_acquire(&violations.lock);
    while (rule < RULE_COUNT && violations.expected[rule] == 0) {
        rule++;
    }
    base_lock_release(&violations.lock);
    return (enum base_rule)rule;
}

void base_violation_collect(bool on)
{
    __atomic_store_n(&violations.collect, on, __ATOMIC_RELAXED);
}

void base_violation_reset(void)
{
    memset(violations.expected, 0, sizeof(violations.expected));
    memset(violations.count, 0, sizeof(violations.count));
    violations.total = 0;
    violations.collect = false;
    violations.report[0] = '\0';
}

unsigned base_violation_count(enum base_rule rule)
{
    return __atomic_load_n(rule == RULE_COUNT ? &violations.total : &violations.count[rule],
                           __ATOMIC_RELAXED);
}

const char *base_violation_last_report(void)
{
    return violations.report;
}

#include "base/violation.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/log.h"

#define REPORT_SIZE 8192

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

static struct {
    struct base_violation_hooks hooks;
    unsigned expected[RULE_COUNT];
    unsigned count[RULE_COUNT];
    unsigned total;
    bool collect;
    char report[REPORT_SIZE];
} violations;

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
__attribute__((format(printf, 1, 2))) static void report_append(const char *format, ...)
{
    size_t used = strlen(violations.report);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(violations.report + used, REPORT_SIZE - used, format, arguments);
    va_end(arguments);
}

static void report_compose(const struct base_violation *violation)
{
    violations.report[0] = '\0';
    report_append("\nVIOLATION %s: %s\n", rules[violation->rule].name, violation->text);
    report_append("  rule:      %s\n", rules[violation->rule].what);
    if (violation->object != NULL) {
        report_append("  object:    %s\n", violation->object);
    }
    if (violations.hooks.describe != NULL) {
        size_t used = strlen(violations.report);
        violations.hooks.describe(violations.report + used, REPORT_SIZE - used);
    }
    report_append("  remedy:    %s\n", rules[violation->rule].remedy);
    if (violation->bugcheck != 0) {
        report_append("  Windows:   bugcheck 0x%X (0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64
                      ", 0x%" PRIx64 ")\n",
                      violation->bugcheck, violation->parameter[0], violation->parameter[1],
                      violation->parameter[2], violation->parameter[3]);
    } else {
        report_append("  Windows:   undefined: corruption, a hang or nothing at all\n");
    }
    report_append("  see:       docs/rules.md#%s\n", rules[violation->rule].name);
}

void base_violation_report(const struct base_violation *violation)
{
    enum base_rule rule = violation->rule;
    bool expected = violations.collect;

    CORE_ASSERT(rule < RULE_COUNT);
    violations.count[rule]++;
    violations.total++;
    if (violations.expected[rule] > 0) {
        violations.expected[rule]--;
        expected = true;
    }
    report_compose(violation);
    if (!expected || violations.collect) {
        base_log_report(violations.report);
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
    violations.expected[rule]++;
}

enum base_rule base_violation_unmet(void)
{
    int rule = 0;

    while (rule < RULE_COUNT && violations.expected[rule] == 0) {
        rule++;
    }
    return (enum base_rule)rule;
}

void base_violation_collect(bool on)
{
    violations.collect = on;
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
    return rule == RULE_COUNT ? violations.total : violations.count[rule];
}

const char *base_violation_last_report(void)
{
    return violations.report;
}

#pragma once
/* violation.h - the rules that a driver can break, and what happens then.
 * Rules for a violation:
 * - each has a rule with a stable name, one row of rules.def
 * - expected (a test announced it, or collect mode is on): it is recorded and
 *   base_violation_report() returns; the caller refuses, or goes on as its kind says
 * - tolerated by the reporter: it is printed as well
 * - not expected, or of kind STOP: the machine is stopped and the call never returns
 * The layers above fill in what base cannot know (processor, IRQL, callers) through the hooks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum base_rule {
#define RULE(name, kind, what, remedy) RULE_##name,
#include "base/rules.def"
#undef RULE
    RULE_COUNT
};

enum base_rule_kind {
    BASE_RULE_REFUSE,   /* when expected the call returns its refusal and changes nothing */
    BASE_RULE_CONTINUE, /* when expected it goes on as Windows without a debugger would */
    BASE_RULE_STOP,     /* cannot be refused: always stops the machine */
    BASE_RULE_NOTE,     /* reported only: the run goes on, expected or not */
};

struct base_violation {
    enum base_rule rule;
    uint32_t bugcheck; /* Windows' code; 0: Windows has none (undefined behaviour) */
    uint64_t parameter[4];
    const char *text;   /* what was done, one sentence without a full stop */
    const char *object; /* the object and its parents, or NULL */
    bool tolerated;     /* goes on as if it had been expected, unless it is of kind STOP */
};

struct base_violation_hooks {
    /* Append processor, IRQL, caller, callback chain and last events to the report. */
    void (*describe)(char *text, size_t size);
    /* Stop the machine and abandon the calling context. */
    void (*stop)(void); /* never returns */
};

void base_violation_set_hooks(const struct base_violation_hooks *hooks);

/* base_violation_report: record and print; see the rules above. Returns only if it was expected, or
 * is of kind NOTE. */
void base_violation_report(const struct base_violation *violation);

/* base_violation_expect: the next violation of this rule is wanted. Expectations are counted. */
void base_violation_expect(enum base_rule rule);
/* base_violation_unmet: an expected rule that did not occur, or RULE_COUNT. */
enum base_rule base_violation_unmet(void);
/* base_violation_collect: record every violation and go on. */
void base_violation_collect(bool on);
/* base_violation_reset: forget expectations, counts, collect mode and the last report. */
void base_violation_reset(void);

const char *base_rule_name(enum base_rule rule);
const char *base_rule_remedy(enum base_rule rule);
enum base_rule_kind base_rule_kind(enum base_rule rule);
/* base_rule_find: RULE_COUNT if no rule has this name. */
enum base_rule base_rule_find(const char *name);

/* How many violations of the rule since the last reset; RULE_COUNT: of all rules. */
unsigned base_violation_count(enum base_rule rule);
/* The report of the last violation, "" if there was none. */
const char *base_violation_last_report(void);

/* ke_record_text.c - names for the subjects of a recording, and the recording as lines of text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utstring.h>

#include "base/assert.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"

#define FNV_OFFSET 0xcbf29ce484222325ULL
#define FNV_PRIME  0x100000001b3ULL

/* ---- names ---- */

static void subject_name(const struct base_subject *subject, char *text, size_t size)
{
    switch (subject->kind) {
    case BASE_SUBJECT_TEXT:
        snprintf(text, size, "%s", (const char *)(uintptr_t)subject->key);
        return;
    case BASE_SUBJECT_TASK:
        snprintf(text, size, "%s", (const char *)subject->routine);
        return;
    case BASE_SUBJECT_LINE:
        snprintf(text, size, "irq %u", (unsigned)subject->key);
        return;
    case BASE_SUBJECT_IRP:
    case BASE_SUBJECT_OBJECT:
        snprintf(text, size, "%s #%u", subject->type, subject->number);
        return;
    case BASE_SUBJECT_ISR:
    case BASE_SUBJECT_DPC:
    case BASE_SUBJECT_TIMER:
    case BASE_SUBJECT_WORK:
    case BASE_SUBJECT_CALLBACK:
    case BASE_SUBJECT_KINDS:
    default:
        ke_report_routine(subject->routine, text, size);
        if (strcmp(text, "?") == 0) { /* ours, in a library without its private symbols */
            snprintf(text, size, "%s", subject->type);
        }
        return;
    }
}

void ke_record_resolve(void)
{
    char text[256];

    for (uint32_t i = 1; i <= base_subject_count(); i++) {
        struct base_subject *subject = base_subject_at(i);

        if (subject->name == NULL) {
            subject_name(subject, text, sizeof(text));
            subject->name = strdup(text);
            CORE_ASSERT(subject->name != NULL);
        }
    }
}

void ke_record_forget_code(void)
{
    ke_record_resolve();
    base_subject_forget_all();
}

/* ---- lines ---- */

/* What the lines tell: what happens, not what it costs or how deep a queue is. */
static bool kind_has_line(enum base_event_kind kind)
{
    switch (kind) {
    case BASE_EVENT_IRQL:
    case BASE_EVENT_QUEUE:
    case BASE_EVENT_CALLBACK:
    case BASE_EVENT_CALLBACK_END:
        return false;
    default:
        return true;
    }
}

static const char *name_of(uint32_t number, const char *otherwise)
{
    const struct base_subject *subject = base_subject_at(number);

    return subject != NULL && subject->name != NULL ? subject->name : otherwise;
}

bool ke_record_line(const struct base_recorded *event, char *line, size_t size)
{
    enum base_event_kind kind = (enum base_event_kind)event->kind;
    const char *name = name_of(event->subject, kind == BASE_EVENT_SWITCH ? "idle" : "");
    char text[300];

    if (!kind_has_line(kind)) {
        return false;
    }
    if (kind == BASE_EVENT_LINE) {
        snprintf(text, sizeof(text), "%u", (unsigned)event->value);
    } else if (kind == BASE_EVENT_POWER) {
        snprintf(text, sizeof(text), "%s %s", name, name_of(event->value, ""));
    } else if (kind == BASE_EVENT_COMPLETE) {
        snprintf(text, sizeof(text), "%s 0x%08X", name, event->value);
    } else {
        snprintf(text, sizeof(text), "%s", name);
    }
    snprintf(line, size, "[%llu] cpu%u %s %s%s%s", (unsigned long long)event->time_ns / 1000,
             event->processor, ke_irql_name(event->irql), base_event_kind_name(kind),
             text[0] != '\0' ? " " : "", text);
    return true;
}

/* Calls back for each line. */
static void lines_visit(void (*visit)(const char *line, void *context), void *context)
{
    size_t count;
    struct base_recorded *events = base_recording_merge(&count);
    char line[400];

    ke_record_resolve();
    for (size_t i = 0; i < count; i++) {
        if (ke_record_line(&events[i], line, sizeof(line))) {
            visit(line, context);
        }
    }
    free(events);
}

static void line_append(const char *line, void *context)
{
    UT_string *text = context;

    utstring_bincpy(text, line, strlen(line));
    utstring_bincpy(text, "\n", 1);
}

const char *ke_record_text(void)
{
    static UT_string text;

    if (text.d == NULL) {
        utstring_init(&text);
    }
    utstring_clear(&text);
    lines_visit(line_append, &text);
    return utstring_body(&text);
}

static void line_hash(const char *line, void *context)
{
    uint64_t *hash = context;

    for (; *line != '\0'; line++) {
        *hash = (*hash ^ (unsigned char)*line) * FNV_PRIME;
    }
    *hash = (*hash ^ '\n') * FNV_PRIME;
}

uint64_t ke_record_fingerprint(void)
{
    uint64_t hash = FNV_OFFSET;

    lines_visit(line_hash, &hash);
    return hash;
}

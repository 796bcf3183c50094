#include "nt/ke/ke_record.h"

#include <stdio.h>
#include <utstring.h>

#include "nt/time/ke_due.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_report.h"

#define FNV_OFFSET 0xcbf29ce484222325ULL
#define FNV_PRIME  0x100000001b3ULL

bool ke_recording;

static struct {
    UT_string text;
    bool ready;
    uint64_t fingerprint;
} record;

void ke_record_start(void)
{
    if (!record.ready) {
        utstring_init(&record.text);
        record.ready = true;
    }
    utstring_clear(&record.text);
    record.fingerprint = FNV_OFFSET;
    ke_recording = true;
}

void ke_record_stop(void)
{
    ke_recording = false;
}

const char *ke_record_text(void)
{
    return record.ready ? utstring_body(&record.text) : "";
}

uint64_t ke_record_fingerprint(void)
{
    return record.fingerprint;
}

static void record_hash(const char *line)
{
    for (; *line != '\0'; line++) {
        record.fingerprint = (record.fingerprint ^ (unsigned char)*line) * FNV_PRIME;
    }
}

/* What the word of an event means; routines are named without file and line. */
static void record_word(enum base_event_kind kind, const void *word, char *text, size_t size)
{
    switch (kind) {
    case BASE_EVENT_API:
    case BASE_EVENT_POWER:
    case BASE_EVENT_VIOLATION:
    case BASE_EVENT_SWITCH:
        snprintf(text, size, "%s", word != NULL ? (const char *)word : "idle");
        return;
    case BASE_EVENT_LINE:
    case BASE_EVENT_TURN:
        snprintf(text, size, "%u", (unsigned)(uintptr_t)word);
        return;
    case BASE_EVENT_REQUEST:
    case BASE_EVENT_COMPLETE:
        text[0] = '\0'; /* an address or a handle: not the same in each run */
        return;
    default:
        ke_report_routine(word, text, size);
        return;
    }
}

void ke_record_event(struct ke_processor *self, enum base_event_kind kind, const void *word)
{
    char name[128];
    char line[256];

    record_word(kind, word, name, sizeof(name));
    snprintf(line, sizeof(line), "[%llu] cpu%u %s %s%s%s\n",
             (unsigned long long)ke_clock_now_100ns() / 10, self->number, ke_irql_name(self->irql),
             base_event_kind_name(kind), name[0] != '\0' ? " " : "", name);
    utstring_printf(&record.text, "%s", line);
    record_hash(line);
}

static void record_machine_start(void)
{
    ke_recording = false;
    if (ke_machine.config.record) {
        ke_record_start();
    }
}

static struct ke_machine_part record_part = {
    .order = 0, .start = record_machine_start, .stop = ke_record_stop};

__attribute__((constructor)) static void record_register(void)
{
    ke_machine_register(&record_part);
}

#pragma once
/* ke_record.h - events: into the flight ring always, into the recording while there is one.
 * Rules for the recording:
 * - costs one bit of the attention byte while it is off
 * - each event reads the clock of its processor, without moving it: a recorded run is the same run
 * - events name routines and objects, never addresses, so that two runs of the same choices give
 *   the same text. [12] cpu0 DISPATCH dpc start UartReadDpc
 */
#include "base/trace/recording.h"
#include "base/trace/subject.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/record/ke_trampoline.h"

/* What an event is about. */
struct ke_about {
    enum base_subject_kind kind;
    uint64_t key;        /* see enum base_subject_kind */
    const void *routine; /* NULL: none */
    const void *context; /* what the routine is called with, if it may be a trampoline */
    const char *type;    /* constant */
    uint32_t number;     /* 0: by first sight */
};

#define KE_ABOUT(kind_, key_, ...)                                       \
    (struct ke_about)                                                    \
    {                                                                    \
        .kind = (kind_), .key = (uint64_t)(uintptr_t)(key_), __VA_ARGS__ \
    }
#define KE_ABOUT_TEXT(text) KE_ABOUT(BASE_SUBJECT_TEXT, text)
/* A framework object, by its handle. */
#define KE_ABOUT_OBJECT(handle, type_, number_) \
    KE_ABOUT(BASE_SUBJECT_OBJECT, handle, .type = (type_), .number = (number_))

/* ke_record_put: into the recording, if that is why the processor is observed. Returns the number
 * of the subject, for the event that ends what this one began; 0: not recorded. */
ULONG ke_record_put(enum base_event_kind kind, const struct ke_about *about, uint32_t value);
void ke_record_put_subject(enum base_event_kind kind, ULONG subject, uint32_t value);
/* ke_record_subject: the number of what is a value of an event; 0 while nothing is recorded. */
ULONG ke_record_subject(const struct ke_about *about);

/* ke_note: into the recording only. ke_event: also into the flight ring. */
static inline ULONG ke_note(enum base_event_kind kind, struct ke_about about, uint32_t value)
{
    return ke_is_observed(ke_self) ? ke_record_put(kind, &about, value) : 0;
}

static inline ULONG ke_event(enum base_event_kind kind, const void *word, struct ke_about about,
                             uint32_t value)
{
    ke_ring(ke_self, kind, word);
    return ke_note(kind, about, value);
}

/* ke_event_end: the end of what `subject` (returned by ke_event) began. */
static inline void ke_event_end(enum base_event_kind kind, const void *word, ULONG subject,
                                uint32_t value)
{
    ke_ring(ke_self, kind, word);
    if (ke_is_observed(ke_self)) {
        ke_record_put_subject(kind, subject, value);
    }
}

/* ke_record_forget: an object of that kind is initialized at that address, or gone from it. */
static inline void ke_record_forget(enum base_subject_kind kind, const void *object)
{
    if (ke_is_observed(ke_self)) {
        base_subject_forget(kind, (uint64_t)(uintptr_t)object);
    }
}

/* ---- start, stop, read ---- */

/* ke_record_start: forget what was recorded and record from now on. ke_record_stop keeps it. */
void ke_record_start(void);
void ke_record_stop(void);

/* ke_record_resolve: give all subjects their names. Before code goes away, and before reading.
 * ke_record_forget_code: resolve, and believe no address any more: a driver is unloaded. */
void ke_record_resolve(void);
void ke_record_forget_code(void);

/* ke_record_text: all lines so far; valid until the next call. */
const char *ke_record_text(void);
/* ke_record_fingerprint: a hash of the sequence of events. */
uint64_t ke_record_fingerprint(void);

/* ke_record_line: one event as a line of the text without its line end. false: it has none. */
bool ke_record_line(const struct base_recorded *event, char *line, size_t size);

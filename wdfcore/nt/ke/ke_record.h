#pragma once
/* ke_record.h - the recording: every event with its time, as text lines; on demand, beside the
 * flight ring which is always on. Lines name routines and objects, never addresses, so that two
 * runs of the same choices give the same text. [12] cpu0 DISPATCH dpc UartReadDpc
 */
#include "nt/ke/ke_processor.h"

extern bool ke_recording;

void ke_record_event(struct ke_processor *self, enum base_event_kind kind, const void *word);

/* ke_event: into the flight ring, and into the recording if there is one. */
static inline void ke_event(enum base_event_kind kind, const void *word)
{
    struct ke_processor *self = ke_self;

    ke_ring(self, kind, word);
    if (__builtin_expect(ke_recording, 0)) {
        ke_record_event(self, kind, word);
    }
}

/* ke_record_start: forget what was recorded and record from now on. ke_record_stop keeps the text.
 */
void ke_record_start(void);
void ke_record_stop(void);
/* ke_record_text: all lines so far; valid until the next event. */
const char *ke_record_text(void);
/* ke_record_fingerprint: a hash of the sequence of events. */
uint64_t ke_record_fingerprint(void);

#pragma once
/* ke_trampoline.h - routines of ours that stand before one of a driver's, which is what the recording
 * and the reports name.
 */
#include "nt/ke/ke_processor.h"

struct ke_about;

struct ke_trampoline {
    struct ke_trampoline *next;
    const void *routine;
    /* For the recording. Fills in what it finds: routine, type, number; the key stays. */
    void (*target)(const void *context, struct ke_about *about);
    /* kind != NULL: mostly the trampoline's frame stands for the driver's routine, which has none of its
     * own. Reports name that: the routine and its object are where these bytes lead, from the frame's
     * object; what the trampoline calls it with is checked by who called the trampoline. */
    const char *kind;
    ptrdiff_t callback, handle;
    /* The driver's routine left in another critical region: report it, and put that right. */
    void (*wrong_region)(const struct ke_callback *shown, SHORT region);
};

/* ke_trampoline_register: once, in a constructor. */
void ke_trampoline_register(struct ke_trampoline *trampoline);
/* ke_trampoline_of: NULL: it is none. */
const struct ke_trampoline *ke_trampoline_of(const void *routine);
/* ke_trampolines: the last registered one, for debuggers. */
extern struct ke_trampoline *ke_trampolines;

/* ke_callback_shown: the frame as a report shows it. */
struct ke_callback ke_callback_shown(const struct ke_callback *frame);

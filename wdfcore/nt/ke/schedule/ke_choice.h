#pragma once
/* ke_choice.h - the free choices of a schedule, one after the other. Each has a kind and a value; 0
 * is what a schedule without free choices does there. A seed draws the values; a list replays them:
 * what is not in the list is 0. What was chosen can be kept as such a list.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ke_choice_kind {
    KE_CHOICE_HOLD,    /* an interrupt, for so many windows */
    KE_CHOICE_TAKE,    /* it goes to the processor so many behind that of schedule 0 in its set */
    KE_CHOICE_PASS,    /* 1: the turn goes to another processor */
    KE_CHOICE_PREEMPT, /* 1: another task of the processor runs */
    KE_CHOICE_TIE,     /* of processors whose clocks are equal, how many behind the first */
    KE_CHOICE_KINDS,
};

struct ke_choice {
    uint64_t number; /* 1 for the first choice of the machine */
    enum ke_choice_kind kind;
    uint32_t value; /* not 0 */
};

/* ke_choice_name: "hold", "take", ... */
const char *ke_choice_name(enum ke_choice_kind kind);

/* ke_choice: the next choice: what the list says, or else what was drawn. The caller bounds it. */
uint32_t ke_choice(enum ke_choice_kind kind, uint32_t drawn);

/* ke_choices_kept: those that were not 0, if the machine keeps them; until the machine ends. */
const struct ke_choice *ke_choices_kept(size_t *count);

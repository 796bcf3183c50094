#include "nt/ke/schedule/ke_choice.h"

#include <utarray.h>

#include "nt/ke/ke_machine.h"

static const char *const names[KE_CHOICE_KINDS] = {
    [KE_CHOICE_HOLD] = "hold",       [KE_CHOICE_TAKE] = "take", [KE_CHOICE_PASS] = "pass",
    [KE_CHOICE_PREEMPT] = "preempt", [KE_CHOICE_TIE] = "tie",
};

static const UT_icd choice_icd = {.sz = sizeof(struct ke_choice)};

/* Only with fibers, and between two windows: there is no lock. */
static struct {
    uint64_t number; /* of the last choice */
    size_t next;     /* of the list to be replayed */
    UT_array kept;
} choices = {.kept = {.icd = {.sz = sizeof(struct ke_choice)}}};

const char *ke_choice_name(enum ke_choice_kind kind)
{
    return names[kind];
}

/* A run that has become another one than that of the list may want another kind: 0 then. */
static uint32_t choice_replay(enum ke_choice_kind kind)
{
    const struct ke_choice *list = ke_machine.config.choices;
    size_t count = ke_machine.config.choice_count;

    while (choices.next < count && list[choices.next].number < choices.number) {
        choices.next++;
    }
    return choices.next < count && list[choices.next].number == choices.number &&
                   list[choices.next].kind == kind
               ? list[choices.next].value
               : 0;
}

uint32_t ke_choice(enum ke_choice_kind kind, uint32_t drawn)
{
    struct ke_choice choice = {.number = ++choices.number, .kind = kind, .value = drawn};

    if (ke_machine.config.choices != NULL) {
        choice.value = choice_replay(kind);
    }
    if (ke_machine.config.keep_choices && choice.value != 0) {
        utarray_push_back(&choices.kept, &choice);
    }
    return choice.value;
}

const struct ke_choice *ke_choices_kept(size_t *count)
{
    *count = utarray_len(&choices.kept);
    return (const struct ke_choice *)utarray_front(&choices.kept);
}

static void choices_start(void)
{
    choices.number = 0;
    choices.next = 0;
    utarray_init(&choices.kept, &choice_icd);
}

static void choices_stop(void)
{
    utarray_done(&choices.kept);
}

static struct ke_machine_part choices_part = {
    .order = 0, .start = choices_start, .stop = choices_stop};

__attribute__((constructor)) static void choices_register(void)
{
    ke_machine_register(&choices_part);
}

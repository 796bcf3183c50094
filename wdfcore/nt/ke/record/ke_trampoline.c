#include "nt/ke/record/ke_trampoline.h"

struct ke_trampoline *ke_trampolines;

void ke_trampoline_register(struct ke_trampoline *trampoline)
{
    trampoline->next = ke_trampolines;
    ke_trampolines = trampoline;
}

const struct ke_trampoline *ke_trampoline_of(const void *routine)
{
    const struct ke_trampoline *trampoline = ke_trampolines;

    while (trampoline != NULL && trampoline->routine != routine) {
        trampoline = trampoline->next;
    }
    return trampoline;
}

struct ke_callback ke_callback_shown(const struct ke_callback *frame)
{
    const struct ke_trampoline *trampoline = ke_trampoline_of(frame->routine);
    struct ke_callback shown = *frame;

    const char *object = frame->object;

    if (trampoline != NULL && trampoline->kind != NULL) {
        const void *callback = *(const void *const *)(object + trampoline->callback);

        if (callback != NULL) {
            shown.kind = trampoline->kind;
            shown.routine = callback;
            shown.object = *(const void *const *)(object + trampoline->handle);
        }
    }
    return shown;
}

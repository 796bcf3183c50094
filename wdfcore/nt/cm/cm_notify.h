#pragma once
/* cm_notify.h - who hears of registry operations (CmRegisterCallback).
 * An operation takes what is registered when it begins, tells each of them, highest altitude first, does what
 * it is for, and tells those who have let it pass in the reverse order. Nobody registered: it just does it.
 */
#include <wdm.h>

#include <stdbool.h>

/* One operation. */
struct cm_notice {
    REG_NOTIFY_CLASS before, after;
    PVOID object;        /* the key that it is about; NULL: none yet */
    PVOID information;   /* of `before` ... */
    PVOID *call_context; /* ... and two words in it */
    PVOID *object_context;
    PVOID context_object; /* whose context is passed: object, or the root of a path */
    NTSTATUS (*act)(struct cm_notice *notice); /* sets object if it makes one; referenced */
    NTSTATUS(*bypassed)
    (struct cm_notice *notice); /* who hears of it did it; NULL: nothing is left */
};

/* cm_notify: the operation, told of. PASSIVE_LEVEL, no lock held. */
NTSTATUS cm_notify(struct cm_notice *notice);

#pragma once
/* po_fx.h - devices that are registered with the power framework.
 * Rules:
 * - one context at a time runs the transitions of a device (po_fx_run); whoever changes what is wanted
 *   calls it afterwards, and it does nothing if another context is at it: that one sees the change
 * - a transition is marked as on before its callback, and ends by the driver's answer, which may come
 *   inside of the callback
 */
#include <wdm.h>

#include <stdbool.h>

enum po_fx_condition {
    PO_FX_ACTIVE,
    PO_FX_LEAVING, /* told to be idle, not answered yet */
    PO_FX_IDLE,
};

enum po_fx_power {
    PO_FX_ON,
    PO_FX_RELEASING, /* told that power is not required, not answered yet */
    PO_FX_OFF,       /* may be off */
    PO_FX_REQUIRED,  /* told that power is required, not reported to be on yet */
};

/* Key: (c) once registered, (l) po_fx_lock */
struct po_fx_component {
    ULONG references; /* (l) as the rest but where marked */
    enum po_fx_condition condition;
    ULONG state;      /* F0 is the first */
    ULONG next_state; /* while it is on its way there */
    bool state_pending;
    ULONGLONG latency;   /* that is tolerated */
    ULONGLONG residency; /* that is expected */
    bool wake;
    bool on_in_dx; /* (c) as the rest */
    ULONG deepest_wake;
    ULONG states;
    PO_FX_COMPONENT_IDLE_STATE *idle_states;
    KEVENT is_active; /* set: and its callback has returned */
    KEVENT is_idle;
};

struct po_fx {
    struct po_fx *next;        /* (l) of all that are registered */
    ULONG references;          /* (l) registered, and each context that works on it */
    PDEVICE_OBJECT pdo;        /* (c) referenced */
    PO_FX_DEVICE_V3 callbacks; /* (c) its components are below */
    bool running;              /* (l) somebody is in po_fx_run */
    bool gone;                 /* (l) not registered any more */
    bool waited_for;           /* (l) who unregisters it waits for the other references to go */
    KEVENT left;
    bool started; /* (l) as the next ones */
    enum po_fx_power power;
    ULONGLONG timeout_100ns;
    bool timer_armed, timeout_passed;
    bool item_queued;
    KTIMER timer;
    KDPC dpc;
    WORK_QUEUE_ITEM item;
    ULONG count; /* (c) */
    struct po_fx_component components[];
};

void po_fx_lock(void);
void po_fx_unlock(void);
/* po_fx_run: bring every transition on its way that is wanted and possible. */
void po_fx_run(struct po_fx *fx);
void po_fx_ref(struct po_fx *fx);
void po_fx_deref(struct po_fx *fx);
/* po_fx_of: the device of that handle, referenced; NULL, with a report: there is none.
 * po_fx_of_component: if it has that component. */
struct po_fx *po_fx_of(POHANDLE handle, const char *api);
struct po_fx *po_fx_of_component(POHANDLE handle, ULONG component, const char *api);
/* po_fx_misuse: BadParameter. */
void po_fx_misuse(const char *api, const struct po_fx *fx, ULONG component, const char *what);

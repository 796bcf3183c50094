#pragma once
/* machine_core.h - what the files of harness know of the machine.
 * Keys: (o) only outside the machine, on the stack that created it; (m) in a context of the machine
 */
#include <ntddk.h>
#include <wdf.h>

#include <wdfcore/machine.h>

#include "harness/pnp/resource_spec.h"
#include "wdf/frame/fx_globals.h"

struct driver_module;
struct ke_choice;
struct model_instance;

struct wc_machine {
    struct wc_machine_config config;
    struct wc_driver *drivers; /* (o) newest first */
    struct wc_device *devices; /* (o) newest first */
    struct wc_event *events;   /* every event not deleted yet */
    struct ke_choice *choices; /* that are replayed; NULL: none */
    uint32_t next_instance;    /* (o) number of the next device on the root bus */
    uint64_t patience_ns;      /* (o) see machine_set_patience */
    bool gave_up;              /* (o) its patience came to an end */
    char *objects; /* (o) of a machine that was recorded, before its devices went; or NULL */
};

/* A hardware or compatible ID whose devices a driver takes. */
struct driver_claim {
    struct driver_claim *next;
    char id[];
};

struct wc_driver {
    struct wc_driver *next; /* (o) */
    struct wc_machine *machine;
    struct driver_module *module;
    PDRIVER_OBJECT object;       /* (m) NULL before it exists and after it is gone */
    struct fx_globals globals;   /* (m) registered while the object exists */
    char name[72];               /* of the service; no two of a machine are the same */
    struct driver_claim *claims; /* (o) */
};

/* machine_fail: say in one line what is wrong; returns result. */
__attribute__((format(printf, 2, 3))) enum wc_result machine_fail(enum wc_result result,
                                                                  const char *format, ...);

/* machine_status_text: "0xC0000034", with the name where it is a common one. */
const char *machine_status_text(NTSTATUS status, char text[64]);

/* machine_current: the one that exists; NULL: none. */
struct wc_machine *machine_current(void);

/* machine_is: NULL or another machine is the caller's mistake, reported as WC_BAD_INPUT. */
bool machine_is(const struct wc_machine *machine);

/* machine_set_patience: from here on a call into the machine that has not come back after so much of
 * its time, in which no application's request was completed either, is given up: the machine is
 * stopped, and the call returns WC_STUCK. 0: never. */
void machine_set_patience(struct wc_machine *machine, uint64_t ns);

/* machine_call_until: wc_machine_call, but it is done(argument) that says when the call has ended;
 * body calls host_run_recheck then. */
enum wc_result machine_call_until(struct wc_machine *machine, void (*body)(void *), void *argument,
                                  bool (*done)(void *));

#pragma once
/* ke_machine.h - the NT side of the one machine: start, stop, what is shared by all processors. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "host/host.h"

struct ke_choice;

struct ke_machine_config {
    uint32_t processors;
    enum host_scheduler scheduler;
    enum host_clock_kind clock;
    uint64_t seed; /* 0: schedule 0 */
    uint32_t tick_ns;
    uint32_t clock_read_ns, register_access_ns, isr_entry_ns, dpc_entry_ns, context_switch_ns;
    bool driven; /* with threads: the program's threads drive the processors (ke_drive.h) */
    bool record;
    bool keep_choices;               /* of the schedule: ke_choices_kept */
    const struct ke_choice *choices; /* to be replayed, whatever the seed; NULL: none are */
    size_t choice_count;
    bool threaded_dpcs_at_dispatch; /* else at PASSIVE_LEVEL, on a thread of their processor */
};

struct ke_machine {
    struct ke_machine_config config; /* (c) */
    struct base_random random;       /* choices of the schedule */
    bool running;
    bool stopped; /* (a) a violation stopped it: no driver code runs any more */
};

extern struct ke_machine ke_machine;

/* ke_machine_start: 0, or a negative errno. ke_machine_stop: frees all that nt holds. */
int ke_machine_start(const struct ke_machine_config *config);
void ke_machine_stop(void);

/* ke_machine_halt: stop the machine where it stands and abandon the calling context. Outside a
 * machine the process ends with 3. */
_Noreturn void ke_machine_halt(void);

/* ke_run: host_run for the layers above. */
enum host_run_result ke_run(bool (*done)(void *), void *context);

/* ke_machine_escape: see host_run_escape; the machine is stopped then. */
bool ke_machine_escape(void);

/* ke_machine_give_up: stop the machine from outside, while ke_run is not running it. */
void ke_machine_give_up(void);

/* ke_machine_register: parts of nt (and the layers above) that keep state for a machine
 * register once, in a constructor; started in order, stopped in reverse. */
struct ke_machine_part {
    struct ke_machine_part *next;
    int order; /* parts of lower order start first */
    void (*start)(void);
    void (*stop)(void);
};
void ke_machine_register(struct ke_machine_part *part);

/* wdfcore: deferred calls and timers as a driver makes them, measured in a task of a machine on the real
 * clock that stays at DISPATCH_LEVEL on processor 0. TARGETS.md says how each row is filled.
 */
#include <ntddk.h>

#include <wdfcore/machine.h>

#include "peers_wdf.h"

/* ---- the machine around a measurement ------------------------------------------------- */

static struct wc_machine *machine;

struct measurement {
    void (*fn)(struct run *);
    struct run *run;
};

static void measure(void *argument)
{
    struct measurement *m = argument;
    KIRQL old = KeRaiseIrqlToDpcLevel();

    m->fn(m->run);
    KeLowerIrql(old);
}

static void in_machine(struct run *r, void (*fn)(struct run *), enum wc_scheduler scheduler)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct measurement m = {fn, r};

    config.clock = WC_CLOCK_REAL;
    config.scheduler = scheduler;
    CHECK(wc_machine_create(&config, &machine) == WC_OK);
    CHECK(wc_machine_call(machine, measure, &m) == WC_OK);
    CHECK(wc_machine_destroy(machine) == WC_OK);
}

#define IN_MACHINE_FIBERS(name) \
    static void machine_##name(struct run *r) { in_machine(r, run_##name, WC_SCHED_FIBER); }
#define IN_MACHINE(name) \
    IN_MACHINE_FIBERS(name) \
    static void threaded_##name(struct run *r) { in_machine(r, run_##name, WC_SCHED_THREAD); }

/* ---- KDPC ------------------------------------------------------------------------------ */

static VOID kdpc_routine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct dpc *d = Context;

    d->fn(d);
}

static void *kdpc_open(struct dpc *d, int n)
{
    KDPC *k = xalloc((size_t)n * sizeof *k);

    for (int i = 0; i < n; i++)
        KeInitializeDpc(&k[i], kdpc_routine, &d[i]);
    return k;
}

static void kdpc_sched(void *loop, int i)
{
    KDPC *k = loop;

    KeInsertQueueDpc(&k[i], NULL, NULL);
}

static void kdpc_turn(void *loop, bool block)
{
    KeLowerIrql(PASSIVE_LEVEL);
    KeRaiseIrqlToDpcLevel();
}

static void kdpc_close(void *loop) { free(loop); }

static const struct dpc_ops kdpc = { kdpc_open, kdpc_sched, kdpc_turn, kdpc_close };
DPC_LOCAL_FNS(kdpc)
IN_MACHINE(kdpc_same)
IN_MACHINE(kdpc_dup)

/* ---- KDPC for another processor: two threads of the program that are processors 0 and 1 ---------- */

struct cross { ULONG processor; KDPC dpcs[]; };

static CCHAR cross_opened; /* the first loop is this thread's, unless there is only the other one */

static void *kdpc_far_open(struct dpc *d, int n)
{
    struct cross *c = xalloc(sizeof *c + ((size_t)n + 1) * sizeof *c->dpcs); /* one 0 at the end */

    c->processor = (ULONG)cross_opened++;
    for (int i = 0; i < n; i++) {
        KeInitializeDpc(&c->dpcs[i], kdpc_routine, &d[i]);
        KeSetTargetProcessorDpc(&c->dpcs[i], (CCHAR)c->processor);
    }
    return c;
}

static void kdpc_far_sched(void *loop, int i)
{
    struct cross *c = loop;

    KeInsertQueueDpc(&c->dpcs[i], NULL, NULL);
}

static void kdpc_far_turn(void *loop, bool block)
{
    struct cross *c = loop;

    wc_processor_turn(machine, c->processor, block);
}

static void kdpc_far_close(void *loop)
{
    struct cross *c = loop;

    for (int i = 0; c->dpcs[i].Type != 0; i++)
        KeRemoveQueueDpc(&c->dpcs[i]);
    free(c);
}

static const struct dpc_ops kdpc_far = {
    kdpc_far_open, kdpc_far_sched, kdpc_far_turn, kdpc_far_close
};
static void run_kdpc_far_batch(struct run *r) { dpc_batch(r, &kdpc_far); }
static void run_kdpc_far_pingpong(struct run *r) { dpc_pingpong(r, &kdpc_far); }

static void far_call(void *argument)
{
    struct measurement *m = argument;

    m->fn(m->run);
}

static void far_machine(struct run *r, void (*fn)(struct run *), int first)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct measurement m = {fn, r};

    config.clock = WC_CLOCK_REAL;
    config.scheduler = WC_SCHED_THREAD;
    config.processors = 2;
    config.processors_driven = true;
    cross_opened = (CCHAR)first;
    CHECK(wc_machine_create(&config, &machine) == WC_OK);
    CHECK(wc_processor_call(machine, 0, far_call, &m) == WC_OK);
    CHECK(wc_machine_destroy(machine) == WC_OK);
}

static void far_batch(struct run *r) { far_machine(r, run_kdpc_far_batch, 1); }
static void far_pingpong(struct run *r) { far_machine(r, run_kdpc_far_pingpong, 0); }

/* ---- KTIMER with a DPC ----------------------------------------------------------------- */

struct ktimer { KTIMER timer; KDPC dpc; };
struct ktimers { int n; struct ktimer *t; };

static VOID ktimer_routine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    timer_fired();
}

static void *ktimer_open(int n)
{
    struct ktimers *l = xalloc(sizeof *l);

    l->n = n;
    l->t = xalloc((size_t)n * sizeof *l->t);
    for (int i = 0; i < n; i++) {
        KeInitializeTimer(&l->t[i].timer);
        KeInitializeDpc(&l->t[i].dpc, ktimer_routine, NULL);
    }
    return l;
}

static void ktimer_set(void *loop, int i, unsigned ms)
{
    struct ktimers *l = loop;
    LARGE_INTEGER due;

    due.QuadPart = -(LONGLONG)ms * 10000;
    KeSetTimer(&l->t[i].timer, due, &l->t[i].dpc);
}

/* An expiry may have been noticed since: then its DPC is queued, and goes too. */
static void ktimer_cancel(void *loop, int i)
{
    struct ktimers *l = loop;

    if (!KeCancelTimer(&l->t[i].timer))
        KeRemoveQueueDpc(&l->t[i].dpc);
}

static void ktimer_turn(void *loop) { wc_processor_turn(machine, 0, false); }

static void ktimer_close(void *loop)
{
    struct ktimers *l = loop;

    for (int i = 0; i < l->n; i++)
        ktimer_cancel(l, i);
    free(l->t);
    free(l);
}

static const struct timer_ops ktimer = {
    ktimer_open, ktimer_set, ktimer_cancel, ktimer_turn, ktimer_close
};
TIMER_FNS(ktimer)
IN_MACHINE(ktimer_setcancel)
IN_MACHINE(ktimer_rearm)
IN_MACHINE_FIBERS(ktimer_turns)
IN_MACHINE_FIBERS(ktimer_expire)

static const struct peer wdfcore_peers[] = {
    { "kdpc-fiber", { [K_SAME] = machine_kdpc_same, [K_DUP] = machine_kdpc_dup } },
    { "kdpc-thread", { [K_SAME] = threaded_kdpc_same, [K_DUP] = threaded_kdpc_dup,
                       [K_BATCH] = far_batch, [K_PINGPONG] = far_pingpong } },
    { "ktimer-fiber", { [K_SETCANCEL] = machine_ktimer_setcancel, [K_REARM] = machine_ktimer_rearm,
                        [K_TURN] = machine_ktimer_turns, [K_EXPIRE] = machine_ktimer_expire } },
    { "ktimer-thread", { [K_SETCANCEL] = threaded_ktimer_setcancel,
                         [K_REARM] = threaded_ktimer_rearm } },
    { "wdfdpc-fiber", { [K_SAME] = wdfbench_wdfdpc_same, [K_DUP] = wdfbench_wdfdpc_dup } },
    { "wdfdpc-thread", { [K_SAME] = wdfbench_threaded_wdfdpc_same,
                         [K_DUP] = wdfbench_threaded_wdfdpc_dup } },
    { "wdfobject-fiber", { [K_SINGLE] = wdfbench_wdfobject_single,
                           [K_TREE] = wdfbench_wdfobject_tree, [K_BIG] = wdfbench_wdfobject_big } },
    { "wdfobject-thread", { [K_SINGLE] = wdfbench_threaded_wdfobject_single,
                            [K_TREE] = wdfbench_threaded_wdfobject_tree } },
    { "handle", { [K_CHASE] = wdfbench_handle_chase, [K_INDEP] = wdfbench_handle_indep } },
    { "context", { [K_CHASE] = wdfbench_context_chase, [K_INDEP] = wdfbench_context_indep } },
    { "request-fiber", { [K_REQUEST] = wdfbench_request } },
    { "request-thread", { [K_REQUEST] = wdfbench_threaded_request } },
    { 0 }
};
const struct library lib_wdfcore = { "wdfcore", PEER_VERSION, wdfcore_peers };

/* wdfcore's framework: WDFDPC and WDFOBJECT below a driver's WDFDEVICE, in a task of a machine on the
 * real clock. TARGETS.md says how each row is filled.
 */
#include <ntddk.h>
#include <wdf.h>

#include <wdfcore/machine.h>
#include <wdfcore/user.h>

#include "peers_wdf.h"

static WDFDEVICE device;

__attribute__((visibility("default"))) VOID wdfbench_device_added(WDFDEVICE Device)
{
    device = Device;
}

/* ---- the machine around a measurement: a driver and its device, a task at that IRQL --------- */

struct measurement {
    void (*fn)(struct run *);
    struct run *run;
    KIRQL irql;
};

static void measure(void *argument)
{
    struct measurement *m = argument;
    KIRQL old;

    KeRaiseIrql(m->irql, &old);
    m->fn(m->run);
    KeLowerIrql(old);
}

static void in_driver(struct run *r, void (*fn)(struct run *), KIRQL irql,
                      enum wc_scheduler scheduler)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_device_config nothing = {0};
    struct measurement m = {fn, r, irql};
    struct wc_machine *machine;
    struct wc_driver *driver;
    struct wc_device *added;

    config.clock = WC_CLOCK_REAL;
    config.scheduler = scheduler;
    if (bench_one_cpu) {
        bench_bind(0); /* the machine's threads too: they inherit it */
    }
    CHECK(wc_machine_create(&config, &machine) == WC_OK);
    CHECK(wc_machine_load_driver(machine, WDFBENCH_DRIVER, &driver) == WC_OK);
    CHECK(wc_machine_add_device(machine, driver, &nothing, &added) == WC_OK);
    CHECK(wc_machine_call(machine, measure, &m) == WC_OK);
    CHECK(wc_machine_destroy(machine) == WC_OK);
}

#define IN_DRIVER_FIBERS(name, irql) \
    void wdfbench_##name(struct run *r) { in_driver(r, run_##name, irql, WC_SCHED_FIBER); }
#define IN_DRIVER(name, irql) \
    IN_DRIVER_FIBERS(name, irql) \
    void wdfbench_threaded_##name(struct run *r) \
    { \
        in_driver(r, run_##name, irql, WC_SCHED_THREAD); \
    }

/* ---- WDFDPC ---------------------------------------------------------------------------- */

typedef struct { struct dpc *d; } DPC_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DPC_CONTEXT, DpcContext)

static VOID wdfdpc_evt(WDFDPC Dpc)
{
    struct dpc *d = DpcContext(Dpc)->d;

    d->fn(d);
}

static void *wdfdpc_open(struct dpc *d, int n)
{
    WDFDPC *dpcs = xalloc((size_t)n * sizeof *dpcs);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG config;

    for (int i = 0; i < n; i++) {
        WDF_DPC_CONFIG_INIT(&config, wdfdpc_evt);
        WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, DPC_CONTEXT);
        attributes.ParentObject = device;
        CHECK(WdfDpcCreate(&config, &attributes, &dpcs[i]) == STATUS_SUCCESS);
        DpcContext(dpcs[i])->d = &d[i];
    }
    return dpcs;
}

static void wdfdpc_sched(void *loop, int i)
{
    WDFDPC *dpcs = loop;

    WdfDpcEnqueue(dpcs[i]);
}

static void wdfdpc_turn(void *loop, bool block)
{
    KeLowerIrql(PASSIVE_LEVEL);
    KeRaiseIrqlToDpcLevel();
}

static void wdfdpc_close(void *loop) { free(loop); } /* the objects go with the device */

static const struct dpc_ops wdfdpc = { wdfdpc_open, wdfdpc_sched, wdfdpc_turn, wdfdpc_close };
DPC_LOCAL_FNS(wdfdpc)
IN_DRIVER(wdfdpc_same, DISPATCH_LEVEL)
IN_DRIVER(wdfdpc_dup, DISPATCH_LEVEL)

/* ---- WDFOBJECT ------------------------------------------------------------------------- */

typedef struct { uint64_t words[8]; } OBJECT_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(OBJECT_CONTEXT, ObjectContext)

static VOID wdfobject_cleanup(WDFOBJECT Object) { obj_cleaned(ObjectContext(Object)->words); }

static void *wdfobject_parent(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT parent;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    CHECK(WdfObjectCreate(&attributes, &parent) == STATUS_SUCCESS);
    return parent;
}

static void *wdfobject_child(void *parent)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT child;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, OBJECT_CONTEXT);
    attributes.EvtCleanupCallback = wdfobject_cleanup;
    attributes.ParentObject = parent;
    CHECK(WdfObjectCreate(&attributes, &child) == STATUS_SUCCESS);
    return child;
}

static uint64_t *wdfobject_ctx(void *child) { return ObjectContext(child)->words; }
static void wdfobject_del(void *object) { WdfObjectDelete(object); }

static const struct obj_ops wdfobject = {
    wdfobject_parent, wdfobject_child, wdfobject_ctx, wdfobject_del, wdfobject_del
};
OBJ_FNS(wdfobject)
IN_DRIVER(wdfobject_single, PASSIVE_LEVEL)
IN_DRIVER(wdfobject_tree, PASSIVE_LEVEL)
IN_DRIVER_FIBERS(wdfobject_big, PASSIVE_LEVEL)

/* ---- the way to a context, as a driver goes it ------------------------------------------ */

typedef struct { struct tobj *t; } LOOKUP_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(LOOKUP_CONTEXT, LookupContext)

static void context_open(int n) {}

static uint64_t context_add(struct tobj *t)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, LOOKUP_CONTEXT);
    attributes.ParentObject = device;
    CHECK(WdfObjectCreate(&attributes, &object) == STATUS_SUCCESS);
    LookupContext(object)->t = t;
    return (uintptr_t)object;
}

INLINE struct tobj *context_find(uint64_t handle)
{
    return LookupContext((WDFOBJECT)(uintptr_t)handle)->t;
}

/* Not deleted: a stale handle would be a violation, and the machine would stop. */
static void context_del(uint64_t handle) {}

static const struct lookup_ops context = {
    context_open, context_add, context_find, context_del, false
};
LOOKUP_FNS(context)
IN_DRIVER_FIBERS(context_chase, PASSIVE_LEVEL)
IN_DRIVER_FIBERS(context_indep, PASSIVE_LEVEL)

/* ---- a synchronous device control, completed by the driver's queue callback ----------------- */

#define IOCTL_BENCH CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

static void run_request(struct run *r)
{
    struct wc_file *file;

    CHECK(wc_file_open("Bench", &file) >= 0);
    bench_begin(r);
    for (uint64_t i = 0; i < r->ops; i++) {
        uint64_t in = i, out = 0;
        size_t moved = 0;

        CHECK(wc_file_ioctl(file, IOCTL_BENCH, &in, sizeof in, &out, sizeof out, &moved) >= 0);
        CHECK(out == i + 1 && moved == sizeof out);
    }
    bench_end(r, r->ops);
    CHECK(wc_file_close(file) >= 0);
}
IN_DRIVER(request, PASSIVE_LEVEL)

#pragma once
/* machine.h - create a machine, load drivers into it, give it devices, run it, take it apart.
 * One machine at a time in a process. All functions are called from outside the machine (the stack
 * that created it) unless they say otherwise; none is safe from a driver.
 *
 *     struct wc_machine *machine;
 *     struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
 *     if (wc_machine_create(&config, &machine) != WC_OK) { puts(wc_last_error()); }
 *     wc_machine_load_driver(machine, "uart.so", &driver);
 *     wc_machine_add_device(machine, driver, &device_config, &device);
 *     wc_machine_call(machine, body, argument);
 *     wc_machine_destroy(machine);
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

struct wc_load;
struct wc_machine;
struct wc_driver;
struct wc_device;

enum wc_result {
    WC_OK,
    WC_FAILED,    /* see wc_last_error */
    WC_BAD_INPUT, /* a wrong option, file or description; see wc_last_error */
    WC_STOPPED,   /* a violation stopped the machine; see wc_last_report */
    WC_STUCK,     /* nothing can happen any more and the condition is not met */
};

enum wc_scheduler { WC_SCHED_FIBER, WC_SCHED_THREAD };
enum wc_clock { WC_CLOCK_VIRTUAL, WC_CLOCK_REAL };

struct wc_machine_config {
    uint32_t processors; /* 1 to 64 */
    enum wc_scheduler scheduler;
    enum wc_clock clock;
    uint64_t seed;    /* 0: schedule 0, no free choice */
    uint32_t tick_ns; /* clock tick; 1,000,000 */
    /* What the virtual clock charges; all 0 by default but clock_read_ns (100). */
    uint32_t clock_read_ns, register_access_ns, isr_entry_ns, dpc_entry_ns, context_switch_ns;
    /* Files: keep the choices of the schedule for it; replay those in it, whatever the seed (what is
     * not in it is as under schedule 0). Written when the machine is destroyed; the names must live as
     * long. NULL: no. */
    const char *record_choices, *replay_choices;
    /* Messages of WPP tracing that drivers print: "LEVEL" or "LEVEL,FLAG,...", a level by number or as
     * critical, error, warning, information, verbose; flags by the names of WPP_DEFINE_BIT (none given:
     * all). NULL: none are, as on Windows without a trace session. */
    const char *wpp;
    bool
        debug_print; /* print all of DbgPrint and KdPrint; else errors only, as Windows by default */
    bool record;     /* keep a recording from the start (wc_trace_text) */
    bool collect;    /* report violations and go on (execution 7 (a)) */
    /* With WC_SCHED_THREAD: whichever thread of the program calls wc_processor_turn or
     * wc_processor_call *is* that processor meanwhile; nobody else runs its DPCs and ISRs but a task that
     * raises its IRQL there, and the machine's own threads while wc_machine_run and its like drive. */
    bool processors_driven;
    bool threaded_dpcs_at_dispatch; /* threaded DPCs run as ordinary ones, not at PASSIVE_LEVEL */
};

#define WC_MACHINE_CONFIG_INIT                                                   \
    {                                                                            \
        .processors = 1, .scheduler = WC_SCHED_FIBER, .clock = WC_CLOCK_VIRTUAL, \
        .tick_ns = 1000000, .clock_read_ns = 100                                 \
    }

/* wc_machine_unknown_trace_flag: a misspelt flag of config.wpp would hide everything without a word: a
 * line about one that none of the drivers loaded so far has; NULL: there is none. */
WC_API const char *wc_machine_unknown_trace_flag(struct wc_machine *machine);

/* wc_last_error: one line about the last WC_FAILED or WC_BAD_INPUT. wc_last_report: the violation
 * block. */
WC_API const char *wc_last_error(void);
WC_API const char *wc_last_report(void);

WC_API enum wc_result wc_machine_create(const struct wc_machine_config *config,
                                        struct wc_machine **machine);
/* wc_machine_destroy: removes devices and unloads drivers in order if the machine still runs,
 * reports what leaked (violations), frees everything. Returns WC_STOPPED if a violation was
 * reported. */
WC_API enum wc_result wc_machine_destroy(struct wc_machine *machine);

/* wc_machine_load_driver: dlopen the module, give it fresh globals, call its DriverEntry in a task.
 *   path   a file; or "mshidkmdf": the HID minidriver of Windows that passes everything on to a framework
 *          driver, which is a lower filter of its device */
WC_API enum wc_result wc_machine_load_driver(struct wc_machine *machine, const char *path,
                                             struct wc_driver **driver);
/* wc_machine_unload_driver: its unload routine, then the module goes.
 *   Returns  WC_BAD_INPUT if it still has a device, WC_FAILED if it has no unload routine */
WC_API enum wc_result wc_machine_unload_driver(struct wc_driver *driver);
/* wc_driver_takes_devices: it has an AddDevice routine. One without serves the devices that it made
 * itself. */
WC_API bool wc_driver_takes_devices(const struct wc_driver *driver);
/* wc_driver_claim: the driver is for devices with this hardware or compatible ID that another driver's
 * bus reports ("BUS\\Device", case does not count). Said before such a device is reported. A driver
 * that claims nothing takes devices whose ID ends in its name. Of several the one that was loaded
 * first gets the device; the bus's IDs count in the order in which it gives them. */
WC_API enum wc_result wc_driver_claim(struct wc_driver *driver, const char *id);

/* What drivers find in the registry. Drivers read it in DriverEntry, so it is set before they are
 * loaded.
 * wc_machine_registry_set: one value, KEY/NAME=DATA.
 *   driver      file or name of the driver whose own key (its service) KEY lies below, as in
 *               "Parameters/Level=dword:5"; may be NULL if KEY starts with HKLM, HKU or \Registry
 *   DATA        dword:2a, qword:2a (hexadecimal), hex:01,02, hex(N):01,02 (N: the type's number),
 *               multi_sz:one|two, "text"; anything else is text, too
 * wc_machine_registry_load: a file of the registry editor (.reg; UTF-16 or UTF-8).
 *   Returns     WC_BAD_INPUT: what is wrong, and where */
WC_API enum wc_result wc_machine_registry_set(struct wc_machine *machine, const char *driver,
                                              const char *assignment);
WC_API enum wc_result wc_machine_registry_load(struct wc_machine *machine, const char *path);

struct wc_device_config {
    const char *model; /* "uart16550,line=mem"; NULL: a device without hardware */
    const char
        *resources; /* "port=0x3f8-0x3ff,irq=4"; "memory=0xfe000000-0xfe000fff"; NULL: none */
    const char *hardware_id; /* NULL: ROOT\<driver name> */
    /* Filters between the device and its driver, the lowest first, up to NULL; at most four. NULL: none */
    struct wc_driver *const *lower;
};

/* wc_machine_add_device: create the model and a PDO on the root bus, call AddDevice, start the
 * device. */
WC_API enum wc_result wc_machine_add_device(struct wc_machine *machine, struct wc_driver *driver,
                                            const struct wc_device_config *config,
                                            struct wc_device **device);
/* wc_device_remove: query-remove, remove. wc_device_surprise_remove: the hardware is gone first. */
WC_API enum wc_result wc_device_remove(struct wc_device *device);
WC_API enum wc_result wc_device_surprise_remove(struct wc_device *device);

/* wc_device_wake: the device gives its wake signal; one of its interrupts is irq=N:wake.
 *   Returns  WC_FAILED if its driver does not wait for that */
WC_API enum wc_result wc_device_wake(struct wc_device *device);

/* wc_machine_shutdown: what drivers see first when the system goes down: IRP_MJ_SHUTDOWN for each
 * device that asked for it (IoRegisterShutdownNotification, WdfControlDeviceInitSetShutdownNotification),
 * the last chances last. The machine itself stays. */
WC_API enum wc_result wc_machine_shutdown(struct wc_machine *machine);

/* wc_machine_power_setting: a power setting has another value; drivers that asked for it are told
 * (PoRegisterPowerSettingCallback).
 *   guid     "5d3e9a59-e9d5-4b00-a6bd-ff34ff516548": mains power or battery, braces allowed
 *   value    its size bytes, as the driver gets them: for most settings a 32-bit number
 *   Returns  WC_BAD_INPUT: the GUID is none, or there are no bytes or more than 32 */
WC_API enum wc_result wc_machine_power_setting(struct wc_machine *machine, const char *guid,
                                               const void *value, size_t size);

/* wc_machine_remove_devices: all of them, as wc_machine_destroy would: a trace that is written after it
 * holds the removal, too, and the objects as they were before. */
WC_API enum wc_result wc_machine_remove_devices(struct wc_machine *machine);

/* wc_machine_call: run body(argument) as a task at PASSIVE_LEVEL and drive the machine until it
 * ended. */
WC_API enum wc_result wc_machine_call(struct wc_machine *machine, void (*body)(void *),
                                      void *argument);
/* wc_machine_start_task: the same without waiting. */
WC_API enum wc_result wc_machine_start_task(struct wc_machine *machine, void (*body)(void *),
                                            void *argument);
/* wc_machine_run: drive until done(context) is true (asked between turns). NULL: until idle. */
WC_API enum wc_result wc_machine_run(struct wc_machine *machine, bool (*done)(void *),
                                     void *context);
/* wc_machine_run_until: the same, but no longer than until the machine's time is deadline_ns; the
 * clock then shows at least that. Returns WC_OK for either end. UINT64_MAX: no deadline. */
WC_API enum wc_result wc_machine_run_until(struct wc_machine *machine, uint64_t deadline_ns,
                                           bool (*done)(void *), void *context);
/* wc_machine_is_idle: no context can run and no timed event is armed; for done(). */
WC_API bool wc_machine_is_idle(struct wc_machine *machine);
/* wc_machine_attach: the machine works whenever the program's own libuv loop turns (uv_run); streams
 * and what is due keep that loop alive. Before the first device with a stream is added. The other
 * functions of this page still work, but not from a callback of that loop.
 *   Returns  WC_FAILED if the machine has a loop already */
struct uv_loop_s;
WC_API enum wc_result wc_machine_attach(struct wc_machine *machine, struct uv_loop_s *loop);
/* wc_processor_turn: one turn of a processor on the calling thread: clock, due events, DPCs.
 *   wait     TRUE: when nothing is there, sleep until something is
 *   Called from a task that runs on this processor at or below DISPATCH_LEVEL (as if its level fell
 *   and rose again; wait has no effect), or from outside (its idle context then gets a turn).
 * With processors_driven and threads, from any thread outside, one at a time for each processor (a
 * second one returns at once). Two threads that turn two processors run truly in parallel, and from the
 * first turn on the machine goes on by itself whenever somebody turns or waits to. A wait spins a
 * little, then sleeps; who wakes it makes a system call only if it sleeps. wc_machine_interrupt ends
 * the waits of all. No turn may be going on when the machine is destroyed. */
WC_API void wc_processor_turn(struct wc_machine *machine, uint32_t processor, bool wait);
/* wc_processor_call: run body(argument) on that processor at DISPATCH_LEVEL: it may call what a DPC may,
 * and wc_processor_turn for this processor, which lets in what came.
 * With processors_driven and threads on the calling thread itself, which stands outside; else as a task,
 * and the machine is driven until it ended.
 *   Returns  WC_FAILED  another thread drives the processor
 *            WC_STOPPED the machine is stopped; the body was then left where it stood */
WC_API enum wc_result wc_processor_call(struct wc_machine *machine, uint32_t processor,
                                        void (*body)(void *), void *argument);
/* wc_machine_recheck: ask done() before the next turn; from any callback of a machine, or from done()
 * itself, which then polls (with threads: about each millisecond).
 * wc_machine_interrupt: the same from a signal handler or another thread. */
WC_API void wc_machine_recheck(struct wc_machine *machine);
WC_API void wc_machine_interrupt(struct wc_machine *machine);

/* An event that tasks of the machine wait for. Setting it wakes one waiter, or lets the next wait
 * through; so no wake-up is lost. Created and deleted anywhere while the machine lives, waited for
 * in a task, set in any context of the machine at or below DISPATCH_LEVEL. */
struct wc_event;
WC_API struct wc_event *wc_event_create(struct wc_machine *machine);
WC_API void wc_event_delete(struct wc_event *event);
WC_API void wc_event_set(struct wc_event *event);
WC_API void wc_event_wait(struct wc_event *event);
/* wc_event_wait_until: the same, but no longer than until the caller's processor shows that time. */
WC_API void wc_event_wait_until(struct wc_event *event, uint64_t deadline_ns);

/* Time of the machine in nanoseconds; wc_machine_advance moves a virtual clock on, delivering what
 * is due on the way. */
WC_API uint64_t wc_machine_now_ns(struct wc_machine *machine);
WC_API enum wc_result wc_machine_advance(struct wc_machine *machine, uint64_t ns);
/* wc_processor_now_ns: the clock of the processor that runs the caller, which is a context of the
 * machine; looking at it costs no time. */
WC_API uint64_t wc_processor_now_ns(void);

/* wc_stream_is_real: a stream of that spec ("tcp:127.0.0.1:0") needs the real clock. */
WC_API bool wc_stream_is_real(const char *spec);

/* The far end of a device's stream (line=mem), its address (line=tcp, pty) and its state. */
WC_API size_t wc_device_stream_send(struct wc_device *device, const void *data, size_t size);
WC_API size_t wc_device_stream_receive(struct wc_device *device, void *data, size_t size);
WC_API void wc_device_stream_hangup(struct wc_device *device);
WC_API void wc_device_stream_connect(struct wc_device *device);
WC_API void wc_device_stream_refuse(struct wc_device *device, bool on);
WC_API const char *wc_device_stream_address(struct wc_device *device);
/* wc_device_stream_closed: there was a peer, it is gone, and all was delivered both ways. */
WC_API bool wc_device_stream_closed(struct wc_device *device);

/* What happened so far, for the table of `wdf run --stats`. */
struct wc_statistics {
    uint64_t interrupts, interrupts_unclaimed;
    uint64_t dpc_enqueues, dpc_coalesced, dpc_runs;
    uint64_t requests, requests_cancelled;
    uint64_t bytes_read, bytes_written; /* moved by completed requests */
    uint64_t timers_expired, task_switches, turns, loop_polls;
};
WC_API void wc_machine_statistics(struct wc_machine *machine, struct wc_statistics *statistics);

/* wc_device_load: the load that the device's model serves (<wdfcore/load.h>); NULL: it has none. */
WC_API struct wc_load *wc_device_load(struct wc_device *device);

/* Where the time of a processor went, as the recording says. */
struct wc_usage {
    uint64_t isr_ns, dpc_ns, task_ns, idle_ns;
    uint64_t isr_runs, dpc_runs;
};
/* wc_machine_usage: of as many processors as the machine has.
 *   Returns  WC_FAILED without a recording, or if memory is short */
WC_API enum wc_result wc_machine_usage(struct wc_machine *machine, struct wc_usage usage[64]);

/* The recording: each event with its time, kept until the machine is gone or another is started.
 * wc_machine_record: TRUE: forget what was recorded, record from now on; FALSE: stop and keep it.
 * wc_trace_text: a line an event; valid until the next call. "" without a recording. */
WC_API void wc_machine_record(struct wc_machine *machine, bool on);
WC_API const char *wc_trace_text(struct wc_machine *machine);

/* wc_trace_write: the recording so far as a file; also of a machine that a violation stopped.
 * wc_trace_write_stream: the same to a stream that is open.
 *   Returns  WC_BAD_INPUT if the file cannot be opened, WC_FAILED if it cannot be written */
enum wc_trace_format {
    WC_TRACE_JSON,    /* Trace Event format: ui.perfetto.dev, chrome://tracing */
    WC_TRACE_HTML,    /* a page that needs nothing but a browser */
    WC_TRACE_SUMMARY, /* tables as text */
    WC_TRACE_CSV,     /* a line an event */
};
WC_API enum wc_result wc_trace_write(struct wc_machine *machine, enum wc_trace_format format,
                                     const char *path);
WC_API enum wc_result wc_trace_write_stream(struct wc_machine *machine, enum wc_trace_format format,
                                            FILE *stream);

/* The tree of framework objects as text; the caller frees it. */
WC_API char *wc_machine_objects(struct wc_machine *machine);

/* wc_objects_write: every framework object that has not been freed: type, number, handle, driver,
 * parent, contexts, state, creator, references with tags and where they were taken. Also of a machine
 * that a violation stopped.
 *   TEXT  indented below the parent, a line an object and a line a tag
 *   JSON  {"objects": [{"number", "type", "handle", "parent", "driver", "life", "state", "creator",
 *         "contexts": [], "references", "tags": [{"count", "tag", "taken": [{"line", "count",
 *         "file"}]}]}]}, a parent before its children
 *   DOT   a graph for Graphviz: wdf run ... --objects=dot | dot -Tsvg
 * Returns WC_FAILED if `out` took not all of it. */
enum wc_objects_format { WC_OBJECTS_TEXT, WC_OBJECTS_JSON, WC_OBJECTS_DOT };
WC_API enum wc_result wc_objects_write(struct wc_machine *machine, FILE *out,
                                       enum wc_objects_format format);

WC_END_DECLS

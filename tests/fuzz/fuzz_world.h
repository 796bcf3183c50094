#pragma once
/* fuzz_world.h - bytes as a program for the framework's API: a machine with a driver and a control
 * device, a table of handles, and callbacks that go on reading the same bytes.
 * Rules for a fuzzer on it:
 * - whatever the bytes say, the outcome is a status, a value or a violation; never a crash
 * - a slot keeps its handle when the object goes, so that stale ones are used as often as live ones
 * - up to two further tasks run the same program: whoever comes next takes the next bytes
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_SLOTS 24u

struct wc_machine;

struct fuzz_world {
    const uint8_t *data;
    size_t size;
    size_t at;
    unsigned depth;          /* programs inside callbacks */
    unsigned steps;          /* that have been taken */
    unsigned helpers;        /* tasks beside the first one that have not ended */
    KEVENT helped;           /* all have */
    void *slots[FUZZ_SLOTS]; /* handles, live and stale */
    PVOID contexts[4];       /* pointers that the framework gave */
    WDFDRIVER driver;
    WDFDEVICE device;
    struct wc_machine *machine;
};

extern struct fuzz_world fuzz;

/* What a fuzzer brings along. */
struct fuzz_setup {
    PCUNICODE_STRING name;              /* of the device; NULL: none */
    void (*init)(PWDFDEVICE_INIT init); /* what else the device is to have; may be NULL */
    void (*set_up)(void);               /* driver and device are there; NULL: nothing to do */
    void (*step)(uint8_t code);         /* one call; codes are spread over all values */
    void (*tear_down)(void); /* at PASSIVE_LEVEL, before the driver is unloaded; may be NULL */
};

/* fuzz_run: one input: the program in a task of a new machine, then the driver is unloaded and the
 * machine taken apart. */
void fuzz_run(const uint8_t *data, size_t size, const struct fuzz_setup *setup);
/* The next byte; 0 behind the end. */
uint8_t fuzz_byte(void);
uint32_t fuzz_word(void);
/* A handle: mostly that of a slot, at times NULL, a damaged one or any value. */
void *fuzz_handle(void);
/* The slot for what is created next. */
void *fuzz_slot(void *handle);
/* Attributes with any parent, callbacks, context, level and scope; NULL at times. */
PWDF_OBJECT_ATTRIBUTES fuzz_attributes(void);
/* For callbacks: goes on with the program, a few steps. */
void fuzz_continue(void);
/* fuzz_irql: a callback returns at the level that it was called at. */
void fuzz_irql(KIRQL irql);

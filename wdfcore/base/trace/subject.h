#pragma once
/* subject.h - what recorded events are about: numbers for objects and routines, and their names.
 * Rules for a subject:
 * - known by its kind, a key (address, handle) and the routine that belongs to it; the same three
 *   give the same number until the key is forgotten
 * - who initializes an object forgets its key: the next object at that address has its own number
 * - numbers go up in the order of first sight, so that they are the same in each run
 * - names are made later, by whoever can (see base_subject_visit), and stay when code and objects
 *   are gone
 */
#include <stdbool.h>
#include <stdint.h>

enum base_subject_kind {
    BASE_SUBJECT_TEXT,     /* key: a constant string, the name itself */
    BASE_SUBJECT_TASK,     /* key: the thread */
    BASE_SUBJECT_LINE,     /* key: its irq */
    BASE_SUBJECT_ISR,      /* key: the interrupt object */
    BASE_SUBJECT_DPC,      /* key: the DPC object */
    BASE_SUBJECT_TIMER,    /* key: the timer object */
    BASE_SUBJECT_WORK,     /* key: the work item */
    BASE_SUBJECT_CALLBACK, /* key: none, the routine alone */
    BASE_SUBJECT_IRP,      /* key: the IRP */
    BASE_SUBJECT_OBJECT,   /* key: the handle of a framework object */
    BASE_SUBJECT_KINDS
};

/* Keys: (c) constant once published; (n) whoever names, while no thread records */
struct base_subject {
    enum base_subject_kind kind; /* (c) */
    uint64_t key;                /* (c) */
    const void *routine;         /* (c) the driver's routine, NULL: none */
    const char *type;            /* (c) a constant string: "WDFDPC", "KTIMER", "EvtIoRead" */
    uint32_t number; /* (c) that the type gives it: slot, thread id; else by first sight */
    char *name;      /* (n) NULL: not made yet */
};

#define BASE_SUBJECT_NONE   0u
#define BASE_SUBJECT_HIDDEN UINT32_MAX /* not worth an event: other events tell the same */

/* base_subject_find: the number, BASE_SUBJECT_NONE: not seen yet. */
uint32_t base_subject_find(enum base_subject_kind kind, uint64_t key, const void *routine);

/* base_subject_add: a number for a subject that was not found. `match` is the routine that
 * base_subject_find is asked with, where it is not the subject's own (a trampoline).
 *   Returns  BASE_SUBJECT_NONE if memory is short */
uint32_t base_subject_add(const struct base_subject *subject, const void *match);

/* base_subject_hide: base_subject_find says BASE_SUBJECT_HIDDEN from now on. */
void base_subject_hide(enum base_subject_kind kind, uint64_t key, const void *routine);

/* base_subject_forget: the key no longer means the subject that it meant. */
void base_subject_forget(enum base_subject_kind kind, uint64_t key);

/* base_subject_forget_all: no key means anything any more; the subjects stay.
 * base_subject_clear: nor do the subjects. */
void base_subject_forget_all(void);
void base_subject_clear(void);

/* base_subject_at: 1 .. base_subject_count(); valid until the next clear or add. */
struct base_subject *base_subject_at(uint32_t number);
uint32_t base_subject_count(void);

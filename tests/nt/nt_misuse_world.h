#pragma once
/* nt_misuse_world.h - the machine in which one bad object is handed to one routine: a driver with a
 * device, an object of each kind with which a call would come as far as to look at the one under test,
 * and the bad ones.
 */
#include <ntddk.h>
#include <ntifs.h>
#include <usbdlib.h>
#include <nt/apc.h>
#include <hidport.h>
#include <usb.h>
#include <usbdlib.h>
#include <wdmsec.h>
#include <wmilib.h>
#include <WppRecorder.h>

#include <stdbool.h>
#include <stdint.h>

#include "nt/ke/ke_check.h"

/* How a routine says that it refuses. */
enum misuse_refusal {
    MISUSE_STATUS,  /* a failure status */
    MISUSE_NOTHING, /* VOID */
    MISUSE_VALUE,
};

enum misuse_category {
    MISUSE_OBJECT,  /* what the matrix tries */
    MISUSE_MEMORY,  /* a variable or a buffer of the caller */
    MISUSE_ROUTINE, /* what would be called */
    MISUSE_NUMBER,
};

struct misuse_parameter {
    const char *type;
    const char *name;
    enum misuse_category category;
};

#define MISUSE_PARAMETERS 13

struct misuse_row {
    const char *name;
    enum misuse_refusal refusal;
    const void *function; /* NULL: declared, not in the library */
    uintptr_t (*call)(const uintptr_t *arguments);
    unsigned count;
    struct misuse_parameter parameters[MISUSE_PARAMETERS];
};

enum misuse_kind {
    NO_OBJECT,  /* NULL */
    MISALIGNED, /* a good object's address, and one */
    ZEROED,     /* memory of zeroes */
    GARBAGE,    /* memory that was never initialized */
    FREED,      /* pool memory that was given back; a handle that was closed */
    OTHER_KIND, /* an event, for an event a timer */
    CONST_PAGE, /* zeroes that cannot be written */
    ON_STACK,   /* uninitialized memory of the stack */
    MISUSES
};

/* Under AddressSanitizer freed memory is its own affair where nobody of us looks at the address, and the
 * compiler's checks name what is misaligned. */
#ifdef KE_ASAN
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* misuse_world_make: in a task of the machine: everything fresh. */
void misuse_world_make(void);
/* misuse_good: an argument that is in order. misuse_bad: one that is not; room: memory of the caller's
 * stack. misuse_applies: whether such a thing exists for that parameter. */
#define MISUSE_ROOM 1024
uintptr_t misuse_good(const struct misuse_parameter *parameter);
uintptr_t misuse_bad(const struct misuse_parameter *parameter, enum misuse_kind kind, char *room);
bool misuse_applies(const struct misuse_parameter *parameter, enum misuse_kind kind);

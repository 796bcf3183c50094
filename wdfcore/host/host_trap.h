#pragma once
/* host_trap.h - faults that belong to us (SIGSEGV, SIGBUS): an address that was reserved so that
 * touching it is noticed. The fault becomes a call of the owner's function, on the stack of the code
 * that faulted, as if that code had made it; the signal handler itself does next to nothing.
 * Faults that nobody claims go to whoever handled them before.
 */
#include <stdbool.h>

struct host_trap {
    struct host_trap *next;
    /* Whether the address is this one's. Inside a signal handler. */
    bool (*claim)(const void *address);
    bool last;      /* asked when all others have declined */
    bool elsewhere; /* the stack of the faulting code is used up: handle runs on a spare one */
    /* code: the instruction that faulted. Must not return. */
    void (*handle)(const void *address, const void *code, bool write);
};

/* host_trap_register: once, in a constructor. */
void host_trap_register(struct host_trap *trap);
/* host_trap_arm: from now on until the machine stops, faults come to us; on the thread that runs it.
 * host_trap_again: at each run: a test harness may have put its own handlers in place since.
 * host_trap_disarm: give the signals back. A machine that never arms makes no system call here. */
void host_trap_arm(void);
void host_trap_again(void);
void host_trap_disarm(void);
/* host_trap_is_traced: a debugger is attached to the process and takes break points. */
bool host_trap_is_traced(void);
/* host_trap_thread: the calling host thread runs contexts too: its handlers use this memory.
 * host_trap_thread_end: the last thing on a thread that ends. */
#define HOST_TRAP_STACK 65536
void host_trap_thread(void *memory);
void host_trap_thread_end(void);

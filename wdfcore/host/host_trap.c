#include "host/host_trap.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "base/assert.h"

#define SPARE_STACK 262144
#define RED_ZONE    128

static struct {
    struct host_trap *traps;
    struct sigaction previous[2];
    stack_t previous_stack;
    bool armed;
    bool own_stack; /* the thread had none */
    _Alignas(16) char stack[HOST_TRAP_STACK];
    _Alignas(16) char spare[SPARE_STACK]; /* for traps that cannot use the faulting stack */
} trap;

static const int trap_signals[2] = {SIGSEGV, SIGBUS};

void host_trap_register(struct host_trap *added)
{
    struct host_trap **link = &trap.traps;

    while (added->last && *link != NULL) {
        link = &(*link)->next;
    }
    added->next = *link;
    *link = added;
}

/* Runs on the stack of the code that faulted (or the spare one), after the signal handler has
 * returned. */
__attribute__((used, noinline)) static void
trap_entry(const struct host_trap *owner, const void *address, const void *code, bool write)
{
    owner->handle(address, code, write);
    CORE_ASSERT(!"the handler of a trap returned");
}

#if defined(__x86_64__)
/* What the stack pointer points to when trap_call starts: where the fault came from, as a call would
 * leave it: one byte on, since who unwinds looks one byte back. */
struct trap_frame {
    uint64_t rip, rsp;
};

void trap_call(void);

/* Calls trap_entry. The unwinder takes instruction and stack pointer of the frame below from struct
 * trap_frame, so that it does not matter what that code had made of its stack so far; the other
 * registers are as they were. */
__asm__(".text\n"
        ".p2align 4\n"
        ".local trap_call\n"
        ".type trap_call, @function\n"
        "trap_call:\n"
        "    .cfi_startproc\n"
        "    .cfi_escape 0x0f, 3, 0x77, 8, 0x06\n" /* the caller's rsp is *(rsp + 8) */
        "    .cfi_escape 0x10, 16, 2, 0x77, 0\n"   /* its rip is at rsp + 0 */
        "    call trap_entry\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size trap_call, . - trap_call\n");
#endif

/* Make the interrupted code call trap_entry. false: not on this machine. */
static bool trap_redirect(const struct host_trap *owner, const siginfo_t *info, void *context)
{
#if defined(__x86_64__)
    ucontext_t *user = context;
    greg_t *registers = user->uc_mcontext.gregs;
    struct trap_frame from = {(uint64_t)registers[REG_RIP] + 1, (uint64_t)registers[REG_RSP]};
    uint64_t end = owner->elsewhere ? (uint64_t)(uintptr_t)(trap.spare + sizeof(trap.spare))
                                    : from.rsp - RED_ZONE;
    uint64_t top = (end & ~15ull) - sizeof(from);

    if (registers[REG_RIP] == (greg_t)(uintptr_t)info->si_addr && !owner->elsewhere) {
        /* A call of what is no code: the fault came from the caller, whose address it left. */
        memcpy(&from.rip, (const void *)(uintptr_t)from.rsp, sizeof(from.rip));
        from.rsp += sizeof(from.rip);
    }
    memcpy((void *)(uintptr_t)top, &from, sizeof(from));
    registers[REG_RSP] = (greg_t)top;
    registers[REG_RDI] = (greg_t)(uintptr_t)owner;
    registers[REG_RSI] = (greg_t)(uintptr_t)info->si_addr;
    registers[REG_RDX] = registers[REG_RIP];
    registers[REG_RCX] = registers[REG_ERR] >> 1 & 1;
    registers[REG_RIP] = (greg_t)(uintptr_t)trap_call;
    return true;
#else
    (void)owner;
    (void)info;
    (void)context;
    return false;
#endif
}

static void trap_pass_on(int number, siginfo_t *info, void *context)
{
    const struct sigaction *previous = &trap.previous[number == SIGSEGV ? 0 : 1];

    if ((previous->sa_flags & SA_SIGINFO) != 0) {
        previous->sa_sigaction(number, info, context);
    } else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(number);
    } else {
        sigaction(number, previous, NULL); /* the instruction faults again and ends the process */
    }
}

static void trap_signal(int number, siginfo_t *info, void *context)
{
    for (const struct host_trap *owner = trap.traps; owner != NULL; owner = owner->next) {
        if (owner->claim(info->si_addr) && trap_redirect(owner, info, context)) {
            return;
        }
    }
    trap_pass_on(number, info, context);
}

/* Takes the signal unless it is ours already. */
static void trap_take(size_t index, const struct sigaction *action)
{
    struct sigaction current;

    sigaction(trap_signals[index], NULL, &current);
    if ((current.sa_flags & SA_SIGINFO) == 0 || current.sa_sigaction != trap_signal) {
        trap.previous[index] = current;
        sigaction(trap_signals[index], action, NULL);
    }
}

void host_trap_arm(void)
{
    const stack_t stack = {.ss_sp = trap.stack, .ss_size = sizeof(trap.stack)};
    struct sigaction action = {.sa_sigaction = trap_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (!trap.armed) {
        trap.armed = true;
        sigaltstack(NULL, &trap.previous_stack);
        trap.own_stack = (trap.previous_stack.ss_flags & SS_DISABLE) != 0;
        if (trap.own_stack) {
            sigaltstack(&stack, NULL);
        }
    }
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < 2; i++) {
        trap_take(i, &action);
    }
}

/* What the thread had: a sanitizer gives its threads one and frees what it finds at their end. */
static _Thread_local stack_t stack_before;

void host_trap_thread(void *memory)
{
    const stack_t stack = {.ss_sp = memory, .ss_size = HOST_TRAP_STACK};

    sigaltstack(&stack, &stack_before);
}

void host_trap_thread_end(void)
{
    sigaltstack(&stack_before, NULL);
}

void host_trap_again(void)
{
    if (trap.armed) {
        host_trap_arm();
    }
}

void host_trap_disarm(void)
{
    if (!trap.armed) {
        return;
    }
    trap.armed = false;
    for (size_t i = 0; i < 2; i++) {
        struct sigaction current;

        sigaction(trap_signals[i], NULL, &current);
        if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == trap_signal) {
            sigaction(trap_signals[i], &trap.previous[i], NULL);
        }
    }
    if (trap.own_stack) {
        sigaltstack(&trap.previous_stack, NULL);
    }
}

bool host_trap_is_traced(void)
{
    static const char key[] = "TracerPid:";
    char line[128];
    bool traced = false;
    FILE *status = fopen("/proc/self/status", "re");

    if (status == NULL) {
        return false;
    }
    while (fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, key, sizeof(key) - 1) == 0) {
            traced = strtol(line + sizeof(key) - 1, NULL, 10) != 0;
            break;
        }
    }
    fclose(status);
    return traced;
}

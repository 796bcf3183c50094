/* ex_try.c - the frames of __try statements, and how an exception walks through them.
 *
 *   frame        enter      learned    body ends   exception    return, goto   block ends
 *   ENTERED      -          BODY       !           !            !              !
 *   BODY         -          -          ENDED       RAISED       LEFT           !
 *   ENDED        -          -          -           -            -              gone
 *   RAISED       -          -          -           -            -              walk goes on
 *   LEFT         -          -          -           -            -              control goes on
 *
 * An exception is taken in two steps, as on Windows: first a handler is looked for, so that one which
 * nobody takes stops the machine where it was raised; then the frames inside the handler's are left,
 * innermost first, each __finally block running in its own function's frame. A filter that is no
 * constant can only be asked in its function, when what lies inside it has been left.
 *
 * A frame whose handler runs stays known, so that GetExceptionCode finds it. No code marks the end of
 * a handler: the frame is taken back once its function has returned or enters the statement again,
 * which the next __try of the thread notices.
 */
#include "nt/ex/ex_try.h"

#include <stdlib.h>

#include "base/assert.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

enum try_kind { TRY_UNKNOWN, TRY_EXCEPT, TRY_FINALLY };
enum try_state { TRY_FREE, TRY_ENTERED, TRY_BODY, TRY_ENDED, TRY_RAISED, TRY_LEFT, TRY_HANDLED };

/* All of it belongs to its thread. */
struct ex_try {
    enum try_state state;       /* first: read by wdfcore_try_left */
    unsigned long registers[8]; /* second: where a return, goto or break goes on behind the block */
    struct ex_try *outer;       /* on whichever list */
    struct ex_try *all;         /* (c) the next one of the machine */
    struct wdfcore_try_site *site;
    const struct ke_callback *callback; /* the driver routine that entered it */
    const char *function;               /* stack frame of its function */
    SIZE_T handler;                     /* which handler of the function, once one runs */
    EXCEPTION_RECORD record;
    EXCEPTION_POINTERS pointers;
    void *jump[5]; /* __builtin_setjmp's: after it the compiler takes nothing for granted */
};

_Static_assert(offsetof(struct ex_try, state) == 0 && offsetof(struct ex_try, registers) == 8 &&
                   TRY_BODY == 2,
               "wdfcore_try_left knows them");

static struct {
    struct ex_try *all;  /* (a) every frame of the machine; pushed with release */
    struct ex_try *free; /* (a) of threads that ended; taken as a whole, so there is no ABA */
} tries;

/* ---- frames ---- */

static PKTHREAD try_thread(void)
{
    PKTHREAD thread = ke_self->thread;

    CORE_ASSERT(thread != NULL); /* __try outside of the machine */
    return thread;
}

static void try_push(struct ex_try **list, struct ex_try *frame)
{
    frame->outer = *list;
    *list = frame;
}

static struct ex_try *try_new(void)
{
    struct ex_try *frame = malloc(sizeof(*frame));

    CORE_ASSERT(frame != NULL); /* on Windows it is part of the stack */
    frame->all = __atomic_load_n(&tries.all, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&tries.all, &frame->all, frame, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
    }
    return frame;
}

static struct ex_try *try_take(PKTHREAD thread)
{
    struct ex_try *frame = thread->tries_free;

    if (frame == NULL) {
        /* acquire: what the thread that ended wrote to them */
        frame = __atomic_exchange_n(&tries.free, NULL, __ATOMIC_ACQUIRE);
        if (frame == NULL) {
            return try_new();
        }
    }
    thread->tries_free = frame->outer;
    return frame;
}

static void try_free(PKTHREAD thread, struct ex_try *frame)
{
    frame->state = TRY_FREE;
    try_push(&thread->tries_free, frame);
}

/* The stack grows downwards: functions further down than the caller have returned. */
static void try_free_handled(PKTHREAD thread, const char *function,
                             const struct wdfcore_try_site *site)
{
    struct ex_try **link = &thread->tries_handled;

    while (*link != NULL) {
        struct ex_try *frame = *link;

        if (frame->function < function || (frame->function == function && frame->site == site)) {
            *link = frame->outer;
            try_free(thread, frame);
        } else {
            link = &frame->outer;
        }
    }
}

void ex_try_thread_ended(PKTHREAD thread)
{
    struct ex_try **const lists[] = {&thread->tries, &thread->tries_handled, &thread->tries_free};

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        while (*lists[i] != NULL) {
            struct ex_try *frame = *lists[i];

            *lists[i] = frame->outer;
            frame->outer = __atomic_load_n(&tries.free, __ATOMIC_RELAXED);
            while (!__atomic_compare_exchange_n(&tries.free, &frame->outer, frame, true,
                                                __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
            }
        }
    }
}

static void tries_stop(void)
{
    while (tries.all != NULL) {
        struct ex_try *frame = tries.all;

        tries.all = frame->all;
        free(frame);
    }
    tries.free = NULL;
}

static struct ke_machine_part tries_part = {.order = 5, .stop = tries_stop};

__attribute__((constructor)) static void tries_register(void)
{
    ke_machine_register(&tries_part);
}

/* ---- the walk ---- */

static int site_kind(const struct ex_try *frame)
{
    return __atomic_load_n(&frame->site->kind, __ATOMIC_RELAXED);
}

static int site_filter(const struct ex_try *frame)
{
    return __atomic_load_n(&frame->site->filter, __ATOMIC_RELAXED);
}

/* The frame's, if the innermost driver routine has one. */
static struct ex_try *try_innermost(PKTHREAD thread)
{
    struct ex_try *frame = thread->tries;

    return frame != NULL && frame->callback == ke_self->chain ? frame : NULL;
}

bool ex_try_is_open(PKTHREAD thread)
{
    return try_innermost(thread) != NULL;
}

const void *ex_try_site(PKTHREAD thread)
{
    const struct ex_try *frame = try_innermost(thread);

    return frame != NULL ? frame->site : NULL;
}

static bool try_somebody_takes_it(PKTHREAD thread)
{
    for (const struct ex_try *frame = try_innermost(thread);
         frame != NULL && frame->callback == ke_self->chain; frame = frame->outer) {
        if (site_kind(frame) == TRY_EXCEPT && site_filter(frame) != EXCEPTION_CONTINUE_SEARCH) {
            return true;
        }
    }
    return false;
}

static _Noreturn void try_unhandled(const EXCEPTION_RECORD *record, const char *why)
{
    ke_violation(RULE_UnhandledException, 0x1E, (ULONG)record->ExceptionCode,
                 (uintptr_t)record->ExceptionAddress, record->ExceptionInformation[0],
                 record->ExceptionInformation[1], "status 0x%08x was raised and %s",
                 (unsigned)record->ExceptionCode, why);
    abort(); /* a rule of kind STOP never returns */
}

/* Out of the innermost frame, and on until a handler runs. */
static _Noreturn void try_walk(PKTHREAD thread, const EXCEPTION_RECORD *record)
{
    struct ex_try *frame = NULL;

    if (!try_somebody_takes_it(thread)) {
        try_unhandled(record, "no handler took it");
    }
    while (frame == NULL) {
        frame = thread->tries;
        if (site_kind(frame) == TRY_EXCEPT && site_filter(frame) == EXCEPTION_CONTINUE_SEARCH) {
            thread->tries = frame->outer;
            try_free(thread, frame);
            frame = NULL;
        }
    }
    frame->record = *record;
    frame->state = TRY_RAISED;
    __builtin_longjmp(frame->jump, 1);
}

_Noreturn void ex_raise(const EXCEPTION_RECORD *record)
{
    const EXCEPTION_RECORD copy = *record; /* it may be a frame's that the walk takes back */

    try_walk(try_thread(), &copy);
}

/* ---- __try ---- */

void **wdfcore_try_enter(struct wdfcore_try_site *site, void *function)
{
    PKTHREAD thread = try_thread();
    struct ex_try *frame = NULL;

    if (thread->tries_handled != NULL) {
        try_free_handled(thread, function, site);
    }
    frame = try_take(thread);
    frame->state = TRY_ENTERED;
    frame->site = site;
    frame->callback = ke_self->chain;
    frame->function = function;
    try_push(&thread->tries, frame);
    return frame->jump;
}

/* After __builtin_setjmp, the first time and each further one. 1: into the body; 0: to what stands
 * behind it. */
int wdfcore_try_go(void)
{
    struct ex_try *frame = try_thread()->tries;

    if (frame->state != TRY_ENTERED || site_kind(frame) == TRY_UNKNOWN) {
        return 0;
    }
    frame->state = TRY_BODY;
    return 1;
}

static _Noreturn void try_learn(struct ex_try *frame, int kind, int filter)
{
    __atomic_store_n(&frame->site->filter, filter, __ATOMIC_RELAXED);
    __atomic_store_n(&frame->site->kind, kind, __ATOMIC_RELAXED);
    __builtin_longjmp(frame->jump, 1);
}

void *wdfcore_try_frame(void)
{
    return try_thread()->tries;
}

/* The body has reached its end. */
void wdfcore_try_end(void)
{
    PKTHREAD thread = try_thread();
    struct ex_try *frame = thread->tries;

    frame->state = TRY_ENDED;
    if (site_kind(frame) == TRY_EXCEPT) {
        thread->tries = frame->outer;
        try_free(thread, frame);
    }
}

/* ---- leaving a body by return, goto, break or continue ---- */

/* wdfcore_try_left, the cleanup of a body: nothing if it has ended. Otherwise a __finally block must
 * run first, in the same function: keep where this call would return to, run the block, and go on
 * there (wdfcore_try_resume). For the compiler this call returns twice. */
#if defined(__x86_64__)
__asm__(".text\n"
        ".globl wdfcore_try_left\n"
        ".type wdfcore_try_left, @function\n"
        "wdfcore_try_left:\n"
        "    movq (%rdi), %rdi\n"
        "    cmpl $2, (%rdi)\n" /* TRY_BODY */
        "    jne 1f\n"
        "    movq %rbx, 8(%rdi)\n"
        "    movq %rbp, 16(%rdi)\n"
        "    movq %r12, 24(%rdi)\n"
        "    movq %r13, 32(%rdi)\n"
        "    movq %r14, 40(%rdi)\n"
        "    movq %r15, 48(%rdi)\n"
        "    leaq 8(%rsp), %rax\n"
        "    movq %rax, 56(%rdi)\n"
        "    movq (%rsp), %rax\n"
        "    movq %rax, 64(%rdi)\n"
        "    jmp ex_try_left_open\n"
        "1:  ret\n"
        ".size wdfcore_try_left, . - wdfcore_try_left\n"
        ".hidden ex_try_resume\n"
        ".globl ex_try_resume\n"
        ".type ex_try_resume, @function\n"
        "ex_try_resume:\n"
        "    movq (%rdi), %rbx\n"
        "    movq 8(%rdi), %rbp\n"
        "    movq 16(%rdi), %r12\n"
        "    movq 24(%rdi), %r13\n"
        "    movq 32(%rdi), %r14\n"
        "    movq 40(%rdi), %r15\n"
        "    movq 48(%rdi), %rsp\n"
        "    jmp *56(%rdi)\n"
        ".size ex_try_resume, . - ex_try_resume\n");

_Noreturn void ex_try_resume(const unsigned long *registers);
#else
#error "wdfcore_try_left is written for x86-64"
#endif

void ex_try_left_open(struct ex_try *frame);

__attribute__((used)) void ex_try_left_open(struct ex_try *frame)
{
    PKTHREAD thread = try_thread();

    CORE_ASSERT(thread->tries == frame);
    if (site_kind(frame) == TRY_EXCEPT) {
        thread->tries = frame->outer;
        try_free(thread, frame);
        return;
    }
    frame->state = TRY_LEFT;
    __builtin_longjmp(frame->jump, 1);
}

/* ---- __except ---- */

/* 1: the handler runs; 0: the filter must be asked. */
int wdfcore_except(SIZE_T handler, int filter)
{
    PKTHREAD thread = try_thread();
    struct ex_try *frame = thread->tries;

    if (frame->state == TRY_ENTERED) {
        try_learn(frame, TRY_EXCEPT, filter);
    }
    CORE_ASSERT(frame->state == TRY_RAISED);
    thread->tries = frame->outer;
    frame->state = TRY_HANDLED;
    frame->handler = handler;
    frame->pointers.ExceptionRecord = &frame->record;
    frame->pointers.ContextRecord = NULL;
    try_push(&thread->tries_handled, frame);
    if (filter == EXCEPTION_CONTINUE_EXECUTION) {
        wdfcore_except_filter(filter);
    }
    return filter == EXCEPTION_EXECUTE_HANDLER || filter > WDFCORE_FILTER_ASK;
}

/* What a filter said about the exception that was handed to it last: any positive value is
 * EXCEPTION_EXECUTE_HANDLER, any negative one EXCEPTION_CONTINUE_EXECUTION. */
int wdfcore_except_filter(int filter)
{
    const struct ex_try *frame = try_thread()->tries_handled;

    if (filter < 0) {
        try_unhandled(&frame->record, "a filter asked to continue it, which is not possible");
    }
    if (filter == EXCEPTION_CONTINUE_SEARCH) {
        ex_raise(&frame->record);
    }
    return 1;
}

void wdfcore_except_never(void)
{
    CORE_ASSERT(!"a filter was asked and gave no answer");
    abort();
}

PEXCEPTION_POINTERS wdfcore_exception(SIZE_T handler, void *function)
{
    struct ex_try *frame = try_thread()->tries_handled;

    while (frame != NULL && (frame->handler != handler || frame->function != function)) {
        frame = frame->outer;
    }
    CORE_ASSERT(frame != NULL);
    return &frame->pointers;
}

/* ---- __finally ---- */

struct wdfcore_finally wdfcore_finally_enter(void *function)
{
    PKTHREAD thread = try_thread();
    struct ex_try *frame = thread->tries;
    struct wdfcore_finally block = {.frame = frame, .step = 0};

    if (frame == NULL || frame->function != function || frame->state == TRY_BODY) {
        block.frame = NULL; /* if (x) __try ...: x was false */
        return block;
    }
    if (frame->state == TRY_ENTERED) {
        try_learn(frame, TRY_FINALLY, EXCEPTION_CONTINUE_SEARCH);
    }
    thread->tries = frame->outer;
    return block;
}

/* 1: the block runs; then what it interrupted goes on. */
int wdfcore_finally_next(struct wdfcore_finally *block)
{
    struct ex_try *frame = block->frame;
    unsigned long registers[8];

    if (frame == NULL || block->step++ == 0) {
        return frame != NULL;
    }
    block->frame = NULL;
    if (frame->state == TRY_LEFT) {
        for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
            registers[i] = frame->registers[i];
        }
        try_free(try_thread(), frame);
        ex_try_resume(registers);
    }
    if (frame->state == TRY_RAISED) {
        const EXCEPTION_RECORD record = frame->record;

        try_free(try_thread(), frame);
        try_walk(try_thread(), &record);
    }
    try_free(try_thread(), frame);
    return 0;
}

/* Not by its end: goto, return or break out of the block. What it interrupted is given up, as on
 * Windows. */
void wdfcore_finally_left(struct wdfcore_finally *block)
{
    if (block->frame != NULL) {
        try_free(try_thread(), block->frame);
    }
}

int wdfcore_finally_abnormal(const struct wdfcore_finally *block)
{
    return ((const struct ex_try *)block->frame)->state != TRY_ENDED;
}

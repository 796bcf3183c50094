/* excpt.h - structured exceptions: __try __except __finally __leave as macros over __builtin_setjmp.
 * How they work, and what they cannot do:
 * - a body or handler is no loop: break, continue, return and goto in it mean what they say; a
 *   __finally block then runs before control goes on, as for an exception
 * - a break or continue that leaves a __finally block itself only ends that block
 * - a filter that is no constant is called after the __finally blocks inside its __try have run;
 *   an exception cannot be continued where it was raised
 * - a handler reaches to the routine that the kernel called: past it an exception is
 *   UnhandledException
 * - locals that a body changed before it called what raised, or left, are right in the handler with
 *   gcc at every -O; before a fault make them volatile. With clang beyond -O0 make them volatile in
 *   either case, or compile with -Xclang -disable-llvm-passes (wdf_add_driver does)
 * - gcc inlines no function that holds a __try: it cannot be FORCEINLINE
 * - a __try statement stands inside braces of its own block: if (x) { __try ... }
 * Names with wdfcore belong to the macros alone.
 */
#pragma once

#include "ntdef.h"

#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#define EXCEPTION_NONCONTINUABLE     0x1
#define EXCEPTION_MAXIMUM_PARAMETERS 15

typedef struct _EXCEPTION_RECORD {
    NTSTATUS ExceptionCode;
    ULONG ExceptionFlags;
    struct _EXCEPTION_RECORD *ExceptionRecord;
    PVOID ExceptionAddress;
    ULONG NumberParameters;
    ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;

struct _CONTEXT; /* of the processor; never filled in */
typedef struct _CONTEXT CONTEXT, *PCONTEXT;

typedef struct _EXCEPTION_POINTERS {
    PEXCEPTION_RECORD ExceptionRecord;
    PCONTEXT ContextRecord; /* NULL */
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

#ifdef __cplusplus
extern "C" {
#endif

/* One for each __try of the source: what follows it is known once it has been reached. */
struct wdfcore_try_site {
    int kind;   /* 0: not known yet */
    int filter; /* EXCEPTION_*, or WDFCORE_FILTER_ASK */
};
#define WDFCORE_FILTER_ASK 2

struct wdfcore_finally {
    void *frame; /* NULL: its body was not entered */
    int step;
};

/* What the macros call. A __try enters, learns from the __except or __finally behind it what it is,
 * and goes into the body; an exception comes back out of __builtin_setjmp. */
NTKERNELAPI void **wdfcore_try_enter(struct wdfcore_try_site *site, void *function);
NTKERNELAPI int wdfcore_try_go(void);
NTKERNELAPI void *wdfcore_try_frame(void);
NTKERNELAPI void wdfcore_try_end(void);
NTKERNELAPI void wdfcore_try_left(void **frame) __attribute__((returns_twice));
NTKERNELAPI int wdfcore_except(SIZE_T handler, int filter);
NTKERNELAPI int wdfcore_except_filter(int filter);
NTKERNELAPI void wdfcore_except_never(void) __attribute__((noreturn));
NTKERNELAPI PEXCEPTION_POINTERS wdfcore_exception(SIZE_T handler, void *function);
NTKERNELAPI struct wdfcore_finally wdfcore_finally_enter(void *function);
NTKERNELAPI int wdfcore_finally_next(struct wdfcore_finally *block);
NTKERNELAPI void wdfcore_finally_left(struct wdfcore_finally *block);
NTKERNELAPI int wdfcore_finally_abnormal(const struct wdfcore_finally *block);

#ifdef __cplusplus
}
#endif

/* The site is a constant of the place; the label is local to the body, so that __leave finds the
 * innermost one out of any loop. */
#undef __try
#define __try                                                                                     \
    if ((void)__builtin_setjmp(wdfcore_try_enter(__extension__({                                  \
                                                     static struct wdfcore_try_site wdfcore_site; \
                                                     &wdfcore_site;                               \
                                                 }),                                              \
                                                 __builtin_frame_address(0))),                    \
        wdfcore_try_go()) {                                                                       \
        __label__ wdfcore_leave;                                                                  \
        _Pragma("GCC diagnostic push")                                                            \
            _Pragma("GCC diagnostic ignored \"-Wshadow\"") void *wdfcore_body                     \
            __attribute__((cleanup(wdfcore_try_left), unused)) = wdfcore_try_frame();             \
    _Pragma("GCC diagnostic pop")

#define __leave goto wdfcore_leave

#define WDFCORE_TRY_END_     \
    wdfcore_leave:           \
    __attribute__((unused)); \
    wdfcore_try_end();       \
    }

#define WDFCORE_EXCEPT_(handler, ...)                                                          \
    (wdfcore_except((handler),                                                                 \
                    __builtin_constant_p(__VA_ARGS__) ? (__VA_ARGS__) : WDFCORE_FILTER_ASK) || \
     wdfcore_except_filter(__VA_ARGS__))

/* A name declared in the condition lives until the handler ends: it tells GetExceptionCode which
 * handler it stands in. (clang-format takes __except for a keyword.) */
#undef __except
/* clang-format off */
#ifdef __cplusplus
#define WDFCORE_HANDLER_ wdfcore_handler
#define __except(...)                                          \
    WDFCORE_TRY_END_                                           \
    else if (const SIZE_T wdfcore_handler = __COUNTER__ + 1;   \
             !WDFCORE_EXCEPT_(wdfcore_handler, (__VA_ARGS__))) \
        wdfcore_except_never();                                \
    else
#else
#define WDFCORE_HANDLER_ sizeof(struct wdfcore_handler)
#define __except(...)                                                                           \
    WDFCORE_TRY_END_                                                                            \
    else if (!WDFCORE_EXCEPT_(sizeof(struct wdfcore_handler { char number[__COUNTER__ + 1]; }), \
                              (__VA_ARGS__)))                                                   \
        wdfcore_except_never();                                                                 \
    else
#endif
/* clang-format on */

#define __finally                                                                              \
    WDFCORE_TRY_END_                                                                           \
    for (struct wdfcore_finally wdfcore_block __attribute__((cleanup(wdfcore_finally_left))) = \
             wdfcore_finally_enter(__builtin_frame_address(0));                                \
         wdfcore_finally_next(&wdfcore_block);)

/* GetExceptionCode, GetExceptionInformation: in a filter expression or in the handler behind it.
 * AbnormalTermination: in a __finally block: not 0 unless the body reached its end or __leave. */
#define GetExceptionCode()        (GetExceptionInformation()->ExceptionRecord->ExceptionCode)
#define GetExceptionInformation() wdfcore_exception(WDFCORE_HANDLER_, __builtin_frame_address(0))
#define AbnormalTermination()     wdfcore_finally_abnormal(&wdfcore_block)
#define _exception_code           GetExceptionCode
#define exception_code            GetExceptionCode
#define _exception_info           GetExceptionInformation
#define exception_info            GetExceptionInformation
#define _abnormal_termination     AbnormalTermination
#define abnormal_termination      AbnormalTermination

#ifdef __GNUC__
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wclobbered" /* no local lives in a register across it */
#endif
#endif

#if !defined(__cplusplus)
#define try     __try
#define except  __except
#define finally __finally
#define leave   __leave
#endif

#pragma once
/* host_sanitizer.h - what AddressSanitizer and ThreadSanitizer must be told about fibers; nothing
 * in other builds.
 */
#include <stdbool.h>
#include <stddef.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define HOST_ASAN 1
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#else
#define HOST_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define HOST_TSAN 1
#include <sanitizer/tsan_interface.h>
#else
#define HOST_TSAN 0
#endif

#define HOST_SANITIZED (HOST_ASAN || HOST_TSAN)

/* For functions that leave a stack without returning: their frames must not stay poisoned there. */
#define HOST_NO_ASAN __attribute__((no_sanitize("address")))

struct host_fiber_sanitizer {
    const void *stack; /* lowest address */
    size_t size;
    void *fake_stack; /* ASan's, while parked */
    void *tsan_fiber;
};

static inline void host_sanitizer_init(struct host_fiber_sanitizer *sanitizer, void *stack,
                                       size_t size)
{
    sanitizer->stack = stack;
    sanitizer->size = size;
#if HOST_ASAN
    __lsan_register_root_region(stack, size); /* else what a parked fiber holds seems to leak */
#endif
#if HOST_TSAN
    sanitizer->tsan_fiber = __tsan_create_fiber(0);
#endif
}

/* The calling thread's own stack: its bounds are the thread's. */
static inline void host_sanitizer_adopt(struct host_fiber_sanitizer *sanitizer)
{
#if HOST_ASAN
    pthread_attr_t attributes;

    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *stack = NULL;

        pthread_attr_getstack(&attributes, &stack, &sanitizer->size);
        pthread_attr_destroy(&attributes);
        sanitizer->stack = stack;
    }
#endif
#if HOST_TSAN
    sanitizer->tsan_fiber = __tsan_get_current_fiber();
#endif
    (void)sanitizer;
}

static inline void host_sanitizer_recycled(struct host_fiber_sanitizer *sanitizer)
{
#if HOST_ASAN
    __asan_unpoison_memory_region(sanitizer->stack, sanitizer->size);
#endif
    sanitizer->fake_stack = NULL;
}

/* Just before the switch; `last`: nothing of the stack that is left will be used again. */
static inline void host_sanitizer_leave(struct host_fiber_sanitizer *from,
                                        struct host_fiber_sanitizer *to, bool last)
{
#if HOST_ASAN
    __sanitizer_start_switch_fiber(last ? NULL : &from->fake_stack, to->stack, to->size);
#endif
#if HOST_TSAN
    __tsan_switch_to_fiber(to->tsan_fiber, 0);
#endif
    (void)from;
    (void)to;
    (void)last;
}

/* The first thing on the stack that was switched to. */
static inline void host_sanitizer_arrived(struct host_fiber_sanitizer *here)
{
#if HOST_ASAN
    __sanitizer_finish_switch_fiber(here->fake_stack, NULL, NULL);
    here->fake_stack = NULL;
#endif
    (void)here;
}

#pragma once
/* ke_check.h - objects that a driver hands in: is it one at all?
 * Rules:
 * - a pointer that is NULL, misaligned or no address is refused before anything is read
 * - memory that was never initialized, or was freed, is known by its type; nothing else of it is
 *   believed
 * - what passes all that and is wrong still faults, and a fault is named too (ke_fault.c)
 */
#include <wdm.h>

#include <stdint.h>

#include "base/violation.h"
#include "nt/ke/ke_object.h"

#if defined(__SANITIZE_ADDRESS__)
#define KE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KE_ASAN 1
#endif
#endif
#ifdef KE_ASAN
int __asan_address_is_poisoned(void const volatile *address);
#define ke_memory_is_gone(address) (__asan_address_is_poisoned(address) != 0)
#else
#define ke_memory_is_gone(address) FALSE
#endif

/* No multiple of 8, in the first page, or beyond what addresses there are: one comparison, since
 * turning the word brings its lowest bits to the top. */
static inline BOOLEAN ke_address_is_bad(const volatile void *object)
{
    uint64_t turned = (uint64_t)(uintptr_t)object >> 3 | (uint64_t)(uintptr_t)object << 61;

    return turned - 0x200 >= (1ull << 44) - 0x200 || ke_memory_is_gone(object);
}

/* ke_check_refuse: report what is wrong with the object: ParameterNull, BadParameter for an address
 * that is none, else `rule`. Returns FALSE. */
BOOLEAN ke_check_refuse(enum base_rule rule, const volatile void *object, const char *what,
                        const char *api);

/* ke_check_address: only the address; for what is about to be initialized. */
static inline BOOLEAN ke_check_address(const volatile void *object, const char *what,
                                       const char *api)
{
    return __builtin_expect(!ke_address_is_bad(object), 1) ||
           ke_check_refuse(RULE_BadParameter, object, what, api);
}

#define KE_TYPES_EVENT (1u << EventNotificationObject | 1u << EventSynchronizationObject)
#define KE_TYPES_TIMER (1u << TimerNotificationObject | 1u << TimerSynchronizationObject)
#define KE_TYPES_WAITABLE                                                           \
    (KE_TYPES_EVENT | KE_TYPES_TIMER | 1u << MutantObject | 1u << SemaphoreObject | \
     1u << ThreadObject)

/* The memory may be anything, also what somebody else is writing to: a look that binds nobody. */
__attribute__((no_sanitize("thread"))) static inline BOOLEAN
ke_header_is(const DISPATCHER_HEADER *header, ULONG types)
{
    return header->Type < 32 && (types >> header->Type & 1) != 0 &&
           header->WaitListHead.Flink != NULL;
}

/* ke_check_dispatcher: an initialized dispatcher object of one of these types (bits). */
static inline BOOLEAN ke_check_dispatcher(const void *object, ULONG types, enum base_rule rule,
                                          const char *what, const char *api)
{
    return __builtin_expect(!ke_address_is_bad(object) && ke_header_is(object, types), 1) ||
           ke_check_refuse(rule, object, what, api);
}

#define KE_EVENT_OK(event) \
    ke_check_dispatcher((event), KE_TYPES_EVENT, RULE_ObjectNotInitialized, "an event", __func__)
#define KE_TIMER_OK(timer) \
    ke_check_dispatcher((timer), KE_TYPES_TIMER, RULE_TimerNotInitialized, "a timer", __func__)

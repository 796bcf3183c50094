#pragma once
/* assert.h - CORE_ASSERT: a mistake of ours, never of a driver. It stays on in every build. */

_Noreturn void base_assert_failed(const char *condition, const char *file, int line,
                                  const char *function);

#define CORE_ASSERT(condition)                                          \
    (__builtin_expect(!(condition), 0)                                  \
         ? base_assert_failed(#condition, __FILE__, __LINE__, __func__) \
         : (void)0)

#pragma once
/* once.h - reading and writing a word that another thread may write or read at the same moment: what a
 * relaxed atomic access means, and BASE_WRITE_RELEASE what a releasing store means. gcc wants the address of an
 * atomic access in a register, and inside a loop keeps it there; a volatile access is the same instruction
 * without that. ThreadSanitizer has to be told, and gets the atomic one.
 */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define BASE_TSAN 1
#else
#define BASE_TSAN 0
#endif

#if BASE_TSAN
#define BASE_READ_ONCE(word)            __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define BASE_WRITE_ONCE(word, value)    __atomic_store_n(&(word), (value), __ATOMIC_RELAXED)
#define BASE_WRITE_RELEASE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)
#define BASE_COUNT_ONCE(word)           BASE_WRITE_ONCE(word, (word) + 1)
#else
#define BASE_READ_ONCE(word)         (*(const volatile __typeof__(word) *)&(word))
#define BASE_WRITE_ONCE(word, value) ((void)(*(volatile __typeof__(word) *)&(word) = (value)))
#define BASE_WRITE_RELEASE(word, value) \
    (__atomic_thread_fence(__ATOMIC_RELEASE), BASE_WRITE_ONCE(word, value))
/* By its only writer: one instruction, whose store others see whole. */
#define BASE_COUNT_ONCE(word) ((void)(word)++)
#endif

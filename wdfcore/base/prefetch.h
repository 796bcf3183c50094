#pragma once
/* prefetch.h - memory that is wanted soon. Any address will do: nothing faults. */

/* base_prefetch_write: to be written, so that a line which another host processor has is asked for once and
 * not twice, to be read and then to be written. __builtin_prefetch does so only where the compiler may
 * count on the instruction; x86-64 processors without it take it for a NOP. */
static inline void base_prefetch_write(const volatile void *address)
{
    __asm__("prefetchw %0" : : "m"(*(const volatile char *)address));
}

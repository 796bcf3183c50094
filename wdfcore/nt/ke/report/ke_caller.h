#pragma once
/* ke_caller.h - the place in a driver that called the API. Not simply the return address: while a
 * test watches a driver's calls, they come through wrappers, which must not be taken for the driver.
 */
#include <stdbool.h>
#include <stdint.h>

/* KE_CALLER: who called the function that this stands in. Only directly in an API function. */
#define KE_CALLER() ke_caller(__builtin_return_address(0), KE_CALLER_FRAME())

/* The same in two steps: the arguments for a ke_caller in another function. */
#define KE_CALLER_APART() __builtin_return_address(0), KE_CALLER_FRAME()
#define KE_CALLER_FRAME() (*(void *const *const *)__builtin_frame_address(0))

extern uintptr_t ke_caller_skip_start, ke_caller_skip_size;

/* frame: that of the function at the address; all of the library keeps frame pointers. */
static inline const void *ke_caller(const void *address, void *const *frame)
{
    if (__builtin_expect((uintptr_t)address - ke_caller_skip_start < ke_caller_skip_size, 0)) {
        return frame[1];
    }
    return address;
}

/* ke_caller_skip: code from start to end calls the API for others. NULL, NULL: there is none. */
void ke_caller_skip(const void *start, const void *end);

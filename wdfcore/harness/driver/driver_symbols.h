#pragma once
/* driver_symbols.h - names for addresses in drivers, and in the program itself (tests): "UartEvtIsr
 * (isr.c:41)". Static functions are found too; without debug information the name stands alone,
 * "UartEvtIsr+0x12" inside a function.
 */
#include <stdbool.h>
#include <stddef.h>

/* driver_symbols_name: false when nothing is known of the address. */
bool driver_symbols_name(const void *address, char *text, size_t size);

/* driver_symbols_is_driver: the address lies in a driver that this process has loaded. */
bool driver_symbols_is_driver(const void *address);

/* driver_symbols_function: only the name of the function, for comparing. */
bool driver_symbols_function(const void *address, char *text, size_t size);

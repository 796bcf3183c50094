/* uart_unlocked_read.c - the broken twin of samples/uart: its reads touch the ring, and empty the FIFO,
 * without the interrupt lock. A sweep over seeds must find it. */
#include "uart.h"

#undef WdfInterruptSynchronize
#define WdfInterruptSynchronize(Interrupt, Callback, Context) (Callback)((Interrupt), (Context))
#include "read.c"

/* ring.c - the ring between the ISR, which fills it, and the read requests, which empty it. Every
 * function needs the interrupt lock. */
#include "uart.h"

BOOLEAN UartRingIsFull(const UART_RING *Ring)
{
    return Ring->Count == UART_RING_SIZE;
}

VOID UartRingPut(PUART_RING Ring, UCHAR Byte)
{
    Ring->Data[Ring->Head] = Byte;
    Ring->Head = (Ring->Head + 1) % UART_RING_SIZE;
    Ring->Count++;
}

/* Takes at most Length bytes, the oldest first; returns how many. */
ULONG UartRingTake(PUART_RING Ring, PUCHAR Buffer, size_t Length)
{
    ULONG tail = (Ring->Head - Ring->Count) % UART_RING_SIZE;
    ULONG count = Length < Ring->Count ? (ULONG)Length : Ring->Count;
    ULONG first = count < UART_RING_SIZE - tail ? count : UART_RING_SIZE - tail;

    RtlCopyMemory(Buffer, Ring->Data + tail, first);
    RtlCopyMemory(Buffer + first, Ring->Data, count - first);
    Ring->Count -= count;
    return count;
}

/* hardware.h - the registers of a 16550 UART, as offsets from its first port. */
#pragma once

#define UART_PORTS 8 /* so many ports it needs */

#define UART_RBR 0 /* read: received byte */
#define UART_THR 0 /* write: byte to send */
#define UART_IER 1 /* interrupt enable */
#define UART_IIR 2 /* read: interrupt identification */
#define UART_FCR 2 /* write: FIFO control */
#define UART_LCR 3 /* line control */
#define UART_MCR 4 /* modem control */
#define UART_LSR 5 /* line status */
#define UART_MSR 6 /* modem status */
#define UART_DLL 0 /* divisor, low byte, while LCR_DLAB is set */
#define UART_DLM 1 /* divisor, high byte */

#define IER_RECEIVED 0x01
#define IER_SENT     0x02
#define IER_LINE     0x04
#define IER_MODEM    0x08

#define IIR_NONE     0x01 /* set: no interrupt is pending */
#define IIR_CAUSE    0x0f
#define IIR_MODEM    0x00
#define IIR_SENT     0x02
#define IIR_RECEIVED 0x04
#define IIR_LINE     0x06
#define IIR_TIMEOUT  0x0c /* bytes below the trigger level, and nothing more comes */

#define FCR_ENABLE     0x01
#define FCR_CLEAR      0x06 /* both FIFOs */
#define FCR_TRIGGER_14 0xc0

#define LCR_DLAB 0x80

#define MCR_DTR  0x01
#define MCR_RTS  0x02
#define MCR_OUT2 0x08 /* on a PC: lets the interrupt through */

#define LSR_DATA      0x01
#define LSR_OVERRUN   0x02
#define LSR_PARITY    0x04
#define LSR_FRAMING   0x08
#define LSR_BREAK     0x10
#define LSR_THR_EMPTY 0x20
#define LSR_GONE      0xff /* what a device that was pulled out answers */

#define MSR_DELTA_CTS 0x01
#define MSR_DELTA_DSR 0x02
#define MSR_RING_END  0x04
#define MSR_DELTA_DCD 0x08

#define UART_FIFO_SIZE 16
#define UART_CLOCK     115200 /* baud rate at divisor 1 */

/* drv_stranger.h - what the test asks drv_stranger to do. The output of each is the line of the driver
 * where something was not as its page says, or 0.
 */
#pragma once

#define STRANGER(number) \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800 + (number), METHOD_BUFFERED, FILE_ANY_ACCESS)
#define STRANGER_WAITS   STRANGER(0)
#define STRANGER_TIMERS  STRANGER(1)
#define STRANGER_QUEUES  STRANGER(2)
#define STRANGER_REUSES  STRANGER(3)
#define STRANGER_CHAINS  STRANGER(5)
#define STRANGER_WORKS   STRANGER(6)
#define STRANGER_REMOVES STRANGER(7)
#define STRANGER_BUILDS  STRANGER(8)
#define STRANGER_KEEPS   STRANGER(9)
#define STRANGER_BELOW   STRANGER(10) /* what the upper device sends to the lower one */

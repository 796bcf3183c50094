/* hardware.h - the registers of the block link, as its data sheet has them. All are 32 bits wide;
 * the two buffers may be accessed with any width.
 */
#pragma once

#define LINK_BLOCK_SIZE 512u /* of a transfer, at most */

typedef struct _LINK_REGISTERS {
    ULONG Events;    /* read: LINK_EVENT_*; write: acknowledge them */
    ULONG EventMask; /* the events that interrupt */
    ULONG Receive;   /* write: receive up to so many bytes; read: the outcome */
    ULONG Send;      /* write: send so many bytes of SendBuffer; read: the outcome */
    ULONG Waiting;   /* read: how many bytes wait to be received; write: abort LINK_EVENT_* */
    ULONG Crc;       /* read: CRC-32 of all received since it was reset; write: reset it */
    ULONG Ask;       /* write: a LINK_ASK_*; read: the answer */
    ULONG Reserved[121];
    UCHAR ReceiveBuffer[LINK_BLOCK_SIZE];
    UCHAR SendBuffer[LINK_BLOCK_SIZE];
} LINK_REGISTERS, *PLINK_REGISTERS;

C_ASSERT(FIELD_OFFSET(LINK_REGISTERS, ReceiveBuffer) == 0x200);
C_ASSERT(sizeof(LINK_REGISTERS) == 0x600);

#define LINK_EVENT_RECEIVED 0x00000001
#define LINK_EVENT_SENT     0x00000002
#define LINK_EVENT_ANSWERED 0x00000004
#define LINK_EVENT_ALL      0x00000007

/* The outcome of a transfer: */
#define LINK_OUTCOME_FAILED  0x80000000 /* nothing was moved; it may be tried again */
#define LINK_OUTCOME_ABORTED 0x40000000 /* by a write to Waiting; a part may have been moved */
#define LINK_OUTCOME_COUNT   0x0000ffff /* bytes that were moved */

#define LINK_ASK_RECEIVED 1 /* how many blocks */
#define LINK_ASK_SENT     2
#define LINK_ASK_FAILED   3

#define LINK_GONE 0xffffffff /* what every register reads when the device is not there any more */

#pragma once
/* hardware.h - the adapter: registers of 4 bytes, and descriptors in shared memory. Indices of a ring
 * count on for ever; index % count is the place. */

#define NICQ_QUEUES_MAX 32u
#define NICQ_WINDOW     0x1000u

#define NIC_QUEUES  0x00u /* how many there are */
#define NIC_CONTROL 0x04u
#define NIC_CAUSE   0x08u /* a bit for each queue that interrupts and has packets */
#define NIC_ENABLE  0x10u /* these queues interrupt */
#define NIC_DISABLE 0x14u /* these do not */

#define NIC_CONTROL_ON 1u

#define NIC_RING(q)      (0x100u + (q)*0x40u)
#define NIC_RX_BASE_LOW  0x00u
#define NIC_RX_BASE_HIGH 0x04u
#define NIC_RX_COUNT     0x08u
#define NIC_RX_TAIL      0x0cu /* the driver gave descriptors up to here */
#define NIC_TX_BASE_LOW  0x14u
#define NIC_TX_BASE_HIGH 0x18u
#define NIC_TX_COUNT     0x1cu
#define NIC_TX_TAIL      0x20u

typedef struct {
    ULONGLONG Address;
    ULONG Length;
    ULONG Flags;
} NICQ_DESCRIPTOR, *PNICQ_DESCRIPTOR;

#define NIC_DONE   1u /* the device is through with it */
#define NIC_IN_USE 2u /* ours: given to the device for sending */

#pragma once
/* pnp_root_bus.h - between the two halves of the root bus: pnp_root.c sends requests to the top of
 * a stack, pnp_root_bus.c answers them at its bottom.
 */
#include <wdm.h>

#include <stdbool.h>
#include <stdint.h>

/* Keys: (c) constant once the PDO is published; (b) only by who took `free` */
struct root_extension {
    char device_id[64];   /* (c) */
    char hardware_id[64]; /* (c) */
    uint32_t instance;    /* (c) */
    /* What the device occupies, as the bus numbers it and as the processor does; NULL: nothing. */
    PCM_RESOURCE_LIST raw, translated; /* (c) */
    bool can_wake;                     /* (c) one of its interrupts can wake it */
    PIRP wait_wake; /* (a) the request that waits for its signal, exchanged; NULL: none */
    KEVENT free;    /* signaled: nobody starts, asks or removes the stack; else the next waits */
    bool has_stack; /* (b) AddDevice was called and REMOVE_DEVICE was not sent yet */
    WORK_QUEUE_ITEM recheck; /* asks the stack for its state */
    /* Written at any IRQL: what came and was not looked into. */
    bool recheck_queued;      /* recheck is on its way */
    bool restart_asked;       /* io_pnp_reenumerate */
    bool eject_asked;         /* IoRequestDeviceEject */
    PDRIVER_OBJECT function;  /* (b) the driver that the stack was last started with */
    uint32_t restarts;        /* (b) since restarts_since */
    ULONGLONG restarts_since; /* (b) machine time in 100 ns */
};

struct root_extension *root_extension_of(PDEVICE_OBJECT pdo);
/* root_owns: the PDO is one of the root bus. */
bool root_owns(PDEVICE_OBJECT pdo);

/* root_driver_need: the bus driver's object; made at the first call in a machine. */
NTSTATUS root_driver_need(PDRIVER_OBJECT *driver);
void root_driver_release(void);
/* root_driver_forget: the machine is gone, and the object with it. */
void root_driver_forget(void);

#pragma once
/* fx_dma.h - WDFDMAENABLER, WDFDMATRANSACTION and WDFCOMMONBUFFER.
 * Rules for an enabler:
 * - it has an adapter of its own (one for each direction if it is duplex) from creation to disposal, and
 *   is on its device's list as long; its callbacks run when the device enters D0 and leaves it
 * - transactions and common buffers are its children and go before it
 * Rules for a transaction:
 * - one transfer after the other: EvtProgramDma, then a DmaCompleted function, until all is moved or the
 *   driver says that it was the final one
 * - EvtProgramDma is called at DISPATCH_LEVEL with no lock held, by whoever is given the map registers:
 *   WdfDmaTransactionExecute, a DmaCompleted function, or somebody who gave map registers back
 * - a packet transaction has its map registers, and with DMA version 3 its adapter's channel, from its
 *   first transfer to its last: the next one waits for them. Before version 3 it is refused
 * - from Execute until it is over it holds a reference on itself, and until Release one on its request
 * Keys: (c) constant once published; (p) under the device's PnP lock; (e) fx_dma_list; (t) the
 * transaction's lock; (o) whoever has the turn: the driver before Execute, then the context that is
 * between a DmaCompleted function and EvtProgramDma; (a) atomic, orders nothing
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>

#include "wdf/object/fx_object.h"
#include "wdf/device/fx_device.h"

struct fx_request;

struct fx_dma_adapter {
    PDMA_ADAPTER wdm;
    ULONG map_registers; /* of one transfer at most */
    size_t fragment;     /* bytes of one transfer at most */
};

struct fx_dma_enabler {
    struct fx_object object;
    struct fx_device *device;          /* (c) referenced until it is destroyed */
    struct fx_dma_enabler *next;       /* (e) of the device, in order of creation */
    WDF_DMA_ENABLER_CONFIG config;     /* (c) */
    bool packet, duplex, version_3;    /* (c) */
    struct fx_dma_adapter adapters[2]; /* (c) reading and writing; wdm NULL once disposed */
    size_t max_elements;               /* (a) of a scatter/gather list */
    bool used;                         /* (a) it has had a transaction */
    bool fill_failed, enable_failed;   /* (p) on the last way up */
};

enum fx_dma_state {
    FX_DMA_CREATED,
    FX_DMA_RESERVED, /* it has map registers and no transfer */
    FX_DMA_INITIALIZED,
    FX_DMA_TRANSFER, /* with the device, or waiting for map registers */
    FX_DMA_COMPLETED,
    FX_DMA_FAILED,
    FX_DMA_RELEASED,
    FX_DMA_DELETED,
    FX_DMA_STATE_COUNT
};

struct fx_dma_transaction {
    struct fx_object object;
    struct fx_dma_enabler *enabler; /* (c) its parent */
    struct base_lock lock;
    enum fx_dma_state state; /* (t) */
    bool mapped;             /* (t) the device has the current transfer */
    bool reserving;          /* (t) AllocateResources waits */
    bool reserved;           /* (t) `registers` stay until FreeResources */
    bool packet_taken;       /* (t) the device's one packet transaction is this */

    const struct fx_dma_adapter *adapter; /* (o) of the direction */
    WDF_DMA_DIRECTION direction;          /* (o) */
    PFN_WDF_PROGRAM_DMA program;          /* (o) */
    WDFCONTEXT context;                   /* (o) of Execute */
    struct fx_request *request;           /* (o) until Release; NULL: made from an MDL */
    bool request_held;                    /* (o) referenced */
    PMDL mdl;                             /* (o) */
    size_t offset;                        /* (o) of the first byte in the chain */
    size_t length;                        /* (o) of all of it */
    size_t transferred;                   /* (o) bytes of finished transfers; read anywhere */
    size_t current;                       /* (o) bytes of this transfer; read anywhere */
    size_t max_length;                    /* (o) of a transfer, by the driver; 0: the enabler's */
    size_t fragment;                      /* (o) what follows from both */
    bool single, immediate;               /* (o) */

    PSCATTER_GATHER_LIST list; /* (o) of the transfer; packet: `one` */
    PVOID registers;           /* (o) packet: while it has them */
    ULONG register_count;      /* (o) */
    /* a list of one element */
    _Alignas(16) UCHAR one[sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT)];
    PFN_WDF_RESERVE_DMA reserve; /* (o) */
    PVOID reserve_context;
    _Alignas(16) UCHAR transfer[DMA_TRANSFER_CONTEXT_SIZE_V1]; /* version 3 */
};

extern const struct fx_type fx_dma_enabler_type;

/* ---- the device's power ---- */

/* fx_dma_power_up: Fill, Enable and SelfManagedIoStart of each enabler; the first failure ends it.
 * fx_dma_power_down: SelfManagedIoStop, Disable, Flush of each; returns the first failure. Under the
 * PnP lock. */
NTSTATUS fx_dma_power_up(struct fx_device *device);
NTSTATUS fx_dma_power_down(struct fx_device *device);

/* ---- transactions ---- */

static inline struct fx_dma_transaction *fx_dma_transaction_get(WDFDMATRANSACTION handle)
{
    return fx_handle_get(handle, FX_TYPE_DMATRANSACTION);
}

/* fx_dma_wrong_state: DmaWrongState, bugcheck 0x10D/8: `api` does not go with the state. */
void fx_dma_wrong_state(const struct fx_dma_transaction *transaction, enum fx_dma_state state,
                        const char *api);
/* fx_dma_state: for one moment. fx_dma_move: from the one to the other if it is in the first. */
enum fx_dma_state fx_dma_state(struct fx_dma_transaction *transaction);
bool fx_dma_move(struct fx_dma_transaction *transaction, enum fx_dma_state from,
                 enum fx_dma_state to);
/* fx_dma_is_idle: no transfer is initialized: it can be configured. */
static inline bool fx_dma_is_idle(enum fx_dma_state state)
{
    return state == FX_DMA_CREATED || state == FX_DMA_RESERVED || state == FX_DMA_RELEASED;
}

/* fx_dma_abandon: the transaction is disposed: what it has goes back. */
void fx_dma_abandon(struct fx_dma_transaction *transaction);
/* fx_dma_return_registers: map registers and channel. <= DISPATCH_LEVEL. */
void fx_dma_return_registers(struct fx_dma_transaction *transaction);
/* fx_dma_allocate_channel: `routine` gets the map registers and is called with the transaction. */
NTSTATUS fx_dma_allocate_channel(struct fx_dma_transaction *transaction, ULONG count,
                                 PDRIVER_CONTROL routine);
/* fx_dma_action: what AdapterControl returns to keep them. */
static inline IO_ALLOCATION_ACTION fx_dma_action(const struct fx_dma_transaction *transaction)
{
    return transaction->enabler->version_3 ? KeepObject : DeallocateObjectKeepRegisters;
}

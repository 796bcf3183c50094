#pragma once
/* hal_adapter.h - DMA adapters: one for each IoGetDmaAdapter, with its common buffers, its channel and
 * the map registers that its transfers have.
 * Rules:
 * - whoever wants map registers, and the channel if it is for AllocateAdapterChannel, makes a struct
 *   hal_registers with all memory and addresses that it will need, and requests it; from the grant on
 *   nothing can fail
 * - requests wait in one queue and are granted in order; one that lacks the channel of its adapter does
 *   not hold up those of other adapters
 * - a grant is one call of the driver's routine at DISPATCH_LEVEL, with no lock held
 * - map registers that need none (the device reaches all memory and takes it in pieces) are not
 *   counted, and never waited for
 * Keys: (c) constant once made; (d) hal_dma; (o) whoever has the registers, one at a time
 */
#include <ntddk.h>

#include <stdbool.h>

#include "base/lock.h"

/* Map registers of one transfer at most, and of the machine, for adapters that need them. */
#define HAL_MAP_REGISTERS     512u
#define HAL_MAP_REGISTERS_ALL 1024u

struct hal_common_buffer {
    struct hal_common_buffer *next; /* (d) newest first */
    void *block;                    /* (c) of the pool */
    void *base;                     /* (c) what the driver got */
    ULONG length;                   /* (c) as it was asked for */
    uint64_t logical;               /* (c) */
};

/* A part of a buffer that is mapped as a whole. */
struct hal_piece {
    uint64_t logical;
    uint8_t *memory;
    uint8_t *bounce; /* where the device's bytes are; NULL: in the memory itself */
    size_t size;
};

/* What a driver knows as MapRegisterBase, or as a scatter/gather list. */
struct hal_registers {
    struct hal_registers *next;  /* (d) of the adapter, newest first */
    struct hal_registers *later; /* (d) in the queue */
    struct hal_adapter *adapter; /* (c) */
    ULONG count;                 /* (c) */
    bool granted;                /* (d) */
    bool channel;                /* (c) the adapter's channel comes with it */

    struct hal_piece *pieces; /* (o) room for `count` */
    ULONG piece_count;        /* (o) */
    ULONG used;               /* (o) of the registers, since nothing was mapped */
    uint8_t *bounce;          /* (c) `count` pages, or NULL */

    SCATTER_GATHER_LIST *list; /* (c) NULL: it is MapTransfer's */
    void *list_block;          /* (c) its memory, if it is ours */
    bool write;                /* (c) of the list: to the device */

    PDEVICE_OBJECT device; /* (c) whom to call for */
    PDRIVER_CONTROL control;
    PDRIVER_LIST_CONTROL list_control;
    void *context;
    const void *transfer; /* (c) the DMA transfer context, version 3; else NULL */
};

struct hal_adapter {
    DMA_ADAPTER head;                  /* (c) what the driver has */
    struct hal_adapter *next;          /* (d) newest first */
    PDEVICE_OBJECT device;             /* (c) the PDO, or NULL */
    const void *creator;               /* (c) call site */
    ULONG width;                       /* (c) bits of an address */
    uint64_t highest;                  /* (c) logical address */
    ULONG map_registers;               /* (c) of one transfer at most */
    bool scatter_gather;               /* (c) takes one piece after the other */
    bool bounces;                      /* (c) data go through map registers */
    ULONG waiting;                     /* (d) its requests in the queue */
    bool channel_taken;                /* (d) */
    struct hal_registers *holder;      /* (d) of the channel, for as long as it has registers */
    struct hal_registers *registers;   /* (d) */
    struct hal_common_buffer *buffers; /* (d) */
};

extern struct base_lock hal_dma BASE_HIDDEN;

/* hal_dma_api: the test that each routine of an adapter begins with: the IRQL is from `lowest` to
 * `highest`, and it is an adapter, which comes back. NULL: refused. */
struct hal_adapter *hal_dma_api(PDMA_ADAPTER adapter, const char *name, KIRQL lowest,
                                KIRQL highest);
/* hal_dma_misuse: DmaMisuse, bugcheck 0xE6 with `code` of Driver Verifier. */
__attribute__((format(printf, 3, 4))) void hal_dma_misuse(const struct hal_adapter *adapter,
                                                          uint64_t code, const char *format, ...);

/* hal_dma_report_leaks: DmaLeak for the adapters that code in [start, start + size) made; start NULL:
 * all. Returns how many. */
ULONG hal_dma_report_leaks(const char *driver, const void *start, size_t size);

/* hal_common_buffers_free: what an adapter has left, without a word. */
void hal_common_buffers_free(struct hal_adapter *adapter);

/* ---- registers ---- */

/* hal_registers_create: NULL: memory is short. hal_registers_free: not in the queue; what is mapped is
 * unmapped, not flushed; `how` as in hal_memory_unmap. */
struct hal_registers *hal_registers_create(struct hal_adapter *adapter, ULONG count, bool zero);
void hal_registers_free(struct hal_registers *registers, const char *how);

/* hal_registers_request: the routine is called, now or when its turn comes. now: false if it would have
 * to wait; then nothing has happened. Without a routine it is granted without a call. */
bool hal_registers_request(struct hal_registers *registers, bool now);
/* hal_registers_return: those were granted; the next in the queue get theirs. */
void hal_registers_return(struct hal_registers *registers, const char *how);
/* hal_channel_release: the adapter's channel is free. */
void hal_channel_release(struct hal_adapter *adapter);
/* hal_registers_cancel: false: nothing waits with that transfer context. */
bool hal_registers_cancel(struct hal_adapter *adapter, const void *transfer);
/* hal_dma_withdraw: the same by the routine's context, for whoever owns the adapter. */
bool hal_dma_withdraw(PDMA_ADAPTER adapter, const void *context);
/* hal_registers_find: those are the adapter's and granted; list: the ones of this list. NULL: none. */
struct hal_registers *hal_registers_find(struct hal_adapter *adapter, const void *base,
                                         const SCATTER_GATHER_LIST *list);
/* hal_registers_stop: the queue is empty, all map registers are free. */
void hal_registers_stop(void);

/* ---- buffers ---- */

/* A place in a chain of MDLs. */
struct hal_cursor {
    PMDL mdl;
    size_t offset;
};

/* hal_cursor_at: by address in the first MDL, or by offset in the chain. false: it is outside. */
bool hal_cursor_at(struct hal_cursor *cursor, PMDL mdl, const void *address);
bool hal_cursor_behind(struct hal_cursor *cursor, PMDL mdl, uint64_t offset);
/* hal_cursor_next: the next bytes that lie together in one page (`pages` false: in one MDL), at most
 * `size`; the cursor moves behind them. Returns how many; 0: the chain has ended. */
size_t hal_cursor_next(struct hal_cursor *cursor, size_t size, bool pages, uint8_t **memory);
/* hal_cursor_pages: how many pages the next `size` bytes touch; 0: the chain is shorter. */
ULONG hal_cursor_pages(struct hal_cursor cursor, size_t size);

/* hal_piece_map: map the next bytes of a buffer with the registers, closed: no more than one piece, as
 * much as the registers that are left allow. Returns the piece; NULL: no register or address is left,
 * or the buffer has ended. */
struct hal_piece *hal_piece_map(struct hal_registers *registers, struct hal_cursor *cursor,
                                size_t size);
/* hal_piece_open: from now on it is the device's; data for it are taken over. */
void hal_piece_open(const struct hal_piece *piece, bool write);
/* hal_pieces_flush: what is mapped of these bytes is unmapped, data from the device are in memory.
 * Returns the bytes that were mapped. */
size_t hal_pieces_flush(struct hal_registers *registers, const uint8_t *memory, size_t size,
                        bool write, const char *how);

/* ---- the routines of adapters, under the names of DMA_OPERATIONS ---- */

ALLOCATE_COMMON_BUFFER hal_AllocateCommonBuffer;
ALLOCATE_COMMON_BUFFER_EX hal_AllocateCommonBufferEx;
FREE_COMMON_BUFFER hal_FreeCommonBuffer;
ALLOCATE_ADAPTER_CHANNEL hal_AllocateAdapterChannel;
ALLOCATE_ADAPTER_CHANNEL_EX hal_AllocateAdapterChannelEx;
CANCEL_ADAPTER_CHANNEL hal_CancelAdapterChannel;
FREE_ADAPTER_CHANNEL hal_FreeAdapterChannel;
FREE_ADAPTER_OBJECT hal_FreeAdapterObject;
FREE_MAP_REGISTERS hal_FreeMapRegisters;
INITIALIZE_DMA_TRANSFER_CONTEXT hal_InitializeDmaTransferContext;
MAP_TRANSFER hal_MapTransfer;
MAP_TRANSFER_EX hal_MapTransferEx;
FLUSH_ADAPTER_BUFFERS hal_FlushAdapterBuffers;
FLUSH_ADAPTER_BUFFERS_EX hal_FlushAdapterBuffersEx;
GET_SCATTER_GATHER_LIST hal_GetScatterGatherList;
GET_SCATTER_GATHER_LIST_EX hal_GetScatterGatherListEx;
PUT_SCATTER_GATHER_LIST hal_PutScatterGatherList;
BUILD_SCATTER_GATHER_LIST hal_BuildScatterGatherList;
BUILD_SCATTER_GATHER_LIST_EX hal_BuildScatterGatherListEx;
CALCULATE_SCATTER_GATHER_LIST_SIZE hal_CalculateScatterGatherList;
GET_DMA_TRANSFER_INFO hal_GetDmaTransferInfo;

/* hal_transfer_is_initialized: by InitializeDmaTransferContext. */
bool hal_transfer_is_initialized(const void *transfer);

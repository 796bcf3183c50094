#pragma once
/* wmi_provider.h - the devices that registered with WMI, for the files of this folder.
 * Keys: (c) constant once published; (i) io_lock; (u) only by the work item that asks for what a device
 * registers, while it holds the provider, and read by who holds it
 */
#include "nt/wmi/wmi.h"

/* What a device says of one GUID. */
struct wmi_block {
    GUID guid;
    ULONG flags;
    ULONG instances;
    ULONG first;       /* number of the first instance of a base name */
    const WCHAR *text; /* base name or PDO's path; names: counted strings one behind the other */
    ULONG text_size;   /* of that, in bytes */
};

struct wmi_blocks {
    LONG holders; /* (i) the provider, and who reads them */
    ULONG count;
    struct wmi_block block[];
};

enum wmi_due { WMI_DUE_NOTHING, WMI_DUE_UPDATE, WMI_DUE_REGISTER };

struct wmi_provider {
    struct wmi_provider *prev, *next; /* (i) in order of registration */
    PDEVICE_OBJECT device;            /* (c) referenced */
    ULONG id;                         /* (c) */
    struct wmi_blocks *blocks;        /* (i) NULL: none */
    enum wmi_due due;                 /* (i) to be asked for what it registers */
    LONG users;                       /* (i) requests under way */
    bool blocked;                     /* (i) nothing is sent any more */
    bool gone;                        /* (i) deregistered */
    KEVENT idle;                      /* notification: users is 0 and it is blocked or gone */
};

/* wmi_provider_next: the first provider behind the number id, held; NULL: none. wmi_provider_drop ends
 * the hold: the provider may be gone then. */
struct wmi_provider *wmi_provider_next(ULONG id);
void wmi_provider_drop(struct wmi_provider *provider);
/* wmi_provider_id: of a registered device; 0: it is none. Any IRQL.
 * wmi_provider_by_id: the one with that number, held; NULL: none. */
ULONG wmi_provider_id(PDEVICE_OBJECT device);
struct wmi_provider *wmi_provider_by_id(ULONG id);
/* wmi_provider_settle: wait until everybody who registered was asked. */
void wmi_provider_settle(void);

/* wmi_blocks_hold: what the provider registers now; NULL: nothing. wmi_blocks_drop: NULL is nothing. */
struct wmi_blocks *wmi_blocks_hold(struct wmi_provider *provider);
void wmi_blocks_drop(struct wmi_blocks *blocks);
const struct wmi_block *wmi_blocks_find(const struct wmi_blocks *blocks, const GUID *guid);
/* wmi_blocks_ask: IRP_MN_REGINFO_EX to the provider's device, and what came of it in a new structure;
 * old (may be NULL) is what an update changes. */
NTSTATUS wmi_blocks_ask(struct wmi_provider *provider, bool update, const struct wmi_blocks *old,
                        struct wmi_blocks **blocks);
/* wmi_block_is_static: its instances have names that WMI knows. */
static inline bool wmi_block_is_static(const struct wmi_block *block)
{
    return (block->flags & (WMIREG_FLAG_INSTANCE_LIST | WMIREG_FLAG_INSTANCE_BASENAME |
                            WMIREG_FLAG_INSTANCE_PDO)) != 0;
}
/* wmi_block_name: the name of an instance; string->Buffer has room for WMI_NAME_MAX units, and names
 * are cut there. wmi_block_find_name: the index of a name; false: there is none. */
#define WMI_NAME_MAX 512u
void wmi_block_name(const struct wmi_block *block, ULONG index, PUNICODE_STRING string);
bool wmi_block_find_name(const struct wmi_block *block, PCUNICODE_STRING name, ULONG *index);

/* wmi_send: IRP_MJ_SYSTEM_CONTROL to the provider's device, and wait.
 *   path      DataPath: the GUID; or WMIREGISTER, WMIUPDATE
 *   length    out: IoStatus.Information, never more than size */
NTSTATUS wmi_send(struct wmi_provider *provider, UCHAR minor, const void *path, void *buffer,
                  ULONG size, ULONG *length);

/* wmi_control_open, wmi_control_close: somebody wants the events of the GUID, or reads its data
 * (collection): devices are told when the first one comes and when the last one goes.
 * wmi_control_arrived: a device has registered blocks that somebody wants. */
NTSTATUS wmi_control_open(const GUID *guid, bool events);
void wmi_control_close(const GUID *guid, bool events);
void wmi_control_arrived(struct wmi_provider *provider, const struct wmi_blocks *old,
                         const struct wmi_blocks *blocks);
void wmi_control_stop(void);
void wmi_event_stop(void);

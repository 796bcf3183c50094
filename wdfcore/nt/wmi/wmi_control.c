/* wmi_control.c - who wants events and data of a GUID, and telling devices so.
 * The first one who wants the events of a GUID makes IRP_MN_ENABLE_EVENTS for every device that has it,
 * the last one who goes IRP_MN_DISABLE_EVENTS; the same with IRP_MN_ENABLE_COLLECTION for who reads data,
 * but only of blocks that were registered as expensive. Devices that come between are told when they
 * register. One such change at a time (wmi_control.lock), so that each device sees them in pairs.
 */
#include "nt/wmi/wmi_provider.h"

#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/thread/ke_wait.h"

/* Keys: (i) io_lock; (l) wmi_control.lock, read also under io_lock */
struct wmi_wanted {
    struct wmi_wanted *prev, *next; /* (i) */
    GUID guid;                      /* (c) */
    LONG events, data;              /* (l) who wants them */
};

static struct {
    struct wmi_wanted *first; /* (i) */
    bool started;             /* (i) lock is an event */
    KEVENT lock;              /* auto-reset */
} wmi_control;

void wmi_control_stop(void)
{
    RtlZeroMemory(&wmi_control, sizeof(wmi_control)); /* the entries are pool */
}

static void wmi_control_lock(void)
{
    io_lock();
    if (!wmi_control.started) {
        wmi_control.started = true;
        /* Not by its function: that is a window. */
        ke_dispatcher_init(&wmi_control.lock.Header, EventSynchronizationObject,
                           sizeof(wmi_control.lock) / sizeof(ULONG), 1);
    }
    io_unlock();
    KeWaitForSingleObject(&wmi_control.lock, Executive, KernelMode, FALSE, NULL);
}

static void wmi_control_unlock(void)
{
    KeSetEvent(&wmi_control.lock, IO_NO_INCREMENT, FALSE);
}

static struct wmi_wanted *wmi_wanted_find(const GUID *guid)
{
    struct wmi_wanted *wanted;

    io_lock();
    DL_FOREACH (wmi_control.first, wanted) {
        if (memcmp(&wanted->guid, guid, sizeof(*guid)) == 0) {
            break;
        }
    }
    io_unlock();
    return wanted;
}

static LONG *wmi_wanted_count(struct wmi_wanted *wanted, bool events)
{
    return events ? &wanted->events : &wanted->data;
}

/* ---- telling ---- */

/* A device that fails it is not asked again: what it sends and answers is not held back. */
static void wmi_control_send(struct wmi_provider *provider, const struct wmi_block *block,
                             bool events, bool enable)
{
    WNODE_HEADER header = {.BufferSize = sizeof(header), .ProviderId = provider->id};
    UCHAR minor;
    ULONG length;

    if (!events && (block->flags & WMIREG_FLAG_EXPENSIVE) == 0) {
        return;
    }
    if (events) {
        minor = enable ? IRP_MN_ENABLE_EVENTS : IRP_MN_DISABLE_EVENTS;
    } else {
        minor = enable ? IRP_MN_ENABLE_COLLECTION : IRP_MN_DISABLE_COLLECTION;
    }
    header.Guid = block->guid;
    (void)wmi_send(provider, minor, &block->guid, &header, sizeof(header), &length);
}

static void wmi_control_tell(const GUID *guid, bool events, bool enable)
{
    struct wmi_provider *provider;
    ULONG id = 0;

    while ((provider = wmi_provider_next(id)) != NULL) {
        struct wmi_blocks *blocks = wmi_blocks_hold(provider);
        const struct wmi_block *block = wmi_blocks_find(blocks, guid);

        id = provider->id;
        if (block != NULL) {
            wmi_control_send(provider, block, events, enable);
        }
        wmi_blocks_drop(blocks);
        wmi_provider_drop(provider);
    }
}

void wmi_control_arrived(struct wmi_provider *provider, const struct wmi_blocks *old,
                         const struct wmi_blocks *blocks)
{
    wmi_control_lock();
    for (ULONG i = 0; i < blocks->count; i++) {
        const struct wmi_block *block = &blocks->block[i];
        struct wmi_wanted *wanted = wmi_wanted_find(&block->guid);

        if (wanted == NULL || wmi_blocks_find(old, &block->guid) != NULL) {
            continue;
        }
        if (wanted->events > 0) {
            wmi_control_send(provider, block, true, true);
        }
        if (wanted->data > 0) {
            wmi_control_send(provider, block, false, true);
        }
    }
    wmi_control_unlock();
}

/* ---- wanting ---- */

NTSTATUS wmi_control_open(const GUID *guid, bool events)
{
    struct wmi_wanted *wanted;

    wmi_provider_settle();
    wmi_control_lock();
    wanted = wmi_wanted_find(guid);
    if (wanted == NULL) {
        wanted = ex_pool_allocate(sizeof(*wanted), 'imWM', false, true, NULL);
        if (wanted == NULL) {
            wmi_control_unlock();
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        wanted->guid = *guid;
        io_lock();
        DL_APPEND(wmi_control.first, wanted);
        io_unlock();
    }
    if ((*wmi_wanted_count(wanted, events))++ == 0) {
        wmi_control_tell(guid, events, true);
    }
    wmi_control_unlock();
    return STATUS_SUCCESS;
}

void wmi_control_close(const GUID *guid, bool events)
{
    struct wmi_wanted *wanted;
    bool last = false;

    wmi_control_lock();
    wanted = wmi_wanted_find(guid);
    if (--*wmi_wanted_count(wanted, events) == 0) {
        wmi_control_tell(guid, events, false);
    }
    if (wanted->events == 0 && wanted->data == 0) {
        last = true;
        io_lock();
        DL_DELETE(wmi_control.first, wanted);
        io_unlock();
    }
    wmi_control_unlock();
    if (last) {
        ex_pool_release(wanted);
    }
}

/* wmi_provider.c - IoWMIRegistrationControl: which devices have registered with WMI.
 * Normal path: a device registers, and is put on the list with a registration that is due; a work item
 * asks it what it offers and publishes the blocks. What changes later is asked for the same way.
 * A device that fails the question stays registered without blocks. Deregistering takes it off the
 * list, then waits for requests under way, the work item's among them.
 */
#include "nt/wmi/wmi_provider.h"

#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

/* Who waits until everybody was asked; on its stack. */
struct wmi_settling {
    struct wmi_settling *next;
    KEVENT settled;
};

/* Key: (i) io_lock */
static struct {
    struct wmi_provider *first;    /* (i) */
    struct wmi_settling *settling; /* (i) */
    ULONG ids;                     /* (i) given so far */
    bool asking;                   /* (i) the work item is queued or runs */
    WORK_QUEUE_ITEM item;
} wmi;

void wmi_stop(void)
{
    RtlZeroMemory(&wmi, sizeof(wmi)); /* providers and blocks are pool */
    wmi_control_stop();
    wmi_event_stop();
}

/* ---- holding ---- */

static bool wmi_provider_hold_locked(struct wmi_provider *provider)
{
    if (provider->blocked || provider->gone) {
        return false;
    }
    provider->users++;
    return true;
}

void wmi_provider_drop(struct wmi_provider *provider)
{
    bool last;

    io_lock();
    provider->users--;
    last = provider->users == 0 && (provider->blocked || provider->gone);
    io_unlock();
    if (last) {
        /* Who waits owns it from here on. */
        KeSetEvent(&provider->idle, IO_NO_INCREMENT, FALSE);
    }
}

struct wmi_provider *wmi_provider_next(ULONG id)
{
    struct wmi_provider *provider;

    io_lock();
    DL_FOREACH (wmi.first, provider) {
        if (provider->id > id && wmi_provider_hold_locked(provider)) {
            break;
        }
    }
    io_unlock();
    return provider;
}

struct wmi_provider *wmi_provider_by_id(ULONG id)
{
    struct wmi_provider *provider;

    io_lock();
    DL_SEARCH_SCALAR(wmi.first, provider, id, id);
    if (provider != NULL && !wmi_provider_hold_locked(provider)) {
        provider = NULL;
    }
    io_unlock();
    return provider;
}

struct wmi_blocks *wmi_blocks_hold(struct wmi_provider *provider)
{
    struct wmi_blocks *blocks;

    io_lock();
    blocks = provider->blocks;
    if (blocks != NULL) {
        blocks->holders++;
    }
    io_unlock();
    return blocks;
}

void wmi_blocks_drop(struct wmi_blocks *blocks)
{
    bool last = false;

    if (blocks != NULL) {
        io_lock();
        last = --blocks->holders == 0;
        io_unlock();
    }
    if (last) {
        ex_pool_release(blocks);
    }
}

/* ---- requests ---- */

NTSTATUS wmi_send(struct wmi_provider *provider, UCHAR minor, const void *path, void *buffer,
                  ULONG size, ULONG *length)
{
    IO_STACK_LOCATION request = {.MajorFunction = IRP_MJ_SYSTEM_CONTROL, .MinorFunction = minor};
    ULONG_PTR information = 0;
    NTSTATUS status;

    request.Parameters.WMI.ProviderId = (ULONG_PTR)provider->device;
    request.Parameters.WMI.DataPath = (PVOID)(uintptr_t)path;
    request.Parameters.WMI.BufferSize = size;
    request.Parameters.WMI.Buffer = buffer;
    status = io_irp_ask(io_device_top(provider->device), &request, &information);
    if (information <= size) {
        *length = (ULONG)information;
    } else {
        *length = 0;
        ke_violation(RULE_WmiAnswer, 0, 0, 0, 0, 0,
                     "a WMI request was completed with Information %llu and a buffer of %lu bytes",
                     (unsigned long long)information, (unsigned long)size);
        status = STATUS_INVALID_BUFFER_SIZE;
    }
    return status;
}

/* ---- the work item ---- */

/* The next provider that is to be asked, held; NULL: none, and everything is settled: *settling are
 * those who wait for that. */
static struct wmi_provider *wmi_due_next(enum wmi_due *due, struct wmi_settling **settling)
{
    struct wmi_provider *provider;

    io_lock();
    DL_FOREACH (wmi.first, provider) {
        if (provider->due != WMI_DUE_NOTHING && wmi_provider_hold_locked(provider)) {
            *due = provider->due;
            provider->due = WMI_DUE_NOTHING;
            break;
        }
    }
    if (provider == NULL) {
        wmi.asking = false;
        *settling = wmi.settling;
        wmi.settling = NULL;
    }
    io_unlock();
    return provider;
}

/* wmi_number_locked: devices with one base name have different numbers behind it. */
static void wmi_number_locked(const struct wmi_provider *self, struct wmi_blocks *blocks)
{
    for (ULONG i = 0; i < blocks->count; i++) {
        struct wmi_block *block = &blocks->block[i];
        const struct wmi_provider *provider;

        block->first = 0;
        DL_FOREACH (wmi.first, provider) {
            const struct wmi_block *other = wmi_blocks_find(provider->blocks, &block->guid);

            if (provider->id < self->id && other != NULL && other->text_size == block->text_size &&
                memcmp(other->text, block->text, block->text_size) == 0) {
                block->first = other->first + other->instances;
            }
        }
    }
}

static void wmi_ask(struct wmi_provider *provider, bool update)
{
    struct wmi_blocks *old = wmi_blocks_hold(provider);
    struct wmi_blocks *blocks = NULL;
    struct wmi_blocks *replaced;
    NTSTATUS status = wmi_blocks_ask(provider, update, old, &blocks);

    if (NT_SUCCESS(status)) {
        io_lock();
        wmi_number_locked(provider, blocks);
        blocks->holders++; /* ours, beside the provider's */
        replaced = provider->blocks;
        provider->blocks = blocks;
        io_unlock();
        wmi_blocks_drop(replaced);
        wmi_control_arrived(provider, old, blocks);
        wmi_blocks_drop(blocks);
    }
    wmi_blocks_drop(old);
}

static void NTAPI wmi_ask_all(PVOID context)
{
    struct wmi_settling *settling = NULL;
    struct wmi_provider *provider;
    enum wmi_due due = WMI_DUE_NOTHING;

    while ((provider = wmi_due_next(&due, &settling)) != NULL) {
        wmi_ask(provider, due == WMI_DUE_UPDATE);
        wmi_provider_drop(provider);
    }
    while (settling != NULL) {
        struct wmi_settling *next = settling->next;

        KeSetEvent(&settling->settled, IO_NO_INCREMENT, FALSE);
        settling = next; /* that one's stack is gone */
    }
}

/* wmi_due_set_locked: true: the caller queues the work item. */
static bool wmi_due_set_locked(struct wmi_provider *provider, enum wmi_due due)
{
    bool queue = !wmi.asking;

    if (provider->due < due) {
        provider->due = due;
    }
    wmi.asking = true;
    return queue;
}

static void wmi_due_queue(void)
{
    io_work_queue(&wmi.item, wmi_ask_all, NULL);
}

void wmi_provider_settle(void)
{
    struct wmi_settling self = {0};
    bool wait;

    KeInitializeEvent(&self.settled, NotificationEvent, FALSE);
    io_lock();
    wait = wmi.asking;
    if (wait) {
        self.next = wmi.settling;
        wmi.settling = &self;
    }
    io_unlock();
    if (wait) {
        KeWaitForSingleObject(&self.settled, Executive, KernelMode, FALSE, NULL);
    }
}

/* ---- registration ---- */

static struct wmi_provider *wmi_find_locked(PDEVICE_OBJECT device)
{
    struct wmi_provider *provider;

    DL_SEARCH_SCALAR(wmi.first, provider, device, device);
    return provider;
}

NTSTATUS wmi_register(PDEVICE_OBJECT device)
{
    struct wmi_provider *provider = ex_pool_allocate(sizeof(*provider), 'imWM', false, true, NULL);
    bool known;
    bool queue = false;

    if (provider == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    provider->device = device;
    KeInitializeEvent(&provider->idle, NotificationEvent, FALSE);
    ob_ref(device); /* dropped by wmi_deregister */
    io_lock();
    known = wmi_find_locked(device) != NULL;
    if (!known) {
        provider->id = ++wmi.ids;
        DL_APPEND(wmi.first, provider);
        queue = wmi_due_set_locked(provider, WMI_DUE_REGISTER);
    }
    io_unlock();
    if (known) {
        ob_deref(device);
        ex_pool_release(provider);
        return STATUS_OBJECT_NAME_EXISTS;
    }
    if (queue) {
        wmi_due_queue();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS wmi_deregister(PDEVICE_OBJECT device)
{
    struct wmi_provider *provider;
    bool wait = false;

    io_lock();
    provider = wmi_find_locked(device);
    if (provider != NULL) {
        DL_DELETE(wmi.first, provider);
        provider->gone = true;
        wait = provider->users > 0;
    }
    io_unlock();
    if (provider == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (wait) {
        KeWaitForSingleObject(&provider->idle, Executive, KernelMode, FALSE, NULL);
    }
    wmi_blocks_drop(provider->blocks);
    ob_deref(provider->device);
    ex_pool_release(provider);
    return STATUS_SUCCESS;
}

NTSTATUS wmi_update(PDEVICE_OBJECT device)
{
    struct wmi_provider *provider;
    bool queue = false;

    io_lock();
    provider = wmi_find_locked(device);
    if (provider != NULL) {
        queue = wmi_due_set_locked(provider, WMI_DUE_UPDATE);
    }
    io_unlock();
    if (queue) {
        wmi_due_queue();
    }
    return provider != NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static NTSTATUS wmi_block(PDEVICE_OBJECT device)
{
    struct wmi_provider *provider;
    bool wait = false;

    io_lock();
    provider = wmi_find_locked(device);
    if (provider != NULL) {
        wait = !provider->blocked && provider->users > 0;
        provider->blocked = true;
    }
    io_unlock();
    if (provider == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (wait) {
        KeWaitForSingleObject(&provider->idle, Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_SUCCESS;
}

NTSTATUS IoWMIRegistrationControl(PDEVICE_OBJECT DeviceObject, ULONG Action)
{
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    switch (Action) {
    case WMIREG_ACTION_REGISTER:
        return wmi_register(DeviceObject);
    case WMIREG_ACTION_DEREGISTER:
        return wmi_deregister(DeviceObject);
    case WMIREG_ACTION_REREGISTER:
        status = wmi_deregister(DeviceObject);
        return NT_SUCCESS(status) ? wmi_register(DeviceObject) : status;
    case WMIREG_ACTION_UPDATE_GUIDS:
        return wmi_update(DeviceObject);
    case WMIREG_ACTION_BLOCK_IRPS:
        return wmi_block(DeviceObject);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

ULONG wmi_provider_id(PDEVICE_OBJECT device)
{
    const struct wmi_provider *provider;
    ULONG id;

    io_lock();
    provider = wmi_find_locked(device);
    id = provider != NULL ? provider->id : 0;
    io_unlock();
    return id;
}

ULONG IoWMIDeviceObjectToProviderId(PDEVICE_OBJECT DeviceObject)
{
    return API(DISPATCH_LEVEL) && io_device_check(DeviceObject, __func__)
               ? wmi_provider_id(DeviceObject)
               : 0;
}

bool wmi_is_registered(PDEVICE_OBJECT device)
{
    return wmi_provider_id(device) != 0;
}

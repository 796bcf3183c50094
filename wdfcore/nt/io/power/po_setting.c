/* po_setting.c - power settings: values by GUID, and callbacks that hear of them.
 * Normal path: a registration, and each new value, marks the registrations that have to be told; one
 * worker calls those that are marked, in order of registration, with the value of that moment, so that
 * several changes in a row may be heard as one.
 */
#include <initguid.h> /* before power.h, whose GUIDs it defines */

#include "nt/io/power/po_setting.h"

#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"

/* Keys: (c) constant once made, (i) io_lock */
struct po_value {
    struct po_value *next;
    GUID setting; /* (c) */
    ULONG size;   /* (i) */
    UCHAR bytes[PO_SETTING_MAXIMUM];
};

struct po_registration {
    struct po_registration *prev, *next; /* (i) in order of registration */
    GUID setting;                        /* (c) */
    PPOWER_SETTING_CALLBACK callback;    /* (c) */
    PVOID context;                       /* (c) */
    bool wants;                          /* (i) to be told */
    void *running;                       /* (i) KTHREAD in the callback, or NULL */
    bool ended_inside;                   /* (i) taken back by its callback */
    bool ended;                          /* (i) taken back by another thread, which waits */
    KEVENT left;
};

static struct {
    struct po_value *values;               /* (i) */
    struct po_registration *registrations; /* (i) */
    bool working;                          /* (i) a worker is at it, or asked for */
    WORK_QUEUE_ITEM work;
} po_settings;

void po_setting_stop(void)
{
    RtlZeroMemory(&po_settings, sizeof(po_settings)); /* the entries are pool */
}

/* What holds on a machine with mains power, no lid and no battery until somebody sets it. */
static const struct {
    const GUID *setting;
    ULONG value;
} po_initial[] = {
    {&GUID_ACDC_POWER_SOURCE, 0 /* mains */},      {&GUID_MONITOR_POWER_ON, 1},
    {&GUID_CONSOLE_DISPLAY_STATE, 1 /* on */},     {&GUID_SYSTEM_AWAYMODE, 0},
    {&GUID_GLOBAL_USER_PRESENCE, 0 /* present */}, {&GUID_POWER_SAVING_STATUS, 0 /* not saving */},
};

static bool po_setting_equal(const GUID *left, const GUID *right)
{
    return memcmp(left, right, sizeof(*left)) == 0;
}

/* The value of now; 0: it has none. */
static ULONG po_setting_value_locked(const GUID *setting, void *bytes)
{
    const struct po_value *value = po_settings.values;

    while (value != NULL && !po_setting_equal(&value->setting, setting)) {
        value = value->next;
    }
    if (value != NULL) {
        memcpy(bytes, value->bytes, value->size);
        return value->size;
    }
    if (po_setting_equal(setting, &GUID_POWERSCHEME_PERSONALITY)) {
        memcpy(bytes, &GUID_TYPICAL_POWER_SAVINGS, sizeof(GUID));
        return sizeof(GUID);
    }
    for (size_t i = 0; i < sizeof(po_initial) / sizeof(po_initial[0]); i++) {
        if (po_setting_equal(setting, po_initial[i].setting)) {
            memcpy(bytes, &po_initial[i].value, sizeof(ULONG));
            return sizeof(ULONG);
        }
    }
    return 0;
}

/* ---- telling ---- */

/* The next one that has to be told, with its callback entered; NULL: the worker is done. */
static struct po_registration *po_setting_next(void *bytes, ULONG *size)
{
    struct po_registration *entry;

    io_lock();
    entry = po_settings.registrations;
    while (entry != NULL && !entry->wants) {
        entry = entry->next;
    }
    if (entry != NULL) {
        entry->wants = false;
        entry->running = ke_self->thread;
        *size = po_setting_value_locked(&entry->setting, bytes);
    } else {
        po_settings.working = false;
    }
    io_unlock();
    return entry;
}

static void po_setting_leave(struct po_registration *entry)
{
    bool inside;
    bool waited_for;

    io_lock();
    entry->running = NULL;
    inside = entry->ended_inside;
    waited_for = entry->ended;
    io_unlock();
    if (inside) {
        ex_pool_release(entry);
    } else if (waited_for) {
        KeSetEvent(&entry->left, IO_NO_INCREMENT, FALSE); /* who waits frees it */
    }
}

static VOID po_setting_work(PVOID context)
{
    _Alignas(16) UCHAR bytes[PO_SETTING_MAXIMUM];
    struct po_registration *entry;
    ULONG size = 0;

    UNREFERENCED_PARAMETER(context);
    while ((entry = po_setting_next(bytes, &size)) != NULL) {
        struct ke_callback frame;

        if (size != 0) {
            ke_call_enter(&frame, "PowerSetting", (const void *)entry->callback, entry);
            (void)entry->callback(&entry->setting, bytes, size, entry->context);
            ke_call_leave(&frame);
        }
        po_setting_leave(entry);
    }
}

/* true: the caller asks for the worker. */
static bool po_setting_mark_locked(struct po_registration *entry)
{
    bool start = !po_settings.working;

    entry->wants = true;
    po_settings.working = true;
    return start;
}

static struct po_value *po_setting_find_locked(const GUID *setting)
{
    struct po_value *value = po_settings.values;

    while (value != NULL && !po_setting_equal(&value->setting, setting)) {
        value = value->next;
    }
    return value;
}

bool po_setting_set(const GUID *setting, const void *value, ULONG size)
{
    struct po_value *fresh = NULL;
    struct po_value *kept;
    struct po_registration *entry;
    bool start = false;

    if (size != 0 && size <= PO_SETTING_MAXIMUM) {
        fresh = ex_pool_allocate(sizeof(*fresh), 'teSP', false, true, NULL);
    }
    if (fresh == NULL) {
        return false;
    }
    fresh->setting = *setting;
    io_lock();
    kept = po_setting_find_locked(setting);
    if (kept == NULL) {
        kept = fresh;
        fresh = NULL;
        LL_PREPEND(po_settings.values, kept);
    }
    memcpy(kept->bytes, value, size);
    kept->size = size;
    DL_FOREACH (po_settings.registrations, entry) {
        if (po_setting_equal(&entry->setting, setting)) {
            start |= po_setting_mark_locked(entry);
        }
    }
    io_unlock();
    ex_pool_release(fresh);
    if (start) {
        io_work_queue(&po_settings.work, po_setting_work, NULL);
    }
    return true;
}

/* ---- registering ---- */

NTSTATUS PoRegisterPowerSettingCallback(PDEVICE_OBJECT DeviceObject, LPCGUID SettingGuid,
                                        PPOWER_SETTING_CALLBACK Callback, PVOID Context,
                                        PVOID *Handle)
{
    struct po_registration *entry;
    bool start;

    if (!API(APC_LEVEL) || (DeviceObject != NULL && !io_device_check(DeviceObject, __func__))) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (SettingGuid == NULL || Callback == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    entry = ex_pool_allocate(sizeof(*entry), 'teSP', false, true, NULL);
    if (entry == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    entry->setting = *SettingGuid;
    entry->callback = Callback;
    entry->context = Context;
    KeInitializeEvent(&entry->left, NotificationEvent, FALSE);
    if (Handle != NULL) {
        *Handle = entry;
    }
    io_lock();
    DL_APPEND(po_settings.registrations, entry);
    start = po_setting_mark_locked(entry);
    io_unlock();
    if (start) {
        io_work_queue(&po_settings.work, po_setting_work, NULL);
    }
    return STATUS_SUCCESS;
}

/* NULL: it is no registration. *wait: its callback runs; *inside: and takes it back itself. */
static struct po_registration *po_setting_take(const void *handle, bool *wait, bool *inside)
{
    struct po_registration *entry;

    io_lock();
    entry = po_settings.registrations;
    while (entry != NULL && entry != handle) {
        entry = entry->next;
    }
    if (entry != NULL) {
        DL_DELETE(po_settings.registrations, entry);
        *inside = entry->running != NULL && entry->running == ke_self->thread;
        *wait = entry->running != NULL && !*inside;
        entry->ended_inside = *inside;
        entry->ended = *wait;
    }
    io_unlock();
    return entry;
}

NTSTATUS PoUnregisterPowerSettingCallback(PVOID Handle)
{
    struct po_registration *entry;
    bool wait = false;
    bool inside = false;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    entry = po_setting_take(Handle, &wait, &inside);
    if (entry == NULL) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)Handle, 0, 0, 0,
                     "PoUnregisterPowerSettingCallback of %p, which is no registration", Handle);
        return STATUS_INVALID_PARAMETER;
    }
    if (wait) {
        KeWaitForSingleObject(&entry->left, Executive, KernelMode, FALSE, NULL);
    }
    if (!inside) {
        ex_pool_release(entry);
    }
    return STATUS_SUCCESS;
}

/* etw_provider.c - providers of events. No trace session runs, so that a provider is known from its
 * registration to its end, is never enabled, and what it writes is checked and goes nowhere.
 * A handle is a number that is not given out twice in a machine.
 */
#include "nt/wmi/etw_provider.h"

#include <wdm.h>

#include <stdbool.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

/* Keys: (c) constant once registered, (l) etw_lock */
struct etw_provider {
    struct etw_provider *next, *prev; /* (l) */
    REGHANDLE handle;                 /* (c) */
    const void *creator;              /* (c) */
};

static struct base_lock etw_lock = {.rank = BASE_RANK_EX};
static struct etw_provider *etw_providers; /* (l) */
static REGHANDLE etw_last_handle;          /* (l) */

static void etw_stop(void)
{
    struct etw_provider *provider;
    struct etw_provider *next;

    DL_FOREACH_SAFE (etw_providers, provider, next) {
        DL_DELETE(etw_providers, provider);
        free(provider);
    }
    etw_last_handle = 0;
}

static struct etw_provider *etw_find_locked(REGHANDLE handle)
{
    struct etw_provider *provider = NULL;

    DL_SEARCH_SCALAR(etw_providers, provider, handle, handle);
    return provider;
}

/* 0 is what a driver has that could not register: it is refused without a word. */
static void etw_unknown(REGHANDLE handle, const char *api)
{
    if (handle != 0) {
        ke_violation(RULE_BadHandle, 0, handle, 0, 0, 0,
                     "%s with 0x%lX, which is no registered provider", api, handle);
    }
}

static bool etw_check(REGHANDLE handle, const char *api)
{
    bool found;

    base_lock_acquire(&etw_lock);
    found = etw_find_locked(handle) != NULL;
    base_lock_release(&etw_lock);
    if (!found) {
        etw_unknown(handle, api);
    }
    return found;
}

NTSTATUS EtwRegister(LPCGUID ProviderId, PETWENABLECALLBACK EnableCallback, PVOID CallbackContext,
                     PREGHANDLE RegHandle)
{
    const void *creator = KE_CALLER();
    struct etw_provider *provider;

    UNREFERENCED_PARAMETER(EnableCallback); /* no session that would enable it */
    UNREFERENCED_PARAMETER(CallbackContext);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ProviderId == NULL || RegHandle == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    provider = malloc(sizeof(*provider));
    if (provider == NULL) {
        return STATUS_NO_MEMORY;
    }
    provider->creator = creator;
    base_lock_acquire(&etw_lock);
    provider->handle = ++etw_last_handle;
    DL_APPEND(etw_providers, provider);
    *RegHandle = provider->handle;
    base_lock_release(&etw_lock);
    return STATUS_SUCCESS;
}

NTSTATUS EtwUnregister(REGHANDLE RegHandle)
{
    struct etw_provider *provider;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    base_lock_acquire(&etw_lock);
    provider = etw_find_locked(RegHandle);
    if (provider != NULL) {
        DL_DELETE(etw_providers, provider);
    }
    base_lock_release(&etw_lock);
    if (provider == NULL) {
        etw_unknown(RegHandle, __func__);
        return STATUS_INVALID_HANDLE;
    }
    free(provider);
    return STATUS_SUCCESS;
}

BOOLEAN EtwEventEnabled(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor)
{
    UNREFERENCED_PARAMETER(EventDescriptor);
    if (API_QUIET(HIGH_LEVEL)) {
        (void)etw_check(RegHandle, __func__);
    }
    return FALSE;
}

BOOLEAN EtwProviderEnabled(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword)
{
    UNREFERENCED_PARAMETER(Level);
    UNREFERENCED_PARAMETER(Keyword);
    if (API_QUIET(HIGH_LEVEL)) {
        (void)etw_check(RegHandle, __func__);
    }
    return FALSE;
}

/* ---- events ---- */

static NTSTATUS etw_write(REGHANDLE handle, bool described, ULONG count,
                          const EVENT_DATA_DESCRIPTOR *data, const char *api)
{
    if (!etw_check(handle, api)) {
        return STATUS_INVALID_HANDLE;
    }
    if (!described || count > MAX_EVENT_DATA_DESCRIPTORS || (count != 0 && data == NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTATUS EtwWrite(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, LPCGUID ActivityId,
                  ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    UNREFERENCED_PARAMETER(ActivityId);
    return API(HIGH_LEVEL)
               ? etw_write(RegHandle, EventDescriptor != NULL, UserDataCount, UserData, __func__)
               : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS EtwWriteEx(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, ULONG64 Filter,
                    ULONG Flags, LPCGUID ActivityId, LPCGUID RelatedActivityId, ULONG UserDataCount,
                    PEVENT_DATA_DESCRIPTOR UserData)
{
    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(ActivityId);
    UNREFERENCED_PARAMETER(RelatedActivityId);
    return API(HIGH_LEVEL)
               ? etw_write(RegHandle, EventDescriptor != NULL, UserDataCount, UserData, __func__)
               : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS EtwWriteTransfer(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor,
                          LPCGUID ActivityId, LPCGUID RelatedActivityId, ULONG UserDataCount,
                          PEVENT_DATA_DESCRIPTOR UserData)
{
    UNREFERENCED_PARAMETER(ActivityId);
    UNREFERENCED_PARAMETER(RelatedActivityId);
    return API(HIGH_LEVEL)
               ? etw_write(RegHandle, EventDescriptor != NULL, UserDataCount, UserData, __func__)
               : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS EtwWriteString(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword, LPCGUID ActivityId,
                        PCWSTR String)
{
    UNREFERENCED_PARAMETER(Level);
    UNREFERENCED_PARAMETER(Keyword);
    UNREFERENCED_PARAMETER(ActivityId);
    return API(HIGH_LEVEL) ? etw_write(RegHandle, String != NULL, 0, NULL, __func__)
                           : STATUS_INVALID_DEVICE_REQUEST;
}

const void *etw_provider_of_code(const void *start, size_t size)
{
    struct etw_provider *provider;
    const void *found = NULL;

    base_lock_acquire(&etw_lock);
    DL_FOREACH (etw_providers, provider) {
        if ((uintptr_t)provider->creator - (uintptr_t)start < size) {
            found = provider->creator;
            break;
        }
    }
    base_lock_release(&etw_lock);
    return found;
}

static struct ke_machine_part etw_part = {.order = 11, .stop = etw_stop};

__attribute__((constructor)) static void etw_register(void)
{
    ke_machine_register(&etw_part);
}

#pragma once
/* wmi.h - WMI: data blocks, methods and events that devices register, and requests for them.
 * Rules:
 * - a device registers by IoWMIRegistrationControl; what it offers is asked of it later, by a work item
 *   (IRP_MN_REGINFO_EX), and again when it says that it changed
 * - every request is an IRP_MJ_SYSTEM_CONTROL to the top of the device's stack, with the device in
 *   ProviderId; it is sent at PASSIVE_LEVEL, and deregistering waits for those under way
 * - a block's instances have static names: of the PDO, of a base name, or listed by the driver. Blocks
 *   without (dynamic names) are passed on by the name that the caller gives
 * - events are for those who listen to their GUID; they are handed over by a work item
 *
 * Unless something else is said: PASSIVE_LEVEL, and they block.
 */
#include <wdm.h>
#include <wmistr.h>

#include <stdbool.h>

/* Data in a WNODE begin at a multiple of 8. */
static inline ULONG wmi_aligned(ULONG size)
{
    return (size + 7u) & ~7u;
}

/* One instance of a block, for who enumerates. The text ends with the call. */
struct wmi_listed {
    GUID guid;
    ULONG flags;             /* WMIREG_FLAG_... of its registration */
    ULONG index;             /* among the block's instances */
    UNICODE_STRING instance; /* empty: the block has no instance now, or dynamic names */
    PDEVICE_OBJECT device;   /* that registered it; not referenced */
};
typedef void wmi_listed_routine(void *context, const struct wmi_listed *listed);
/* Data of an instance, or of an event. */
typedef void wmi_data_routine(void *context, PCUNICODE_STRING instance, const void *data,
                              ULONG size);

/* wmi_list: every instance of every block, in order of registration. */
void wmi_list(wmi_listed_routine *routine, void *context);

/* Which instance: name empty: the first one of the first device that has the block. */
struct wmi_which {
    const GUID *guid;
    UNICODE_STRING name;
};

/* wmi_query: data of one instance. *length is what there is; STATUS_BUFFER_TOO_SMALL if that is more
 * than size. STATUS_WMI_GUID_NOT_FOUND, STATUS_WMI_INSTANCE_NOT_FOUND, or what the driver says. */
NTSTATUS wmi_query(const struct wmi_which *which, void *data, ULONG size, ULONG *length);
/* wmi_query_all: of all instances of all devices that have the block, by IRP_MN_QUERY_ALL_DATA. */
NTSTATUS wmi_query_all(const GUID *guid, wmi_data_routine *routine, void *context);
/* wmi_set, wmi_set_item: all of an instance, or one item of it. */
NTSTATUS wmi_set(const struct wmi_which *which, const void *data, ULONG size);
NTSTATUS wmi_set_item(const struct wmi_which *which, ULONG item, const void *data, ULONG size);
/* wmi_execute: a method. *length is what it returns; as wmi_query. */
NTSTATUS wmi_execute(const struct wmi_which *which, ULONG method, const void *input,
                     ULONG input_size, void *output, ULONG output_size, ULONG *length);

/* wmi_listen: events of the GUID from now on; devices that have it are told (IRP_MN_ENABLE_EVENTS).
 * routine runs at PASSIVE_LEVEL in a system worker. wmi_unlisten waits for a routine that runs, and
 * must not be called inside. */
struct wmi_listener;
NTSTATUS wmi_listen(const GUID *guid, wmi_data_routine *routine, void *context,
                    struct wmi_listener **listener);
void wmi_unlisten(struct wmi_listener *listener);

/* What IoWMIRegistrationControl and WmiFireEvent do without the checks of an API, at or below
 * DISPATCH_LEVEL. wmi_register: STATUS_OBJECT_NAME_EXISTS if it is. wmi_update: what it registers has
 * changed; STATUS_INVALID_PARAMETER if it is not. wmi_fire: data are copied. */
NTSTATUS wmi_register(PDEVICE_OBJECT device);
NTSTATUS wmi_update(PDEVICE_OBJECT device);
NTSTATUS wmi_fire(PDEVICE_OBJECT device, const GUID *guid, ULONG index, ULONG size,
                  const void *data);

/* wmi_is_registered: the device is, and so may not be deleted. Any IRQL. */
bool wmi_is_registered(PDEVICE_OBJECT device);
/* wmi_stop: forget everything. */
void wmi_stop(void);

#pragma once
/* wmi.h - a management application's side of a machine: data blocks, methods and events that drivers
 * offer to WMI.
 * A block is named by its GUID as text, "{bba21300-6dd3-11d2-b844-00c04fad5171}" with or without braces;
 * an instance by its name, of which case does not count; NULL: the first one that there is. Names are
 * UTF-8. All functions wait; they are called from a task of the machine (wc_machine_call) at
 * PASSIVE_LEVEL. Status values are NTSTATUS as int32_t: >= 0 is success.
 */
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

/* One instance of a registered block. The strings end with the call. */
struct wc_wmi_instance {
    const char *guid;
    const char
        *name; /* "": the block has no instance now, or the driver names them with their data */
    uint32_t flags; /* WMIREG_FLAG_... that it is registered with */
};

/* wc_wmi_list: each instance of each block, in order of registration. */
WC_API int32_t wc_wmi_list(void (*each)(void *context, const struct wc_wmi_instance *instance),
                           void *context);

/* wc_wmi_query: the data of an instance. *length: their size, also if it is more than size, which is
 * STATUS_BUFFER_TOO_SMALL (0xC0000023). Without such a block or instance: STATUS_WMI_GUID_NOT_FOUND,
 * STATUS_WMI_INSTANCE_NOT_FOUND. */
WC_API int32_t wc_wmi_query(const char *guid, const char *instance, void *data, size_t size,
                            size_t *length);
/* wc_wmi_query_all: the data of every instance of the block, in one request to each device that has
 * it. */
typedef void wc_wmi_data(void *context, const char *instance, const void *data, size_t size);
WC_API int32_t wc_wmi_query_all(const char *guid, wc_wmi_data *each, void *context);
/* wc_wmi_set: all data of an instance. wc_wmi_set_item: one item, by its WmiDataId. */
WC_API int32_t wc_wmi_set(const char *guid, const char *instance, const void *data, size_t size);
WC_API int32_t wc_wmi_set_item(const char *guid, const char *instance, uint32_t item,
                               const void *data, size_t size);
/* wc_wmi_call: a method, by its WmiMethodId; *length: of what it returns, as wc_wmi_query. */
WC_API int32_t wc_wmi_call(const char *guid, const char *instance, uint32_t method,
                           const void *input, size_t input_size, void *output, size_t output_size,
                           size_t *length);

/* wc_wmi_listen: events of that GUID from now on, in order; drivers are told that somebody wants them.
 * on_event runs in a task of the machine at PASSIVE_LEVEL. wc_wmi_unlisten, not called in there, waits
 * for one that runs, and frees the listener; it is due before the machine ends. */
struct wc_wmi_listener;
WC_API int32_t wc_wmi_listen(const char *guid, wc_wmi_data *on_event, void *context,
                             struct wc_wmi_listener **listener);
WC_API void wc_wmi_unlisten(struct wc_wmi_listener *listener);

WC_END_DECLS

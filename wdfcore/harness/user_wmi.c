/* user_wmi.c - a management application's requests: from text to nt's WMI and back. */
#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_utf.h"
#include "nt/wmi/wmi.h"
#include "wdfcore/wmi.h"

#define USER_WMI_NAME_MAX 512u                         /* units of UTF-16 */
#define USER_WMI_TEXT_MAX (3u * USER_WMI_NAME_MAX + 1) /* the same as UTF-8 */
#define USER_WMI_GUID_MAX 39u                          /* with braces and the NUL */

struct wc_wmi_listener {
    struct wmi_listener *listener;
    wc_wmi_data *on_event;
    void *context;
};

/* Who gets the data of wc_wmi_query_all, or the list. */
struct user_wmi_each {
    wc_wmi_data *data;
    void (*instance)(void *context, const struct wc_wmi_instance *instance);
    void *context;
};

/* ---- text ---- */

static bool user_wmi_guid(const char *text, GUID *guid)
{
    WCHAR wide[USER_WMI_GUID_MAX];
    UNICODE_STRING string = {.Buffer = wide, .MaximumLength = sizeof(wide)};
    size_t length = text != NULL ? strlen(text) : 0;
    bool braces = length > 0 && text[0] == '{';
    size_t at = 0;

    if (length + (braces ? 0u : 2u) != USER_WMI_GUID_MAX - 1) {
        return false;
    }
    if (!braces) {
        wide[at++] = L'{';
    }
    for (size_t i = 0; i < length; i++) {
        wide[at++] = (unsigned char)text[i];
    }
    if (!braces) {
        wide[at++] = L'}';
    }
    string.Length = (USHORT)(at * sizeof(WCHAR));
    return NT_SUCCESS(RtlGUIDFromString(&string, guid));
}

/* name NULL: empty. false: too long. */
static bool user_wmi_name(const char *name, PUNICODE_STRING string)
{
    size_t length = name != NULL ? strlen(name) : 0;
    size_t units = 0;

    for (size_t at = 0; at < length;) {
        WCHAR pair[2];
        size_t used = 0;
        size_t count = rtl_utf16_put(rtl_utf8_next(name + at, length - at, &used), pair);

        if (units + count > USER_WMI_NAME_MAX) {
            return false;
        }
        memcpy(string->Buffer + units, pair, count * sizeof(WCHAR));
        units += count;
        at += used;
    }
    string->Length = (USHORT)(units * sizeof(WCHAR));
    return true;
}

static void user_wmi_text(PCUNICODE_STRING string, char *text)
{
    size_t length = string->Length / sizeof(WCHAR);
    size_t at = 0;

    for (size_t i = 0; i < length && i < USER_WMI_NAME_MAX;) {
        size_t used = 0;

        at += rtl_utf8_put(rtl_utf16_next(string->Buffer + i, length - i, &used), text + at);
        i += used;
    }
    text[at] = '\0';
}

static void user_wmi_guid_text(const GUID *guid, char *text)
{
    UNICODE_STRING string = {0};

    text[0] = '\0';
    if (NT_SUCCESS(RtlStringFromGUID(guid, &string))) {
        user_wmi_text(&string, text);
        RtlFreeUnicodeString(&string);
    }
    for (; *text != '\0'; text++) {
        *text = (char)(*text >= 'A' && *text <= 'F' ? *text - 'A' + 'a' : *text);
    }
}

/* A target from text, with its storage. */
struct user_wmi_target {
    struct wmi_which which;
    GUID guid;
    WCHAR name[USER_WMI_NAME_MAX];
};

static NTSTATUS user_wmi_target(const char *guid, const char *instance,
                                struct user_wmi_target *target)
{
    target->which =
        (struct wmi_which){.guid = &target->guid,
                           .name = {.Buffer = target->name, .MaximumLength = sizeof(target->name)}};
    if (!user_wmi_guid(guid, &target->guid) || !user_wmi_name(instance, &target->which.name)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* ---- requests ---- */

int32_t wc_wmi_query(const char *guid, const char *instance, void *data, size_t size,
                     size_t *length)
{
    struct user_wmi_target target;
    ULONG used = 0;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || size > UINT32_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    status = user_wmi_target(guid, instance, &target);
    if (NT_SUCCESS(status)) {
        status = wmi_query(&target.which, data, (ULONG)size, &used);
    }
    if (length != NULL) {
        *length = used;
    }
    return status;
}

int32_t wc_wmi_set(const char *guid, const char *instance, const void *data, size_t size)
{
    struct user_wmi_target target;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || size > UINT32_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    status = user_wmi_target(guid, instance, &target);
    return NT_SUCCESS(status) ? wmi_set(&target.which, data, (ULONG)size) : status;
}

int32_t wc_wmi_set_item(const char *guid, const char *instance, uint32_t item, const void *data,
                        size_t size)
{
    struct user_wmi_target target;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || size > UINT32_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    status = user_wmi_target(guid, instance, &target);
    return NT_SUCCESS(status) ? wmi_set_item(&target.which, item, data, (ULONG)size) : status;
}

int32_t wc_wmi_call(const char *guid, const char *instance, uint32_t method, const void *input,
                    size_t input_size, void *output, size_t output_size, size_t *length)
{
    struct user_wmi_target target;
    ULONG used = 0;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || input_size > UINT32_MAX || output_size > UINT32_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    status = user_wmi_target(guid, instance, &target);
    if (NT_SUCCESS(status)) {
        status = wmi_execute(&target.which, method, input, (ULONG)input_size, output,
                             (ULONG)output_size, &used);
    }
    if (length != NULL) {
        *length = used;
    }
    return status;
}

static void user_wmi_tell(void *context, PCUNICODE_STRING instance, const void *data, ULONG size)
{
    const struct user_wmi_each *each = context;
    char name[USER_WMI_TEXT_MAX];

    user_wmi_text(instance, name);
    each->data(each->context, name, data, size);
}

int32_t wc_wmi_query_all(const char *guid, wc_wmi_data *each, void *context)
{
    struct user_wmi_each tell = {.data = each, .context = context};
    GUID which;

    if (!API(PASSIVE_LEVEL) || !user_wmi_guid(guid, &which)) {
        return STATUS_INVALID_PARAMETER;
    }
    return wmi_query_all(&which, user_wmi_tell, &tell);
}

static void user_wmi_listed(void *context, const struct wmi_listed *listed)
{
    const struct user_wmi_each *each = context;
    struct wc_wmi_instance instance = {.flags = listed->flags};
    char guid[USER_WMI_GUID_MAX];
    char name[USER_WMI_TEXT_MAX];

    user_wmi_guid_text(&listed->guid, guid);
    user_wmi_text(&listed->instance, name);
    instance.guid = guid;
    instance.name = name;
    each->instance(each->context, &instance);
}

int32_t wc_wmi_list(void (*each)(void *context, const struct wc_wmi_instance *instance),
                    void *context)
{
    struct user_wmi_each tell = {.instance = each, .context = context};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    wmi_list(user_wmi_listed, &tell);
    return STATUS_SUCCESS;
}

/* ---- events ---- */

static void user_wmi_event(void *context, PCUNICODE_STRING instance, const void *data, ULONG size)
{
    const struct wc_wmi_listener *listener = context;
    char name[USER_WMI_TEXT_MAX];

    user_wmi_text(instance, name);
    listener->on_event(listener->context, name, data, size);
}

int32_t wc_wmi_listen(const char *guid, wc_wmi_data *on_event, void *context,
                      struct wc_wmi_listener **out)
{
    struct wc_wmi_listener *listener;
    GUID which;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || !user_wmi_guid(guid, &which)) {
        return STATUS_INVALID_PARAMETER;
    }
    listener = ex_pool_allocate(sizeof(*listener), 'imWM', false, true, NULL);
    if (listener == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    listener->on_event = on_event;
    listener->context = context;
    status = wmi_listen(&which, user_wmi_event, listener, &listener->listener);
    if (!NT_SUCCESS(status)) {
        ex_pool_release(listener);
        return status;
    }
    *out = listener;
    return STATUS_SUCCESS;
}

void wc_wmi_unlisten(struct wc_wmi_listener *listener)
{
    if (API(PASSIVE_LEVEL)) {
        wmi_unlisten(listener->listener);
        ex_pool_release(listener);
    }
}

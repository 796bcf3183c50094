/* wpp_types.c - the conversions %!NAME! of trace messages: those that every driver has, and those that
 * a driver declares.
 *   Source   what-are-the-wpp-extended-format-specification-strings-
 */
#include <stdio.h>
#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/rtl/rtl_status.h"
#include "nt/wpp/wpp_message.h"

#define HRESULT_FROM_NT_BIT 0x10000000u

typedef void wpp_put(struct dbg_output *output, va_list *arguments);

__attribute__((format(printf, 2, 3))) static void wpp_print(struct dbg_output *output,
                                                            const char *format, ...)
{
    char text[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    dbg_put(output, text);
}

static const struct wpp_message *wpp_message_of(const struct dbg_output *output)
{
    return output->context;
}

/* ---- codes ---- */

static void put_code(struct dbg_output *output, unsigned value, const char *name)
{
    wpp_print(output, "0x%08x", value);
    if (name != NULL) {
        wpp_print(output, "(%s)", name);
    }
}

static void put_status(struct dbg_output *output, va_list *arguments)
{
    NTSTATUS status = va_arg(*arguments, NTSTATUS);

    put_code(output, (unsigned)status, rtl_status_name(status));
}

static void put_hresult(struct dbg_output *output, va_list *arguments)
{
    unsigned value = va_arg(*arguments, unsigned);
    const char *name = value == 0 ? "S_OK" : NULL;

    if ((value & HRESULT_FROM_NT_BIT) != 0) {
        name = rtl_status_name((NTSTATUS)(value & ~HRESULT_FROM_NT_BIT));
    }
    put_code(output, value, name);
}

static void put_winerror(struct dbg_output *output, va_list *arguments)
{
    put_code(output, va_arg(*arguments, unsigned), NULL);
}

static void put_guid(struct dbg_output *output, va_list *arguments)
{
    const GUID *guid = va_arg(*arguments, const GUID *);

    if (guid == NULL) {
        dbg_put(output, "(null)");
        return;
    }
    wpp_print(output, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", (unsigned)guid->Data1,
              guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2],
              guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
}

/* ---- names by value ---- */

/* The item of that number in a list "A,B,C"; without one the number. */
static void put_item(struct dbg_output *output, const char *items, int value)
{
    const char *item = items;

    for (int i = 0; i < value && item != NULL; i++) {
        item = strchr(item, ',');
        item = item != NULL ? item + 1 : NULL;
    }
    if (value < 0 || item == NULL) {
        wpp_print(output, "%d", value);
    } else {
        wpp_print(output, "%.*s", (int)strcspn(item, ","), item);
    }
}

static void put_set(struct dbg_output *output, const char *items, unsigned value)
{
    const char *separator = "";

    dbg_put(output, "[");
    for (const char *item = items; item != NULL && *item != '\0'; value >>= 1) {
        const char *next = strchr(item, ',');

        if (value & 1) {
            wpp_print(output, "%s%.*s", separator, (int)strcspn(item, ","), item);
            separator = "|";
        }
        item = next != NULL ? next + 1 : NULL;
    }
    if (value != 0) {
        dbg_put(output, "?"); /* bits without a name */
    }
    dbg_put(output, "]");
}

static void put_bool(struct dbg_output *output, va_list *arguments)
{
    dbg_put(output, va_arg(*arguments, int) != 0 ? "TRUE" : "FALSE");
}

static void put_bool8(struct dbg_output *output, va_list *arguments)
{
    dbg_put(output, (va_arg(*arguments, int) & 0xFF) != 0 ? "TRUE" : "FALSE");
}

static void put_irql(struct dbg_output *output, va_list *arguments)
{
    put_item(output, "Low,APC,DPC", va_arg(*arguments, int) & 0xFF);
}

/* ---- times, addresses ---- */

static void put_timestamp(struct dbg_output *output, va_list *arguments)
{
    LARGE_INTEGER time = {.QuadPart = va_arg(*arguments, LONGLONG)};
    TIME_FIELDS fields;

    RtlTimeToTimeFields(&time, &fields);
    wpp_print(output, "%02d/%02d/%04d-%02d:%02d:%02d.%03d", fields.Month, fields.Day, fields.Year,
              fields.Hour, fields.Minute, fields.Second, fields.Milliseconds);
}

/* An interval in units of 100 ns, as hours, minutes and seconds. */
static void put_interval(struct dbg_output *output, va_list *arguments)
{
    LONGLONG value = va_arg(*arguments, LONGLONG);
    ULONGLONG units = value < 0 ? -(ULONGLONG)value : (ULONGLONG)value;

    wpp_print(output, "%s%02llu:%02llu:%02llu.%07llu", value < 0 ? "-" : "",
              (unsigned long long)(units / 36000000000ull),
              (unsigned long long)(units / 600000000ull % 60),
              (unsigned long long)(units / 10000000ull % 60),
              (unsigned long long)(units % 10000000ull));
}

/* Both in network order, as they lie in memory. */
static void put_address(struct dbg_output *output, va_list *arguments)
{
    unsigned value = va_arg(*arguments, unsigned);

    wpp_print(output, "%u.%u.%u.%u", value & 0xFF, value >> 8 & 0xFF, value >> 16 & 0xFF,
              value >> 24);
}

static void put_port(struct dbg_output *output, va_list *arguments)
{
    unsigned value = va_arg(*arguments, unsigned);

    wpp_print(output, "%u", (value & 0xFF) << 8 | (value >> 8 & 0xFF));
}

/* ---- what the message knows itself ---- */

static void put_function(struct dbg_output *output, va_list *arguments)
{
    dbg_put(output, wpp_message_of(output)->site->function);
}

static void put_file(struct dbg_output *output, va_list *arguments)
{
    const char *file = wpp_message_of(output)->site->file;
    const char *slash = strrchr(file, '/');

    dbg_put(output, slash != NULL ? slash + 1 : file);
}

static void put_line(struct dbg_output *output, va_list *arguments)
{
    wpp_print(output, "%u", (unsigned)wpp_message_of(output)->site->line);
}

static void put_level(struct dbg_output *output, va_list *arguments)
{
    dbg_put(output, wpp_message_of(output)->site->level);
}

static void put_flags(struct dbg_output *output, va_list *arguments)
{
    dbg_put(output, wpp_message_of(output)->site->flags);
}

static void put_module(struct dbg_output *output, va_list *arguments)
{
    dbg_put(output, wpp_message_of(output)->driver);
}

/* Processor, time of the machine in seconds, driver. */
static void put_standard_prefix(struct dbg_output *output, va_list *arguments)
{
    uint64_t now = ke_clock_now_100ns();

    wpp_print(output, "[%u]%llu.%07llu [%s]", (unsigned)KeGetCurrentProcessorNumberEx(NULL),
              (unsigned long long)(now / 10000000), (unsigned long long)(now % 10000000),
              wpp_message_of(output)->driver);
}

/* ---- texts that have a name, too ---- */

static void put_format(struct dbg_output *output, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    dbg_format(output, format, arguments);
    va_end(arguments);
}

static void put_narrow_text(struct dbg_output *output, va_list *arguments)
{
    put_format(output, "%hs", va_arg(*arguments, const char *));
}

static void put_wide_text(struct dbg_output *output, va_list *arguments)
{
    put_format(output, "%ws", va_arg(*arguments, const WCHAR *));
}

static void put_counted_narrow(struct dbg_output *output, va_list *arguments)
{
    put_format(output, "%Z", va_arg(*arguments, const ANSI_STRING *));
}

static void put_counted_wide(struct dbg_output *output, va_list *arguments)
{
    put_format(output, "%wZ", va_arg(*arguments, const UNICODE_STRING *));
}

/* ---- by name ---- */

static const struct {
    const char *name;
    wpp_put *put;
} wpp_names[] = {
    {"ANSTR", put_counted_narrow},
    {"ASTR", put_narrow_text},
    {"BOOLEAN", put_bool8},
    {"CLSID", put_guid},
    {"COMPNAME", put_module},
    {"DATE", put_timestamp},
    {"DUE", put_interval},
    {"FILE", put_file},
    {"FLAGS", put_flags},
    {"FUNC", put_function},
    {"GUID", put_guid},
    {"HRESULT", put_hresult},
    {"IID", put_guid},
    {"LEVEL", put_level},
    {"LIBID", put_guid},
    {"LINE", put_line},
    {"MOD", put_module},
    {"NTSTATUS", put_status},
    {"STATUS", put_status},
    {"STDPREFIX", put_standard_prefix},
    {"TIME", put_timestamp},
    {"TIMESTAMP", put_timestamp},
    {"USTR", put_counted_wide},
    {"WAITTIME", put_interval},
    {"WINERROR", put_winerror},
    {"WSTR", put_wide_text},
    {"bool", put_bool},
    {"bool8", put_bool8},
    {"boolean", put_bool8},
    {"delta", put_interval},
    {"guid", put_guid},
    {"hresult", put_hresult},
    {"ipaddr", put_address},
    {"irql", put_irql},
    {"port", put_port},
    {"status", put_status},
    {"winerror", put_winerror},
};

/* The structure of the documentation's example, by value; its type is the driver's own. */
struct wpp_block {
    const unsigned char *bytes;
    short length;
};

static void put_hexdump(struct dbg_output *output, va_list *arguments)
{
    struct wpp_block block = va_arg(*arguments, struct wpp_block);

    for (short i = 0; i < block.length && block.bytes != NULL; i++) {
        wpp_print(output, i == 0 ? "%02x" : " %02x", block.bytes[i]);
    }
}

static bool put_own(struct dbg_output *output, const struct wdfcore_wpp_type *type,
                    va_list *arguments)
{
    switch (type->kind) {
    case WDFCORE_WPP_LIST:
        put_item(output, type->items, va_arg(*arguments, int));
        return true;
    case WDFCORE_WPP_SET:
        put_set(output, type->items, va_arg(*arguments, unsigned));
        return true;
    case WDFCORE_WPP_HEXDUMP:
        put_hexdump(output, arguments);
        return true;
    case WDFCORE_WPP_NUMBER:
    default:
        wpp_print(output, "%d", va_arg(*arguments, int));
        return true;
    }
}

bool wpp_put_named(struct dbg_output *output, const char *name, size_t length, va_list *arguments)
{
    for (const struct wdfcore_wpp_type *type = wpp_message_of(output)->site->types;
         type->name != NULL; type++) {
        if (strlen(type->name) == length && strncmp(type->name, name, length) == 0) {
            return put_own(output, type, arguments);
        }
    }
    for (size_t i = 0; i < sizeof(wpp_names) / sizeof(wpp_names[0]); i++) {
        if (strlen(wpp_names[i].name) == length && strncmp(wpp_names[i].name, name, length) == 0) {
            wpp_names[i].put(output, arguments);
            return true;
        }
    }
    return false;
}

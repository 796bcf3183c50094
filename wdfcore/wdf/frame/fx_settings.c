#include "wdf/frame/fx_settings.h"

#include "nt/cm/cm_value.h"
#include "nt/rtl/string/rtl_string.h"
#include "wdf/frame/fx_text.h"
#include "wdf/object/fx_type.h"

void fx_settings_default(struct fx_settings *settings)
{
    *settings = (struct fx_settings){
        .verify = true,
        .allocations = FX_SETTINGS_OFF,
        .leak_limit = FX_SETTINGS_OFF,
        .leak_types = 1ull << FX_TYPE_REQUEST | 1ull << FX_TYPE_WORKITEM | 1ull << FX_TYPE_KEY |
                      1ull << FX_TYPE_STRING | 1ull << FX_TYPE_OBJECT | 1ull << FX_TYPE_DEVICE,
        .tag_types = UINT64_MAX,
        .wait_s = 60,
    };
}

/* A REG_DWORD; missing or of another type: the default. */
static ULONG fx_settings_number(struct cm_key *key, const WCHAR *text, ULONG otherwise)
{
    UNICODE_STRING name = {0};
    struct cm_data data = {0};
    ULONG value = otherwise;

    rtl_string_init(&name, text);
    if (NT_SUCCESS(cm_value_get(key, &name, &data)) && data.type == REG_DWORD &&
        data.size == sizeof(value)) {
        RtlCopyMemory(&value, data.bytes, sizeof(value));
    }
    cm_data_free(&data);
    return value;
}

static uint64_t fx_settings_type(const WCHAR *text)
{
    UNICODE_STRING name = {0};
    char narrow[32];

    rtl_string_init(&name, text);
    fx_text_narrow(&name, narrow, sizeof(narrow));
    for (int type = FX_TYPE_NONE + 1; type < FX_TYPE_COUNT; type++) {
        if (_stricmp(narrow, fx_type_name((enum fx_type_number)type)) == 0) {
            return 1ull << type;
        }
    }
    return 0;
}

/* Strings that each end in 0, and another 0. */
static bool fx_settings_is_list(const struct cm_data *data)
{
    const WCHAR *text = data->bytes;
    size_t count = data->size / sizeof(WCHAR);

    return data->type == REG_MULTI_SZ && data->size % sizeof(WCHAR) == 0 && count > 2 &&
           text[0] != 0 && text[count - 1] == 0 && text[count - 2] == 0;
}

/* Names of handle types, or one that begins with a star for all; what is no such list is as if it was
 * not there. */
static void fx_settings_types(struct cm_key *key, const WCHAR *value, uint64_t *types)
{
    UNICODE_STRING name = {0};
    struct cm_data data = {0};

    rtl_string_init(&name, value);
    if (NT_SUCCESS(cm_value_get(key, &name, &data)) && fx_settings_is_list(&data)) {
        const WCHAR *text = data.bytes;

        *types = *text == L'*' ? UINT64_MAX : 0;
        while (*text != 0) {
            *types |= fx_settings_type(text);
            text += rtl_wide_length(text) + 1;
        }
    }
    cm_data_free(&data);
}

void fx_settings_read(struct fx_settings *settings, PCUNICODE_STRING service)
{
    struct cm_key *driver = NULL;
    struct cm_key *key = NULL;
    ULONG verifier = 1; /* the product behaves as under the verifier */
    NTSTATUS status = cm_key_open(NULL, service, &driver);

    fx_settings_default(settings);
    if (!NT_SUCCESS(status)) {
        return;
    }
    status = cm_key_of_text(driver, "Parameters\\Wdf", &key);
    cm_key_deref(driver);
    if (!NT_SUCCESS(status)) {
        return;
    }
    verifier = fx_settings_number(key, L"VerifierOn", verifier);
    settings->verify = fx_settings_number(key, L"VerifyOn", verifier) != 0;
    settings->goes_on = fx_settings_number(key, L"DbgBreakOnError", verifier) == 0;
    if (verifier != 0) {
        settings->allocations =
            fx_settings_number(key, L"VerifierAllocateFailCount", FX_SETTINGS_OFF);
        settings->leak_limit =
            fx_settings_number(key, L"ObjectLeakDetectionLimit", FX_SETTINGS_OFF);
        if (settings->leak_limit == 0) { /* no count reaches it */
            settings->leak_limit = FX_SETTINGS_OFF;
        }
        fx_settings_types(key, L"ObjectsForLeakDetection", &settings->leak_types);
        fx_settings_types(key, L"TrackHandles", &settings->tag_types);
    }
    if (!settings->goes_on) {
        settings->wait_s =
            fx_settings_number(key, L"DbgWaitForSignalTimeoutInSec", settings->wait_s);
    }
    settings->enhanced = fx_settings_number(key, L"EnhancedVerifierOptions", 0);
    cm_key_deref(key);
}

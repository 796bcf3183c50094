/* rtl_registry.c - registry values by path. */
#include "nt/rtl/rtl_registry.h"

#include "nt/cm/cm_registration.h"
#include "nt/cm/cm_open.h"
#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"

#define RTL_REGISTRY_PATH_MAX 1024 /* characters */

static const WCHAR *const rtl_registry_roots[] = {
    [RTL_REGISTRY_SERVICES] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
    [RTL_REGISTRY_CONTROL] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
    [RTL_REGISTRY_WINDOWS_NT] =
        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
    [RTL_REGISTRY_DEVICEMAP] = L"\\Registry\\Machine\\Hardware\\DeviceMap",
    [RTL_REGISTRY_USER] = L"\\Registry\\User\\.Default",
};

/* The key to start from; NULL: the path is absolute. */
static NTSTATUS rtl_registry_root(ULONG relative_to, struct cm_key **root)
{
    UNICODE_STRING name = {0};
    ULONG place = relative_to & ~(ULONG)RTL_REGISTRY_OPTIONAL;

    *root = NULL;
    if (place == RTL_REGISTRY_ABSOLUTE) {
        return STATUS_SUCCESS;
    }
    if (place >= sizeof(rtl_registry_roots) / sizeof(rtl_registry_roots[0])) {
        return STATUS_INVALID_PARAMETER;
    }
    rtl_string_init(&name, rtl_registry_roots[place]);
    return cm_key_open(NULL, &name, root);
}

NTSTATUS rtl_registry_key(ULONG relative_to, PCWSTR path, bool create, struct cm_key **key)
{
    UNICODE_STRING name = {0};
    struct cm_key *root = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if ((relative_to & RTL_REGISTRY_HANDLE) != 0) { /* the path is a handle */
        return cm_open_key((HANDLE)(ULONG_PTR)path, 0, key);
    }
    status = rtl_registry_root(relative_to, &root);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    rtl_string_init(&name, path);
    if (root != NULL && name.Length != 0 && name.Buffer[0] == L'\\') {
        name.Buffer++;
        name.Length = (USHORT)(name.Length - sizeof(WCHAR));
    }
    status = create ? cm_key_create(root, &name, CM_CREATE_ALL, key, NULL)
                    : cm_key_open(root, &name, key);
    if (root != NULL) {
        cm_key_deref(root);
    }
    return status;
}

/* ---- told of ---- */

/* Where a registry callback hears of it, a routine that makes a key or changes a value does so by handles, as
 * on Windows: the key is opened or made, the value changed, the handle closed.
 */
struct rtl_registry_handle {
    HANDLE handle;
    bool is_callers;
};

static NTSTATUS rtl_registry_handle_open(ULONG relative_to, PCWSTR path, bool create,
                                         struct rtl_registry_handle *opened)
{
    static const enum cm_create all = CM_CREATE_ALL;
    ULONG place = relative_to & ~(ULONG)(RTL_REGISTRY_OPTIONAL | RTL_REGISTRY_HANDLE);
    DECLARE_UNICODE_STRING_SIZE(name, RTL_REGISTRY_PATH_MAX);
    UNICODE_STRING rest = {0};

    opened->is_callers = (relative_to & RTL_REGISTRY_HANDLE) != 0;
    if (opened->is_callers) {
        opened->handle = (HANDLE)(ULONG_PTR)path;
        return STATUS_SUCCESS;
    }
    if (place >= sizeof(rtl_registry_roots) / sizeof(rtl_registry_roots[0])) {
        return STATUS_INVALID_PARAMETER;
    }
    rtl_string_init(&rest, path);
    if (place != RTL_REGISTRY_ABSOLUTE &&
        (!rtl_string_append(&name, rtl_registry_roots[place],
                            rtl_wide_length(rtl_registry_roots[place]) * sizeof(WCHAR)) ||
         (rest.Length != 0 && rest.Buffer[0] != L'\\' &&
          !rtl_string_append(&name, L"\\", sizeof(WCHAR))))) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    if (!rtl_string_append(&name, rest.Buffer, rest.Length)) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    return cm_open_path(NULL, &name, create ? &all : NULL, create ? KEY_ALL_ACCESS : KEY_READ,
                        OBJ_KERNEL_HANDLE, &opened->handle, NULL);
}

static void rtl_registry_handle_close(const struct rtl_registry_handle *opened)
{
    if (!opened->is_callers) {
        ZwClose(opened->handle);
    }
}

static NTSTATUS rtl_registry_told_key(ULONG relative_to, PCWSTR path, bool create)
{
    struct rtl_registry_handle opened;
    NTSTATUS status = rtl_registry_handle_open(relative_to, path, create, &opened);

    if (NT_SUCCESS(status)) {
        rtl_registry_handle_close(&opened);
    }
    return status;
}

static NTSTATUS rtl_registry_told_write(ULONG relative_to, PCWSTR path, PUNICODE_STRING name,
                                        ULONG type, PVOID data, ULONG size)
{
    struct rtl_registry_handle opened;
    NTSTATUS status = rtl_registry_handle_open(relative_to, path, true, &opened);

    if (NT_SUCCESS(status)) {
        status = ZwSetValueKey(opened.handle, name, 0, type, data, size);
        rtl_registry_handle_close(&opened);
    }
    return status;
}

static NTSTATUS rtl_registry_told_delete(ULONG relative_to, PCWSTR path, PUNICODE_STRING name)
{
    struct rtl_registry_handle opened;
    NTSTATUS status = rtl_registry_handle_open(relative_to, path, false, &opened);

    if (NT_SUCCESS(status)) {
        status = ZwDeleteValueKey(opened.handle, name);
        rtl_registry_handle_close(&opened);
    }
    return status;
}

/* ---- API ---- */

NTSTATUS RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (cm_registration_any()) {
        return rtl_registry_told_key(RelativeTo, Path, false);
    }
    status = rtl_registry_key(RelativeTo, Path, false, &key);
    if (NT_SUCCESS(status)) {
        cm_key_deref(key);
    }
    return status;
}

NTSTATUS RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (cm_registration_any()) {
        return rtl_registry_told_key(RelativeTo, Path, true);
    }
    status = rtl_registry_key(RelativeTo, Path, true, &key);
    if (NT_SUCCESS(status)) {
        cm_key_deref(key);
    }
    return status;
}

/* A key that is not there is made. */
NTSTATUS RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName, ULONG ValueType,
                               PVOID ValueData, ULONG ValueLength)
{
    UNICODE_STRING name = {0};
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ValueData == NULL && ValueLength != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    rtl_string_init(&name, ValueName);
    if (cm_registration_any()) {
        return rtl_registry_told_write(RelativeTo, Path, &name, ValueType, ValueData, ValueLength);
    }
    status = rtl_registry_key(RelativeTo, Path, true, &key);
    if (NT_SUCCESS(status)) {
        status = cm_value_set(key, &name, ValueType, ValueData, ValueLength);
        cm_key_deref(key);
    }
    return status;
}

NTSTATUS RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
    UNICODE_STRING name = {0};
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    rtl_string_init(&name, ValueName);
    if (cm_registration_any()) {
        return rtl_registry_told_delete(RelativeTo, Path, &name);
    }
    status = rtl_registry_key(RelativeTo, Path, false, &key);
    if (NT_SUCCESS(status)) {
        status = cm_value_delete(key, &name);
        cm_key_deref(key);
    }
    return status;
}

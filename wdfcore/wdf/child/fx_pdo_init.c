/* fx_pdo_init.c - the init of a PDO: WdfPdoInitAllocate and the setters. */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_text.h"
#include "wdf/object/fx_pool.h"

#define FX_IDS_MAX (UINT16_MAX / sizeof(WCHAR)) /* characters of all IDs of a kind */

struct fx_pdo *fx_pdo_create(struct fx_device *parent)
{
    struct fx_pdo *pdo = fx_allocate(sizeof(*pdo));

    if (pdo != NULL) {
        pdo->parent = parent;
        pdo->events.Size = sizeof(pdo->events);
    }
    return pdo;
}

void fx_pdo_free(struct fx_pdo *pdo)
{
    if (pdo == NULL) {
        return;
    }
    fx_text_free(&pdo->device_id);
    fx_text_free(&pdo->instance_id);
    fx_text_free(&pdo->container_id);
    fx_free(pdo->hardware_ids.text);
    fx_free(pdo->compatible_ids.text);
    while (pdo->texts != NULL) {
        struct fx_pdo_text *text = pdo->texts;

        pdo->texts = text->next;
        fx_text_free(&text->description);
        fx_text_free(&text->location);
        fx_free(text);
    }
    fx_free(pdo);
}

struct WDFDEVICE_INIT *fx_pdo_init_allocate(struct fx_device *parent, bool ours)
{
    struct WDFDEVICE_INIT *init = fx_allocate(sizeof(*init));
    struct fx_pdo *pdo = init != NULL ? fx_pdo_create(parent) : NULL;

    if (pdo == NULL) {
        fx_free(init);
        return NULL;
    }
    fx_device_init_start(init, parent->driver, FX_DEVICE_PDO, NULL);
    init->ours = ours;
    init->pdo = pdo;
    return init;
}

PWDFDEVICE_INIT WdfPdoInitAllocate(WDFDEVICE ParentDevice)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL) || (device = fx_handle_get(ParentDevice, FX_TYPE_DEVICE)) == NULL) {
        return NULL;
    }
    /* spec: INI-14 */
    return device->kind == FX_DEVICE_FDO ? fx_pdo_init_allocate(device, false) : NULL;
}

/* fx_pdo_init: the PDO that an init describes; NULL: the init is dead (reported), or of another kind
 * of device: *status says which. spec: INI-08 */
static struct fx_pdo *fx_pdo_init(const struct WDFDEVICE_INIT *init, const char *api,
                                  NTSTATUS *status)
{
    if (!fx_device_init_live(init, api)) {
        *status = STATUS_INVALID_PARAMETER;
        return NULL;
    }
    *status = STATUS_INVALID_DEVICE_REQUEST;
    return init->pdo;
}

/* fx_pdo_init_void: the same for setters that return nothing. */
static struct fx_pdo *fx_pdo_init_void(const struct WDFDEVICE_INIT *init, const char *api)
{
    if (!fx_device_init_live(init, api)) {
        return NULL;
    }
    if (init->pdo == NULL) {
        fx_init_misuse("%s was called for a device that is no PDO", api);
    }
    return init->pdo;
}

/* fx_pdo_assign: a copy of text takes the place of what was there. */
static NTSTATUS fx_pdo_assign(UNICODE_STRING *place, PCUNICODE_STRING text)
{
    UNICODE_STRING copy = {0};
    NTSTATUS status = fx_text_copy(text, &copy);

    if (NT_SUCCESS(status)) {
        fx_text_free(place);
        *place = copy;
    }
    return status;
}

static NTSTATUS fx_pdo_append(struct fx_pdo_ids *ids, PCUNICODE_STRING id)
{
    NTSTATUS status = fx_text_check(id);
    size_t old = ids->text != NULL ? ids->size - sizeof(WCHAR) : 0;
    size_t size;
    WCHAR *text;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    size = old + id->Length + 2 * sizeof(WCHAR);
    if (id->Length == 0 || size / sizeof(WCHAR) > FX_IDS_MAX) {
        return STATUS_INVALID_PARAMETER; /* an empty string would end the list */
    }
    text = fx_allocate(size);
    if (text == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (old > 0) {
        memcpy(text, ids->text, old);
    }
    memcpy((char *)text + old, id->Buffer, id->Length);
    fx_free(ids->text);
    ids->text = text;
    ids->size = size;
    return STATUS_SUCCESS;
}

NTSTATUS WdfPdoInitAssignDeviceID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceID)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_pdo *pdo;

    if (!API(PASSIVE_LEVEL) || (pdo = fx_pdo_init(DeviceInit, __func__, &status)) == NULL) {
        return status;
    }
    return fx_required(DeviceID) ? fx_pdo_assign(&pdo->device_id, DeviceID)
                                 : STATUS_INVALID_PARAMETER;
}

NTSTATUS WdfPdoInitAssignInstanceID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING InstanceID)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_pdo *pdo;

    if (!API(PASSIVE_LEVEL) || (pdo = fx_pdo_init(DeviceInit, __func__, &status)) == NULL) {
        return status;
    }
    return fx_required(InstanceID) ? fx_pdo_assign(&pdo->instance_id, InstanceID)
                                   : STATUS_INVALID_PARAMETER;
}

NTSTATUS WdfPdoInitAssignContainerID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING ContainerID)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_pdo *pdo;

    if (!API(PASSIVE_LEVEL) || (pdo = fx_pdo_init(DeviceInit, __func__, &status)) == NULL) {
        return status;
    }
    return fx_required(ContainerID) ? fx_pdo_assign(&pdo->container_id, ContainerID)
                                    : STATUS_INVALID_PARAMETER;
}

NTSTATUS WdfPdoInitAddHardwareID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING HardwareID)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_pdo *pdo;

    if (!API(PASSIVE_LEVEL) || (pdo = fx_pdo_init(DeviceInit, __func__, &status)) == NULL) {
        return status;
    }
    return fx_required(HardwareID) ? fx_pdo_append(&pdo->hardware_ids, HardwareID)
                                   : STATUS_INVALID_PARAMETER;
}

NTSTATUS WdfPdoInitAddCompatibleID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING CompatibleID)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_pdo *pdo;

    if (!API(PASSIVE_LEVEL) || (pdo = fx_pdo_init(DeviceInit, __func__, &status)) == NULL) {
        return status;
    }
    return fx_required(CompatibleID) ? fx_pdo_append(&pdo->compatible_ids, CompatibleID)
                                     : STATUS_INVALID_PARAMETER;
}

/* fx_pdo_text: the entry of a language, made if need be; NULL: no memory. */
static struct fx_pdo_text *fx_pdo_text(struct fx_pdo *pdo, LCID locale)
{
    struct fx_pdo_text **link = &pdo->texts;

    while (*link != NULL && (*link)->locale != locale) {
        link = &(*link)->next;
    }
    if (*link == NULL && (*link = fx_allocate(sizeof(**link))) != NULL) {
        (*link)->locale = locale;
    }
    return *link;
}

NTSTATUS WdfPdoInitAddDeviceText(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceDescription,
                                 PCUNICODE_STRING DeviceLocation, LCID LocaleId)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    UNICODE_STRING location = {0}, description = {0};
    struct fx_pdo_text *text;
    struct fx_pdo *pdo;

    if (!API(PASSIVE_LEVEL) || (pdo = fx_pdo_init(DeviceInit, __func__, &status)) == NULL) {
        return status;
    }
    status = fx_required(DeviceDescription) ? fx_pdo_assign(&description, DeviceDescription)
                                            : STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status) && DeviceLocation != NULL) {
        status = fx_pdo_assign(&location, DeviceLocation);
    }
    text = NT_SUCCESS(status) ? fx_pdo_text(pdo, LocaleId) : NULL;
    if (text == NULL) {
        fx_text_free(&description);
        fx_text_free(&location);
        return NT_SUCCESS(status) ? STATUS_INSUFFICIENT_RESOURCES : status;
    }
    fx_text_free(&text->description);
    fx_text_free(&text->location);
    text->description = description;
    text->location = location;
    return STATUS_SUCCESS;
}

NTSTATUS WdfPdoInitAssignRawDevice(PWDFDEVICE_INIT DeviceInit, CONST GUID *DeviceClassGuid)
{
    NTSTATUS status;
    struct fx_pdo *pdo;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    pdo = fx_pdo_init(DeviceInit, __func__, &status);
    if (pdo == NULL || !fx_required(DeviceClassGuid)) {
        return STATUS_INVALID_PARAMETER; /* spec: INI-08 */
    }
    pdo->raw = true;
    pdo->raw_class = *DeviceClassGuid;
    return STATUS_SUCCESS;
}

VOID WdfPdoInitSetDefaultLocale(PWDFDEVICE_INIT DeviceInit, LCID LocaleId)
{
    struct fx_pdo *pdo;

    if (API(PASSIVE_LEVEL) && (pdo = fx_pdo_init_void(DeviceInit, __func__)) != NULL) {
        pdo->default_locale = LocaleId;
    }
}

VOID WdfPdoInitSetEventCallbacks(PWDFDEVICE_INIT DeviceInit, PWDF_PDO_EVENT_CALLBACKS DispatchTable)
{
    struct fx_pdo *pdo;

    if (API(PASSIVE_LEVEL) && (pdo = fx_pdo_init_void(DeviceInit, __func__)) != NULL &&
        fx_required(DispatchTable) &&
        fx_size_right(DispatchTable->Size, sizeof(*DispatchTable), "WDF_PDO_EVENT_CALLBACKS")) {
        pdo->events = *DispatchTable;
    }
}

VOID WdfPdoInitAllowForwardingRequestToParent(PWDFDEVICE_INIT DeviceInit)
{
    struct fx_pdo *pdo;

    if (API(PASSIVE_LEVEL) && (pdo = fx_pdo_init_void(DeviceInit, __func__)) != NULL) {
        pdo->forwards = true;
    }
}

VOID WdfPdoInitRemovePowerDependencyOnParent(PWDFDEVICE_INIT DeviceInit)
{
    struct fx_pdo *pdo;

    if (API(PASSIVE_LEVEL) && (pdo = fx_pdo_init_void(DeviceInit, __func__)) != NULL) {
        pdo->independent = true;
    }
}

/* io_property_data.c - properties by key: those that drivers set on a device or a device interface, and
 * those that the bus knows. The latter are read only.
 */
#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/pnp/io_pnp_node.h"
#include "nt/ke/ke_api.h"

#include <initguid.h>

#include <devpkey.h>

/* Keys: (i) io_lock */
struct io_property {
    struct io_property *next; /* (i) */
    DEVPROPKEY key;           /* (i) as the rest */
    LCID lcid;
    DEVPROPTYPE type;
    ULONG size;
    UCHAR data[];
};

/* What a Set routine was called with. */
struct io_property_value {
    const DEVPROPKEY *key;
    LCID lcid;
    DEVPROPTYPE type;
    ULONG size;
    const void *data;
};

/* Where a Get routine puts it. */
struct io_property_room {
    ULONG size;
    PVOID data;
    PULONG required;
    PDEVPROPTYPE type;
};

static bool io_property_key_equal(const DEVPROPKEY *left, const DEVPROPKEY *right)
{
    return left->pid == right->pid && memcmp(&left->fmtid, &right->fmtid, sizeof(GUID)) == 0;
}

static struct io_property *io_property_find_locked(struct io_property *list, const DEVPROPKEY *key,
                                                   LCID lcid)
{
    while (list != NULL && (list->lcid != lcid || !io_property_key_equal(&list->key, key))) {
        list = list->next;
    }
    return list;
}

void io_property_free_all(struct io_property **list)
{
    struct io_property *entry;
    struct io_property *next;

    LL_FOREACH_SAFE (*list, entry, next) {
        ex_pool_release(entry);
    }
    *list = NULL;
}

/* A property without data goes. */
static NTSTATUS io_property_set(struct io_property **list, const struct io_property_value *value)
{
    struct io_property *fresh = NULL;
    struct io_property *old;

    if (value->data != NULL && value->size != 0) {
        fresh = ex_pool_allocate(sizeof(*fresh) + value->size, 'porP', false, false, NULL);
        if (fresh == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        fresh->key = *value->key;
        fresh->lcid = value->lcid;
        fresh->type = value->type;
        fresh->size = value->size;
        memcpy(fresh->data, value->data, value->size);
    }
    io_lock();
    old = io_property_find_locked(*list, value->key, value->lcid);
    if (old != NULL) {
        LL_DELETE(*list, old);
    }
    if (fresh != NULL) {
        LL_PREPEND(*list, fresh);
    }
    io_unlock();
    ex_pool_release(old);
    return STATUS_SUCCESS;
}

static NTSTATUS io_property_put(const struct io_property_room *room, DEVPROPTYPE type,
                                const void *data, size_t size)
{
    *room->required = (ULONG)size;
    *room->type = type;
    if (room->size < size || room->data == NULL) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(room->data, data, size);
    return STATUS_SUCCESS;
}

static NTSTATUS io_property_read(struct io_property *const *list, const DEVPROPKEY *key, LCID lcid,
                                 const struct io_property_room *room)
{
    const struct io_property *entry;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;

    io_lock();
    entry = io_property_find_locked(*list, key, lcid);
    if (entry != NULL) {
        status = io_property_put(room, entry->type, entry->data, entry->size);
    }
    io_unlock();
    return status;
}

/* A wrong size for the type, or a language for something that is no text. */
static bool io_property_is_bad(const struct io_property_value *value)
{
    DEVPROPTYPE base = value->type & DEVPROP_MASK_TYPE;
    bool is_text = base == DEVPROP_TYPE_STRING || base == DEVPROP_TYPE_STRING_INDIRECT;
    ULONG size = base == DEVPROP_TYPE_GUID                                   ? sizeof(GUID)
                 : base == DEVPROP_TYPE_UINT64 || base == DEVPROP_TYPE_INT64 ? 8
                 : base == DEVPROP_TYPE_UINT32 || base == DEVPROP_TYPE_INT32 ? 4
                 : base == DEVPROP_TYPE_UINT16 || base == DEVPROP_TYPE_INT16 ? 2
                 : base == DEVPROP_TYPE_BYTE || base == DEVPROP_TYPE_SBYTE   ? 1
                 : base == DEVPROP_TYPE_BOOLEAN                              ? 1
                 : is_text                                                   ? sizeof(WCHAR)
                                                                             : 0;
    bool many = (value->type & DEVPROP_MASK_TYPEMOD) != 0 || is_text;

    if (base > MAX_DEVPROP_TYPE || (value->type & DEVPROP_MASK_TYPEMOD) > MAX_DEVPROP_TYPEMOD ||
        (value->lcid != LOCALE_NEUTRAL && !is_text)) {
        return true;
    }
    if (value->data == NULL || value->size == 0 || size == 0) {
        return false;
    }
    return many ? value->size % size != 0 : value->size != size;
}

/* ---- what the bus knows ---- */

static const struct {
    const DEVPROPKEY *key;
    DEVICE_REGISTRY_PROPERTY property;
    DEVPROPTYPE type;
} io_property_of_bus[] = {
    {&DEVPKEY_Device_DeviceDesc, DevicePropertyDeviceDescription, DEVPROP_TYPE_STRING},
    {&DEVPKEY_Device_HardwareIds, DevicePropertyHardwareID, DEVPROP_TYPE_STRING_LIST},
    {&DEVPKEY_Device_CompatibleIds, DevicePropertyCompatibleIDs, DEVPROP_TYPE_STRING_LIST},
    {&DEVPKEY_Device_LocationInfo, DevicePropertyLocationInformation, DEVPROP_TYPE_STRING},
    {&DEVPKEY_Device_PDOName, DevicePropertyPhysicalDeviceObjectName, DEVPROP_TYPE_STRING},
    {&DEVPKEY_Device_BusNumber, DevicePropertyBusNumber, DEVPROP_TYPE_UINT32},
    {&DEVPKEY_Device_EnumeratorName, DevicePropertyEnumeratorName, DEVPROP_TYPE_STRING},
    {&DEVPKEY_Device_Address, DevicePropertyAddress, DEVPROP_TYPE_UINT32},
    {&DEVPKEY_Device_UINumber, DevicePropertyUINumber, DEVPROP_TYPE_UINT32},
};

#define IO_PROPERTIES_OF_BUS (sizeof(io_property_of_bus) / sizeof(io_property_of_bus[0]))

/* IO_PROPERTIES_OF_BUS: it is none of them. */
static size_t io_property_bus_index(const DEVPROPKEY *key)
{
    size_t i = 0;

    while (i < IO_PROPERTIES_OF_BUS && !io_property_key_equal(io_property_of_bus[i].key, key)) {
        i++;
    }
    return i;
}

/* ---- devices ---- */

static struct io_pnp_node *io_property_node(PDEVICE_OBJECT pdo, const char *api)
{
    return io_device_check(pdo, api) ? io_device_of(pdo)->node : NULL;
}

NTSTATUS IoSetDevicePropertyData(PDEVICE_OBJECT Pdo, CONST DEVPROPKEY *PropertyKey, LCID Lcid,
                                 ULONG Flags, DEVPROPTYPE Type, ULONG Size, PVOID Data)
{
    struct io_property_value value = {PropertyKey, Lcid, Type, Size, Data};
    struct io_pnp_node *node;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    node = io_property_node(Pdo, __func__);
    if (node == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (io_property_is_bad(&value) || (Flags & ~(ULONG)PLUGPLAY_PROPERTY_PERSISTENT) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (io_property_bus_index(PropertyKey) < IO_PROPERTIES_OF_BUS) {
        return STATUS_ACCESS_DENIED;
    }
    return io_property_set(&node->properties, &value);
}

NTSTATUS IoGetDevicePropertyData(PDEVICE_OBJECT Pdo, CONST DEVPROPKEY *PropertyKey, LCID Lcid,
                                 ULONG Flags, ULONG Size, PVOID Data, PULONG RequiredSize,
                                 PDEVPROPTYPE Type)
{
    struct io_property_room room = {Size, Data, RequiredSize, Type};
    struct io_pnp_node *node;
    size_t index;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    node = io_property_node(Pdo, __func__);
    if (node == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *RequiredSize = 0;
    *Type = DEVPROP_TYPE_EMPTY;
    index = io_property_bus_index(PropertyKey);
    if (index < IO_PROPERTIES_OF_BUS) {
        NTSTATUS status =
            IoGetDeviceProperty(Pdo, io_property_of_bus[index].property, Size, Data, RequiredSize);

        if (status != STATUS_OBJECT_NAME_NOT_FOUND) {
            *Type = io_property_of_bus[index].type;
        }
        return status;
    }
    return io_property_read(&node->properties, PropertyKey, Lcid, &room);
}

/* ---- device interfaces ---- */

NTSTATUS IoSetDeviceInterfacePropertyData(PUNICODE_STRING SymbolicLinkName,
                                          CONST DEVPROPKEY *PropertyKey, LCID Lcid, ULONG Flags,
                                          DEVPROPTYPE Type, ULONG Size, PVOID Data)
{
    struct io_property_value value = {PropertyKey, Lcid, Type, Size, Data};
    struct io_property **list;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (io_property_is_bad(&value) || (Flags & ~(ULONG)PLUGPLAY_PROPERTY_PERSISTENT) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    list = io_interface_properties(SymbolicLinkName);
    return list != NULL ? io_property_set(list, &value) : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS IoGetDeviceInterfacePropertyData(PUNICODE_STRING SymbolicLinkName,
                                          CONST DEVPROPKEY *PropertyKey, LCID Lcid, ULONG Flags,
                                          ULONG Size, PVOID Data, PULONG RequiredSize,
                                          PDEVPROPTYPE Type)
{
    struct io_property_room room = {Size, Data, RequiredSize, Type};
    struct io_property **list;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *RequiredSize = 0;
    *Type = DEVPROP_TYPE_EMPTY;
    list = io_interface_properties(SymbolicLinkName);
    return list != NULL ? io_property_read(list, PropertyKey, Lcid, &room)
                        : STATUS_OBJECT_NAME_NOT_FOUND;
}

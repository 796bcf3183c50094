/* io_interface.c - device interfaces: a class GUID and a device make a symbolic link,
 * \??\ROOT#uart#0000#{guid}\reference, that names the PDO while the interface is enabled.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/io_name.h"
#include "nt/io/pnp/io_notify.h"
#include "nt/io/pnp/io_pnp_node.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

#define IO_INTERFACE_NAME 300 /* characters */

/* Keys: (c) constant, (i) io_lock. Entries go with their
 * node, when nobody uses the device any more. */
struct io_interface {
    struct io_interface *next;
    struct io_pnp_node *node;       /* (c) */
    GUID class_guid;                /* (c) */
    bool enabled;                   /* (a) atomic: who changes it makes or removes the link */
    size_t reference;               /* (c) where in text its reference string begins, or the end */
    struct io_property *properties; /* (i) by key */
    UNICODE_STRING link;            /* (c) characters in text */
    WCHAR text[IO_INTERFACE_NAME];
};

static struct io_interface *io_interfaces; /* (i) in the order of registration */

static struct io_interface *io_interface_find_locked(PCUNICODE_STRING link)
{
    struct io_interface *entry = NULL;

    LL_FOREACH (io_interfaces, entry) {
        if (io_name_equal(&entry->link, link)) {
            return entry;
        }
    }
    return NULL;
}

static struct io_interface *io_interface_find(PCUNICODE_STRING link)
{
    struct io_interface *entry;

    io_lock();
    entry = io_interface_find_locked(link);
    io_unlock();
    return entry;
}

/* Compose the link; false: it does not fit. */
static bool io_interface_set_link(struct io_interface *entry, const GUID *guid,
                                  PCUNICODE_STRING reference)
{
    char text[IO_INTERFACE_NAME];
    size_t used = 0;
    size_t reference_length = reference != NULL ? reference->Length / sizeof(WCHAR) : 0;
    int length =
        snprintf(text, sizeof(text), "\\??\\%s#{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
                 entry->node->instance_path, (unsigned)guid->Data1, guid->Data2, guid->Data3,
                 guid->Data4[0], guid->Data4[1], guid->Data4[2], guid->Data4[3], guid->Data4[4],
                 guid->Data4[5], guid->Data4[6], guid->Data4[7]);

    if (length < 0 || (size_t)length + reference_length + 2 > IO_INTERFACE_NAME) {
        return false;
    }
    for (used = 0; used < (size_t)length; used++) {
        /* The instance path's own backslashes become number signs. */
        entry->text[used] = (WCHAR)(used >= 4 && text[used] == '\\' ? '#' : text[used]);
    }
    entry->reference = used;
    if (reference_length != 0) {
        entry->text[used++] = L'\\';
        memcpy(&entry->text[used], reference->Buffer, reference->Length);
        used += reference_length;
    }
    entry->link.Buffer = entry->text;
    entry->link.Length = (USHORT)(used * sizeof(WCHAR));
    entry->link.MaximumLength = (USHORT)(entry->link.Length + sizeof(WCHAR));
    return true;
}

/* A copy in pool that the driver frees with RtlFreeUnicodeString. */
static NTSTATUS io_interface_copy_link(const struct io_interface *entry, PUNICODE_STRING link,
                                       const void *caller)
{
    link->Buffer = ex_pool_allocate(entry->link.MaximumLength, 'tnIP', true, true, caller);
    if (link->Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(link->Buffer, entry->link.Buffer, entry->link.Length);
    link->Length = entry->link.Length;
    link->MaximumLength = entry->link.MaximumLength;
    return STATUS_SUCCESS;
}

NTSTATUS IoRegisterDeviceInterface(PDEVICE_OBJECT PhysicalDeviceObject,
                                   CONST GUID *InterfaceClassGuid, PUNICODE_STRING ReferenceString,
                                   PUNICODE_STRING SymbolicLinkName)
{
    struct io_interface *entry = NULL;
    struct io_interface *known = NULL;
    struct io_pnp_node *node = NULL;

    if (!API(PASSIVE_LEVEL) || !io_device_check(PhysicalDeviceObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    node = io_device_of(PhysicalDeviceObject)->node;
    if (node == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST; /* not the PDO of a device that a bus reported */
    }
    entry = ex_pool_allocate(sizeof(*entry), 'tnIP', false, true, NULL);
    if (entry == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    entry->node = node;
    entry->class_guid = *InterfaceClassGuid;
    if (!io_interface_set_link(entry, InterfaceClassGuid, ReferenceString)) {
        ex_pool_release(entry);
        return STATUS_INVALID_PARAMETER;
    }
    io_lock();
    known = io_interface_find_locked(&entry->link);
    if (known == NULL) {
        known = entry;
        LL_APPEND(io_interfaces, entry);
    }
    io_unlock();
    if (known != entry) { /* registering it again gives the same name */
        ex_pool_release(entry);
    }
    return io_interface_copy_link(known, SymbolicLinkName, KE_CALLER());
}

static bool io_interface_is_enabled(const struct io_interface *entry)
{
    return __atomic_load_n(&entry->enabled, __ATOMIC_RELAXED);
}

/* false: it is so already. */
static bool io_interface_set_enabled(struct io_interface *entry, bool enabled)
{
    return __atomic_exchange_n(&entry->enabled, enabled, __ATOMIC_ACQ_REL) != enabled;
}

static NTSTATUS io_interface_enable(struct io_interface *entry)
{
    struct io_device *device = io_device_of(entry->node->pdo);
    NTSTATUS status = STATUS_SUCCESS;

    if (device->name.Length == 0 && !io_interface_is_enabled(entry)) {
        return STATUS_INVALID_DEVICE_REQUEST; /* nothing that a link could name */
    }
    if (!io_interface_set_enabled(entry, true)) {
        return STATUS_OBJECT_NAME_EXISTS;
    }
    status = IoCreateSymbolicLink(&entry->link, &device->name);
    if (!NT_SUCCESS(status)) {
        io_interface_set_enabled(entry, false);
        return status;
    }
    io_notify_interface(&entry->class_guid, &entry->link, true);
    return STATUS_SUCCESS;
}

static NTSTATUS io_interface_disable(struct io_interface *entry)
{
    if (!io_interface_set_enabled(entry, false)) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    io_name_remove(&entry->link);
    io_notify_interface(&entry->class_guid, &entry->link, false);
    return STATUS_SUCCESS;
}

NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable)
{
    struct io_interface *entry = NULL;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    entry = io_interface_find(SymbolicLinkName);
    if (entry == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return Enable ? io_interface_enable(entry) : io_interface_disable(entry);
}

static bool io_interface_matches(const struct io_interface *entry, const GUID *guid,
                                 PDEVICE_OBJECT pdo, ULONG flags)
{
    return memcmp(&entry->class_guid, guid, sizeof(*guid)) == 0 &&
           (pdo == NULL || entry->node->pdo == pdo) &&
           (io_interface_is_enabled(entry) || (flags & DEVICE_INTERFACE_INCLUDE_NONACTIVE) != 0);
}

/* Which interfaces are asked for. */
struct io_interface_list {
    const GUID *guid;
    PDEVICE_OBJECT pdo;
    ULONG flags;
};

/* Writes the names of those that match, while they fit in size bytes of zeroes, the empty string that
 * ends the list too; returns how many bytes it takes. */
static size_t io_interface_list(const struct io_interface_list *list, PWSTR text, size_t size)
{
    const struct io_interface *entry = NULL;
    size_t used = sizeof(WCHAR);

    io_lock();
    LL_FOREACH (io_interfaces, entry) {
        if (!io_interface_matches(entry, list->guid, list->pdo, list->flags)) {
            continue;
        }
        if (text != NULL && used + entry->link.MaximumLength <= size) {
            memcpy((char *)text + used - sizeof(WCHAR), entry->link.Buffer, entry->link.Length);
        }
        used += entry->link.MaximumLength;
    }
    io_unlock();
    return used;
}

NTSTATUS IoGetDeviceInterfaces(CONST GUID *InterfaceClassGuid, PDEVICE_OBJECT PhysicalDeviceObject,
                               ULONG Flags, PZZWSTR *SymbolicLinkList)
{
    struct io_interface_list list = {InterfaceClassGuid, PhysicalDeviceObject, Flags};
    PWSTR text = NULL;
    size_t size;
    size_t wanted;

    if (!API(PASSIVE_LEVEL) ||
        (PhysicalDeviceObject != NULL && !io_device_check(PhysicalDeviceObject, __func__))) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    wanted = io_interface_list(&list, NULL, 0);
    do { /* others may be enabled meanwhile */
        ex_pool_release(text);
        size = wanted;
        text = ex_pool_allocate(size, 'tnIP', true, true, KE_CALLER());
        if (text == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        wanted = io_interface_list(&list, text, size);
    } while (wanted > size);
    *SymbolicLinkList = text;
    return STATUS_SUCCESS;
}

bool io_interface_class(PCUNICODE_STRING link, GUID *class_guid)
{
    const struct io_interface *entry = io_interface_find(link);

    if (entry != NULL) {
        *class_guid = entry->class_guid;
    }
    return entry != NULL;
}

struct io_property **io_interface_properties(PCUNICODE_STRING link)
{
    struct io_interface *entry = io_interface_find(link);

    return entry != NULL ? &entry->properties : NULL;
}

/* Of the same device, with the same reference string. */
static bool io_interface_is_alias(const struct io_interface *entry,
                                  const struct io_interface *other)
{
    UNICODE_STRING left = entry->link, right = other->link;

    left.Buffer += entry->reference;
    left.Length -= (USHORT)(entry->reference * sizeof(WCHAR));
    right.Buffer += other->reference;
    right.Length -= (USHORT)(other->reference * sizeof(WCHAR));
    return entry->node == other->node && io_name_equal(&left, &right);
}

NTSTATUS IoGetDeviceInterfaceAlias(PUNICODE_STRING SymbolicLinkName,
                                   CONST GUID *AliasInterfaceClassGuid,
                                   PUNICODE_STRING AliasSymbolicLinkName)
{
    const struct io_interface *entry;
    const struct io_interface *alias = NULL;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    io_lock();
    entry = io_interface_find_locked(SymbolicLinkName);
    if (entry != NULL) {
        LL_FOREACH (io_interfaces, alias) {
            if (memcmp(&alias->class_guid, AliasInterfaceClassGuid, sizeof(GUID)) == 0 &&
                io_interface_is_alias(alias, entry)) {
                break;
            }
        }
    }
    io_unlock();
    if (alias == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return io_interface_copy_link(alias, AliasSymbolicLinkName, KE_CALLER());
}

/* An interface of the node, off the list; NULL: none. */
static struct io_interface *io_interface_take(const struct io_pnp_node *node)
{
    struct io_interface *entry = NULL;

    io_lock();
    LL_SEARCH_SCALAR(io_interfaces, entry, node, node);
    if (entry != NULL) {
        LL_DELETE(io_interfaces, entry);
    }
    io_unlock();
    return entry;
}

void io_interface_node_gone(struct io_pnp_node *node)
{
    struct io_interface *entry = NULL;

    while ((entry = io_interface_take(node)) != NULL) {
        io_interface_disable(entry);
        io_property_free_all(&entry->properties);
        ex_pool_release(entry);
    }
}

void io_interface_stop(void)
{
    io_interfaces = NULL; /* they are pool */
}

/* wmi_request.c - requests for data of instances and for methods: from names to WNODEs and back.
 * Normal path: find the device that has the instance and hold it; tell it that its data are wanted if
 * the block is expensive; send the WNODE; look at what came back before anything of it is used.
 */
#include "nt/wmi/wmi_provider.h"

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/report/ke_report.h"

#define WMI_QUERY_SIZE 4096u /* of all data, tried first */
#define WMI_QUERY_MAX  0x1000000u

/* Where a request goes. */
struct wmi_target {
    struct wmi_provider *provider; /* held */
    struct wmi_blocks *blocks;     /* held */
    const struct wmi_block *block;
    ULONG index;         /* static names */
    UNICODE_STRING name; /* dynamic names: as the caller says */
};

/* What all requests for one instance begin with: WNODE_SINGLE_INSTANCE, and for an item or a method
 * one number more. */
struct wmi_request {
    UCHAR minor;
    ULONG flag;   /* WNODE_FLAG_... of its kind */
    ULONG number; /* item or method */
    const void *input;
    ULONG input_size;
    ULONG room; /* for the answer */
};

/* ---- targets ---- */

static void wmi_target_drop(struct wmi_target *target)
{
    wmi_blocks_drop(target->blocks);
    wmi_provider_drop(target->provider);
}

/* Whether the block that is held has the instance. */
static bool wmi_target_match(struct wmi_target *target, PCUNICODE_STRING name)
{
    if (!wmi_block_is_static(target->block)) {
        target->name = *name;
        return name->Length != 0;
    }
    if (name->Length == 0) {
        return target->block->instances > 0;
    }
    return wmi_block_find_name(target->block, name, &target->index);
}

static NTSTATUS wmi_target_find(const struct wmi_which *which, struct wmi_target *target)
{
    NTSTATUS status = STATUS_WMI_GUID_NOT_FOUND;
    ULONG id = 0;

    wmi_provider_settle();
    for (;;) {
        *target = (struct wmi_target){.provider = wmi_provider_next(id)};
        if (target->provider == NULL) {
            return status;
        }
        id = target->provider->id;
        target->blocks = wmi_blocks_hold(target->provider);
        target->block = wmi_blocks_find(target->blocks, which->guid);
        if (target->block != NULL) {
            if (wmi_target_match(target, &which->name)) {
                return STATUS_SUCCESS;
            }
            status = STATUS_WMI_INSTANCE_NOT_FOUND;
        }
        wmi_target_drop(target);
    }
}

/* ---- one instance ---- */

/* The parts of a WNODE for one instance that lie at different places in its three kinds. */
struct wmi_node {
    ULONG *data_offset, *data_size;
    ULONG head;
};

static struct wmi_node wmi_node_of(void *wnode, ULONG flag)
{
    struct wmi_node node;

    if (flag == WNODE_FLAG_SINGLE_INSTANCE) {
        WNODE_SINGLE_INSTANCE *single = wnode;

        node = (struct wmi_node){&single->DataBlockOffset, &single->SizeDataBlock, sizeof(*single)};
    } else if (flag == WNODE_FLAG_SINGLE_ITEM) {
        WNODE_SINGLE_ITEM *item = wnode;

        node = (struct wmi_node){&item->DataBlockOffset, &item->SizeDataItem, sizeof(*item)};
    } else {
        WNODE_METHOD_ITEM *method = wnode;

        node = (struct wmi_node){&method->DataBlockOffset, &method->SizeDataBlock, sizeof(*method)};
    }
    return node;
}

/* wmi_node_fill: the WNODE for a request, with room behind its head. */
static void wmi_node_fill(WNODE_SINGLE_INSTANCE *single, ULONG room,
                          const struct wmi_target *target, const struct wmi_request *request)
{
    struct wmi_node node = wmi_node_of(single, request->flag);
    ULONG offset = wmi_aligned(node.head);

    single->WnodeHeader.ProviderId = target->provider->id;
    single->WnodeHeader.Guid = target->block->guid;
    single->WnodeHeader.Flags = request->flag;
    single->OffsetInstanceName = offset;
    memcpy((char *)single + offset, &target->name.Length, sizeof(USHORT));
    if (target->name.Length != 0) {
        memcpy((char *)single + offset + sizeof(USHORT), target->name.Buffer, target->name.Length);
    } else {
        single->WnodeHeader.Flags |= WNODE_FLAG_STATIC_INSTANCE_NAMES;
        single->InstanceIndex = target->index;
    }
    if (request->flag != WNODE_FLAG_SINGLE_INSTANCE) {
        ((WNODE_SINGLE_ITEM *)(void *)single)->ItemId = request->number;
    }
    *node.data_offset = wmi_aligned(offset + (ULONG)sizeof(USHORT) + target->name.Length);
    *node.data_size = request->input_size;
    single->WnodeHeader.BufferSize = *node.data_offset + room;
    if (request->input_size != 0) {
        memcpy((char *)single + *node.data_offset, request->input, request->input_size);
    }
}

/* wmi_node_read: the data that came back, into the caller's buffer. */
static NTSTATUS wmi_node_read(const struct wmi_request *request, void *wnode, ULONG length,
                              ULONG data_offset, void *data, ULONG *data_length)
{
    struct wmi_node node = wmi_node_of(wnode, request->flag);
    const WNODE_HEADER *header = wnode;

    if (length >= sizeof(WNODE_TOO_SMALL) && (header->Flags & WNODE_FLAG_TOO_SMALL) != 0) {
        ULONG needed = ((const WNODE_TOO_SMALL *)wnode)->SizeNeeded;

        *data_length = needed > data_offset ? needed - data_offset : 0;
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (length < node.head || *node.data_offset > length ||
        *node.data_size > length - *node.data_offset || *node.data_size > request->room) {
        ke_violation(RULE_WmiAnswer, 0, 0, 0, 0, 0,
                     "a WNODE of %lu bytes came back that says that its data, %lu bytes, begin at "
                     "%lu",
                     (unsigned long)length, (unsigned long)*node.data_size,
                     (unsigned long)*node.data_offset);
        return STATUS_INVALID_BUFFER_SIZE;
    }
    *data_length = *node.data_size;
    if (data != NULL && *data_length != 0) {
        memcpy(data, (char *)wnode + *node.data_offset, *data_length);
    }
    return STATUS_SUCCESS;
}

/* wmi_target_send: the request, with its answer in data (room bytes) if there is to be one. */
static NTSTATUS wmi_target_send(const struct wmi_target *target, const struct wmi_request *request,
                                void *data, ULONG *data_length)
{
    ULONG room = request->room > request->input_size ? request->room : request->input_size;
    ULONG head =
        wmi_aligned(sizeof(WNODE_METHOD_ITEM)) + wmi_aligned(sizeof(USHORT) + target->name.Length);
    WNODE_SINGLE_INSTANCE *single;
    ULONG data_offset;
    ULONG length;
    NTSTATUS status;

    if (room > WMI_QUERY_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    single = ex_pool_allocate(head + room, 'imWM', false, true, NULL);
    if (single == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    wmi_node_fill(single, room, target, request);
    data_offset = *wmi_node_of(single, request->flag).data_offset;
    status = wmi_send(target->provider, request->minor, &target->block->guid, single,
                      data_offset + room, &length);
    if (NT_SUCCESS(status) && data_length != NULL) {
        status = wmi_node_read(request, single, length, data_offset, data, data_length);
    }
    ex_pool_release(single);
    return status;
}

static NTSTATUS wmi_request(const struct wmi_which *which, const struct wmi_request *request,
                            void *data, ULONG *data_length)
{
    struct wmi_target target;
    NTSTATUS status = wmi_control_open(which->guid, false);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = wmi_target_find(which, &target);
    if (NT_SUCCESS(status)) {
        status = wmi_target_send(&target, request, data, data_length);
        wmi_target_drop(&target);
    }
    wmi_control_close(which->guid, false);
    return status;
}

NTSTATUS wmi_query(const struct wmi_which *which, void *data, ULONG size, ULONG *length)
{
    struct wmi_request request = {
        .minor = IRP_MN_QUERY_SINGLE_INSTANCE, .flag = WNODE_FLAG_SINGLE_INSTANCE, .room = size};

    *length = 0;
    return wmi_request(which, &request, data, length);
}

NTSTATUS wmi_set(const struct wmi_which *which, const void *data, ULONG size)
{
    struct wmi_request request = {.minor = IRP_MN_CHANGE_SINGLE_INSTANCE,
                                  .flag = WNODE_FLAG_SINGLE_INSTANCE,
                                  .input = data,
                                  .input_size = size};

    return wmi_request(which, &request, NULL, NULL);
}

NTSTATUS wmi_set_item(const struct wmi_which *which, ULONG item, const void *data, ULONG size)
{
    struct wmi_request request = {.minor = IRP_MN_CHANGE_SINGLE_ITEM,
                                  .flag = WNODE_FLAG_SINGLE_ITEM,
                                  .number = item,
                                  .input = data,
                                  .input_size = size};

    return wmi_request(which, &request, NULL, NULL);
}

NTSTATUS wmi_execute(const struct wmi_which *which, ULONG method, const void *input,
                     ULONG input_size, void *output, ULONG output_size, ULONG *length)
{
    struct wmi_request request = {.minor = IRP_MN_EXECUTE_METHOD,
                                  .flag = WNODE_FLAG_METHOD_ITEM,
                                  .number = method,
                                  .input = input,
                                  .input_size = input_size,
                                  .room = output_size};

    *length = 0;
    return wmi_request(which, &request, output, length);
}

/* ---- all data ---- */

/* The data of one instance in an answer. false: they do not lie in it. */
static bool wmi_all_instance(const WNODE_ALL_DATA *all, ULONG length, ULONG index, ULONG *offset,
                             ULONG *size)
{
    if ((all->WnodeHeader.Flags & WNODE_FLAG_FIXED_INSTANCE_SIZE) != 0) {
        ULONG64 at = all->DataBlockOffset + (ULONG64)index * wmi_aligned(all->FixedInstanceSize);

        *size = all->FixedInstanceSize;
        *offset = at < length ? (ULONG)at : length;
        return at <= length && length - at >= *size;
    }
    const OFFSETINSTANCEDATAANDLENGTH *entry = &all->OffsetInstanceDataAndLength[index];

    if ((const char *)(entry + 1) > (const char *)all + length) {
        return false;
    }
    *offset = entry->OffsetInstanceData;
    *size = entry->LengthInstanceData;
    return *size == 0 || (*offset <= length && length - *offset >= *size);
}

/* The name of an instance that the driver gave with its data. */
static void wmi_all_name(const WNODE_ALL_DATA *all, ULONG length, ULONG index, PUNICODE_STRING name)
{
    size_t at = all->OffsetInstanceNameOffsets + (size_t)index * sizeof(ULONG);
    ULONG offset;
    USHORT size;

    name->Length = 0;
    if (all->OffsetInstanceNameOffsets == 0 || at + sizeof(offset) > length) {
        return;
    }
    memcpy(&offset, (const char *)all + at, sizeof(offset));
    if (offset > length || length - offset < sizeof(size)) {
        return;
    }
    memcpy(&size, (const char *)all + offset, sizeof(size));
    if (size <= length - offset - sizeof(size) && size <= WMI_NAME_MAX * sizeof(WCHAR)) {
        memcpy(name->Buffer, (const char *)all + offset + sizeof(size), size);
        name->Length = size;
    }
}

static NTSTATUS wmi_all_tell(const struct wmi_block *block, const WNODE_ALL_DATA *all, ULONG length,
                             wmi_data_routine *routine, void *context)
{
    WCHAR buffer[WMI_NAME_MAX];
    UNICODE_STRING name = {.Buffer = buffer, .MaximumLength = sizeof(buffer)};
    ULONG offset = 0;
    ULONG size = 0;

    for (ULONG i = 0; i < all->InstanceCount; i++) {
        if (!wmi_all_instance(all, length, i, &offset, &size)) {
            ke_violation(RULE_WmiAnswer, 0, 0, 0, 0, 0,
                         "instance %lu of %lu lies outside of the %lu bytes that came back",
                         (unsigned long)i, (unsigned long)all->InstanceCount,
                         (unsigned long)length);
            return STATUS_INVALID_BUFFER_SIZE;
        }
        if (wmi_block_is_static(block)) {
            wmi_block_name(block, i, &name);
        } else {
            wmi_all_name(all, length, i, &name);
        }
        routine(context, &name, (const char *)all + offset, size);
    }
    return STATUS_SUCCESS;
}

/* wmi_all_get: the answer of one device, as large as it takes; the caller frees it. */
static NTSTATUS wmi_all_get(const struct wmi_target *target, WNODE_ALL_DATA **out, ULONG *length)
{
    ULONG size = WMI_QUERY_SIZE;

    for (;;) {
        WNODE_ALL_DATA *all = ex_pool_allocate(size, 'imWM', false, true, NULL);
        ULONG needed = 0;
        NTSTATUS status;

        if (all == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        all->WnodeHeader.BufferSize = size;
        all->WnodeHeader.ProviderId = target->provider->id;
        all->WnodeHeader.Guid = target->block->guid;
        all->WnodeHeader.Flags = WNODE_FLAG_ALL_DATA;
        if (wmi_block_is_static(target->block)) {
            all->WnodeHeader.Flags |= WNODE_FLAG_STATIC_INSTANCE_NAMES;
        }
        status = wmi_send(target->provider, IRP_MN_QUERY_ALL_DATA, &target->block->guid, all, size,
                          length);
        if (NT_SUCCESS(status) && *length >= sizeof(WNODE_TOO_SMALL) &&
            (all->WnodeHeader.Flags & WNODE_FLAG_TOO_SMALL) != 0) {
            needed = ((const WNODE_TOO_SMALL *)(const void *)all)->SizeNeeded;
            status = STATUS_BUFFER_TOO_SMALL;
        } else if (NT_SUCCESS(status) &&
                   *length < offsetof(WNODE_ALL_DATA, OffsetInstanceDataAndLength)) {
            status = STATUS_INVALID_BUFFER_SIZE;
        }
        if (NT_SUCCESS(status)) {
            *out = all;
            return status;
        }
        ex_pool_release(all);
        if (needed <= size || needed > WMI_QUERY_MAX) {
            return status;
        }
        size = needed;
    }
}

NTSTATUS wmi_query_all(const GUID *guid, wmi_data_routine *routine, void *context)
{
    struct wmi_target target = {0};
    NTSTATUS status = wmi_control_open(guid, false);
    NTSTATUS result = STATUS_WMI_GUID_NOT_FOUND;
    ULONG id = 0;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    wmi_provider_settle();
    while ((target.provider = wmi_provider_next(id)) != NULL) {
        WNODE_ALL_DATA *all = NULL;
        ULONG length = 0;

        id = target.provider->id;
        target.blocks = wmi_blocks_hold(target.provider);
        target.block = wmi_blocks_find(target.blocks, guid);
        if (target.block != NULL) {
            status = wmi_all_get(&target, &all, &length);
            if (NT_SUCCESS(status)) {
                status = wmi_all_tell(target.block, all, length, routine, context);
                ex_pool_release(all);
            }
            /* One device that answers is enough; of failures the last is told. */
            result = NT_SUCCESS(result) ? result : status;
        }
        wmi_target_drop(&target);
    }
    wmi_control_close(guid, false);
    return result;
}

void wmi_list(wmi_listed_routine *routine, void *context)
{
    struct wmi_provider *provider;
    WCHAR buffer[WMI_NAME_MAX];
    ULONG id = 0;

    wmi_provider_settle();
    while ((provider = wmi_provider_next(id)) != NULL) {
        struct wmi_blocks *blocks = wmi_blocks_hold(provider);

        id = provider->id;
        for (ULONG i = 0; blocks != NULL && i < blocks->count; i++) {
            const struct wmi_block *block = &blocks->block[i];
            struct wmi_listed listed = {.guid = block->guid,
                                        .flags = block->flags,
                                        .instance = {.Buffer = buffer},
                                        .device = provider->device};
            ULONG instances = wmi_block_is_static(block) ? block->instances : 0;

            do {
                if (instances > 0) {
                    wmi_block_name(block, listed.index, &listed.instance);
                }
                routine(context, &listed);
            } while (++listed.index < instances);
        }
        wmi_blocks_drop(blocks);
        wmi_provider_drop(provider);
    }
}

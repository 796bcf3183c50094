/* wmi_blocks.c - what a device registers: IRP_MN_REGINFO_EX, its answer, and names of instances.
 * Nothing in the answer is believed: what points outside of it is WmiAnswer, and the answer is dropped.
 */
#include "nt/wmi/wmi_provider.h"

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

#define WMI_ANSWER_SIZE 4096u /* tried first */
#define WMI_ANSWER_MAX  0x100000u

struct wmi_answer {
    char *data;
    ULONG length;
    bool referenced; /* PDOs in it are, by the driver */
};

/* A block to be, with what its text is made from: its own text, or a path of narrow characters. */
struct wmi_part {
    struct wmi_block block;
    const char *path; /* NULL: none */
};

/* Where the parts go: blocks NULL: they are only counted. */
struct wmi_sum {
    struct wmi_blocks *blocks;
    ULONG count;
    ULONG text_units;
    WCHAR *text;
};

static NTSTATUS wmi_answer_bad(const char *what)
{
    ke_violation(RULE_WmiAnswer, 0, 0, 0, 0, 0, "a device answered IRP_MN_REGINFO_EX with %s",
                 what);
    return STATUS_INVALID_BUFFER_SIZE;
}

/* ---- asking ---- */

static NTSTATUS wmi_answer_get(struct wmi_provider *provider, bool update,
                               struct wmi_answer *answer)
{
    ULONG size = WMI_ANSWER_SIZE;
    UCHAR minor = IRP_MN_REGINFO_EX;

    for (;;) {
        char *data = ex_pool_allocate(size, 'imWM', false, true, NULL);
        NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
        ULONG length = 0;

        if (data != NULL) {
            status =
                wmi_send(provider, minor, (void *)(uintptr_t)(update ? WMIUPDATE : WMIREGISTER),
                         data, size, &length);
        }
        if (NT_SUCCESS(status) && length != sizeof(ULONG)) {
            answer->data = data;
            answer->length = length;
            answer->referenced = minor == IRP_MN_REGINFO_EX;
            return status;
        }
        if (NT_SUCCESS(status)) { /* the size it takes */
            ULONG needed = *(ULONG *)(void *)data;

            ex_pool_release(data);
            if (needed <= size || needed > WMI_ANSWER_MAX) {
                return wmi_answer_bad("a size that makes no sense");
            }
            size = needed;
            continue;
        }
        if (data != NULL) {
            ex_pool_release(data);
        }
        if (minor == IRP_MN_REGINFO || data == NULL) {
            return status;
        }
        minor = IRP_MN_REGINFO; /* a driver that knows the older request only */
    }
}

/* ---- reading the answer ---- */

/* The counted string at an offset. false: it does not lie in the answer. */
static bool wmi_answer_string(const struct wmi_answer *answer, size_t offset, USHORT *size,
                              const WCHAR **text)
{
    if (offset > answer->length || answer->length - offset < sizeof(*size)) {
        return false;
    }
    memcpy(size, answer->data + offset, sizeof(*size));
    *text = (const WCHAR *)(const void *)(answer->data + offset + sizeof(*size));
    return *size % sizeof(WCHAR) == 0 && answer->length - offset - sizeof(*size) >= *size;
}

/* The text of a block: where its names come from. */
static bool wmi_part_names(const struct wmi_answer *answer, size_t start, const WMIREGGUIDW *entry,
                           struct wmi_part *part)
{
    size_t offset = start + entry->InstanceNameList;
    USHORT size = 0;

    if ((entry->Flags & WMIREG_FLAG_INSTANCE_PDO) != 0) {
        PDEVICE_OBJECT pdo = (PDEVICE_OBJECT)entry->Pdo;
        struct io_pnp_node *node = io_device_is(pdo) ? io_pnp_node_of(pdo) : NULL;

        part->path = node != NULL ? io_pnp_instance_path(node) : NULL;
        return node != NULL;
    }
    if ((entry->Flags & WMIREG_FLAG_INSTANCE_BASENAME) != 0) {
        bool fits = wmi_answer_string(answer, offset, &size, &part->block.text);

        part->block.text_size = size;
        return fits;
    }
    if ((entry->Flags & WMIREG_FLAG_INSTANCE_LIST) != 0) {
        const WCHAR *text;

        part->block.text = (const WCHAR *)(const void *)(answer->data + offset);
        for (ULONG i = 0; i < entry->InstanceCount; i++) {
            if (!wmi_answer_string(answer, offset, &size, &text)) {
                return false;
            }
            offset += sizeof(size) + size;
            part->block.text_size += (ULONG)sizeof(size) + size;
        }
    }
    return true;
}

static void wmi_sum_text(struct wmi_sum *sum, const struct wmi_part *part, struct wmi_block *block)
{
    WCHAR *text = sum->text + sum->text_units;

    block->text = text;
    if (part->path == NULL) {
        if (part->block.text_size != 0) {
            memcpy(text, part->block.text, part->block.text_size);
        }
        return;
    }
    for (const char *c = part->path; *c != '\0'; c++) {
        *text++ = (unsigned char)*c;
    }
    *text = '_';
}

/* wmi_sum_add: one more block; its text is copied. */
static void wmi_sum_add(struct wmi_sum *sum, const struct wmi_part *part)
{
    ULONG size = part->block.text_size;

    if (part->path != NULL) {
        size = (ULONG)((strlen(part->path) + 1) * sizeof(WCHAR));
    }
    if (sum->blocks != NULL) {
        struct wmi_block *block = &sum->blocks->block[sum->count];

        *block = part->block;
        block->text_size = size;
        wmi_sum_text(sum, part, block);
    }
    sum->count++;
    sum->text_units += size / (ULONG)sizeof(WCHAR);
}

static bool wmi_sum_entry(const struct wmi_answer *answer, size_t start, const WMIREGGUIDW *entry,
                          struct wmi_sum *sum)
{
    struct wmi_part part = {
        .block = {.guid = entry->Guid, .flags = entry->Flags, .instances = entry->InstanceCount}};

    if ((entry->Flags & WMIREG_FLAG_REMOVE_GUID) != 0) {
        return true;
    }
    if (!wmi_part_names(answer, start, entry, &part)) {
        return false;
    }
    wmi_sum_add(sum, &part);
    return true;
}

typedef bool wmi_entry_routine(const struct wmi_answer *answer, size_t start,
                               const WMIREGGUIDW *entry, void *context);

/* wmi_answer_each: every GUID of the answer. false: it makes no sense, or the routine says so. */
static bool wmi_answer_each(const struct wmi_answer *answer, wmi_entry_routine *routine,
                            void *context)
{
    size_t start = 0;

    for (;;) {
        const WMIREGINFOW *info = (const WMIREGINFOW *)(const void *)(answer->data + start);
        size_t left = answer->length - start;

        if (left < sizeof(*info) || start % sizeof(ULONG64) != 0 ||
            info->GuidCount > (left - sizeof(*info)) / sizeof(WMIREGGUIDW)) {
            return false;
        }
        for (ULONG i = 0; i < info->GuidCount; i++) {
            if (!routine(answer, start, &info->WmiRegGuid[i], context)) {
                return false;
            }
        }
        if (info->NextWmiRegInfo == 0) {
            return true;
        }
        if (info->NextWmiRegInfo >= left) {
            return false;
        }
        start += info->NextWmiRegInfo;
    }
}

static bool wmi_entry_sum(const struct wmi_answer *answer, size_t start, const WMIREGGUIDW *entry,
                          void *context)
{
    return wmi_sum_entry(answer, start, entry, context);
}

static bool wmi_entry_is_other(const struct wmi_answer *answer, size_t start,
                               const WMIREGGUIDW *entry, void *context)
{
    return memcmp(&entry->Guid, context, sizeof(GUID)) != 0;
}

static bool wmi_entry_forget(const struct wmi_answer *answer, size_t start,
                             const WMIREGGUIDW *entry, void *context)
{
    if ((entry->Flags & WMIREG_FLAG_INSTANCE_PDO) != 0 &&
        io_device_is((PDEVICE_OBJECT)entry->Pdo)) {
        ob_deref((PDEVICE_OBJECT)entry->Pdo);
    }
    return true;
}

/* wmi_sum_all: what an update does not mention stays. */
static bool wmi_sum_all(const struct wmi_answer *answer, const struct wmi_blocks *old,
                        struct wmi_sum *sum)
{
    for (ULONG i = 0; old != NULL && i < old->count; i++) {
        struct wmi_part part = {.block = old->block[i]};

        if (wmi_answer_each(answer, wmi_entry_is_other, &part.block.guid)) {
            wmi_sum_add(sum, &part);
        }
    }
    return wmi_answer_each(answer, wmi_entry_sum, sum);
}

static NTSTATUS wmi_blocks_make(const struct wmi_answer *answer, const struct wmi_blocks *old,
                                struct wmi_blocks **blocks)
{
    struct wmi_sum sum = {0};
    size_t head;

    if (!wmi_sum_all(answer, old, &sum)) {
        return wmi_answer_bad("something that points outside of it");
    }
    head = sizeof(**blocks) + sum.count * sizeof(struct wmi_block);
    *blocks = ex_pool_allocate(head + sum.text_units * sizeof(WCHAR), 'imWM', false, true, NULL);
    if (*blocks == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    sum = (struct wmi_sum){.blocks = *blocks, .text = (WCHAR *)(void *)((char *)*blocks + head)};
    (void)wmi_sum_all(answer, old, &sum);
    (*blocks)->count = sum.count;
    (*blocks)->holders = 1;
    return STATUS_SUCCESS;
}

NTSTATUS wmi_blocks_ask(struct wmi_provider *provider, bool update, const struct wmi_blocks *old,
                        struct wmi_blocks **blocks)
{
    struct wmi_answer answer = {0};
    NTSTATUS status = wmi_answer_get(provider, update, &answer);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = wmi_blocks_make(&answer, update ? old : NULL, blocks);
    if (answer.referenced) {
        (void)wmi_answer_each(&answer, wmi_entry_forget, NULL);
    }
    ex_pool_release(answer.data);
    return status;
}

/* ---- blocks and names ---- */

const struct wmi_block *wmi_blocks_find(const struct wmi_blocks *blocks, const GUID *guid)
{
    for (ULONG i = 0; blocks != NULL && i < blocks->count; i++) {
        if (memcmp(&blocks->block[i].guid, guid, sizeof(*guid)) == 0) {
            return &blocks->block[i];
        }
    }
    return NULL;
}

static void wmi_name_append(PUNICODE_STRING string, const WCHAR *text, size_t units)
{
    size_t have = string->Length / sizeof(WCHAR);

    if (units > WMI_NAME_MAX - have) {
        units = WMI_NAME_MAX - have;
    }
    memcpy(string->Buffer + have, text, units * sizeof(WCHAR));
    string->Length = (USHORT)((have + units) * sizeof(WCHAR));
}

static void wmi_name_number(PUNICODE_STRING string, ULONG number)
{
    WCHAR digits[10];
    size_t at = sizeof(digits) / sizeof(digits[0]);

    do {
        digits[--at] = (WCHAR)(L'0' + number % 10);
        number /= 10;
    } while (number != 0);
    wmi_name_append(string, digits + at, sizeof(digits) / sizeof(digits[0]) - at);
}

void wmi_block_name(const struct wmi_block *block, ULONG index, PUNICODE_STRING string)
{
    const WCHAR *text = block->text;

    string->Length = 0;
    string->MaximumLength = WMI_NAME_MAX * sizeof(WCHAR);
    if ((block->flags & (WMIREG_FLAG_INSTANCE_PDO | WMIREG_FLAG_INSTANCE_BASENAME)) != 0) {
        wmi_name_append(string, text, block->text_size / sizeof(WCHAR));
        wmi_name_number(string, block->first + index);
    } else if ((block->flags & WMIREG_FLAG_INSTANCE_LIST) != 0) {
        for (ULONG i = 0; i < index; i++) {
            text += 1 + *text / sizeof(WCHAR);
        }
        wmi_name_append(string, text + 1, *text / sizeof(WCHAR));
    }
}

bool wmi_block_find_name(const struct wmi_block *block, PCUNICODE_STRING name, ULONG *index)
{
    WCHAR buffer[WMI_NAME_MAX];
    UNICODE_STRING own = {.Buffer = buffer};

    for (ULONG i = 0; i < block->instances; i++) {
        wmi_block_name(block, i, &own);
        if (RtlEqualUnicodeString(&own, name, TRUE)) {
            *index = i;
            return true;
        }
    }
    return false;
}

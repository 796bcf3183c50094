/* cm_query.c - what ZwQueryKey and its kin tell: a fixed head, then a name, data, or both.
 * Each answer is laid out by one function that writes as much as there is room for and counts all.
 * A buffer too small for the head is STATUS_BUFFER_TOO_SMALL, one too small for what follows
 * STATUS_BUFFER_OVERFLOW; either way the length wanted is told.
 */
#include <stddef.h>
#include <string.h>

#include "nt/cm/cm_notify.h"
#include "nt/cm/cm_open.h"
#include "nt/cm/cm_value.h"
#include "nt/ke/ke_api.h"

/* The caller's buffer; writes beyond its end are dropped and counted. */
struct cm_answer {
    char *at;
    ULONG room;
    ULONG head; /* must fit as a whole */
    ULONG total;
};

static void cm_answer_put(struct cm_answer *answer, ULONG offset, const void *data, ULONG size)
{
    ULONG room = offset < answer->room ? answer->room - offset : 0;

    if (room != 0 && size != 0) {
        memcpy(answer->at + offset, data, size < room ? size : room);
    }
    if (offset + size > answer->total) {
        answer->total = offset + size;
    }
}

static NTSTATUS cm_answer_end(const struct cm_answer *answer, PULONG result_length)
{
    *result_length = answer->total;
    if (answer->room < answer->head) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    return answer->room < answer->total ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* ---- keys ---- */

static void cm_query_basic(const struct cm_key *key, struct cm_answer *answer)
{
    KEY_BASIC_INFORMATION head = {.LastWriteTime.QuadPart = key->written_100ns,
                                  .NameLength = key->name.Length};

    answer->head = offsetof(KEY_BASIC_INFORMATION, Name);
    cm_answer_put(answer, 0, &head, answer->head);
    cm_answer_put(answer, answer->head, key->name.Buffer, key->name.Length);
}

static void cm_query_node(const struct cm_key *key, struct cm_answer *answer)
{
    KEY_NODE_INFORMATION head = {.LastWriteTime.QuadPart = key->written_100ns,
                                 .ClassOffset = (ULONG)-1,
                                 .NameLength = key->name.Length};

    answer->head = offsetof(KEY_NODE_INFORMATION, Name);
    if (key->class_name != NULL) { /* behind the name, at a multiple of 4 */
        head.ClassOffset = (answer->head + key->name.Length + 3) & ~3u;
        head.ClassLength = key->class_name->Length;
        cm_answer_put(answer, head.ClassOffset, key->class_name->Buffer, head.ClassLength);
    }
    cm_answer_put(answer, 0, &head, answer->head);
    cm_answer_put(answer, answer->head, key->name.Buffer, key->name.Length);
}

static void cm_query_full(const struct cm_key *key, struct cm_answer *answer)
{
    KEY_FULL_INFORMATION head = {.LastWriteTime.QuadPart = key->written_100ns,
                                 .ClassOffset = (ULONG)-1};
    const struct cm_key *child = NULL;
    const struct cm_value *value = NULL;

    for (child = key->subkeys; child != NULL; child = child->hh.next) {
        head.SubKeys++;
        head.MaxNameLen = max(head.MaxNameLen, child->name.Length);
        head.MaxClassLen =
            max(head.MaxClassLen, child->class_name != NULL ? child->class_name->Length : 0);
    }
    for (value = key->values; value != NULL; value = value->hh.next) {
        head.Values++;
        head.MaxValueNameLen = max(head.MaxValueNameLen, value->name.Length);
        head.MaxValueDataLen = max(head.MaxValueDataLen, value->size);
    }
    answer->head = offsetof(KEY_FULL_INFORMATION, Class);
    if (key->class_name != NULL) {
        head.ClassOffset = answer->head;
        head.ClassLength = key->class_name->Length;
        cm_answer_put(answer, head.ClassOffset, key->class_name->Buffer, head.ClassLength);
    }
    cm_answer_put(answer, 0, &head, answer->head);
}

static void cm_query_name(const struct cm_key *key, struct cm_answer *answer)
{
    KEY_NAME_INFORMATION head = {.NameLength = cm_key_path(key, NULL, 0)};
    ULONG room = 0;

    answer->head = offsetof(KEY_NAME_INFORMATION, Name);
    cm_answer_put(answer, 0, &head, answer->head);
    if (answer->room > answer->head) {
        room = answer->room - answer->head;
        cm_key_path(key, answer->at + answer->head, room);
    }
    answer->total = answer->head + head.NameLength;
}

static NTSTATUS cm_query_key(const struct cm_key *key, KEY_INFORMATION_CLASS class, bool named,
                             struct cm_answer *answer)
{
    switch (class) {
    case KeyBasicInformation:
        cm_query_basic(key, answer);
        return STATUS_SUCCESS;
    case KeyNodeInformation:
        cm_query_node(key, answer);
        return STATUS_SUCCESS;
    case KeyFullInformation:
        cm_query_full(key, answer);
        return STATUS_SUCCESS;
    case KeyNameInformation:
        if (named) {
            cm_query_name(key, answer);
            return STATUS_SUCCESS;
        }
        return STATUS_INVALID_PARAMETER;
    case KeyCachedInformation:
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* ---- values ---- */

static void cm_query_value_full(const struct cm_value *value, ULONG align, struct cm_answer *answer)
{
    ULONG fixed = offsetof(KEY_VALUE_FULL_INFORMATION, Name);
    KEY_VALUE_FULL_INFORMATION head = {.Type = value->type,
                                       .DataOffset =
                                           (fixed + value->name.Length + align - 1) & ~(align - 1),
                                       .DataLength = value->size,
                                       .NameLength = value->name.Length};

    answer->head = fixed;
    cm_answer_put(answer, 0, &head, fixed);
    cm_answer_put(answer, fixed, value->name.Buffer, value->name.Length);
    cm_answer_put(answer, head.DataOffset, value->data, value->size);
}

static void cm_query_value_basic(const struct cm_value *value, struct cm_answer *answer)
{
    KEY_VALUE_BASIC_INFORMATION head = {.Type = value->type, .NameLength = value->name.Length};

    answer->head = offsetof(KEY_VALUE_BASIC_INFORMATION, Name);
    cm_answer_put(answer, 0, &head, answer->head);
    cm_answer_put(answer, answer->head, value->name.Buffer, value->name.Length);
}

static void cm_query_value_partial(const struct cm_value *value, struct cm_answer *answer)
{
    KEY_VALUE_PARTIAL_INFORMATION head = {.Type = value->type, .DataLength = value->size};

    answer->head = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
    cm_answer_put(answer, 0, &head, answer->head);
    cm_answer_put(answer, answer->head, value->data, value->size);
}

/* The same without TitleIndex, so that the data are aligned to 8. */
static void cm_query_value_align64(const struct cm_value *value, struct cm_answer *answer)
{
    KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 head = {.Type = value->type, .DataLength = value->size};

    answer->head = offsetof(KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, Data);
    cm_answer_put(answer, 0, &head, answer->head);
    cm_answer_put(answer, answer->head, value->data, value->size);
}

static NTSTATUS cm_query_value(const struct cm_value *value, KEY_VALUE_INFORMATION_CLASS class,
                               struct cm_answer *answer)
{
    switch (class) {
    case KeyValueBasicInformation:
        cm_query_value_basic(value, answer);
        return STATUS_SUCCESS;
    case KeyValueFullInformation:
        cm_query_value_full(value, sizeof(ULONG), answer);
        return STATUS_SUCCESS;
    case KeyValuePartialInformation:
        cm_query_value_partial(value, answer);
        return STATUS_SUCCESS;
    case KeyValueFullInformationAlign64:
        cm_query_value_full(value, sizeof(ULONG64), answer);
        return STATUS_SUCCESS;
    case KeyValuePartialInformationAlign64:
        cm_query_value_align64(value, answer);
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* ---- the questions ---- */

/* index NULL: the key itself. */
static NTSTATUS cm_tell_key(struct cm_key *key, const ULONG *index, KEY_INFORMATION_CLASS class,
                            struct cm_answer *answer, PULONG result_length)
{
    const struct cm_key *told = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    cm_lock();
    told = index != NULL ? cm_key_subkey_at(key, *index) : key;
    if (key->is_deleted) {
        status = STATUS_KEY_DELETED;
    } else if (told == NULL) {
        status = STATUS_NO_MORE_ENTRIES;
    } else {
        status = cm_query_key(told, class, index == NULL, answer);
    }
    cm_unlock();
    return NT_SUCCESS(status) ? cm_answer_end(answer, result_length) : status;
}

/* index NULL: the value of that name. */
static NTSTATUS cm_tell_value(struct cm_key *key, const ULONG *index, PCUNICODE_STRING name,
                              KEY_VALUE_INFORMATION_CLASS class, struct cm_answer *answer,
                              PULONG result_length)
{
    static const UNICODE_STRING none = {0};
    const struct cm_value *value = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    cm_lock();
    value =
        index != NULL ? cm_value_at(key, *index) : cm_value_find(key, name != NULL ? name : &none);
    if (key->is_deleted) {
        status = STATUS_KEY_DELETED;
    } else if (value == NULL) {
        status = index != NULL ? STATUS_NO_MORE_ENTRIES : STATUS_OBJECT_NAME_NOT_FOUND;
    } else {
        status = cm_query_value(value, class, answer);
    }
    cm_unlock();
    return NT_SUCCESS(status) ? cm_answer_end(answer, result_length) : status;
}

/* ---- told of ---- */

static NTSTATUS cm_ask(HANDLE handle, struct cm_notice *notice, PVOID *object)
{
    NTSTATUS status = cm_open_object(handle, 0, object);

    if (NT_SUCCESS(status)) {
        notice->object = notice->context_object = *object;
        status = cm_notify(notice);
        ob_deref(notice->object);
    }
    return status;
}

static NTSTATUS cm_query_key_act(struct cm_notice *notice)
{
    const REG_QUERY_KEY_INFORMATION *asked = notice->information;
    struct cm_answer answer = {.at = asked->KeyInformation, .room = asked->Length};

    return cm_tell_key(cm_open_of(notice->object), NULL, asked->KeyInformationClass, &answer,
                       asked->ResultLength);
}

static NTSTATUS cm_enumerate_key_act(struct cm_notice *notice)
{
    const REG_ENUMERATE_KEY_INFORMATION *asked = notice->information;
    struct cm_answer answer = {.at = asked->KeyInformation, .room = asked->Length};

    return cm_tell_key(cm_open_of(notice->object), &asked->Index, asked->KeyInformationClass,
                       &answer, asked->ResultLength);
}

static NTSTATUS cm_query_value_act(struct cm_notice *notice)
{
    const REG_QUERY_VALUE_KEY_INFORMATION *asked = notice->information;
    struct cm_answer answer = {.at = asked->KeyValueInformation, .room = asked->Length};

    return cm_tell_value(cm_open_of(notice->object), NULL, asked->ValueName,
                         asked->KeyValueInformationClass, &answer, asked->ResultLength);
}

static NTSTATUS cm_enumerate_value_act(struct cm_notice *notice)
{
    const REG_ENUMERATE_VALUE_KEY_INFORMATION *asked = notice->information;
    struct cm_answer answer = {.at = asked->KeyValueInformation, .room = asked->Length};

    return cm_tell_value(cm_open_of(notice->object), &asked->Index, NULL,
                         asked->KeyValueInformationClass, &answer, asked->ResultLength);
}

/* ---- API ---- */

NTSTATUS ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass,
                    PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
    REG_QUERY_KEY_INFORMATION information = {.KeyInformationClass = KeyInformationClass,
                                             .KeyInformation = KeyInformation,
                                             .Length = Length,
                                             .ResultLength = ResultLength};
    struct cm_notice notice = {.before = RegNtPreQueryKey,
                               .after = RegNtPostQueryKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_query_key_act};

    return API(PASSIVE_LEVEL) ? cm_ask(KeyHandle, &notice, &information.Object)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwEnumerateKey(HANDLE KeyHandle, ULONG Index, KEY_INFORMATION_CLASS KeyInformationClass,
                        PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
    REG_ENUMERATE_KEY_INFORMATION information = {.Index = Index,
                                                 .KeyInformationClass = KeyInformationClass,
                                                 .KeyInformation = KeyInformation,
                                                 .Length = Length,
                                                 .ResultLength = ResultLength};
    struct cm_notice notice = {.before = RegNtPreEnumerateKey,
                               .after = RegNtPostEnumerateKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_enumerate_key_act};

    return API(PASSIVE_LEVEL) ? cm_ask(KeyHandle, &notice, &information.Object)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
                         KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                         PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
    REG_QUERY_VALUE_KEY_INFORMATION information = {.ValueName = ValueName,
                                                   .KeyValueInformationClass =
                                                       KeyValueInformationClass,
                                                   .KeyValueInformation = KeyValueInformation,
                                                   .Length = Length,
                                                   .ResultLength = ResultLength};
    struct cm_notice notice = {.before = RegNtPreQueryValueKey,
                               .after = RegNtPostQueryValueKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_query_value_act};

    return API(PASSIVE_LEVEL) ? cm_ask(KeyHandle, &notice, &information.Object)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwEnumerateValueKey(HANDLE KeyHandle, ULONG Index,
                             KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                             PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
    REG_ENUMERATE_VALUE_KEY_INFORMATION information = {.Index = Index,
                                                       .KeyValueInformationClass =
                                                           KeyValueInformationClass,
                                                       .KeyValueInformation = KeyValueInformation,
                                                       .Length = Length,
                                                       .ResultLength = ResultLength};
    struct cm_notice notice = {.before = RegNtPreEnumerateValueKey,
                               .after = RegNtPostEnumerateValueKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_enumerate_value_act};

    return API(PASSIVE_LEVEL) ? cm_ask(KeyHandle, &notice, &information.Object)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

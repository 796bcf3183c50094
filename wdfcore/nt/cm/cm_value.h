#pragma once
/* cm_value.h - the values of a registry key: typed bytes with a name, found without regard to case.
 */
#include "nt/cm/cm_key.h"

/* A value's data, copied out of the registry. */
struct cm_data {
    ULONG type;
    ULONG size;
    void *bytes; /* two more zero units follow the data, so that text is always terminated */
};

/* cm_value_set: STATUS_KEY_DELETED, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER (the
 * name is longer than 16,383 characters). name NULL or empty: the key's default value. */
NTSTATUS cm_value_set(struct cm_key *key, PCUNICODE_STRING name, ULONG type, const void *data,
                      ULONG size);
/* cm_value_get: STATUS_OBJECT_NAME_NOT_FOUND, STATUS_KEY_DELETED, STATUS_INSUFFICIENT_RESOURCES.
 * The copy is freed with cm_data_free. */
NTSTATUS cm_value_get(struct cm_key *key, PCUNICODE_STRING name, struct cm_data *data);
void cm_data_free(struct cm_data *data);
NTSTATUS cm_value_delete(struct cm_key *key, PCUNICODE_STRING name);

/* ---- under the registry's lock ---- */

struct cm_value *cm_value_find(const struct cm_key *key, PCUNICODE_STRING name);
struct cm_value *cm_value_at(const struct cm_key *key, ULONG index);

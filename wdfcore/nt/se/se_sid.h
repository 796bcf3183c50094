#pragma once
/* se_sid.h - what the files about security share. No window. */
#include <wdm.h>

/* se_sid_length: of a SID with so many subauthorities. se_sid_is_valid, se_sid_equal. */
ULONG se_sid_length(ULONG subauthorities);
BOOLEAN se_sid_is_valid(const SID *sid);
BOOLEAN se_sid_equal(const SID *left, const SID *right);

/* se_acl_is_valid: its entries lie inside of it. se_acl_next: the entry behind this one. */
BOOLEAN se_acl_is_valid(const ACL *acl);
static inline PACE_HEADER se_acl_first(const ACL *acl)
{
    return (PACE_HEADER)(acl + 1);
}

static inline PACE_HEADER se_acl_next(PACE_HEADER ace)
{
    return (PACE_HEADER)((PUCHAR)ace + ace->AceSize);
}

/* se_descriptor_parts: of a descriptor in either form; lists that are not present are NULL. */
struct se_parts {
    PISID owner, group;
    PACL sacl, dacl;
};
struct se_parts se_descriptor_parts(const SECURITY_DESCRIPTOR *descriptor);

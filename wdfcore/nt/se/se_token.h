#pragma once
/* se_token.h - the one token of a machine. */
#include <wdm.h>

#include "nt/ob/ob_object.h"

#define SE_TOKEN_GROUPS 3

struct se_token {
    PSID user;
    PSID groups[SE_TOKEN_GROUPS];
};

extern const struct ob_type se_token_type;

/* se_token_system: not referenced; NULL: there was no memory for it. */
struct se_token *se_token_system(void);

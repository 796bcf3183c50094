#include "harness/testing/testing_text.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/assert.h"
#include "base/lock.h"

struct kept {
    struct kept *next;
    char characters[];
};

/* Key: (l) lock */
static struct {
    struct base_lock lock;
    struct kept *all; /* (l) */
} texts = {.lock = {.rank = BASE_RANK_RECORD}};

const char *testing_keep_copy(const char *characters)
{
    size_t size = strlen(characters) + 1;
    struct kept *kept = malloc(sizeof(*kept) + size);

    CORE_ASSERT(kept != NULL);
    memcpy(kept->characters, characters, size);
    base_lock_acquire(&texts.lock);
    LL_PREPEND(texts.all, kept);
    base_lock_release(&texts.lock);
    return kept->characters;
}

const char *testing_keep(UT_string *text)
{
    const char *kept = testing_keep_copy(utstring_body(text));

    utstring_done(text);
    return kept;
}

void testing_texts_free(void)
{
    struct kept *kept, *next;

    LL_FOREACH_SAFE (texts.all, kept, next) {
        free(kept);
    }
    texts.all = NULL;
}

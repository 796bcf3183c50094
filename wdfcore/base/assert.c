#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void base_assert_failed(const char *condition, const char *file, int line, const char *function)
{
    fprintf(stderr, "wdfcore: internal error: %s:%d: %s: %s does not hold\n", file, line, function,
            condition);
    abort();
}

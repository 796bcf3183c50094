#include "harness/testing/testing_fail.h"

#include <wdfcore/testing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nt/ke/record/ke_last_events.h"

void testing_fail(const char *file, int line, const char *format, ...)
{
    char events[6144];
    char text[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    /* In pieces: cmocka cuts a message after 1,024 characters. */
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "\n");

        print_error("%.*s\n", length > 900 ? 900 : (int)length, at);
        at += length + (at[length] == '\n');
    }
    ke_last_events(events, sizeof(events));
    for (const char *at = events; *at != '\0';) {
        size_t length = strcspn(at, "\n");

        print_error("%.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
    _fail(file, line);
    abort(); /* it does not come back, but does not say so */
}

#pragma once
/* testing_text.h - texts that the test kit hands out: they stay until the machine ends. */
#include <utstring.h>

/* testing_keep: takes the text over. */
const char *testing_keep(UT_string *text);
const char *testing_keep_copy(const char *characters);
void testing_texts_free(void);

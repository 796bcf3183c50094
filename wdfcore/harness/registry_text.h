#pragma once
/* registry_text.h - registry values as text, as in the files of the registry editor:
 *     "text"   dword:0000002a   qword:2a   hex:01,02,ff   hex(2):25,00,...   (2: the type's number)
 * and one form of our own, multi_sz:one|two. Numbers of dword, qword and hex are hexadecimal.
 * Narrow text is UTF-8.
 */
#include "nt/cm/cm_value.h"

/* registry_parse_data: false: *error says why (a literal). bare: text without quotes is text, too.
 * The data are freed with cm_data_free. */
bool registry_parse_data(const char *text, bool bare, struct cm_data *data, const char **error);

/* registry_parse_root: "HKEY_LOCAL_MACHINE\X", "HKLM\X", "HKEY_USERS\X", "HKU\X" and "\Registry\X"
 * become "\Registry\...\X"; slashes become backslashes. false: it starts with none of these (then
 * path holds the text with backslashes) or is too long. */
bool registry_parse_root(const char *text, char *path, size_t size);

/* registry_unquote: a quoted text into its own storage; returns what follows the closing quote, or
 * NULL: there is none. \" and \\ stand for themselves. */
char *registry_unquote(char *text);

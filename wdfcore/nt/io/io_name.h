#pragma once
/* io_name.h - the object namespace: devices, drivers, files and symbolic links by name.
 * Rules for a name:
 * - compared without regard to case; \DosDevices\X, \??\X and \GLOBAL??\X are one name
 * - a link is followed when a name is opened, at most 32 times; what follows the link's name in the
 *   opened name (\\.\COM1\sub) is handed on
 * - a name holds no reference: its object removes it before it goes
 */
#include <wdm.h>

#include <stdbool.h>

/* io_name_insert: STATUS_OBJECT_NAME_COLLISION if it is taken, STATUS_OBJECT_PATH_SYNTAX_BAD if it
 * does not start with a backslash, STATUS_OBJECT_NAME_INVALID if a part of it is empty, STATUS_OBJECT_PATH_NOT_FOUND
 * if its directory is not there. body: an object, see ob_object.h. */
NTSTATUS io_name_insert(PCUNICODE_STRING name, void *body);
void io_name_remove(PCUNICODE_STRING name);

/* io_name_insert_link: a symbolic link. io_name_target: what the link leads to, copied; STATUS_OBJECT_TYPE_
 * MISMATCH: an object's name. */
#define IO_NAME_TARGET_MAX 512 /* characters */
NTSTATUS io_name_insert_link(PCUNICODE_STRING name, PCUNICODE_STRING target);
NTSTATUS io_name_target(PCUNICODE_STRING name, UNICODE_STRING *target);

/* io_name_lookup: resolve name, links included, to the object.
 *   remainder  set to what stands behind the object's name ("" or "\sub"), inside name's
 *              buffer. May be NULL: then it must be empty.
 *   Returns    STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_NAME_INVALID,
 *              STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_OBJECT_PATH_NOT_FOUND
 * The body has a reference of the caller. */
NTSTATUS io_name_lookup(PCUNICODE_STRING name, void **body, PUNICODE_STRING remainder);

/* io_name_upcase, io_name_equal: how the namespace compares: case of ASCII and Latin-1 letters does
 * not count. No window. */
WCHAR io_name_upcase(WCHAR character);
bool io_name_equal(PCUNICODE_STRING left, PCUNICODE_STRING right);

/* io_name_stop: forget everything. */
void io_name_stop(void);

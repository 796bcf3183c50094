#pragma once
/* io_assigned.h - the translated resources that each device was started with, by PDO: what
 * line-based and message-based interrupt connections look their vectors up in.
 */
#include <wdm.h>

/* io_assigned_set: remember the list, which the caller keeps alive; NULL: the device has none any
 * more. */
void io_assigned_set(PDEVICE_OBJECT pdo, const CM_RESOURCE_LIST *translated);
/* io_assigned: NULL: none. */
const CM_RESOURCE_LIST *io_assigned(PDEVICE_OBJECT pdo);

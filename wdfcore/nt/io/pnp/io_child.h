#pragma once
/* io_child.h - children of a device that its drivers do not report: what a part of the system puts there, as a lower
 * filter of Windows' own would. The PnP manager adds them to the bus relations of the device's stack.
 * Rules:
 * - from io_child_report on the PnP manager may start it; from io_child_withdraw on it has to let go
 * - `forgotten` is called when it is withdrawn and the PnP manager knows nothing of it any more: its PDO may be
 *   deleted then. PASSIVE_LEVEL, unless nobody knew it when it was withdrawn.
 */
#include <wdm.h>

#include <stdbool.h>

/* io_child_report: parent is a PDO. driver: whose AddDevice makes its stack.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES      IRQL PASSIVE_LEVEL */
NTSTATUS io_child_report(PDEVICE_OBJECT parent, PDEVICE_OBJECT pdo, PDRIVER_OBJECT driver,
                         void (*forgotten)(PDEVICE_OBJECT pdo));
/* io_child_withdraw: <= DISPATCH_LEVEL. */
void io_child_withdraw(PDEVICE_OBJECT pdo);

/* ---- for the PnP manager ---- */

/* io_child_next: the child behind `after` (NULL: the first) that is reported below that PDO, referenced; it is known
 * from here on. */
PDEVICE_OBJECT io_child_next(PDEVICE_OBJECT parent, PDEVICE_OBJECT after);
/* io_child_driver: NULL: it is none of these. */
PDRIVER_OBJECT io_child_driver(PDEVICE_OBJECT pdo);
/* io_child_forget: the PnP manager has dropped that device, whichever it is. */
void io_child_forget(PDEVICE_OBJECT pdo);

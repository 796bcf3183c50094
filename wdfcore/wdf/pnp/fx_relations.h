#pragma once
/* fx_relations.h - devices that have to do with a device, as its driver says: those that are removed with
 * it, those that are ejected with it, and those that hear of special files when it does.
 * Rules:
 * - a device is on a list once; the list holds a reference on it
 * - lists are the driver's to change, at <= DISPATCH_LEVEL; PnP asks for them when it needs them
 */
#include "wdf/device/fx_device.h"

/* fx_relations_answer: IRP_MN_QUERY_DEVICE_RELATIONS: the list goes into the answer, behind what is there.
 *   Returns  STATUS_NOT_SUPPORTED (an empty list); STATUS_INSUFFICIENT_RESOURCES. PASSIVE_LEVEL. */
NTSTATUS fx_relations_answer(struct fx_device *device, PIRP irp, enum fx_relation_kind kind);
/* fx_relations_copy: the list, each referenced, in memory of ours. *count 0: it is empty. */
NTSTATUS fx_relations_copy(struct fx_device *device, enum fx_relation_kind kind,
                           PDEVICE_OBJECT **devices, ULONG *count);
/* fx_relations_free: with the device. */
void fx_relations_free(struct fx_device *device);

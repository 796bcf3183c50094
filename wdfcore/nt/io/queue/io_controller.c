/* io_controller.c - controller objects: one piece of hardware that several devices take in turn.
 * A device waits with the wait context block of its device object, so it can wait once at a time.
 */
#include <ntddk.h>

#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

static const struct ob_type io_controller_type = {
    .name = "Controller", .destroy = NULL, .last = NULL};

static BOOLEAN io_controller_check(const CONTROLLER_OBJECT *controller, const char *api)
{
    return ob_is(controller, &io_controller_type) ||
           ke_check_refuse(RULE_ObjectNotInitialized, controller, "a controller object", api);
}

PCONTROLLER_OBJECT IoCreateController(ULONG Size)
{
    PCONTROLLER_OBJECT controller = NULL;

    if (!API(PASSIVE_LEVEL)) {
        return NULL;
    }
    controller = ob_create(&io_controller_type, sizeof(*controller) + 15 + Size);
    if (controller == NULL) {
        return NULL;
    }
    controller->Type = IO_TYPE_CONTROLLER;
    controller->Size = (CSHORT)(sizeof(*controller) + Size);
    controller->ControllerExtension = (PVOID)(((ULONG_PTR)(controller + 1) + 15) & ~(ULONG_PTR)15);
    KeInitializeDeviceQueue(&controller->DeviceWaitQueue);
    return controller;
}

VOID IoDeleteController(PCONTROLLER_OBJECT ControllerObject)
{
    if (!API(PASSIVE_LEVEL) || !io_controller_check(ControllerObject, __func__)) {
        return;
    }
    if (ControllerObject->DeviceWaitQueue.Busy) {
        ke_violation(RULE_ObjectBusy, 0, (uintptr_t)ControllerObject, 0, 0, 0,
                     "IoDeleteController of a controller that is allocated");
        return;
    }
    ob_deref(ControllerObject);
}

/* The device has the controller; false: it gives it back at once. */
static bool io_controller_call(PDEVICE_OBJECT device)
{
    WAIT_CONTEXT_BLOCK *block = &device->Queue.Wcb;
    struct ke_callback frame;
    IO_ALLOCATION_ACTION action = KeepObject;

    ke_call_enter(&frame, "ControllerControl", (const void *)block->DeviceRoutine, device);
    action = block->DeviceRoutine(device, block->CurrentIrp, NULL, block->DeviceContext);
    ke_call_leave(&frame);
    return action == KeepObject;
}

/* Hand the controller to who waits first, and on while they give it back. */
static void io_controller_next(PCONTROLLER_OBJECT controller)
{
    PKDEVICE_QUEUE_ENTRY entry = NULL;

    do {
        entry = KeRemoveDeviceQueue(&controller->DeviceWaitQueue); /* names one that is free */
    } while (entry != NULL && !io_controller_call(CONTAINING_RECORD(entry, DEVICE_OBJECT,
                                                                    Queue.Wcb.WaitQueueEntry)));
}

VOID IoAllocateController(PCONTROLLER_OBJECT ControllerObject, PDEVICE_OBJECT DeviceObject,
                          PDRIVER_CONTROL ExecutionRoutine, PVOID Context)
{
    WAIT_CONTEXT_BLOCK *block = NULL;

    if (!API(DISPATCH_LEVEL) || !io_controller_check(ControllerObject, __func__) ||
        !io_device_check(DeviceObject, __func__)) {
        return;
    }
    block = &DeviceObject->Queue.Wcb;
    if (block->WaitQueueEntry.Inserted) {
        ke_violation(RULE_ControllerAlreadyWaiting, 0, (uintptr_t)ControllerObject,
                     (uintptr_t)DeviceObject, 0, 0,
                     "IoAllocateController for a device that waits for one already");
        return;
    }
    block->DeviceRoutine = ExecutionRoutine;
    block->DeviceContext = Context;
    block->CurrentIrp = DeviceObject->CurrentIrp;
    if (!KeInsertDeviceQueue(&ControllerObject->DeviceWaitQueue, &block->WaitQueueEntry) &&
        !io_controller_call(DeviceObject)) {
        io_controller_next(ControllerObject);
    }
}

VOID IoFreeController(PCONTROLLER_OBJECT ControllerObject)
{
    if (!API(DISPATCH_LEVEL) || !io_controller_check(ControllerObject, __func__)) {
        return;
    }
    io_controller_next(ControllerObject);
}

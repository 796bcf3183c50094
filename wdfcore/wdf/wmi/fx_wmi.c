/* fx_wmi.c - a device and WMI: registration, and what WMI asks of the device as a whole.
 *
 *   wmi.state    start        provider added   removal      PDO restarts
 *   NEW          STARTED      -                ENDED        -
 *   STARTED      !            tell WMI         ENDED        !
 *   ENDED        !            refused          -            NEW
 * In STARTED the device is registered once it has a provider or a name for its MOF resource: the other
 * devices need not be asked. A removal waits for who is registering it.
 */
#include "wdf/wmi/fx_wmi.h"

#include "nt/ke/ke_api.h"
#include "nt/wmi/wmi.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_look.h"
#include "wdf/frame/fx_text.h"

NTSTATUS fx_wmi_start(struct fx_device *device)
{
    bool offers;

    fx_wmi_lock(device);
    CORE_ASSERT(device->wmi.state == FX_WMI_NEW || device->wmi.state == FX_WMI_STARTED);
    /* A device that stopped is registered still. */
    offers = device->wmi.state == FX_WMI_NEW &&
             (device->wmi.providers != NULL || device->wmi.mof.Buffer != NULL);
    device->wmi.state = FX_WMI_STARTED;
    device->wmi.registered = device->wmi.registered || offers;
    fx_wmi_unlock(device);
    return offers ? wmi_register(device->wdm) : STATUS_SUCCESS;
}

static bool fx_wmi_is_registering(const void *context)
{
    const struct fx_device *device = context;

    return FX_LOOK(device->wmi.registering);
}

static void fx_wmi_told(struct fx_device *device)
{
    struct fx_waiter *waiters;

    fx_tree_lock();
    FX_SET(device->wmi.registering, false);
    waiters = fx_waiters_detach(&device->wmi.told);
    fx_tree_unlock();
    fx_waiters_wake(waiters);
}

void fx_wmi_changed(struct fx_device *device)
{
    bool started;
    bool first;

    fx_wmi_lock(device);
    started = device->wmi.state == FX_WMI_STARTED;
    first = started && !device->wmi.registered;
    device->wmi.registered = device->wmi.registered || started;
    if (first) {
        FX_SET(device->wmi.registering, true);
    }
    fx_wmi_unlock(device);
    if (first) {
        (void)wmi_register(device->wdm); /* as on Windows: nobody could be told */
        fx_wmi_told(device);
    } else if (started) {
        (void)wmi_update(device->wdm);
    }
}

void fx_wmi_end(struct fx_device *device)
{
    bool registered;

    fx_wmi_lock(device);
    registered = device->wmi.registered;
    device->wmi.registered = false;
    device->wmi.state = FX_WMI_ENDED;
    fx_wmi_unlock(device);
    if (fx_wmi_is_registering(device)) {
        fx_wait_while(&device->wmi.told, fx_wmi_is_registering, device,
                      "the registration of a device with WMI");
    }
    if (registered) {
        (void)IoWMIRegistrationControl(device->wdm, WMIREG_ACTION_DEREGISTER);
    }
}

void fx_wmi_restart(struct fx_device *device)
{
    fx_wmi_lock(device);
    CORE_ASSERT(!device->wmi.registered);
    device->wmi.state = FX_WMI_NEW;
    fx_wmi_unlock(device);
}

void fx_wmi_free(struct fx_device *device)
{
    fx_text_free(&device->wmi.mof);
}

NTSTATUS WdfDeviceAssignMofResourceName(WDFDEVICE Device, PCUNICODE_STRING MofResourceName)
{
    UNICODE_STRING copy = {0};
    struct fx_device *device;
    bool known;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(MofResourceName)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_text_copy(MofResourceName, &copy);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    fx_wmi_lock(device);
    known = device->wmi.mof.Buffer != NULL;
    if (!known) {
        device->wmi.mof = copy;
    }
    fx_wmi_unlock(device);
    if (known) {
        fx_text_free(&copy);
        return STATUS_OBJECT_NAME_COLLISION; /* a name is assigned once */
    }
    return STATUS_SUCCESS;
}

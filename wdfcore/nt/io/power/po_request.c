/* po_request.c - power requests: what a device needs the system to stay awake for. Nothing but its test
 * sends a machine to sleep, so that they are counted and nothing follows.
 */
#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

#define PO_REQUEST_TYPES (PowerRequestExecutionRequired + 1)
#define PO_REQUEST_TAG   'qeRP'
#define PO_REQUEST_MAGIC 0x71655250u

/* Keys: (c) constant, (a) atomic */
struct po_request {
    ULONG magic;                  /* (c) until it is deleted */
    PDEVICE_OBJECT device;        /* (c) referenced */
    LONG count[PO_REQUEST_TYPES]; /* (a) */
};

static bool po_request_check(const struct po_request *request, const char *api)
{
    if (ke_address_is_bad(request) || request->magic != PO_REQUEST_MAGIC) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)request, 0, 0, 0,
                     "%s of %p, which is no power request", api, (const void *)request);
        return false;
    }
    return true;
}

NTSTATUS PoCreatePowerRequest(PVOID *PowerRequest, PDEVICE_OBJECT DeviceObject,
                              PCOUNTED_REASON_CONTEXT Context)
{
    struct po_request *request;

    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Context != NULL && Context->Version != DIAGNOSTIC_REASON_VERSION) {
        return STATUS_INVALID_PARAMETER;
    }
    request = ex_pool_allocate(sizeof(*request), PO_REQUEST_TAG, false, true, KE_CALLER());
    if (request == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    request->magic = PO_REQUEST_MAGIC;
    request->device = DeviceObject;
    ob_ref(DeviceObject); /* dropped by PoDeletePowerRequest */
    *PowerRequest = request;
    return STATUS_SUCCESS;
}

static NTSTATUS po_request_change(struct po_request *request, POWER_REQUEST_TYPE type, LONG change,
                                  const char *api)
{
    if (!po_request_check(request, api) || (ULONG)type >= PO_REQUEST_TYPES) {
        return STATUS_INVALID_PARAMETER;
    }
    if (__atomic_add_fetch(&request->count[type], change, __ATOMIC_RELAXED) < 0) {
        __atomic_sub_fetch(&request->count[type], change, __ATOMIC_RELAXED);
        return STATUS_UNSUCCESSFUL; /* it was not set */
    }
    return STATUS_SUCCESS;
}

NTSTATUS PoSetPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type)
{
    return API(DISPATCH_LEVEL) ? po_request_change(PowerRequest, Type, 1, __func__)
                               : STATUS_INVALID_PARAMETER;
}

NTSTATUS PoClearPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type)
{
    return API(DISPATCH_LEVEL) ? po_request_change(PowerRequest, Type, -1, __func__)
                               : STATUS_INVALID_PARAMETER;
}

VOID PoDeletePowerRequest(PVOID PowerRequest)
{
    struct po_request *request = PowerRequest;

    if (!API(PASSIVE_LEVEL) || !po_request_check(request, __func__)) {
        return;
    }
    request->magic = 0;
    ob_deref(request->device);
    ex_pool_release(request);
}

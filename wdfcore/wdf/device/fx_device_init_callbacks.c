/* fx_device_init_callbacks.c - WDFDEVICE_INIT: the setters that register callbacks. */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device_init.h"
#include "wdf/object/fx_pool.h"

/* What file objects and requests, made later, allow in their attributes. */
static const struct fx_type fx_init_file_rules = {
    .number = FX_TYPE_FILEOBJECT,
    .parent = FX_PARENT_FORBIDDEN,
    .scope = FX_SCOPE_NOT_QUEUE,
    .level_allowed = true,
};
static const struct fx_type fx_init_request_rules = {
    .number = FX_TYPE_REQUEST,
    .parent = FX_PARENT_FORBIDDEN,
    .scope = FX_SCOPE_NONE,
};

/* fx_init_of_pnp: whether the init is live and of a device that PnP manages. */
static bool fx_init_of_pnp(const struct WDFDEVICE_INIT *init, const char *api)
{
    if (!fx_device_init_live(init, api)) {
        return false;
    }
    if (init->kind == FX_DEVICE_CONTROL) {
        fx_init_misuse("%s was called for a control device, which knows no PnP and power", api);
        return false;
    }
    return true;
}

VOID WdfDeviceInitSetPnpPowerEventCallbacks(PWDFDEVICE_INIT DeviceInit,
                                            PWDF_PNPPOWER_EVENT_CALLBACKS PnpPowerEventCallbacks)
{
    if (!API(DISPATCH_LEVEL) || !fx_init_of_pnp(DeviceInit, __func__) ||
        !fx_required(PnpPowerEventCallbacks) ||
        !fx_size_right(PnpPowerEventCallbacks->Size, sizeof(*PnpPowerEventCallbacks),
                       "WDF_PNPPOWER_EVENT_CALLBACKS")) {
        return;
    }
    if (PnpPowerEventCallbacks->EvtDeviceUsageNotification != NULL &&
        PnpPowerEventCallbacks->EvtDeviceUsageNotificationEx != NULL) {
        fx_init_misuse("both EvtDeviceUsageNotification and EvtDeviceUsageNotificationEx are set");
        return;
    }
    DeviceInit->settings.pnp = *PnpPowerEventCallbacks;
}

VOID WdfDeviceInitSetPowerPolicyEventCallbacks(
    PWDFDEVICE_INIT DeviceInit, PWDF_POWER_POLICY_EVENT_CALLBACKS PowerPolicyEventCallbacks)
{
    if (!API(DISPATCH_LEVEL) || !fx_init_of_pnp(DeviceInit, __func__) ||
        !fx_required(PowerPolicyEventCallbacks) ||
        !fx_size_right(PowerPolicyEventCallbacks->Size, sizeof(*PowerPolicyEventCallbacks),
                       "WDF_POWER_POLICY_EVENT_CALLBACKS")) {
        return;
    }
    if (PowerPolicyEventCallbacks->EvtDeviceArmWakeFromSx != NULL &&
        PowerPolicyEventCallbacks->EvtDeviceArmWakeFromSxWithReason != NULL) {
        fx_init_misuse("both EvtDeviceArmWakeFromSx and EvtDeviceArmWakeFromSxWithReason are set");
        return;
    }
    DeviceInit->settings.policy = *PowerPolicyEventCallbacks;
}

VOID WdfDeviceInitSetPowerPolicyOwnership(PWDFDEVICE_INIT DeviceInit, BOOLEAN IsPowerPolicyOwner)
{
    if (API(DISPATCH_LEVEL) && fx_init_of_pnp(DeviceInit, __func__)) {
        DeviceInit->settings.power_policy_owner = IsPowerPolicyOwner ? WdfTrue : WdfFalse;
    }
}

VOID WdfDeviceInitSetPowerPageable(PWDFDEVICE_INIT DeviceInit)
{
    if (API(DISPATCH_LEVEL) && fx_init_of_pnp(DeviceInit, __func__)) {
        DeviceInit->settings.power_pageable = TRUE;
    }
}

VOID WdfDeviceInitSetPowerNotPageable(PWDFDEVICE_INIT DeviceInit)
{
    if (API(DISPATCH_LEVEL) && fx_init_of_pnp(DeviceInit, __func__)) {
        DeviceInit->settings.power_pageable = FALSE;
    }
}

VOID WdfDeviceInitSetPowerInrush(PWDFDEVICE_INIT DeviceInit)
{
    if (API(DISPATCH_LEVEL) && fx_init_of_pnp(DeviceInit, __func__)) {
        DeviceInit->settings.power_inrush = TRUE;
        DeviceInit->settings.power_pageable = FALSE;
    }
}

VOID WdfDeviceInitSetReleaseHardwareOrderOnFailure(
    PWDFDEVICE_INIT DeviceInit, WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE ReleaseHardwareOrderOnFailure)
{
    if (!API(DISPATCH_LEVEL) || !fx_init_of_pnp(DeviceInit, __func__)) {
        return;
    }
    if (ReleaseHardwareOrderOnFailure != WdfReleaseHardwareOrderOnFailureEarly &&
        ReleaseHardwareOrderOnFailure != WdfReleaseHardwareOrderOnFailureAfterDescendants) {
        fx_init_misuse("there is no release order %d", (int)ReleaseHardwareOrderOnFailure);
        return;
    }
    DeviceInit->settings.release_order = ReleaseHardwareOrderOnFailure;
}

VOID WdfDeviceInitSetRemoveLockOptions(PWDFDEVICE_INIT DeviceInit, PWDF_REMOVE_LOCK_OPTIONS Options)
{
    if (!API(DISPATCH_LEVEL) || !fx_init_of_pnp(DeviceInit, __func__) || !fx_required(Options) ||
        !fx_size_right(Options->Size, sizeof(*Options), "WDF_REMOVE_LOCK_OPTIONS")) {
        return;
    }
    if ((Options->Flags & ~(ULONG)WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO) != 0) {
        fx_init_misuse("there are no remove lock options 0x%x", Options->Flags);
        return;
    }
    DeviceInit->settings.remove_lock_flags = Options->Flags;
}

VOID WdfDeviceInitSetFileObjectConfig(PWDFDEVICE_INIT DeviceInit,
                                      PWDF_FILEOBJECT_CONFIG FileObjectConfig,
                                      PWDF_OBJECT_ATTRIBUTES FileObjectAttributes)
{
    if (!API(DISPATCH_LEVEL) || !fx_device_init_live(DeviceInit, __func__) ||
        !fx_required(FileObjectConfig) ||
        !fx_size_right(FileObjectConfig->Size, sizeof(*FileObjectConfig),
                       "WDF_FILEOBJECT_CONFIG")) {
        return;
    }
    ULONG class = (ULONG)FileObjectConfig->FileObjectClass & ~(ULONG)WdfFileObjectCanBeOptional;
    bool optional = ((ULONG)FileObjectConfig->FileObjectClass & WdfFileObjectCanBeOptional) != 0;

    if (class < WdfFileObjectNotRequired || class > WdfFileObjectWdfCannotUseFsContexts ||
        (optional && class == WdfFileObjectNotRequired)) {
        fx_init_misuse("there is no file object class 0x%x",
                       (ULONG)FileObjectConfig->FileObjectClass);
        return;
    }
    if ((unsigned)FileObjectConfig->AutoForwardCleanupClose > WdfUseDefault) {
        fx_init_misuse("AutoForwardCleanupClose %d is no WDF_TRI_STATE",
                       (int)FileObjectConfig->AutoForwardCleanupClose);
        return;
    }
    if (FileObjectAttributes != NULL &&
        !NT_SUCCESS(fx_attributes_check(&fx_init_file_rules, FileObjectAttributes))) {
        fx_init_misuse("the attributes of file objects are not valid");
        return;
    }
    struct fx_device_settings *settings = &DeviceInit->settings;

    settings->has_file_config = TRUE;
    settings->file = *FileObjectConfig;
    settings->has_file_attributes = FileObjectAttributes != NULL;
    if (FileObjectAttributes != NULL) {
        settings->file_attributes = *FileObjectAttributes;
    }
}

VOID WdfDeviceInitSetRequestAttributes(PWDFDEVICE_INIT DeviceInit,
                                       PWDF_OBJECT_ATTRIBUTES RequestAttributes)
{
    if (!API(DISPATCH_LEVEL) || !fx_device_init_live(DeviceInit, __func__) ||
        !fx_required(RequestAttributes)) {
        return;
    }
    if (!NT_SUCCESS(fx_attributes_check(&fx_init_request_rules, RequestAttributes))) {
        fx_init_misuse("the attributes of requests are not valid");
        return;
    }
    DeviceInit->settings.has_request_attributes = TRUE;
    DeviceInit->settings.request_attributes = *RequestAttributes;
}

VOID WdfDeviceInitSetIoInCallerContextCallback(PWDFDEVICE_INIT DeviceInit,
                                               PFN_WDF_IO_IN_CALLER_CONTEXT EvtIoInCallerContext)
{
    if (API(DISPATCH_LEVEL) && fx_device_init_live(DeviceInit, __func__)) {
        DeviceInit->settings.in_caller_context = EvtIoInCallerContext;
    }
}

/* fx_preprocess_slot: where a major's preprocess callback is kept; NULL: no memory. */
static struct fx_preprocess *fx_preprocess_slot(struct fx_device_settings *settings, UCHAR major)
{
    if (settings->preprocess == NULL) {
        settings->preprocess = fx_allocate(FX_IRP_MAJORS * sizeof(*settings->preprocess));
    }
    if (settings->preprocess == NULL) {
        return NULL;
    }
    if (settings->preprocess[major] == NULL) {
        settings->preprocess[major] = fx_allocate(sizeof(struct fx_preprocess));
    }
    return settings->preprocess[major];
}

NTSTATUS WdfDeviceInitAssignWdmIrpPreprocessCallback(
    PWDFDEVICE_INIT DeviceInit, PFN_WDFDEVICE_WDM_IRP_PREPROCESS EvtDeviceWdmIrpPreprocess,
    UCHAR MajorFunction, PUCHAR MinorFunctions, ULONG NumMinorFunctions)
{
    if (!API(DISPATCH_LEVEL) || !fx_device_init_live(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(EvtDeviceWdmIrpPreprocess) ||
        (NumMinorFunctions > 0 && !fx_required(MinorFunctions))) {
        return STATUS_INVALID_PARAMETER;
    }
    if (MajorFunction > IRP_MJ_MAXIMUM_FUNCTION) {
        return STATUS_INVALID_PARAMETER;
    }
    struct fx_preprocess *slot = fx_preprocess_slot(&DeviceInit->settings, MajorFunction);

    if (slot == NULL || NumMinorFunctions > sizeof(slot->minors)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (slot->minor_count > 0 && NumMinorFunctions > 0) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    slot->callback = EvtDeviceWdmIrpPreprocess;
    if (NumMinorFunctions > 0) {
        memcpy(slot->minors, MinorFunctions, NumMinorFunctions);
        slot->minor_count = NumMinorFunctions;
    }
    return STATUS_SUCCESS;
}

/* fx_state_change_add: remember a callback of one of the three machines. */
static NTSTATUS fx_state_change_add(struct WDFDEVICE_INIT *init, struct fx_state_change change,
                                    ULONG first, ULONG last)
{
    ULONG state = change.state & ~(ULONG)WdfDevStateNP;

    if (change.callback.pnp == NULL || state < first || state >= last || change.types == 0 ||
        (change.types & ~(ULONG)StateNotificationAllStates) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    struct fx_state_change *copy = fx_allocate(sizeof(*copy));

    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *copy = change;
    copy->next = init->settings.state_changes;
    init->settings.state_changes = copy;
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceInitRegisterPnpStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_PNP_STATE PnpState,
    PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION EvtDevicePnpStateChange, ULONG CallbackTypes)
{
    if (!API(PASSIVE_LEVEL) || !fx_init_of_pnp(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    struct fx_state_change change = {.machine = FX_MACHINE_PNP,
                                     .state = (ULONG)PnpState,
                                     .types = CallbackTypes,
                                     .callback.pnp = EvtDevicePnpStateChange};

    return fx_state_change_add(DeviceInit, change, WdfDevStatePnpObjectCreated, WdfDevStatePnpNull);
}

NTSTATUS WdfDeviceInitRegisterPowerStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_STATE PowerState,
    PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION EvtDevicePowerStateChange, ULONG CallbackTypes)
{
    if (!API(PASSIVE_LEVEL) || !fx_init_of_pnp(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    struct fx_state_change change = {.machine = FX_MACHINE_POWER,
                                     .state = (ULONG)PowerState,
                                     .types = CallbackTypes,
                                     .callback.power = EvtDevicePowerStateChange};

    return fx_state_change_add(DeviceInit, change, WdfDevStatePowerObjectCreated,
                               WdfDevStatePowerNull);
}

NTSTATUS WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_POLICY_STATE PowerPolicyState,
    PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION EvtDevicePowerPolicyStateChange,
    ULONG CallbackTypes)
{
    if (!API(PASSIVE_LEVEL) || !fx_init_of_pnp(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    struct fx_state_change change = {.machine = FX_MACHINE_POLICY,
                                     .state = (ULONG)PowerPolicyState,
                                     .types = CallbackTypes,
                                     .callback.policy = EvtDevicePowerPolicyStateChange};

    return fx_state_change_add(DeviceInit, change, WdfDevStatePwrPolObjectCreated,
                               WdfDevStatePwrPolNull);
}

/* wdfdevice.h - devices: init, callbacks, PnP and power, names, interfaces.
 * - a PWDFDEVICE_INIT collects settings; WdfDeviceCreate consumes it
 * - PnP and power callbacks run at PASSIVE_LEVEL, one at a time a device
 */
#pragma once

#include <wdfobject.h>
#include <wdfrequest.h>

WDF_EXTERN_C_START

#define WDF_S0_IDLE_ENABLED_VALUE_NAME L"IdleInWorkingState"
#define WDF_SX_WAKE_ENABLED_VALUE_NAME L"WakeFromSleepState"
#define WDF_S0_IDLE_DEFAULT_VALUE_NAME L"WdfDefaultIdleInWorkingState"
#define WDF_SX_WAKE_DEFAULT_VALUE_NAME L"WdfDefaultWakeFromSleepState"
#define IdleTimeoutDefaultValue        ((ULONG)IdleTimeoutDefaultConstant)

/* The part of the power management framework that WDF_POWER_FRAMEWORK_SETTINGS names. */
typedef struct POHANDLE__ *POHANDLE;
typedef struct _PO_FX_COMPONENT_V1 *PPO_FX_COMPONENT;
typedef VOID PO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK(PVOID Context, ULONG Component);
typedef PO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK *PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK;
typedef VOID PO_FX_COMPONENT_IDLE_CONDITION_CALLBACK(PVOID Context, ULONG Component);
typedef PO_FX_COMPONENT_IDLE_CONDITION_CALLBACK *PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK;
typedef VOID PO_FX_COMPONENT_IDLE_STATE_CALLBACK(PVOID Context, ULONG Component, ULONG State);
typedef PO_FX_COMPONENT_IDLE_STATE_CALLBACK *PPO_FX_COMPONENT_IDLE_STATE_CALLBACK;
typedef NTSTATUS PO_FX_POWER_CONTROL_CALLBACK(PVOID DeviceContext, LPCGUID PowerControlCode,
                                              PVOID InBuffer, SIZE_T InBufferSize, PVOID OutBuffer,
                                              SIZE_T OutBufferSize, PSIZE_T BytesReturned);
typedef PO_FX_POWER_CONTROL_CALLBACK *PPO_FX_POWER_CONTROL_CALLBACK;

typedef enum _WDF_DEVICE_STATE_FLAGS {
    WdfDevStateNP = 0x8000,
} WDF_DEVICE_STATE_FLAGS;

typedef enum _WDF_DEVICE_PNP_STATE {
    WdfDevStatePnpInvalid = 0x00,
    WdfDevStatePnpObjectCreated = 0x100,
    WdfDevStatePnpCheckForDevicePresence = 0x101,
    WdfDevStatePnpEjectFailed = 0x102,
    WdfDevStatePnpEjectHardware = 0x103,
    WdfDevStatePnpEjectedWaitingForRemove = 0x104,
    WdfDevStatePnpInit = 0x105,
    WdfDevStatePnpInitStarting = 0x106,
    WdfDevStatePnpInitSurpriseRemoved = 0x107,
    WdfDevStatePnpHardwareAvailable = 0x108,
    WdfDevStatePnpEnableInterfaces = 0x109,
    WdfDevStatePnpHardwareAvailablePowerPolicyFailed = 0x10A,
    WdfDevStatePnpQueryRemoveAskDriver = 0x10B,
    WdfDevStatePnpQueryRemovePending = 0x10C,
    WdfDevStatePnpQueryRemoveStaticCheck = 0x10D,
    WdfDevStatePnpQueriedRemoving = 0x10E,
    WdfDevStatePnpQueryStopAskDriver = 0x10F,
    WdfDevStatePnpQueryStopPending = 0x110,
    WdfDevStatePnpQueryStopStaticCheck = 0x111,
    WdfDevStatePnpQueryCanceled = 0x112,
    WdfDevStatePnpRemoved = 0x113,
    WdfDevStatePnpPdoRemoved = 0x114,
    WdfDevStatePnpRemovedPdoWait = 0x115,
    WdfDevStatePnpRemovedPdoSurpriseRemoved = 0x116,
    WdfDevStatePnpRemovingDisableInterfaces = 0x117,
    WdfDevStatePnpRestarting = 0x118,
    WdfDevStatePnpStarted = 0x119,
    WdfDevStatePnpStartedCancelStop = 0x11A,
    WdfDevStatePnpStartedCancelRemove = 0x11B,
    WdfDevStatePnpStartedRemoving = 0x11C,
    WdfDevStatePnpStartingFromStopped = 0x11D,
    WdfDevStatePnpStopped = 0x11E,
    WdfDevStatePnpStoppedWaitForStartCompletion = 0x11F,
    WdfDevStatePnpStartedStopping = 0x120,
    WdfDevStatePnpSurpriseRemove = 0x121,
    WdfDevStatePnpInitQueryRemove = 0x122,
    WdfDevStatePnpInitQueryRemoveCanceled = 0x123,
    WdfDevStatePnpFdoRemoved = 0x124,
    WdfDevStatePnpRemovedWaitForChildren = 0x125,
    WdfDevStatePnpQueriedSurpriseRemove = 0x126,
    WdfDevStatePnpSurpriseRemoveIoStarted = 0x127,
    WdfDevStatePnpFailedPowerDown = 0x128,
    WdfDevStatePnpFailedIoStarting = 0x129,
    WdfDevStatePnpFailedOwnHardware = 0x12A,
    WdfDevStatePnpFailed = 0x12B,
    WdfDevStatePnpFailedSurpriseRemoved = 0x12C,
    WdfDevStatePnpFailedStarted = 0x12D,
    WdfDevStatePnpFailedWaitForRemove = 0x12E,
    WdfDevStatePnpFailedInit = 0x12F,
    WdfDevStatePnpPdoInitFailed = 0x130,
    WdfDevStatePnpRestart = 0x131,
    WdfDevStatePnpRestartReleaseHardware = 0x132,
    WdfDevStatePnpRestartHardwareAvailable = 0x133,
    WdfDevStatePnpPdoRestart = 0x134,
    WdfDevStatePnpFinal = 0x135,
    WdfDevStatePnpRemovedChildrenRemoved = 0x136,
    WdfDevStatePnpQueryRemoveEnsureDeviceAwake = 0x137,
    WdfDevStatePnpQueryStopEnsureDeviceAwake = 0x138,
    WdfDevStatePnpFailedPowerPolicyRemoved = 0x139,
    WdfDevStatePnpNull = 0x13A,
} WDF_DEVICE_PNP_STATE,
    *PWDF_DEVICE_PNP_STATE;

typedef enum _WDF_DEVICE_POWER_STATE {
    WdfDevStatePowerInvalid = 0x00,
    WdfDevStatePowerObjectCreated = 0x300,
    WdfDevStatePowerCheckDeviceType = 0x301,
    WdfDevStatePowerCheckDeviceTypeNP = 0x302 | WdfDevStateNP,
    WdfDevStatePowerCheckParentState = 0x303,
    WdfDevStatePowerCheckParentStateNP = 0x304 | WdfDevStateNP,
    WdfDevStatePowerEnablingWakeAtBus = 0x305,
    WdfDevStatePowerEnablingWakeAtBusNP = 0x306 | WdfDevStateNP,
    WdfDevStatePowerD0 = 0x307,
    WdfDevStatePowerD0NP = 0x308 | WdfDevStateNP,
    WdfDevStatePowerD0BusWakeOwner = 0x309,
    WdfDevStatePowerD0BusWakeOwnerNP = 0x30A | WdfDevStateNP,
    WdfDevStatePowerD0ArmedForWake = 0x30B,
    WdfDevStatePowerD0ArmedForWakeNP = 0x30C | WdfDevStateNP,
    WdfDevStatePowerD0DisarmingWakeAtBus = 0x30D,
    WdfDevStatePowerD0DisarmingWakeAtBusNP = 0x30E | WdfDevStateNP,
    WdfDevStatePowerD0Starting = 0x30F,
    WdfDevStatePowerD0StartingConnectInterrupt = 0x310,
    WdfDevStatePowerD0StartingDmaEnable = 0x311,
    WdfDevStatePowerD0StartingStartSelfManagedIo = 0x312,
    WdfDevStatePowerDecideD0State = 0x313,
    WdfDevStatePowerGotoD3Stopped = 0x314,
    WdfDevStatePowerStopped = 0x315,
    WdfDevStatePowerStartingCheckDeviceType = 0x316,
    WdfDevStatePowerStartingChild = 0x317,
    WdfDevStatePowerDxDisablingWakeAtBus = 0x318,
    WdfDevStatePowerDxDisablingWakeAtBusNP = 0x319 | WdfDevStateNP,
    WdfDevStatePowerGotoDx = 0x31A,
    WdfDevStatePowerGotoDxNP = 0x31B | WdfDevStateNP,
    WdfDevStatePowerGotoDxIoStopped = 0x31C,
    WdfDevStatePowerGotoDxIoStoppedNP = 0x31D | WdfDevStateNP,
    WdfDevStatePowerGotoDxNPFailed = 0x31E | WdfDevStateNP,
    WdfDevStatePowerDx = 0x31F,
    WdfDevStatePowerDxNP = 0x320 | WdfDevStateNP,
    WdfDevStatePowerGotoDxArmedForWake = 0x321,
    WdfDevStatePowerGotoDxArmedForWakeNP = 0x322 | WdfDevStateNP,
    WdfDevStatePowerGotoDxIoStoppedArmedForWake = 0x323,
    WdfDevStatePowerGotoDxIoStoppedArmedForWakeNP = 0x324 | WdfDevStateNP,
    WdfDevStatePowerDxArmedForWake = 0x325,
    WdfDevStatePowerDxArmedForWakeNP = 0x326 | WdfDevStateNP,
    WdfDevStatePowerCheckParentStateArmedForWake = 0x327,
    WdfDevStatePowerCheckParentStateArmedForWakeNP = 0x328 | WdfDevStateNP,
    WdfDevStatePowerWaitForParentArmedForWake = 0x329,
    WdfDevStatePowerWaitForParentArmedForWakeNP = 0x32A | WdfDevStateNP,
    WdfDevStatePowerStartSelfManagedIo = 0x32B,
    WdfDevStatePowerStartSelfManagedIoNP = 0x32C | WdfDevStateNP,
    WdfDevStatePowerStartSelfManagedIoFailed = 0x32D,
    WdfDevStatePowerStartSelfManagedIoFailedNP = 0x32E | WdfDevStateNP,
    WdfDevStatePowerWaitForParent = 0x32F,
    WdfDevStatePowerWaitForParentNP = 0x330 | WdfDevStateNP,
    WdfDevStatePowerWakePending = 0x331,
    WdfDevStatePowerWakePendingNP = 0x332 | WdfDevStateNP,
    WdfDevStatePowerWaking = 0x333,
    WdfDevStatePowerWakingNP = 0x334 | WdfDevStateNP,
    WdfDevStatePowerWakingConnectInterrupt = 0x335,
    WdfDevStatePowerWakingConnectInterruptNP = 0x336 | WdfDevStateNP,
    WdfDevStatePowerWakingConnectInterruptFailed = 0x337,
    WdfDevStatePowerWakingConnectInterruptFailedNP = 0x338 | WdfDevStateNP,
    WdfDevStatePowerWakingDmaEnable = 0x339,
    WdfDevStatePowerWakingDmaEnableNP = 0x33A | WdfDevStateNP,
    WdfDevStatePowerWakingDmaEnableFailed = 0x33B,
    WdfDevStatePowerWakingDmaEnableFailedNP = 0x33C | WdfDevStateNP,
    WdfDevStatePowerReportPowerUpFailedDerefParent = 0x33D,
    WdfDevStatePowerReportPowerUpFailed = 0x33E,
    WdfDevStatePowerPowerFailedPowerDown = 0x33F,
    WdfDevStatePowerReportPowerDownFailed = 0x340,
    WdfDevStatePowerInitialConnectInterruptFailed = 0x341,
    WdfDevStatePowerInitialDmaEnableFailed = 0x342,
    WdfDevStatePowerInitialSelfManagedIoFailed = 0x343,
    WdfDevStatePowerInitialPowerUpFailedDerefParent = 0x344,
    WdfDevStatePowerInitialPowerUpFailed = 0x345,
    WdfDevStatePowerDxStoppedDisarmWake = 0x346,
    WdfDevStatePowerDxStoppedDisarmWakeNP = 0x347 | WdfDevStateNP,
    WdfDevStatePowerGotoDxStoppedDisableInterruptNP = 0x348 | WdfDevStateNP,
    WdfDevStatePowerGotoDxStopped = 0x349,
    WdfDevStatePowerDxStopped = 0x34A,
    WdfDevStatePowerGotoStopped = 0x34B,
    WdfDevStatePowerStoppedCompleteDx = 0x34C,
    WdfDevStatePowerDxStoppedDecideDxState = 0x34D,
    WdfDevStatePowerDxStoppedArmForWake = 0x34E,
    WdfDevStatePowerDxStoppedArmForWakeNP = 0x34F | WdfDevStateNP,
    WdfDevStatePowerFinalPowerDownFailed = 0x350,
    WdfDevStatePowerFinal = 0x351,
    WdfDevStatePowerGotoImplicitD3DisarmWakeAtBus = 0x352,
    WdfDevStatePowerUpFailed = 0x353,
    WdfDevStatePowerUpFailedDerefParent = 0x354,
    WdfDevStatePowerGotoDxFailed = 0x355,
    WdfDevStatePowerGotoDxStoppedDisableInterrupt = 0x356,
    WdfDevStatePowerUpFailedNP = 0x357 | WdfDevStateNP,
    WdfDevStatePowerUpFailedDerefParentNP = 0x358 | WdfDevStateNP,
    WdfDevStatePowerNotifyingD0ExitToWakeInterrupts = 0x359,
    WdfDevStatePowerNotifyingD0EntryToWakeInterrupts = 0x35A,
    WdfDevStatePowerNotifyingD0ExitToWakeInterruptsNP = 0x35B | WdfDevStateNP,
    WdfDevStatePowerNotifyingD0EntryToWakeInterruptsNP = 0x35C | WdfDevStateNP,
    WdfDevStatePowerInitialPowerUpFailedPowerDown = 0x35D,
    WdfDevStatePowerUpFailedPowerDown = 0x35E,
    WdfDevStatePowerUpFailedPowerDownNP = 0x35F | WdfDevStateNP,
    WdfDevStatePowerInitialSelfManagedIoFailedStarted = 0x360,
    WdfDevStatePowerStartSelfManagedIoFailedStarted = 0x361,
    WdfDevStatePowerStartSelfManagedIoFailedStartedNP = 0x362 | WdfDevStateNP,
    WdfDevStatePowerWakingPostHardwareEnabled = 0x363,
    WdfDevStatePowerWakingPostHardwareEnabledNP = 0x364 | WdfDevStateNP,
    WdfDevStatePowerWakingPostHardwareEnabledFailed = 0x365,
    WdfDevStatePowerWakingPostHardwareEnabledFailedNP = 0x366 | WdfDevStateNP,
    WdfDevStatePowerD0StartingPostHardwareEnabled = 0x367,
    WdfDevStatePowerInitialPostHardwareEnabledFailed = 0x368,
    WdfDevStatePowerNull = 0x369,
} WDF_DEVICE_POWER_STATE,
    *PWDF_DEVICE_POWER_STATE;

typedef enum _WDF_DEVICE_POWER_POLICY_STATE {
    WdfDevStatePwrPolInvalid = 0x00,
    WdfDevStatePwrPolObjectCreated = 0x500,
    WdfDevStatePwrPolStarting = 0x501,
    WdfDevStatePwrPolStartingSucceeded = 0x502,
    WdfDevStatePwrPolStartingFailed = 0x503,
    WdfDevStatePwrPolStartingDecideS0Wake = 0x504,
    WdfDevStatePwrPolStartedIdleCapable = 0x505,
    WdfDevStatePwrPolTimerExpiredNoWake = 0x506,
    WdfDevStatePwrPolTimerExpiredNoWakeCompletePowerDown = 0x507,
    WdfDevStatePwrPolWaitingUnarmed = 0x508,
    WdfDevStatePwrPolWaitingUnarmedQueryIdle = 0x509,
    WdfDevStatePwrPolS0NoWakePowerUp = 0x50A,
    WdfDevStatePwrPolS0NoWakeCompletePowerUp = 0x50B,
    WdfDevStatePwrPolSystemSleepFromDeviceWaitingUnarmed = 0x50C,
    WdfDevStatePwrPolSystemSleepNeedWake = 0x50D,
    WdfDevStatePwrPolSystemSleepNeedWakeCompletePowerUp = 0x50E,
    WdfDevStatePwrPolSystemSleepPowerRequestFailed = 0x50F,
    WdfDevStatePwrPolCheckPowerPageable = 0x510,
    WdfDevStatePwrPolSleepingWakeWakeArrived = 0x511,
    WdfDevStatePwrPolSleepingWakeRevertArmWake = 0x512,
    WdfDevStatePwrPolSystemAsleepWakeArmed = 0x513,
    WdfDevStatePwrPolSystemWakeDeviceWakeEnabled = 0x514,
    WdfDevStatePwrPolSystemWakeDeviceWakeEnabledWakeCanceled = 0x515,
    WdfDevStatePwrPolSystemWakeDeviceWakeDisarm = 0x516,
    WdfDevStatePwrPolSystemWakeDeviceWakeTriggered = 0x517,
    WdfDevStatePwrPolSystemWakeDeviceWakeTriggeredS0 = 0x518,
    WdfDevStatePwrPolSystemWakeDeviceWokeDisarm = 0x519,
    WdfDevStatePwrPolSleepingWakeWakeArrivedNP = 0x51A | WdfDevStateNP,
    WdfDevStatePwrPolSleepingWakeRevertArmWakeNP = 0x51B | WdfDevStateNP,
    WdfDevStatePwrPolSleepingWakePowerDownFailed = 0x51C,
    WdfDevStatePwrPolSleepingWakePowerDownFailedWakeCanceled = 0x51D,
    WdfDevStatePwrPolSystemAsleepWakeArmedNP = 0x51E | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceWakeEnabledNP = 0x51F | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceWakeEnabledWakeCanceledNP = 0x520 | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceWakeDisarmNP = 0x521 | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceWakeTriggeredNP = 0x522 | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceWakeTriggeredS0NP = 0x523 | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceWokeDisarmNP = 0x524 | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceWakeCompletePowerUp = 0x525,
    WdfDevStatePwrPolSleeping = 0x526,
    WdfDevStatePwrPolSleepingNoWakePowerDown = 0x527,
    WdfDevStatePwrPolSleepingNoWakeCompletePowerDown = 0x528,
    WdfDevStatePwrPolSleepingNoWakeDxRequestFailed = 0x529,
    WdfDevStatePwrPolSleepingWakePowerDown = 0x52A,
    WdfDevStatePwrPolSleepingSendWake = 0x52B,
    WdfDevStatePwrPolSystemAsleepNoWake = 0x52C,
    WdfDevStatePwrPolSystemWakeDeviceWakeDisabled = 0x52D,
    WdfDevStatePwrPolSystemWakeDeviceToD0 = 0x52E,
    WdfDevStatePwrPolSystemWakeDeviceToD0CompletePowerUp = 0x52F,
    WdfDevStatePwrPolSystemWakeQueryIdle = 0x530,
    WdfDevStatePwrPolStartedWakeCapable = 0x531,
    WdfDevStatePwrPolTimerExpiredDecideUsbSS = 0x532,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDown = 0x533,
    WdfDevStatePwrPolTimerExpiredWakeCapableSendWake = 0x534,
    WdfDevStatePwrPolTimerExpiredWakeCapableUsbSS = 0x535,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeArrived = 0x536,
    WdfDevStatePwrPolTimerExpiredWakeCapableCancelWake = 0x537,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeCanceled = 0x538,
    WdfDevStatePwrPolTimerExpiredWakeCapableCleanup = 0x539,
    WdfDevStatePwrPolTimerExpiredWakeCapableDxAllocFailed = 0x53A,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDown = 0x53B,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerUp = 0x53C,
    WdfDevStatePwrPolWaitingArmedUsbSS = 0x53D,
    WdfDevStatePwrPolWaitingArmed = 0x53E,
    WdfDevStatePwrPolWaitingArmedQueryIdle = 0x53F,
    WdfDevStatePwrPolIoPresentArmed = 0x540,
    WdfDevStatePwrPolIoPresentArmedWakeCanceled = 0x541,
    WdfDevStatePwrPolS0WakeDisarm = 0x542,
    WdfDevStatePwrPolS0WakeCompletePowerUp = 0x543,
    WdfDevStatePwrPolTimerExpiredWakeSucceeded = 0x544,
    WdfDevStatePwrPolTimerExpiredWakeCompletedDisarm = 0x545,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceeded = 0x546,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailed = 0x547,
    WdfDevStatePwrPolWakeFailedUsbSS = 0x548,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedCancelWake = 0x549,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedWakeCanceled = 0x54A,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedUsbSS = 0x54B,
    WdfDevStatePwrPolCancelingWakeForSystemSleep = 0x54C,
    WdfDevStatePwrPolCancelingWakeForSystemSleepWakeCanceled = 0x54D,
    WdfDevStatePwrPolDisarmingWakeForSystemSleepCompletePowerUp = 0x54E,
    WdfDevStatePwrPolPowerUpForSystemSleepFailed = 0x54F,
    WdfDevStatePwrPolWokeFromS0UsbSS = 0x550,
    WdfDevStatePwrPolWokeFromS0 = 0x551,
    WdfDevStatePwrPolWokeFromS0NotifyDriver = 0x552,
    WdfDevStatePwrPolStoppingResetDevice = 0x553,
    WdfDevStatePwrPolStoppingResetDeviceCompletePowerUp = 0x554,
    WdfDevStatePwrPolStoppingResetDeviceFailed = 0x555,
    WdfDevStatePwrPolStoppingD0 = 0x556,
    WdfDevStatePwrPolStoppingD0Failed = 0x557,
    WdfDevStatePwrPolStoppingDisarmWake = 0x558,
    WdfDevStatePwrPolStoppingDisarmWakeCancelWake = 0x559,
    WdfDevStatePwrPolStoppingDisarmWakeWakeCanceled = 0x55A,
    WdfDevStatePwrPolStopping = 0x55B,
    WdfDevStatePwrPolStoppingFailed = 0x55C,
    WdfDevStatePwrPolStoppingSendStatus = 0x55D,
    WdfDevStatePwrPolStoppingCancelTimer = 0x55E,
    WdfDevStatePwrPolStoppingWaitForIdleTimeout = 0x55F,
    WdfDevStatePwrPolStoppingCancelUsbSS = 0x560,
    WdfDevStatePwrPolStoppingWaitForUsbSSCompletion = 0x561,
    WdfDevStatePwrPolStoppingCancelWake = 0x562,
    WdfDevStatePwrPolStopped = 0x563,
    WdfDevStatePwrPolCancelUsbSS = 0x564,
    WdfDevStatePwrPolStarted = 0x565,
    WdfDevStatePwrPolStartedCancelTimer = 0x566,
    WdfDevStatePwrPolStartedWaitForIdleTimeout = 0x567,
    WdfDevStatePwrPolStartedWakeCapableCancelTimerForSleep = 0x568,
    WdfDevStatePwrPolStartedWakeCapableWaitForIdleTimeout = 0x569,
    WdfDevStatePwrPolStartedWakeCapableSleepingUsbSS = 0x56A,
    WdfDevStatePwrPolStartedIdleCapableCancelTimerForSleep = 0x56B,
    WdfDevStatePwrPolStartedIdleCapableWaitForIdleTimeout = 0x56C,
    WdfDevStatePwrPolDeviceD0PowerRequestFailed = 0x56D,
    WdfDevStatePwrPolDevicePowerRequestFailed = 0x56E,
    WdfDevStatePwrPolGotoDx = 0x56F,
    WdfDevStatePwrPolGotoDxInDx = 0x570,
    WdfDevStatePwrPolDx = 0x571,
    WdfDevStatePwrPolGotoD0 = 0x572,
    WdfDevStatePwrPolGotoD0InD0 = 0x573,
    WdfDevStatePwrPolFinal = 0x574,
    WdfDevStatePwrPolSleepingPowerDownNotProcessed = 0x575,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownNotProcessed = 0x576,
    WdfDevStatePwrPolTimerExpiredNoWakePowerDownNotProcessed = 0x577,
    WdfDevStatePwrPolTimerExpiredNoWakePoweredDownDisableIdleTimer = 0x578,
    WdfDevStatePwrPolStoppingWaitingForImplicitPowerDown = 0x579,
    WdfDevStatePwrPolStoppingPoweringUp = 0x57A,
    WdfDevStatePwrPolStoppingPoweringDown = 0x57B,
    WdfDevStatePwrPolPowerUpForSystemSleepNotSeen = 0x57C,
    WdfDevStatePwrPolWaitingArmedStoppingCancelUsbSS = 0x57D,
    WdfDevStatePwrPolWaitingArmedWakeFailedCancelUsbSS = 0x57E,
    WdfDevStatePwrPolWaitingArmedIoPresentCancelUsbSS = 0x57F,
    WdfDevStatePwrPolWaitingArmedWakeSucceededCancelUsbSS = 0x580,
    WdfDevStatePwrPolCancelingUsbSSForSystemSleep = 0x581,
    WdfDevStatePwrPolStoppingD0CancelUsbSS = 0x582,
    WdfDevStatePwrPolStartingPoweredUp = 0x583,
    WdfDevStatePwrPolIdleCapableDeviceIdle = 0x584,
    WdfDevStatePwrPolDeviceIdleReturnToActive = 0x585,
    WdfDevStatePwrPolDeviceIdleSleeping = 0x586,
    WdfDevStatePwrPolDeviceIdleStopping = 0x587,
    WdfDevStatePwrPolTimerExpiredNoWakeUndoPowerDown = 0x588,
    WdfDevStatePwrPolWakeCapableDeviceIdle = 0x589,
    WdfDevStatePwrPolWakeCapableUsbSSCompleted = 0x58A,
    WdfDevStatePwrPolTimerExpiredWakeCapableUndoPowerDown = 0x58B,
    WdfDevStatePwrPolTimerExpiredWakeCompletedHardwareStarted = 0x58C,
    WdfDevStatePwrPolStoppedRemoving = 0x58D,
    WdfDevStatePwrPolRemoved = 0x58E,
    WdfDevStatePwrPolRestarting = 0x58F,
    WdfDevStatePwrPolRestartingFailed = 0x590,
    WdfDevStatePwrPolStartingPoweredUpFailed = 0x591,
    WdfDevStatePwrPolTimerExpiredNoWakeReturnToActive = 0x592,
    WdfDevStatePwrPolWaitingArmedWakeInterruptFired = 0x593,
    WdfDevStatePwrPolSystemWakeDeviceWakeInterruptFired = 0x594,
    WdfDevStatePwrPolSystemWakeDeviceWakeInterruptFiredNP = 0x595 | WdfDevStateNP,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeInterruptArrived = 0x596,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedWakeInterruptArrived = 0x597,
    WdfDevStatePwrPolWaitingArmedWakeInterruptFiredDuringPowerDown = 0x598,
    WdfDevStatePwrPolStartedNotIdleCapableDirectedDown = 0x599,
    WdfDevStatePwrPolStartedIdleCapableTimerCanceledForSleep = 0x59A,
    WdfDevStatePwrPolTimerExpiredNoWakeUndoPowerDownWaitForDirectedUp = 0x59B,
    WdfDevStatePwrPolIdleCapableTimerNotExpiredDirectedDown = 0x59C,
    WdfDevStatePwrPolIdleCapableDirectedDownTriggerDPNR = 0x59D,
    WdfDevStatePwrPolWaitingUnarmedDirectedDown = 0x59E,
    WdfDevStatePwrPolIdleCapableDirectedDownTriggerDPR = 0x59F,
    WdfDevStatePwrPolStartedWakeCapableTimerCanceledForSleep = 0x5A0,
    WdfDevStatePwrPolWakeCapableTimerNotExpiredDirectedDown = 0x5A1,
    WdfDevStatePwrPolWakeCapableDirectedDownTriggerDPNR = 0x5A2,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDownWaitForDirectedUp = 0x5A3,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDownDirectedTriggerDPR = 0x5A4,
    WdfDevStatePwrPolTimerExpiredWakeCapableUndoPowerDownWaitForDirectedUp = 0x5A5,
    WdfDevStatePwrPolWakeCapableUsbSSCompletedUndoWaitForDirectedUp = 0x5A6,
    WdfDevStatePwrPolTimerExpiredWakeCapableUsbSSDirectedDown = 0x5A7,
    WdfDevStatePwrPolWaitingArmedWakeInterruptFiredDuringPowerDownCheckDirected = 0x5A8,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDownCheckDirected = 0x5A9,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceededCheckDirected = 0x5AA,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceededWaitForDirectedUp = 0x5AB,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceededTriggerDPR = 0x5AC,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailedCheckDirected = 0x5AD,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailedWaitForDirectedUp = 0x5AE,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailedTriggerDPR = 0x5AF,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeInterruptFiredTriggerDPR = 0x5B0,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeInterruptFired = 0x5B1,
    WdfDevStatePwrPolWaitingArmedDirectedDown = 0x5B2,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeSucceededCancelUsbSS = 0x5B3,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeFailedCancelUsbSS = 0x5B4,
    WdfDevStatePwrPolWaitingArmedDirectedDownTriggerDPR = 0x5B5,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeSucceededTriggerDPR = 0x5B6,
    WdfDevStatePwrPolWaitingArmedDirectedDownUsbSSCompleted = 0x5B7,
    WdfDevStatePwrPolWaitingArmedDirectedDownUsbSSCompletedTriggerDPR = 0x5B8,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeFailedCancelUsbSSTriggerDPR = 0x5B9,
    WdfDevStatePwrPolUsbSSCancelled = 0x5BA,
    WdfDevStatePwrPolTimerExpiredWakeCapableRevertArmWake = 0x5BB,
    WdfDevStatePwrPolSleepingWakeCancelWake = 0x5BC,
    WdfDevStatePwrPolSleepingWakeCancelWakeNP = 0x5BD | WdfDevStateNP,
    WdfDevStatePwrPolSystemWakeDeviceD0PowerRequestFailed = 0x5BE,
    WdfDevStatePwrPolSystemWakeDevicePowerRequestFailed = 0x5BF,
    WdfDevStatePwrPolNull = 0x5C0,
} WDF_DEVICE_POWER_POLICY_STATE,
    *PWDF_DEVICE_POWER_POLICY_STATE;

typedef enum _WDF_STATE_NOTIFICATION_TYPE {
    StateNotificationInvalid = 0x0000,
    StateNotificationEnterState = 0x0001,
    StateNotificationPostProcessState = 0x0002,
    StateNotificationLeaveState = 0x0004,
    StateNotificationAllStates = StateNotificationEnterState | StateNotificationPostProcessState |
                                 StateNotificationLeaveState,
} WDF_STATE_NOTIFICATION_TYPE;

typedef enum _WDF_POWER_POLICY_S0_IDLE_CAPABILITIES {
    IdleCapsInvalid = 0,
    IdleCannotWakeFromS0,
    IdleCanWakeFromS0,
    IdleUsbSelectiveSuspend,
} WDF_POWER_POLICY_S0_IDLE_CAPABILITIES;

typedef enum _WDF_POWER_POLICY_S0_IDLE_USER_CONTROL {
    IdleUserControlInvalid = 0,
    IdleDoNotAllowUserControl,
    IdleAllowUserControl,
} WDF_POWER_POLICY_S0_IDLE_USER_CONTROL;

typedef enum _WDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS {
    IdleTimeoutDefaultConstant = 0,
} WDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS;

typedef enum _WDF_POWER_POLICY_SX_WAKE_USER_CONTROL {
    WakeUserControlInvalid = 0,
    WakeDoNotAllowUserControl,
    WakeAllowUserControl,
} WDF_POWER_POLICY_SX_WAKE_USER_CONTROL;

typedef enum _WDF_POWER_DEVICE_STATE {
    WdfPowerDeviceInvalid = 0,
    WdfPowerDeviceD0,
    WdfPowerDeviceD1,
    WdfPowerDeviceD2,
    WdfPowerDeviceD3,
    WdfPowerDeviceD3Final,
    WdfPowerDevicePrepareForHibernation,
    WdfPowerDeviceMaximum,
} WDF_POWER_DEVICE_STATE,
    *PWDF_POWER_DEVICE_STATE;

typedef enum _WDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS {
    WDF_DISPATCH_IRP_TO_IO_QUEUE_NO_FLAGS = 0x00000000,
    WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK = 0x00000001,
    WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP = 0x00000002,
} WDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS;

typedef enum _WDF_SPECIAL_FILE_TYPE {
    WdfSpecialFileUndefined = 0,
    WdfSpecialFilePaging = 1,
    WdfSpecialFileHibernation,
    WdfSpecialFileDump,
    WdfSpecialFileBoot,
    WdfSpecialFilePostDisplay,
    WdfSpecialFileGuestAssigned,
    WdfSpecialFileMax,
} WDF_SPECIAL_FILE_TYPE,
    *PWDF_SPECIAL_FILE_TYPE;

typedef enum _WDF_DEVICE_IO_TYPE {
    WdfDeviceIoUndefined = 0,
    WdfDeviceIoNeither,
    WdfDeviceIoBuffered,
    WdfDeviceIoDirect,
    WdfDeviceIoBufferedOrDirect = 4,
    WdfDeviceIoMaximum,
} WDF_DEVICE_IO_TYPE,
    *PWDF_DEVICE_IO_TYPE;

typedef enum _WDF_FILEOBJECT_CLASS {
    WdfFileObjectInvalid = 0,
    WdfFileObjectNotRequired = 1,
    WdfFileObjectWdfCanUseFsContext = 2,
    WdfFileObjectWdfCanUseFsContext2 = 3,
    WdfFileObjectWdfCannotUseFsContexts = 4,
    WdfFileObjectCanBeOptional = 0x80000000,
} WDF_FILEOBJECT_CLASS,
    *PWDF_FILEOBJECT_CLASS;

typedef enum _WDF_DEVICE_FAILED_ACTION {
    WdfDeviceFailedUndefined = 0,
    WdfDeviceFailedAttemptRestart,
    WdfDeviceFailedNoRestart,
} WDF_DEVICE_FAILED_ACTION;

typedef enum _WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE {
    WdfReleaseHardwareOrderOnFailureInvalid = 0,
    WdfReleaseHardwareOrderOnFailureEarly,
    WdfReleaseHardwareOrderOnFailureAfterDescendants,
} WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE,
    *PWDF_RELEASE_HARDWARE_ORDER_ON_FAILURE;

typedef enum _WDF_REQUEST_TYPE WDF_REQUEST_TYPE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_FILE_CREATE(WDFDEVICE Device, WDFREQUEST Request,
                                        WDFFILEOBJECT FileObject);
typedef EVT_WDF_DEVICE_FILE_CREATE *PFN_WDF_DEVICE_FILE_CREATE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_FILE_CLOSE(WDFFILEOBJECT FileObject);
typedef EVT_WDF_FILE_CLOSE *PFN_WDF_FILE_CLOSE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_FILE_CLEANUP(WDFFILEOBJECT FileObject);
typedef EVT_WDF_FILE_CLEANUP *PFN_WDF_FILE_CLEANUP;

typedef struct _WDF_FILEOBJECT_CONFIG {
    ULONG Size;
    PFN_WDF_DEVICE_FILE_CREATE EvtDeviceFileCreate;
    PFN_WDF_FILE_CLOSE EvtFileClose;
    PFN_WDF_FILE_CLEANUP EvtFileCleanup;
    WDF_TRI_STATE AutoForwardCleanupClose;
    WDF_FILEOBJECT_CLASS FileObjectClass;
} WDF_FILEOBJECT_CONFIG, *PWDF_FILEOBJECT_CONFIG;

FORCEINLINE VOID WDF_FILEOBJECT_CONFIG_INIT(PWDF_FILEOBJECT_CONFIG FileEventCallbacks,
                                            PFN_WDF_DEVICE_FILE_CREATE EvtDeviceFileCreate,
                                            PFN_WDF_FILE_CLOSE EvtFileClose,
                                            PFN_WDF_FILE_CLEANUP EvtFileCleanup)
{
    FileEventCallbacks->Size = (ULONG)sizeof(WDF_FILEOBJECT_CONFIG);
    FileEventCallbacks->EvtDeviceFileCreate = EvtDeviceFileCreate;
    FileEventCallbacks->EvtFileClose = EvtFileClose;
    FileEventCallbacks->EvtFileCleanup = EvtFileCleanup;
    FileEventCallbacks->FileObjectClass = WdfFileObjectWdfCannotUseFsContexts;
    FileEventCallbacks->AutoForwardCleanupClose = WdfUseDefault;
}

typedef struct _WDF_DEVICE_PNP_NOTIFICATION_DATA {
    WDF_STATE_NOTIFICATION_TYPE Type;
    union {
        struct {
            WDF_DEVICE_PNP_STATE CurrentState;
            WDF_DEVICE_PNP_STATE NewState;
        } EnterState;
        struct {
            WDF_DEVICE_PNP_STATE CurrentState;
        } PostProcessState;
        struct {
            WDF_DEVICE_PNP_STATE CurrentState;
            WDF_DEVICE_PNP_STATE NewState;
        } LeaveState;
    } Data;
} WDF_DEVICE_PNP_NOTIFICATION_DATA;

typedef const WDF_DEVICE_PNP_NOTIFICATION_DATA *PCWDF_DEVICE_PNP_NOTIFICATION_DATA;

typedef struct _WDF_DEVICE_POWER_NOTIFICATION_DATA {
    WDF_STATE_NOTIFICATION_TYPE Type;
    union {
        struct {
            WDF_DEVICE_POWER_STATE CurrentState;
            WDF_DEVICE_POWER_STATE NewState;
        } EnterState;
        struct {
            WDF_DEVICE_POWER_STATE CurrentState;
        } PostProcessState;
        struct {
            WDF_DEVICE_POWER_STATE CurrentState;
            WDF_DEVICE_POWER_STATE NewState;
        } LeaveState;
    } Data;
} WDF_DEVICE_POWER_NOTIFICATION_DATA;

typedef const WDF_DEVICE_POWER_NOTIFICATION_DATA *PCWDF_DEVICE_POWER_NOTIFICATION_DATA;

typedef struct _WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA {
    WDF_STATE_NOTIFICATION_TYPE Type;
    union {
        struct {
            WDF_DEVICE_POWER_POLICY_STATE CurrentState;
            WDF_DEVICE_POWER_POLICY_STATE NewState;
        } EnterState;
        struct {
            WDF_DEVICE_POWER_POLICY_STATE CurrentState;
        } PostProcessState;
        struct {
            WDF_DEVICE_POWER_POLICY_STATE CurrentState;
            WDF_DEVICE_POWER_POLICY_STATE NewState;
        } LeaveState;
    } Data;
} WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA;

typedef const WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA
    *PCWDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID
EVT_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION(WDFDEVICE Device,
                                             PCWDF_DEVICE_PNP_NOTIFICATION_DATA NotificationData);
typedef EVT_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION *PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION(
    WDFDEVICE Device, PCWDF_DEVICE_POWER_NOTIFICATION_DATA NotificationData);
typedef EVT_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION
    *PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION(
    WDFDEVICE Device, PCWDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA NotificationData);
typedef EVT_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION
    *PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_D0_ENTRY(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState);
typedef EVT_WDF_DEVICE_D0_ENTRY *PFN_WDF_DEVICE_D0_ENTRY;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS
EVT_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED(WDFDEVICE Device,
                                                WDF_POWER_DEVICE_STATE PreviousState);
typedef EVT_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED
    *PFN_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS
EVT_WDF_DEVICE_D0_ENTRY_POST_HARDWARE_ENABLED(WDFDEVICE Device,
                                              WDF_POWER_DEVICE_STATE PreviousState);
typedef EVT_WDF_DEVICE_D0_ENTRY_POST_HARDWARE_ENABLED
    *PFN_WDF_DEVICE_D0_ENTRY_POST_HARDWARE_ENABLED;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_D0_EXIT(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState);
typedef EVT_WDF_DEVICE_D0_EXIT *PFN_WDF_DEVICE_D0_EXIT;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED(WDFDEVICE Device,
                                                                WDF_POWER_DEVICE_STATE TargetState);
typedef EVT_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED
    *PFN_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_D0_EXIT_PRE_HARDWARE_DISABLED(WDFDEVICE Device,
                                                              WDF_POWER_DEVICE_STATE TargetState);
typedef EVT_WDF_DEVICE_D0_EXIT_PRE_HARDWARE_DISABLED *PFN_WDF_DEVICE_D0_EXIT_PRE_HARDWARE_DISABLED;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_PREPARE_HARDWARE(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
                                                 WDFCMRESLIST ResourcesTranslated);
typedef EVT_WDF_DEVICE_PREPARE_HARDWARE *PFN_WDF_DEVICE_PREPARE_HARDWARE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_RELEASE_HARDWARE(WDFDEVICE Device,
                                                 WDFCMRESLIST ResourcesTranslated);
typedef EVT_WDF_DEVICE_RELEASE_HARDWARE *PFN_WDF_DEVICE_RELEASE_HARDWARE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP *PFN_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_SELF_MANAGED_IO_FLUSH(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_FLUSH *PFN_WDF_DEVICE_SELF_MANAGED_IO_FLUSH;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_SELF_MANAGED_IO_INIT(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_INIT *PFN_WDF_DEVICE_SELF_MANAGED_IO_INIT;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND *PFN_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_SELF_MANAGED_IO_RESTART(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_RESTART *PFN_WDF_DEVICE_SELF_MANAGED_IO_RESTART;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_QUERY_STOP(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_QUERY_STOP *PFN_WDF_DEVICE_QUERY_STOP;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_QUERY_REMOVE(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_QUERY_REMOVE *PFN_WDF_DEVICE_QUERY_REMOVE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_SURPRISE_REMOVAL(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SURPRISE_REMOVAL *PFN_WDF_DEVICE_SURPRISE_REMOVAL;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_USAGE_NOTIFICATION(WDFDEVICE Device,
                                               WDF_SPECIAL_FILE_TYPE NotificationType,
                                               BOOLEAN IsInNotificationPath);
typedef EVT_WDF_DEVICE_USAGE_NOTIFICATION *PFN_WDF_DEVICE_USAGE_NOTIFICATION;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_USAGE_NOTIFICATION_EX(WDFDEVICE Device,
                                                      WDF_SPECIAL_FILE_TYPE NotificationType,
                                                      BOOLEAN IsInNotificationPath);
typedef EVT_WDF_DEVICE_USAGE_NOTIFICATION_EX *PFN_WDF_DEVICE_USAGE_NOTIFICATION_EX;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_RELATIONS_QUERY(WDFDEVICE Device, DEVICE_RELATION_TYPE RelationType);
typedef EVT_WDF_DEVICE_RELATIONS_QUERY *PFN_WDF_DEVICE_RELATIONS_QUERY;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_ARM_WAKE_FROM_S0(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_ARM_WAKE_FROM_S0 *PFN_WDF_DEVICE_ARM_WAKE_FROM_S0;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_ARM_WAKE_FROM_SX(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_ARM_WAKE_FROM_SX *PFN_WDF_DEVICE_ARM_WAKE_FROM_SX;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON(WDFDEVICE Device,
                                                             BOOLEAN DeviceWakeEnabled,
                                                             BOOLEAN ChildrenArmedForWake);
typedef EVT_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON *PFN_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_DISARM_WAKE_FROM_S0(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_DISARM_WAKE_FROM_S0 *PFN_WDF_DEVICE_DISARM_WAKE_FROM_S0;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_DISARM_WAKE_FROM_SX(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_DISARM_WAKE_FROM_SX *PFN_WDF_DEVICE_DISARM_WAKE_FROM_SX;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED *PFN_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED *PFN_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED;

typedef struct _WDF_PNPPOWER_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_D0_ENTRY EvtDeviceD0Entry;
    PFN_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED EvtDeviceD0EntryPostInterruptsEnabled;
    PFN_WDF_DEVICE_D0_EXIT EvtDeviceD0Exit;
    PFN_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED EvtDeviceD0ExitPreInterruptsDisabled;
    PFN_WDF_DEVICE_PREPARE_HARDWARE EvtDevicePrepareHardware;
    PFN_WDF_DEVICE_RELEASE_HARDWARE EvtDeviceReleaseHardware;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP EvtDeviceSelfManagedIoCleanup;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_FLUSH EvtDeviceSelfManagedIoFlush;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_INIT EvtDeviceSelfManagedIoInit;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND EvtDeviceSelfManagedIoSuspend;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_RESTART EvtDeviceSelfManagedIoRestart;
    PFN_WDF_DEVICE_SURPRISE_REMOVAL EvtDeviceSurpriseRemoval;
    PFN_WDF_DEVICE_QUERY_REMOVE EvtDeviceQueryRemove;
    PFN_WDF_DEVICE_QUERY_STOP EvtDeviceQueryStop;
    PFN_WDF_DEVICE_USAGE_NOTIFICATION EvtDeviceUsageNotification;
    PFN_WDF_DEVICE_RELATIONS_QUERY EvtDeviceRelationsQuery;
    PFN_WDF_DEVICE_USAGE_NOTIFICATION_EX EvtDeviceUsageNotificationEx;
} WDF_PNPPOWER_EVENT_CALLBACKS, *PWDF_PNPPOWER_EVENT_CALLBACKS;

typedef struct _WDF_POWER_POLICY_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_ARM_WAKE_FROM_S0 EvtDeviceArmWakeFromS0;
    PFN_WDF_DEVICE_DISARM_WAKE_FROM_S0 EvtDeviceDisarmWakeFromS0;
    PFN_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED EvtDeviceWakeFromS0Triggered;
    PFN_WDF_DEVICE_ARM_WAKE_FROM_SX EvtDeviceArmWakeFromSx;
    PFN_WDF_DEVICE_DISARM_WAKE_FROM_SX EvtDeviceDisarmWakeFromSx;
    PFN_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED EvtDeviceWakeFromSxTriggered;
    PFN_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON EvtDeviceArmWakeFromSxWithReason;
} WDF_POWER_POLICY_EVENT_CALLBACKS, *PWDF_POWER_POLICY_EVENT_CALLBACKS;

FORCEINLINE VOID WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(PWDF_POWER_POLICY_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(WDF_POWER_POLICY_EVENT_CALLBACKS));
    Callbacks->Size = (ULONG)sizeof(WDF_POWER_POLICY_EVENT_CALLBACKS);
}

FORCEINLINE VOID WDF_PNPPOWER_EVENT_CALLBACKS_INIT(PWDF_PNPPOWER_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(WDF_PNPPOWER_EVENT_CALLBACKS));
    Callbacks->Size = (ULONG)sizeof(WDF_PNPPOWER_EVENT_CALLBACKS);
}

FORCEINLINE ULONG WdfDevStateNormalize(ULONG State)
{
    return State & ~WdfDevStateNP;
}

FORCEINLINE BOOLEAN WdfDevStateIsNP(ULONG State)
{
    return (State & WdfDevStateNP) != 0 ? TRUE : FALSE;
}

typedef enum _WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE {
    DriverManagedIdleTimeout = 0,
    SystemManagedIdleTimeout = 1,
    SystemManagedIdleTimeoutWithHint = 2,
} WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE,
    *PWDF_POWER_POLICY_IDLE_TIMEOUT_TYPE;

typedef struct _WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS {
    ULONG Size;
    WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps;
    DEVICE_POWER_STATE DxState;
    ULONG IdleTimeout;
    WDF_POWER_POLICY_S0_IDLE_USER_CONTROL UserControlOfIdleSettings;
    WDF_TRI_STATE Enabled;
    WDF_TRI_STATE PowerUpIdleDeviceOnSystemWake;
    WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE IdleTimeoutType;
    WDF_TRI_STATE ExcludeD3Cold;
} WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, *PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS;

FORCEINLINE VOID WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(
    PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings, WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps)
{
    RtlZeroMemory(Settings, sizeof(*Settings));
    Settings->Size = (ULONG)sizeof(*Settings);
    Settings->IdleCaps = IdleCaps;
    Settings->IdleTimeout = IdleTimeoutDefaultValue;
    Settings->IdleTimeoutType = DriverManagedIdleTimeout;
    Settings->UserControlOfIdleSettings = IdleAllowUserControl;
    Settings->Enabled = WdfUseDefault;
    Settings->PowerUpIdleDeviceOnSystemWake = WdfUseDefault;
    Settings->ExcludeD3Cold = WdfUseDefault;
    if (IdleCaps == IdleCannotWakeFromS0) {
        Settings->DxState = PowerDeviceD3;
    } else if (IdleCaps == IdleCanWakeFromS0 || IdleCaps == IdleUsbSelectiveSuspend) {
        Settings->DxState = PowerDeviceMaximum;
    }
}

typedef struct _WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS {
    ULONG Size;
    DEVICE_POWER_STATE DxState;
    WDF_POWER_POLICY_SX_WAKE_USER_CONTROL UserControlOfWakeSettings;
    WDF_TRI_STATE Enabled;
    BOOLEAN ArmForWakeIfChildrenAreArmedForWake;
    BOOLEAN IndicateChildWakeOnParentWake;
} WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS, *PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS;

FORCEINLINE VOID
WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings)
{
    RtlZeroMemory(Settings, sizeof(WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS));
    Settings->Size = (ULONG)sizeof(WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS);
    Settings->Enabled = WdfUseDefault;
    Settings->DxState = PowerDeviceMaximum;
    Settings->UserControlOfWakeSettings = WakeAllowUserControl;
}

typedef struct _WDF_DEVICE_STATE {
    ULONG Size;
    WDF_TRI_STATE Disabled;
    WDF_TRI_STATE DontDisplayInUI;
    WDF_TRI_STATE Failed;
    WDF_TRI_STATE NotDisableable;
    WDF_TRI_STATE Removed;
    WDF_TRI_STATE ResourcesChanged;
    WDF_TRI_STATE AssignedToGuest;
} WDF_DEVICE_STATE, *PWDF_DEVICE_STATE;

FORCEINLINE VOID WDF_DEVICE_STATE_INIT(PWDF_DEVICE_STATE PnpDeviceState)
{
    RtlZeroMemory(PnpDeviceState, sizeof(WDF_DEVICE_STATE));
    PnpDeviceState->Size = (ULONG)sizeof(WDF_DEVICE_STATE);
    PnpDeviceState->Disabled = WdfUseDefault;
    PnpDeviceState->DontDisplayInUI = WdfUseDefault;
    PnpDeviceState->Failed = WdfUseDefault;
    PnpDeviceState->NotDisableable = WdfUseDefault;
    PnpDeviceState->Removed = WdfUseDefault;
    PnpDeviceState->ResourcesChanged = WdfUseDefault;
    PnpDeviceState->AssignedToGuest = WdfUseDefault;
}

typedef struct _WDF_DEVICE_PNP_CAPABILITIES {
    ULONG Size;
    WDF_TRI_STATE LockSupported;
    WDF_TRI_STATE EjectSupported;
    WDF_TRI_STATE Removable;
    WDF_TRI_STATE DockDevice;
    WDF_TRI_STATE UniqueID;
    WDF_TRI_STATE SilentInstall;
    WDF_TRI_STATE SurpriseRemovalOK;
    WDF_TRI_STATE HardwareDisabled;
    WDF_TRI_STATE NoDisplayInUI;
    ULONG Address;
    ULONG UINumber;
} WDF_DEVICE_PNP_CAPABILITIES, *PWDF_DEVICE_PNP_CAPABILITIES;

FORCEINLINE VOID WDF_DEVICE_PNP_CAPABILITIES_INIT(PWDF_DEVICE_PNP_CAPABILITIES Caps)
{
    RtlZeroMemory(Caps, sizeof(WDF_DEVICE_PNP_CAPABILITIES));
    Caps->Size = (ULONG)sizeof(WDF_DEVICE_PNP_CAPABILITIES);
    Caps->LockSupported = WdfUseDefault;
    Caps->EjectSupported = WdfUseDefault;
    Caps->Removable = WdfUseDefault;
    Caps->DockDevice = WdfUseDefault;
    Caps->UniqueID = WdfUseDefault;
    Caps->SilentInstall = WdfUseDefault;
    Caps->SurpriseRemovalOK = WdfUseDefault;
    Caps->HardwareDisabled = WdfUseDefault;
    Caps->NoDisplayInUI = WdfUseDefault;
    Caps->Address = (ULONG)-1;
    Caps->UINumber = (ULONG)-1;
}

typedef struct _WDF_DEVICE_POWER_CAPABILITIES {
    ULONG Size;
    WDF_TRI_STATE DeviceD1;
    WDF_TRI_STATE DeviceD2;
    WDF_TRI_STATE WakeFromD0;
    WDF_TRI_STATE WakeFromD1;
    WDF_TRI_STATE WakeFromD2;
    WDF_TRI_STATE WakeFromD3;
    DEVICE_POWER_STATE DeviceState[PowerSystemMaximum];
    DEVICE_POWER_STATE DeviceWake;
    SYSTEM_POWER_STATE SystemWake;
    ULONG D1Latency;
    ULONG D2Latency;
    ULONG D3Latency;
    DEVICE_POWER_STATE IdealDxStateForSx;
} WDF_DEVICE_POWER_CAPABILITIES, *PWDF_DEVICE_POWER_CAPABILITIES;

FORCEINLINE VOID WDF_DEVICE_POWER_CAPABILITIES_INIT(PWDF_DEVICE_POWER_CAPABILITIES Caps)
{
    RtlZeroMemory(Caps, sizeof(*Caps));
    Caps->Size = (ULONG)sizeof(*Caps);
    Caps->DeviceD1 = WdfUseDefault;
    Caps->DeviceD2 = WdfUseDefault;
    Caps->WakeFromD0 = WdfUseDefault;
    Caps->WakeFromD1 = WdfUseDefault;
    Caps->WakeFromD2 = WdfUseDefault;
    Caps->WakeFromD3 = WdfUseDefault;
    for (ULONG i = 0; i < PowerSystemMaximum; i++) {
        Caps->DeviceState[i] = PowerDeviceMaximum;
    }
    Caps->DeviceWake = PowerDeviceMaximum;
    Caps->SystemWake = PowerSystemMaximum;
    Caps->D1Latency = (ULONG)-1;
    Caps->D2Latency = (ULONG)-1;
    Caps->D3Latency = (ULONG)-1;
    Caps->IdealDxStateForSx = PowerDeviceMaximum;
}

typedef enum _WDF_REMOVE_LOCK_OPTIONS_FLAGS {
    WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO = 0x00000001,
} WDF_REMOVE_LOCK_OPTIONS_FLAGS;

typedef struct _WDF_REMOVE_LOCK_OPTIONS {
    ULONG Size;
    ULONG Flags;
} WDF_REMOVE_LOCK_OPTIONS, *PWDF_REMOVE_LOCK_OPTIONS;

FORCEINLINE VOID WDF_REMOVE_LOCK_OPTIONS_INIT(PWDF_REMOVE_LOCK_OPTIONS RemoveLockOptions,
                                              ULONG Flags)
{
    RtlZeroMemory(RemoveLockOptions, sizeof(WDF_REMOVE_LOCK_OPTIONS));
    RemoveLockOptions->Size = (ULONG)sizeof(WDF_REMOVE_LOCK_OPTIONS);
    RemoveLockOptions->Flags = Flags;
}

/* IRQL: <= DISPATCH_LEVEL. */
typedef NTSTATUS EVT_WDFDEVICE_WDM_IRP_PREPROCESS(WDFDEVICE Device, PIRP Irp);
typedef EVT_WDFDEVICE_WDM_IRP_PREPROCESS *PFN_WDFDEVICE_WDM_IRP_PREPROCESS;

/* IRQL: <= DISPATCH_LEVEL. */
typedef NTSTATUS EVT_WDFDEVICE_WDM_IRP_DISPATCH(WDFDEVICE Device, UCHAR MajorFunction,
                                                UCHAR MinorFunction, ULONG Code,
                                                WDFCONTEXT DriverContext, PIRP Irp,
                                                WDFCONTEXT DispatchContext);
typedef EVT_WDFDEVICE_WDM_IRP_DISPATCH *PFN_WDFDEVICE_WDM_IRP_DISPATCH;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_IN_CALLER_CONTEXT(WDFDEVICE Device, WDFREQUEST Request);
typedef EVT_WDF_IO_IN_CALLER_CONTEXT *PFN_WDF_IO_IN_CALLER_CONTEXT;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE(WDFDEVICE Device, POHANDLE PoHandle);
typedef EVT_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE *PFN_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE(WDFDEVICE Device, POHANDLE PoHandle);
typedef EVT_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE
    *PFN_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE;

typedef struct _WDF_POWER_FRAMEWORK_SETTINGS {
    ULONG Size;
    PFN_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE EvtDeviceWdmPostPoFxRegisterDevice;
    PFN_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE EvtDeviceWdmPrePoFxUnregisterDevice;
    PPO_FX_COMPONENT Component;
    PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
    PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
    PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
    PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
    PVOID PoFxDeviceContext;
    ULONGLONG PoFxDeviceFlags;
    WDF_TRI_STATE DirectedPoFxEnabled;
} WDF_POWER_FRAMEWORK_SETTINGS, *PWDF_POWER_FRAMEWORK_SETTINGS;

FORCEINLINE VOID
WDF_POWER_FRAMEWORK_SETTINGS_INIT(PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings)
{
    RtlZeroMemory(PowerFrameworkSettings, sizeof(WDF_POWER_FRAMEWORK_SETTINGS));
    PowerFrameworkSettings->Size = (ULONG)sizeof(WDF_POWER_FRAMEWORK_SETTINGS);
    PowerFrameworkSettings->DirectedPoFxEnabled = WdfUseDefault;
}

typedef struct _WDF_IO_TYPE_CONFIG {
    ULONG Size;
    WDF_DEVICE_IO_TYPE ReadWriteIoType;
    WDF_DEVICE_IO_TYPE DeviceControlIoType;
    ULONG DirectTransferThreshold;
} WDF_IO_TYPE_CONFIG, *PWDF_IO_TYPE_CONFIG;

FORCEINLINE VOID WDF_IO_TYPE_CONFIG_INIT(PWDF_IO_TYPE_CONFIG IoTypeConfig)
{
    RtlZeroMemory(IoTypeConfig, sizeof(WDF_IO_TYPE_CONFIG));
    IoTypeConfig->Size = (ULONG)sizeof(WDF_IO_TYPE_CONFIG);
    IoTypeConfig->ReadWriteIoType = WdfDeviceIoBuffered;
    IoTypeConfig->DeviceControlIoType = WdfDeviceIoBuffered;
}

typedef struct _WDF_DEVICE_PROPERTY_DATA {
    ULONG Size;
    const DEVPROPKEY *PropertyKey;
    LCID Lcid;
    ULONG Flags;
} WDF_DEVICE_PROPERTY_DATA, *PWDF_DEVICE_PROPERTY_DATA;

FORCEINLINE VOID WDF_DEVICE_PROPERTY_DATA_INIT(PWDF_DEVICE_PROPERTY_DATA PropertyData,
                                               const DEVPROPKEY *PropertyKey)
{
    RtlZeroMemory(PropertyData, sizeof(WDF_DEVICE_PROPERTY_DATA));
    PropertyData->Size = (ULONG)sizeof(WDF_DEVICE_PROPERTY_DATA);
    PropertyData->PropertyKey = PropertyKey;
}

/* WdfDeviceGetDeviceState: copy the PnP state flags that were set last.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicestate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceGetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState);

/* WdfDeviceSetDeviceState: change the PnP state flags; WdfUseDefault leaves one alone.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetdevicestate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState);

/* WdfWdmDeviceGetWdfDeviceHandle: framework device that owns a WDM device object.
 *   Returns  handle, or NULL when it is not a framework device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfwdmdevicegetwdfdevicehandle
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE
    WdfWdmDeviceGetWdfDeviceHandle(PDEVICE_OBJECT DeviceObject);

/* WdfDeviceWdmGetDeviceObject: the WDM device object of a device.
 *   Returns  device object
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetdeviceobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfDeviceWdmGetDeviceObject(WDFDEVICE Device);

/* WdfDeviceWdmGetAttachedDevice: the next lower device object.
 *   Returns  device object; NULL for a PDO or control device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetattacheddevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfDeviceWdmGetAttachedDevice(WDFDEVICE Device);

/* WdfDeviceWdmGetPhysicalDevice: the PDO at the bottom of the stack.
 *   Returns  device object; NULL for a control device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfDeviceWdmGetPhysicalDevice(WDFDEVICE Device);

/* WdfDeviceWdmDispatchPreprocessedIrp: hand an IRP back to the framework from a preprocess
 * callback.
 *   Returns  STATUS_PENDING or the final status
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchpreprocessedirp
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmDispatchPreprocessedIrp(WDFDEVICE Device, PIRP Irp);

/* WdfDeviceWdmDispatchIrp: the same from a dispatch callback of
 * WdfDeviceConfigureWdmIrpDispatchCallback.
 *   Returns  STATUS_PENDING or the final status
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchirp
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmDispatchIrp(WDFDEVICE Device, PIRP Irp, WDFCONTEXT DispatchContext);

/* WdfDeviceWdmDispatchIrpToIoQueue: put an IRP straight into a queue.
 *   Returns  STATUS_PENDING or the final status
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchirptoioqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmDispatchIrpToIoQueue(WDFDEVICE Device, PIRP Irp, WDFQUEUE Queue, ULONG Flags);

/* WdfDeviceAddDependentUsageDeviceObject: add a device whose special-file use depends on this
 * one.
 *   Returns  STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceadddependentusagedeviceobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAddDependentUsageDeviceObject(WDFDEVICE Device, PDEVICE_OBJECT DependentDevice);

/* WdfDeviceRemoveDependentUsageDeviceObject: undo WdfDeviceAddDependentUsageDeviceObject.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceremovedependentusagedeviceobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceRemoveDependentUsageDeviceObject(WDFDEVICE Device, PDEVICE_OBJECT DependentDevice);

/* WdfDeviceAddRemovalRelationsPhysicalDevice: add a PDO to be removed together with this device.
 *   Returns  STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceaddremovalrelationsphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAddRemovalRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice);

/* WdfDeviceRemoveRemovalRelationsPhysicalDevice: take a PDO out of the removal relations.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceremoveremovalrelationsphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceRemoveRemovalRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice);

/* WdfDeviceClearRemovalRelationsDevices: empty the removal relations.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceclearremovalrelationsdevices
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceClearRemovalRelationsDevices(WDFDEVICE Device);

/* WdfDeviceGetDriver: driver of the device.
 *   Returns  handle, equal to that of WdfDriverCreate
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdriver
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDRIVER WdfDeviceGetDriver(WDFDEVICE Device);

/* WdfDeviceRetrieveDeviceName: copy the device's name into a string object.
 *   Returns  STATUS_INVALID_PARAMETER (unnamed device)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievedevicename
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceRetrieveDeviceName(WDFDEVICE Device, WDFSTRING String);

/* WdfDeviceAssignMofResourceName: name the MOF resource for WMI.
 *   Returns  STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassignmofresourcename
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignMofResourceName(WDFDEVICE Device, PCUNICODE_STRING MofResourceName);

/* WdfDeviceGetIoTarget: the target that leads to the next lower driver.
 *   Returns  handle; NULL for a PDO or control device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetiotarget
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFIOTARGET WdfDeviceGetIoTarget(WDFDEVICE Device);

/* WdfDeviceGetDevicePnpState: current PnP state.
 *   Returns  state value
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepnpstate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_DEVICE_PNP_STATE
    WdfDeviceGetDevicePnpState(WDFDEVICE Device);

/* WdfDeviceGetDevicePowerState: current power state of the state machine.
 *   Returns  state value
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepowerstate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_DEVICE_POWER_STATE
    WdfDeviceGetDevicePowerState(WDFDEVICE Device);

/* WdfDeviceGetDevicePowerPolicyState: current power policy state.
 *   Returns  state value
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepowerpolicystate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_DEVICE_POWER_POLICY_STATE
    WdfDeviceGetDevicePowerPolicyState(WDFDEVICE Device);

/* WdfDeviceAssignS0IdleSettings: say how the device powers down when idle.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not the power policy owner);
 *            STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_POWER_STATE_INVALID
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassigns0idlesettings
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignS0IdleSettings(WDFDEVICE Device,
                                  PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings);

/* WdfDeviceAssignSxWakeSettings: say how the device wakes the system.
 *   Returns  as WdfDeviceAssignS0IdleSettings
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassignsxwakesettings
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignSxWakeSettings(WDFDEVICE Device,
                                  PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings);

/* WdfDeviceOpenRegistryKey: open the device's hardware or software key.
 *   Returns  STATUS_INVALID_DEVICE_STATE (no PDO); STATUS_INVALID_PARAMETER (type)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceopenregistrykey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceOpenRegistryKey(WDFDEVICE Device, ULONG DeviceInstanceKeyType,
                             ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                             WDFKEY *Key);

/* WdfDeviceOpenDevicemapKey: open or create a key under the system's device map.
 *   Returns  STATUS_SUCCESS or the registry's failure
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceopendevicemapkey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceOpenDevicemapKey(WDFDEVICE Device, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                              PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);

/* WdfDeviceSetSpecialFileSupport: allow or refuse paging, hibernation, dump or boot files.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetspecialfilesupport
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetSpecialFileSupport(WDFDEVICE Device, WDF_SPECIAL_FILE_TYPE FileType,
                                   BOOLEAN FileTypeIsSupported);

/* WdfDeviceSetCharacteristics: replace the device characteristics; secure open stays set.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetcharacteristics
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetCharacteristics(WDFDEVICE Device, ULONG DeviceCharacteristics);

/* WdfDeviceGetCharacteristics: the device characteristics.
 *   Returns  FILE_xxx flags
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetcharacteristics
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG WdfDeviceGetCharacteristics(WDFDEVICE Device);

/* WdfDeviceGetAlignmentRequirement: buffer alignment, as a mask.
 *   Returns  FILE_xxx_ALIGNMENT
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetalignmentrequirement
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG WdfDeviceGetAlignmentRequirement(WDFDEVICE Device);

/* WdfDeviceSetAlignmentRequirement: set the buffer alignment; a mask of the form 2^n - 1.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetalignmentrequirement
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetAlignmentRequirement(WDFDEVICE Device, ULONG AlignmentRequirement);

/* WdfDeviceInitFree: give an unused init of a control device or static PDO back.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitfree
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceInitFree(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetPnpPowerEventCallbacks: register the PnP and power callbacks.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpnppowereventcallbacks
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPnpPowerEventCallbacks(PWDFDEVICE_INIT DeviceInit,
                                           PWDF_PNPPOWER_EVENT_CALLBACKS PnpPowerEventCallbacks);

/* WdfDeviceInitSetPowerPolicyEventCallbacks: register the power policy callbacks.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpolicyeventcallbacks
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceInitSetPowerPolicyEventCallbacks(
    PWDFDEVICE_INIT DeviceInit, PWDF_POWER_POLICY_EVENT_CALLBACKS PowerPolicyEventCallbacks);

/* WdfDeviceInitSetPowerPolicyOwnership: say whether this driver owns power policy.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpolicyownership
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerPolicyOwnership(PWDFDEVICE_INIT DeviceInit, BOOLEAN IsPowerPolicyOwner);

/* WdfDeviceInitRegisterPnpStateChangeCallback: be called when the PnP state machine passes a
 * state.
 *   Returns  STATUS_INVALID_PARAMETER (state or callback types)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpnpstatechangecallback
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfDeviceInitRegisterPnpStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_PNP_STATE PnpState,
    PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION EvtDevicePnpStateChange, ULONG CallbackTypes);

/* WdfDeviceInitRegisterPowerStateChangeCallback: be called when the power state machine passes a
 * state.
 *   Returns  STATUS_INVALID_PARAMETER (state or callback types)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpowerstatechangecallback
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfDeviceInitRegisterPowerStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_STATE PowerState,
    PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION EvtDevicePowerStateChange, ULONG CallbackTypes);

/* WdfDeviceInitRegisterPowerPolicyStateChangeCallback: be called when the power policy state
 * machine passes a state.
 *   Returns  STATUS_INVALID_PARAMETER (state or callback types)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpowerpolicystatechangecallback
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
        PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_POLICY_STATE PowerPolicyState,
        PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION EvtDevicePowerPolicyStateChange,
        ULONG CallbackTypes);

/* WdfDeviceInitSetExclusive: allow one open handle at a time.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetexclusive
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetExclusive(PWDFDEVICE_INIT DeviceInit, BOOLEAN IsExclusive);

/* WdfDeviceInitSetIoType: choose how read and write buffers arrive.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetiotype
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetIoType(PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_IO_TYPE IoType);

/* WdfDeviceInitSetPowerNotPageable: power callbacks may not touch pageable memory or block long.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowernotpageable
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerNotPageable(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetPowerPageable: the opposite, and the default.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpageable
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerPageable(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetPowerInrush: the device draws inrush current when it powers up.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerinrush
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerInrush(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetDeviceType: set the FILE_DEVICE_xxx type.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetdevicetype
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetDeviceType(PWDFDEVICE_INIT DeviceInit, DEVICE_TYPE DeviceType);

/* WdfDeviceInitAssignName: name the device, or with NULL take the name away.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignname
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceInitAssignName(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceName);

/* WdfDeviceInitAssignSDDLString: set the security of a named device.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (NULL for a control device)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignsddlstring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceInitAssignSDDLString(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING SDDLString);

/* WdfDeviceInitSetDeviceClass: set the setup class for security overrides.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetdeviceclass
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetDeviceClass(PWDFDEVICE_INIT DeviceInit, CONST GUID *DeviceClassGuid);

/* WdfDeviceInitSetCharacteristics: replace or add device characteristics.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetcharacteristics
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetCharacteristics(PWDFDEVICE_INIT DeviceInit, ULONG DeviceCharacteristics,
                                    BOOLEAN OrInValues);

/* WdfDeviceInitSetFileObjectConfig: register the file object callbacks.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetfileobjectconfig
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetFileObjectConfig(PWDFDEVICE_INIT DeviceInit,
                                     PWDF_FILEOBJECT_CONFIG FileObjectConfig,
                                     PWDF_OBJECT_ATTRIBUTES FileObjectAttributes);

/* WdfDeviceInitSetRequestAttributes: attributes of each request that the framework makes for this
 * device.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetrequestattributes
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetRequestAttributes(PWDFDEVICE_INIT DeviceInit,
                                      PWDF_OBJECT_ATTRIBUTES RequestAttributes);

/* WdfDeviceInitAssignWdmIrpPreprocessCallback: see the IRPs of one major function before the
 * framework does.
 *   Returns  STATUS_INVALID_PARAMETER (major); STATUS_INVALID_DEVICE_REQUEST (minors given twice)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignwdmirppreprocesscallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfDeviceInitAssignWdmIrpPreprocessCallback(
    PWDFDEVICE_INIT DeviceInit, PFN_WDFDEVICE_WDM_IRP_PREPROCESS EvtDeviceWdmIrpPreprocess,
    UCHAR MajorFunction, PUCHAR MinorFunctions, ULONG NumMinorFunctions);

/* WdfDeviceInitSetIoInCallerContextCallback: see each I/O request in its sender's thread, before
 * any queue.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetioincallercontextcallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetIoInCallerContextCallback(PWDFDEVICE_INIT DeviceInit,
                                              PFN_WDF_IO_IN_CALLER_CONTEXT EvtIoInCallerContext);

/* WdfDeviceInitSetRemoveLockOptions: ask for remove locks on more IRPs.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetremovelockoptions
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetRemoveLockOptions(PWDFDEVICE_INIT DeviceInit, PWDF_REMOVE_LOCK_OPTIONS Options);

/* WdfDeviceCreate: make the device of an init; success consumes the init and sets *DeviceInit to
 * NULL.
 *   Returns  STATUS_INVALID_DEVICE_STATE (init used up); STATUS_INVALID_SECURITY_DESCR;
 *            STATUS_OBJECT_NAME_COLLISION; STATUS_OBJECT_NAME_INVALID; STATUS_NO_SUCH_DEVICE
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicecreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceCreate(PWDFDEVICE_INIT *DeviceInit, PWDF_OBJECT_ATTRIBUTES DeviceAttributes,
                    WDFDEVICE *Device);

/* WdfDeviceSetStaticStopRemove: FALSE vetoes stop and remove queries until a matching TRUE.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetstaticstopremove
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetStaticStopRemove(WDFDEVICE Device, BOOLEAN Stoppable);

/* WdfDeviceCreateDeviceInterface: register a device interface; enabled when the device has
 * started.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (control device); STATUS_INVALID_PARAMETER (reference
 *            string)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicecreatedeviceinterface
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceCreateDeviceInterface(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                   PCUNICODE_STRING ReferenceString);

/* WdfDeviceSetDeviceInterfaceState: enable or disable an interface; a disabled one is enabled at
 * the next start.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetdeviceinterfacestate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfDeviceSetDeviceInterfaceState(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                     PCUNICODE_STRING ReferenceString, BOOLEAN IsInterfaceEnabled);

/* WdfDeviceSetDeviceInterfaceStateEx: the same, and later starts leave it alone.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetdeviceinterfacestateex
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfDeviceSetDeviceInterfaceStateEx(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                       PCUNICODE_STRING ReferenceString,
                                       BOOLEAN IsInterfaceEnabled);

/* WdfDeviceRetrieveDeviceInterfaceString: copy the interface's symbolic link name into a string
 * object.
 *   Returns  STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_DEVICE_STATE (no link yet);
 *            STATUS_INVALID_DEVICE_REQUEST (control device)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievedeviceinterfacestring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceRetrieveDeviceInterfaceString(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                           PCUNICODE_STRING ReferenceString, WDFSTRING String);

/* WdfDeviceCreateSymbolicLink: give the device its symbolic link; removed with the device.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (empty, or has one); STATUS_INVALID_DEVICE_STATE
 *            (nothing to link to); STATUS_OBJECT_NAME_COLLISION
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicecreatesymboliclink
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceCreateSymbolicLink(WDFDEVICE Device, PCUNICODE_STRING SymbolicLinkName);

/* WdfDeviceQueryProperty: read a device property into the caller's buffer.
 *   Returns  STATUS_BUFFER_TOO_SMALL with *ResultLength; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicequeryproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                           ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength);

/* WdfDeviceAllocAndQueryProperty: read a device property into a new memory object.
 *   Returns  as WdfDeviceQueryProperty; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceallocandqueryproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAllocAndQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                   POOL_TYPE PoolType,
                                   PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                   WDFMEMORY *PropertyMemory);

/* WdfDeviceSetPnpCapabilities: tell PnP what the device can do.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetpnpcapabilities
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetPnpCapabilities(WDFDEVICE Device, PWDF_DEVICE_PNP_CAPABILITIES PnpCapabilities);

/* WdfDeviceSetPowerCapabilities: tell power management what the device can do.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetpowercapabilities
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetPowerCapabilities(WDFDEVICE Device,
                                  PWDF_DEVICE_POWER_CAPABILITIES PowerCapabilities);

/* WdfDeviceSetBusInformationForChildren: describe the bus to the children's drivers.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetbusinformationforchildren
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetBusInformationForChildren(WDFDEVICE Device, PPNP_BUS_INFORMATION BusInformation);

/* WdfDeviceIndicateWakeStatus: complete the wait-wake request.
 *   Returns  STATUS_INVALID_PARAMETER (STATUS_PENDING or STATUS_CANCELLED given);
 *            STATUS_INVALID_DEVICE_STATE; STATUS_INVALID_DEVICE_REQUEST (not armed)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceindicatewakestatus
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceIndicateWakeStatus(WDFDEVICE Device, NTSTATUS WaitWakeStatus);

/* WdfDeviceSetFailed: the device is broken: have it removed, and with
 * WdfDeviceFailedAttemptRestart enumerated again.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetfailed
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetFailed(WDFDEVICE Device, WDF_DEVICE_FAILED_ACTION FailedAction);

/* WdfDeviceStopIdleNoTrack: take a power reference: leave low power and stay in D0.
 *   Returns  STATUS_SUCCESS in D0; STATUS_PENDING (on its way); STATUS_INVALID_DEVICE_STATE (not
 *            the owner); STATUS_POWER_STATE_INVALID
 *   IRQL     PASSIVE_LEVEL if WaitForD0, else <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicestopidlenotrack
 */
WDFAPI NTSTATUS WdfDeviceStopIdleNoTrack(WDFDEVICE Device, BOOLEAN WaitForD0);

/* WdfDeviceResumeIdleNoTrack: give a power reference back.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceresumeidlenotrack
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceResumeIdleNoTrack(WDFDEVICE Device);

/* WdfDeviceStopIdleActual: WdfDeviceStopIdle with tag and call site.
 *   Returns  as WdfDeviceStopIdleNoTrack
 *   IRQL     PASSIVE_LEVEL if WaitForD0, else <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicestopidleactual
 */
WDFAPI NTSTATUS WdfDeviceStopIdleActual(WDFDEVICE Device, BOOLEAN WaitForD0, PVOID Tag, LONG Line,
                                        PCCH File);

/* WdfDeviceResumeIdleActual: WdfDeviceResumeIdle with tag and call site.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceresumeidleactual
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceResumeIdleActual(WDFDEVICE Device, PVOID Tag, LONG Line, PCCH File);

/* WdfDeviceGetFileObject: framework file object of a WDM file object.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetfileobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFFILEOBJECT
    WdfDeviceGetFileObject(WDFDEVICE Device, PFILE_OBJECT FileObject);

/* WdfDeviceEnqueueRequest: pass a request on from EvtIoInCallerContext to its queue.
 *   Returns  STATUS_WDF_BUSY (not accepting; still the driver's); STATUS_INVALID_DEVICE_REQUEST
 *            (no queue)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceenqueuerequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceEnqueueRequest(WDFDEVICE Device, WDFREQUEST Request);

/* WdfDeviceGetDefaultQueue: queue that gets what no other queue is configured for.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdefaultqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFQUEUE WdfDeviceGetDefaultQueue(WDFDEVICE Device);

/* WdfDeviceConfigureRequestDispatching: send all requests of one type to a queue.
 *   Returns  STATUS_INVALID_PARAMETER (type); STATUS_INVALID_DEVICE_REQUEST (default queue, other
 *            device, no handler); STATUS_WDF_BUSY (type taken); STATUS_INVALID_DEVICE_STATE (too
 *            late)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceconfigurerequestdispatching
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceConfigureRequestDispatching(WDFDEVICE Device, WDFQUEUE Queue,
                                         WDF_REQUEST_TYPE RequestType);

/* WdfDeviceConfigureWdmIrpDispatchCallback: route the IRPs of one major function by the driver's
 * own callback.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceconfigurewdmirpdispatchcallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceConfigureWdmIrpDispatchCallback(WDFDEVICE Device, WDFDRIVER Driver,
                                             UCHAR MajorFunction,
                                             PFN_WDFDEVICE_WDM_IRP_DISPATCH EvtDeviceWdmIrpDispatch,
                                             WDFCONTEXT DriverContext);

/* WdfDeviceGetSystemPowerAction: why the system's power state is changing.
 *   Returns  PowerActionNone unless a transition is under way
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetsystempoweraction
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI POWER_ACTION
    WdfDeviceGetSystemPowerAction(WDFDEVICE Device);

/* WdfDeviceWdmAssignPowerFrameworkSettings: set up the power management framework for a
 * component.
 *   Returns  STATUS_NOT_IMPLEMENTED
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmassignpowerframeworksettings
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmAssignPowerFrameworkSettings(WDFDEVICE Device,
                                             PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings);

/* WdfDeviceInitSetReleaseHardwareOrderOnFailure: when EvtDeviceReleaseHardware follows a failure.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetreleasehardwareorderonfailure
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceInitSetReleaseHardwareOrderOnFailure(
    PWDFDEVICE_INIT DeviceInit,
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE ReleaseHardwareOrderOnFailure);

/* WdfDeviceInitSetIoTypeEx: the same, with a threshold for direct transfers.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetiotypeex
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetIoTypeEx(PWDFDEVICE_INIT DeviceInit, PWDF_IO_TYPE_CONFIG IoTypeConfig);

/* WdfDeviceQueryPropertyEx: read a unified property into the caller's buffer.
 *   Returns  STATUS_BUFFER_TOO_SMALL with *RequiredSize; STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     <= APC_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicequerypropertyex
 */
_IRQL_requires_max_(APC_LEVEL) WDFAPI NTSTATUS
    WdfDeviceQueryPropertyEx(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                             ULONG BufferLength, PVOID PropertyBuffer, PULONG RequiredSize,
                             PDEVPROPTYPE Type);

/* WdfDeviceAllocAndQueryPropertyEx: read a unified property into a new memory object.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_OBJECT_NAME_NOT_FOUND;
 *            STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     <= APC_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceallocandquerypropertyex
 */
_IRQL_requires_max_(APC_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAllocAndQueryPropertyEx(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                     POOL_TYPE PoolType,
                                     PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                     WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type);

/* WdfDeviceAssignProperty: write a unified property.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     <= APC_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassignproperty
 */
_IRQL_requires_max_(APC_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignProperty(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                            DEVPROPTYPE Type, ULONG Size, PVOID Data);

/* WdfDeviceRetrieveCompanionTarget: target of the device's companion.
 *   Returns  STATUS_NOT_IMPLEMENTED: there are no companions here
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievecompaniontarget
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceRetrieveCompanionTarget(WDFDEVICE Device, WDFCOMPANIONTARGET *CompanionTarget);

#define WdfDeviceStopIdle(Device, WaitForD0) WdfDeviceStopIdleWithTag(Device, WaitForD0, NULL)
#define WdfDeviceStopIdleWithTag(Device, WaitForD0, Tag) \
    WdfDeviceStopIdleActual(Device, WaitForD0, Tag, __LINE__, __FILE__)
#define WdfDeviceResumeIdle(Device) WdfDeviceResumeIdleWithTag(Device, NULL)
#define WdfDeviceResumeIdleWithTag(Device, Tag) \
    WdfDeviceResumeIdleActual(Device, Tag, __LINE__, __FILE__)

WDF_EXTERN_C_END

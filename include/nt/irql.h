/* irql.h - interrupt request levels. A level belongs to a processor: everything at or below it is
 * masked there, and below DISPATCH_LEVEL threads may be switched.
 */
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PASSIVE_LEVEL  0
#define LOW_LEVEL      0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define CMCI_LEVEL     5
#define SYNCH_LEVEL    12
#define CLOCK_LEVEL    13
#define IPI_LEVEL      14
#define DRS_LEVEL      14
#define POWER_LEVEL    14
#define PROFILE_LEVEL  15
#define HIGH_LEVEL     15

/* KeGetCurrentIrql: the calling processor's level.
 *   IRQL any      Source   wdm/nf-wdm-kegetcurrentirql
 */
NTKERNELAPI KIRQL KeGetCurrentIrql(VOID);

/* KeRaiseIrql, KeRaiseIrqlToDpcLevel, KfRaiseIrql: raise this processor's level.
 *   NewIrql  not below the current level (IrqlRaiseInvalid)
 *   Returns  the level before the call, through OldIrql or as value
 *   IRQL     <= NewIrql
 *   Source   wdm/nf-wdm-keraiseirql, -keraiseirqltodpclevel
 */
_IRQL_requires_max_(HIGH_LEVEL) NTKERNELAPI VOID KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KIRQL KeRaiseIrqlToDpcLevel(VOID);
_IRQL_requires_max_(HIGH_LEVEL) NTKERNELAPI KIRQL KfRaiseIrql(KIRQL NewIrql);

/* KeRaiseIrqlToSynchLevel: the level at which processors do not dispatch threads, nor take most
 * interrupts.
 *   Returns  the level before the call
 *   IRQL     <= SYNCH_LEVEL      Source   wdm/nf-wdm-keraiseirqltosynchlevel
 */
_IRQL_requires_max_(HIGH_LEVEL) NTKERNELAPI KIRQL KeRaiseIrqlToSynchLevel(VOID);

/* KeLowerIrql: restore the level before the matching raise (IrqlLowerInvalid otherwise). Crossing
 * below DISPATCH_LEVEL first runs the DPCs that wait on this processor.
 *   IRQL     >= NewIrql
 *   Source   wdm/nf-wdm-kelowerirql
 */
_IRQL_requires_max_(HIGH_LEVEL) NTKERNELAPI VOID KeLowerIrql(KIRQL NewIrql);
#define KfLowerIrql KeLowerIrql

/* KeEnterCriticalRegion ... KeAreAllApcsDisabled: hold back APCs of the calling thread; both kinds
 * of region nest.
 *   Returns  KeAreApcsDisabled: TRUE in a critical or guarded region; KeAreAllApcsDisabled: TRUE in
 *            a guarded region or at APC_LEVEL or above
 *   IRQL     <= APC_LEVEL; the queries <= DISPATCH_LEVEL
 *   Source   ntddk/nf-ntddk-keentercriticalregion, -keleavecriticalregion, wdm/-keareapcsdisabled
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID KeEnterCriticalRegion(VOID);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID KeLeaveCriticalRegion(VOID);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID KeEnterGuardedRegion(VOID);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID KeLeaveGuardedRegion(VOID);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN KeAreApcsDisabled(VOID);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN KeAreAllApcsDisabled(VOID);

#ifdef __cplusplus
}
#endif

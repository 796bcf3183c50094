/* ke_float.c - floating-point state. What interrupts a thread here is a call that its code made, so
 * that the compiler has saved what a called function may change: there is nothing to do but to see
 * that each restore has its save.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

#define FLOAT_SAVED 0x464c4f54u

NTSTATUS KeSaveFloatingPointState(PKFLOATING_SAVE FloatSave)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_ILLEGAL_FLOAT_CONTEXT;
    }
    FloatSave->Dummy = FLOAT_SAVED;
    return STATUS_SUCCESS;
}

NTSTATUS KeRestoreFloatingPointState(PKFLOATING_SAVE FloatSave)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_ILLEGAL_FLOAT_CONTEXT;
    }
    if (FloatSave->Dummy != FLOAT_SAVED) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)FloatSave, 0, 0, 0,
                     "KeRestoreFloatingPointState of what KeSaveFloatingPointState did not save");
        return STATUS_ILLEGAL_FLOAT_CONTEXT;
    }
    FloatSave->Dummy = 0;
    return STATUS_SUCCESS;
}

NTSTATUS KeSaveExtendedProcessorState(ULONG64 Mask, PXSTATE_SAVE XStateSave)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_ILLEGAL_FLOAT_CONTEXT;
    }
    *XStateSave = (XSTATE_SAVE){
        .Thread = ke_self->thread, .Level = ke_self->irql, .XStateContext.Mask = Mask};
    return STATUS_SUCCESS;
}

VOID KeRestoreExtendedProcessorState(PXSTATE_SAVE XStateSave)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (XStateSave->Thread != ke_self->thread || XStateSave->Level != ke_self->irql) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)XStateSave, 0, 0, 0,
                     "KeRestoreExtendedProcessorState in another thread or at another IRQL than "
                     "the save");
        return;
    }
    XStateSave->Thread = NULL;
}

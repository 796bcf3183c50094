/* ex_raise.c - exceptions that a driver or a kernel routine raises. */
#include "nt/ex/ex_try.h"
#include "nt/ke/report/ke_caller.h"

_Noreturn void ex_raise_status(NTSTATUS status, const void *address)
{
    const EXCEPTION_RECORD record = {
        .ExceptionCode = status,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .ExceptionAddress = (PVOID)(uintptr_t)address,
    };

    ex_raise(&record);
}

_Noreturn void ex_raise_access(const void *address, const void *code, bool write)
{
    const EXCEPTION_RECORD record = {
        .ExceptionCode = STATUS_ACCESS_VIOLATION,
        .ExceptionAddress = (PVOID)(uintptr_t)code,
        .NumberParameters = 2,
        .ExceptionInformation = {write, (uintptr_t)address},
    };

    ex_raise(&record);
}

VOID ExRaiseStatus(NTSTATUS Status)
{
    ex_raise_status(Status, KE_CALLER());
}

VOID ExRaiseAccessViolation(VOID)
{
    ex_raise_status(STATUS_ACCESS_VIOLATION, KE_CALLER());
}

VOID ExRaiseDatatypeMisalignment(VOID)
{
    ex_raise_status(STATUS_DATATYPE_MISALIGNMENT, KE_CALLER());
}

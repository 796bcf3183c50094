#pragma once
/* ke_bugcheck.h - a driver's bug check, and the callbacks that run when it stops the machine. */
#include <ntddk.h>

/* ke_bugcheck: report the bug check that a driver asked for through the routine, and stop. */
_Noreturn void ke_bugcheck(const char *api, ULONG code, const ULONG_PTR parameter[4]);

/* ke_bugcheck_stopping: the machine is about to stop: if it does so for a bug check, call the
 * callbacks. Returns at HIGH_LEVEL. */
void ke_bugcheck_stopping(void);

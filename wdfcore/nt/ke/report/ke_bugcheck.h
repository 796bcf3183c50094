#pragma once
/* ke_bugcheck.h - a driver's bug check, and the callbacks that run when it stops the machine. */
#include <ntddk.h>

/* ke_bugcheck: report the bug check that a driver asked for through the routine, and stop. */
_Noreturn void ke_bugcheck(const char *api, ULONG code, const ULONG_PTR parameter[4]);

/* ke_bugcheck_forget: callbacks whose routine or record lies in that memory, which goes, are registered
 * no longer. Returns how many there were. */
unsigned ke_bugcheck_forget(const void *start, size_t size);

/* ke_bugcheck_stopping: the machine is about to stop: if it does so for a bug check, call the
 * callbacks. Returns at HIGH_LEVEL. */
void ke_bugcheck_stopping(void);

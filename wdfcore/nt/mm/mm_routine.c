/* mm_routine.c - the kernel's routines by name. */
#include <dlfcn.h>

#include "nt/ke/ke_api.h"

#define NAME_MAX_LENGTH 127

/* Only what this library exports: the process has more symbols than a kernel would. */
PVOID MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
    char name[NAME_MAX_LENGTH + 1];
    USHORT length = SystemRoutineName->Length / sizeof(WCHAR);
    Dl_info own, found;
    void *routine = NULL;

    if (!API(PASSIVE_LEVEL) || length > NAME_MAX_LENGTH) {
        return NULL;
    }
    for (USHORT i = 0; i < length; i++) {
        if (SystemRoutineName->Buffer[i] > 127) {
            return NULL;
        }
        name[i] = (char)SystemRoutineName->Buffer[i];
    }
    name[length] = '\0';
    routine = dlsym(RTLD_DEFAULT, name);
    if (routine == NULL || dladdr(routine, &found) == 0 ||
        dladdr((void *)(uintptr_t)MmGetSystemRoutineAddress, &own) == 0 ||
        found.dli_fbase != own.dli_fbase) {
        return NULL;
    }
    return routine;
}

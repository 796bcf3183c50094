/* drv_language.c - what drivers take for granted because Microsoft's compiler promises it. Compiled with
 * optimization in every build: that is where other compilers make use of the opposite.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

/* Called by the test. */
ULONGLONG LanguageSumNested(const CM_RESOURCE_LIST *Resources);
LONG LanguageAlias(LONG *Integer, float *Real);
BOOLEAN LanguageWraps(LONG Number);
LONG LanguageTestsLate(LONG *Copy, const LONG *Number, SIZE_T Size);

/* An array of one at the end of a member. */
ULONGLONG LanguageSumNested(const CM_RESOURCE_LIST *Resources)
{
    ULONGLONG Sum = 0;

    for (ULONG i = 0; i < Resources->List[0].PartialResourceList.Count; i++) {
        Sum += Resources->List[0].PartialResourceList.PartialDescriptors[i].u.Interrupt.Vector;
    }
    return Sum;
}

LONG LanguageAlias(LONG *Integer, float *Real)
{
    *Integer = 1;
    *Real = 2.0F;
    return *Integer;
}

BOOLEAN LanguageWraps(LONG Number)
{
    return Number + 1 < Number;
}

/* Nothing is copied from nowhere. */
LONG LanguageTestsLate(LONG *Copy, const LONG *Number, SIZE_T Size)
{
    RtlCopyMemory(Copy, Number, Size);
    return Number == NULL ? -1 : *Copy;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}

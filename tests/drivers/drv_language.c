/* drv_language.c - what drivers take for granted because Microsoft's compiler promises it. Compiled with
 * optimization in every build: that is where other compilers make use of the opposite.
 */
#include <ntddk.h>

#include "drv_language.h"

_Static_assert(sizeof(long) == 4 && sizeof(1L) == 4 && sizeof(0xFFFFFFFFuL) == 4, "32 bits");
_Static_assert(sizeof(long long) == 8 && sizeof(1LL) == 8 && sizeof(unsigned __int64) == 8,
               "64 bits");
_Static_assert(_Generic((long long *)0, LONG64 * : 1, default : 0) &&
                   _Generic((unsigned long long)0, size_t : 1, default : 0),
               "64 bits are one type");
_Static_assert(sizeof(struct language) == 32, "what comes from a header and a macro of the driver");
_Static_assert(sizeof(SIZE_T) == 8 && sizeof(LONG64) == 8, "what comes from ours");

DRIVER_INITIALIZE DriverEntry;

/* Strings are pasted, too: they stand beside each other. */
#define JOINED(format) "%s: "##format
static const char Joined[] = JOINED("joined"
                                    "##");
_Static_assert(sizeof(Joined) == sizeof("%s: joined##"), "a string behind ##");

/* Called by the test. */
ULONGLONG LanguageSumNested(const CM_RESOURCE_LIST *Resources);
LONG LanguageAlias(LONG *Integer, float *Real);
BOOLEAN LanguageWraps(LONG Number);
LONG LanguageTestsLate(LONG *Copy, const LONG *Number, SIZE_T Size);
long LanguageLong(volatile long *Number, int *Line);
PCSTR LanguageName(const struct language *Of);

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

/* A long comment, and 1L of it: "long" stays what it is here. */
long LanguageLong(volatile long *Number, int *Line)
{
    static const char Text[] = "long 1L"; // long

    *Line = __LINE__;
    UNREFERENCED_PARAMETER(Joined);
    return (ULONG)InterlockedIncrement(Number) == 0xFFFFFFFFL ? (long)sizeof(Text) : -1L;
}

#define QUOTED(text) #text
#define NAME_TWICE   HERE __FUNCDNAME__ QUOTED((__FUNCTION__))

/* Beside other strings, in braces of other kinds and behind them: { } ( "__FUNCTION__". */
static const struct language Languages[] = {{.number = sizeof(struct language) * (1)}};
PCSTR LanguageName(const struct language *Of)
{
    struct {
        PCSTR text;
    } names[] = {{"{" HERE "__FUNCTION__"}, {NAME_TWICE}};

    return Of == NULL                       ? names[0].text
           : Of->number > Languages->number ? names[1].text
                                            : __FUNCTION__;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}

/* drv_no_entry.c - a module without DriverEntry. */
#include <ntddk.h>

LONG NoEntryAnswer(VOID);

LONG NoEntryAnswer(VOID)
{
    return 42;
}

/* io_create_driver.c - driver objects that a driver makes itself: no module and no service belong to
 * them, so that nothing is unloaded when they go.
 */
#include <ntddk.h>

#include <stdio.h>
#include <string.h>

#include "nt/io/io_driver.h"
#include "nt/io/io_name.h"
#include "nt/ke/ke_api.h"

#define IO_DRIVER_PREFIX L"\\Driver\\"
#define IO_DRIVER_NAME   128

static ULONG io_driver_number; /* (a) of those that were created without a name */

/* The name behind \Driver\, in ASCII. */
static bool io_create_driver_name(PCUNICODE_STRING name, char *text)
{
    UNICODE_STRING prefix = RTL_CONSTANT_STRING(IO_DRIVER_PREFIX);
    UNICODE_STRING head;
    USHORT length;

    if (name == NULL) {
        snprintf(text, IO_DRIVER_NAME, "%08u",
                 __atomic_add_fetch(&io_driver_number, 1, __ATOMIC_RELAXED));
        return true;
    }
    if (name->Length <= prefix.Length ||
        (name->Length - prefix.Length) / sizeof(WCHAR) >= IO_DRIVER_NAME) {
        return false;
    }
    head = *name;
    head.Length = prefix.Length;
    length = (USHORT)((name->Length - prefix.Length) / sizeof(WCHAR));
    for (USHORT i = 0; i < length; i++) {
        WCHAR character = name->Buffer[prefix.Length / sizeof(WCHAR) + i];

        if (character == 0 || character > 126 || character == '\\') {
            return false;
        }
        text[i] = (char)character;
    }
    text[length] = '\0';
    return io_name_equal(&head, &prefix);
}

NTSTATUS IoCreateDriver(PUNICODE_STRING DriverName, PDRIVER_INITIALIZE InitializationFunction)
{
    char name[IO_DRIVER_NAME];
    struct io_driver_config config = {.name = name, .without_service = true};
    PDRIVER_OBJECT driver;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!io_create_driver_name(DriverName, name)) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    status = io_driver_create(&config, &driver);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = io_driver_initialize(driver, InitializationFunction);
    if (!NT_SUCCESS(status)) {
        io_driver_delete(driver);
    }
    return status;
}

VOID IoDeleteDriver(PDRIVER_OBJECT DriverObject)
{
    if (API(PASSIVE_LEVEL) && io_driver_check(DriverObject, __func__)) {
        io_driver_delete(DriverObject);
    }
}

/* io_configuration.c - how many disks and ports drivers have found: they count, the system only keeps
 * the numbers.
 */
#include <ntddk.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"

static CONFIGURATION_INFORMATION io_configuration;

PCONFIGURATION_INFORMATION IoGetConfigurationInformation(VOID)
{
    return API(PASSIVE_LEVEL) ? &io_configuration : NULL;
}

static void configuration_start(void)
{
    io_configuration = (CONFIGURATION_INFORMATION){.Version = sizeof(io_configuration)};
}

static struct ke_machine_part configuration_part = {.order = 0, .start = configuration_start};

__attribute__((constructor)) static void configuration_register(void)
{
    ke_machine_register(&configuration_part);
}

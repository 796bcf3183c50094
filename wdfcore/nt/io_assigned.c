#include "nt/io_assigned.h"

#include <stdlib.h>

#include <uthash.h>

#include "base/assert.h"
#include "nt/ke_machine.h"

struct assigned {
    PDEVICE_OBJECT pdo; /* key */
    const CM_RESOURCE_LIST *translated;
    UT_hash_handle hh;
};

static struct assigned *devices;

static void assigned_forget(struct assigned *device)
{
    HASH_DEL(devices, device);
    free(device);
}

void io_assigned_set(PDEVICE_OBJECT pdo, const CM_RESOURCE_LIST *translated)
{
    struct assigned *device;

    HASH_FIND_PTR(devices, &pdo, device);
    if (translated == NULL) {
        if (device != NULL) {
            assigned_forget(device);
        }
        return;
    }
    if (device == NULL) {
        device = calloc(1, sizeof(*device));
        CORE_ASSERT(device != NULL);
        device->pdo = pdo;
        HASH_ADD_PTR(devices, pdo, device);
    }
    device->translated = translated;
}

const CM_RESOURCE_LIST *io_assigned(PDEVICE_OBJECT pdo)
{
    struct assigned *device;

    HASH_FIND_PTR(devices, &pdo, device);
    return device != NULL ? device->translated : NULL;
}

static void assigned_stop(void)
{
    while (devices != NULL) {
        assigned_forget(devices);
    }
}

static struct ke_machine_part assigned_part = {.order = 1, .stop = assigned_stop};

__attribute__((constructor)) static void assigned_register(void)
{
    ke_machine_register(&assigned_part);
}

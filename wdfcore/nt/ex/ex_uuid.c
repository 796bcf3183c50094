/* ex_uuid.c - ExUuidCreate: UUIDs of version 1: the time in steps of 100 ns, each given out once, and a
 * node that is no network card's, chosen by the machine's seed.
 */
#include <ntifs.h>

#include <string.h>

#include "base/lock.h"
#include "base/random.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/time/ke_due.h"

#define UUID_EPOCH_100NS 5748192000000000ull /* from 15 October 1582 to 1 January 1601 */
#define UUID_VERSION     0x1000
#define UUID_VARIANT     0x80
#define UUID_MULTICAST   0x01 /* in the first byte of a node: no network card's */

/* With the lock. */
static struct {
    struct base_lock lock;
    uint64_t last;   /* the time that was given out last */
    uint64_t chance; /* of this machine: clock sequence and node */
    uint64_t local;  /* (a) the locally unique number that was given out last */
} ex_uuid = {.lock = {.rank = BASE_RANK_EX}};

static void uuid_take(uint64_t now, uint64_t *time, uint64_t *chance)
{
    base_lock_acquire(&ex_uuid.lock);
    ex_uuid.last = now > ex_uuid.last ? now : ex_uuid.last + 1;
    *time = ex_uuid.last;
    *chance = ex_uuid.chance;
    base_lock_release(&ex_uuid.lock);
}

NTSTATUS ExUuidCreate(UUID *Uuid)
{
    uint64_t time = 0;
    uint64_t chance = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_RETRY;
    }
    uuid_take(ke_clock_wall_100ns() + ke_clock_now_100ns() + UUID_EPOCH_100NS, &time, &chance);
    Uuid->Data1 = (ULONG)time;
    Uuid->Data2 = (USHORT)(time >> 32);
    Uuid->Data3 = (USHORT)((time >> 48 & 0x0FFF) | UUID_VERSION);
    memcpy(Uuid->Data4, &chance, sizeof(Uuid->Data4));
    Uuid->Data4[0] = (UCHAR)((Uuid->Data4[0] & 0x3F) | UUID_VARIANT);
    Uuid->Data4[2] |= UUID_MULTICAST;
    return RPC_NT_UUID_LOCAL_ONLY;
}

/* Numbers below are those of privileges and of the system's own. */
NTSTATUS ZwAllocateLocallyUniqueId(PLUID Luid)
{
    uint64_t number;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    number = __atomic_add_fetch(&ex_uuid.local, 1, __ATOMIC_RELAXED);
    *Luid = (LUID){.LowPart = (ULONG)number, .HighPart = (LONG)(number >> 32)};
    return STATUS_SUCCESS;
}

/* A source of its own: the machine's choices stay what they are without it. */
static void uuid_start(void)
{
    struct base_random random;

    base_random_init(&random, ke_machine.config.seed);
    ex_uuid.last = 0;
    ex_uuid.local = 1000;
    ex_uuid.chance = base_random_next(&random);
}

static struct ke_machine_part uuid_part = {.order = 0, .start = uuid_start};

__attribute__((constructor)) static void uuid_register(void)
{
    ke_machine_register(&uuid_part);
}

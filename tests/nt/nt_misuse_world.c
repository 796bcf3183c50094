/* nt_misuse_world.c - objects that are in order and such that are not; see nt_misuse_world.h. */
#include "nt_misuse_world.h"

#include <string.h>
#include <sys/mman.h>

#include "nt_driver.h"

#define BODY 256 /* where an object lies in its memory: before it is room for a header */

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    union {
        KAPC apc;
        KDPC dpc;
        KTIMER timer;
        KEVENT event;
        KMUTEX mutex;
        KSEMAPHORE semaphore;
        KQUEUE queue;
        KDEVICE_QUEUE device_queue;
        FAST_MUTEX fast_mutex;
        ERESOURCE resource;
        IO_CSQ csq;
        IO_REMOVE_LOCK remove_lock;
        LOOKASIDE_LIST_EX lookaside;
        NPAGED_LOOKASIDE_LIST npaged;
        PAGED_LOOKASIDE_LIST paged;
        RTL_AVL_TABLE avl;
        RTL_GENERIC_TABLE table;
        RTL_BITMAP bitmap;
        LIST_ENTRY list;
        RTL_SPLAY_LINKS links;
        UNICODE_STRING wide;
        STRING narrow;
        WORK_QUEUE_ITEM work;
        char zero[MISUSE_ROOM];
    } of[MISUSE_PARAMETERS]; /* each argument has its own */
    unsigned used;
    char scratch[MISUSE_PARAMETERS][PAGE_SIZE] __attribute__((aligned(64)));
    unsigned scratched;
    KSPIN_LOCK csq_lock;
    ULONG bits[8];
    WCHAR text[16];
} world;

static ULONG_PTR nothing(void)
{
    return 0;
}

static RTL_GENERIC_COMPARE_RESULTS compare(PRTL_AVL_TABLE table, PVOID first, PVOID second)
{
    (void)table;
    return memcmp(first, second, 4) == 0 ? GenericEqual : GenericLessThan;
}

static PVOID allocate(PRTL_AVL_TABLE table, CLONG size)
{
    (void)table;
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, 'tseT');
}

static VOID release(PRTL_AVL_TABLE table, PVOID memory)
{
    (void)table;
    ExFreePool(memory);
}

static VOID csq_acquire(PIO_CSQ csq, PKIRQL irql)
{
    (void)csq;
    KeAcquireSpinLock(&world.csq_lock, irql);
}

static VOID csq_release(PIO_CSQ csq, KIRQL irql)
{
    (void)csq;
    KeReleaseSpinLock(&world.csq_lock, irql);
}

static VOID csq_move(PIO_CSQ csq, PIRP irp)
{
    (void)csq;
    (void)irp;
}

static PIRP csq_peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
    (void)csq;
    (void)irp;
    (void)context;
    return NULL;
}

void misuse_world_make(void)
{
    memset(&world, 0, sizeof(world));
    world.driver = nt_driver_create();
    world.driver->DriverStartIo = (PDRIVER_STARTIO)(void *)nothing;
    world.device = nt_device_create(world.driver, NULL, nt_succeed);
    IoInitializeDpcRequest(world.device, (PIO_DPC_ROUTINE)(void *)nothing);
}

static bool is(const struct misuse_parameter *parameter, const char *types)
{
    const char *found = strstr(types, parameter->type);
    size_t length = strlen(parameter->type);

    return found != NULL && (found == types || found[-1] == ' ') &&
           (found[length] == ' ' || found[length] == '\0');
}

static HANDLE new_handle(void)
{
    HANDLE handle = NULL;

    assert_int_equal(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    return handle;
}

/* Dispatcher objects, locks and queues: initialized in memory. NULL: none of them. */
static void *good_object(const struct misuse_parameter *parameter)
{
    typeof(&world.of[0]) at = &world.of[world.used++];

    if (is(parameter, "PKDPC PRKDPC")) {
        KeInitializeDpc(&at->dpc, (PKDEFERRED_ROUTINE)(void *)nothing, NULL);
    } else if (is(parameter, "PRKAPC")) {
        KeInitializeApc(&at->apc, KeGetCurrentThread(), OriginalApcEnvironment,
                        (PKKERNEL_ROUTINE)(void *)nothing, NULL, NULL, KernelMode, NULL);
    } else if (is(parameter, "PKTIMER")) {
        KeInitializeTimer(&at->timer);
    } else if (is(parameter, "PKEVENT PRKEVENT")) {
        KeInitializeEvent(&at->event, NotificationEvent, TRUE);
    } else if (is(parameter, "PRKMUTEX")) {
        KeInitializeMutex(&at->mutex, 0);
    } else if (is(parameter, "PRKSEMAPHORE")) {
        KeInitializeSemaphore(&at->semaphore, 1, 4);
    } else if (is(parameter, "PRKQUEUE")) {
        KeInitializeQueue(&at->queue, 1);
    } else if (is(parameter, "PKDEVICE_QUEUE")) {
        KeInitializeDeviceQueue(&at->device_queue);
    } else if (is(parameter, "PFAST_MUTEX PKGUARDED_MUTEX")) {
        ExInitializeFastMutex(&at->fast_mutex);
    } else if (is(parameter, "PERESOURCE")) {
        ExInitializeResourceLite(&at->resource);
    } else if (is(parameter, "PIO_CSQ")) {
        IoCsqInitialize(&at->csq, csq_move, csq_move, csq_peek, csq_acquire, csq_release, csq_move);
    } else if (is(parameter, "PIO_REMOVE_LOCK")) {
        IoInitializeRemoveLock(&at->remove_lock, 'tseT', 0, 0);
    } else if (is(parameter, "PLOOKASIDE_LIST_EX")) {
        ExInitializeLookasideListEx(&at->lookaside, NULL, NULL, NonPagedPool, 0, 64, 'tseT', 0);
    } else if (is(parameter, "PNPAGED_LOOKASIDE_LIST")) {
        ExInitializeNPagedLookasideList(&at->npaged, NULL, NULL, 0, 64, 'tseT', 0);
    } else if (is(parameter, "PPAGED_LOOKASIDE_LIST")) {
        ExInitializePagedLookasideList(&at->paged, NULL, NULL, 0, 64, 'tseT', 0);
    } else if (is(parameter, "PRTL_AVL_TABLE")) {
        RtlInitializeGenericTableAvl(&at->avl, compare, allocate, release, NULL);
    } else if (is(parameter, "PRTL_GENERIC_TABLE")) {
        RtlInitializeGenericTable(&at->table, (PRTL_GENERIC_COMPARE_ROUTINE)(void *)compare,
                                  (PRTL_GENERIC_ALLOCATE_ROUTINE)(void *)allocate,
                                  (PRTL_GENERIC_FREE_ROUTINE)(void *)release, NULL);
    } else if (is(parameter, "PRTL_BITMAP")) {
        RtlInitializeBitMap(&at->bitmap, world.bits, 64);
    } else if (is(parameter, "PLIST_ENTRY")) {
        InitializeListHead(&at->list);
    } else if (is(parameter, "PRTL_SPLAY_LINKS")) {
        RtlInitializeSplayLinks(&at->links);
    } else if (is(parameter, "PUNICODE_STRING PCUNICODE_STRING")) {
        at->wide = (UNICODE_STRING){0, sizeof(world.text), world.text};
    } else if (is(parameter, "PANSI_STRING PCANSI_STRING PUTF8_STRING PSTRING") ||
               is(parameter, "const STRING *")) {
        at->narrow = (STRING){0, sizeof(world.text), (PCHAR)world.text};
    } else if (is(parameter, "PWORK_QUEUE_ITEM")) {
        ExInitializeWorkItem(&at->work, (PWORKER_THREAD_ROUTINE)(void *)nothing, NULL);
    }
    return at; /* zeroes are in order for all others */
}

/* What a routine makes. */
static uintptr_t good_made(const struct misuse_parameter *parameter)
{
    static LARGE_INTEGER zero;
    UNICODE_STRING name = {0};
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT callback = NULL;

    if (is(parameter, "PDEVICE_OBJECT") || strcmp(parameter->name, "IoObject") == 0) {
        return (uintptr_t)world.device;
    }
    if (is(parameter, "PDRIVER_OBJECT")) {
        return (uintptr_t)world.driver;
    }
    if (is(parameter, "PIRP")) {
        return (uintptr_t)nt_irp(2);
    }
    if (is(parameter, "PMDL")) {
        return (uintptr_t)IoAllocateMdl(world.scratch[0], 64, FALSE, FALSE, NULL);
    }
    if (is(parameter, "PKTHREAD PETHREAD")) {
        return (uintptr_t)KeGetCurrentThread();
    }
    if (is(parameter, "PEPROCESS")) {
        return (uintptr_t)PsGetCurrentProcess();
    }
    if (is(parameter, "PIO_WORKITEM")) {
        return (uintptr_t)IoAllocateWorkItem(world.device);
    }
    if (is(parameter, "PEX_TIMER")) {
        return (uintptr_t)ExAllocateTimer(NULL, NULL, 0);
    }
    if (is(parameter, "PCONTROLLER_OBJECT")) {
        return (uintptr_t)IoCreateController(8);
    }
    if (is(parameter, "PEX_RUNDOWN_REF_CACHE_AWARE")) {
        return (uintptr_t)ExAllocateCacheAwareRundownProtection(NonPagedPool, 'tseT');
    }
    if (is(parameter, "HANDLE")) {
        return (uintptr_t)new_handle();
    }
    if (is(parameter, "PCALLBACK_OBJECT") || strcmp(parameter->name, "CallbackObject") == 0) {
        RtlInitUnicodeString(&name, L"\\Callback\\Misuse");
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
        ExCreateCallback(&callback, &attributes, TRUE, TRUE);
        return (uintptr_t)callback;
    }
    if (is(parameter, "PLARGE_INTEGER")) {
        return (uintptr_t)&zero; /* a time-out: do not wait */
    }
    return 0;
}

uintptr_t misuse_good(const struct misuse_parameter *parameter)
{
    uintptr_t made = good_made(parameter);

    if (made != 0) {
        return made;
    }
    switch (parameter->category) {
    case MISUSE_OBJECT:
        return (uintptr_t)good_object(parameter);
    case MISUSE_MEMORY: /* an owner of a resource that is no thread has both low bits */
        return (uintptr_t)world.scratch[world.scratched++] +
               (strcmp(parameter->name, "OwnerPointer") == 0 ? 3 : 0);
    case MISUSE_ROUTINE:
        return (uintptr_t)nothing;
    default: /* of sizes enough */
        return strcmp(parameter->name, "OldIrql") == 0      ? PASSIVE_LEVEL
               : strcmp(parameter->name, "PacketSize") == 0 ? 1000
               : strcmp(parameter->name, "RunRefSize") == 0 ? ExSizeOfRundownProtectionCacheAware()
                                                            : 1;
    }
}

static bool is_handle(const struct misuse_parameter *parameter)
{
    return is(parameter, "HANDLE");
}

bool misuse_applies(const struct misuse_parameter *parameter, enum misuse_kind kind)
{
    return !is_handle(parameter) ||
           (kind != ZEROED && kind != CONST_PAGE && kind != ON_STACK && kind != MISALIGNED);
}

static uintptr_t bad_handle(enum misuse_kind kind)
{
    HANDLE handle;

    switch (kind) {
    case NO_OBJECT:
        return 0;
    case FREED:
        handle = new_handle();
        ZwClose(handle);
        return (uintptr_t)handle;
    case OTHER_KIND:
        return (uintptr_t)new_handle();
    default:
        return 0xCCCCCCCCCCCCCCCC;
    }
}

static char *other_kind(const struct misuse_parameter *parameter)
{
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, MISUSE_ROOM, 'tseT');

    if (strcmp(parameter->type, "PVOID") == 0) {
        KeInitializeDpc((PKDPC)(void *)(memory + BODY), (PKDEFERRED_ROUTINE)(void *)nothing, NULL);
    } else if (is(parameter, "PKEVENT PRKEVENT")) {
        KeInitializeTimer((PKTIMER)(void *)(memory + BODY));
    } else {
        KeInitializeEvent((PKEVENT)(void *)(memory + BODY), NotificationEvent, FALSE);
    }
    return memory;
}

uintptr_t misuse_bad(const struct misuse_parameter *parameter, enum misuse_kind kind, char *room)
{
    char *memory = NULL;

    if (is_handle(parameter)) {
        return bad_handle(kind);
    }
    switch (kind) {
    case NO_OBJECT:
        return 0;
    case MISALIGNED:
        return misuse_good(parameter) + 1;
    case OTHER_KIND:
        memory = other_kind(parameter);
        break;
    case CONST_PAGE:
        memory = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        break;
    case ON_STACK:
        memory = room;
        memset(memory, 0xCC, MISUSE_ROOM);
        break;
    default:
        memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, MISUSE_ROOM, 'tseT');
        memset(memory, kind == ZEROED ? 0 : 0xCC, MISUSE_ROOM);
        if (kind == FREED) {
            ExFreePool(memory);
        }
        break;
    }
    return (uintptr_t)memory + BODY;
}

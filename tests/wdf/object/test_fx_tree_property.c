/* test_fx_tree_property.c - whatever several tasks do to a random tree of objects at the same time,
 * each object is cleaned up once and destroyed once, after all its children, and nothing is left.
 *
 * Phase 1: each task grows its part of the tree below what is there. Phase 2: all tasks take and drop
 * references, add contexts and delete objects, at PASSIVE_LEVEL and above it; callbacks delete others
 * and drop references, too. Phase 3: what is left is deleted, then the references go.
 * A task picks an object under the registry's lock, while it is not cleaned up, and references it: a
 * driver's handles are good only as long as it holds a reference.
 */
#include "wdf/wdf_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "nt/ke/ke_machine.h"

#define OBJECTS   10000u
#define TASKS     4u
#define NO_PARENT UINT32_MAX

/* Keys: (c) constant once created (l) the registry's lock (a) atomic */
struct record {
    WDFOBJECT handle; /* (c) */
    uint32_t parent;  /* (c) NO_PARENT: the device */
    uint32_t held;    /* (l) references to be dropped some day */
    bool live;        /* (l) not cleaned up yet */
    bool deleting;    /* (l) somebody has called WdfObjectDelete */
    bool referenced;  /* (l) ever: it may outlive its parent */
    bool has_more;    /* (l) a second context */
    bool kills;       /* (c) its cleanup deletes another one */
    uint32_t cleanups, destroys, more_cleanups, more_destroys; /* (a) */
    uint32_t cleaned_at, destroyed_at;                         /* (a) order among all callbacks */
};

typedef struct {
    uint32_t number;
} TREE_NODE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TREE_NODE, TreeNodeOf)
typedef struct {
    uint32_t number;
} TREE_MORE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TREE_MORE, TreeMoreOf)

static struct record records[OBJECTS];
static uint32_t objects; /* of this run */
static uint32_t grown;   /* (a) how many there are */
static uint32_t moment;  /* (a) */
static uint32_t killing; /* (a) a callback is deleting: no deeper */
static KSPIN_LOCK registry;

struct task {
    struct base_random random;
    uint32_t first, count; /* what it grows */
    uint32_t steps;
    KEVENT ended;
};

/* ---- callbacks ---- */

static uint32_t count_up(uint32_t *counter)
{
    return __atomic_add_fetch(counter, 1, __ATOMIC_ACQ_REL);
}

static void delete_one(struct record *record, bool raised);

/* An object that nobody deletes yet and that is not cleaned up, with a reference; NULL: none. */
static struct record *pick(uint32_t number, bool to_delete)
{
    struct record *record = &records[number];
    bool good;
    KIRQL irql;

    KeAcquireSpinLock(&registry, &irql);
    good = record->live && !(to_delete && record->deleting);
    if (good) {
        record->deleting |= to_delete;
        record->referenced = true;
        WdfObjectReferenceWithTag(record->handle, (PVOID)(uintptr_t)'eert');
    }
    KeReleaseSpinLock(&registry, irql);
    return good ? record : NULL;
}

static void drop(struct record *record)
{
    WdfObjectDereferenceWithTag(record->handle, (PVOID)(uintptr_t)'eert');
}

/* One of the references that were kept, if there is one. */
static bool drop_kept(uint32_t number)
{
    struct record *record = &records[number];
    bool good;
    KIRQL irql;

    KeAcquireSpinLock(&registry, &irql);
    good = record->held > 0;
    record->held -= good;
    KeReleaseSpinLock(&registry, irql);
    if (good) {
        drop(record);
    }
    return good;
}

static VOID on_cleanup(WDFOBJECT object)
{
    uint32_t number = TreeNodeOf(object)->number;
    struct record *record = &records[number];
    KIRQL irql;

    KeAcquireSpinLock(&registry, &irql);
    record->live = false;
    KeReleaseSpinLock(&registry, irql);
    count_up(&record->cleanups);
    __atomic_store_n(&record->cleaned_at, count_up(&moment), __ATOMIC_RELEASE);
    drop_kept((number * 7 + 1) % objects);
    if (record->kills && __atomic_exchange_n(&killing, 1, __ATOMIC_ACQ_REL) == 0) {
        struct record *victim = pick((number * 31 + 5) % objects, true);

        if (victim != NULL) {
            delete_one(victim, false);
        }
        __atomic_store_n(&killing, 0, __ATOMIC_RELEASE);
    }
}

static VOID on_destroy(WDFOBJECT object)
{
    struct record *record = &records[TreeNodeOf(object)->number];

    count_up(&record->destroys);
    __atomic_store_n(&record->destroyed_at, count_up(&moment), __ATOMIC_RELEASE);
    drop_kept((TreeNodeOf(object)->number * 13 + 3) % objects);
}

static VOID on_more_cleanup(WDFOBJECT object)
{
    count_up(&records[TreeNodeOf(object)->number].more_cleanups);
}

static VOID on_more_destroy(WDFOBJECT object)
{
    count_up(&records[TreeNodeOf(object)->number].more_destroys);
}

/* ---- phase 1 ---- */

static void grow_one(struct task *task, uint32_t number)
{
    struct record *record = &records[number];
    uint32_t chance = base_random_below(&task->random, 100);
    uint32_t below = number - task->first; /* of its own, that are there */
    WDF_OBJECT_ATTRIBUTES attributes;

    record->parent = NO_PARENT;
    if (below > 0 && chance < 90) { /* some chains, some bushes */
        record->parent =
            chance < 20 ? number - 1 : task->first + base_random_below(&task->random, below);
    }
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TREE_NODE);
    attributes.EvtCleanupCallback = on_cleanup;
    attributes.EvtDestroyCallback = on_destroy;
    attributes.ParentObject =
        record->parent == NO_PARENT ? (WDFOBJECT)fixture.device : records[record->parent].handle;
    if (base_random_below(&task->random, 16) == 0) {
        attributes.ExecutionLevel = WdfExecutionLevelPassive;
    }
    record->kills = base_random_below(&task->random, 16) == 0;
    assert_int_equal(WdfObjectCreate(&attributes, &record->handle), STATUS_SUCCESS);
    TreeNodeOf(record->handle)->number = number;
    record->live = true;
    count_up(&grown);
}

static void grow(void *context)
{
    struct task *task = context;

    for (uint32_t i = 0; i < task->count; i++) {
        grow_one(task, task->first + i);
    }
    KeSetEvent(&task->ended, IO_NO_INCREMENT, FALSE);
}

/* ---- phase 2 ---- */

static void delete_one(struct record *record, bool raised)
{
    KIRQL irql = PASSIVE_LEVEL;

    if (raised) {
        irql = KeRaiseIrqlToDpcLevel();
    }
    WdfObjectDelete(record->handle);
    if (raised) {
        KeLowerIrql(irql);
    }
    drop(record);
}

static void add_context(struct record *record)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;
    bool first;
    KIRQL irql;

    KeAcquireSpinLock(&registry, &irql);
    first = !record->has_more;
    record->has_more = true;
    KeReleaseSpinLock(&registry, irql);
    if (!first) {
        return;
    }
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TREE_MORE);
    attributes.EvtCleanupCallback = on_more_cleanup;
    attributes.EvtDestroyCallback = on_more_destroy;
    status = WdfObjectAllocateContext(record->handle, &attributes, NULL);
    if (!NT_SUCCESS(status)) { /* its deletion has begun */
        assert_int_equal(status, STATUS_DELETE_PENDING);
        KeAcquireSpinLock(&registry, &irql);
        record->has_more = false;
        KeReleaseSpinLock(&registry, irql);
    }
}

static void keep(struct record *record)
{
    KIRQL irql;

    KeAcquireSpinLock(&registry, &irql);
    record->held++;
    KeReleaseSpinLock(&registry, irql);
}

static void play_one(struct task *task)
{
    uint32_t number = base_random_below(&task->random, objects);
    uint32_t chance = base_random_below(&task->random, 100);
    struct record *record;

    if (chance < 30) {
        drop_kept(number);
        return;
    }
    record = pick(number, chance < 40);
    if (record == NULL) {
        return;
    }
    if (chance < 40) {
        delete_one(record, chance < 35);
    } else if (chance < 60) {
        keep(record);
    } else {
        if (chance < 70) {
            add_context(record);
        }
        drop(record);
    }
}

static void play(void *context)
{
    struct task *task = context;

    for (uint32_t i = 0; i < task->steps; i++) {
        play_one(task);
    }
    KeSetEvent(&task->ended, IO_NO_INCREMENT, FALSE);
}

/* ---- the property ---- */

/* What is wrong with an object's life, or NULL. One that a task deletes leaves its parent at once, so
 * that the two go in any order; one that goes with its parent goes before it. */
static const char *wrong_with(const struct record *record)
{
    const struct record *parent =
        record->parent == NO_PARENT || record->deleting ? NULL : &records[record->parent];

    if (record->cleanups != 1 || record->destroys != 1) {
        return "not cleaned up once and destroyed once";
    }
    if (record->more_cleanups != record->has_more || record->more_destroys != record->has_more) {
        return "its second context was not cleaned up and destroyed once";
    }
    if (record->destroyed_at < record->cleaned_at) {
        return "destroyed before it was cleaned up";
    }
    if (parent != NULL && parent->cleaned_at < record->cleaned_at) {
        return "cleaned up after its parent";
    }
    if (parent != NULL && !record->referenced && parent->destroyed_at < record->destroyed_at) {
        return "destroyed after its parent";
    }
    return NULL;
}

static void assert_property(void)
{
    for (uint32_t i = 0; i < objects; i++) {
        const char *wrong = wrong_with(&records[i]);

        if (wrong != NULL) {
            fail_msg("object %u of %u: %s (%u cleanups at %u, %u destroys at %u)", i, objects,
                     wrong, records[i].cleanups, records[i].cleaned_at, records[i].destroys,
                     records[i].destroyed_at);
        }
    }
}

static void run_tasks(struct task *tasks, void (*function)(void *))
{
    for (uint32_t i = 0; i < TASKS; i++) {
        KeInitializeEvent(&tasks[i].ended, NotificationEvent, FALSE);
        fixture_start(function, &tasks[i]);
    }
    for (uint32_t i = 0; i < TASKS; i++) {
        KeWaitForSingleObject(&tasks[i].ended, Executive, KernelMode, FALSE, NULL);
    }
}

static void one_tree(uint32_t count, uint64_t seed)
{
    static struct task tasks[TASKS];
    uint32_t before = fx_object_count(FX_TYPE_ANY);
    uint32_t part = count / TASKS;

    memset(records, 0, sizeof(records));
    objects = part * TASKS;
    grown = 0;
    moment = 0;
    KeInitializeSpinLock(&registry);
    for (uint32_t i = 0; i < TASKS; i++) {
        base_random_init(&tasks[i].random, seed * TASKS + i);
        tasks[i].first = i * part;
        tasks[i].count = part;
        tasks[i].steps = part;
    }
    run_tasks(tasks, grow);
    assert_int_equal(grown, objects);
    assert_int_equal(fx_object_count(FX_TYPE_ANY), before + objects);
    run_tasks(tasks, play);
    for (uint32_t i = 0; i < objects; i++) {
        struct record *record = pick(i, true);

        if (record != NULL) {
            delete_one(record, false);
        }
    }
    fixture_settle();
    for (uint32_t i = 0; i < objects; i++) {
        while (drop_kept(i)) {
        }
    }
    fixture_settle();
    assert_property();
    assert_int_equal(fx_object_count(FX_TYPE_ANY), before);
}

static unsigned stress(void)
{
    const char *text = getenv("WC_STRESS");

    return text != NULL && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void many_small_trees(void **state)
{
    for (uint64_t seed = 1; seed <= 20 * stress(); seed++) {
        one_tree(40 + (uint32_t)seed % 160, seed);
    }
}

static void ten_thousand_objects(void **state)
{
    for (uint64_t seed = 1; seed <= stress(); seed++) {
        one_tree(OBJECTS, 1000 + seed);
    }
}

static void every_schedule(void **state)
{
    one_tree(60, ke_machine.config.seed);
}

static void the_property_sees_what_is_wrong(void **state)
{
    memset(records, 0, sizeof(records));
    records[0] = (struct record){.parent = NO_PARENT, .cleanups = 1, .destroys = 1};
    records[0].cleaned_at = 3, records[0].destroyed_at = 6;
    records[1] = (struct record){.parent = 0, .cleanups = 1, .destroys = 1};
    records[1].cleaned_at = 2, records[1].destroyed_at = 5;
    assert_null(wrong_with(&records[0]));
    assert_null(wrong_with(&records[1]));
    records[1].destroyed_at = 7;
    assert_string_equal(wrong_with(&records[1]), "destroyed after its parent");
    records[1].referenced = true;
    assert_null(wrong_with(&records[1]));
    records[1].cleaned_at = 4;
    assert_string_equal(wrong_with(&records[1]), "cleaned up after its parent");
    records[1].deleting = true;
    assert_null(wrong_with(&records[1]));
    records[0].destroyed_at = 1;
    assert_string_equal(wrong_with(&records[0]), "destroyed before it was cleaned up");
    records[0].more_destroys = 1;
    assert_non_null(wrong_with(&records[0]));
    records[0].cleanups = 2;
    assert_string_equal(wrong_with(&records[0]), "not cleaned up once and destroyed once");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_property_sees_what_is_wrong),
        wc_unit_test(many_small_trees, .processors = 2, FIXTURE),
        wc_unit_test(ten_thousand_objects, .processors = TASKS, FIXTURE),
        wc_seed_test(every_schedule, 100, .processors = 3, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

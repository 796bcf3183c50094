/* ke_lock_order.c - the graph of orders: a node for each lock that was ever nested, an edge from a
 * lock to each that was acquired while it was held. Only nested acquisitions come here.
 */
#include "nt/ke/lock/ke_lock_order.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "base/lock.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

#define EDGES_MAXIMUM 8192 /* beyond them no new order is learned */

/* Keys: (l) graph.lock */
struct node;
struct edge {
    struct edge *next; /* (l) */
    struct node *to;   /* (l) */
    const void *place; /* (c) the driver's call that made it, or NULL */
};

struct node {
    const KSPIN_LOCK *lock; /* (c) the key */
    struct edge *edges;     /* (l) */
    unsigned visit;         /* (l) the search that has been here */
    UT_hash_handle hh;
};

static struct {
    struct base_lock lock;
    struct node *nodes; /* (l) */
    unsigned edges;     /* (l) */
    unsigned visit;     /* (l) */
} graph = {.lock = {.rank = BASE_RANK_EX}};

static struct node *node_find(const KSPIN_LOCK *lock, bool make)
{
    struct node *node = NULL;

    HASH_FIND_PTR(graph.nodes, &lock, node);
    if (node == NULL && make && (node = calloc(1, sizeof(*node))) != NULL) {
        node->lock = lock;
        HASH_ADD_PTR(graph.nodes, lock, node);
    }
    return node;
}

static struct edge *edge_find(const struct node *from, const struct node *to)
{
    struct edge *edge = from->edges;

    while (edge != NULL && edge->to != to) {
        edge = edge->next;
    }
    return edge;
}

/* The first edge of a way between two nodes, or NULL. */
static const struct edge *way_find(struct node *from, const struct node *to)
{
    from->visit = graph.visit;
    for (const struct edge *edge = from->edges; edge != NULL; edge = edge->next) {
        if (edge->to == to || (edge->to->visit != graph.visit && way_find(edge->to, to) != NULL)) {
            return edge;
        }
    }
    return NULL;
}

struct inversion {
    bool found;
    const void *place; /* where the other order was used */
};

static void edge_learn_locked(const KSPIN_LOCK *held, const KSPIN_LOCK *lock,
                              struct inversion *inversion)
{
    struct node *from = node_find(held, true);
    struct node *to = node_find(lock, true);
    const struct edge *way = NULL;
    struct edge *edge = NULL;

    if (from == NULL || to == NULL || edge_find(from, to) != NULL || graph.edges == EDGES_MAXIMUM) {
        return;
    }
    graph.visit++;
    way = way_find(to, from);
    if (way != NULL) {
        inversion->found = true;
        inversion->place = way->place;
        return; /* the order that came first stays the right one */
    }
    edge = calloc(1, sizeof(*edge));
    if (edge != NULL) {
        edge->to = to;
        edge->place = ke_report_caller();
        edge->next = from->edges;
        from->edges = edge;
        graph.edges++;
    }
}

static void report(const KSPIN_LOCK *held, const KSPIN_LOCK *lock, const void *place)
{
    char name[256] = "";

    if (place != NULL) {
        ke_report_name(place, name, sizeof(name));
    }
    ke_violation(RULE_LockOrder, 0xC4, 0x1001, (uintptr_t)lock, (uintptr_t)held, 0,
                 "the spin lock at %p was acquired while the one at %p is held; before, the second "
                 "was acquired while the first was held%s%s",
                 (const void *)lock, (const void *)held, place != NULL ? ", by " : "", name);
}

void ke_lock_order_left(const char *kind, const void *routine)
{
    struct ke_processor *self = ke_self;
    ULONG last = self->spin_locks_held - 1;
    const void *lock = last < KE_MAXIMUM_HELD ? self->held_locks[last] : NULL;
    char name[256];

    if (lock == NULL) { /* it was told of, by an inner callback */
        return;
    }
    self->held_locks[last] = NULL;
    ke_report_routine(routine, name, sizeof(name));
    ke_violation(RULE_SpinLockHeldAtReturn, 0, 0, 0, 0, 0,
                 "%s %s returned and holds the spin lock at %p, which it acquired", kind, name,
                 lock);
}

void ke_lock_order_check(struct ke_processor *self, const KSPIN_LOCK *lock)
{
    ULONG depth = self->spin_locks_held - 1;

    if (depth > KE_MAXIMUM_HELD) {
        depth = KE_MAXIMUM_HELD;
    }
    for (ULONG i = 0; i < depth; i++) {
        const KSPIN_LOCK *held = self->held_locks[i];
        struct inversion inversion = {.found = false};

        if (held != NULL && held != lock) {
            base_lock_acquire(&graph.lock);
            edge_learn_locked(held, lock, &inversion);
            base_lock_release(&graph.lock);
        }
        if (inversion.found) {
            report(held, lock, inversion.place);
            return;
        }
    }
}

void ke_lock_order_remove(struct ke_processor *self, const KSPIN_LOCK *lock)
{
    ULONG i = 0;

    while (i < KE_MAXIMUM_HELD && self->held_locks[i] != lock) {
        i++;
    }
    if (i < KE_MAXIMUM_HELD) {
        memmove(&self->held_locks[i], &self->held_locks[i + 1],
                (KE_MAXIMUM_HELD - i - 1) * sizeof(self->held_locks[0]));
        self->held_locks[KE_MAXIMUM_HELD - 1] = NULL; /* one that was beyond the watched ones */
    }
}

BOOLEAN ke_lock_order_held(const KSPIN_LOCK *lock)
{
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        const struct ke_processor *processor = ke_processor_at(i);

        for (ULONG n = 0; n < processor->spin_locks_held && n < KE_MAXIMUM_HELD; n++) {
            if (processor->held_locks[n] == lock) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* ---- forgetting ---- */

static void edge_drop(struct edge **link)
{
    struct edge *edge = *link;

    *link = edge->next;
    free(edge);
    graph.edges--;
}

static void node_drop(struct node *node)
{
    struct node *other = NULL;
    struct node *next = NULL;

    while (node->edges != NULL) {
        edge_drop(&node->edges);
    }
    HASH_ITER (hh, graph.nodes, other, next) {
        for (struct edge **link = &other->edges; *link != NULL;) {
            if ((*link)->to == node) {
                edge_drop(link);
            } else {
                link = &(*link)->next;
            }
        }
    }
    HASH_DEL(graph.nodes, node);
    free(node);
}

void ke_lock_order_forget(const void *start, size_t size)
{
    struct node *node = NULL;
    struct node *next = NULL;

    if (__atomic_load_n(&graph.nodes, __ATOMIC_RELAXED) == NULL) {
        return;
    }
    base_lock_acquire(&graph.lock);
    HASH_ITER (hh, graph.nodes, node, next) {
        if ((uintptr_t)node->lock - (uintptr_t)start < size) {
            node_drop(node);
        }
    }
    base_lock_release(&graph.lock);
}

static void lock_order_stop(void)
{
    ke_lock_order_forget(NULL, SIZE_MAX);
}

static struct ke_machine_part lock_order_part = {.order = 0, .stop = lock_order_stop};

__attribute__((constructor)) static void lock_order_register(void)
{
    ke_machine_register(&lock_order_part);
}

#pragma once
/* fault.h - fault points: places where the machine itself can be told to go wrong now and then, for a
 * test to prove that it would notice.
 * Rules:
 * - a point is passed only while KE_ATTENTION_OBSERVE is set, so that it costs nothing otherwise; who
 *   arms one says ke_observe(KE_OBSERVER_FAULTS, true)
 * - none is armed when a machine of a test starts
 */
#include <stdbool.h>
#include <stdint.h>

enum base_fault {
    BASE_FAULT_DPC_INSERT, /* KeInsertQueueDpc says TRUE and queues nothing */
    BASE_FAULT_COUNT,
};

/* base_fault_find: by its name ("DpcInsert"); BASE_FAULT_COUNT: there is none. */
enum base_fault base_fault_find(const char *name);
/* base_fault_arm: go wrong at each every-th time from now on; 0: never. */
void base_fault_arm(enum base_fault point, uint64_t every);
/* base_fault_reset: all points are as if never armed. */
void base_fault_reset(void);
/* base_fault_due: the code passes the point: is this the time? */
bool base_fault_due(enum base_fault point);
/* base_fault_hits: how often it went wrong since it was armed. */
uint64_t base_fault_hits(enum base_fault point);

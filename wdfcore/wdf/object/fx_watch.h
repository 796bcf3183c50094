#pragma once
/* fx_watch.h - what KMDF's verifier watches at each allocation when a driver's registry key asks for
 * it: that only so many succeed (VerifierAllocateFailCount), that not more objects exist than
 * expected (ObjectLeakDetectionLimit). While no driver asks it is one predicted branch.
 */
#include <stdbool.h>

struct fx_globals;
struct fx_object;
struct fx_type;

/* (c) while drivers run: some driver is watched. */
extern bool fx_watching __attribute__((visibility("hidden")));

/* fx_watch_begin: from now on the driver's settings count. fx_watch_end: no longer.
 * fx_watch_stop: nobody is watched any more; the machine is gone. */
void fx_watch_begin(struct fx_globals *globals);
void fx_watch_end(struct fx_globals *globals);
void fx_watch_stop(void);

/* fx_watch_allocate: false: this allocation has to fail. */
bool fx_watch_allocate(void);
/* fx_watch_create: the same for an object of that driver, which is counted. May report; no internal
 * lock is held. fx_watch_gone: it is freed. */
bool fx_watch_create(const struct fx_type *type, struct fx_globals *globals, const void *creator);
void fx_watch_gone(const struct fx_object *object);

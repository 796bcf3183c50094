#pragma once
/* host_thread_processor.h - the processors' own threads under the thread scheduler; host.h says what
 * the first two mean. */
#include "host/host.h"

void host_thread_processor_kick(uint32_t processor);
bool host_thread_processor_is_idle(uint32_t processor);

/* host_thread_processors_start: one thread each, asleep. Returns 0 or a negative errno.
 * host_thread_processors_join: the world has ended: the first `count` of them have too. */
int host_thread_processors_start(void);
void host_thread_processors_join(uint32_t count);

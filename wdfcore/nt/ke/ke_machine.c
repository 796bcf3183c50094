#include "nt/ke/ke_machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/violation.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"
#include "nt/ke/ke_upcalls.h"

struct ke_machine ke_machine;

static struct ke_machine_part *parts;

void ke_machine_register(struct ke_machine_part *part)
{
    struct ke_machine_part **link = &parts;

    while (*link != NULL && (*link)->order <= part->order) {
        link = &(*link)->next;
    }
    part->next = *link;
    *link = part;
}

int ke_machine_start(const struct ke_machine_config *config)
{
    struct host_config host_config = {
        .scheduler = config->scheduler,
        .clock = config->clock,
        .processors = config->processors,
        .driven = config->driven && config->scheduler == HOST_SCHEDULER_THREAD,
        .clock_read_cost_ns = config->clock_read_ns,
        .costs = config->register_access_ns != 0 || config->isr_entry_ns != 0 ||
                 config->dpc_entry_ns != 0 || config->context_switch_ns != 0,
        .upcalls = ke_upcalls,
    };
    int result;

    CORE_ASSERT(!ke_machine.running && config->tick_ns > 0);
    memset(&ke_machine, 0, sizeof(ke_machine));
    ke_machine.config = *config;
    base_random_init(&ke_machine.random, config->seed);
    ke_due_reset();
    result = host_start(&host_config);
    if (result != 0) {
        return result;
    }
    if (!ke_processors_start(config->processors) || !ke_threads_start()) {
        ke_processors_stop();
        host_stop();
        return -ENOMEM;
    }
    ke_report_start();
    ke_machine.running = true;
    for (struct ke_machine_part *part = parts; part != NULL; part = part->next) {
        if (part->start != NULL) {
            part->start();
        }
    }
    return 0;
}

static void parts_stop(struct ke_machine_part *part)
{
    if (part != NULL) {
        parts_stop(part->next);
        if (part->stop != NULL) {
            part->stop();
        }
    }
}

void ke_machine_stop(void)
{
    CORE_ASSERT(ke_machine.running);
    parts_stop(parts);
    host_stop();
    ke_threads_stop();
    ob_stop();
    ke_processors_stop();
    ke_due_reset();
    ke_machine.running = false;
}

void ke_machine_halt(void)
{
    if (!ke_machine.running || ke_processor_is_outside(ke_self)) {
        exit(3);
    }
    __atomic_store_n(&ke_machine.stopped, true, __ATOMIC_SEQ_CST);
    ke_threads_attention(KE_ATTENTION_STOP, true);
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        ke_attention_set(ke_processor_at(i), KE_ATTENTION_STOP);
    }
    host_halt();
    host_context_abandon();
}

enum host_run_result ke_run(bool (*done)(void *), void *context)
{
    return host_run(done, context);
}

bool ke_machine_escape(void)
{
    if (!host_run_escape()) {
        return false;
    }
    ke_machine.stopped = true;
    ke_processor_outside();
    return true;
}

void ke_machine_give_up(void)
{
    CORE_ASSERT(ke_processor_is_outside(ke_self));
    __atomic_store_n(&ke_machine.stopped, true, __ATOMIC_SEQ_CST);
}

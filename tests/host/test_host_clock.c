/* The real clock with threads: what one thread has noted, another does not take back. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/host.h"

#define THREADS 3
#define LOOKS   200000

static _Atomic uint64_t latest; /* that any thread has seen */
static atomic_uint back;        /* how often it was seen to go back */

static void up_nothing(void)
{
}

static void up_dispatch(uint32_t processor)
{
    (void)processor;
}

static void up_current(uint32_t processor, struct host_task *task)
{
    (void)processor;
    (void)task;
}

static uint64_t up_next_due(void)
{
    return HOST_NEVER;
}

static bool up_no(void)
{
    return false;
}

static bool up_not_pending(uint32_t processor)
{
    return processor == HOST_NO_PROCESSOR;
}

static const void *up_pulse(void)
{
    return "";
}

static uint64_t up_heartbeat(const void *pulse)
{
    return pulse == NULL;
}

static void up_no_window(void *const *frames, int count)
{
    (void)frames;
    (void)count;
}

static void *look(void *unused)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        uint64_t seen = atomic_load(&latest), now = host_clock_machine();

        if (now < seen) {
            atomic_fetch_add(&back, 1);
        }
        while (seen < now && !atomic_compare_exchange_weak(&latest, &seen, now)) {
        }
        host_clock_refresh();
    }
    return unused;
}

static void the_real_clock_never_goes_back(void **state)
{
    struct host_config config = {.clock = HOST_CLOCK_REAL,
                                 .scheduler = HOST_SCHEDULER_THREAD,
                                 .processors = 1,
                                 .upcalls = {.dispatch = up_dispatch,
                                             .current = up_current,
                                             .next_due = up_next_due,
                                             .due = up_nothing,
                                             .attention = up_dispatch,
                                             .pending = up_not_pending,
                                             .pause = up_nothing,
                                             .stuck = up_no,
                                             .pulse = up_pulse,
                                             .heartbeat = up_heartbeat,
                                             .no_window = up_no_window}};
    pthread_t threads[THREADS];

    assert_int_equal(host_start(&config), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, look, NULL), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    host_stop();
    assert_true(atomic_load(&latest) > 0);
    assert_int_equal(atomic_load(&back), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_clock_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* base/biased_lock.c: one at a time, whoever the owner is, with and without the host's barrier. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/biased_lock.h"

#define OWNER_TURNS 200000
#define OTHER_TURNS 1000
#define ALONE_TURNS 600 /* the owner has it for itself again */

static struct base_biased_lock lock;
static uint64_t counts[4]; /* plain: by who has the lock. They never differ outside. */
static bool owned;         /* (a) somebody is the owner */

static int start(void **state)
{
    (void)state;
    base_lock_threaded(true);
    base_biased_init(&lock, BASE_RANK_DPC);
    for (int i = 0; i < 4; i++) {
        counts[i] = 0;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    base_lock_threaded(false);
    return 0;
}

/* Returns whether it found what the one before left. */
static bool step(bool is_owner)
{
    bool equal = true;

    base_biased_acquire(&lock, BASE_RANK_DPC, is_owner);
    for (int i = 0; i < 4; i++) {
        equal = equal && counts[i] == counts[0];
    }
    for (int i = 0; i < 4; i++) {
        counts[i]++;
    }
    base_biased_release(&lock, BASE_RANK_DPC, is_owner);
    return equal;
}

static void *other_main(void *argument)
{
    uintptr_t wrong = 0;

    (void)argument;
    for (int i = 0; i < OTHER_TURNS; i++) {
        wrong += !step(false);
        if (i % 8 == 0) {
            sched_yield();
        }
    }
    return (void *)wrong;
}

/* It is the owner for a while, then another is. */
static void *owner_main(void *argument)
{
    uintptr_t wrong = 0;

    (void)argument;
    for (int i = 0; i < OWNER_TURNS; i += 100) {
        while (__atomic_exchange_n(&owned, true, __ATOMIC_ACQUIRE)) {
            sched_yield();
        }
        for (int j = 0; j < 100; j++) {
            wrong += !step(true);
        }
        __atomic_store_n(&owned, false, __ATOMIC_RELEASE);
    }
    return (void *)wrong;
}

/* Two that are the owner by turns, and two others. Returns how often one found a step half done. */
static uintptr_t four_threads(void)
{
    pthread_t threads[4];
    uintptr_t wrong = 0;

    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, i < 2 ? owner_main : other_main, NULL),
                         0);
    }
    for (int i = 0; i < 4; i++) {
        void *found;

        assert_int_equal(pthread_join(threads[i], &found), 0);
        wrong += (uintptr_t)found;
    }
    return wrong;
}

static void one_at_a_time_has_it(void **state)
{
    (void)state;
    assert_int_equal(four_threads(), 0);
    assert_int_equal(counts[0], 2 * OWNER_TURNS + 2 * OTHER_TURNS);
    assert_true(base_lock_none_held());
}

static void the_owner_shares_it_until_it_was_alone_for_long(void **state)
{
    (void)state;
    if (lock.is_shared) {
        skip(); /* no barrier here */
    }
    assert_true(step(true));
    assert_int_equal(lock.is_shared, 0);
    assert_true(step(false));
    assert_int_equal(lock.is_shared, 1);
    assert_true(step(true));
    assert_int_equal(lock.is_shared, 1);
    assert_true(step(false)); /* it starts to count anew */
    for (int i = 0; i < ALONE_TURNS; i++) {
        assert_true(step(true));
    }
    assert_int_equal(lock.is_shared, 0);
    assert_true(step(false));
    assert_int_equal(lock.is_shared, 1);
}

static void it_is_held_while_the_owner_has_it(void **state)
{
    (void)state;
    base_biased_acquire(&lock, BASE_RANK_DPC, true);
    assert_false(base_lock_none_held());
    base_biased_release(&lock, BASE_RANK_DPC, true);
    assert_true(base_lock_none_held());
}

/* From here on the host has no membarrier. */
static bool barrier_refuse(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum { CHILD_FINE, CHILD_WRONG, CHILD_NOT_SHARED, CHILD_NO_FILTER };

static int child_run(void)
{
    uintptr_t wrong;

    base_lock_threaded(false);
    if (!barrier_refuse()) {
        return CHILD_NO_FILTER;
    }
    start(NULL);
    wrong = !lock.is_shared ? CHILD_NOT_SHARED : four_threads();
    for (int i = 0; i < ALONE_TURNS && wrong == 0; i++) {
        wrong += !step(true);
    }
    return wrong != 0 ? CHILD_WRONG : (lock.is_shared ? CHILD_FINE : CHILD_NOT_SHARED);
}

static void without_a_barrier_it_stays_shared(void **state)
{
    int status;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        _exit(child_run());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CHILD_NO_FILTER) {
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), CHILD_FINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_at_a_time_has_it, start, end),
        cmocka_unit_test_setup_teardown(the_owner_shares_it_until_it_was_alone_for_long, start,
                                        end),
        cmocka_unit_test_setup_teardown(it_is_held_while_the_owner_has_it, start, end),
        cmocka_unit_test_setup_teardown(without_a_barrier_it_stays_shared, start, end),
    };

    return cmocka_run_group_tests_name("base/biased_lock", tests, NULL, NULL);
}

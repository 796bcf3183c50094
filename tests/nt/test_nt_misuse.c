/* test_nt_misuse.c - the misuse matrix of the kernel routines: every routine that takes an object is
 * called with one that is NULL, misaligned, zeroed, never initialized, freed, of another kind, in memory
 * that cannot be written, and on the stack. Each call is named by a violation that is about the
 * object, or is listed with the reason why nobody, Windows included, can tell (nt_misuse_exceptions.def).
 * The rows are made from the headers (nt_misuse_rows), so that a new routine is tested from the start.
 * Each row runs in a process of its own: a crash is a failure of that row. Under a sanitizer, whose
 * checks come before ours, its report is taken for a name, whatever it is about.
 * WC_MISUSE=NAME: one row.
 */
#include "nt_misuse_world.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/violation.h"
#include "nt/ex/ex_pool.h"
#include "nt/io/io_manager.h"
#include "nt_machine.h"

#include "nt_misuse_rows.inc"

#define ROWS    (sizeof(misuse_rows) / sizeof(misuse_rows[0]))
#define SECONDS 20 /* for one trial */

static const char *const kind_names[] = {"NULL",  "misaligned", "zeroed",          "uninitialized",
                                         "freed", "other kind", "in a const page", "on the stack"};

struct trial {
    const struct misuse_row *row;
    unsigned at;
    enum misuse_kind kind;
    uintptr_t value;
    uintptr_t result;
    bool called, returned;
    unsigned failures;
};

static struct trial *trial; /* shared with the process that runs the row */
static ULONG processors;
static int complaints = STDERR_FILENO;

/* ---- what is expected ---- */

struct exception {
    const char *name; /* "Routine.Parameter", or a type of parameter */
    unsigned kinds;
    bool tried;
};

#define BIT(kind) (1u << (kind))
/* What nobody reads before it is written. */
#define WRITABLE \
    (BIT(ZEROED) | BIT(GARBAGE) | BIT(OTHER_KIND) | BIT(ON_STACK) | (SANITIZED ? BIT(FREED) : 0))
#define READABLE (BIT(ZEROED) | BIT(OTHER_KIND) | BIT(CONST_PAGE))
#define ANY      (BIT(MISUSES) - 1)

static const struct exception exceptions[] = {
#define HARMLESS(name, kinds, reason)  {name, kinds, true},
#define NOT_TRIED(name, kinds, reason) {name, kinds, false},
#define AT(function, irql)
#include "nt_misuse_exceptions.def"
#undef HARMLESS
#undef NOT_TRIED
#undef AT
};

static const struct {
    const char *function;
    KIRQL irql;
} levels[] = {
#define HARMLESS(name, kinds, reason)
#define NOT_TRIED(name, kinds, reason)
#define AT(function, irql) {function, irql},
#include "nt_misuse_exceptions.def"
#undef HARMLESS
#undef NOT_TRIED
#undef AT
};

static bool is_excepted(bool tried)
{
    char name[128];

    snprintf(name, sizeof(name), "%s.%s", trial->row->name, trial->row->parameters[trial->at].name);
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        if ((strcmp(exceptions[i].name, name) == 0 ||
             strcmp(exceptions[i].name, trial->row->parameters[trial->at].type) == 0) &&
            exceptions[i].tried == tried && (exceptions[i].kinds & BIT(trial->kind)) != 0) {
            return true;
        }
    }
    return false;
}

static KIRQL level_of(const char *function)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (strcmp(levels[i].function, function) == 0) {
            return levels[i].irql;
        }
    }
    return PASSIVE_LEVEL;
}

/* ---- one trial ---- */

static void drop_report(enum base_log_source source, const char *text, void *context)
{
    (void)source;
    (void)text;
    (void)context;
}

static VOID try_it(PVOID argument)
{
    uintptr_t arguments[MISUSE_PARAMETERS] = {0};
    char room[MISUSE_ROOM] __attribute__((aligned(64)));
    KIRQL old;

    (void)argument;
    misuse_world_make();
    for (unsigned i = 0; i < trial->row->count; i++) {
        arguments[i] = i == trial->at ? misuse_bad(&trial->row->parameters[i], trial->kind, room)
                                      : misuse_good(&trial->row->parameters[i]);
    }
    trial->value = arguments[trial->at];
    KeEnterCriticalRegion();
    KeRaiseIrql(level_of(trial->row->name), &old);
    trial->called = true;
    trial->result = trial->row->call(arguments);
    trial->returned = true;
    host_run_recheck();
}

/* Rules that only an object breaks. Others must name its address: they may be about the level, or about
 * another argument. */
static bool is_rule_of_objects(void)
{
    static const enum base_rule rules[] = {
        RULE_BadHandle,          RULE_DeviceLifetime,
        RULE_DpcNotInitialized,  RULE_InterruptNotConnected,
        RULE_IrpLifetime,        RULE_LookasideLifetime,
        RULE_MdlState,           RULE_ObjectNotInitialized,
        RULE_PageFault,          RULE_PoolWrittenAfterFree,
        RULE_ParameterNull,      RULE_PoolBadFree,
        RULE_ReferenceByPointer, RULE_RemoveLock,
        RULE_ResourceLifetime,   RULE_RundownState,
        RULE_SpinLockNotOwned,   RULE_TimerNotInitialized,
        RULE_WorkerInvalid,
    };

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (base_violation_count(rules[i]) == 1) {
            return true;
        }
    }
    return false;
}

static bool is_about_it(void)
{
    char address[32];

    snprintf(address, sizeof(address), "%p", (void *)trial->value);
    return base_violation_count(RULE_COUNT) == 1 &&
           (is_rule_of_objects() || strstr(base_violation_last_report(), address) != NULL);
}

static void complain(const char *how)
{
    trial->failures++;
    dprintf(complaints, "%s, %s: %s: %s\n", trial->row->name,
            trial->row->parameters[trial->at].name, kind_names[trial->kind], how);
}

static void judge(enum host_run_result result)
{
    char how[256];

    if (base_violation_count(RULE_ApiUnavailable) == 1) {
        return; /* not built: it looks at nothing */
    }
    if (!trial->called) {
        snprintf(how, sizeof(how), "not called: %.160s", base_violation_last_report());
    } else if (is_excepted(true)) {
        return;
    } else if (trial->returned) {
        if (base_violation_count(RULE_PoolWrittenAfterFree) == 1) {
            return;
        }
        if (trial->row->refusal == MISUSE_STATUS && !NT_SUCCESS((NTSTATUS)trial->result)) {
            return;
        }
        snprintf(how, sizeof(how), "silent, returned %#llx", (unsigned long long)trial->result);
    } else if (!is_about_it()) {
        snprintf(how, sizeof(how), "result %d, %u violations: %.160s", result,
                 base_violation_count(RULE_COUNT), base_violation_last_report());
    } else {
        return;
    }
    complain(how);
}

static bool has_returned(void *context)
{
    (void)context;
    return trial->returned;
}

static void run_trial(void)
{
    struct ke_machine_config config = nt_machine_config(processors);
    const char *scheduler = getenv("WC_SCHED");
    enum host_run_result result;
    PKTHREAD thread;

    if (scheduler != NULL && strcmp(scheduler, "thread") == 0) {
        config.scheduler = HOST_SCHEDULER_THREAD;
    }
    trial->called = trial->returned = false;
    base_violation_reset();
    assert_int_equal(ke_machine_start(&config), 0);
    assert_true(io_manager_start());
    thread = ke_thread_start(try_it, NULL, "trial", 1);
    result = ke_run(has_returned, NULL);
    if (trial->returned && trial->kind == FREED) {
        base_violation_collect(true);
        ex_pool_report_leaks("the machine", (const void *)kind_names,
                             1); /* none: nobody allocates there */
    }
    ob_deref(thread);
    judge(result);
    io_manager_stop();
    ke_machine_stop();
}

#define SANITIZER_EXIT 77

#if SANITIZED
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "exitcode=77:detect_leaks=0"; /* what a refused call leaves is not looked at here */
}

__attribute__((visibility("default"))) const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "exitcode=77";
}
#endif

/* From that trial on. */
static void run_row(void)
{
    base_log_set_sink(drop_report, NULL);
    complaints = dup(STDERR_FILENO);
    if (SANITIZED) { /* its reports are as many as there are bad objects */
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    }
    for (; trial->at < trial->row->count; trial->at++, trial->kind = 0) {
        const struct misuse_parameter *parameter = &trial->row->parameters[trial->at];

        for (; parameter->category == MISUSE_OBJECT && trial->kind < MISUSES; trial->kind++) {
            if (misuse_applies(parameter, trial->kind) && !is_excepted(false)) {
                alarm(SECONDS);
                run_trial();
            }
        }
    }
}

/* ---- the matrix ---- */

static void check_row(void) /* or what a crash left of it */
{
    char how[64];
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        run_row();
        fflush(NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        if (!SANITIZED || !WIFEXITED(status) || WEXITSTATUS(status) != SANITIZER_EXIT ||
            !trial->called) {
            snprintf(how, sizeof(how), "the process ended with %#x", status);
            complain(how);
        }
        trial->kind++;
    }
}

static void check_matrix(ULONG count)
{
    const char *only = getenv("WC_MISUSE");

    processors = count;
    trial = mmap(NULL, sizeof(*trial), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(trial != MAP_FAILED);
    for (size_t i = 0; i < ROWS; i++) {
        trial->row = &misuse_rows[i];
        if (trial->row->function != NULL && (only == NULL || strcmp(only, trial->row->name) == 0)) {
            for (trial->at = trial->kind = 0; trial->at < trial->row->count;) {
                check_row();
            }
        }
    }
    assert_int_equal(trial->failures, 0);
}

static void every_bad_object_is_named(void **state)
{
    (void)state;
    check_matrix(1);
}

static void and_on_two_processors(void **state)
{
    (void)state;
    check_matrix(2);
}

/* nt_misuse_rows has lists of them. */
static void every_type_of_parameter_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; misuse_unknown[i] != NULL; i++) {
        print_error("%s: an object, or what?\n", misuse_unknown[i]);
    }
    assert_null(misuse_unknown[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_of_parameter_is_known),
        cmocka_unit_test(every_bad_object_is_named),
        cmocka_unit_test(and_on_two_processors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

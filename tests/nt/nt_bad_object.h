#pragma once
/* nt_bad_object.h - hand routines an object that is NULL, misaligned, never initialized or freed: each
 * time there is one violation, never a crash and never silence.
 */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "nt_machine.h"

#define SIZE 512 /* of the memory in which the object would lie */

enum kind { IS_NULL, MISALIGNED, UNINITIALIZED, FREED, KINDS };

static const char *const kind_names[KINDS] = {"NULL", "misaligned", "uninitialized", "freed"};

/* Any memory will do for what only initializes; bits by kind. */
#define ALL       ((1u << KINDS) - 1)
#define ADDRESSES ((1u << IS_NULL) | (1u << MISALIGNED))

struct family {
    const char *name;
    void (*call)(void *object);
    unsigned kinds;
};

#define ROW(call, kinds)   \
    {                      \
#call, call, kinds \
    }

static struct {
    const struct family *family;
    enum kind kind;
} trial;

/* What lies before it is a header of some object for those that look there. */
static void *bad_object(enum kind kind)
{
    char *memory = kind == IS_NULL ? NULL : ExAllocatePool2(POOL_FLAG_NON_PAGED, SIZE, 'tseT');

    switch (kind) {
    case MISALIGNED:
        return memory + 16 * 6 + 3;
    case UNINITIALIZED:
        memset(memory, 0xCC, SIZE);
        return memory + 16 * 6;
    case FREED:
        ExFreePool(memory);
        return memory;
    default:
        return NULL;
    }
}

static void try_it(void *argument)
{
    trial.family->call(bad_object(trial.kind));
}

/* Whether it was named, by exactly one violation that stopped the machine. */
static bool is_named(void)
{
    struct ke_machine_config config = nt_machine_config(1);
    enum host_run_result result;

    base_violation_reset();
    assert_int_equal(ke_machine_start(&config), 0);
    result = nt_run_body(try_it, NULL);
    ke_machine_stop();
    return result == HOST_RUN_HALTED && base_violation_count(RULE_COUNT) == 1;
}

static void check_families(const struct family *families, size_t count)
{
    int silent = 0;

    for (size_t i = 0; i < count; i++) {
        trial.family = &families[i];
        for (trial.kind = 0; trial.kind < KINDS; trial.kind++) {
            if ((trial.family->kinds >> trial.kind & 1) != 0 && !is_named()) {
                print_error("%s with an object that is %s: not named\n", trial.family->name,
                            kind_names[trial.kind]);
                silent++;
            }
        }
    }
    assert_int_equal(silent, 0);
}

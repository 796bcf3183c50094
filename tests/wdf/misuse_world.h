#pragma once
/* misuse_world.h - a driver with one object of each type, and an argument for each type of parameter
 * with which a call would succeed, or at least come as far as to look at the argument under test.
 */
#include "io_fixture.h"

#include "base/log.h"
#include "wdf/object/fx_object.h"

/* How a function says that it refuses. */
enum misuse_refusal {
    MISUSE_STATUS,  /* a failure status */
    MISUSE_NOTHING, /* VOID */
    MISUSE_VALUE,   /* 0, NULL, FALSE */
};

#define MISUSE_PARAMETERS 12

struct misuse_parameter {
    const char *type;
    const char *name;
    bool pointer;
};

#define MISUSE_PARAMETER(parameter_type, parameter_name)                                  \
    {                                                                                     \
#parameter_type, #parameter_name, __builtin_classify_type((parameter_type)0) == 5 \
    }

struct misuse_row {
    const char *name;
    enum misuse_refusal refusal;
    const void *function; /* NULL: declared, not in the library */
    uintptr_t (*call)(const uintptr_t *arguments);
    unsigned count;
    struct misuse_parameter parameters[MISUSE_PARAMETERS];
};

/* For base_log_set_sink: the reports that are wanted are many. */
void misuse_drop_report(enum base_log_source source, const char *text, void *context);

int misuse_setup(void **state);
int misuse_teardown(void **state);

/* misuse_type: the type of object that a parameter takes; FX_TYPE_NONE: it is no handle.
 * misuse_fake: an object with nothing but a handle of that type. */
enum fx_type_number misuse_type(const struct misuse_parameter *parameter);
void *misuse_fake(enum fx_type_number type);

/* misuse_arguments: all arguments of a row, fresh. misuse_state: what a refused call must not
 * change, as text: the tree of objects and the memory that arguments point to. */
void misuse_arguments(const struct misuse_row *row, uintptr_t *arguments);
char *misuse_state(void);

/* misuse_possible: with these arguments the function would not refuse for another reason. */
bool misuse_possible(const struct misuse_row *row);

PWDFDEVICE_INIT misuse_freed_init(void);

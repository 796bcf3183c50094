#pragma once
/* dbg_format.h - Microsoft's format dialect, for DbgPrint, ntstrsafe and the C library's printf
 * forms. It differs from the host's: l is 32 bits, I64 and I exist, %p has sixteen digits, %S and
 * %ws are wide text in a narrow format (and narrow in a wide one), %Z and %wZ are counted strings.
 */
#include <wdm.h>

#include <stdbool.h>

struct dbg_output;

/* A conversion %!name! of trace messages: puts its text (dbg_put) and takes its argument.
 *   Returns  false: no such type; the rest of the format is printed as it stands, for nobody knows
 *            what the argument takes */
typedef bool dbg_named(struct dbg_output *output, const char *name, size_t length,
                       va_list *arguments);

/* Where the text goes, and what the format asked for. */
struct dbg_output {
    void *text;       /* room units; NULL if room is 0 */
    size_t room;      /* units that are stored; the rest is only counted */
    size_t length;    /* units produced */
    bool wide;        /* format and text are WCHAR, else char */
    bool converts;    /* wide text was asked for in a narrow format, or the other way round */
    bool floats;      /* a floating conversion was left out */
    dbg_named *named; /* NULL: there are no conversions by name */
    void *context;    /* for named */
};

/* dbg_format: append the formatted text to the output. No terminator is written. */
void dbg_format(struct dbg_output *output, const void *format, va_list arguments);
/* dbg_put: append a text as it stands. */
void dbg_put(struct dbg_output *output, const char *text);

#pragma once
/* cli.h - what the subcommands of `wdf` share.
 * Rules for a command:
 * - its name, one line of help and a function, in the table of main.c
 * - wrong usage or input is one line on stderr, "wdf run: what is wrong", and CLI_USAGE
 */
#include <argp.h>
#include <stdarg.h>

#include <wdfcore/machine.h>

enum cli_exit {
    CLI_CLEAN = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
    CLI_VIOLATION = 3,
    CLI_INTERRUPTED = 130,
};

struct cli_command {
    const char *name, *help;
    /* argv[0] is the command's name; returns the exit code of the program. */
    int (*run)(int argc, char **argv);
};

int cli_compare(int argc, char **argv);
int cli_new(int argc, char **argv);
int cli_run(int argc, char **argv);

/* cli_complain: "wdf run: TEXT" on stderr. cli_refuse: the same; returns EINVAL, for argp. */
__attribute__((format(printf, 2, 3))) void cli_complain(const char *command, const char *format,
                                                        ...);
__attribute__((format(printf, 2, 3))) int cli_refuse(const char *command, const char *format, ...);

/* cli_parse: argp_parse with --help, and with one line for what is wrong instead of argp's two.
 * The parser prints its own lines by cli_refuse.
 *   Returns  -1: go on; else the exit code to end with */
int cli_parse(const char *command, const struct argp *argp, int argc, char **argv, void *input);

/* cli_number: a whole decimal or 0x number of at most `most`. */
bool cli_number(const char *text, uint64_t most, uint64_t *number);

/* cli_exit_of: prints what went wrong, if anything did. */
int cli_exit_of(const char *command, enum wc_result result);

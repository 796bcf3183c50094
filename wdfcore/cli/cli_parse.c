#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { KEY_HELP = 0x1000 };

struct parse {
    const char *command;
    const struct argp *argp;
    void *input;
    bool help;
    bool refused; /* a line has been printed */
};

static struct parse *parsing; /* argp has no room of ours beside the input */

static void complain(const char *command, const char *format, va_list arguments)
{
    fprintf(stderr, "wdf%s%s: ", command[0] != '\0' ? " " : "", command);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void cli_complain(const char *command, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(command, format, arguments);
    va_end(arguments);
}

int cli_refuse(const char *command, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(command, format, arguments);
    va_end(arguments);
    if (parsing != NULL) {
        parsing->refused = true;
    }
    return EINVAL;
}

static const struct argp_option *find_option(const struct argp_option *option, const char *name,
                                             size_t length)
{
    for (; option->name != NULL || option->key != 0 || option->doc != NULL; option++) {
        if (option->name != NULL && strncmp(option->name, name, length) == 0) {
            return option;
        }
    }
    return NULL;
}

/* getopt said only that something is wrong with the option before state->next. */
static void explain_option(const struct parse *parse, const char *argument)
{
    size_t length = strcspn(argument, "=");
    const struct argp_option *option = NULL;

    if (strncmp(argument, "--", 2) == 0 && length > 2) {
        option = find_option(parse->argp->options, argument + 2, length - 2);
    }
    if (option == NULL) {
        cli_refuse(parse->command, "unknown option '%.*s'; --help lists them", (int)length,
                   argument);
    } else if (option->arg != NULL && argument[length] == '\0') {
        cli_refuse(parse->command, "--%s needs a value: --%s %s", option->name, option->name,
                   option->arg);
    } else {
        cli_refuse(parse->command, "'%s' is no option; is --%s meant?", argument, option->name);
    }
}

static error_t parse_outer(int key, char *argument, struct argp_state *state)
{
    struct parse *parse = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = parse->input;
        return 0;
    case KEY_HELP:
        parse->help = true;
        return ECANCELED; /* what else stands there does not matter */
    case ARGP_KEY_ERROR:
        if (!parse->refused && !parse->help && state->next > 0) {
            explain_option(parse, state->argv[state->next - 1]);
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cli_parse(const char *command, const struct argp *argp, int argc, char **argv, void *input)
{
    static const struct argp_option options[] = {
        {"help", KEY_HELP, NULL, 0, "Print this page and end", -1}, {0}};
    const struct argp_child children[] = {{argp, 0, NULL, 0}, {0}};
    const struct argp outer = {.options = options, .parser = parse_outer, .children = children};
    struct parse parse = {.command = command, .argp = argp, .input = input};
    char name[64];

    /* NO_ERRS silences argp's own messages, and with them its --help. */
    parsing = &parse;
    error_t error =
        argp_parse(&outer, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &parse);
    parsing = NULL;
    if (parse.help) {
        snprintf(name, sizeof(name), "wdf%s%s", command[0] != '\0' ? " " : "", command);
        argp_help(&outer, stdout, ARGP_HELP_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
        return CLI_CLEAN;
    }
    if (error != 0 && !parse.refused) {
        cli_complain(command, "%s", strerror(error));
    }
    return error != 0 ? CLI_USAGE : -1;
}

bool cli_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;

    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    errno = 0;
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    unsigned long long value = strtoull(text, &end, hexadecimal ? 16 : 10);
    if (errno != 0 || *end != '\0' || value > most || (hexadecimal && text[2] == '\0')) {
        return false;
    }
    *number = value;
    return true;
}

int cli_exit_of(const char *command, enum wc_result result)
{
    switch (result) {
    case WC_OK:
        return CLI_CLEAN;
    case WC_BAD_INPUT:
        cli_complain(command, "%s", wc_last_error());
        return CLI_USAGE;
    case WC_STOPPED:
        return CLI_VIOLATION; /* the report has been printed */
    case WC_STUCK:
        cli_complain(command, "nothing can happen any more, and the end has not come");
        return CLI_FAILED;
    case WC_FAILED:
    default:
        cli_complain(command, "%s", wc_last_error());
        return CLI_FAILED;
    }
}

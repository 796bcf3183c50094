#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <wdfcore/version.h>

#include "base/file.h"
#include "cli/cli.h"

static const struct cli_command commands[] = {
    {"compare", "run several designs of a driver on the same arrivals", cli_compare},
    {"new", "write a project of your own: driver, device model, tests", cli_new},
    {"run", "load a driver, give it a device, run it, remove it in order", cli_run},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

struct main_input {
    const struct cli_command *command;
    int first; /* where the command stands in argv */
    bool version;
};

enum { KEY_VERSION = 0x100 };

static error_t parse_main(int key, char *argument, struct argp_state *state)
{
    struct main_input *input = state->input;

    switch (key) {
    case KEY_VERSION:
        input->version = true;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_ARG:
        for (size_t i = 0; i < COMMANDS; i++) {
            if (strcmp(argument, commands[i].name) == 0) {
                input->command = &commands[i];
                input->first = state->next - 1;
                state->next = state->argc; /* the rest is the command's */
                return 0;
            }
        }
        return cli_refuse("", "unknown command '%s'; wdf --help lists them", argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char *describe(void)
{
    static char text[512];
    size_t used;

    snprintf(text, sizeof(text),
             "Run Windows drivers as ordinary programs.\v"
             "Commands (wdf COMMAND --help says more):\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "  %-8s %s\n", commands[i].name,
                 commands[i].help);
    }
    used = strlen(text);
    snprintf(text + used, sizeof(text) - used,
             "\nExit codes: 0 clean, 1 failed, 2 wrong usage or input, 3 violation.");
    return text;
}

/* A standard stream that was closed is kept from being the next file that is opened. What is written to
 * it fails all the same: each is open for the other direction. */
static void occupy_standard_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) < 0) {
            (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

static int run(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"version", KEY_VERSION, NULL, 0, "Print the version and end", -1}, {0}};
    const struct argp argp = {.options = options,
                              .parser = parse_main,
                              .args_doc = "COMMAND [OPTION...]",
                              .doc = describe()};
    struct main_input input = {0};
    int end = CLI_USAGE;
    int used = 1;

    /* Options in front of the command are ours, all behind it are the command's. */
    while (used < argc && argv[used][0] == '-') {
        used++;
    }
    end = cli_parse("", &argp, used < argc ? used + 1 : argc, argv, &input);
    if (end >= 0) {
        return end;
    }
    if (input.version) {
        printf("wdf %s\n", wc_version());
        return CLI_CLEAN;
    }
    if (input.command == NULL) {
        cli_complain("", "no command given; wdf --help lists them");
        return CLI_USAGE;
    }
    return input.command->run(argc - input.first, argv + input.first);
}

int main(int argc, char **argv)
{
    const char *lost;
    int end;

    occupy_standard_streams();
    end = run(argc, argv);
    lost = base_file_flush(stdout);
    if (lost != NULL) { /* what was asked for has not arrived */
        cli_complain("", "standard output: %s", lost);
        end = end == CLI_CLEAN ? CLI_FAILED : end;
    }
    return end;
}

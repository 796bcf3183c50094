/* cmd_new.c - `wdf new`: a project to start from, under a name of its own.
 * The files are those of samples/template, where "template" stands for the name, as it is, with a
 * capital and in capitals. Nothing is written before all that can be known beforehand was looked at.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/project_files.h"

#define NAME_MAX_LENGTH 32

struct new_input {
    const char *name, *folder;
    const char *variant; /* as in project_files */
    unsigned variants;   /* how many were asked for */
};

enum { KEY_WDM = 0x100, KEY_QUEUE_PER_DPC };

/* ---- the name ---- */

/* It becomes part of names in C, CMake and Windows, and NAME.h must hide no header. */
static bool is_good_name(const char *name)
{
    static const char *const taken[] = {
        "all",    "clean",  "install", "test",  "help",   "template", "package", "model",
        "build",  "driver", "wdm",     "ntddk", "ntifs",  "ntdef",    "string",  "stdio",
        "stdlib", "errno",  "math",    "time",  "signal", "limits",   "assert",  "ctype",
    };
    size_t length = strlen(name);

    if (length == 0 || length > NAME_MAX_LENGTH || name[0] < 'a' || name[0] > 'z' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != length ||
        strncmp(name, "wdf", 3) == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (strcmp(name, taken[i]) == 0) {
            return false;
        }
    }
    return true;
}

/* The way that "template" is written there: the same for the name. NULL: it is not there. */
static const char *spell(const char *text, const char *name, char spelled[NAME_MAX_LENGTH + 1])
{
    bool capital = text[0] == 'T';
    bool capitals = strncmp(text, "TEMPLATE", 8) == 0;

    if (!capitals && strncmp(text, "template", 8) != 0 && strncmp(text, "Template", 8) != 0) {
        return NULL;
    }
    snprintf(spelled, NAME_MAX_LENGTH + 1, "%s", name);
    for (size_t i = 0; spelled[i] != '\0' && (capitals || (capital && i == 0)); i++) {
        spelled[i] = (char)toupper((unsigned char)spelled[i]);
    }
    return spelled;
}

static void put_text(FILE *out, const char *text, const char *name)
{
    char spelled[NAME_MAX_LENGTH + 1];

    while (*text != '\0') {
        if ((*text == 't' || *text == 'T') && spell(text, name, spelled) != NULL) {
            fputs(spelled, out);
            text += strlen("template");
        } else {
            fputc(*text++, out);
        }
    }
}

/* ---- writing ---- */

static int refuse_for(const char *path, const char *why)
{
    cli_complain("new", "%s: %s", path, why);
    return CLI_USAGE;
}

static int refuse(const char *path)
{
    return refuse_for(path, strerror(errno));
}

/* The folder as it is, or a new one. -1: go on. */
static int check_folder(const char *path)
{
    DIR *folder = opendir(path);
    bool empty = true;

    if (folder == NULL) {
        return errno == ENOENT && mkdir(path, 0777) == 0 ? -1 : refuse(path);
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    }
    closedir(folder);
    if (!empty) {
        cli_complain("new", "%s: the folder is not empty", path);
        return CLI_USAGE;
    }
    return access(path, W_OK) == 0 ? -1 : refuse(path);
}

static bool is_chosen(const struct project_file *file, const char *variant)
{
    if (file->variant[0] != '\0') {
        return strcmp(file->variant, variant) == 0;
    }
    for (const struct project_file *other = project_files; other->path != NULL; other++) {
        if (other != file && variant[0] != '\0' && strcmp(other->variant, variant) == 0 &&
            strcmp(other->path, file->path) == 0) {
            return false;
        }
    }
    return true;
}

static int write_file(const struct new_input *input, const struct project_file *file)
{
    char *path = NULL;
    size_t size;
    FILE *name = open_memstream(&path, &size);

    if (name == NULL) {
        return refuse(file->path);
    }
    fprintf(name, "%s/", input->folder);
    put_text(name, file->path, input->name);
    fclose(name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    bool good = mkdir(path, 0777) == 0 || errno == EEXIST;
    *slash = '/';
    FILE *out = good ? fopen(path, "w") : NULL;
    int result = -1;
    if (out == NULL) {
        result = refuse(path);
    } else {
        put_text(out, file->text, input->name);
        if (strncmp(file->text, "#!", 2) == 0 && fchmod(fileno(out), 0755) != 0) {
            result = refuse(path);
        }
        const char *lost = base_file_close(out);
        if (lost != NULL && result < 0) {
            result = refuse_for(path, lost);
        }
    }
    free(path);
    return result;
}

/* ---- the command ---- */

static error_t parse_new(int key, char *argument, struct argp_state *state)
{
    struct new_input *input = state->input;

    switch (key) {
    case KEY_WDM:
        input->variant = "wdm";
        input->variants++;
        return 0;
    case KEY_QUEUE_PER_DPC:
        input->variant = "queue-per-dpc";
        input->variants++;
        return 0;
    case ARGP_KEY_ARG:
        if (input->name == NULL) {
            input->name = argument;
            return 0;
        }
        if (input->folder == NULL) {
            input->folder = argument;
            return 0;
        }
        return cli_refuse("new", "'%s' is one argument too many", argument);
    case ARGP_KEY_END:
        if (input->name == NULL) {
            return cli_refuse("new", "no name given: wdf new NAME [DIR]");
        }
        if (input->variants > 1) {
            return cli_refuse("new", "--wdm and --queue-per-dpc are two projects: choose one");
        }
        if (!is_good_name(input->name)) {
            return cli_refuse("new",
                              "'%s' is no name for a driver: lower-case letters, digits and _, a "
                              "letter first, at most %d; no word of make, no header, not wdf...",
                              input->name, NAME_MAX_LENGTH);
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Words of a shell: as they are if they are plain. */
static void print_word(const char *word)
{
    bool plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_-./+,=:@") == strlen(word);

    if (plain) {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            fputs("'\\''", stdout);
        } else {
            putchar(*word);
        }
    }
    putchar('\'');
}

static void print_commands(const struct new_input *input)
{
    fputs("cd ", stdout);
    print_word(input->folder);
    printf(" && cmake -S . -B build && cmake --build build\n"
           "ctest --test-dir build --output-on-failure\n"
           "wdf run build/%s.so --load build/%s_model.so --model %s --resources "
           "memory=0xfe000000-0xfe00000f,irq=5 --until time=10ms --objects\n",
           input->name, input->name, input->name);
}

int cli_new(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"wdm", KEY_WDM, NULL, 0, "A WDM driver instead of one for the framework", 0},
        {"queue-per-dpc", KEY_QUEUE_PER_DPC, NULL, 0,
         "A framework driver with a queue and a DPC for each channel of its device", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse_new,
        .args_doc = "NAME [DIR]",
        .doc =
            "Write a project of your own into DIR (default: NAME), which must be empty or new: a "
            "driver, a model of its device, tests, CMake, what a CI service calls. Prints the "
            "commands to build, test and run it."};
    struct new_input input = {.variant = ""};
    int end = cli_parse("new", &argp, argc, argv, &input);

    if (end < 0) {
        input.folder = input.folder != NULL ? input.folder : input.name;
        end = check_folder(input.folder);
    }
    for (const struct project_file *file = project_files; end < 0 && file->path != NULL; file++) {
        if (is_chosen(file, input.variant)) {
            end = write_file(&input, file);
        }
    }
    if (end < 0) {
        print_commands(&input);
        end = CLI_CLEAN;
    }
    return end;
}

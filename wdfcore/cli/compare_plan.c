/* compare_plan.c - the file NAME.compare: a word and what belongs to it on each line.
 *
 *   driver      FILE             default: NAME.so beside the file
 *   model       NAME,OPTION=...  the device's hardware, which makes the load
 *   resources   LIST             as in wdf run
 *   app         NAME:DEVICE      or an application that makes it
 *   load        OPTION=VALUE,... of what arrives
 *   value       KEY/NAME=DATA    in the registry, for all designs; {queues}: their number, in hex
 *   processors  N
 *   costs       register=NS isr=NS dpc=NS switch=NS
 *   design      NAME KEY/NAME=DATA|OPTION=VALUE...
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/compare.h"

#define BLANKS " \t\r"

struct plan_reader {
    struct compare_plan *plan;
    const char *path;
    unsigned line;
    char *error;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct plan_reader *reader,
                                                         const char *format, ...)
{
    va_list arguments;
    int used = snprintf(reader->error, reader->size, "%s:%u: ", reader->path, reader->line);

    va_start(arguments, format);
    if (used >= 0 && (size_t)used < reader->size) {
        vsnprintf(reader->error + used, reader->size - (size_t)used, format, arguments);
    }
    va_end(arguments);
    return false;
}

/* The next word of a line, which ends behind it; NULL: there is none. */
static char *next_word(char **at)
{
    char *word = *at + strspn(*at, BLANKS);

    if (*word == '\0') {
        return NULL;
    }
    *at = word + strcspn(word, BLANKS);
    if (**at != '\0') {
        *(*at)++ = '\0';
    }
    return word;
}

static bool read_costs(struct plan_reader *reader, char *rest)
{
    struct compare_costs *costs = &reader->plan->costs;
    const struct {
        const char *name;
        uint32_t *ns;
    } known[] = {{"register=", &costs->register_ns},
                 {"isr=", &costs->isr_ns},
                 {"dpc=", &costs->dpc_ns},
                 {"switch=", &costs->switch_ns}};

    for (char *word = next_word(&rest); word != NULL; word = next_word(&rest)) {
        uint64_t ns = 0;
        size_t i = 0;

        while (i < 4 && strncmp(word, known[i].name, strlen(known[i].name)) != 0) {
            i++;
        }
        if (i == 4 || !cli_number(word + strlen(known[i].name), 1000000000, &ns)) {
            return refuse(reader, "'%s': costs are register=NS isr=NS dpc=NS switch=NS", word);
        }
        *known[i].ns = (uint32_t)ns;
    }
    return true;
}

static bool read_design(struct plan_reader *reader, char *rest)
{
    struct compare_plan *plan = reader->plan;
    struct compare_design *design = &plan->designs[plan->design_count];

    if (plan->design_count == COMPARE_DESIGNS_MAX) {
        return refuse(reader, "more than %u designs", COMPARE_DESIGNS_MAX);
    }
    design->name = next_word(&rest);
    for (char *word = next_word(&rest); word != NULL; word = next_word(&rest)) {
        if (strchr(word, '=') == NULL || design->item_count == COMPARE_ITEMS_MAX) {
            return refuse(reader, "'%s': not KEY/NAME=DATA or OPTION=VALUE, or too many", word);
        }
        design->items[design->item_count++] = word;
    }
    plan->design_count++;
    return true;
}

static bool read_value(struct plan_reader *reader, char *value)
{
    struct compare_plan *plan = reader->plan;

    if (strchr(value, '=') == NULL || strchr(value, '/') == NULL) {
        return refuse(reader, "'%s': not KEY/NAME=DATA", value);
    }
    if (plan->value_count == COMPARE_ITEMS_MAX) {
        return refuse(reader, "more than %u values", COMPARE_ITEMS_MAX);
    }
    plan->values[plan->value_count++] = value;
    return true;
}

static bool read_line(struct plan_reader *reader, char *line)
{
    struct compare_plan *plan = reader->plan;
    char *word;
    uint64_t number;

    line[strcspn(line, "#")] = '\0';
    for (size_t end = strlen(line); end > 0 && strchr(BLANKS, line[end - 1]) != NULL; end--) {
        line[end - 1] = '\0';
    }
    word = next_word(&line);
    if (word == NULL) {
        return true;
    }
    line += strspn(line, BLANKS);
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"model", &plan->model},
                 {"resources", &plan->resources},
                 {"app", &plan->app},
                 {"load", &plan->load}};
    if (*line == '\0') {
        return refuse(reader, "'%s' says nothing", word);
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strcmp(word, texts[i].name) == 0) {
            *texts[i].text = line;
            return true;
        }
    }
    if (strcmp(word, "driver") == 0) {
        snprintf(plan->driver, sizeof(plan->driver), "%s", line);
        return true;
    }
    if (strcmp(word, "processors") == 0) {
        if (!cli_number(line, 64, &number) || number == 0) {
            return refuse(reader, "processors '%s': a number from 1 to 64", line);
        }
        plan->processors = (uint32_t)number;
        return true;
    }
    return strcmp(word, "value") == 0    ? read_value(reader, line)
           : strcmp(word, "costs") == 0  ? read_costs(reader, line)
           : strcmp(word, "design") == 0 ? read_design(reader, line)
                                         : refuse(reader, "unknown word '%s'", word);
}

static bool read_all(struct plan_reader *reader, FILE *file)
{
    size_t size = 0;
    ssize_t length = getdelim(&reader->plan->text, &size, '\0', file);

    if (length < 0) {
        int error = errno;

        return refuse(reader, "%s", ferror(file) != 0 ? strerror(error) : "the file is empty");
    }
    for (char *line = reader->plan->text; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');

        if (end != NULL) {
            *end++ = '\0';
        }
        reader->line++;
        if (!read_line(reader, line)) {
            return false;
        }
        line = end;
    }
    if (reader->plan->design_count == 0) {
        return refuse(reader, "no design in it");
    }
    if ((reader->plan->app == NULL) == (reader->plan->model == NULL)) {
        return refuse(reader, "either a model or an app makes the load");
    }
    return true;
}

static FILE *open_plan(const char *name, char *path, size_t size)
{
    char program[512];
    FILE *file;

    if (strchr(name, '/') != NULL || strstr(name, ".compare") != NULL) {
        snprintf(path, size, "%s", name);
        return fopen(path, "r");
    }
    snprintf(path, size, "%s.compare", name);
    file = fopen(path, "r");
    ssize_t length = file != NULL ? -1 : readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (length > 0) {
        program[length] = '\0';
        for (int up = 0; up < 2 && strrchr(program, '/') != NULL; up++) {
            *strrchr(program, '/') = '\0'; /* .../bin/wdf -> ... */
        }
        snprintf(path, size, "%.400s/drivers/%.80s.compare", program, name);
        file = fopen(path, "r");
    }
    return file;
}

bool compare_plan_find(const char *name, struct compare_plan *plan, char *error, size_t size)
{
    char path[512];
    struct plan_reader reader = {.plan = plan, .path = path, .error = error, .size = size};
    FILE *file = open_plan(name, path, sizeof(path));

    *plan = (struct compare_plan){.processors = 1, .load = ""};
    if (file == NULL) {
        snprintf(error, size, "no plan '%s': %s, neither here nor beside the drivers of this wdf",
                 name, strerror(errno));
        return false;
    }
    bool ok = read_all(&reader, file);
    fclose(file);
    if (!ok) {
        compare_plan_free(plan);
        return false;
    }
    /* The driver lies beside the plan, unless it says where. */
    char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash - path) + 1 : 0;
    char given[512];
    snprintf(given, sizeof(given), "%s", plan->driver);
    if (given[0] == '\0') {
        const char *base = path + folder;

        const char *end = strstr(base, ".compare"); /* NULL: a plan of another name, by its path */
        size_t length = end != NULL ? (size_t)(end - base) : strlen(base);

        snprintf(given, sizeof(given), "%.*s.so", (int)length, base);
    }
    if (given[0] != '/') {
        snprintf(plan->driver, sizeof(plan->driver), "%.*s%.200s", folder > 0 ? folder : 2,
                 folder > 0 ? path : "./", given);
    }
    return true;
}

void compare_plan_free(struct compare_plan *plan)
{
    free(plan->text);
    plan->text = NULL;
}

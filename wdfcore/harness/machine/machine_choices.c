#include "harness/machine/machine_choices.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utarray.h>

#include "base/file.h"
#include "base/text.h"
#include "harness/machine/machine_core.h"
#include "nt/ke/ke_machine.h"

static const UT_icd choice_icd = {.sz = sizeof(struct ke_choice)};

/* false: not a line of such a file. An empty one has the number 0. */
static bool parse_line(char *line, struct ke_choice *choice)
{
    char kind[16];
    int end = 0;

    *choice = (struct ke_choice){0};
    line[strcspn(line, "#\n")] = '\0';
    if (line[strspn(line, " \t\r")] == '\0') {
        return true;
    }
    if (sscanf(line, "%" SCNu64 " %15s %" SCNu32 " %n", &choice->number, kind, &choice->value,
               &end) != 3 ||
        line[end] != '\0' || choice->number == 0) {
        return false;
    }
    while (choice->kind < KE_CHOICE_KINDS && strcmp(ke_choice_name(choice->kind), kind) != 0) {
        choice->kind++;
    }
    return choice->kind < KE_CHOICE_KINDS;
}

static enum wc_result read_lines(char *text, const char *path, UT_array *list)
{
    char *line;

    for (unsigned number = 1; (line = base_text_line(&text)) != NULL; number++) {
        const struct ke_choice *last = (const struct ke_choice *)utarray_back(list);
        struct ke_choice choice;

        if (!parse_line(line, &choice)) {
            return machine_fail(WC_BAD_INPUT, "%s:%u: not a choice (NUMBER KIND VALUE)", path,
                                number);
        }
        if (choice.number == 0) {
            continue;
        }
        if (last != NULL && choice.number <= last->number) {
            return machine_fail(WC_BAD_INPUT, "%s:%u: the number does not grow", path, number);
        }
        utarray_push_back(list, &choice);
    }
    return WC_OK;
}

enum wc_result machine_choices_read(const char *path, struct ke_choice **list, size_t *count)
{
    const char *why;
    char *text = base_text_read(path, &why);
    UT_array lines;
    enum wc_result result;

    if (text == NULL) {
        return machine_fail(WC_BAD_INPUT, "cannot read %s: %s", path, why);
    }
    utarray_init(&lines, &choice_icd);
    result = read_lines(text, path, &lines);
    free(text);
    if (result == WC_OK) {
        const void *first = utarray_front(&lines);

        *count = utarray_len(&lines);
        *list = calloc(*count + 1, sizeof(**list)); /* also an empty list is one */
        if (*list == NULL) {
            result = machine_fail(WC_FAILED, "out of memory");
        } else if (first != NULL) {
            memcpy(*list, first, *count * sizeof(**list));
        }
    }
    utarray_done(&lines);
    return result;
}

enum wc_result machine_choices_write(const char *path)
{
    FILE *file = fopen(path, "w");
    size_t count;
    const struct ke_choice *list = ke_choices_kept(&count);
    const char *lost;

    if (file == NULL) {
        return machine_fail(WC_FAILED, "cannot write %s: %s", path, strerror(errno));
    }
    fprintf(file, "# choices of seed %" PRIu64 "; what is not here is as under schedule 0\n",
            ke_machine.config.seed);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%" PRIu64 " %s %" PRIu32 "\n", list[i].number, ke_choice_name(list[i].kind),
                list[i].value);
    }
    lost = base_file_close(file);
    return lost == NULL ? WC_OK : machine_fail(WC_FAILED, "cannot write %s: %s", path, lost);
}

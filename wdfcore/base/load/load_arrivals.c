/* load_arrivals.c - a load from its text: arrivals by rule, or from a file. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/load/load.h"
#include "base/random.h"
#include "base/text.h"

#define PACKETS_MAX 10000000u

struct load_rule {
    uint64_t queues, packets, rate, burst, skew, jitter, bytes_least, bytes_most, seed;
    char file[512];
    bool by_rule; /* an option that a file of arrivals does not go with */
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct load_rule *rule, const char *format,
                                                         ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(rule->error, rule->error_size, format, arguments);
    va_end(arguments);
    return false;
}

/* A whole decimal number that ends at one of `ends` or with the text. */
static bool number(const char **text, const char *ends, uint64_t *value)
{
    char *end;

    if (**text < '0' || **text > '9') {
        return false;
    }
    errno = 0;
    *value = strtoull(*text, &end, 10);
    *text = end;
    return errno == 0 && (*end == '\0' || strchr(ends, *end) != NULL);
}

static bool bytes_option(struct load_rule *rule, const char *value)
{
    const char *text = value;
    bool ok = number(&text, "-", &rule->bytes_least);

    rule->bytes_most = rule->bytes_least;
    if (ok && *text == '-') {
        text++;
        ok = number(&text, "", &rule->bytes_most);
    }
    if (!ok || rule->bytes_least == 0 || rule->bytes_most < rule->bytes_least ||
        rule->bytes_most > 65536) {
        return refuse(rule, "bytes=%s: it is a size from 1 to 65536, or two of them: 64-1500",
                      value);
    }
    return true;
}

static bool load_option(struct load_rule *rule, const char *name, const char *value)
{
    const struct {
        const char *name;
        uint64_t *number, least, most;
        bool with_file;
    } options[] = {
        {"queues", &rule->queues, 1, WC_LOAD_QUEUES_MAX, true},
        {"packets", &rule->packets, 1, PACKETS_MAX, false},
        {"rate", &rule->rate, 0, 1000000000, false},
        {"burst", &rule->burst, 1, 100000, false},
        {"skew", &rule->skew, 0, 100, false},
        {"jitter", &rule->jitter, 0, 100, false},
        {"seed", &rule->seed, 0, UINT64_MAX, false},
    };

    if (strcmp(name, "bytes") == 0) {
        return bytes_option(rule, value);
    }
    if (strcmp(name, "arrivals") == 0) {
        if (*value == '\0' || strlen(value) >= sizeof(rule->file)) {
            return refuse(rule, "arrivals=%s: it is the name of a file", value);
        }
        memcpy(rule->file, value, strlen(value) + 1);
        return true;
    }
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (strcmp(name, options[i].name) == 0) {
            const char *text = value;

            rule->by_rule |= !options[i].with_file;
            if (number(&text, "", options[i].number) && *options[i].number >= options[i].least &&
                *options[i].number <= options[i].most) {
                return true;
            }
            return refuse(rule, "%s=%s: it is a number from %" PRIu64 " to %" PRIu64, name, value,
                          options[i].least, options[i].most);
        }
    }
    return refuse(rule, "unknown option \"%s\"; there are: " WC_LOAD_OPTIONS, name);
}

static bool load_options(struct load_rule *rule, const char *text)
{
    char name[32], value[512];

    while (*text != '\0') {
        size_t length = strcspn(text, ","), name_length = strcspn(text, "=,");

        if (text[name_length] != '=' || name_length == 0 || name_length >= sizeof(name) ||
            length - name_length - 1 >= sizeof(value)) {
            return refuse(rule, "'%.*s' is no OPTION=VALUE; there are: " WC_LOAD_OPTIONS,
                          (int)length, text);
        }
        snprintf(name, sizeof(name), "%.*s", (int)name_length, text);
        snprintf(value, sizeof(value), "%.*s", (int)(length - name_length - 1),
                 text + name_length + 1);
        if (!load_option(rule, name, value)) {
            return false;
        }
        text += length;
        text += *text == ',';
    }
    if (rule->file[0] != '\0' && rule->by_rule) {
        return refuse(rule, "arrivals=%s: only queues= and bytes= may stand beside it", rule->file);
    }
    return true;
}

/* ---- by rule ---- */

static uint32_t draw_queue(const struct load_rule *rule, struct base_random *random, size_t i)
{
    if (rule->skew > 0 && base_random_below(random, 100) < rule->skew) {
        return 0;
    }
    return (uint32_t)(i % rule->queues);
}

static void make_by_rule(const struct load_rule *rule, struct wc_load *load)
{
    struct base_random random;
    uint64_t gap = rule->rate > 0 ? rule->burst * 1000000000 / rule->rate : 0;
    uint64_t spread = gap * rule->jitter / 100;
    uint64_t burst_at = 0, at = 0;

    base_random_init(&random, rule->seed);
    for (size_t i = 0; i < load->count; i++) {
        struct wc_arrival *arrival = &load->arrivals[i];

        if (i > 0 && i % rule->burst == 0) {
            /* Around the even rhythm, not after the last one, so that the rate stays. */
            burst_at += gap;
            at = burst_at;
            if (spread > 0) {
                at += base_random_next(&random) % (spread + 1);
            }
        }
        arrival->at_ns = at;
        arrival->queue = draw_queue(rule, &random, i);
        arrival->bytes = (uint32_t)rule->bytes_least;
        if (rule->bytes_most > rule->bytes_least) {
            arrival->bytes +=
                base_random_below(&random, (uint32_t)(rule->bytes_most - rule->bytes_least + 1));
        }
    }
}

/* ---- from a file ---- */

/* false: it is not as it should be. Blank lines and comments leave *there false. */
static bool parse_line(const struct load_rule *rule, const char *line, struct wc_arrival *arrival,
                       bool *there)
{
    char *end;
    const char *text = line + strspn(line, " \t");
    uint64_t queue, bytes = rule->bytes_least;

    *there = *text != '\0' && *text != '#' && *text != '\n';
    if (!*there) {
        return true;
    }
    double us = strtod(text, &end);
    if (end == text || !(us >= 0 && us < 1e12)) {
        return false;
    }
    text = end + strspn(end, " \t,");
    if (!number(&text, " \t,\n#", &queue) || queue >= rule->queues) {
        return false;
    }
    text += strspn(text, " \t,");
    if (*text != '\0' && *text != '\n' && *text != '#' &&
        (!number(&text, " \t\n#", &bytes) || bytes == 0 || bytes > 65536)) {
        return false;
    }
    text += strspn(text, " \t");
    if (*text != '\0' && *text != '\n' && *text != '#') {
        return false;
    }
    *arrival = (struct wc_arrival){(uint64_t)(us * 1000 + 0.5), (uint32_t)queue, (uint32_t)bytes};
    return true;
}

static bool add_arrival(struct wc_load *load, const struct wc_arrival *arrival)
{
    if ((load->count & (load->count + 1)) == 0) { /* full at 0, 1, 3, 7, ... */
        struct wc_arrival *larger =
            realloc(load->arrivals, (load->count * 2 + 1) * sizeof(*load->arrivals));

        if (larger == NULL) {
            return false;
        }
        load->arrivals = larger;
    }
    load->arrivals[load->count++] = *arrival;
    return true;
}

static bool read_lines(struct load_rule *rule, struct wc_load *load, char *text)
{
    char *line;

    for (unsigned at = 1; (line = base_text_line(&text)) != NULL; at++) {
        struct wc_arrival arrival;
        bool there;

        if (!parse_line(rule, line, &arrival, &there)) {
            return refuse(rule, "%s:%u: not MICROSECONDS QUEUE [BYTES] with a queue below %" PRIu64,
                          rule->file, at, rule->queues);
        }
        if (!there) {
            continue;
        }
        if (load->count > 0 && arrival.at_ns < load->arrivals[load->count - 1].at_ns) {
            return refuse(rule, "%s:%u: earlier than the line before it", rule->file, at);
        }
        if (load->count == PACKETS_MAX || !add_arrival(load, &arrival)) {
            return refuse(rule, "%s:%u: too many arrivals", rule->file, at);
        }
    }
    return load->count > 0 || refuse(rule, "%s: no arrivals in it", rule->file);
}

static bool read_file(struct load_rule *rule, struct wc_load *load)
{
    const char *why;
    char *text = base_text_read(rule->file, &why);

    if (text == NULL) {
        return refuse(rule, "arrivals=%s: %s", rule->file, why);
    }
    bool ok = read_lines(rule, load, text);
    free(text);
    return ok;
}

struct wc_load *wc_load_create(const char *options, char *error, size_t error_size)
{
    struct load_rule rule = {.queues = 2,
                             .packets = 1000,
                             .burst = 1,
                             .bytes_least = 64,
                             .bytes_most = 64,
                             .seed = 1,
                             .error = error,
                             .error_size = error_size};
    struct wc_load *load;
    bool ok;

    error[0] = '\0';
    if (!load_options(&rule, options)) {
        return NULL;
    }
    load = calloc(1, sizeof(*load));
    ok = load != NULL;
    if (ok && rule.file[0] != '\0') {
        ok = read_file(&rule, load);
    } else if (ok) {
        load->count = rule.packets;
        load->arrivals = calloc(load->count, sizeof(*load->arrivals));
        ok = load->arrivals != NULL;
        if (ok) {
            make_by_rule(&rule, load);
        }
    }
    if (ok) {
        load->queues = (uint32_t)rule.queues;
        load->served_ns = calloc(load->count + 1u, sizeof(*load->served_ns));
        ok = load->served_ns != NULL;
    }
    if (!ok) {
        if (error[0] == '\0') {
            refuse(&rule, "no memory for the arrivals");
        }
        wc_load_delete(load);
        return NULL;
    }
    wc_load_started(load, 0);
    return load;
}

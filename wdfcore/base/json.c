#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/assert.h"

void base_json_init(struct base_json *json, FILE *out)
{
    memset(json, 0, sizeof(*json));
    json->out = out;
}

size_t base_json_character(const unsigned char *text)
{
    unsigned char first = text[0];
    size_t length = first < 0x80                     ? 1
                    : first >= 0xc2 && first <= 0xdf ? 2
                    : first >= 0xe0 && first <= 0xef ? 3
                    : first >= 0xf0 && first <= 0xf4 ? 4
                                                     : 0;

    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) { /* the NUL at the end is none either */
            return 0;
        }
    }
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
        (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f)) {
        return 0; /* overlong, a surrogate, or too high */
    }
    return length;
}

void base_json_put(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    putc('"', out);
    while (*at != '\0') {
        size_t length = base_json_character(at);

        if (length == 0) {
            fputs("\\ufffd", out);
            at++;
        } else if (length > 1) {
            fwrite(at, 1, length, out);
            at += length;
        } else if (*at == '"' || *at == '\\') {
            fprintf(out, "\\%c", *at++);
        } else if (*at < 0x20 || *at == '<' || *at == 0x7f) {
            fprintf(out, "\\u%04x", *at++);
        } else {
            putc(*at++, out);
        }
    }
    putc('"', out);
}

/* What stands before a value: a comma, and its key. */
static void begin_value(struct base_json *json, const char *key)
{
    if (json->depth > 0) {
        bool *begun = &json->begun[json->depth - 1];

        CORE_ASSERT((key != NULL) == (json->close[json->depth - 1] == '}'));
        if (*begun) {
            putc(',', json->out);
        }
        *begun = true;
    }
    if (key != NULL) {
        base_json_put(json->out, key);
        putc(':', json->out);
    }
}

static void open_level(struct base_json *json, const char *key, char open, char close)
{
    begin_value(json, key);
    CORE_ASSERT(json->depth < BASE_JSON_DEPTH);
    putc(open, json->out);
    json->close[json->depth] = close;
    json->begun[json->depth] = false;
    json->depth++;
}

void base_json_object(struct base_json *json, const char *key)
{
    open_level(json, key, '{', '}');
}

void base_json_array(struct base_json *json, const char *key)
{
    open_level(json, key, '[', ']');
}

void base_json_end(struct base_json *json)
{
    CORE_ASSERT(json->depth > 0);
    putc(json->close[--json->depth], json->out);
}

void base_json_line(struct base_json *json)
{
    if (json->depth > 0 && json->begun[json->depth - 1]) {
        putc(',', json->out);
        json->begun[json->depth - 1] = false;
    }
    putc('\n', json->out);
}

void base_json_string(struct base_json *json, const char *key, const char *text)
{
    begin_value(json, key);
    if (text == NULL) {
        fputs("null", json->out);
    } else {
        base_json_put(json->out, text);
    }
}

void base_json_unsigned(struct base_json *json, const char *key, uint64_t number)
{
    begin_value(json, key);
    fprintf(json->out, "%" PRIu64, number);
}

void base_json_signed(struct base_json *json, const char *key, int64_t number)
{
    begin_value(json, key);
    fprintf(json->out, "%" PRId64, number);
}

void base_json_thousandths(struct base_json *json, const char *key, uint64_t number)
{
    begin_value(json, key);
    fprintf(json->out, "%" PRIu64 ".%03" PRIu64, number / 1000, number % 1000);
}

void base_json_bool(struct base_json *json, const char *key, bool value)
{
    begin_value(json, key);
    fputs(value ? "true" : "false", json->out);
}

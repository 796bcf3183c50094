#pragma once
/* json.h - writes JSON to a stream.
 *
 *     struct base_json json;
 *     base_json_init(&json, out);
 *     base_json_object(&json, NULL);
 *     base_json_string(&json, "name", "uart");
 *     base_json_array(&json, "counts");
 *     base_json_unsigned(&json, NULL, 12);
 *     base_json_end(&json);
 *     base_json_end(&json);
 *
 * Rules:
 * - inside an object each value has a key, inside an array none (NULL)
 * - texts are UTF-8; what is not becomes U+FFFD. '<' is escaped, so that the result may stand in a
 *   script of an HTML page
 * - errors are the stream's: ask ferror
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define BASE_JSON_DEPTH 32

struct base_json {
    FILE *out;
    unsigned depth;
    char close[BASE_JSON_DEPTH]; /* '}' or ']' for each level that is open */
    bool begun[BASE_JSON_DEPTH]; /* that level has a value */
};

void base_json_init(struct base_json *json, FILE *out);
void base_json_object(struct base_json *json, const char *key);
void base_json_array(struct base_json *json, const char *key);
void base_json_end(struct base_json *json);
/* base_json_line: a line end before the next value, for people who look into the file. */
void base_json_line(struct base_json *json);

/* base_json_put: a text in its quotes, for who writes the rest himself.
 * base_json_character: how many bytes of well-formed UTF-8 stand here; 0: none. */
void base_json_put(FILE *out, const char *text);
size_t base_json_character(const unsigned char *text);

/* base_json_string: NULL is null. */
void base_json_string(struct base_json *json, const char *key, const char *text);
void base_json_unsigned(struct base_json *json, const char *key, uint64_t number);
void base_json_signed(struct base_json *json, const char *key, int64_t number);
/* base_json_thousandths: 1234567 is 1234.567, without rounding. */
void base_json_thousandths(struct base_json *json, const char *key, uint64_t number);
void base_json_bool(struct base_json *json, const char *key, bool value);

/* rtl_name_expression.c - names against expressions with wildcards.
 * All ways through the expression are followed at once: a bit for each place in it that may come next. The name
 * is walked once, and its end is one more step, at which some wildcards match nothing.
 */
#include <ntifs.h>

#include <stdlib.h>
#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/rtl/string/rtl_case.h"

#define PLACES_ON_STACK 256u

/* Either kind of string. */
struct name_text {
    const void *text;
    size_t count;
    bool is_wide;
};

static WCHAR name_at(const struct name_text *name, size_t index)
{
    return name->is_wide ? ((PCWCH)name->text)[index] : ((const UCHAR *)name->text)[index];
}

struct name_match {
    struct name_text expression, name;
    PCWCH table;
    BOOLEAN ignore_case;
    UCHAR *now, *next; /* one byte a place */
};

static WCHAR match_character(const struct name_match *match, size_t index)
{
    WCHAR character = name_at(&match->name, index);

    if (!match->ignore_case) {
        return character;
    }
    return match->table != NULL ? match->table[character] : rtl_upcase(character);
}

static bool match_has_period(const struct name_match *match, size_t from)
{
    while (from < match->name.count && name_at(&match->name, from) != L'.') {
        from++;
    }
    return from < match->name.count;
}

/* The places that follow this one for a character; is_end: behind the last. */
static void match_place(struct name_match *match, size_t place, size_t at, WCHAR character)
{
    bool is_end = at == match->name.count;

    switch (name_at(&match->expression, place)) {
    case L'*':
        match->now[place + 1] = 1;
        match->next[place] = !is_end;
        break;
    case DOS_STAR:
        match->now[place + 1] = 1;
        if (!is_end && (character != L'.' || match_has_period(match, at + 1))) {
            match->next[place] = 1;
        }
        break;
    case DOS_QM:
        if (is_end || character == L'.') {
            match->now[place + 1] = 1;
        } else {
            match->next[place + 1] = 1;
        }
        break;
    case DOS_DOT:
        if (is_end) {
            match->now[place + 1] = 1;
        } else if (character == L'.') {
            match->next[place + 1] = 1;
        }
        break;
    case L'?':
        match->next[place + 1] |= !is_end;
        break;
    default:
        match->next[place + 1] |= !is_end && name_at(&match->expression, place) == character;
        break;
    }
}

static BOOLEAN match_run(struct name_match *match)
{
    size_t places = match->expression.count;

    match->now[0] = 1;
    for (size_t at = 0; at <= match->name.count; at++) {
        bool is_end = at == match->name.count;
        WCHAR character = is_end ? L'\0' : match_character(match, at);

        memset(match->next, 0, places + 1);
        for (size_t place = 0; place < places; place++) {
            if (match->now[place] != 0) {
                match_place(match, place, at, character);
            }
        }
        if (!is_end) {
            UCHAR *done = match->now;

            match->now = match->next;
            match->next = done;
        }
    }
    return match->now[places] != 0;
}

static BOOLEAN match_begin(struct name_match *match)
{
    UCHAR small[2 * PLACES_ON_STACK] = {0};
    size_t size = match->expression.count + 1;
    UCHAR *places = size <= PLACES_ON_STACK ? small : calloc(2, size);
    BOOLEAN matches;

    if (places == NULL) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    }
    match->now = places;
    match->next = places + size;
    matches = match_run(match);
    match->now = match->next = NULL;
    if (places != small) {
        free(places);
    }
    return matches;
}

static struct name_text name_of_wide(PCUNICODE_STRING string)
{
    return (struct name_text){string->Buffer, string->Length / sizeof(WCHAR), true};
}

BOOLEAN FsRtlIsNameInExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name,
                                BOOLEAN IgnoreCase, PWCH UpcaseTable)
{
    struct name_match match = {.table = UpcaseTable, .ignore_case = IgnoreCase};

    if (!API(PASSIVE_LEVEL) || !ke_check_address(Expression, "an expression", __func__) ||
        !ke_check_address(Name, "a name", __func__)) {
        return FALSE;
    }
    match.expression = name_of_wide(Expression);
    match.name = name_of_wide(Name);
    if (match.expression.count == 0 || match.name.count == 0) {
        return match.expression.count == match.name.count;
    }
    return match_begin(&match);
}

BOOLEAN FsRtlIsDbcsInExpression(PANSI_STRING Expression, PANSI_STRING Name)
{
    struct name_match match = {.ignore_case = FALSE};

    if (!API(PASSIVE_LEVEL) || !ke_check_address(Expression, "an expression", __func__) ||
        !ke_check_address(Name, "a name", __func__)) {
        return FALSE;
    }
    match.expression = (struct name_text){Expression->Buffer, Expression->Length, false};
    match.name = (struct name_text){Name->Buffer, Name->Length, false};
    if (match.expression.count == 0 || match.name.count == 0) {
        return match.expression.count == match.name.count;
    }
    return match_begin(&match);
}

/* subject.c - a growing array of subjects, and an open-addressed table from keys to their numbers.
 * Forgetting a key leaves a grave in the table (number 0, in use) that the next rehash drops.
 */
#include "base/trace/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/lock.h"

#define FIRST_CELLS    1024u
#define FIRST_SUBJECTS 256u

struct cell {
    uint64_t key;
    const void *match;
    uint32_t number; /* 0: empty, or a grave */
    uint16_t kind;
    uint16_t used;
};

/* Key: (l) subjects.lock */
static struct {
    struct base_lock lock;
    struct base_subject *all;                 /* (l) all[0] is the first */
    uint32_t count, room;                     /* (l) */
    struct cell *cells;                       /* (l) */
    uint32_t cell_count;                      /* (l) a power of two, or 0 */
    uint32_t cells_used;                      /* (l) graves too */
    uint32_t next_number[BASE_SUBJECT_KINDS]; /* (l) for those whose type gives them none */
} subjects = {.lock = {.rank = BASE_RANK_RECORD}};

static uint32_t cell_hash(enum base_subject_kind kind, uint64_t key)
{
    uint64_t hash = (key ^ (uint64_t)kind << 58) * 0x9e3779b97f4a7c15ULL;

    return (uint32_t)(hash >> 32);
}

/* The cell of the key, or the empty one where its chain ends; NULL without a table. The routine is
 * no part of the hash: forgetting must find all of a key in one chain. */
static struct cell *cell_of(enum base_subject_kind kind, uint64_t key, const void *match)
{
    uint32_t mask = subjects.cell_count - 1;

    if (subjects.cell_count == 0) {
        return NULL;
    }
    for (uint32_t i = cell_hash(kind, key) & mask;; i = (i + 1) & mask) {
        struct cell *cell = &subjects.cells[i];

        if (!cell->used ||
            (cell->number != 0 && cell->key == key && cell->match == match && cell->kind == kind)) {
            return cell;
        }
    }
}

static bool cells_grow(void)
{
    struct cell *old = subjects.cells;
    uint32_t old_count = subjects.cell_count;
    uint32_t count = old_count == 0 ? FIRST_CELLS : old_count;
    struct cell *cells;

    if (subjects.count * 4 >= count) { /* else most of what is used are graves */
        count *= 2;
    }
    cells = calloc(count, sizeof(*cells));
    if (cells == NULL) {
        return false;
    }
    subjects.cells = cells;
    subjects.cell_count = count;
    subjects.cells_used = 0;
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i].number != 0) {
            *cell_of((enum base_subject_kind)old[i].kind, old[i].key, old[i].match) = old[i];
            subjects.cells_used++;
        }
    }
    free(old);
    return true;
}

static bool subjects_grow(void)
{
    uint32_t room = subjects.room == 0 ? FIRST_SUBJECTS : subjects.room * 2;
    struct base_subject *all = realloc(subjects.all, room * sizeof(*all));

    if (all != NULL) {
        subjects.all = all;
        subjects.room = room;
    }
    return all != NULL;
}

uint32_t base_subject_find(enum base_subject_kind kind, uint64_t key, const void *routine)
{
    const struct cell *cell;
    uint32_t number;

    base_lock_acquire(&subjects.lock);
    cell = cell_of(kind, key, routine);
    number = cell != NULL ? cell->number : 0;
    base_lock_release(&subjects.lock);
    return number;
}

/* The cell of a key, with room in the table for it; NULL: no memory. */
static struct cell *cell_for(enum base_subject_kind kind, uint64_t key, const void *match)
{
    if ((subjects.cells_used + 1) * 2 > subjects.cell_count && !cells_grow()) {
        return NULL;
    }
    return cell_of(kind, key, match);
}

static void cell_fill(struct cell *cell, enum base_subject_kind kind, uint64_t key,
                      const void *match, uint32_t number)
{
    *cell = (struct cell){
        .key = key, .match = match, .kind = (uint16_t)kind, .number = number, .used = 1};
    subjects.cells_used++;
}

static uint32_t subject_add_locked(const struct base_subject *subject, const void *match)
{
    struct cell *cell = cell_for(subject->kind, subject->key, match);
    struct base_subject *added;

    if (cell == NULL || (subjects.count == subjects.room && !subjects_grow())) {
        return BASE_SUBJECT_NONE;
    }
    if (cell->number != 0) { /* another thread saw it at the same time */
        return cell->number;
    }
    added = &subjects.all[subjects.count++];
    *added = *subject;
    if (added->number == 0) {
        added->number = ++subjects.next_number[subject->kind];
    }
    cell_fill(cell, subject->kind, subject->key, match, subjects.count);
    return subjects.count;
}

uint32_t base_subject_add(const struct base_subject *subject, const void *match)
{
    uint32_t number;

    base_lock_acquire(&subjects.lock);
    number = subject_add_locked(subject, match);
    base_lock_release(&subjects.lock);
    return number;
}

void base_subject_hide(enum base_subject_kind kind, uint64_t key, const void *routine)
{
    struct cell *cell;

    base_lock_acquire(&subjects.lock);
    cell = cell_for(kind, key, routine);
    if (cell != NULL && cell->number == 0) {
        cell_fill(cell, kind, key, routine, BASE_SUBJECT_HIDDEN);
    }
    base_lock_release(&subjects.lock);
}

void base_subject_forget(enum base_subject_kind kind, uint64_t key)
{
    base_lock_acquire(&subjects.lock);
    if (subjects.cell_count != 0) {
        uint32_t mask = subjects.cell_count - 1;

        for (uint32_t i = cell_hash(kind, key) & mask; subjects.cells[i].used; i = (i + 1) & mask) {
            if (subjects.cells[i].key == key && subjects.cells[i].kind == kind) {
                subjects.cells[i].number = 0;
            }
        }
    }
    base_lock_release(&subjects.lock);
}

void base_subject_forget_all(void)
{
    base_lock_acquire(&subjects.lock);
    if (subjects.cell_count != 0) {
        memset(subjects.cells, 0, subjects.cell_count * sizeof(*subjects.cells));
    }
    subjects.cells_used = 0;
    base_lock_release(&subjects.lock);
}

void base_subject_clear(void)
{
    base_subject_forget_all();
    for (uint32_t i = 0; i < subjects.count; i++) {
        free(subjects.all[i].name);
    }
    subjects.count = 0;
    memset(subjects.next_number, 0, sizeof(subjects.next_number));
}

struct base_subject *base_subject_at(uint32_t number)
{
    return number == 0 || number > subjects.count ? NULL : &subjects.all[number - 1];
}

uint32_t base_subject_count(void)
{
    return subjects.count;
}

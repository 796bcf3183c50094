#pragma once
/* fx_dump.h - the tree of framework objects as text, JSON and Graphviz' DOT.
 * Only while nothing runs in the machine: between two runs, after it was stopped, or in a test's own
 * task. Every object that has not been freed is in it, deleted ones that somebody references too.
 */
#include <stdio.h>

#include "wdf/object/fx_object.h"

/* fx_dump_objects: one line an object, indented below its parent: type, number, contexts, state,
 * what the type says of itself, references. Objects without a parent come first. The caller frees
 * the text with free(); NULL: no memory. */
char *fx_dump_objects(void);

/* fx_dump_text: the same, with handles, who created each object, and who holds references.
 * fx_dump_json: {"objects": [...]}, a parent before its children.
 * fx_dump_dot: a digraph with an edge from each parent to each child; who created it shows as its tooltip. */
void fx_dump_text(FILE *out);
void fx_dump_json(FILE *out);
void fx_dump_dot(FILE *out);

/* fx_dump_each: call `each` for every object, a parent before its children. */
void fx_dump_each(void (*each)(const struct fx_object *object, int depth, void *context),
                  void *context);

/* fx_dump_deleter: the call that deleted it first; NULL: none did. */
const void *fx_dump_deleter(const struct fx_object *object);

/* fx_dump_words: what the type says of the object's state: "queued"; "" if nothing. */
void fx_dump_words(const struct fx_object *object, char *text, size_t size);

#pragma once
/* fx_dump.h - the tree of framework objects as text. */

/* fx_dump_objects: one line an object, indented below its parent: type, number, contexts, state,
 * what the type says of itself, references. Objects without a parent come first. The caller frees
 * the text with free(); NULL: no memory. */
char *fx_dump_objects(void);

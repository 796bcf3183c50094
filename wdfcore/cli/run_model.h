#pragma once
/* run_model.h - device models that are not built in. */

/* run_load_model: open the file of a model, which registers itself.
 *   Returns  0, or EINVAL: what is wrong has been printed */
int run_load_model(const char *path);

#pragma once
/* fx_walk.h - the two walks of a deletion, for who goes on with what had to wait.
 */
#include "wdf/object/fx_object.h"

/* fx_walk_dispose: clean up the tree; what is DISPOSED is skipped. false: it stopped where the IRQL
 * or the context forbids to go on; call it again from the dispose worker. */
bool fx_walk_dispose(struct fx_object *root);

/* fx_walk_destroy: destroy the tree: the framework gives up its references. The root may be gone
 * when it returns. fx_walk_destroy_children: all but the root. */
void fx_walk_destroy(struct fx_object *root);
void fx_walk_destroy_children(struct fx_object *root);

/* fx_object_destroy: the object has no reference left: EvtDestroyCallbacks, then it is freed. */
void fx_object_destroy(struct fx_object *object);

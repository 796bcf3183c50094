/* fx_state.c         deletion begins   cleaned up   framework's reference   last reference
 *                    (own or parent's)              is given up             goes
 *   CREATED          DISPOSING         !            !                       !
 *   DISPOSING        -                 DISPOSED     !                       !
 *   DISPOSED         -                 !            DELETED                 !
 *   DELETED          -                 !            !                       DESTROYED
 *   DESTROYED        report            !            !                       !  (then freed)
 * - nothing happens (but WdfObjectDeletedTwice when the driver deletes again), ! a bug of ours,
 * report: WdfObjectUseAfterDelete.
 *
 * Windows' names for what is here a state with flags: Created; DisposingEarly,
 * DisposingDisposeChildren, DeletedDisposing and the Waiting... states are DISPOSING; Defered...
 * are DISPOSING or DESTROYED with FX_OBJECT_DEFERRED; DeletedAndDisposed is DELETED.
 *
 * Invariants:
 * - an object that is not CREATED gets no child and no context
 * - all children of a DISPOSED object are DISPOSED; a DELETED object has none
 * - FX_OBJECT_DEFERRED: the object has no parent and is on exactly one dispose list
 */
#include "wdf/object/fx_state.h"

const char *fx_state_name(enum fx_state state)
{
    static const char *const names[FX_STATE_COUNT] = {
        [FX_STATE_CREATED] = "created",     [FX_STATE_DISPOSING] = "disposing",
        [FX_STATE_DISPOSED] = "disposed",   [FX_STATE_DELETED] = "deleted",
        [FX_STATE_DESTROYED] = "destroyed",
    };

    return names[state];
}

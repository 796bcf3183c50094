#include "wdf/frame/fx_work.h"

#include "nt/io/deferred/io_workitem.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_object.h"
#include "wdf/frame/fx_record.h"

void fx_work_init(struct fx_work *work, struct fx_object *object,
                  void (*run)(struct fx_object *object), const void *routine)
{
    ke_record_forget(BASE_SUBJECT_WORK, &work->item);
    work->object = object;
    work->run = run;
    work->routine = routine;
}

/* One run is over. The object's reference goes last: the work is part of the object. */
static void work_over(struct fx_work *work)
{
    struct fx_object *object = work->object;
    struct fx_globals *globals = object->globals;
    struct fx_waiter *waiters = NULL;
    struct fx_waiter *unloaders = NULL;

    fx_tree_lock();
    __atomic_store_n(&work->active, work->active - 1, __ATOMIC_RELAXED);
    if (work->active == 0) {
        waiters = fx_waiters_detach(&work->over);
    }
    fx_tree_unlock();
    fx_waiters_wake(waiters);
    fx_object_deref(object);
    fx_tree_lock();
    if (--globals->works == 0) {
        unloaders = fx_waiters_detach(&globals->works_over);
    }
    fx_tree_unlock();
    fx_waiters_wake(unloaders);
}

static VOID work_routine(PVOID context)
{
    struct fx_work *work = context;

    fx_tree_lock();
    work->queued = false;
    fx_tree_unlock();
    work->run(work->object);
    work_over(work);
}

static void work_target(const void *context, struct ke_about *about)
{
    const struct fx_work *work = context;

    fx_about_target(about, work->object, work->routine);
}

static struct ke_trampoline work_trampoline = {.routine = (const void *)(uintptr_t)work_routine,
                                               .target = work_target};

__attribute__((constructor)) static void work_register(void)
{
    ke_trampoline_register(&work_trampoline);
}

enum fx_work_answer fx_work_offer(struct fx_work *work)
{
    enum fx_work_answer answer;

    fx_tree_lock();
    if (work->queued) {
        answer = FX_WORK_WAITS;
    } else if (work->closed) {
        answer = FX_WORK_REFUSED;
    } else {
        answer = FX_WORK_QUEUED;
        work->queued = true;
        __atomic_store_n(&work->active, work->active + 1, __ATOMIC_RELAXED);
        work->object->globals->works++;
        fx_object_ref(work->object); /* dropped by work_over */
    }
    fx_tree_unlock();
    if (answer == FX_WORK_QUEUED) {
        io_work_queue(&work->item, work_routine, work);
    }
    return answer;
}

void fx_work_close(struct fx_work *work)
{
    fx_tree_lock();
    work->closed = true;
    fx_tree_unlock();
}

static bool work_is_active(const void *context)
{
    return fx_work_is_active(context);
}

void fx_work_wait(struct fx_work *work, const char *what)
{
    fx_wait_while(&work->over, work_is_active, work, what);
}

#include "host/host_aside.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#define ASIDE_STACK (1u << 20)

struct aside {
    void (*run)(void *);
    void *context;
};

static void *aside_main(void *context)
{
    const struct aside *aside = context;

    aside->run(aside->context);
    return NULL;
}

void host_aside_run(void (*run)(void *), void *context)
{
    struct aside aside = {.run = run, .context = context};
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_t thread;

    if (pthread_attr_init(&attributes) != 0) {
        run(context);
        return;
    }
    pthread_attr_setstacksize(&attributes, ASIDE_STACK);
    /* Signals are for the thread that runs the machine. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&thread, &attributes, aside_main, &aside) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (started) {
        pthread_join(thread, NULL);
    } else {
        run(context);
    }
}

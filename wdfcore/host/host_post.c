/* host_post.c - work handed from the loop (or from anywhere) to a context of the machine. First in,
 * first out; a post is off the list before it is delivered, so it may be posted again.
 */
#include <stddef.h>

#include "base/lock.h"
#include "host/host_internal.h"
#include "host/host_scheduler.h"

/* With the lock; first is looked at without. */
static struct {
    struct base_lock lock;
    struct host_post *first;
    struct host_post **end;
} posts = {.lock = {.rank = BASE_RANK_HOST}, .end = &posts.first};

void host_posts_reset(void)
{
    for (struct host_post *post = posts.first; post != NULL; post = post->next) {
        post->queued = false;
    }
    posts.first = NULL;
    posts.end = &posts.first;
}

void host_post(struct host_post *post)
{
    base_lock_acquire(&posts.lock);
    if (post->queued) {
        base_lock_release(&posts.lock);
        return;
    }
    post->queued = true;
    post->next = NULL;
    __atomic_store_n(posts.end, post, __ATOMIC_SEQ_CST);
    posts.end = &post->next;
    base_lock_release(&posts.lock);
    host.scheduler->posted();
}

bool host_posts_pending(void)
{
    return __atomic_load_n(&posts.first, __ATOMIC_SEQ_CST) != NULL;
}

static struct host_post *post_take(void)
{
    struct host_post *post;

    base_lock_acquire(&posts.lock);
    post = posts.first;
    if (post != NULL) {
        __atomic_store_n(&posts.first, post->next, __ATOMIC_SEQ_CST);
        if (post->next == NULL) {
            posts.end = &posts.first;
        }
        post->queued = false;
    }
    base_lock_release(&posts.lock);
    return post;
}

void host_posts_deliver(void)
{
    struct host_post *post;

    while ((post = post_take()) != NULL) {
        post->deliver(post->context);
    }
}

void host_post_cancel(struct host_post *post)
{
    struct host_post **link = &posts.first;

    base_lock_acquire(&posts.lock);
    if (!post->queued) {
        base_lock_release(&posts.lock);
        return;
    }
    while (*link != post) {
        link = &(*link)->next;
    }
    __atomic_store_n(link, post->next, __ATOMIC_SEQ_CST);
    if (posts.end == &post->next) {
        posts.end = link;
    }
    post->queued = false;
    base_lock_release(&posts.lock);
}

/* host_post.c - work handed from the loop (or from anywhere) to a context of the machine. First in,
 * first out; a post is off the list before it is delivered, so it may be posted again.
 */
#include <stddef.h>

#include "host/host_internal.h"
#include "host/host_loop.h"

static struct {
    struct host_post *first;
    struct host_post **end;
} posts = {.end = &posts.first};

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
    if (post->queued) {
        return;
    }
    post->queued = true;
    post->next = NULL;
    *posts.end = post;
    posts.end = &post->next;
    if (host.turn != HOST_NO_PROCESSOR) {
        host.config.upcalls.attention(host.turn);
    } else if (!host.driving) {
        host_loop_poke();
    }
}

bool host_posts_pending(void)
{
    return posts.first != NULL;
}

void host_posts_deliver(void)
{
    while (posts.first != NULL) {
        struct host_post *post = posts.first;

        posts.first = post->next;
        if (posts.first == NULL) {
            posts.end = &posts.first;
        }
        post->queued = false;
        post->deliver(post->context);
    }
}

void host_post_cancel(struct host_post *post)
{
    struct host_post **link = &posts.first;

    if (!post->queued) {
        return;
    }
    while (*link != post) {
        link = &(*link)->next;
    }
    *link = post->next;
    if (posts.end == &post->next) {
        posts.end = link;
    }
    post->queued = false;
}

/* model_stream.c - a model's stream to the outside: host's stream with the events delivered under
 * the instance's lock.
 */
#include <stdlib.h>

#include "host/host.h"
#include "host/stream/host_stream.h"
#include "model/model_private.h"

/* A device that was pulled out hears nothing any more. */
static void stream_call(struct wc_model_stream *stream, void (*callback)(void *device))
{
    struct hal_device *hal = &stream->model->hal;

    if (callback == NULL) {
        return;
    }
    hal_device_enter(hal);
    if (!hal->absent) {
        callback(hal->context);
    }
    hal_device_leave(hal);
}

static void stream_readable(void *context)
{
    struct wc_model_stream *stream = context;

    stream_call(stream, stream->ops.readable);
}

static void stream_writable(void *context)
{
    struct wc_model_stream *stream = context;

    stream_call(stream, stream->ops.writable);
}

static void stream_connected(void *context)
{
    struct wc_model_stream *stream = context;

    stream_call(stream, stream->ops.connected);
}

static void stream_hangup(void *context)
{
    struct wc_model_stream *stream = context;

    stream_call(stream, stream->ops.hangup);
}

struct wc_model_stream *wc_model_open_stream(struct wc_model *model, const char *spec,
                                             const struct wc_model_stream_ops *ops)
{
    static const struct host_stream_events events = {stream_readable, stream_writable,
                                                     stream_connected, stream_hangup};
    struct wc_model_stream **end = &model->streams;
    struct wc_model_stream *stream;
    char reason[256];

    CORE_ASSERT(!model->created);
    if (host_stream_spec_is_real(spec) && host_clock_is_virtual()) {
        wc_model_fail(model, "stream %s needs the real clock, this machine has the virtual one",
                      spec);
        return NULL;
    }
    stream = calloc(1, sizeof(*stream));
    if (stream == NULL) {
        wc_model_fail(model, "no memory");
        return NULL;
    }
    stream->model = model;
    stream->ops = *ops;
    stream->host = host_stream_open(spec, &events, stream, reason, sizeof(reason));
    if (stream->host == NULL) {
        wc_model_fail(model, "%s", reason);
        free(stream);
        return NULL;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = stream;
    return stream;
}

void model_streams_close(struct wc_model *model)
{
    while (model->streams != NULL) {
        struct wc_model_stream *stream = model->streams;

        model->streams = stream->next;
        host_stream_close(stream->host);
        free(stream);
    }
}

struct host_stream *model_stream(const struct wc_model *model, unsigned index)
{
    const struct wc_model_stream *stream = model->streams;

    while (stream != NULL && index-- > 0) {
        stream = stream->next;
    }
    return stream != NULL ? stream->host : NULL;
}

size_t wc_model_stream_read(struct wc_model_stream *stream, void *data, size_t size)
{
    return host_stream_read(stream->host, data, size);
}

size_t wc_model_stream_write(struct wc_model_stream *stream, const void *data, size_t size)
{
    return host_stream_write(stream->host, data, size);
}

size_t wc_model_stream_readable(const struct wc_model_stream *stream)
{
    return host_stream_readable(stream->host);
}

size_t wc_model_stream_room(const struct wc_model_stream *stream)
{
    return host_stream_room(stream->host);
}

bool wc_model_stream_is_connected(const struct wc_model_stream *stream)
{
    return host_stream_is_connected(stream->host);
}

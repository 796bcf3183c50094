/* model_blocklink.c - a line that moves bytes in blocks, each by a command and an interrupt; a block
 * can fail, and can arrive damaged. For drivers with several queues, retries and large transfers.
 *
 *   offset  read                                       write
 *   0x00    events: 1 received, 2 sent, 4 answered     acknowledge these
 *   0x04    the events that interrupt                  the same
 *   0x08    outcome of the last receive                receive up to n bytes (1 to 512)
 *   0x0c    outcome of the last send                   send the first n bytes of the send buffer
 *   0x10    how many bytes wait to be received         abort: 1 the receive, 2 the send
 *   0x14    CRC-32 of all received since it was reset  anything: reset it
 *   0x18    the answer to the last question            ask: 1 blocks received, 2 sent, 3 failed
 *   0x200   512 bytes: what was received               -
 *   0x400   -                                          512 bytes: what is to be sent
 *
 * Outcome: bits 0 to 15 how many bytes moved; bit 31: it failed and none did; bit 30: it was aborted.
 * Registers are 32 bits wide, buffers have any width. A receive waits for at least one byte.
 * Resources: 0x600 bytes of memory, one irq (level). The line is a stream.
 */
#include <stdlib.h>
#include <string.h>

#include <wdfcore/model.h>

#define BLOCK_SIZE 512u

enum { EVENTS = 0, MASK = 4, RECEIVE = 8, SEND = 0xc, WAITING = 0x10, CRC = 0x14, ASK = 0x18 };
enum { RECEIVE_BUFFER = 0x200, SEND_BUFFER = 0x400, WINDOW_SIZE = 0x600 };
enum { RECEIVED = 1, SENT = 2, ANSWERED = 4 };

#define OUTCOME_FAILED  0x80000000u
#define OUTCOME_ABORTED 0x40000000u

struct blocklink {
    struct wc_model *model;
    struct wc_model_stream *stream;
    struct wc_model_timer *receive_timer, *send_timer, *answer_timer;
    int line;
    uint64_t block_ns;    /* how long a block takes; 0: it is moved as soon as possible */
    uint64_t error_every; /* each such transfer fails; 0: none */
    uint64_t noise_every; /* each such received block is damaged after its CRC was taken */

    uint32_t events, mask;
    uint32_t wanted; /* bytes of the receive that is going on; 0: none */
    uint32_t receive_outcome;
    uint32_t size; /* bytes of the send that is going on; 0: none */
    bool sending;  /* its turn has come: the stream takes what it can */
    uint32_t sent; /* of them, taken by the stream */
    uint32_t send_outcome;
    uint32_t question, answer;
    uint32_t crc;
    uint64_t transfers, blocks_received, blocks_sent, failures;
    uint8_t receive_buffer[BLOCK_SIZE];
    uint8_t send_buffer[BLOCK_SIZE];
};

static void link_event(struct blocklink *link, uint32_t event)
{
    link->events |= event;
    wc_model_set_line(link->model, link->line, (link->events & link->mask) != 0);
    wc_model_set_busy(link->model, link->size > 0);
}

static bool is_nth(uint64_t count, uint64_t every)
{
    return every != 0 && count % every == 0;
}

/* Each transfer is counted once, when it comes to its turn. */
static bool link_transfer_fails(struct blocklink *link)
{
    if (!is_nth(++link->transfers, link->error_every)) {
        return false;
    }
    link->failures++;
    return true;
}

/* ---- receiving ---- */

static uint32_t crc_add(uint32_t crc, const uint8_t *data, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
        }
    }
    return ~crc;
}

static void link_receive(void *device)
{
    struct blocklink *link = device;

    if (link->wanted == 0 || wc_model_stream_readable(link->stream) == 0) {
        return;
    }
    if (link_transfer_fails(link)) {
        link->receive_outcome = OUTCOME_FAILED;
    } else {
        size_t count = wc_model_stream_read(link->stream, link->receive_buffer, link->wanted);

        link->crc = crc_add(link->crc, link->receive_buffer, count);
        if (is_nth(++link->blocks_received, link->noise_every)) {
            link->receive_buffer[count / 2] ^= 0x10;
        }
        link->receive_outcome = (uint32_t)count;
    }
    link->wanted = 0;
    link_event(link, RECEIVED);
}

/* ---- sending ---- */

static void link_send_end(struct blocklink *link, uint32_t outcome)
{
    link->send_outcome = outcome;
    link->size = 0;
    link->sending = false;
    link_event(link, SENT);
}

static void link_send_more(void *device)
{
    struct blocklink *link = device;

    if (!link->sending) {
        return;
    }
    link->sent += (uint32_t)wc_model_stream_write(link->stream, link->send_buffer + link->sent,
                                                  link->size - link->sent);
    if (link->sent == link->size) { /* else the stream says when there is room again */
        link->blocks_sent++;
        link_send_end(link, link->size);
    }
}

static void link_send(void *device)
{
    struct blocklink *link = device;

    if (link->size > 0 && !link->sending) {
        if (link_transfer_fails(link)) {
            link_send_end(link, OUTCOME_FAILED);
        } else {
            link->sending = true;
            link_send_more(link);
        }
    }
}

/* ---- questions ---- */

static void link_answer(void *device)
{
    struct blocklink *link = device;
    const uint64_t counts[] = {link->blocks_received, link->blocks_sent, link->failures};

    if (link->question != 0) {
        link->answer = link->question <= 3 ? (uint32_t)counts[link->question - 1] : 0;
        link->question = 0;
        link_event(link, ANSWERED);
    }
}

/* ---- registers ---- */

static void link_all(void *device)
{
    struct blocklink *link = device;

    link_receive(link);
    link_send(link);
    link_answer(link);
}

/* What was asked for happens by itself, later than the access that asked. */
static void link_go_on(struct blocklink *link, struct wc_model_timer *timer)
{
    if (link->block_ns == 0) {
        wc_model_soon(link->model, link_all);
    } else if (!wc_model_timer_is_set(timer)) {
        wc_model_timer_set(timer, link->block_ns);
    }
}

static void link_abort(struct blocklink *link, uint32_t which)
{
    if ((which & RECEIVED) != 0 && link->wanted > 0) {
        wc_model_timer_cancel(link->receive_timer);
        link->wanted = 0;
        link->receive_outcome = OUTCOME_ABORTED;
        link_event(link, RECEIVED);
    }
    if ((which & SENT) != 0 && link->size > 0) {
        wc_model_timer_cancel(link->send_timer);
        link_send_end(link, OUTCOME_ABORTED | link->sent);
    }
}

static void link_write_register(struct blocklink *link, uint64_t offset, uint32_t value)
{
    switch (offset) {
    case EVENTS:
        link->events &= ~value;
        link_event(link, 0);
        break;
    case MASK:
        link->mask = value;
        link_event(link, 0);
        break;
    case RECEIVE:
        link->wanted = value < BLOCK_SIZE ? value : BLOCK_SIZE;
        link_go_on(link, link->receive_timer);
        break;
    case SEND:
        link->size = value < BLOCK_SIZE ? value : BLOCK_SIZE;
        link->sent = 0;
        link_go_on(link, link->send_timer);
        break;
    case WAITING:
        link_abort(link, value);
        break;
    case CRC:
        link->crc = 0;
        break;
    case ASK:
        link->question = value;
        link_go_on(link, link->answer_timer);
        break;
    default:
        break;
    }
}

static uint32_t link_read_register(const struct blocklink *link, uint64_t offset)
{
    size_t waiting;

    switch (offset) {
    case EVENTS:
        return link->events;
    case MASK:
        return link->mask;
    case RECEIVE:
        return link->receive_outcome;
    case SEND:
        return link->send_outcome;
    case WAITING:
        waiting = wc_model_stream_readable(link->stream);
        return waiting < 0xffff ? (uint32_t)waiting : 0xffff;
    case CRC:
        return link->crc;
    case ASK:
        return link->answer;
    default:
        return 0;
    }
}

static uint64_t link_read(void *device, uint64_t offset, unsigned width)
{
    const struct blocklink *link = device;
    uint64_t value = 0;

    if (offset < RECEIVE_BUFFER) {
        return width == 4 ? link_read_register(link, offset) : 0;
    }
    if (offset + width <= SEND_BUFFER) {
        memcpy(&value, link->receive_buffer + (offset - RECEIVE_BUFFER), width);
    }
    return value;
}

static void link_write(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct blocklink *link = device;

    if (offset < RECEIVE_BUFFER && width == 4) {
        link_write_register(link, offset, (uint32_t)value);
    } else if (offset >= SEND_BUFFER && offset + width <= WINDOW_SIZE) {
        memcpy(link->send_buffer + (offset - SEND_BUFFER), &value, width);
    }
}

/* ---- life ---- */

static void link_readable(void *device)
{
    struct blocklink *link = device;

    if (link->wanted > 0) {
        link_go_on(link, link->receive_timer);
    }
}

static bool link_option(struct blocklink *link, const char *name, uint64_t *value)
{
    const char *text = wc_model_option(link->model, name);
    char *end;

    *value = 0;
    if (text == NULL) {
        return true;
    }
    *value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || *value > 1000000000) {
        wc_model_fail(link->model, "%s=%s: it is a number up to 1000000000", name, text);
        return false;
    }
    return true;
}

static bool link_create(struct wc_model *model, void *device)
{
    static const struct wc_model_window_ops window = {link_read, link_write};
    static const struct wc_model_stream_ops stream = {.readable = link_readable,
                                                      .writable = link_send_more};
    struct blocklink *link = device;
    const char *spec = wc_model_option(model, "line");

    link->model = model;
    if (!link_option(link, "block", &link->block_ns) ||
        !link_option(link, "errors", &link->error_every) ||
        !link_option(link, "noise", &link->noise_every) ||
        !wc_model_add_memory_window(model, WINDOW_SIZE, &window)) {
        return false;
    }
    link->line = wc_model_add_line(model, true);
    link->receive_timer = wc_model_add_timer(model, link_receive);
    link->send_timer = wc_model_add_timer(model, link_send);
    link->answer_timer = wc_model_add_timer(model, link_answer);
    if (link->line < 0 || link->receive_timer == NULL || link->send_timer == NULL ||
        link->answer_timer == NULL) {
        return false;
    }
    link->stream = wc_model_open_stream(model, spec != NULL ? spec : "loop", &stream);
    return link->stream != NULL;
}

static void link_reset(void *device)
{
    struct blocklink *link = device;

    wc_model_timer_cancel(link->receive_timer);
    wc_model_timer_cancel(link->send_timer);
    wc_model_timer_cancel(link->answer_timer);
    link->events = link->mask = 0;
    link->wanted = link->size = link->question = 0;
    link->sending = false;
    link->receive_outcome = link->send_outcome = link->answer = 0;
    link->crc = 0;
    link_event(link, 0);
}

static const struct wc_model_type blocklink = {
    .name = "blocklink",
    .help = "moves blocks of 512 bytes, which may fail: 0x600 bytes of memory, 1 irq",
    .options = "line=tcp:HOST:PORT|pty|stdio|loop|mem block=NS errors=EACH noise=EACH",
    .device_size = sizeof(struct blocklink),
    .create = link_create,
    .reset = link_reset,
};

WC_MODEL(blocklink)

#pragma once
/* model_fixture.h - a model in a machine of one processor on the virtual clock, reached from
 * outside through its register windows, without a driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/stream/host_stream.h"
#include "model/model_instance.h"
#include "nt/hal/hal_window.h"
#include "nt/interrupt/ke_line.h"
#include "nt/ke/ke_machine.h"

#define FIXTURE_PORT 0x3f8u
#define FIXTURE_IRQ  4u
#define TICK_NS      1000000u

struct model_fixture {
    struct wc_model *model;
    struct host_stream *far; /* its stream, NULL if it has none */
};

static inline struct wc_model *fixture_model(const char *spec, char *error, size_t size)
{
    static const struct model_range port = {FIXTURE_PORT, 8};
    static const struct model_range memory = {0xfe000000, 0x1000};
    static const uint32_t irq = FIXTURE_IRQ;
    const struct model_resources resources = {.ports = &port,
                                              .port_count = 1,
                                              .memory = &memory,
                                              .memory_count = 1,
                                              .irqs = &irq,
                                              .irq_count = 1};

    return model_create(spec, &resources, error, size);
}

static inline void fixture_machine(void)
{
    const struct ke_machine_config config = {
        .processors = 1, .clock = HOST_CLOCK_VIRTUAL, .tick_ns = TICK_NS, .clock_read_ns = 100};

    assert_int_equal(ke_machine_start(&config), 0);
}

static inline struct model_fixture *fixture_create(const char *spec)
{
    struct model_fixture *f = calloc(1, sizeof(*f));
    char error[256] = "";

    assert_non_null(f);
    fixture_machine();
    f->model = fixture_model(spec, error, sizeof(error));
    assert_string_equal(error, "");
    assert_non_null(f->model);
    f->far = model_stream(f->model, 0);
    return f;
}

static inline int fixture_delete(void **state)
{
    struct model_fixture *f = *state;

    model_delete(f->model);
    ke_machine_stop();
    free(f);
    return 0;
}

/* Until nothing is left to happen: stream events are delivered, timers expire. */
static inline void settle(void)
{
    assert_int_equal(ke_run(NULL, NULL), HOST_RUN_DONE);
}

/* Stream events only: time stands still. */
static inline void deliver(void)
{
    host_posts_deliver();
}

static inline uint8_t in(unsigned reg)
{
    struct hal_window *window = hal_window_find(HAL_SPACE_PORT, FIXTURE_PORT + reg, 1);

    assert_non_null(window);
    return (uint8_t)hal_window_read(window, FIXTURE_PORT + reg, 1);
}

static inline void out(unsigned reg, uint8_t value)
{
    struct hal_window *window = hal_window_find(HAL_SPACE_PORT, FIXTURE_PORT + reg, 1);

    assert_non_null(window);
    hal_window_write(window, FIXTURE_PORT + reg, 1, value);
}

static inline bool line_is_up(void)
{
    return ke_line_at(FIXTURE_IRQ)->asserting > 0;
}

/* hal_line.c - what the devices assert. Interrupt numbers map to DIRQL 3 to 11 so that lower irqs
 * are more urgent, and to vectors as x64 has them: the level in the upper four bits.
 */
#include "nt/hal/hal_line.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/assert.h"
#include "nt/interrupt/ke_line.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/record/ke_record.h"

#define LEVELS      9u /* DIRQL 3 to 11 */
#define LEVEL_FIRST 3u

struct hal_line_source {
    struct hal_line_source *prev, *next; /* all of the machine */
    struct hal_line *line;
    bool asserted;
    bool level_triggered;
};

struct base_lock ke_lines = {.rank = BASE_RANK_INTERRUPT};

static struct hal_line lines[HAL_MAX_LINES];
static struct hal_line_source *sources; /* with ke_lines */

uint8_t hal_irq_level(uint32_t irq)
{
    return (uint8_t)(LEVEL_FIRST + LEVELS - 1 - irq % LEVELS);
}

uint32_t hal_irq_vector(uint32_t irq)
{
    return (uint32_t)hal_irq_level(irq) << 4 | irq / LEVELS;
}

uint32_t hal_vector_irq(uint32_t vector)
{
    uint32_t level = vector >> 4;

    if (level < LEVEL_FIRST || level >= LEVEL_FIRST + LEVELS) {
        return HAL_MAX_LINES;
    }
    return (vector & 15) * LEVELS + (LEVEL_FIRST + LEVELS - 1 - level);
}

struct hal_line *ke_line_at(uint32_t irq)
{
    return irq < HAL_MAX_LINES ? &lines[irq] : NULL;
}

struct hal_line_source *hal_line_connect(uint32_t irq, bool level_triggered)
{
    struct hal_line_source *source;

    if (irq >= HAL_MAX_LINES) {
        return NULL;
    }
    source = calloc(1, sizeof(*source));
    if (source != NULL) {
        source->line = &lines[irq];
        source->level_triggered = level_triggered;
        base_lock_acquire(&ke_lines);
        source->line->level_triggered = level_triggered;
        source->line->sources++;
        DL_APPEND(sources, source);
        base_lock_release(&ke_lines);
    }
    return source;
}

void hal_line_disconnect(struct hal_line_source *source)
{
    if (source->level_triggered) {
        hal_line_set(source, false);
    }
    base_lock_acquire(&ke_lines);
    source->line->sources--;
    DL_DELETE(sources, source);
    base_lock_release(&ke_lines);
    free(source);
}

void hal_line_set(struct hal_line_source *source, bool asserted)
{
    struct hal_line *line = source->line;

    base_lock_acquire(&ke_lines);
    if (source->asserted == asserted) {
        base_lock_release(&ke_lines);
        return;
    }
    source->asserted = asserted;
    if (source->level_triggered) {
        CORE_ASSERT(asserted || line->asserting > 0);
        line->asserting += asserted ? 1u : ~0u;
    } else if (asserted) {
        line->edge = TRUE;
    }
    ke_event(BASE_EVENT_LINE, (const void *)(uintptr_t)(line->irq * 2 + asserted),
             KE_ABOUT(BASE_SUBJECT_LINE, line->irq, .type = "line", .number = line->irq + 1),
             line->irq * 2 + asserted);
    ke_line_changed_locked(line);
    base_lock_release(&ke_lines);
}

static void lines_start(void)
{
    memset(lines, 0, sizeof(lines));
    for (uint32_t irq = 0; irq < HAL_MAX_LINES; irq++) {
        lines[irq].irq = irq;
        InitializeListHead(&lines[irq].chain);
    }
}

/* What a stopped machine left wired. */
static void lines_stop(void)
{
    struct hal_line_source *source;
    struct hal_line_source *next;

    DL_FOREACH_SAFE (sources, source, next) {
        free(source);
    }
    sources = NULL;
}

static struct ke_machine_part lines_part = {.order = 0, .start = lines_start, .stop = lines_stop};

__attribute__((constructor)) static void lines_register(void)
{
    ke_machine_register(&lines_part);
}

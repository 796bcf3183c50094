#pragma once
/* hal_line.h - interrupt lines and messages as the device models see them. C types only: models
 * know nothing of NT. Delivery is ke_interrupt_deliver.c's. Rules for a line:
 * - a level line is asserted while any of its sources asserts it; an edge is remembered once
 * - changing a line only marks processors: no ISR runs inside hal_line_set
 */
#include <stdbool.h>
#include <stdint.h>

#define HAL_MAX_LINES 144u /* irq numbers of one machine, messages included */

struct hal_line_source; /* one device output wired to a line */

/* hal_line_connect: NULL when irq is not below HAL_MAX_LINES or memory is short. */
struct hal_line_source *hal_line_connect(uint32_t irq, bool level_triggered);
void hal_line_disconnect(struct hal_line_source *source);
/* hal_line_set: level: the source asserts the line or not; edge: a change to true is one edge. */
void hal_line_set(struct hal_line_source *source, bool asserted);

/* The interrupt resource of an irq: vector = DIRQL * 16 + n, unique for each irq. */
uint32_t hal_irq_vector(uint32_t irq);
uint8_t hal_irq_level(uint32_t irq);
/* hal_vector_irq: HAL_MAX_LINES if no irq has that vector. */
uint32_t hal_vector_irq(uint32_t vector);

/* template.h - what driver, model and applications agree on.
 *
 * The device doubles numbers, on each of its channels one at a time. A channel has two registers:
 *   offset  read                          write
 *   0       the number, doubled when done a number: begin
 *   4       1 when done                   anything: acknowledge
 * The interrupt line is raised while a channel is done and not acknowledged.
 */
#pragma once

#define TEMPLATE_CHANNELS 2

#define TEMPLATE_NUMBER 0 /* offsets, in units of 4 bytes */
#define TEMPLATE_STATUS 1
#define TEMPLATE_STRIDE 2
#define TEMPLATE_SIZE   (TEMPLATE_CHANNELS * TEMPLATE_STRIDE * 4)

/* Double a number: the input is a TEMPLATE_INPUT, the output 4 bytes. CTL_CODE(FILE_DEVICE_UNKNOWN,
 * 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS), spelled out for those that have no CTL_CODE. */
#define IOCTL_TEMPLATE_DOUBLE 0x00222000u

typedef struct _TEMPLATE_INPUT {
    unsigned int Channel;
    unsigned int Number;
} TEMPLATE_INPUT;

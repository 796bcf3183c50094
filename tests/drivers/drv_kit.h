#pragma once
/* drv_kit.h - what drv_kit.c and its tests agree on. */
#define KIT_QUEUES 2
#define KIT_CODE   0x00222004u /* the control code that it takes; all others are refused */

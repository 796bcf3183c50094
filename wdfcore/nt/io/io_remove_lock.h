#pragma once
/* io_remove_lock.h - what the I/O manager keeps about remove locks besides the locks themselves. */

/* io_remove_lock_stop: forget the tags. */
void io_remove_lock_stop(void);

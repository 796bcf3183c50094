#pragma once
/* ex_try.h - structured exceptions: the __try frames of each thread and the walk of an exception
 * through them. The macros that call it are in <excpt.h>.
 * Rules for a frame:
 * - on its thread's list from __try until its body ends; an exception sees those of the innermost
 *   driver routine only, so that a DPC never unwinds what it interrupted
 * - then, if an exception ended it, with its handler, or with its __finally block until that ends
 */
#include <excpt.h>
#include <wdm.h>

#include <stdbool.h>
#include <stdint.h>

/* ex_raise: to the innermost handler that takes it. Without one: UnhandledException, and the machine
 * stops where the exception was raised. The caller holds no internal lock. */
_Noreturn void ex_raise(const EXCEPTION_RECORD *record);
_Noreturn void ex_raise_status(NTSTATUS status, const void *address);
/* ex_raise_access: STATUS_ACCESS_VIOLATION as a fault at that address raises it. */
_Noreturn void ex_raise_access(const void *address, const void *code, bool write);

/* ex_probe_pages: touch each page of the range, as a fault would be seen; raises if one is not
 * there. write: it must be writable; nothing changes. */
void ex_probe_pages(const volatile void *address, SIZE_T length, bool write);

/* ex_try_is_open: the innermost driver routine is inside of a __try. ex_try_site: something in the
 * module of its source, or NULL. */
bool ex_try_is_open(PKTHREAD thread);
const void *ex_try_site(PKTHREAD thread);

/* ex_try_thread_ended: nobody runs on it any more. */
void ex_try_thread_ended(PKTHREAD thread);

/* ex_try_fault.c - a bad address inside of a __try statement: STATUS_ACCESS_VIOLATION, if the code
 * that touched it may be left. That is a driver's, or a function of the C library that it called
 * (RtlCopyMemory is memcpy); not a kernel routine, which may be in the middle of something.
 */
#include <dlfcn.h>

#include "base/lock.h"
#include "host/host_trap.h"
#include "nt/ex/ex_try.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

/* In a signal handler. Faults at DISPATCH_LEVEL cannot be handled on Windows, which stops. */
static bool fault_claim(const void *address)
{
    const struct ke_processor *self = ke_self;
    PKTHREAD thread = self->thread;

    (void)address;
    return thread != NULL && (thread->probing != NULL || ex_try_is_open(thread));
}

static const void *module_of(const void *address)
{
    Dl_info info;

    return dladdr(address, &info) != 0 ? info.dli_fbase : NULL;
}

/* Whether that code may be left: see above. Where library and driver are one module (a driver inside
 * a test program) there is no telling. */
static bool fault_may_raise(PKTHREAD thread, const void *code)
{
    const void *own = module_of((const void *)(uintptr_t)ex_raise);

    return module_of(code) != own || module_of(ex_try_site(thread)) == own;
}

static void fault_handle(const void *address, const void *code, bool write)
{
    PKTHREAD thread = ke_self->thread;
    char where[256];

    if (thread->probing != NULL) {
        thread->probing = NULL;
        ex_raise_access(address, code, write);
    }
    if (ke_self->irql < DISPATCH_LEVEL && fault_may_raise(thread, code)) {
        ex_raise_access(address, code, write);
    }
    base_lock_abandon();
    ke_report_name(code, where, sizeof(where));
    ke_violation(RULE_UnhandledException, ke_self->irql < DISPATCH_LEVEL ? 0x50 : 0xD1,
                 (uintptr_t)address, ke_self->irql, write, (uintptr_t)code,
                 "%s %s %p, where a fault cannot be handled", where, write ? "wrote to" : "read",
                 address);
}

void ex_probe_pages(const volatile void *address, SIZE_T length, bool write)
{
    PKTHREAD thread = ke_self->thread;
    volatile UCHAR *byte = (volatile UCHAR *)(uintptr_t)address;
    volatile UCHAR *last = byte + length - 1;

    thread->probing = address;
    for (;;) {
        if (write) {
            __atomic_fetch_or(byte, 0, __ATOMIC_RELAXED); /* a write that changes nothing */
        } else {
            (void)*byte;
        }
        if (PAGE_ALIGN(byte) == PAGE_ALIGN(last)) {
            break;
        }
        byte = (volatile UCHAR *)PAGE_ALIGN(byte) + PAGE_SIZE;
    }
    thread->probing = NULL;
}

static struct host_trap fault_trap = {.claim = fault_claim, .handle = fault_handle};

/* Before the others, so that it is asked last: it takes any address. */
__attribute__((constructor(101))) static void fault_register(void)
{
    host_trap_register(&fault_trap);
}

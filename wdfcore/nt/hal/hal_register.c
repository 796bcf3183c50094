/* hal_register.c - READ_PORT_*, WRITE_PORT_*, READ_REGISTER_*, WRITE_REGISTER_*: each is one access
 * to the window that owns the address, costs what the machine's configuration says, and is a window
 * of execution at its exit.
 */
#include <string.h>

#include "nt/hal/hal_memory.h"
#include "nt/hal/hal_window.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_window.h"
#include "nt/ke/report/ke_report.h"
#include "nt/mm/mm_iospace.h"

/* One end of an access: a window of registers, whose device is entered, or memory of the machine. */
struct register_place {
    struct hal_window *window;
    uint64_t address; /* in the window's space */
    void *memory;     /* instead of a window */
};

static inline void register_done(void)
{
    ke_charge(ke_self, ke_machine.config.register_access_ns);
    ke_window_point();
}

static void register_refuse(enum base_rule rule, const char *kind, uint64_t address, unsigned width,
                            const char *why)
{
    ke_violation(rule, 0, address, width, 0, 0, "%u-byte access to %s 0x%llx: %s", width, kind,
                 (unsigned long long)address, why);
}

static inline bool port_place(uint64_t address, unsigned width, struct register_place *place)
{
    if ((address & (width - 1)) != 0) {
        register_refuse(RULE_RegisterMisaligned, "port", address, width,
                        "the address is no multiple of the width");
        return false;
    }
    place->address = address;
    place->memory = NULL;
    place->window = hal_window_enter(HAL_SPACE_PORT, address, width);
    if (__builtin_expect(place->window != NULL, 1)) {
        return true;
    }
    if (hal_window_was_there(HAL_SPACE_PORT, address)) {
        register_refuse(RULE_RegisterStale, "port", address, width,
                        "the device that answered here is gone");
    } else {
        register_refuse(RULE_RegisterUnmapped, "port", address, width, "no device answers there");
    }
    return false;
}

static inline bool register_find(uint64_t virtual, unsigned width, struct register_place *place)
{
    place->memory = NULL;
    place->window = hal_window_enter(HAL_SPACE_MEMORY, place->address, width);
    if (__builtin_expect(place->window != NULL, 1)) {
        return true;
    }
    place->memory = hal_memory_at(place->address, width);
    if (place->memory != NULL) {
        return true;
    }
    if (hal_window_was_there(HAL_SPACE_MEMORY, place->address)) {
        register_refuse(RULE_RegisterStale, "register", virtual, width,
                        "the device that answered here is gone");
    } else {
        register_refuse(RULE_RegisterUnmapped, "register", virtual, width,
                        "no device answers at the physical address mapped there");
    }
    return false;
}

static inline bool register_place(const volatile void *pointer, unsigned width,
                                  struct register_place *place)
{
    uint64_t address = (uint64_t)(uintptr_t)pointer;
    enum mm_iospace_state state = mm_iospace_find(pointer, width, &place->address);

    if ((address & (width - 1)) != 0) {
        register_refuse(RULE_RegisterMisaligned, "register", address, width,
                        "the address is no multiple of the width");
        return false;
    }
    if (__builtin_expect(state == MM_IOSPACE_MAPPED, 1)) {
        return register_find(address, width, place);
    }
    if (state == MM_IOSPACE_UNMAPPED) {
        register_refuse(RULE_RegisterStale, "register", address, width,
                        "MmUnmapIoSpace has undone this mapping");
    } else {
        register_refuse(RULE_RegisterUnmapped, "register", address, width,
                        "MmMapIoSpace mapped nothing there");
    }
    return false;
}

static inline uint64_t place_read(const struct register_place *place, unsigned width)
{
    uint64_t value = 0;

    if (place->window != NULL) {
        return hal_window_read_leave(place->window, place->address, width);
    }
    memcpy(&value, place->memory, width);
    return value;
}

static inline void place_write(const struct register_place *place, unsigned width, uint64_t value)
{
    if (place->window != NULL) {
        hal_window_write_leave(place->window, place->address, width, value);
    } else {
        memcpy(place->memory, &value, width);
    }
}

static inline uint64_t port_read(const volatile void *port, unsigned width)
{
    struct register_place place;
    uint64_t value = UINT64_MAX;

    if (port_place((uint64_t)(uintptr_t)port, width, &place)) {
        value = place_read(&place, width);
    }
    register_done();
    return value;
}

static inline void port_write(const volatile void *port, unsigned width, uint64_t value)
{
    struct register_place place;

    if (port_place((uint64_t)(uintptr_t)port, width, &place)) {
        place_write(&place, width, value);
    }
    register_done();
}

static inline uint64_t register_read(const volatile void *address, unsigned width)
{
    struct register_place place;
    uint64_t value = UINT64_MAX;

    if (register_place(address, width, &place)) {
        value = place_read(&place, width);
    }
    register_done();
    return value;
}

static inline void register_write(volatile void *address, unsigned width, uint64_t value)
{
    struct register_place place;

    if (register_place(address, width, &place)) {
        place_write(&place, width, value);
    }
    register_done();
}

/* ---- ports ---- */

UCHAR READ_PORT_UCHAR(UCHAR *Port)
{
    if (!API(HIGH_LEVEL)) {
        return (UCHAR) ~(UCHAR)0;
    }
    return (UCHAR)port_read(Port, sizeof(UCHAR));
}

VOID WRITE_PORT_UCHAR(UCHAR *Port, UCHAR Value)
{
    if (API(HIGH_LEVEL)) {
        port_write(Port, sizeof(UCHAR), Value);
    }
}

VOID READ_PORT_BUFFER_UCHAR(UCHAR *Port, UCHAR *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        Buffer[i] = (UCHAR)port_read(Port, sizeof(UCHAR));
    }
}

VOID WRITE_PORT_BUFFER_UCHAR(UCHAR *Port, UCHAR *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        port_write(Port, sizeof(UCHAR), Buffer[i]);
    }
}

USHORT READ_PORT_USHORT(USHORT *Port)
{
    if (!API(HIGH_LEVEL)) {
        return (USHORT) ~(USHORT)0;
    }
    return (USHORT)port_read(Port, sizeof(USHORT));
}

VOID WRITE_PORT_USHORT(USHORT *Port, USHORT Value)
{
    if (API(HIGH_LEVEL)) {
        port_write(Port, sizeof(USHORT), Value);
    }
}

VOID READ_PORT_BUFFER_USHORT(USHORT *Port, USHORT *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        Buffer[i] = (USHORT)port_read(Port, sizeof(USHORT));
    }
}

VOID WRITE_PORT_BUFFER_USHORT(USHORT *Port, USHORT *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        port_write(Port, sizeof(USHORT), Buffer[i]);
    }
}

ULONG READ_PORT_ULONG(ULONG *Port)
{
    if (!API(HIGH_LEVEL)) {
        return (ULONG) ~(ULONG)0;
    }
    return (ULONG)port_read(Port, sizeof(ULONG));
}

VOID WRITE_PORT_ULONG(ULONG *Port, ULONG Value)
{
    if (API(HIGH_LEVEL)) {
        port_write(Port, sizeof(ULONG), Value);
    }
}

VOID READ_PORT_BUFFER_ULONG(ULONG *Port, ULONG *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        Buffer[i] = (ULONG)port_read(Port, sizeof(ULONG));
    }
}

VOID WRITE_PORT_BUFFER_ULONG(ULONG *Port, ULONG *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        port_write(Port, sizeof(ULONG), Buffer[i]);
    }
}

/* ---- registers ---- */

UCHAR READ_REGISTER_UCHAR(volatile UCHAR *Register)
{
    if (!API(HIGH_LEVEL)) {
        return (UCHAR) ~(UCHAR)0;
    }
    return (UCHAR)register_read(Register, sizeof(UCHAR));
}

VOID WRITE_REGISTER_UCHAR(volatile UCHAR *Register, UCHAR Value)
{
    if (API(HIGH_LEVEL)) {
        register_write(Register, sizeof(UCHAR), Value);
    }
}

VOID READ_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, UCHAR *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        Buffer[i] = (UCHAR)register_read(Register + i, sizeof(UCHAR));
    }
}

VOID WRITE_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, UCHAR *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        register_write(Register + i, sizeof(UCHAR), Buffer[i]);
    }
}

USHORT READ_REGISTER_USHORT(volatile USHORT *Register)
{
    if (!API(HIGH_LEVEL)) {
        return (USHORT) ~(USHORT)0;
    }
    return (USHORT)register_read(Register, sizeof(USHORT));
}

VOID WRITE_REGISTER_USHORT(volatile USHORT *Register, USHORT Value)
{
    if (API(HIGH_LEVEL)) {
        register_write(Register, sizeof(USHORT), Value);
    }
}

VOID READ_REGISTER_BUFFER_USHORT(volatile USHORT *Register, USHORT *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        Buffer[i] = (USHORT)register_read(Register + i, sizeof(USHORT));
    }
}

VOID WRITE_REGISTER_BUFFER_USHORT(volatile USHORT *Register, USHORT *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        register_write(Register + i, sizeof(USHORT), Buffer[i]);
    }
}

ULONG READ_REGISTER_ULONG(volatile ULONG *Register)
{
    if (!API(HIGH_LEVEL)) {
        return (ULONG) ~(ULONG)0;
    }
    return (ULONG)register_read(Register, sizeof(ULONG));
}

VOID WRITE_REGISTER_ULONG(volatile ULONG *Register, ULONG Value)
{
    if (API(HIGH_LEVEL)) {
        register_write(Register, sizeof(ULONG), Value);
    }
}

VOID READ_REGISTER_BUFFER_ULONG(volatile ULONG *Register, ULONG *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        Buffer[i] = (ULONG)register_read(Register + i, sizeof(ULONG));
    }
}

VOID WRITE_REGISTER_BUFFER_ULONG(volatile ULONG *Register, ULONG *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        register_write(Register + i, sizeof(ULONG), Buffer[i]);
    }
}

ULONG64 READ_REGISTER_ULONG64(volatile ULONG64 *Register)
{
    if (!API(HIGH_LEVEL)) {
        return (ULONG64) ~(ULONG64)0;
    }
    return (ULONG64)register_read(Register, sizeof(ULONG64));
}

VOID WRITE_REGISTER_ULONG64(volatile ULONG64 *Register, ULONG64 Value)
{
    if (API(HIGH_LEVEL)) {
        register_write(Register, sizeof(ULONG64), Value);
    }
}

VOID READ_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, ULONG64 *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        Buffer[i] = (ULONG64)register_read(Register + i, sizeof(ULONG64));
    }
}

VOID WRITE_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, ULONG64 *Buffer, ULONG Count)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    for (ULONG i = 0; i < Count; i++) {
        register_write(Register + i, sizeof(ULONG64), Buffer[i]);
    }
}

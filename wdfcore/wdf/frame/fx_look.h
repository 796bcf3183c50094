#pragma once
/* fx_look.h - fields that are written under a lock, or by one owner, and looked at without it: what
 * is read is one moment's value, and orders nothing.
 */
#define FX_LOOK(field)       __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define FX_SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)

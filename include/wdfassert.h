/* wdfassert.h - checks that are live while the framework's verifier is on. */
#pragma once

#include <wdfdriver.h>
#include <wdfglobals.h>

/* WDFVERIFY: report exp with its text and place if it is false; not evaluated while checks are off.
 */
#define WDFVERIFY(exp)                                                                             \
    do {                                                                                           \
        if (WdfDriverGlobals != NULL && (WdfDriverGlobals->DriverFlags & WdfVerifyOn) && !(exp)) { \
            RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, NULL);                              \
        }                                                                                          \
    } while (0)

#define VERIFY_IS_IRQL_PASSIVE_LEVEL() WDFVERIFY(KeGetCurrentIrql() == PASSIVE_LEVEL)
#define IS_AT_PASSIVE()                WDFVERIFY(KeGetCurrentIrql() == PASSIVE_LEVEL)

#define WDFCASSERT(c) C_ASSERT(c)

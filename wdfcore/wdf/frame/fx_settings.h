#pragma once
/* fx_settings.h - the settings of KMDF's verifier that a driver's key Parameters\Wdf holds. They are
 * read once, in WdfDriverCreate.
 */
#include <wdm.h>

#include <stdbool.h>
#include <stdint.h>

#define FX_SETTINGS_OFF UINT32_MAX

struct fx_settings {
    bool goes_on;         /* DbgBreakOnError is 0: what Windows would not bugcheck for goes on */
    bool verify;          /* VerifyOn: WDFVERIFY looks */
    uint32_t allocations; /* VerifierAllocateFailCount: so many succeed */
    uint32_t leak_limit;  /* ObjectLeakDetectionLimit */
    uint64_t leak_types;  /* ObjectsForLeakDetection: a bit for each type number */
    uint64_t tag_types;   /* TrackHandles: the same; whose reference tags are reported */
    uint32_t wait_s;      /* DbgWaitForSignalTimeoutInSec; 0: nothing is said */
    uint32_t enhanced;    /* EnhancedVerifierOptions: FX_ENHANCED_... */
};

/* Of a queue with a forward progress policy: no request has memory of its own, or one in 17 has not. */
#define FX_ENHANCED_FAIL_ALL    0x10000u
#define FX_ENHANCED_FAIL_RANDOM 0x20000u

/* fx_settings_default: without a registry: as under the verifier, with breaks. */
void fx_settings_default(struct fx_settings *settings);
/* fx_settings_read: what lies below the service's key; what is not there has its default. */
void fx_settings_read(struct fx_settings *settings, PCUNICODE_STRING service);

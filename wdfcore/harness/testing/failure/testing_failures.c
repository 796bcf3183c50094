/* testing_failures.c - plans for calls to fail, and the calls that can.
 * Normal path: before a call each plan whose pattern fits counts it; the one whose count is reached
 * refuses it, and is done. Without a plan, a sweep (testing_sweep.c) may choose to.
 */
#include "harness/testing/failure/testing_failures.h"

#include <ntddk.h>
#include <wdf.h>

#include <wdfcore/testing.h>

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "harness/api_interpose.h"
#include "harness/testing/testing_fail.h"

#define PLANS 16 /* at a time */

/* What may fail for want of something; of two patterns the first counts. */
static const struct {
    const char *pattern;
    NTSTATUS status;
    bool allocates;
} can_fail[] = {
    {"ExAllocate*", STATUS_INSUFFICIENT_RESOURCES, true},
    {"IoAllocate*", STATUS_INSUFFICIENT_RESOURCES, true},
    {"MmAllocate*", STATUS_INSUFFICIENT_RESOURCES, true},
    {"Wdf*Create*", STATUS_INSUFFICIENT_RESOURCES, true},
    {"Wdf*Alloc*", STATUS_INSUFFICIENT_RESOURCES, true},
    {"ExCreate*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"ExInitializeLookasideListEx", STATUS_INSUFFICIENT_RESOURCES, false},
    {"ExRegister*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"IoAttach*", STATUS_NO_SUCH_DEVICE, false},
    {"IoConnectInterrupt*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"IoCreate*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"IoOpen*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"IoRegister*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"MmMap*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"PsCreateSystemThread", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfCollectionAdd", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfDeviceAdd*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfDeviceAssign*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfDeviceConfigureRequestDispatching", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfDeviceInitAssign*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfDeviceOpen*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfDriverOpen*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfFdoInitOpen*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfIoTargetFormat*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfIoTargetOpen", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfPdoInit*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfRegistry*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"WdfRequestForwardToIoQueue", STATUS_WDF_BUSY, false},
    {"WdfRequestMarkCancelableEx", STATUS_CANCELLED, false},
    {"WdfRequestRetrieve*", STATUS_BUFFER_TOO_SMALL, false},
    {"WdfUsbTarget*Format*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"ZwCreate*", STATUS_INSUFFICIENT_RESOURCES, false},
    {"ZwOpen*", STATUS_INSUFFICIENT_RESOURCES, false},
};

#define CAN_FAIL (sizeof(can_fail) / sizeof(can_fail[0]))

/* A row of can_fail for a function, + 1; 0: none has been looked for; CAN_FAIL + 1: it has none. */
static unsigned char row_of[4096];

struct plan {
    const char *api; /* pattern; NULL: any allocation */
    unsigned left;   /* calls until it fails; 0: it has */
    NTSTATUS status;
};

/* Calls of all contexts count: (a) atomic; what else is here changes only outside of them. */
static struct {
    bool on;
    struct plan plan[PLANS];
    unsigned count;
    unsigned failed; /* (a) */
    bool (*choose)(const struct api_call *call);
} failures;

static bool returns_failure(const struct api_info *api)
{
    switch (api_type(api->result)->kind) {
    case API_KIND_STATUS:
    case API_KIND_POINTER:
    case API_KIND_HANDLE:
    case API_KIND_BOOLEAN:
        return true;
    default:
        return false;
    }
}

/* CAN_FAIL: it is not among those that fail for want of something. */
static size_t find_row(const struct api_info *api)
{
    unsigned char *known = &row_of[api_index(api)];
    size_t row = 0;

    if (*known != 0) {
        return *known - 1U;
    }
    while (row < CAN_FAIL && fnmatch(can_fail[row].pattern, api->name, 0) != 0) {
        row++;
    }
    row = returns_failure(api) ? row : CAN_FAIL;
    *known = (unsigned char)(row + 1);
    return row;
}

static bool fits(const struct plan *plan, const struct api_info *api)
{
    if (plan->api == NULL) {
        size_t row = find_row(api);

        return row < CAN_FAIL && can_fail[row].allocates;
    }
    return fnmatch(plan->api, api->name, 0) == 0 && returns_failure(api);
}

static bool refuse(struct api_call *call, NTSTATUS status)
{
    call->result = api_type(call->api->result)->kind == API_KIND_STATUS ? (ULONG)status : 0;
    return false;
}

/* The one call that brings a count from 1 to 0 fails. */
static bool is_due(struct plan *plan)
{
    unsigned left = __atomic_load_n(&plan->left, __ATOMIC_RELAXED);

    while (left > 0) {
        if (__atomic_compare_exchange_n(&plan->left, &left, left - 1, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            return left == 1;
        }
    }
    return false;
}

static bool before_call(struct api_observer *observer, struct api_call *call)
{
    for (unsigned i = 0; i < __atomic_load_n(&failures.count, __ATOMIC_ACQUIRE); i++) {
        struct plan *plan = &failures.plan[i];

        if (fits(plan, call->api) && is_due(plan)) {
            __atomic_add_fetch(&failures.failed, 1, __ATOMIC_RELAXED);
            return refuse(call, plan->status);
        }
    }
    if (failures.choose == NULL) {
        return true;
    }
    size_t row = find_row(call->api);
    return row == CAN_FAIL || !failures.choose(call) || refuse(call, can_fail[row].status);
}

static struct api_observer observer = {.before = before_call};

void testing_failures_start(void)
{
    CORE_ASSERT(api_wrappers.count <= sizeof(row_of));
    failures.on = true;
    failures.count = 0;
    failures.failed = 0;
    api_interpose_add(&observer);
}

void testing_failures_stop(void)
{
    if (failures.on) {
        api_interpose_remove(&observer);
        failures.on = false;
    }
}

const char *testing_failures_unmet(void)
{
    static char text[160];

    text[0] = '\0';
    for (unsigned i = 0; failures.on && i < failures.count && text[0] == '\0'; i++) {
        const struct plan *plan = &failures.plan[i];

        if (plan->left > 0) {
            snprintf(text, sizeof(text), "%s was to fail, and %u more calls would have had to come",
                     plan->api != NULL ? plan->api : "an allocation", plan->left);
        }
    }
    return text;
}

void testing_failures_sweep(bool (*choose)(const struct api_call *call))
{
    failures.choose = choose;
}

/* ---- plans ---- */

static void add_plan(const char *api, unsigned n, NTSTATUS status)
{
    if (!failures.on) {
        testing_fail(testing_file(), testing_line(),
                     "no call can fail: this test has not the option .calls");
    }
    if (n == 0 || failures.count == PLANS) {
        testing_fail(testing_file(), testing_line(),
                     n == 0 ? "calls are counted from 1" : "at most 16 calls are to fail");
    }
    failures.plan[failures.count] = (struct plan){.api = api, .left = n, .status = status};
    __atomic_store_n(&failures.count, failures.count + 1, __ATOMIC_RELEASE);
}

void wc_fail_call(const char *api, unsigned n, int32_t status)
{
    size_t i = 0;

    while (i < api_wrappers.count && (fnmatch(api, api_wrappers.api[i].name, 0) != 0 ||
                                      !returns_failure(&api_wrappers.api[i]))) {
        i++;
    }
    if (i == api_wrappers.count) {
        testing_fail(testing_file(), testing_line(), "there is no function %s that can fail", api);
    }
    add_plan(api, n, status);
}

void wc_fail_allocation(unsigned n)
{
    add_plan(NULL, n, STATUS_INSUFFICIENT_RESOURCES);
}

unsigned wc_failed_calls(void)
{
    return __atomic_load_n(&failures.failed, __ATOMIC_RELAXED);
}

/* wpp_recorder.c - the logs of <WppRecorder.h>: a driver's own, made and deleted, and its default one. */
#include <WppRecorder.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/wpp/wpp_control.h"

#define WPP_RECORDER_TAG 'rppW'

struct RECORDER_LOG__ {
    RECORDER_LOG_CREATE_PARAMS params; /* (c) */
};

static struct RECORDER_LOG__ wpp_default; /* an address; every driver's */

static bool wpp_check_size(const char *api, ULONG size, size_t known)
{
    if (size != known) {
        ke_violation(RULE_StructSizeWrong, 0, size, known, 0, 0, "%s with a Size of %u, not %zu",
                     api, (unsigned)size, known);
        return false;
    }
    return true;
}

VOID WppRecorderConfigure(PRECORDER_CONFIGURE_PARAMS ConfigureParams)
{
    bool off;

    if (!API(PASSIVE_LEVEL) ||
        !wpp_check_size("WppRecorderConfigure", ConfigureParams->Size, sizeof(*ConfigureParams))) {
        return;
    }
    off = !ConfigureParams->CreateDefaultLog;
    wpp_default_log(KE_CALLER(), &off);
}

NTSTATUS WppRecorderLogCreate(PRECORDER_LOG_CREATE_PARAMS CreateParams, RECORDER_LOG *RecorderLog)
{
    const void *caller = KE_CALLER();
    RECORDER_LOG log;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!wpp_check_size("WppRecorderLogCreate", CreateParams->Size, sizeof(*CreateParams))) {
        return STATUS_INVALID_PARAMETER;
    }
    log = ex_pool_allocate(sizeof(*log),
                           CreateParams->LogTag != 0 ? CreateParams->LogTag : WPP_RECORDER_TAG,
                           false, true, caller);
    if (log == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    log->params = *CreateParams;
    *RecorderLog = log;
    return STATUS_SUCCESS;
}

VOID WppRecorderLogDelete(RECORDER_LOG RecorderLog)
{
    if (API(DISPATCH_LEVEL) && RecorderLog != &wpp_default) {
        ex_pool_release(RecorderLog);
    }
}

RECORDER_LOG WppRecorderLogGetDefault(VOID)
{
    const void *caller = KE_CALLER();

    return API(HIGH_LEVEL) && wpp_default_log(caller, NULL) ? &wpp_default : NULL;
}

BOOLEAN WppRecorderIsDefaultLogAvailable(VOID)
{
    const void *caller = KE_CALLER();

    return API(HIGH_LEVEL) && wpp_default_log(caller, NULL);
}

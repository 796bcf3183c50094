/* WppRecorder.h - logs that a driver keeps for its trace messages.
 * Messages are printed when the machine's tracing asks for them (nt/wpp.h), whichever log they name;
 * the logs themselves keep nothing (docs/differences.md).
 *   Source   wpprecorder.h; inflight-trace-recorder-for-logging-traces
 */
#pragma once

#include "nt/pool.h"
#include "nt/rtl.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RECORDER_LOG_IDENTIFIER_MAX_CHARS 16

typedef struct RECORDER_LOG__ *RECORDER_LOG;

typedef enum _WPP_RECORDER_TRI_STATE {
    WppRecorderDefault,
    WppRecorderFalse,
    WppRecorderTrue
} WPP_RECORDER_TRI_STATE;

typedef struct _RECORDER_CONFIGURE_PARAMS {
    ULONG Size;
    BOOLEAN CreateDefaultLog;
    WPP_RECORDER_TRI_STATE UseTimeStamp;
    WPP_RECORDER_TRI_STATE PreciseTimeStamp;
} RECORDER_CONFIGURE_PARAMS, *PRECORDER_CONFIGURE_PARAMS;

typedef struct _RECORDER_LOG_CREATE_PARAMS {
    ULONG Size;
    ULONG LogTag;
    ULONG TotalBufferSize;
    ULONG ErrorPartitionSize;
    ULONG_PTR LogIdentifierAppendValue;
    BOOLEAN LogIdentifierAppendValueSet;
    ULONG LogIdentifierSize;
    CHAR LogIdentifier[RECORDER_LOG_IDENTIFIER_MAX_CHARS];
    WPP_RECORDER_TRI_STATE UseTimeStamp;
    WPP_RECORDER_TRI_STATE PreciseTimeStamp;
} RECORDER_LOG_CREATE_PARAMS, *PRECORDER_LOG_CREATE_PARAMS;

FORCEINLINE VOID RECORDER_CONFIGURE_PARAMS_INIT(PRECORDER_CONFIGURE_PARAMS Params)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->CreateDefaultLog = TRUE;
}

/* LogIdentifier: at most 15 characters of it are taken; may be NULL. */
FORCEINLINE VOID RECORDER_LOG_CREATE_PARAMS_INIT(PRECORDER_LOG_CREATE_PARAMS Params,
                                                 PCSTR LogIdentifier)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->LogIdentifierSize = RECORDER_LOG_IDENTIFIER_MAX_CHARS;
    for (ULONG i = 0; LogIdentifier != NULL && LogIdentifier[i] != '\0' &&
                      i < RECORDER_LOG_IDENTIFIER_MAX_CHARS - 1;
         i++) {
        Params->LogIdentifier[i] = LogIdentifier[i];
    }
}

/* WppRecorderConfigure: whether the calling driver has a default log. After WPP_INIT_TRACING.
 *   IRQL     PASSIVE_LEVEL     Breaks  StructSizeWrong
 *   Source   wpprecorder/nf-wpprecorder-wpprecorderconfigure
 */
NTKERNELAPI VOID WppRecorderConfigure(PRECORDER_CONFIGURE_PARAMS ConfigureParams);

/* WppRecorderLogCreate, WppRecorderLogDelete: a log, in nonpaged pool of the calling driver.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_PARAMETER (StructSizeWrong)
 *   IRQL     <= DISPATCH_LEVEL     Breaks  PoolLeak (a log that was not deleted)
 *   Source   wpprecorder/nf-wpprecorder-wpprecorderlogcreate, -wpprecorderlogdelete
 */
NTKERNELAPI NTSTATUS WppRecorderLogCreate(PRECORDER_LOG_CREATE_PARAMS CreateParams,
                                          RECORDER_LOG *RecorderLog);
NTKERNELAPI VOID WppRecorderLogDelete(RECORDER_LOG RecorderLog);

/* WppRecorderLogGetDefault: the default log's handle; NULL if there is none.
 * WppRecorderIsDefaultLogAvailable: there is one.
 *   IRQL     any     Source   WppRecorderLogGetDefault, WppRecorderIsDefaultLogAvailable
 */
NTKERNELAPI RECORDER_LOG WppRecorderLogGetDefault(VOID);
NTKERNELAPI BOOLEAN WppRecorderIsDefaultLogAvailable(VOID);

#ifdef __cplusplus
}
#endif

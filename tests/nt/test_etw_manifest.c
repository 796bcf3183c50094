/* test_etw_manifest.c - the header that the build makes of a manifest of events: trace.man. */
#include <ntddk.h>

#include <wdfcore/testing.h>

/* What was written last. */
static struct {
    REGHANDLE provider;
    EVENT_DESCRIPTOR event;
    LPCGUID activity;
    ULONG count;
    ULONG sizes[8];
    UCHAR bytes[8][64];
} written;

NTSTATUS keep(REGHANDLE handle, const struct _EVENT_DESCRIPTOR *event, LPCGUID activity,
              LPCGUID related, ULONG count, struct _EVENT_DATA_DESCRIPTOR *data);
#define MCGEN_EVENTWRITETRANSFER keep
#include "trace_events.h"

NTSTATUS keep(REGHANDLE handle, PCEVENT_DESCRIPTOR event, LPCGUID activity, LPCGUID related,
              ULONG count, PEVENT_DATA_DESCRIPTOR data)
{
    written.provider = handle;
    written.event = *event;
    written.activity = activity;
    written.count = count;
    assert_null(related);
    assert_true(count <= 8);
    for (ULONG i = 0; i < count; i++) {
        written.sizes[i] = data[i].Size;
        assert_true(data[i].Size <= 64);
        memcpy(written.bytes[i], (PVOID)(ULONG_PTR)data[i].Ptr, data[i].Size);
    }
    return EtwWriteTransfer(handle, event, activity, related, count, data);
}

static void symbols_have_the_values_of_the_manifest(void **state)
{
    static const GUID id = {
        0xb10c0011, 0x1234, 0x5678, {0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78}};

    assert_memory_equal(&TRACE_PROVIDER, &id, sizeof(id));
    assert_int_equal(TRACE_SYSTEM, 8);
    assert_int_equal(TRACE_STEPS, 16);
    assert_true(TRACE_STEPS_KEYWORD == 0x4000000000000000); /* the second channel's */
    assert_int_equal(TRACE_IO | TRACE_POWER, 0x50);
    assert_int_equal(TRACE_LOUD, 17);
    assert_int_equal(TRACE_LOAD, 3);
    assert_int_equal(TRACE_HALF, 12);
    assert_int_equal(TRACE_RED, 5);
    assert_int_equal(TraceNames_value, 2);
}

static void descriptors_say_what_the_events_say(void **state)
{
    static const EVENT_DESCRIPTOR loaded = {1, 0, 8, 4, 1, 3, 0x8000000000000000ull};
    static const EVENT_DESCRIPTOR names = {2, 4, 16, 17, 12, 3, 0x4000000000000050ull};
    static const EVENT_DESCRIPTOR gone = {3, 0, 0, 2, 0, 0, 0};

    assert_memory_equal(&TraceLoaded, &loaded, sizeof(loaded));
    assert_memory_equal(&TraceNames, &names, sizeof(names));
    assert_memory_equal(&TraceGone, &gone, sizeof(gone));
}

static void values_are_written_as_their_types_say(void **state)
{
    static const ULONG values[] = {10, 20, 30};
    static const UCHAR bytes[] = {7, 8, 9};
    LONGLONG large = 0x1122334455667788;
    PVOID address = &written;

    assert_int_equal(EventRegisterBlock_Project_Trace(), STATUS_SUCCESS);
    assert_int_equal(EventWriteTraceLoaded_AssumeEnabled(&TRACE_PROVIDER, 5, 3, values, address,
                                                         large, &TRACE_PROVIDER),
                     STATUS_SUCCESS);
    assert_int_not_equal(written.provider, 0);
    assert_int_equal(written.provider, TRACE_PROVIDERHandle);
    assert_int_equal(written.event.Id, 1);
    assert_ptr_equal(written.activity, &TRACE_PROVIDER);
    assert_int_equal(written.count, 6);
    assert_int_equal(written.sizes[0], 1);
    assert_int_equal(written.bytes[0][0], 5);
    assert_int_equal(written.sizes[1], 2);
    assert_int_equal(written.sizes[2], sizeof(values));
    assert_memory_equal(written.bytes[2], values, sizeof(values));
    assert_int_equal(written.sizes[3], sizeof(PVOID));
    assert_memory_equal(written.bytes[3], &address, sizeof(address));
    assert_memory_equal(written.bytes[4], &large, sizeof(large));
    assert_int_equal(written.sizes[5], sizeof(GUID));
    assert_memory_equal(written.bytes[5], &TRACE_PROVIDER, sizeof(GUID));

    assert_int_equal(EventWriteTraceNames_AssumeEnabled(NULL, 2, L"abc", L"de", NULL, bytes),
                     STATUS_SUCCESS);
    assert_int_equal(written.event.Id, 2);
    assert_int_equal(written.sizes[1], 4); /* as long as the item before says */
    assert_memory_equal(written.bytes[1], L"ab", 4);
    assert_int_equal(written.sizes[2], 6);
    assert_memory_equal(written.bytes[2], L"de", 6);
    assert_int_equal(written.sizes[3], 5);
    assert_string_equal((const char *)written.bytes[3], "NULL");
    assert_int_equal(written.sizes[4], 3);
    assert_memory_equal(written.bytes[4], bytes, 3);

    assert_int_equal(EventWriteTraceGone_AssumeEnabled(NULL), STATUS_SUCCESS);
    assert_int_equal(written.event.Id, 3);
    assert_int_equal(written.count, 0);
    assert_int_equal(EventUnregisterBlock_Project_Trace(), STATUS_SUCCESS);
}

static ULONG evaluated(ULONG *count)
{
    return ++*count;
}

static void without_a_session_nothing_is_evaluated(void **state)
{
    ULONG count = 0;

    memset(&written, 0, sizeof(written));
    assert_int_equal(EventWriteTraceLoaded(NULL, evaluated(&count), 0, NULL, NULL, 0, NULL),
                     STATUS_SUCCESS); /* not even registered */
    assert_int_equal(EventRegisterBlock_Project_Trace(), STATUS_SUCCESS);
    assert_int_equal(EventRegisterBlock_Project_Trace(), STATUS_SUCCESS); /* once */
    assert_false(EventEnabledTraceLoaded());
    assert_false(MCGEN_EVENT_ENABLED(TraceGone));
    assert_int_equal(EventWriteTraceLoaded(NULL, evaluated(&count), 0, NULL, NULL, 0, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(count, 0);
    assert_int_equal(written.provider, 0);
    assert_int_equal(EventUnregisterBlock_Project_Trace(), STATUS_SUCCESS);
    assert_int_equal(EventUnregisterBlock_Project_Trace(), STATUS_SUCCESS);
    assert_int_equal(TRACE_PROVIDERHandle, 0);
}

static void a_session_s_wishes_stand_in_the_context(void **state)
{
    MCGEN_TRACE_CONTEXT context = {0};

    McGenControlCallbackV2(&TRACE_PROVIDER, EVENT_CONTROL_CODE_ENABLE_PROVIDER, 4, 0x10, 0x40, NULL,
                           &context);
    assert_int_equal(context.IsEnabled, 1);
    assert_int_equal(context.Level, 4);
    assert_int_equal(context.MatchAnyKeyword, 0x10);
    assert_int_equal(context.MatchAllKeyword, 0x40);
    McGenControlCallbackV2(&TRACE_PROVIDER, EVENT_CONTROL_CODE_CAPTURE_STATE, 0, 0, 0, NULL,
                           &context);
    assert_int_equal(context.IsEnabled, 1);
    McGenControlCallbackV2(&TRACE_PROVIDER, EVENT_CONTROL_CODE_DISABLE_PROVIDER, 9, 1, 1, NULL,
                           &context);
    assert_int_equal(context.IsEnabled, 0);
    assert_int_equal(context.Level, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(symbols_have_the_values_of_the_manifest),
        wc_unit_test(descriptors_say_what_the_events_say),
        wc_unit_test(values_are_written_as_their_types_say),
        wc_unit_test(without_a_session_nothing_is_evaluated),
        wc_unit_test(a_session_s_wishes_stand_in_the_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

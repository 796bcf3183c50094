/* test_etw_provider.c - providers of events. */
#include <ntddk.h>

#include <TraceLoggingProvider.h>
#include <evntrace.h>
#include <wdfcore/testing.h>

TRACELOGGING_DECLARE_PROVIDER(logging);
TRACELOGGING_DEFINE_PROVIDER(logging, "Test",
                             (0xe7a00002, 0x1111, 0x2222, 0x80, 1, 2, 3, 4, 5, 6, 7));

static const GUID provider_id = {0xe7a00001, 0, 0, {0x80, 0, 0, 0, 0, 0, 0, 1}};

static VOID enabled(LPCGUID source, ULONG code, UCHAR level, ULONGLONG any, ULONGLONG all,
                    PEVENT_FILTER_DESCRIPTOR filter, PVOID context)
{
    fail(); /* there is no session */
}

static void a_provider_writes_and_nobody_listens(void **state)
{
    EVENT_DESCRIPTOR event;
    EVENT_DATA_DESCRIPTOR data[2];
    ULONG number = 7;
    REGHANDLE first, second;
    KIRQL old;

    assert_int_equal(EtwRegister(&provider_id, enabled, NULL, &first), STATUS_SUCCESS);
    assert_int_equal(EtwRegister(&provider_id, NULL, NULL, &second), STATUS_SUCCESS);
    assert_int_not_equal(first, 0);
    assert_int_not_equal(second, first);
    EventDescCreate(&event, 3, 1, 2, 4, 5, 6, 0x8000000000000001ull);
    assert_int_equal(event.Id, 3);
    assert_int_equal(event.Task, 5);
    assert_int_equal(event.Opcode, 6);
    assert_int_equal(event.Keyword, 0x8000000000000001ull);
    EventDataDescCreate(&data[0], &number, sizeof(number));
    EventDataDescCreate(&data[1], L"text", 10);
    assert_ptr_equal((PVOID)(ULONG_PTR)data[0].Ptr, &number);
    assert_int_equal(data[1].Size, 10);
    assert_false(EtwEventEnabled(first, &event));
    assert_false(EtwProviderEnabled(first, 4, 1));
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    assert_int_equal(EtwWrite(first, &event, NULL, 2, data), STATUS_SUCCESS);
    assert_int_equal(EtwWriteTransfer(first, &event, NULL, &provider_id, 2, data), STATUS_SUCCESS);
    assert_int_equal(EtwWriteEx(first, &event, 0, 0, NULL, NULL, 1, data), STATUS_SUCCESS);
    assert_int_equal(EtwWriteString(first, 4, 0, NULL, L"text"), STATUS_SUCCESS);
    KeLowerIrql(old);
    assert_int_equal(EtwUnregister(first), STATUS_SUCCESS);
    assert_int_equal(EtwWrite(second, &event, NULL, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(EtwUnregister(second), STATUS_SUCCESS);
}

static void what_is_refused(void **state)
{
    EVENT_DESCRIPTOR event = {.Id = 1};
    REGHANDLE provider;

    assert_int_equal(EtwRegister(NULL, NULL, NULL, &provider), STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwRegister(&provider_id, NULL, NULL, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwRegister(&provider_id, NULL, NULL, &provider), STATUS_SUCCESS);
    assert_int_equal(EtwWrite(provider, NULL, NULL, 0, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwWrite(provider, &event, NULL, 1, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwWriteString(provider, 4, 0, NULL, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwUnregister(provider), STATUS_SUCCESS);
    /* Nothing was registered: that is not worth a report. */
    assert_int_equal(EtwUnregister(0), STATUS_INVALID_HANDLE);
    assert_int_equal(EtwWrite(0, &event, NULL, 0, NULL), STATUS_INVALID_HANDLE);
    wc_expect_violation("BadHandle");
    assert_int_equal(EtwUnregister(provider), STATUS_INVALID_HANDLE);
    wc_expect_violation("BadHandle");
    assert_int_equal(EtwWrite(provider, &event, NULL, 0, NULL), STATUS_INVALID_HANDLE);
}

static void values_that_nobody_wants_are_not_looked_at(void **state)
{
    DECLARE_CONST_UNICODE_STRING(name, L"name");
    UCHAR bytes[4] = {0};
    ULONG looked = 0;

    assert_int_equal(TraceLoggingProviderId(logging).Data1, 0xe7a00002);
    assert_int_equal(TraceLoggingProviderId(logging).Data4[7], 7);
    assert_false(TraceLoggingProviderEnabled(logging, 0, 0)); /* not registered */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(TraceLoggingRegister(logging), STATUS_SUCCESS);
        assert_int_not_equal(logging->RegHandle, 0);
        assert_false(TraceLoggingProviderEnabled(logging, TRACE_LEVEL_ERROR, 1));
        TraceLoggingWrite(logging, "Event", TraceLoggingLevel(TRACE_LEVEL_ERROR),
                          TraceLoggingUInt32(++looked, "Looked", "how often"),
                          TraceLoggingUnicodeString(&name, "Name"),
                          TraceLoggingHexUInt8Array(bytes, looked++, "Bytes"));
        TraceLoggingWrite(logging, "Empty");
        TraceLoggingUnregister(logging);
    }
    assert_int_equal(looked, 0);
    assert_int_equal(logging->RegHandle, 0);
    TraceLoggingUnregister(logging); /* harmless */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_provider_writes_and_nobody_listens),
        wc_unit_test(what_is_refused),
        wc_unit_test(values_that_nobody_wants_are_not_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_ke_last_events.c - the end of every report: what all processors did last, merged by time. */
#include "nt/nt_thread.h"

#include <stdlib.h>
#include <string.h>

#include "nt/ke/record/ke_last_events.h"

static char text[8192];

/* What a report would say now. */
static void look(void)
{
    KIRQL old = KeRaiseIrqlToDpcLevel(); /* with threads: on a processor's ring */

    ke_last_events(text, sizeof(text));
    KeLowerIrql(old);
}

struct line {
    const char *at;
    char mark;
    double us;
    unsigned cpu;
};

/* The last line of an event that has this word. */
static struct line line_of(const char *word)
{
    struct line line = {0};
    size_t length = strlen(word);

    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        if (at[-1] == ' ' && at[length] == '\n') {
            line.at = at;
        }
    }
    if (line.at == NULL) {
        print_error("%s", text);
        fail_msg("no event %s", word);
        return line;
    }
    while (line.at[-1] != '\n') {
        line.at--;
    }
    line.mark = line.at[2];
    assert_int_equal(sscanf(line.at + 3, "%lf us  cpu %u", &line.us, &line.cpu), 2);
    return line;
}

static KEVENT event, go;

static VOID other_processor(PVOID context)
{
    nt_on_processor(1);
    nt_wait(&go, NULL);
    KIRQL old = KeRaiseIrqlToDpcLevel();
    KeStallExecutionProcessor(10);
    KeResetEvent(&event);
    KeStallExecutionProcessor(10);
    KeClearEvent(&event);
    KeLowerIrql(old);
}

static void processors_are_merged_by_time(void **state)
{
    PKTHREAD thread;
    KIRQL old;

    nt_on_processor(0);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeInitializeEvent(&go, NotificationEvent, FALSE);
    thread = nt_thread(other_processor, NULL);
    old = KeRaiseIrqlToDpcLevel();
    KeSetEvent(&go, 0, FALSE);
    KeLowerIrql(old);
    nt_join(thread);
    old = KeRaiseIrqlToDpcLevel();
    KeStallExecutionProcessor(10);
    KePulseEvent(&event, 0, FALSE);
    look();
    KeLowerIrql(old);
    struct line set = line_of("KeSetEvent"), reset = line_of("KeResetEvent"),
                clear = line_of("KeClearEvent"), pulse = line_of("KePulseEvent");

    assert_true(set.at < reset.at && reset.at < clear.at && clear.at < pulse.at);
    assert_true(set.us < reset.us && reset.us < clear.us && clear.us < pulse.us);
    assert_true(reset.us + 10 <= clear.us && clear.us + 10 <= pulse.us);
    assert_int_equal(set.cpu, 0);
    assert_int_equal(reset.cpu, 1);
    assert_int_equal(clear.cpu, 1);
    assert_int_equal(pulse.cpu, 0);
    assert_int_equal(set.mark, '>');
    assert_int_equal(pulse.mark, '>');
    assert_int_equal(reset.mark, ' ');
    assert_int_equal(clear.mark, ' ');
}

static VOID do_much(PVOID context)
{
    KIRQL old;

    nt_on_processor(1);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    for (int i = 0; i < 3000; i++) {
        KeResetEvent(&event);
    }
    KeLowerIrql(old);
}

/* However much happens elsewhere, a processor's own events are among them, and no more than 24 lines. */
static void it_is_bounded(void **state)
{
    unsigned own = 0, others = 0;

    nt_on_processor(0);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    for (int i = 0; i < 3000; i++) {
        KeSetEvent(&event, 0, FALSE);
    }
    nt_join(nt_thread(do_much, NULL));
    look();
    const char *end = strchr(text, '\n');
    for (const char *line = end + 1; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        own += line[2] == '>';
        others += line[2] == ' ';
    }
    assert_true(own >= 1 && own <= 12);
    assert_true(others >= 6 && others <= 12);
    line_of("KeResetEvent");
}

/* The 32 bits of a stamp overflow after seven minutes. */
static void times_are_whole(void **state)
{
    nt_delay_ms(3600000);
    look();
    assert_true(line_of("KfRaiseIrql").us >= 3600e6);
}

static volatile LONG stop, started;

static void reset_once(void)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeResetEvent(&event);
    KeLowerIrql(old);
}

static VOID busy(PVOID context)
{
    nt_on_processor((ULONG)(ULONG_PTR)context);
    reset_once(); /* before it counts as started: every report has it */
    InterlockedIncrement(&started);
    while (InterlockedCompareExchange(&stop, 0, 0) == 0) {
        reset_once();
    }
}

/* Reports while the other processors write into their rings: with threads, at the same time. */
static void others_go_on_meanwhile(void **state)
{
    LARGE_INTEGER interval = nt_ms(1);
    PKTHREAD threads[3];
    KIRQL old;

    stop = started = 0;
    nt_on_processor(0);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    for (ULONG i = 0; i < 3; i++) {
        threads[i] = nt_thread(busy, (PVOID)(ULONG_PTR)(i + 1));
    }
    while (InterlockedCompareExchange(&started, 0, 0) < 3) {
        YieldProcessor();
    }
    for (int i = 0; i < 50; i++) {
        wc_expect_violation("WaitIrql");
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeDelayExecutionThread(KernelMode, FALSE, &interval);
        KeLowerIrql(old);
        assert_non_null(strstr(wc_last_report(), "last events, oldest first"));
        assert_non_null(strstr(wc_last_report(), "KeResetEvent"));
        assert_non_null(strstr(wc_last_report(), " violation  WaitIrql\n  remedy:"));
        YieldProcessor();
    }
    InterlockedExchange(&stop, 1);
    for (ULONG i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(processors_are_merged_by_time, .processors = 2),
        wc_unit_test(it_is_bounded, .processors = 2),
        wc_unit_test(times_are_whole, .processors = 2),
        wc_unit_test(others_go_on_meanwhile, .processors = 4),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

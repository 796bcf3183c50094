/* test_report.c - what the reports say, on a clock whose times are known to the nanosecond: an
 * interrupt costs 1 us, a DPC 2 us, and the routines stall.
 */
#include <ntddk.h>

#include <stdlib.h>
#include <string.h>

#include <wdfcore/testing.h>

#include "harness/report/report.h"
#include "nt/hal/hal_line.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/ke/record/ke_record.h"

static struct hal_line_source *source;
static KDPC dpc;

static BOOLEAN report_isr(PKINTERRUPT Interrupt, PVOID Context)
{
    hal_line_set(source, false);
    KeStallExecutionProcessor(3);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL); /* coalesced */
    KeStallExecutionProcessor(4);
    return TRUE;
}

static VOID report_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeStallExecutionProcessor(60);
}

/* Three interrupts, with 100 us between them. */
static void interrupts(void)
{
    struct ke_interrupt_config config = {.service_routine = report_isr,
                                         .vector = hal_irq_vector(4),
                                         .irql = hal_irq_level(4),
                                         .synchronize_irql = hal_irq_level(4),
                                         .mode = LevelSensitive,
                                         .affinity = 1};
    PKINTERRUPT interrupt;

    source = hal_line_connect(4, true);
    KeInitializeDpc(&dpc, report_dpc, NULL);
    assert_int_equal(ke_interrupt_connect(&config, &interrupt), STATUS_SUCCESS);
    wc_trace_start();
    for (int i = 0; i < 3; i++) {
        hal_line_set(source, true);
        KeStallExecutionProcessor(100);
    }
    ke_record_stop();
    ke_interrupt_disconnect(interrupt);
    hal_line_disconnect(source);
}

static const struct report_row *row_of(const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->row_count; i++) {
        if (strcmp(report_name(report->rows[i].subject), name) == 0) {
            return &report->rows[i];
        }
    }
    fail_msg("no row for %s", name);
    return NULL;
}

static void times_are_those_of_the_clock(void **state)
{
    const struct report_row *row;
    struct report *report;

    interrupts();
    report = report_analyze(1);
    assert_non_null(report);
    assert_int_equal(report->lost, 0);
    row = row_of(report, "report_isr");
    assert_int_equal(row->kind, REPORT_ISR);
    assert_int_equal(row->duration.count, 3);
    assert_int_equal(row->claimed, 3);
    assert_int_equal(row->duration.min_ns, 7000);
    assert_int_equal(row->duration.max_ns, 7000);
    assert_int_equal(row->duration.bucket[5], 3); /* 5 to 10 us */
    row = row_of(report, "report_dpc");
    assert_int_equal(row->kind, REPORT_DPC);
    assert_int_equal(row->duration.count, 3);
    assert_int_equal(row->queued, 3);
    assert_int_equal(row->coalesced, 3);
    assert_int_equal(row->duration.total_ns, 3 * 62000); /* its entry costs 2 us */
    assert_int_equal(row->duration.bucket[8], 3);        /* 50 to 100 us */
    assert_int_equal(row->wait.p50_ns, 4000);            /* what the ISR did after the insert */
    assert_int_equal(row->isr_wait.count, 3);
    assert_int_equal(row->isr_wait.p99_ns, 7000); /* from the ISR's entry */
    assert_int_equal(report->usage[0].isr_runs, 3);
    assert_int_equal(report->usage[0].isr_ns, 3 * 7000);
    assert_int_equal(report->usage[0].dpc_ns, 3 * 62000);
    report_free(report);
}

static void causes_and_depths_are_known(void **state)
{
    struct report *report;
    size_t caused = 0;
    uint32_t deepest = 0;

    interrupts();
    report = report_analyze(1);
    for (size_t i = 0; i < report->run_count; i++) {
        const struct report_run *run = &report->runs[i];

        if (run->kind == REPORT_DPC) {
            assert_int_not_equal(run->cause, REPORT_NONE);
            assert_int_equal(report->runs[run->cause].kind, REPORT_ISR);
            assert_true(report->runs[run->cause].end.ns <= run->start.ns);
            assert_int_equal(run->coalesced, 1);
            caused++;
        }
        assert_false(run->unfinished);
    }
    assert_int_equal(caused, 3);
    for (size_t i = 0; i < report->depth_count; i++) {
        deepest = report->depths[i].queued > deepest ? report->depths[i].queued : deepest;
    }
    assert_int_equal(deepest, 1);
    assert_int_equal(report->depths[report->depth_count - 1].queued, 0);
    assert_int_equal(report->level_count > 0 && report->levels[0].irql == PASSIVE_LEVEL, 1);
    report_free(report);
}

static char *written(void (*write)(const struct report *, const struct report_about *, FILE *))
{
    struct report *report = report_analyze(1);
    struct report_about about = {.processors = 1,
                                 .virtual_clock = true,
                                 .drivers = "a \"driver\" </script>",
                                 .objects = "WDFDRIVER #1"};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    write(report, &about, out);
    fclose(out);
    report_free(report);
    return text;
}

static size_t count_text(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part)) {
        count++;
    }
    return count;
}

static void the_trace_has_tracks_slices_and_arrows(void **state)
{
    char *text;

    interrupts();
    text = written(report_write_json);
    assert_int_equal(count_text(text, "\"ph\":\"X\",\"name\":\"report_isr\""), 3);
    assert_int_equal(count_text(text, "\"ph\":\"X\",\"name\":\"report_dpc\""), 3);
    assert_int_equal(count_text(text, "\"ph\":\"s\",\"name\":\"queued\""), 3);
    assert_int_equal(count_text(text, "\"ph\":\"f\",\"name\":\"queued\""), 3);
    assert_int_equal(count_text(text, "\"cname\":\"terrible\""), 6); /* slice, and IRQL track */
    assert_int_equal(count_text(text, "\"took_us\":62.000"), 3);
    assert_int_equal(count_text(text, "\"waited_us\":4.000"), 3);
    assert_non_null(strstr(text, "\"name\":\"processor 0\""));
    assert_non_null(strstr(text, "irq 4 raised"));
    free(text);
}

static void the_page_is_whole(void **state)
{
    char *text;

    interrupts();
    text = written(report_write_html);
    assert_int_equal(strncmp(text, "<!DOCTYPE html>", 15), 0);
    assert_non_null(strstr(text, "a \\\"driver\\\" \\u003c/script>"));
    assert_int_equal(
        count_text(text, "@DATA@") + count_text(text, "@CSS@") + count_text(text, "@JS@"), 0);
    assert_null(strstr(text, "http:")); /* no network */
    assert_null(strstr(text, "https:"));
    assert_string_equal(text + strlen(text) - 8, "</html>\n");
    free(text);
}

static void the_summary_shows_the_same_numbers(void **state)
{
    char *text;

    interrupts();
    text = written(report_write_summary);
    assert_non_null(strstr(text, "DPC                 3       186      62.0      62.0      62.0"
                                 "       4.0       4.0       7.0  report_dpc  KDPC #1\n"));
    assert_non_null(strstr(text, "ISR                 3      21.0       7.0       7.0       7.0"));
    assert_non_null(strstr(text, "  >=  50 < 100           3  100.0 %\n"));
    free(text);
}

static void the_table_has_a_line_an_event(void **state)
{
    struct report *report;
    char *text;
    size_t size;
    FILE *out;

    interrupts();
    report = report_analyze(1);
    out = open_memstream(&text, &size);
    report_write_csv(report, out);
    fclose(out);
    assert_int_equal(count_text(text, "\r\n"), report->event_count + 1);
    assert_int_equal(count_text(text, ",isr start,report_isr,KINTERRUPT #1,4\r\n"), 3);
    assert_int_equal(count_text(text, ",dpc coalesce,report_dpc,KDPC #1,"), 3);
    free(text);
    report_free(report);
}

#define COSTS .isr_entry_ns = 1000, .dpc_entry_ns = 2000

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(times_are_those_of_the_clock, COSTS),
        wc_unit_test(causes_and_depths_are_known, COSTS),
        wc_unit_test(the_trace_has_tracks_slices_and_arrows, COSTS),
        wc_unit_test(the_page_is_whole, COSTS),
        wc_unit_test(the_summary_shows_the_same_numbers, COSTS),
        wc_unit_test(the_table_has_a_line_an_event, COSTS),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_cmd_compare.c - `wdf compare`: held to arithmetic on paper, and to what it refuses. */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/wdf_process.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct wdf_result result;

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        print_error("%s", text);
        fail_msg("'%s' is not in it", part);
    }
}

/* The columns of a design's line. */
struct row {
    double rate, p50, p99, p999, max, per_dpc;
    unsigned long isrs, dpcs, lost;
    int busy, balance;
};

static struct row row_of(const char *design)
{
    const char *line = result.output;
    struct row row = {0};
    char per_dpc[32];

    while (line != NULL &&
           (strncmp(line, design, strlen(design)) != 0 || line[strlen(design)] != ' ')) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL) {
        print_error("%s%s", result.output, result.error);
        fail_msg("no line of %s", design);
        return row;
    }
    int read = sscanf(line + strlen(design), "%lf %lf %lf %lf %lf %lu %lu %31s %d %% %d %% %lu",
                      &row.rate, &row.p50, &row.p99, &row.p999, &row.max, &row.isrs, &row.dpcs,
                      per_dpc, &row.busy, &row.balance, &row.lost);
    assert_int_equal(read, 11);
    row.per_dpc = strtod(per_dpc, NULL);
    return row;
}

static void compare(const char *arguments)
{
    wdf_process_run(arguments, &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
}

/* Two queues of N packets each, 5 us a packet, two processors: N x 5 us with a DPC for each queue,
 * N x 10 us with one for both; so the last packet, which arrived at the start, took that long. */
static void dpcq_is_as_on_paper(void **state)
{
    static const unsigned packets[] = {2, 20, 2000, 20000};
    char arguments[160];

    for (size_t i = 0; i < COUNT(packets); i++) {
        unsigned each = packets[i] / 2;

        snprintf(arguments, sizeof(arguments), "compare dpcq --load queues=2,packets=%u",
                 packets[i]);
        compare(arguments);
        struct row per_queue = row_of("dpc-per-queue"), one = row_of("one-dpc");
        assert_true(per_queue.max == each * 5.0);
        assert_true(one.max == each * 10.0);
        assert_true(per_queue.rate == 400000);
        assert_true(one.rate == 200000);
        assert_int_equal(per_queue.busy, 100);
        assert_int_equal(per_queue.balance, 100);
        assert_int_equal(one.busy, 50);
        assert_int_equal(one.balance, 50);
        assert_int_equal(per_queue.lost + one.lost, 0);
    }
}

/* The same with an adapter: a ring each holds all packets, which are there when the load starts. */
static void nicq_is_as_on_paper(void **state)
{
    static const unsigned packets[] = {2, 200, 2000};
    char arguments[400];

    for (size_t i = 0; i < COUNT(packets); i++) {
        unsigned each = packets[i] / 2;

        snprintf(arguments, sizeof(arguments),
                 "compare nicq one-dpc dpc-per-queue message-per-queue threaded-dpc --processors 2 "
                 "--load queues=2,packets=%u,rate=0,jitter=0 --register-ns 0 --isr-ns 0 --dpc-ns 0 "
                 "--switch-ns 0 "
                 "--registry Parameters/PacketUs=dword:5 --registry Parameters/RingSize=dword:400",
                 packets[i]);
        compare(arguments);
        assert_true(row_of("one-dpc").max == each * 10.0);
        assert_true(row_of("dpc-per-queue").max == each * 5.0);
        assert_true(row_of("message-per-queue").max == each * 5.0);
        assert_true(row_of("threaded-dpc").max == each * 5.0);
        assert_true(row_of("one-dpc").rate == 200000);
        assert_true(row_of("message-per-queue").rate == 400000);
        assert_int_equal(row_of("one-dpc").isrs, 1);
        assert_int_equal(row_of("dpc-per-queue").isrs, 1);
        assert_int_equal(row_of("dpc-per-queue").dpcs, 2);
        assert_int_equal(row_of("message-per-queue").isrs, 2);
    }
}

/* What stated costs add, by hand: an interrupt of 500 ns and two accesses in it, a DPC of 300 ns, 2 us
 * of work and the access that gives the packet back. */
static void costs_add_up(void **state)
{
    compare("compare nicq one-dpc message-per-queue --load packets=1,queues=1 --processors 1");
    assert_true(row_of("one-dpc").max == 3.1);
    assert_true(row_of("message-per-queue").max == 3.0); /* nothing to ask the device */
    compare("compare nicq one-dpc --load packets=1,queues=1 --processors 1 --register-ns 1000");
    assert_true(row_of("one-dpc").max == 5.8);
}

/* A packet's interrupt may come in the last window before the DPC thread blocks. */
static void no_interrupt_is_left_behind(void **state)
{
    compare("compare nicq threaded-dpc --processors 2");
    assert_int_equal(row_of("threaded-dpc").lost, 0);
    compare("compare nicq threaded-dpc --switch-ns 1000");
    assert_int_equal(row_of("threaded-dpc").lost, 0);
}

/* Threads and the real clock: how fast is not asserted, only that all runs were made and counted. */
static void real_time_prints_the_spread(void **state)
{
    compare("compare dpcq one-dpc dpc-per-queue --real --processors 1 --load packets=200");
    assert_holds(result.output, "1 processor, real time");
    assert_holds(result.output, "medians of 5 runs each, in turn");
    assert_int_equal(row_of("one-dpc").lost + row_of("dpc-per-queue").lost, 0);
    assert_true(strstr(result.output, "\none-dpc            faster than dpc-per-queue") != NULL ||
                strstr(result.output, "\none-dpc            slower than dpc-per-queue") != NULL ||
                strstr(result.output, "\none-dpc            no difference outside the spread to "
                                      "dpc-per-queue") != NULL);
}

/* The rings have room for all packets: however late the host lets the driver run, none is lost. */
static void a_model_takes_part_in_real_time(void **state)
{
    static const char *const designs[] = {"one-dpc", "dpc-per-queue", "message-per-queue",
                                          "budget",  "threaded-dpc",  "work-item"};
    long online = sysconf(_SC_NPROCESSORS_ONLN);

    compare("compare nicq one-dpc dpc-per-queue message-per-queue budget threaded-dpc work-item "
            "--real --load packets=200,rate=200000");
    assert_holds(result.output, online < 2    ? "1 processor, real time"
                                : online == 2 ? "2 processors, real time"
                                : online == 3 ? "3 processors, real time"
                                              : "4 processors, real time");
    for (size_t i = 0; i < COUNT(designs); i++) {
        struct row row = row_of(designs[i]);

        assert_int_equal(row.lost, 0);
        assert_true(row.isrs >= 1 && row.dpcs + row.isrs >= 2);
        assert_true(row.rate > 0 && row.p50 >= 2.0); /* what a packet takes */
        assert_true(row.p50 <= row.p99 && row.p99 <= row.p999 && row.p999 <= row.max);
    }
}

/* 10 packets wait for a worker that stops after each 3: it runs four times. */
static void a_budget_is_kept(void **state)
{
    compare("compare nicq message-per-queue budget --load packets=10,queues=1,rate=0 "
            "--processors 1 --registry Parameters/Budget=dword:3");
    assert_int_equal(row_of("budget").dpcs, 4);
    compare("compare nicq message-per-queue --load packets=10,queues=1,rate=0 --processors 1");
    assert_int_equal(row_of("message-per-queue").dpcs, 1);
}

/* 100 packets at once for rings of 10: what finds no descriptor is lost, and nothing else is. */
static void a_full_ring_loses_packets(void **state)
{
    compare("compare nicq message-per-queue work-item --load packets=100,queues=2,rate=0 "
            "--processors 2 --registry Parameters/RingSize=dword:a");
    assert_int_equal(row_of("message-per-queue").lost, 80);
    assert_int_equal(row_of("work-item").lost, 80);
    compare("compare nicq message-per-queue --registry Parameters/Forward=dword:1");
    assert_int_equal(row_of("message-per-queue").lost, 0);
}

/* A DPC for all is no worse while one processor can do the work: each packet waits for nobody. */
static void slow_arrivals_are_served_at_once(void **state)
{
    compare("compare dpcq --load rate=100000,packets=1000");
    assert_true(row_of("dpc-per-queue").max == 5.0);
    assert_true(row_of("one-dpc").max == 5.0);
    assert_true(row_of("one-dpc").per_dpc <= 1.0);
}

static void arrivals_come_from_a_file(void **state)
{
    char path[] = "/tmp/arrivalsXXXXXX", arguments[160];
    int file = mkstemp(path);

    assert_true(file >= 0);
    dprintf(file, "# us queue bytes\n0 0 64\n0 0\n\n100.5 1 1500 # late\n");
    close(file);
    snprintf(arguments, sizeof(arguments), "compare %s --load arrivals=%s",
             WC_DRIVERS "/dpcq.compare", path);
    compare(arguments);
    /* Two at the start, 5 us each; the late one, at 100.5 us, alone. */
    assert_true(row_of("dpc-per-queue").max == 10.0);
    assert_true(row_of("dpc-per-queue").p50 == 5.0);
    snprintf(arguments, sizeof(arguments), "compare dpcq --load arrivals=%s,rate=5", path);
    wdf_process_run(arguments, &result);
    assert_int_equal(result.code, 2);
    assert_holds(result.error, "only queues= and bytes= may stand beside it");
    unlink(path);
}

static void a_page_is_written(void **state)
{
    char path[] = "/tmp/compareXXXXXX", arguments[160];
    static char page[65536];
    int file = mkstemp(path);

    assert_true(file >= 0);
    snprintf(arguments, sizeof(arguments), "compare dpcq --html %s", path);
    compare(arguments);
    ssize_t size = read(file, page, sizeof(page) - 1);
    close(file);
    unlink(path);
    assert_true(size > 0);
    assert_holds(page, "<td>dpc-per-queue<td>400000<td>");
    assert_holds(page, "<td>one-dpc<td>200000<td>");
    assert_holds(page, "</html>");
    assert_null(strstr(page, "http"));
    assert_null(strstr(page, "How sure that is"));
}

static void a_page_of_real_time_says_how_sure_it_is(void **state)
{
    char path[] = "/tmp/compareXXXXXX", arguments[160];
    static char page[65536];
    int file = mkstemp(path);

    assert_true(file >= 0);
    snprintf(arguments, sizeof(arguments),
             "compare dpcq one-dpc dpc-per-queue --real --processors 1 --load packets=20 --html %s",
             path);
    compare(arguments);
    ssize_t size = read(file, page, sizeof(page) - 1);
    close(file);
    unlink(path);
    assert_true(size > 0);
    assert_holds(page, "1 processor, real time; medians of five runs each");
    assert_holds(page, "How sure that is");
    assert_true(strstr(page, "er than dpc-per-queue</tr>") != NULL ||
                strstr(page, "outside the spread to dpc-per-queue</tr>") != NULL);
}

static void wrong_input_is_one_line(void **state)
{
    static const struct {
        const char *arguments, *said;
    } cases[] = {
        {"compare", "no driver given"},
        {"compare nosuch", "no plan 'nosuch'"},
        {"compare /", "/:0: Is a directory"},
        {"compare /dev/null", "/dev/null:0: the file is empty"},
        {"compare dpcq both", "unknown design 'both'"},
        {"compare dpcq --load packets=x", "packets=x: it is a number from 1 to 10000000"},
        {"compare dpcq --load colour=1", "unknown option \"colour\""},
        {"compare dpcq --load burst", "must be NAME=VALUE"},
        {"compare dpcq --load bytes=9-3", "bytes=9-3: it is a size"},
        {"compare dpcq --load arrivals=/none", "arrivals=/none: No such file"},
        {"compare dpcq --load arrivals=/", "arrivals=/: Is a directory"},
        {"compare dpcq --load arrivals=/proc/self/exe", "not a text file"},
        {"compare dpcq --processors 0", "--processors '0': must be a number from 1 to 64"},
        {"compare dpcq --processors 65", "--processors '65': must be a number from 1 to 64"},
        {"compare dpcq --dpc-ns much", "--dpc-ns 'much'"},
        {"compare dpcq --html /no/such.html", "--html '/no/such.html'"},
        {"compare dpcq --real --processors 64", "this host has"},
        {"compare nicq one-dpc --registry Parameters/PacketUs=dword:fffff",
         "one-dpc: driver 'nicq': AddDevice failed with STATUS_INVALID_PARAMETER (0xC000000D), "
         "with "
         "Parameters/Design=one-dpc Parameters/PacketUs=dword:fffff"},
        {"compare dpcq --registry Parameters/Queues=dword:0", "Parameters/Queues=dword:0"},
        {"compare dpcq --registry Parameters/Queues=dword:x", "1 to 8 hexadecimal digits"},
        {"compare dpcq --real --dpc-ns 5", "--real takes no costs"},
        {"compare dpcq --real --seed 5", "--real takes no --seed"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        wdf_process_run(cases[i].arguments, &result);
        assert_holds(result.error, cases[i].said);
        assert_ptr_equal(strchr(result.error, '\n'), result.error + strlen(result.error) - 1);
        assert_int_equal(strncmp(result.error, "wdf compare: ", 13), 0);
        assert_int_equal(result.code, 2);
    }
}

static void a_plan_has_any_name(void **state)
{
    FILE *file = fopen("plan.of.mine", "w");

    assert_non_null(file);
    fputs("model nicring\ndesign a\n", file);
    fclose(file);
    wdf_process_run("compare ./plan.of.mine", &result);
    assert_holds(result.error, "wdf compare: driver './plan.of.mine.so': No such file");
    assert_int_equal(result.code, 2);
    remove("plan.of.mine");
}

static void the_designs_are_listed(void **state)
{
    compare("compare dpcq --list");
    assert_string_equal(result.output, "dpc-per-queue\none-dpc\none-lock\n");
    compare("compare dpcq one-dpc");
    row_of("one-dpc");
    assert_null(strstr(result.output, "one-lock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dpcq_is_as_on_paper),
        cmocka_unit_test(nicq_is_as_on_paper),
        cmocka_unit_test(costs_add_up),
        cmocka_unit_test(a_budget_is_kept),
        cmocka_unit_test(no_interrupt_is_left_behind),
        cmocka_unit_test(real_time_prints_the_spread),
        cmocka_unit_test(a_model_takes_part_in_real_time),
        cmocka_unit_test(a_full_ring_loses_packets),
        cmocka_unit_test(slow_arrivals_are_served_at_once),
        cmocka_unit_test(arrivals_come_from_a_file),
        cmocka_unit_test(a_page_is_written),
        cmocka_unit_test(a_page_of_real_time_says_how_sure_it_is),
        cmocka_unit_test(wrong_input_is_one_line),
        cmocka_unit_test(a_plan_has_any_name),
        cmocka_unit_test(the_designs_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

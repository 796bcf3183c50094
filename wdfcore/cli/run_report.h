#pragma once
/* run_report.h - what `wdf run` prints: the line of progress, the table. */
#include <stdio.h>

#include <wdfcore/machine.h>

struct run_progress {
    struct wc_machine *machine;
    bool on;             /* stderr is a terminal */
    bool shown;          /* a line stands there */
    uint64_t started_ns; /* wall clock */
    uint64_t moving_ns;  /* wall clock when bytes were first seen moving; 0: not yet */
    uint64_t moved_ns;   /* and when they were last seen moving */
    uint64_t bytes;      /* as last seen */
};

uint64_t run_wall_ns(void);

/* run_progress_look: note what has moved, show it. run_progress_end: take the line away. */
void run_progress_look(struct run_progress *progress);
void run_progress_end(struct run_progress *progress);

void run_report_table(FILE *out, const struct run_progress *progress);
/* run_report_recording: write the files and tables that the recording is wanted as. */
struct run_options;
bool run_wants_recording(const struct run_options *options);
enum wc_result run_report_recording(FILE *out, struct wc_machine *machine,
                                    const struct run_options *options);

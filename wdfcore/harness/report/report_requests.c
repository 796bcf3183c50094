/* report_requests.c - requests from arrival to completion; see report_walk.h. */
#include "harness/report/report_walk.h"

struct report_request *report_request_of(struct report_walk *walk,
                                         const struct base_recorded *event)
{
    struct report_pending *pending = report_pending_of(walk, event->subject);
    const struct base_subject *subject = base_subject_at(event->subject);
    struct report_request *request;

    if (pending->request != REPORT_NONE) {
        return &walk->report->requests[pending->request];
    }
    request = REPORT_ADD(walk, request);
    request->subject = event->subject;
    request->completed_by = REPORT_NONE;
    request->processor = event->processor;
    request->major = (uint8_t)event->value;
    request->is_irp = subject != NULL && subject->kind == BASE_SUBJECT_IRP;
    request->arrived = report_point_of(event);
    request->delivered = request->completed = report_never;
    if (!walk->failed) {
        pending->request = (uint32_t)(walk->report->request_count - 1);
    }
    return request;
}

void report_request_new(struct report_walk *walk, struct report_context *context,
                        const struct base_recorded *event)
{
    report_pending_of(walk, event->subject)->request =
        REPORT_NONE; /* the slot's earlier one is over */
    report_request_of(walk, event);
    if (context->irp != REPORT_NONE && context->irp < walk->report->request_count) {
        walk->report->requests[context->irp].absorbed = true;
    }
}

void report_request_delivered(struct report_walk *walk, struct report_context *context,
                              const struct base_recorded *event)
{
    struct report_request *request = report_request_of(walk, event);

    if (request->delivered.ns == REPORT_NEVER) {
        request->delivered = report_point_of(event);
    }
    if (request->is_irp) {
        context->irp = report_pending_of(walk, event->subject)->request;
    }
}

void report_request_completed(struct report_walk *walk, const struct report_context *context,
                              const struct base_recorded *event)
{
    const struct base_subject *subject = base_subject_at(event->subject);
    struct report_request *request;

    if (report_pending_of(walk, event->subject)->request == REPORT_NONE) {
        return; /* arrived before the recording began */
    }
    request = report_request_of(walk, event);
    request->completed = report_point_of(event);
    request->status = event->value;
    request->completed_by = report_context_top(context);
    if (subject == NULL || subject->kind != BASE_SUBJECT_IRP) {
        report_pending_of(walk, event->subject)->request = REPORT_NONE;
    } /* else a completion routine may hold it up, and it is completed once more */
}

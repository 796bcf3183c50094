#pragma once
/* pnp_reports.h - what stacks report about themselves, and the worker that acts upon it. */

struct pnp_node;

/* pnp_reports_listen: what stacks report is acted upon from now on. */
void pnp_reports_listen(void);
/* pnp_reports_queue: send the worker to a tree, whose root notes that it is on its way (work_queued).
 * <= DISPATCH_LEVEL. */
void pnp_reports_queue(struct pnp_node *root);

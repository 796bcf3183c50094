/* peers_wdf.h - the rows of peers_wdf.c and peers_handle.c, for the table in peers_wdfcore.c. */
#ifndef PEERS_WDF_H
#define PEERS_WDF_H

#include "workloads.h"

void wdfbench_wdfdpc_same(struct run *r);
void wdfbench_wdfdpc_dup(struct run *r);
void wdfbench_wdfobject_single(struct run *r);
void wdfbench_wdfobject_tree(struct run *r);
void wdfbench_wdfobject_big(struct run *r);
void wdfbench_context_chase(struct run *r);
void wdfbench_context_indep(struct run *r);
void wdfbench_request(struct run *r);
void wdfbench_handle_chase(struct run *r);
void wdfbench_handle_indep(struct run *r);
void wdfbench_threaded_wdfdpc_same(struct run *r);
void wdfbench_threaded_wdfdpc_dup(struct run *r);
void wdfbench_threaded_wdfobject_single(struct run *r);
void wdfbench_threaded_wdfobject_tree(struct run *r);
void wdfbench_threaded_request(struct run *r);

#endif

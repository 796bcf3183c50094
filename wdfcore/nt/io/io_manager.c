/* io_manager.c - start, leaks and end of everything the I/O manager and the pool keep. */
#include "nt/io/io_manager.h"

#include "nt/dma/hal_adapter.h"
#include "nt/ex/ex_pool.h"
#include "nt/io/io_driver.h"
#include "nt/io/file/io_file.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/io_lock.h"
#include "nt/io/io_name.h"
#include "nt/io/pnp/io_pnp_node.h"
#include "nt/io/io_reinitialize.h"
#include "nt/io/io_remove_lock.h"
#include "nt/io/pnp/io_notify.h"
#include "nt/io/io_shutdown.h"
#include "nt/io/power/po_idle.h"
#include "nt/io/power/po_setting.h"
#include "nt/io/power/po_system.h"
#include "nt/io/deferred/io_timer.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/wmi/wmi.h"

struct base_lock io_lists = {.rank = BASE_RANK_IO};

bool io_manager_start(void)
{
    io_cancel_start();
    return true;
}

unsigned io_manager_report_leaks(void)
{
    unsigned count = io_irp_report_leaks() + hal_dma_report_leaks("the machine", NULL, 0);

    return count + ex_pool_report_leaks("the machine", NULL, 0);
}

void io_manager_stop(void)
{
    io_pnp_set_bus(NULL);
    io_work_stop();
    io_name_stop();
    io_interface_stop();
    io_remove_lock_stop();
    io_notify_stop();
    io_notify_events_stop();
    io_shutdown_stop();
    io_reinitialize_stop();
    wmi_stop();
    io_timer_stop();
    po_idle_stop();
    po_setting_stop();
    po_system_stop();
    io_file_stop();
    io_driver_stop();
    ex_lookaside_stop();
    io_irp_stop();
    ex_pool_stop();
}

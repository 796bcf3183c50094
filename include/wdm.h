/* wdm.h - what a WDM driver sees of the system. Gathers the topic headers in nt/. */
#pragma once

/* Drivers ask for it, to know what is declared. */
#ifndef _WDMDDK_
#define _WDMDDK_
#endif

#include "ntdef.h"
#include "ntstatus.h"
#include "devioctl.h"
#include "excpt.h"
#include "nt/crt.h"
#include "nt/irql.h"
#include "nt/dbg.h"
#include "nt/interlocked.h"
#include "nt/list.h"
#include "nt/rtl.h"
#include "nt/processor.h"
#include "nt/processor_notify.h"
#include "nt/topology.h"
#include "nt/dpc.h"
#include "nt/spinlock.h"
#include "nt/dispatcher.h"
#include "nt/lock.h"
#include "nt/pool.h"
#include "nt/mm.h"
#include "nt/resource.h"
#include "nt/device.h"
#include "nt/power.h"
#include "nt/power_framework.h"
#include "nt/irp.h"
#include "nt/interrupt.h"
#include "nt/io.h"
#include "nt/hal.h"
#include "nt/dma.h"
#include "nt/object.h"
#include "nt/object_callback.h"
#include "nt/registry_callback.h"
#include "nt/etw.h"
#include "nt/pnp.h"
#include "nt/file.h"
#include "nt/rights.h"
#include "nt/security.h"

/* Which of two kinds of machine, one of which is no more. */
#define IsNEC_98    (FALSE)
#define IsNotNEC_98 (TRUE)
#define SetNEC_98
#define SetNotNEC_98

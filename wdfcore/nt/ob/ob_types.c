/* ob_types.c - the type objects that drivers name: a POBJECT_TYPE is the address of our own type. */
#include "nt/ob/ob_types.h"

#include <ntifs.h>

#include <stdint.h>

#include "nt/cm/cm_open.h"
#include "nt/se/se_token.h"

/* What no routine of a driver can make: the names exist so that a handle of another type is refused. */
static const struct ob_type semaphore_type = {.name = "Semaphore"};

static POBJECT_TYPE device = (POBJECT_TYPE)(uintptr_t)&io_device_type;
static POBJECT_TYPE driver = (POBJECT_TYPE)(uintptr_t)&io_driver_type;
static POBJECT_TYPE file = (POBJECT_TYPE)(uintptr_t)&io_file_type;
static POBJECT_TYPE event = (POBJECT_TYPE)(uintptr_t)&ob_event_type;
static POBJECT_TYPE thread = (POBJECT_TYPE)(uintptr_t)&ke_thread_type;
static POBJECT_TYPE process = (POBJECT_TYPE)(uintptr_t)&ps_process_type;
static POBJECT_TYPE key = (POBJECT_TYPE)(uintptr_t)&cm_open_type;
static POBJECT_TYPE token = (POBJECT_TYPE)(uintptr_t)&se_token_type;
static POBJECT_TYPE semaphore = (POBJECT_TYPE)(uintptr_t)&semaphore_type;

POBJECT_TYPE *IoDeviceObjectType = &device;
POBJECT_TYPE *IoDriverObjectType = &driver;
POBJECT_TYPE *IoFileObjectType = &file;
POBJECT_TYPE *ExEventObjectType = &event;
POBJECT_TYPE *ExSemaphoreObjectType = &semaphore;
POBJECT_TYPE *PsThreadType = &thread;
POBJECT_TYPE *CmKeyObjectType = &key;
POBJECT_TYPE *SeTokenObjectType = &token;
POBJECT_TYPE *PsProcessType = &process;

/* wdf.h - the whole framework, KMDF 1.33, but for wdfusb.h and wdfminiport.h. */
#pragma once

#ifndef KMDF_VERSION_MAJOR
#define KMDF_VERSION_MAJOR 1
#endif
#ifndef KMDF_VERSION_MINOR
#define KMDF_VERSION_MINOR 33
#endif

/* Everything that these headers declare is available, whatever version a driver asks for. */
#define WDF_IS_FUNCTION_AVAILABLE(_functionname)        (TRUE)
#define WDF_IS_STRUCTURE_AVAILABLE(_structname)         (TRUE)
#define WDF_IS_FIELD_AVAILABLE(_structname, _fieldname) (TRUE)

#include <wdftypes.h>
#include <wdfglobals.h>
#include <wdfstatus.h>
#include <wdfcore.h>
#include <wdfobject.h>
#include <wdfsync.h>
#include <wdfdriver.h>
#include <wdfassert.h>
#include <wdfverifier.h>
#include <wdfpool.h>
#include <wdfqueryinterface.h>
#include <wdfmemory.h>
#include <wdfchildlist.h>
#include <wdffileobject.h>
#include <wdfrequest.h>
#include <wdfdevice.h>
#include <wdfcollection.h>
#include <wdfdpc.h>
#include <wdftimer.h>
#include <wdfworkitem.h>
#include <wdfinterrupt.h>
#include <wdfresource.h>
#include <wdfiotarget.h>
#include <wdfio.h>
#include <wdffdo.h>
#include <wdfpdo.h>
#include <wdfcontrol.h>
#include <wdfwmi.h>
#include <wdfstring.h>
#include <wdfregistry.h>
#include <wdfdmaenabler.h>
#include <wdfdmatransaction.h>
#include <wdfcommonbuffer.h>
#include <wdfbugcodes.h>
#include <wdfroletypes.h>
#include <wdfhwaccess.h>
#include <wdfcompaniontarget.h>

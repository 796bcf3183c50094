/* wdffileobject.h - open files of a device.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* WdfFileObjectGetFileName: name part behind the device or interface.
 *   Returns  string, or NULL without a WDM file object
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffileobject/nf-wdffileobject-wdffileobjectgetfilename
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI PUNICODE_STRING
    WdfFileObjectGetFileName(WDFFILEOBJECT FileObject);

/* WdfFileObjectGetFlags: flags of the file object.
 *   Returns  FO_xxx flags
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffileobject/nf-wdffileobject-wdffileobjectgetflags
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG WdfFileObjectGetFlags(WDFFILEOBJECT FileObject);

/* WdfFileObjectGetDevice: device that was opened.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffileobject/nf-wdffileobject-wdffileobjectgetdevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE
    WdfFileObjectGetDevice(WDFFILEOBJECT FileObject);

/* WdfFileObjectGetInitiatorProcessId: process that opened the file.
 *   Returns  process identifier of the host
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffileobject/nf-wdffileobject-wdffileobjectgetinitiatorprocessid
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG
    WdfFileObjectGetInitiatorProcessId(WDFFILEOBJECT FileObject);

/* WdfFileObjectWdmGetFileObject: the WDM file object.
 *   Returns  file object
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffileobject/nf-wdffileobject-wdffileobjectwdmgetfileobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PFILE_OBJECT
    WdfFileObjectWdmGetFileObject(WDFFILEOBJECT FileObject);

WDF_EXTERN_C_END

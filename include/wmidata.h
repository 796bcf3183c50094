/* wmidata.h - data blocks of WMI that drivers of the system's device classes offer: serial ports,
 * keyboards and mice.
 *   Source   wmidata.h of the WDK; the MSSerial_*, MSKeyboard_* and MSMouse_* classes
 */
#pragma once

#include "guiddef.h"
#include "ntdef.h"

/* ---- serial ports ---- */

/* The same as initial values. */
#define SERIAL_PORT_WMI_NAME_GUID                          \
    {                                                      \
        0xa0ec11a8, 0xb16c, 0x11d1,                        \
        {                                                  \
            0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d \
        }                                                  \
    }
#define SERIAL_PORT_WMI_COMM_GUID                          \
    {                                                      \
        0xedb16a62, 0xb16c, 0x11d1,                        \
        {                                                  \
            0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d \
        }                                                  \
    }
#define SERIAL_PORT_WMI_HW_GUID                            \
    {                                                      \
        0x270b9b86, 0xb16d, 0x11d1,                        \
        {                                                  \
            0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d \
        }                                                  \
    }
#define SERIAL_PORT_WMI_PERF_GUID                          \
    {                                                      \
        0x56415acc, 0xb16d, 0x11d1,                        \
        {                                                  \
            0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d \
        }                                                  \
    }
#define SERIAL_PORT_WMI_PROPERTIES_GUID                    \
    {                                                      \
        0x8209ec2a, 0x2d6b, 0x11d2,                        \
        {                                                  \
            0xba, 0x49, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d \
        }                                                  \
    }
DEFINE_GUID(MSSerial_PortName_GUID, 0xa0ec11a8, 0xb16c, 0x11d1, 0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06,
            0xbe, 0x2d);
DEFINE_GUID(MSSerial_CommInfo_GUID, 0xedb16a62, 0xb16c, 0x11d1, 0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06,
            0xbe, 0x2d);
DEFINE_GUID(MSSerial_HardwareConfiguration_GUID, 0x270b9b86, 0xb16d, 0x11d1, 0xbd, 0x98, 0x00, 0xa0,
            0xc9, 0x06, 0xbe, 0x2d);
DEFINE_GUID(MSSerial_PerformanceInformation_GUID, 0x56415acc, 0xb16d, 0x11d1, 0xbd, 0x98, 0x00,
            0xa0, 0xc9, 0x06, 0xbe, 0x2d);
DEFINE_GUID(MSSerial_CommProperties_GUID, 0x8209ec2a, 0x2d6b, 0x11d2, 0xba, 0x49, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);

typedef struct _MSSerial_PortName {
    CHAR VariableData[1]; /* a counted string */
} MSSerial_PortName, *PMSSerial_PortName;

typedef struct _SERIAL_WMI_COMM_DATA {
    ULONG BaudRate;
    ULONG BitsPerByte;
    ULONG Parity;
    BOOLEAN ParityCheckEnable;
    ULONG StopBits;
    ULONG XoffCharacter;
    ULONG XoffXmitThreshold;
    ULONG XonCharacter;
    ULONG XonXmitThreshold;
    ULONG MaximumBaudRate;
    ULONG MaximumOutputBufferSize;
    ULONG MaximumInputBufferSize;
    BOOLEAN Support16BitMode;
    BOOLEAN SupportDTRDSR;
    BOOLEAN SupportIntervalTimeouts;
    BOOLEAN SupportParityCheck;
    BOOLEAN SupportRTSCTS;
    BOOLEAN SupportXonXoff;
    BOOLEAN SettableBaudRate;
    BOOLEAN SettableDataBits;
    BOOLEAN SettableFlowControl;
    BOOLEAN SettableParity;
    BOOLEAN SettableParityCheck;
    BOOLEAN SettableStopBits;
    BOOLEAN IsBusy;
} SERIAL_WMI_COMM_DATA, *PSERIAL_WMI_COMM_DATA;

typedef struct _SERIAL_WMI_HW_DATA {
    ULONG IrqNumber;
    ULONG IrqVector;
    ULONG IrqLevel;
    ULONGLONG IrqAffinityMask;
    ULONG InterruptType;
    ULONGLONG BaseIOAddress;
} SERIAL_WMI_HW_DATA, *PSERIAL_WMI_HW_DATA;

typedef struct _SERIAL_WMI_PERF_DATA {
    ULONG ReceivedCount;
    ULONG TransmittedCount;
    ULONG FrameErrorCount;
    ULONG SerialOverrunErrorCount;
    ULONG BufferOverrunErrorCount;
    ULONG ParityErrorCount;
} SERIAL_WMI_PERF_DATA, *PSERIAL_WMI_PERF_DATA;

#define SERIAL_WMI_INTTYPE_LATCHED 0
#define SERIAL_WMI_INTTYPE_LEVEL   1

#define SERIAL_WMI_PARITY_NONE  0
#define SERIAL_WMI_PARITY_ODD   1
#define SERIAL_WMI_PARITY_EVEN  2
#define SERIAL_WMI_PARITY_SPACE 3
#define SERIAL_WMI_PARITY_MARK  4

#define SERIAL_WMI_STOP_1   0
#define SERIAL_WMI_STOP_1_5 1
#define SERIAL_WMI_STOP_2   2

/* ---- keyboards and mice ---- */

DEFINE_GUID(MSKeyboard_PortInformation_GUID, 0x4731f89a, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0,
            0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSKeyboard_ClassInformation_GUID, 0x4731f899, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0,
            0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSMouse_PortInformation_GUID, 0x4731f89c, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);
DEFINE_GUID(MSMouse_ClassInformation_GUID, 0x4731f89b, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);

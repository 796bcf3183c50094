/* project.h - the driver of drv_project.vcxproj: a block of WMI, as its MOF file describes it. */
#pragma once
#include <ntddk.h>
#include <wdf.h>
#include <ntddser.h>
#include <initguid.h>
#include <wmilib.h>
#include "BlockMof.h"
#include "events.h"
#include "TraceMade.h"

#define WPP_CONTROL_GUIDS                                                            \
    WPP_DEFINE_CONTROL_GUID(ProjectGuid, (b10c0009, 0000, 0000, 0000, 000000000000), \
                            WPP_DEFINE_BIT(PROJECT_ALL))
#define WPP_LEVEL_FLAGS_LOGGER(level, flags) WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_ENABLED(level, flags) \
    (WPP_LEVEL_ENABLED(flags) && WPP_CONTROL(WPP_BIT_##flags).Level >= level)

NTSTATUS BlockCreate(WDFDEVICE Device);

/* old.h - found because INCLUDES names its folder. */
#pragma once

#define OLD_HEADER 1

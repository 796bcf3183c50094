/* spb.h - the driver's own: <spb.h> is Windows', "spb.h" is this one. */
#pragma once

#define OLD_SPB 1

/* ntverp.h - the version of the build, for resource files; its numbers are of use to nobody else. */
#pragma once

#define VER_PRODUCTMAJORVERSION 10
#define VER_PRODUCTMINORVERSION 0
#define VER_PRODUCTBUILD        22621
#define VER_PRODUCTBUILD_QFE    1

#pragma once
/* path.h - in a folder of the project's IncludePath. */
#define PROJECT_PATH_NUMBER 3

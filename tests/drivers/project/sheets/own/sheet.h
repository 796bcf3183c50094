#pragma once
/* sheet.h - in a folder that the property sheet names by its own place. */
#define PROJECT_SHEET_NUMBER 5

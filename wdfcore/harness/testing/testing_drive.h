#pragma once
/* testing_drive.h - testing_drive_stop: the machine of the test is gone, and its lines with it. */
void testing_drive_stop(void);

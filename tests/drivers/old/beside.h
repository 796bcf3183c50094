/* beside.h - lies beside the project, and nothing else has its name: <beside.h> means it, too. It is the driver's. */
#pragma once

struct OldBeside {
    long Number;
};

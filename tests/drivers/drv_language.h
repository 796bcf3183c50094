#pragma once
/* drv_language.h - a driver's own header: what is `long` here has 32 bits. */

#define WIDE unsigned long
#define HERE __FUNCTION__ ", "

struct language {
    long number;
    WIDE wide;
    unsigned long int other;
    long long quad;
    unsigned __int64 quad_too;
};

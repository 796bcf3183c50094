#include <wdfcore/version.h>

const char *wc_version(void)
{
    return WC_VERSION;
}

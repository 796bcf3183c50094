#include "nt/rtl/rtl_status.h"

static const struct {
    NTSTATUS status;
    const char *name;
} rtl_status_names[] = {
#define STATUS_NAME(name) {name, #name},
#include "rtl_status_names.def" /* made by the build */
#undef STATUS_NAME
};

const char *rtl_status_name(NTSTATUS status)
{
    for (size_t i = 0; i < sizeof(rtl_status_names) / sizeof(rtl_status_names[0]); i++) {
        if (rtl_status_names[i].status == status) {
            return rtl_status_names[i].name;
        }
    }
    return NULL;
}

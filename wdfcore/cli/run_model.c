#include "cli/run_model.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <wdfcore/model.h>

#include "cli/cli.h"
#include "harness/driver/driver_file.h"

static unsigned count_models(void)
{
    unsigned count = 0;

    for (const struct wc_model_type *type = wc_model_next(NULL); type != NULL;
         type = wc_model_next(type)) {
        count++;
    }
    return count;
}

static bool is_cut_off(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool cut_off = file >= 0 && driver_file_is_cut_off(file);

    if (file >= 0) {
        close(file);
    }
    return cut_off;
}

/* What registers a model does so when it is loaded; a name without a slash is a file, too. */
int run_load_model(const char *path)
{
    char here[4096];
    unsigned before = count_models();

    snprintf(here, sizeof(here), "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
    if (is_cut_off(here)) {
        return cli_refuse("run", "--load '%s': cut off; build it again", path);
    }
    if (dlopen(here, RTLD_NOW | RTLD_LOCAL) == NULL) {
        return cli_refuse("run", "--load '%s': %s", path, dlerror());
    }
    if (count_models() == before) {
        return cli_refuse("run", "--load '%s': no model is in it that was not there", path);
    }
    return 0;
}

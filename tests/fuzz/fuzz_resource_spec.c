/* fuzz_resource_spec.c - any text is either refused with one line, or says something consistent
 * that survives being written out and read again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "harness/pnp/resource_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_spec(const struct resource_spec *spec, char *text, size_t size)
{
    static const char *const names[] = {"port", "memory", "irq"};
    size_t used = 0;

    text[0] = '\0';
    for (uint32_t i = 0; i < spec->count; i++) {
        const struct resource *item = &spec->item[i];
        int n = snprintf(text + used, size - used, "%s%s=0x%" PRIx64, i > 0 ? "," : "",
                         names[item->kind], item->start);

        used += (size_t)n;
        if (item->length > 1) {
            used += (size_t)snprintf(text + used, size - used, "-0x%" PRIx64,
                                     item->start + (item->length - 1));
        }
    }
}

static void check_accepted(const struct resource_spec *spec)
{
    char text[RESOURCE_SPEC_MAX * 64];
    char error[256] = "";
    struct resource_spec again;

    CORE_ASSERT(spec->count <= RESOURCE_SPEC_MAX);
    for (uint32_t i = 0; i < spec->count; i++) {
        const struct resource *item = &spec->item[i];

        CORE_ASSERT(item->length >= 1);
        CORE_ASSERT(item->start + (item->length - 1) >= item->start);
        CORE_ASSERT(item->kind != RESOURCE_IRQ || item->length == 1);
    }
    print_spec(spec, text, sizeof(text));
    CORE_ASSERT(resource_spec_parse(text, &again, error, sizeof(error)));
    CORE_ASSERT(again.count == spec->count);
    for (uint32_t i = 0; i < spec->count; i++) {
        CORE_ASSERT(again.item[i].kind == spec->item[i].kind);
        CORE_ASSERT(again.item[i].start == spec->item[i].start);
        CORE_ASSERT(again.item[i].length == spec->item[i].length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    char error[256] = "";
    struct resource_spec spec;

    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    if (resource_spec_parse(text, &spec, error, sizeof(error))) {
        check_accepted(&spec);
    } else {
        CORE_ASSERT(error[0] != '\0');
        CORE_ASSERT(strchr(error, '\n') == NULL || strchr(text, '\n') != NULL);
    }
    free(text);
    return 0;
}

#pragma once
/* etw_provider.h - who registered as a provider of events. */
#include <stddef.h>

/* etw_provider_of_code: the call of EtwRegister in that memory whose provider is left, or NULL. */
const void *etw_provider_of_code(const void *start, size_t size);

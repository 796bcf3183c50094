/* specstrings.h - gathers the annotation words under the name that older sources include. */
#pragma once

#include "driverspecs.h"
#include "sal.h"

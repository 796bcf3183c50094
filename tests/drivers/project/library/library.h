/* library.h - what the static library of the project gives its driver. */
#pragma once

unsigned LibraryDouble(unsigned Number);

/* library.c - a source that another project names. */
#include "library.h"

unsigned LibraryDouble(unsigned Number)
{
    return 2 * Number;
}

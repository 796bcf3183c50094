#include "base/barrier.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"

static bool barrier_works; /* (c) while a machine runs */

static bool barrier_command(int command)
{
    return syscall(SYS_membarrier, command, 0, 0) == 0;
}

void base_barrier_start(void)
{
    /* Once more changes nothing. */
    barrier_works = barrier_command(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

bool base_barrier_works(void)
{
    return barrier_works;
}

void base_barrier_all(void)
{
    if (!barrier_command(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
        base_assert_failed("membarrier", __FILE__, __LINE__, __func__);
    }
}

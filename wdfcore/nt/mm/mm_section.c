/* mm_section.c - pageable code and data. Nothing of a driver is ever paged out: what is kept is which
 * modules a driver has locked how often, so that locks and unlocks are seen to pair. One module is one
 * section.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

/* Keys: (c) constant, (l) mm_section_lock */
struct mm_section {
    struct mm_section *next; /* (l) */
    const void *base;        /* (c) where the module lies */
    ULONG locks;             /* (l) */
};

static struct base_lock mm_section_lock = {.rank = BASE_RANK_EX};
static struct mm_section *mm_sections; /* (l) */

/* Where the module that holds the address begins, or NULL. */
static const void *mm_section_base(const void *address)
{
    Dl_info info;

    return dladdr(address, &info) != 0 ? info.dli_fbase : NULL;
}

static void mm_section_missing(const void *address, const char *api)
{
    ke_violation(RULE_BadParameter, 0x1A, 0x1234, (uintptr_t)address, 0, 0,
                 "%s of %p, which lies in no driver", api, address);
}

static struct mm_section *mm_section_find_locked(const void *base)
{
    struct mm_section *section = NULL;

    LL_SEARCH_SCALAR(mm_sections, section, base, base);
    return section;
}

static struct mm_section *mm_section_acquire(const void *base)
{
    struct mm_section *fresh = calloc(1, sizeof(*fresh));
    struct mm_section *section;

    base_lock_acquire(&mm_section_lock);
    section = mm_section_find_locked(base);
    if (section == NULL && fresh != NULL) {
        section = fresh;
        fresh = NULL;
        section->base = base;
        LL_PREPEND(mm_sections, section);
    }
    if (section != NULL) {
        section->locks++;
    }
    base_lock_release(&mm_section_lock);
    free(fresh);
    return section;
}

PVOID MmLockPagableDataSection(PVOID AddressWithinSection)
{
    const void *base;

    if (!API(APC_LEVEL)) {
        return NULL;
    }
    base = mm_section_base(AddressWithinSection);
    if (base == NULL) {
        mm_section_missing(AddressWithinSection, __func__);
        return NULL;
    }
    return mm_section_acquire(base);
}

/* Change the count of a handle that a driver gave. false: it is none, or not locked. */
static bool mm_section_count(const void *handle, int change)
{
    struct mm_section *section;
    bool good;

    base_lock_acquire(&mm_section_lock);
    section = mm_sections;
    while (section != NULL && section != handle) {
        section = section->next;
    }
    good = section != NULL && (change > 0 || section->locks > 0);
    if (good) {
        section->locks += (ULONG)change;
    }
    base_lock_release(&mm_section_lock);
    return good;
}

VOID MmLockPagableSectionByHandle(PVOID ImageSectionHandle)
{
    if (API(APC_LEVEL) && !mm_section_count(ImageSectionHandle, 1)) {
        mm_section_missing(ImageSectionHandle, __func__);
    }
}

VOID MmUnlockPagableImageSection(PVOID ImageSectionHandle)
{
    if (API(APC_LEVEL) && !mm_section_count(ImageSectionHandle, -1)) {
        ke_violation(RULE_BadParameter, 0x1A, 0x1010, (uintptr_t)ImageSectionHandle, 0, 0,
                     "MmUnlockPagableImageSection of %p, which is no locked section",
                     ImageSectionHandle);
    }
}

PVOID MmPageEntireDriver(PVOID AddressWithinSection)
{
    return API(APC_LEVEL) ? (PVOID)(ULONG_PTR)mm_section_base(AddressWithinSection) : NULL;
}

VOID MmResetDriverPaging(PVOID AddressWithinSection)
{
    if (API(APC_LEVEL) && mm_section_base(AddressWithinSection) == NULL) {
        mm_section_missing(AddressWithinSection, __func__);
    }
}

static void mm_section_stop(void)
{
    struct mm_section *section;
    struct mm_section *next;

    LL_FOREACH_SAFE (mm_sections, section, next) {
        free(section);
    }
    mm_sections = NULL;
}

static struct ke_machine_part mm_section_part = {.order = 11, .stop = mm_section_stop};

__attribute__((constructor)) static void mm_section_register(void)
{
    ke_machine_register(&mm_section_part);
}

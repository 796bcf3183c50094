/* io_share.c - share access: what the openers of a file do, and let each other do. */
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"

#define SHARE_ACCESS_READ  (FILE_EXECUTE | FILE_READ_DATA)
#define SHARE_ACCESS_WRITE (FILE_WRITE_DATA | FILE_APPEND_DATA)

static BOOLEAN share_check(const char *api, PFILE_OBJECT file, PSHARE_ACCESS access)
{
    return ke_check_address(file, "a file object", api) &&
           (file->Type == IO_TYPE_FILE ||
            ke_check_refuse(RULE_ObjectNotInitialized, file, "a file object", api)) &&
           ke_check_address(access, "a share access", api);
}

/* Who neither reads nor writes nor deletes does not count. */
static BOOLEAN share_counts(const FILE_OBJECT *file)
{
    return file->ReadAccess || file->WriteAccess || file->DeleteAccess;
}

static void share_set_file(PFILE_OBJECT file, ACCESS_MASK access, ULONG share)
{
    file->ReadAccess = (access & SHARE_ACCESS_READ) != 0;
    file->WriteAccess = (access & SHARE_ACCESS_WRITE) != 0;
    file->DeleteAccess = (access & DELETE) != 0;
    if (share_counts(file)) {
        file->SharedRead = (share & FILE_SHARE_READ) != 0;
        file->SharedWrite = (share & FILE_SHARE_WRITE) != 0;
        file->SharedDelete = (share & FILE_SHARE_DELETE) != 0;
    }
}

/* by  1, or MAXULONG, which takes one away */
static void share_count(const FILE_OBJECT *file, PSHARE_ACCESS access, ULONG by)
{
    access->OpenCount += by;
    access->Readers += file->ReadAccess ? by : 0;
    access->Writers += file->WriteAccess ? by : 0;
    access->Deleters += file->DeleteAccess ? by : 0;
    access->SharedRead += file->SharedRead ? by : 0;
    access->SharedWrite += file->SharedWrite ? by : 0;
    access->SharedDelete += file->SharedDelete ? by : 0;
}

/* What it wants all others must share, and what others do it must share. */
static BOOLEAN share_conflicts(const FILE_OBJECT *file, const SHARE_ACCESS *access)
{
    return (file->ReadAccess && access->SharedRead < access->OpenCount) ||
           (file->WriteAccess && access->SharedWrite < access->OpenCount) ||
           (file->DeleteAccess && access->SharedDelete < access->OpenCount) ||
           (access->Readers != 0 && !file->SharedRead) ||
           (access->Writers != 0 && !file->SharedWrite) ||
           (access->Deleters != 0 && !file->SharedDelete);
}

NTSTATUS IoCheckShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess,
                            PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, BOOLEAN Update)
{
    if (!API(PASSIVE_LEVEL) || !share_check(__func__, FileObject, ShareAccess)) {
        return STATUS_INVALID_PARAMETER;
    }
    share_set_file(FileObject, DesiredAccess, DesiredShareAccess);
    if (!share_counts(FileObject)) {
        return STATUS_SUCCESS;
    }
    if (share_conflicts(FileObject, ShareAccess)) {
        return STATUS_SHARING_VIOLATION;
    }
    if (Update) {
        share_count(FileObject, ShareAccess, 1);
    }
    return STATUS_SUCCESS;
}

VOID IoSetShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
                      PSHARE_ACCESS ShareAccess)
{
    if (!API(PASSIVE_LEVEL) || !share_check(__func__, FileObject, ShareAccess)) {
        return;
    }
    share_set_file(FileObject, DesiredAccess, DesiredShareAccess);
    *ShareAccess = (SHARE_ACCESS){0};
    if (share_counts(FileObject)) {
        share_count(FileObject, ShareAccess, 1);
    }
}

VOID IoUpdateShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    if (API(PASSIVE_LEVEL) && share_check(__func__, FileObject, ShareAccess) &&
        share_counts(FileObject)) {
        share_count(FileObject, ShareAccess, 1);
    }
}

VOID IoRemoveShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    if (!API(PASSIVE_LEVEL) || !share_check(__func__, FileObject, ShareAccess) ||
        !share_counts(FileObject)) {
        return;
    }
    if (ShareAccess->OpenCount == 0) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)FileObject, (uintptr_t)ShareAccess, 0, 0,
                     "%s of a file that is not counted there", __func__);
        return;
    }
    share_count(FileObject, ShareAccess, MAXULONG);
}

/* mm_view.c - sections and their views: contents without a file, which each view shows. A view has its
 * addresses from when it is mapped until it is unmapped, or the machine ends; it holds its section.
 */
#include <ntifs.h>

#include <stdlib.h>
#include <utlist.h>

#include "base/lock.h"
#include "host/host_memory.h"
#include "nt/ex/ex_pool.h"
#include "nt/io/io_name.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ob/ob_directory.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

#define MM_GRANULARITY 0x10000ull /* where views, and what they show, begin */
#define MM_ATTRIBUTES  (SEC_COMMIT | SEC_RESERVE | SEC_IMAGE | SEC_NOCACHE | SEC_LARGE_PAGES)

/* (c) once made; next, prev: (l) */
struct mm_section_object {
    struct mm_section_object *next, *prev;
    int share;
    ULONGLONG size;
    ULONG protect;
    UNICODE_STRING name; /* empty: none */
};

/* Key: (l) mm_view_lock */
struct mm_view {
    struct mm_view *next; /* (l) */
    PUCHAR start;         /* (c) as the rest */
    SIZE_T size;
    struct mm_section_object *section; /* referenced */
};

static struct base_lock mm_view_lock = {.rank = BASE_RANK_EX};
static struct mm_view *mm_views;                     /* (l) */
static struct mm_section_object *mm_section_objects; /* (l) */

static void section_destroy(void *body)
{
    struct mm_section_object *section = body;

    if (section->name.Buffer != NULL) {
        io_name_remove(&section->name);
        ex_pool_release(section->name.Buffer);
    }
    base_lock_acquire(&mm_view_lock);
    DL_DELETE(mm_section_objects, section);
    base_lock_release(&mm_view_lock);
    host_memory_unshare(section->share);
}

static const struct ob_type mm_section_type = {.name = "Section", .destroy = section_destroy};

/* ---- protections ---- */

struct mm_protection {
    ULONG protect;
    enum host_memory_rights rights;
    bool writes, executes;
};

/* NULL: none of the protections of pages that are shared. */
static const struct mm_protection *protection_find(ULONG protect)
{
    static const struct mm_protection protections[] = {
        {PAGE_NOACCESS, HOST_MEMORY_NONE, false, false},
        {PAGE_READONLY, HOST_MEMORY_READ, false, false},
        {PAGE_READWRITE, HOST_MEMORY_WRITE, true, false},
        {PAGE_EXECUTE, HOST_MEMORY_EXECUTE, false, true},
        {PAGE_EXECUTE_READ, HOST_MEMORY_EXECUTE, false, true},
        {PAGE_EXECUTE_READWRITE, HOST_MEMORY_ALL, true, true},
    };

    protect &= ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE);
    for (size_t i = 0; i < RTL_NUMBER_OF(protections); i++) {
        if (protections[i].protect == protect) {
            return &protections[i];
        }
    }
    return NULL;
}

/* ---- sections ---- */

static NTSTATUS section_check(const LARGE_INTEGER *size, ULONG protect, ULONG attributes,
                              HANDLE file)
{
    if ((attributes & ~(ULONG)MM_ATTRIBUTES) != 0 ||
        (attributes & (SEC_COMMIT | SEC_RESERVE | SEC_IMAGE)) == 0) {
        return STATUS_INVALID_PARAMETER_6;
    }
    if (protection_find(protect) == NULL || (protect & 0xFF) == PAGE_NOACCESS) {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (file != NULL || (attributes & SEC_IMAGE) != 0) {
        void *body = file != NULL ? ob_handle_lookup(file) : NULL;

        if (file != NULL && body == NULL) {
            return STATUS_INVALID_HANDLE;
        }
        return body != NULL && !ob_is(body, &io_file_type) ? STATUS_OBJECT_TYPE_MISMATCH
                                                           : STATUS_INVALID_FILE_FOR_SECTION;
    }
    return size == NULL || size->QuadPart <= 0 ? STATUS_INVALID_PARAMETER_4 : STATUS_SUCCESS;
}

static NTSTATUS section_create(ULONGLONG size, ULONG protect, struct mm_section_object **out)
{
    ULONGLONG whole = ROUND_TO_PAGES(size);
    struct mm_section_object *section;
    int share = whole != 0 ? host_memory_share(whole) : -1;

    if (share < 0) {
        return STATUS_SECTION_TOO_BIG;
    }
    section = ob_create(&mm_section_type, sizeof(*section));
    if (section == NULL) {
        host_memory_unshare(share);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    section->share = share;
    section->size = size;
    section->protect = protect;
    base_lock_acquire(&mm_view_lock);
    DL_APPEND(mm_section_objects, section);
    base_lock_release(&mm_view_lock);
    *out = section;
    return STATUS_SUCCESS;
}

/* The name becomes the section's, or is freed. */
static NTSTATUS section_set_name(struct mm_section_object *section, UNICODE_STRING *name)
{
    NTSTATUS status;

    if (name->Length == 0) {
        return STATUS_SUCCESS;
    }
    status = io_name_insert(name, section);
    if (NT_SUCCESS(status)) {
        section->name = *name;
    } else {
        ex_pool_release(name->Buffer);
    }
    return status;
}

NTSTATUS ZwCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                         POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                         ULONG SectionPageProtection, ULONG AllocationAttributes, HANDLE FileHandle)
{
    struct mm_section_object *section = NULL;
    UNICODE_STRING name;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = section_check(MaximumSize, SectionPageProtection, AllocationAttributes, FileHandle);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = section_create((ULONGLONG)MaximumSize->QuadPart, SectionPageProtection, &section);
    if (!NT_SUCCESS(status)) {
        ex_pool_release(name.Buffer);
        return status;
    }
    status = section_set_name(section, &name);
    if (!NT_SUCCESS(status)) {
        ob_deref(section);
        return status;
    }
    return ob_open_new(section, DesiredAccess, ObjectAttributes, SectionHandle);
}

NTSTATUS ZwOpenSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                       POBJECT_ATTRIBUTES ObjectAttributes)
{
    UNICODE_STRING name;
    void *body = NULL;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = io_name_lookup(&name, &body, NULL);
    ex_pool_release(name.Buffer);
    if (NT_SUCCESS(status) && !ob_is(body, &mm_section_type)) {
        ob_deref(body);
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    return NT_SUCCESS(status) ? ob_open_new(body, DesiredAccess, ObjectAttributes, SectionHandle)
                              : status;
}

/* ---- views ---- */

/* What is to be shown: *size 0: all from there on. */
static NTSTATUS view_range(const struct mm_section_object *section, ULONGLONG offset, SIZE_T *size)
{
    if (offset % MM_GRANULARITY != 0) {
        return STATUS_MAPPED_ALIGNMENT;
    }
    if (offset >= section->size || *size > section->size - offset) {
        return STATUS_INVALID_VIEW_SIZE;
    }
    *size = ROUND_TO_PAGES(*size != 0 ? *size : section->size - offset);
    return STATUS_SUCCESS;
}

/* base NULL: anywhere. */
static NTSTATUS view_map(struct mm_section_object *section, PVOID base, ULONGLONG offset,
                         SIZE_T size, enum host_memory_rights rights, PVOID *start)
{
    struct mm_view *view = calloc(1, sizeof(*view));

    if (view == NULL) {
        return STATUS_NO_MEMORY;
    }
    view->start = host_memory_map(base, size, MM_GRANULARITY);
    if (view->start == NULL) {
        free(view);
        return base != NULL ? STATUS_CONFLICTING_ADDRESSES : STATUS_NO_MEMORY;
    }
    if (!host_memory_view(view->start, size, section->share, offset) ||
        !host_memory_protect(view->start, size, rights)) {
        host_memory_unmap(view->start, size);
        free(view);
        return STATUS_NO_MEMORY;
    }
    view->size = size;
    view->section = section;
    ob_ref(section); /* dropped by view_unmap */
    *start = view->start;
    base_lock_acquire(&mm_view_lock);
    LL_PREPEND(mm_views, view);
    base_lock_release(&mm_view_lock);
    return STATUS_SUCCESS;
}

/* The view that the address lies in. */
static NTSTATUS view_unmap(const void *address)
{
    struct mm_view *view;

    base_lock_acquire(&mm_view_lock);
    view = mm_views;
    while (view != NULL && (ULONG_PTR)address - (ULONG_PTR)view->start >= view->size) {
        view = view->next;
    }
    if (view != NULL) {
        LL_DELETE(mm_views, view);
    }
    base_lock_release(&mm_view_lock);
    if (view == NULL) {
        return STATUS_NOT_MAPPED_VIEW;
    }
    host_memory_unmap(view->start, view->size);
    ob_deref(view->section);
    free(view);
    return STATUS_SUCCESS;
}

static NTSTATUS view_check(HANDLE process, PVOID base, SECTION_INHERIT inherit, ULONG type,
                           ULONG protect)
{
    if (process != ZwCurrentProcess()) {
        return STATUS_INVALID_HANDLE;
    }
    if (inherit != ViewShare && inherit != ViewUnmap) {
        return STATUS_INVALID_PARAMETER_8;
    }
    if ((type & ~(ULONG)(MEM_TOP_DOWN | MEM_RESERVE)) != 0) {
        return STATUS_INVALID_PARAMETER_9;
    }
    if (protection_find(protect) == NULL) {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    return (ULONG_PTR)base % MM_GRANULARITY != 0 ? STATUS_MAPPED_ALIGNMENT : STATUS_SUCCESS;
}

static NTSTATUS section_of_handle(HANDLE handle, struct mm_section_object **section)
{
    *section = ob_handle_reference(handle);
    if (*section == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(*section, &mm_section_type)) {
        ob_deref(*section);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return STATUS_SUCCESS;
}

NTSTATUS ZwMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID *BaseAddress,
                            ULONG_PTR ZeroBits, SIZE_T CommitSize, PLARGE_INTEGER SectionOffset,
                            PSIZE_T ViewSize, SECTION_INHERIT InheritDisposition,
                            ULONG AllocationType, ULONG Win32Protect)
{
    ULONGLONG offset = SectionOffset != NULL ? (ULONGLONG)SectionOffset->QuadPart : 0;
    const struct mm_protection *wanted = protection_find(Win32Protect);
    struct mm_section_object *section = NULL;
    const struct mm_protection *most;
    SIZE_T size = *ViewSize;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(ZeroBits);
    UNREFERENCED_PARAMETER(CommitSize);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status =
        view_check(ProcessHandle, *BaseAddress, InheritDisposition, AllocationType, Win32Protect);
    if (!NT_SUCCESS(status) || !NT_SUCCESS(status = section_of_handle(SectionHandle, &section))) {
        return status;
    }
    most = protection_find(section->protect);
    if ((wanted->writes && !most->writes) || (wanted->executes && !most->executes)) {
        status = STATUS_SECTION_PROTECTION;
    } else {
        status = view_range(section, offset, &size);
    }
    if (NT_SUCCESS(status)) {
        status = view_map(section, *BaseAddress, offset, size, wanted->rights, BaseAddress);
    }
    if (NT_SUCCESS(status)) {
        *ViewSize = size;
    }
    ob_deref(section);
    return status;
}

NTSTATUS ZwUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return ProcessHandle == ZwCurrentProcess() ? view_unmap(BaseAddress) : STATUS_INVALID_HANDLE;
}

NTSTATUS MmMapViewInSystemSpace(PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize)
{
    struct mm_section_object *section = Section;
    SIZE_T size = *ViewSize;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || !ob_check(Section, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!ob_is(section, &mm_section_type)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    status = view_range(section, 0, &size);
    if (NT_SUCCESS(status)) {
        status =
            view_map(section, NULL, 0, size, protection_find(section->protect)->rights, MappedBase);
    }
    if (NT_SUCCESS(status)) {
        *ViewSize = size;
    }
    return status;
}

NTSTATUS MmUnmapViewInSystemSpace(PVOID MappedBase)
{
    return API(PASSIVE_LEVEL) ? view_unmap(MappedBase) : STATUS_INVALID_DEVICE_REQUEST;
}

/* The objects themselves go with their machine, without being asked. */
static void mm_view_stop(void)
{
    struct mm_section_object *section;
    struct mm_view *view;
    struct mm_view *next;

    DL_FOREACH (mm_section_objects, section) {
        host_memory_unshare(section->share);
    }
    mm_section_objects = NULL;

    LL_FOREACH_SAFE (mm_views, view, next) {
        host_memory_unmap(view->start, view->size);
        free(view);
    }
    mm_views = NULL;
}

static struct ke_machine_part mm_view_part = {.order = 11, .stop = mm_view_stop};

__attribute__((constructor)) static void mm_view_register(void)
{
    ke_machine_register(&mm_view_part);
}

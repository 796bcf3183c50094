/* wdfobject.h - object attributes, typed contexts, references, deletion.
 * - every framework object carries attributes, any number of typed contexts, and a parent
 * - a context type is identified by the address of its type info: one object in a whole driver,
 * -   however many sources declare it, and never shared between two drivers
 * - a deleted object is cleaned up at once and destroyed with its last reference
 */
#pragma once

#include <wdftypes.h>

WDF_EXTERN_C_START

typedef enum _WDF_EXECUTION_LEVEL {
    WdfExecutionLevelInvalid = 0x00,
    WdfExecutionLevelInheritFromParent,
    WdfExecutionLevelPassive,
    WdfExecutionLevelDispatch,
} WDF_EXECUTION_LEVEL;

typedef enum _WDF_SYNCHRONIZATION_SCOPE {
    WdfSynchronizationScopeInvalid = 0x00,
    WdfSynchronizationScopeInheritFromParent,
    WdfSynchronizationScopeDevice,
    WdfSynchronizationScopeQueue,
    WdfSynchronizationScopeNone,
} WDF_SYNCHRONIZATION_SCOPE;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_OBJECT_CONTEXT_CLEANUP(WDFOBJECT Object);
typedef EVT_WDF_OBJECT_CONTEXT_CLEANUP *PFN_WDF_OBJECT_CONTEXT_CLEANUP;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_OBJECT_CONTEXT_DESTROY(WDFOBJECT Object);
typedef EVT_WDF_OBJECT_CONTEXT_DESTROY *PFN_WDF_OBJECT_CONTEXT_DESTROY;

typedef const struct _WDF_OBJECT_CONTEXT_TYPE_INFO *PCWDF_OBJECT_CONTEXT_TYPE_INFO;

typedef struct _WDF_OBJECT_ATTRIBUTES {
    ULONG Size;
    PFN_WDF_OBJECT_CONTEXT_CLEANUP EvtCleanupCallback;
    PFN_WDF_OBJECT_CONTEXT_DESTROY EvtDestroyCallback;
    WDF_EXECUTION_LEVEL ExecutionLevel;
    WDF_SYNCHRONIZATION_SCOPE SynchronizationScope;
    WDFOBJECT ParentObject;
    size_t ContextSizeOverride;
    PCWDF_OBJECT_CONTEXT_TYPE_INFO ContextTypeInfo;
} WDF_OBJECT_ATTRIBUTES, *PWDF_OBJECT_ATTRIBUTES;

FORCEINLINE VOID WDF_OBJECT_ATTRIBUTES_INIT(PWDF_OBJECT_ATTRIBUTES Attributes)
{
    RtlZeroMemory(Attributes, sizeof(WDF_OBJECT_ATTRIBUTES));
    Attributes->Size = (ULONG)sizeof(WDF_OBJECT_ATTRIBUTES);
    Attributes->ExecutionLevel = WdfExecutionLevelInheritFromParent;
    Attributes->SynchronizationScope = WdfSynchronizationScopeInheritFromParent;
}

typedef PCWDF_OBJECT_CONTEXT_TYPE_INFO(__cdecl *PFN_GET_UNIQUE_CONTEXT_TYPE)(VOID);

typedef struct _WDF_OBJECT_CONTEXT_TYPE_INFO {
    ULONG Size;
    LPCSTR ContextName;
    size_t ContextSize;
    PCWDF_OBJECT_CONTEXT_TYPE_INFO UniqueType;
    PFN_GET_UNIQUE_CONTEXT_TYPE EvtDriverGetUniqueContextType;
} WDF_OBJECT_CONTEXT_TYPE_INFO, *PWDF_OBJECT_CONTEXT_TYPE_INFO;

/* WdfObjectGetTypedContextWorker: context of one type; use the accessor that the type's
 * declaration made.
 *   Returns  context, or NULL when the object has none of that type
 *   IRQL     any
 *   Source   wdfobject/nf-wdfobject-wdfobjectgettypedcontextworker
 */
WDFAPI PVOID WdfObjectGetTypedContextWorker(WDFOBJECT Handle,
                                            PCWDF_OBJECT_CONTEXT_TYPE_INFO TypeInfo);

/* WdfObjectAllocateContext: add a zeroed context to an object.
 *   Returns  STATUS_OBJECT_NAME_EXISTS (has that type; a success); STATUS_OBJECT_NAME_INVALID (no
 *            type); STATUS_DELETE_PENDING; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfobject/nf-wdfobject-wdfobjectallocatecontext
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfObjectAllocateContext(WDFOBJECT Handle, PWDF_OBJECT_ATTRIBUTES ContextAttributes,
                             PVOID *Context);

/* WdfObjectContextGetObject: object that a context belongs to.
 *   Returns  handle
 *   IRQL     any
 *   Source   wdfobject/nf-wdfobject-wdfobjectcontextgetobject
 */
WDFAPI WDFOBJECT WdfObjectContextGetObject(PVOID ContextPointer);

/* WdfObjectReferenceActual: add a reference; use WdfObjectReference or WdfObjectReferenceWithTag.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfobject/nf-wdfobject-wdfobjectreferenceactual
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfObjectReferenceActual(WDFOBJECT Handle, PVOID Tag, LONG Line, PCCH File);

/* WdfObjectDereferenceActual: drop a reference; use WdfObjectDereference or
 * WdfObjectDereferenceWithTag.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfobject/nf-wdfobject-wdfobjectdereferenceactual
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfObjectDereferenceActual(WDFOBJECT Handle, PVOID Tag, LONG Line, PCCH File);

/* WdfObjectCreate: make a general object.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfobject/nf-wdfobject-wdfobjectcreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfObjectCreate(PWDF_OBJECT_ATTRIBUTES Attributes, WDFOBJECT *Object);

/* WdfObjectDelete: delete an object with its children: cleanup now, destroy at the last
 * reference.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfobject/nf-wdfobject-wdfobjectdelete
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfObjectDelete(WDFOBJECT Object);

/* WdfObjectQuery: not implemented by any version.
 *   Returns  STATUS_NOT_FOUND
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfobject/nf-wdfobject-wdfobjectquery
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfObjectQuery(WDFOBJECT Object, CONST GUID *Guid, ULONG QueryBufferLength, PVOID QueryBuffer);

/* Names that the context macros build from the type's name. */
#define WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype)              _WDF_##_contexttype##_TYPE_INFO
#define WDF_TYPE_NAME_TO_EXTERNAL_INIT_FUNCTION(_contexttype) _contexttype##_EXTERNAL_INIT_FUNCTION
#define WDF_TYPE_NAME_POINTER_TYPE(_contexttype)              WDF_POINTER_TYPE_##_contexttype
#define WDF_GET_CONTEXT_TYPE_INFO(_contexttype)               (&WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype))

#define WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(_attributes, _contexttype) \
    (_attributes)->ContextTypeInfo = WDF_GET_CONTEXT_TYPE_INFO(_contexttype)->UniqueType
#define WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(_attributes, _contexttype) \
    WDF_OBJECT_ATTRIBUTES_INIT(_attributes);                               \
    WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(_attributes, _contexttype)

/* Weak: the sources of one driver that share a header end up with one type info. Hidden: two
 * drivers that use the same name do not meet. */
#define WDF_TYPE_INFO_LINKAGE __attribute__((weak, visibility("hidden")))

#define WDF_DECLARE_TYPE_AND_GLOBALS(_contexttype, _UniqueType, _GetUniqueType, _linkage)        \
    typedef _contexttype *WDF_TYPE_NAME_POINTER_TYPE(_contexttype);                              \
    WDF_EXTERN_C_START                                                                           \
    extern const WDF_OBJECT_CONTEXT_TYPE_INFO WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype) _linkage; \
    const WDF_OBJECT_CONTEXT_TYPE_INFO WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype) = {              \
        sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO),                                                    \
        #_contexttype,                                                                           \
        sizeof(_contexttype),                                                                    \
        _UniqueType,                                                                             \
        _GetUniqueType,                                                                          \
    };                                                                                           \
    WDF_EXTERN_C_END

#define WDF_DECLARE_CASTING_FUNCTION(_contexttype, _castingfunction)                        \
    FORCEINLINE WDF_TYPE_NAME_POINTER_TYPE(_contexttype) _castingfunction(WDFOBJECT Handle) \
    {                                                                                       \
        return (WDF_TYPE_NAME_POINTER_TYPE(_contexttype))WdfObjectGetTypedContextWorker(    \
            Handle, WDF_GET_CONTEXT_TYPE_INFO(_contexttype)->UniqueType);                   \
    }

/* WDF_DECLARE_CONTEXT_TYPE_WITH_NAME: declare a context type of this driver and its accessor. */
#define WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(_contexttype, _castingfunction)                    \
    WDF_DECLARE_TYPE_AND_GLOBALS(_contexttype, WDF_GET_CONTEXT_TYPE_INFO(_contexttype), NULL, \
                                 WDF_TYPE_INFO_LINKAGE)                                       \
    WDF_DECLARE_CASTING_FUNCTION(_contexttype, _castingfunction)
#define WDF_DECLARE_CONTEXT_TYPE(_contexttype) \
    WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(_contexttype, WdfObjectGet_##_contexttype)

/* A type that another driver provides: the loader finds these infos in their own section, asks the
 * provider's function for the type and stores it as UniqueType before DriverEntry. */
#define WDF_TYPE_INIT_BASE_SECTION_NAME "kmdftypeinit"
#define WDF_SHARED_TYPE_INFO_LINKAGE \
    __attribute__((weak, visibility("hidden"), section(WDF_TYPE_INIT_BASE_SECTION_NAME)))
#define WDF_DECLARE_SHARED_CONTEXT_TYPE_WITH_NAME(_contexttype, _castingfunction) \
    typedef _contexttype *WDF_TYPE_NAME_POINTER_TYPE(_contexttype);               \
    WDF_EXTERN_C_START                                                            \
    extern WDF_OBJECT_CONTEXT_TYPE_INFO WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype)  \
        WDF_SHARED_TYPE_INFO_LINKAGE;                                             \
    WDF_OBJECT_CONTEXT_TYPE_INFO WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype) = {     \
        sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO),                                     \
        #_contexttype,                                                            \
        sizeof(_contexttype),                                                     \
        NULL,                                                                     \
        WDF_TYPE_NAME_TO_EXTERNAL_INIT_FUNCTION(_contexttype),                    \
    };                                                                            \
    WDF_EXTERN_C_END                                                              \
    WDF_DECLARE_CASTING_FUNCTION(_contexttype, _castingfunction)

#define WdfObjectGetTypedContext(handle, type)                   \
    ((type *)WdfObjectGetTypedContextWorker((WDFOBJECT)(handle), \
                                            WDF_GET_CONTEXT_TYPE_INFO(type)->UniqueType))

#define WdfObjectReference(Handle) WdfObjectReferenceWithTag(Handle, NULL)
#define WdfObjectReferenceWithTag(Handle, Tag) \
    WdfObjectReferenceActual((WDFOBJECT)(Handle), Tag, __LINE__, __FILE__)
#define WdfObjectDereference(Handle) WdfObjectDereferenceWithTag(Handle, NULL)
#define WdfObjectDereferenceWithTag(Handle, Tag) \
    WdfObjectDereferenceActual((WDFOBJECT)(Handle), Tag, __LINE__, __FILE__)

/* Custom types: a mark, with one word of data, that can be added to any object. */
typedef struct _WDF_CUSTOM_TYPE_CONTEXT {
    ULONG Size;
    ULONG_PTR Data;
} WDF_CUSTOM_TYPE_CONTEXT, *PWDF_CUSTOM_TYPE_CONTEXT;

#define WDF_CUSTOM_TYPE_CONTEXT_NAME(_type)      WdfCustomType_##_type
#define WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(_type) WdfObjectGetCustomType_##_type
#define WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME(_type) WdfObjectAddCustomType_##_type

/* Add a custom type's context; WDF_DECLARE_CUSTOM_TYPE makes a typed form of it. */
FORCEINLINE NTSTATUS WdfObjectAddCustomTypeWorker(WDFOBJECT Handle,
                                                  PCWDF_OBJECT_CONTEXT_TYPE_INFO TypeInfo,
                                                  ULONG_PTR Data,
                                                  PFN_WDF_OBJECT_CONTEXT_CLEANUP EvtCleanupCallback,
                                                  PFN_WDF_OBJECT_CONTEXT_DESTROY EvtDestroyCallback)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    PVOID context = NULL;
    NTSTATUS status;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ContextTypeInfo = TypeInfo;
    attributes.EvtCleanupCallback = EvtCleanupCallback;
    attributes.EvtDestroyCallback = EvtDestroyCallback;
    status = WdfObjectAllocateContext(Handle, &attributes, &context);
    if (NT_SUCCESS(status)) {
        ((PWDF_CUSTOM_TYPE_CONTEXT)context)->Size = (ULONG)sizeof(WDF_CUSTOM_TYPE_CONTEXT);
        ((PWDF_CUSTOM_TYPE_CONTEXT)context)->Data = Data;
    }
    return status;
}

#define WDF_DECLARE_CUSTOM_TYPE(_type)                                                             \
    typedef WDF_CUSTOM_TYPE_CONTEXT WDF_CUSTOM_TYPE_CONTEXT_NAME(_type);                           \
    WDF_DECLARE_CUSTOM_TYPE_EXPANDED(_type, WdfCustomType_##_type, WdfObjectGetCustomType_##_type, \
                                     WdfObjectAddCustomType_##_type)
#define WDF_DECLARE_CUSTOM_TYPE_EXPANDED(_type, _context, _get, _add)                              \
    WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(_context, _get)                                             \
    FORCEINLINE NTSTATUS _add(WDFOBJECT Handle, ULONG_PTR Data,                                    \
                              PFN_WDF_OBJECT_CONTEXT_CLEANUP EvtCleanupCallback,                   \
                              PFN_WDF_OBJECT_CONTEXT_DESTROY EvtDestroyCallback)                   \
    {                                                                                              \
        return WdfObjectAddCustomTypeWorker(Handle,                                                \
                                            WDF_GET_CONTEXT_TYPE_INFO(_context)->UniqueType, Data, \
                                            EvtCleanupCallback, EvtDestroyCallback);               \
    }

#define WdfObjectIsCustomType(_handle, _type) \
    (WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(_type)((WDFOBJECT)(_handle)) == NULL ? FALSE : TRUE)
#define WdfObjectAddCustomTypeWithData(_handle, _type, _data, _cleanup, _destroy) \
    WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME(_type)((WDFOBJECT)(_handle), _data, _cleanup, _destroy)
#define WdfObjectAddCustomType(_handle, _type) \
    WdfObjectAddCustomTypeWithData(_handle, _type, 0, NULL, NULL)
#define WdfObjectGetCustomTypeData(_handle, _type) \
    (WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(_type)((WDFOBJECT)(_handle))->Data)

WDF_EXTERN_C_END

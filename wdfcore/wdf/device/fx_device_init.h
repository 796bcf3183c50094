#pragma once
/* fx_device_init.h - WDFDEVICE_INIT: what a driver says about a device before it exists.
 * Rules for an init:
 * - live from WdfControlDeviceInitAllocate or WdfPdoInitAllocate, or during EvtDriverDeviceAdd, until it is consumed by
 *   WdfDeviceCreate or freed; live ones are on one list, so a stale pointer is never dereferenced
 * - WdfDeviceCreate copies the settings into the device; the init keeps nothing
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>

#include "nt/ke/report/ke_caller.h"

#define FX_IRP_MAJORS (IRP_MJ_MAXIMUM_FUNCTION + 1)

enum fx_device_kind { FX_DEVICE_FDO, FX_DEVICE_FILTER, FX_DEVICE_CONTROL, FX_DEVICE_PDO };

struct fx_child_list_init;
struct fx_driver;
struct fx_pdo;
struct fx_device;

struct fx_preprocess {
    PFN_WDFDEVICE_WDM_IRP_PREPROCESS callback; /* NULL: none for this major */
    ULONG minor_count;                         /* 0: every minor */
    UCHAR minors[32];
};

/* One registered state change callback; machine: which of the three state machines. */
enum fx_state_machine { FX_MACHINE_PNP, FX_MACHINE_POWER, FX_MACHINE_POLICY };

struct fx_state_change {
    struct fx_state_change *next;
    enum fx_state_machine machine;
    ULONG state;
    ULONG types; /* of WDF_STATE_NOTIFICATION_TYPE */
    union {
        PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION pnp;
        PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION power;
        PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION policy;
    } callback;
};

/* What setters collect. Plain data: copied as it is, but for the four marked (o), which the device
 * takes over. */
struct fx_device_settings {
    WDF_DEVICE_IO_TYPE io_type; /* reads and writes */
    DEVICE_TYPE device_type;
    ULONG characteristics;
    BOOLEAN exclusive;
    BOOLEAN power_pageable;
    BOOLEAN power_inrush;
    BOOLEAN auto_generate_name;
    WDF_TRI_STATE power_policy_owner;
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE release_order;
    WDF_PNPPOWER_EVENT_CALLBACKS pnp;
    WDF_POWER_POLICY_EVENT_CALLBACKS policy;
    WDF_FDO_EVENT_CALLBACKS fdo;
    BOOLEAN has_file_config;
    BOOLEAN has_file_attributes;
    WDF_FILEOBJECT_CONFIG file;
    WDF_OBJECT_ATTRIBUTES file_attributes;
    BOOLEAN has_request_attributes;
    WDF_OBJECT_ATTRIBUTES request_attributes;
    PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
    ULONG remove_lock_flags;
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION shutdown; /* control device; NULL: not asked for */
    UCHAR shutdown_flags;                          /* of WDF_DEVICE_SHUTDOWN_FLAGS */
    BOOLEAN has_class;
    GUID class_guid;
    UNICODE_STRING name;                   /* (o) Buffer NULL: none */
    UNICODE_STRING sddl;                   /* (o) */
    struct fx_preprocess **preprocess;     /* (o) FX_IRP_MAJORS pointers, or NULL */
    struct fx_state_change *state_changes; /* (o) */
};

struct WDFDEVICE_INIT {
    struct WDFDEVICE_INIT *next; /* in the list of live inits */
    enum fx_device_kind kind;
    bool ours; /* the framework's own (EvtDriverDeviceAdd): the driver does not free it */
    struct fx_driver *driver;              /* (c) */
    DEVICE_OBJECT *physical;               /* (c) NULL: control device, PDO */
    struct fx_device *created;             /* the device made from it */
    struct fx_child_list_init *child_list; /* the default one; NULL: none */
    struct fx_pdo *pdo; /* what the bus says; the device takes it over; NULL: no PDO */
    struct fx_device_settings settings;
};

void fx_device_init_start(struct WDFDEVICE_INIT *init, struct fx_driver *driver,
                          enum fx_device_kind kind, DEVICE_OBJECT *physical);
/* fx_device_init_end: off the list; what the settings still own is freed. */
void fx_device_init_end(struct WDFDEVICE_INIT *init);
/* fx_device_init_live: whether the pointer is a live init; reports DeviceInitMisuse (or
 * ParameterNull) if not. Only directly in an API function: its caller is named. */
#define fx_device_init_live(init, api) fx_device_init_check((init), (api), KE_CALLER())
bool fx_device_init_check(const struct WDFDEVICE_INIT *init, const char *api, const void *caller);
/* fx_device_settings_free: what the settings own. */
void fx_device_settings_free(struct fx_device_settings *settings);

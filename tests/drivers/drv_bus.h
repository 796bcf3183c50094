#pragma once
/* drv_bus.h - what a test tells the bus driver drv_bus and its children's function driver drv_child,
 * and what it finds there afterwards. The test defines `drv_bus_plan`, exported; the drivers find it
 * in the process.
 */
#include <ntddk.h>
#include <wdf.h>

#define DRV_BUS_CHILDREN 8

struct drv_bus_plan {
    /* Set by the test. */
    ULONG children;                     /* static ones, made in EvtDriverDeviceAdd: 1, 2, ... */
    BOOLEAN kept_back;                  /* they are made, but not added */
    BOOLEAN raw;                        /* they need no function driver */
    BOOLEAN list;                       /* the bus has a default child list */
    const char *fail;                   /* name in the log of the callback that fails */
    void (*init)(PWDFDEVICE_INIT init); /* more settings of the bus */
    void (*added)(WDFDEVICE bus);       /* in EvtDriverDeviceAdd */
    void (*child_init)(PWDFDEVICE_INIT init, ULONG number); /* more of a child */
    void (*config)(WDF_CHILD_LIST_CONFIG *config);          /* more of the child list */
    void (*scan)(WDFCHILDLIST list);                        /* EvtChildListScanForChildren */
    NTSTATUS create_status;                                 /* of EvtChildListCreateDevice */
    void (*at)(const char *text);                           /* in every callback that is logged */
    void (*fdo_added)(WDFDEVICE device);                    /* drv_child's EvtDriverDeviceAdd */

    /* Set by the drivers. */
    BOOLEAN writing; /* somebody appends to the log */
    char log[4096];  /* "bus.D0Entry pdo1.Prepare fdo1.Prepare ", ... */
    WDFDEVICE bus;
    WDFDEVICE child[DRV_BUS_CHILDREN + 1]; /* by number */
    WDFDEVICE fdo[DRV_BUS_CHILDREN + 1];
    ULONG created; /* children, by the child list */
};

extern struct drv_bus_plan drv_bus_plan;

/* How a child list of drv_bus names and finds a child. */
struct drv_bus_id {
    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER header;
    ULONG number;
    PVOID extra; /* of tests that duplicate and clean up */
};

struct drv_bus_address {
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER header;
    ULONG slot;
};

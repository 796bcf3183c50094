#pragma once
/* io_pnp_node.h - the inside of a device node, for the files that make up the PnP manager. */
#include "nt/io/pnp/io_pnp.h"

struct io_interface;
struct io_power_request;
struct io_property;

/* Keys: (c) constant once created, (i) changed only between two windows */
struct io_pnp_node {
    const CM_RESOURCE_LIST *assigned; /* translated; its bus keeps it; NULL: not started */
    PDEVICE_OBJECT pdo;               /* (c) */
    struct io_pnp_identity identity;  /* (c) strings lie in text */
    const char *instance_path;        /* (c) in text */
    struct io_power_request *power; /* (i) PoRequestPowerIrp: the first is under way, others wait */
    struct io_property *properties; /* by key, with io_lock (io_property_data.c) */
    char text[];                    /* (c) */
};

/* io_interface_node_gone: its device interfaces and their links go. */
void io_interface_node_gone(struct io_pnp_node *node);
/* io_interface_class: the class of a registered interface. false: no such link. */
bool io_interface_class(PCUNICODE_STRING link, GUID *class_guid);
/* io_interface_properties: of a registered interface; NULL: no such link. */
struct io_property **io_interface_properties(PCUNICODE_STRING link);
/* io_property_free_all: the list's owner goes. */
void io_property_free_all(struct io_property **list);
/* io_interface_stop: forget all interfaces. */
void io_interface_stop(void);

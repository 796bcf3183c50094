#pragma once
/* model_private.h - struct wc_model, for the files of the model layer only. */
#include "model/model_instance.h"
#include "nt/hal/hal_device.h"
#include "nt/hal/hal_window.h"

struct model_option {
    struct model_option *next;
    char *name;
    char *value;
    bool known; /* the model asked for it */
};

struct wc_model_stream {
    struct wc_model_stream *next; /* in the order of opening */
    struct wc_model *model;
    struct host_stream *host;
    struct wc_model_stream_ops ops;
};

/* One of its windows: a base address register, if it is on a PCI bus. */
struct model_window {
    enum hal_space space;
    uint64_t base, size;
    int bar;
};

#define MODEL_WINDOWS 6u /* that are remembered: as many as a PCI device has */

struct wc_model {
    struct hal_device hal; /* its context is the device */
    const struct wc_model_type *type;
    struct model_option *options;
    struct wc_model_stream *streams;
    struct hal_usb *usb;  /* its USB function; NULL: it is on no such bus */
    struct hal_pci *pci;  /* its configuration space; NULL: it is on no PCI bus */
    struct wc_load *load; /* what it serves; NULL: it says nothing of it */
    bool busy;
    bool created;      /* create has returned */
    int first_message; /* output of message 0 */
    unsigned messages;
    unsigned window_count;
    struct model_window windows[MODEL_WINDOWS];
    /* While creating: */
    const struct model_resources *resources;
    uint32_t next_port, next_memory, next_irq;
    char *error;
    size_t error_size;
    _Alignas(16) unsigned char device[]; /* type->device_size bytes */
};

/* model_streams_close: all of them. */
void model_streams_close(struct wc_model *model);

/* model_spec_type: the type that a spec names, and the text behind the comma; NULL with a line in
 * error. */
const struct wc_model_type *model_spec_type(const char *spec, const char **rest, char *error,
                                            size_t error_size);
/* model_options_parse: "option=value,..."; false after wc_model_fail. */
bool model_options_parse(struct wc_model *model, const char *text);
/* model_options_all_known: an option that create did not ask for is a mistake of the user. */
bool model_options_all_known(struct wc_model *model);
void model_options_free(struct wc_model *model);

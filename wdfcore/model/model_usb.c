/* model_usb.c - what <wdfcore/model_usb.h> offers: a model's USB function, which is hal_usb's. */
#include <stdio.h>

#include "model/model_private.h"
#include "nt/usb/hal_usb.h"

struct hal_usb *model_usb(const struct wc_model *model)
{
    return model->usb;
}

bool wc_model_add_usb(struct wc_model *model, const struct wc_usb_device *description)
{
    char error[160];

    CORE_ASSERT(!model->created);
    if (model->usb != NULL) {
        wc_model_fail(model, "a model has one USB function");
        return false;
    }
    model->usb = hal_usb_create(&model->hal, description, error, sizeof(error));
    if (model->usb == NULL) {
        wc_model_fail(model, "%s", error);
    }
    return model->usb != NULL;
}

bool wc_model_usb_send(struct wc_model *model, unsigned endpoint, const void *data, size_t length)
{
    return model->usb != NULL && hal_usb_send(model->usb, endpoint, data, length);
}

size_t wc_model_usb_queued(const struct wc_model *model, unsigned endpoint)
{
    return model->usb != NULL ? model->usb->endpoints[hal_usb_index(endpoint)].queued : 0;
}

bool wc_model_usb_is_read(const struct wc_model *model, unsigned endpoint)
{
    return model->usb != NULL && model->usb->endpoints[hal_usb_index(endpoint)].transfers != NULL;
}

void wc_model_usb_ready(struct wc_model *model, unsigned endpoint)
{
    if (model->usb != NULL) {
        hal_usb_ready(model->usb, endpoint);
    }
}

void wc_model_usb_stall(struct wc_model *model, unsigned endpoint)
{
    if (model->usb != NULL) {
        hal_usb_stall(model->usb, endpoint);
    }
}

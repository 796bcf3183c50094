/* rtl_strsafe.c - check the destination, put what fits, terminate, then what the flags ask for. */
#include "nt/rtl/strsafe/rtl_strsafe.h"

#include "nt/dbg/dbg_format.h"

/* A destination that has been checked; all counts are characters. */
struct target {
    char *text;
    size_t unit;
    size_t room;  /* terminator included */
    size_t start; /* where the new text begins */
};

static size_t unit_of(bool wide)
{
    return wide ? sizeof(WCHAR) : 1;
}

static size_t length_within(const void *text, size_t limit, bool wide)
{
    size_t length = 0;

    while (length < limit &&
           (wide ? ((const WCHAR *)text)[length] != 0 : ((const char *)text)[length] != 0)) {
        length++;
    }
    return length;
}

static NTSTATUS target_open(const struct rtl_strsafe *safe, struct target *target)
{
    bool may_lack = (safe->flags & STRSAFE_IGNORE_NULLS) != 0;

    target->text = safe->text;
    target->unit = unit_of(safe->wide);
    target->room = safe->bytes ? safe->size / target->unit : safe->size;
    target->start = 0;
    if ((safe->flags & ~(ULONG)STRSAFE_VALID_FLAGS) != 0 || target->room > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    if (may_lack && target->room == 0) {
        return STATUS_SUCCESS; /* an empty text fits */
    }
    if (safe->text == NULL || target->room == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (safe->append) {
        target->start = length_within(safe->text, target->room, safe->wide);
        if (target->start == target->room) {
            return STATUS_INVALID_PARAMETER; /* nothing there ends */
        }
    }
    return STATUS_SUCCESS;
}

static void terminate(const struct target *target, size_t length)
{
    memset(target->text + length * target->unit, 0, target->unit);
}

/* What the flags want of a destination when the call failed. Returns the length of its text. */
static size_t fail(const struct rtl_strsafe *safe, const struct target *target, size_t length)
{
    size_t bytes = safe->bytes ? safe->size : safe->size * target->unit;

    if ((safe->flags & STRSAFE_FILL_ON_FAILURE) != 0) {
        memset(target->text, (int)(safe->flags & 0xff), bytes);
        length = (safe->flags & 0xff) == 0 ? 0 : target->room - 1;
        terminate(target, length);
    }
    if ((safe->flags & (STRSAFE_NULL_ON_FAILURE | STRSAFE_NO_TRUNCATION)) != 0) {
        /* Without truncation a text that was there stays. */
        length = (safe->flags & STRSAFE_NULL_ON_FAILURE) != 0 ? 0 : target->start;
        terminate(target, length);
    }
    return length;
}

/* length characters stand in the destination, wanted would have; both count from its beginning. */
static NTSTATUS target_close(const struct rtl_strsafe *safe, const struct target *target,
                             size_t wanted)
{
    NTSTATUS status = STATUS_SUCCESS;
    size_t length = wanted;
    size_t left;

    if (target->room == 0) {
        if (wanted != 0) {
            status = target->text == NULL ? STATUS_INVALID_PARAMETER : STATUS_BUFFER_OVERFLOW;
        }
        length = 0;
    } else if (wanted >= target->room) {
        length = target->room - 1;
        terminate(target, length);
        length = fail(safe, target, length);
        status = STATUS_BUFFER_OVERFLOW;
    } else {
        terminate(target, length);
        if ((safe->flags & STRSAFE_FILL_BEHIND_NULL) != 0) {
            memset(target->text + (length + 1) * target->unit, (int)(safe->flags & 0xff),
                   (target->room - length - 1) * target->unit);
        }
    }
    left = target->room - length;
    if (safe->end != NULL) {
        *(char **)safe->end = target->text + length * target->unit;
    }
    if (safe->remaining != NULL) {
        *safe->remaining = safe->bytes ? left * target->unit + safe->size % target->unit : left;
    }
    return status;
}

NTSTATUS rtl_strsafe_put(const struct rtl_strsafe *safe, const void *source, size_t limit)
{
    struct target target;
    NTSTATUS status = target_open(safe, &target);
    size_t length;
    size_t room;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (limit != RTL_STRSAFE_ALL) {
        limit = safe->bytes ? limit / target.unit : limit;
        if (limit > NTSTRSAFE_MAX_CCH) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    if (source == NULL) {
        if ((safe->flags & STRSAFE_IGNORE_NULLS) == 0) {
            return STATUS_INVALID_PARAMETER;
        }
        limit = 0;
    }
    room = target.room - target.start;
    room = target.room == 0 ? 1 : room; /* without any room, too, the text may be empty or not */
    length = length_within(source, limit < room ? limit : room, safe->wide);
    if (target.room != 0) {
        memcpy(target.text + target.start * target.unit, source == NULL ? "" : source,
               (length < room ? length : room - 1) * target.unit);
    }
    return target_close(safe, &target, target.start + length);
}

NTSTATUS rtl_strsafe_format(const struct rtl_strsafe *safe, const void *format, va_list arguments)
{
    struct target target;
    struct dbg_output output = {.wide = safe->wide};
    NTSTATUS status = target_open(safe, &target);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (format == NULL) {
        return (safe->flags & STRSAFE_IGNORE_NULLS) == 0 ? STATUS_INVALID_PARAMETER
                                                         : target_close(safe, &target, 0);
    }
    output.text = target.text;
    output.room = target.room == 0 ? 0 : target.room - 1;
    dbg_format(&output, format, arguments);
    return target_close(safe, &target, output.length);
}

NTSTATUS rtl_strsafe_length(const void *text, size_t size, bool bytes, bool wide, size_t *length)
{
    size_t unit = unit_of(wide);
    size_t room = bytes ? size / unit : size;
    size_t found = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (text != NULL && room <= NTSTRSAFE_MAX_CCH) {
        found = length_within(text, room, wide);
        if (found < room) {
            status = STATUS_SUCCESS;
        } else {
            found = 0;
        }
    }
    if (length != NULL) {
        *length = bytes ? found * unit : found;
    }
    return status;
}

/* dbg_format.c - one conversion at a time: read its specification, fetch its argument, put the text
 * with its padding. Each text is put by a routine that can also only count, so that the padding is
 * known before.
 */
#include "nt/dbg/dbg_format.h"

#include <stdint.h>

#include "nt/rtl/string/rtl_utf.h"

enum argument_size { SIZE_DEFAULT, SIZE_CHAR, SIZE_SHORT, SIZE_32, SIZE_64, SIZE_WIDE };

struct conversion {
    bool left, plus, space, alternate, zero; /* flags - + space # 0 */
    bool long_double;                        /* prefix L */
    size_t width;
    size_t precision;
    bool has_precision;
    enum argument_size size;
};

struct reader {
    const void *format;
    size_t at;
    bool wide;
    va_list arguments;
};

static unsigned reader_peek(const struct reader *reader)
{
    return reader->wide ? ((const WCHAR *)reader->format)[reader->at]
                        : ((const unsigned char *)reader->format)[reader->at];
}

static bool reader_skip(struct reader *reader, unsigned character)
{
    if (reader_peek(reader) != character) {
        return false;
    }
    reader->at++;
    return true;
}

static void put_unit(struct dbg_output *output, unsigned unit)
{
    if (output->length < output->room) {
        if (output->wide) {
            ((WCHAR *)output->text)[output->length] = (WCHAR)unit;
        } else {
            ((char *)output->text)[output->length] = (char)unit;
        }
    }
    output->length++;
}

static void put_code(struct dbg_output *output, uint32_t code)
{
    if (output->wide) {
        WCHAR units[2];
        size_t count = rtl_utf16_put(code, units);

        for (size_t i = 0; i < count; i++) {
            put_unit(output, units[i]);
        }
    } else {
        char units[4];
        size_t count = rtl_utf8_put(code, units);

        for (size_t i = 0; i < count; i++) {
            put_unit(output, (unsigned char)units[i]);
        }
    }
}

static void put_repeated(struct dbg_output *output, unsigned unit, size_t count)
{
    while (count-- > 0) {
        put_unit(output, unit);
    }
}

/* The same text as the output's units pass unchanged, so that a driver may print any bytes. */
static void put_narrow(struct dbg_output *output, const char *text, size_t length)
{
    for (size_t used, i = 0; i < length; i += used) {
        if (output->wide) {
            put_code(output, rtl_utf8_next(text + i, length - i, &used));
        } else {
            put_unit(output, (unsigned char)text[i]);
            used = 1;
        }
    }
}

static void put_wide(struct dbg_output *output, const WCHAR *text, size_t length)
{
    for (size_t used, i = 0; i < length; i += used) {
        if (output->wide) {
            put_unit(output, text[i]);
            used = 1;
        } else {
            put_code(output, rtl_utf16_next(text + i, length - i, &used));
        }
    }
}

static void put_text(struct dbg_output *output, const struct conversion *conversion,
                     const void *text, size_t length, bool wide)
{
    struct dbg_output count = {.wide = output->wide};
    size_t padding;

    if (conversion->has_precision && conversion->precision < length) {
        length = conversion->precision;
    }
    if (wide) {
        put_wide(&count, text, length);
    } else {
        put_narrow(&count, text, length);
    }
    padding = conversion->width > count.length ? conversion->width - count.length : 0;
    if (!conversion->left) {
        put_repeated(output, conversion->zero ? '0' : ' ', padding);
    }
    if (wide) {
        put_wide(output, text, length);
    } else {
        put_narrow(output, text, length);
    }
    if (conversion->left) {
        put_repeated(output, ' ', padding);
    }
}

/* A text without a terminator inside the precision is legal: look no further. */
static size_t text_length(const void *text, bool wide, const struct conversion *conversion)
{
    size_t limit = conversion->has_precision ? conversion->precision : SIZE_MAX;
    size_t length = 0;

    while (length < limit &&
           (wide ? ((const WCHAR *)text)[length] != 0 : ((const char *)text)[length] != 0)) {
        length++;
    }
    return length;
}

static void put_string(struct dbg_output *output, const struct conversion *conversion,
                       struct reader *reader, bool wide)
{
    const void *text = va_arg(reader->arguments, const void *);

    output->converts |= wide != output->wide;
    if (text == NULL) {
        put_text(output, conversion, "(null)", 6, false);
        return;
    }
    put_text(output, conversion, text, text_length(text, wide, conversion), wide);
}

static void put_counted(struct dbg_output *output, const struct conversion *conversion,
                        struct reader *reader, bool wide)
{
    const void *string = va_arg(reader->arguments, const void *);
    const UNICODE_STRING *unicode = string; /* STRING has the same shape */

    output->converts |= wide != output->wide;
    if (string == NULL || unicode->Buffer == NULL) {
        put_text(output, conversion, "(null)", 6, false);
        return;
    }
    put_text(output, conversion, unicode->Buffer,
             wide ? unicode->Length / sizeof(WCHAR) : unicode->Length, wide);
}

static void put_character(struct dbg_output *output, struct conversion *conversion,
                          struct reader *reader, bool wide)
{
    int value = va_arg(reader->arguments, int);
    WCHAR unit = (WCHAR)value;
    char byte = (char)value;

    output->converts |= wide != output->wide;
    conversion->has_precision = false;
    put_text(output, conversion, wide ? (const void *)&unit : (const void *)&byte, 1, wide);
}

static uint64_t integer_argument(struct reader *reader, enum argument_size size, bool is_signed)
{
    if (size == SIZE_64) {
        return va_arg(reader->arguments, uint64_t);
    }

    uint32_t value = va_arg(reader->arguments, uint32_t);

    switch (size) {
    case SIZE_CHAR:
        return is_signed ? (uint64_t)(int64_t)(signed char)value : (unsigned char)value;
    case SIZE_SHORT:
        return is_signed ? (uint64_t)(int64_t)(short)value : (unsigned short)value;
    default:
        return is_signed ? (uint64_t)(int64_t)(int32_t)value : value;
    }
}

static void put_digits(struct dbg_output *output, const struct conversion *conversion,
                       const char *prefix, uint64_t value, unsigned base, bool capitals)
{
    const char *alphabet = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[64];
    size_t count = 0;
    size_t zeros = 0;
    size_t prefix_length = strlen(prefix);
    size_t total;

    for (; value != 0 || (count == 0 && !(conversion->has_precision && conversion->precision == 0));
         value /= base) {
        digits[count++] = alphabet[value % base];
    }
    if (conversion->has_precision) {
        zeros = conversion->precision > count ? conversion->precision - count : 0;
    } else if (conversion->zero && !conversion->left && conversion->width > count + prefix_length) {
        zeros = conversion->width - count - prefix_length;
    }
    if (base == 8 && conversion->alternate && zeros == 0 &&
        (count == 0 || digits[count - 1] != '0')) {
        zeros = 1;
    }
    total = prefix_length + zeros + count;
    if (!conversion->left && conversion->width > total) {
        put_repeated(output, ' ', conversion->width - total);
    }
    put_narrow(output, prefix, prefix_length);
    put_repeated(output, '0', zeros);
    while (count > 0) {
        put_unit(output, (unsigned char)digits[--count]);
    }
    if (conversion->left && conversion->width > total) {
        put_repeated(output, ' ', conversion->width - total);
    }
}

static void put_signed(struct dbg_output *output, const struct conversion *conversion,
                       struct reader *reader)
{
    int64_t value = (int64_t)integer_argument(reader, conversion->size, true);
    const char *sign = value < 0 ? "-" : conversion->plus ? "+" : conversion->space ? " " : "";

    put_digits(output, conversion, sign, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, false);
}

static void put_unsigned(struct dbg_output *output, const struct conversion *conversion,
                         struct reader *reader, unsigned base, bool capitals)
{
    uint64_t value = integer_argument(reader, conversion->size, false);
    const char *prefix =
        base == 16 && conversion->alternate && value != 0 ? (capitals ? "0X" : "0x") : "";

    put_digits(output, conversion, prefix, value, base, capitals);
}

static void put_pointer(struct dbg_output *output, struct conversion *conversion,
                        struct reader *reader)
{
    conversion->has_precision = true;
    conversion->precision = 2 * sizeof(void *);
    put_digits(output, conversion, "", (uint64_t)(uintptr_t)va_arg(reader->arguments, void *), 16,
               true);
}

static size_t read_number(struct reader *reader)
{
    size_t number = 0;

    while (reader_peek(reader) >= '0' && reader_peek(reader) <= '9') {
        number = number * 10 + (reader_peek(reader) - '0');
        number = number > INT_MAX ? INT_MAX : number;
        reader->at++;
    }
    return number;
}

static void read_flags(struct reader *reader, struct conversion *conversion)
{
    for (;; reader->at++) {
        switch (reader_peek(reader)) {
        case '-':
            conversion->left = true;
            break;
        case '+':
            conversion->plus = true;
            break;
        case ' ':
            conversion->space = true;
            break;
        case '#':
            conversion->alternate = true;
            break;
        case '0':
            conversion->zero = true;
            break;
        default:
            return;
        }
    }
}

static void read_width(struct reader *reader, struct conversion *conversion)
{
    if (reader_skip(reader, '*')) {
        int width = va_arg(reader->arguments, int);

        conversion->left |= width < 0;
        conversion->width = width < 0 ? -(size_t)width : (size_t)width;
    } else {
        conversion->width = read_number(reader);
    }
    if (!reader_skip(reader, '.')) {
        return;
    }
    conversion->has_precision = true;
    if (reader_skip(reader, '*')) {
        int precision = va_arg(reader->arguments, int);

        conversion->has_precision = precision >= 0;
        conversion->precision = precision >= 0 ? (size_t)precision : 0;
    } else {
        conversion->precision = read_number(reader);
    }
}

static void read_size(struct reader *reader, struct conversion *conversion)
{
    if (reader_skip(reader, 'h')) {
        conversion->size = reader_skip(reader, 'h') ? SIZE_CHAR : SIZE_SHORT;
    } else if (reader_skip(reader, 'l')) {
        conversion->size = reader_skip(reader, 'l') ? SIZE_64 : SIZE_WIDE;
    } else if (reader_skip(reader, 'w')) {
        conversion->size = SIZE_WIDE;
    } else if (reader_skip(reader, 'L')) {
        conversion->long_double = true;
    } else if (reader_skip(reader, 'j') || reader_skip(reader, 'z') || reader_skip(reader, 't')) {
        conversion->size = SIZE_64;
    } else if (reader_skip(reader, 'I')) {
        conversion->size = SIZE_64; /* I alone: the size of a pointer */
        if (reader_peek(reader) == '3' || reader_peek(reader) == '6') {
            conversion->size = reader_peek(reader) == '3' ? SIZE_32 : SIZE_64;
            reader->at++;
            (void)(reader_skip(reader, '2') || reader_skip(reader, '4'));
        }
    }
}

/* Is the text of an s or c conversion wide? capital: S or C, which swap the function's own width.
 */
static bool is_wide(const struct dbg_output *output, const struct conversion *conversion,
                    bool capital)
{
    switch (conversion->size) {
    case SIZE_WIDE:
        return true;
    case SIZE_CHAR:
    case SIZE_SHORT:
        return false;
    default:
        return output->wide != capital;
    }
}

static void leave_out_float(struct dbg_output *output, const struct conversion *conversion,
                            struct reader *reader)
{
    output->floats = true;
    if (conversion->long_double) {
        (void)va_arg(reader->arguments, long double);
    } else {
        (void)va_arg(reader->arguments, double);
    }
}

static void put_typed(struct dbg_output *output, struct reader *reader,
                      struct conversion *conversion, unsigned type)
{
    switch (type) {
    case 'd':
    case 'i':
        put_signed(output, conversion, reader);
        break;
    case 'u':
        put_unsigned(output, conversion, reader, 10, false);
        break;
    case 'o':
        put_unsigned(output, conversion, reader, 8, false);
        break;
    case 'x':
    case 'X':
        put_unsigned(output, conversion, reader, 16, type == 'X');
        break;
    case 'p':
        put_pointer(output, conversion, reader);
        break;
    case 'c':
    case 'C':
        put_character(output, conversion, reader, is_wide(output, conversion, type == 'C'));
        break;
    case 's':
    case 'S':
        put_string(output, conversion, reader, is_wide(output, conversion, type == 'S'));
        break;
    case 'Z':
        put_counted(output, conversion, reader, conversion->size == SIZE_WIDE);
        break;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        leave_out_float(output, conversion, reader);
        break;
    case 'n':
        (void)va_arg(reader->arguments, void *); /* never written, as in Microsoft's library */
        break;
    default:
        put_unit(output, type); /* also %% */
        break;
    }
}

/* %!name!, behind the first mark. A single letter stands for itself: %!s! is %s. */
static void convert_named(struct dbg_output *output, struct reader *reader,
                          struct conversion *conversion)
{
    const char *name = (const char *)reader->format + reader->at;
    size_t length = strcspn(name, "!");

    if (name[length] == '\0' ||
        (length != 1 && !output->named(output, name, length, &reader->arguments))) {
        dbg_put(output, "%!");
        dbg_put(output, name);
        reader->at += strlen(name);
        return;
    }
    reader->at += length + 1;
    if (length == 1) {
        put_typed(output, reader, conversion, (unsigned char)name[0]);
    }
}

static void convert(struct dbg_output *output, struct reader *reader)
{
    struct conversion conversion = {0};
    unsigned type;

    read_flags(reader, &conversion);
    read_width(reader, &conversion);
    read_size(reader, &conversion);
    type = reader_peek(reader);
    if (type == 0) {
        return; /* the format ends inside a conversion: nothing more to print */
    }
    reader->at++;
    if (type == '!' && output->named != NULL) {
        convert_named(output, reader, &conversion);
    } else {
        put_typed(output, reader, &conversion, type);
    }
}

void dbg_put(struct dbg_output *output, const char *text)
{
    put_narrow(output, text, strlen(text));
}

void dbg_format(struct dbg_output *output, const void *format, va_list arguments)
{
    struct reader reader = {.format = format, .wide = output->wide};

    va_copy(reader.arguments, arguments);
    while (reader_peek(&reader) != 0) {
        if (reader_skip(&reader, '%')) {
            convert(output, &reader);
        } else {
            put_unit(output, reader_peek(&reader));
            reader.at++;
        }
    }
    va_end(reader.arguments);
}

/* SPDX-License-Identifier: MIT */
/* printf would ask the locale for the decimal point; integers don't. */
#include "draw/number.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

struct multiple {
    uint64_t size;
    const char *name;
};

static const struct multiple times[] = {
    {1, "ns"}, {1000, "µs"}, {1000 * 1000, "ms"}, {1000 * 1000 * 1000, "s"}};
static const struct multiple bytes[] = {{1, "B"},
                                        {UINT64_C(1) << 10, "KiB"},
                                        {UINT64_C(1) << 20, "MiB"},
                                        {UINT64_C(1) << 30, "GiB"},
                                        {UINT64_C(1) << 40, "TiB"},
                                        {UINT64_C(1) << 50, "PiB"}};

static uint64_t magnitude(struct buffer *to, int64_t value)
{
    if (value >= 0)
        return (uint64_t)value;
    buffer_text(to, "\xe2\x88\x92"); /* minus sign */
    return -(uint64_t)value;
}

static void append_grouped(struct buffer *to, uint64_t value)
{
    char digits[32];
    size_t at = sizeof digits;
    for (unsigned count = 0; value || !count; value /= 10, count++) {
        if (count && count % 3 == 0)
            digits[--at] = ',';
        digits[--at] = (char)('0' + value % 10);
    }
    buffer_append(to, digits + at, sizeof digits - at);
}

void number_append(struct buffer *to, int64_t value)
{
    append_grouped(to, magnitude(to, value));
}

static uint64_t divide_rounded(uint64_t value, uint64_t factor, uint64_t by)
{
    return (uint64_t)(((wide)value * factor + by / 2) / by);
}

/* value / 10^decimals with all its decimals. */
static void append_decimals(struct buffer *to, uint64_t value, unsigned decimals)
{
    uint64_t one = decimals == 2 ? 100 : 10;
    append_grouped(to, value / one);
    buffer_char(to, '.');
    if (decimals == 2)
        buffer_char(to, (char)('0' + value / 10 % 10));
    buffer_char(to, (char)('0' + value % 10));
}

static void append_multiple(struct buffer *to, uint64_t value, const struct multiple *multiples,
                            size_t count)
{
    size_t i = count - 1;
    while (i && value < multiples[i].size)
        i--;
    uint64_t size = multiples[i].size;
    uint64_t hundredths = divide_rounded(value, 100, size),
             tenths = divide_rounded(value, 10, size);
    if (size == 1)
        append_grouped(to, value);
    else if (hundredths < 1000)
        append_decimals(to, hundredths, 2);
    else if (tenths < 1000)
        append_decimals(to, tenths, 1);
    else
        append_grouped(to, divide_rounded(value, 1, size));
    buffer_char(to, ' ');
    buffer_text(to, multiples[i].name);
}

void number_append_weight(struct buffer *to, int64_t value, const char *unit)
{
    uint64_t size = magnitude(to, value);
    if (strcmp(unit, "ns") == 0) {
        append_multiple(to, size, times, sizeof times / sizeof *times);
        return;
    }
    if (strcmp(unit, "bytes") == 0) {
        append_multiple(to, size, bytes, sizeof bytes / sizeof *bytes);
        return;
    }
    append_grouped(to, size);
    if (!*unit)
        return;
    buffer_char(to, ' ');
    if (size == 1 && strcmp(unit, "samples") == 0)
        unit = "sample";
    buffer_text(to, unit);
}

void number_append_share(struct buffer *to, int64_t part, int64_t whole)
{
    if (whole <= 0) {
        buffer_text(to, "0.00%");
        return;
    }
    uint64_t size = magnitude(to, part);
    wide hundredths = ((wide)size * 10000 + (uint64_t)whole / 2) / (uint64_t)whole;
    if (size && hundredths == 0)
        buffer_text(to, "<0.01%");
    else {
        append_decimals(to, hundredths > UINT64_MAX ? UINT64_MAX : (uint64_t)hundredths, 2);
        buffer_char(to, '%');
    }
}

void number_append_px(struct buffer *to, double value)
{
    int64_t hundredths = (int64_t)floor(value * 100 + 0.5);
    if (hundredths < 0)
        buffer_char(to, '-');
    uint64_t size = hundredths < 0 ? -(uint64_t)hundredths : (uint64_t)hundredths;
    buffer_u64(to, size / 100);
    if (size % 100 == 0)
        return;
    buffer_char(to, '.');
    buffer_char(to, (char)('0' + size / 10 % 10));
    if (size % 10)
        buffer_char(to, (char)('0' + size % 10));
}

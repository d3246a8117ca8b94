/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

void number_count(char text[NUMBER_SIZE], int64_t value)
{
    char digits[NUMBER_SIZE];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, magnitude_of(value));
    char *to = text;
    if (value < 0)
        *to++ = '-';
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
}

/* `value` in units of `unit`, with three significant digits below 1000. */
static void number_scaled(char text[NUMBER_SIZE], int64_t value, uint64_t unit, const char *name)
{
    uint64_t magnitude = magnitude_of(value);
    unsigned decimals = magnitude / unit >= 100 ? 0 : magnitude / unit >= 10 ? 1 : 2;
    uint64_t factor = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
    /* In 128 bits: a weight may be anything up to the end of the range. */
    __extension__ unsigned __int128 wide = (unsigned __int128)magnitude * factor + unit / 2;
    uint64_t scaled = (uint64_t)(wide / unit);
    const char *sign = value < 0 ? "-" : "";
    if (decimals)
        snprintf(text, NUMBER_SIZE, "%s%" PRIu64 ".%0*" PRIu64 " %s", sign, scaled / factor,
                 (int)decimals, scaled % factor, name);
    else
        snprintf(text, NUMBER_SIZE, "%s%" PRIu64 " %s", sign, scaled, name);
}

struct number_unit {
    uint64_t size;
    const char *name;
};

static void number_in(char text[NUMBER_SIZE], int64_t value, const struct number_unit *units,
                      size_t count)
{
    size_t i = 0;
    while (i + 1 < count && magnitude_of(value) < units[i].size)
        i++;
    if (units[i].size == 1)
        snprintf(text, NUMBER_SIZE, "%" PRId64 " %s", value, units[i].name);
    else
        number_scaled(text, value, units[i].size, units[i].name);
}

void number_weight(char text[NUMBER_SIZE], int64_t value, const char *unit)
{
    static const struct number_unit times[] = {
        {1000000000, "s"}, {1000000, "ms"}, {1000, "µs"}, {1, "ns"}};
    static const struct number_unit bytes[] = {{UINT64_C(1) << 40, "TiB"},
                                               {UINT64_C(1) << 30, "GiB"},
                                               {UINT64_C(1) << 20, "MiB"},
                                               {UINT64_C(1) << 10, "KiB"},
                                               {1, "bytes"}};
    if (strcmp(unit, "ns") == 0)
        number_in(text, value, times, sizeof times / sizeof *times);
    else if (strcmp(unit, "bytes") == 0)
        number_in(text, value, bytes, sizeof bytes / sizeof *bytes);
    else
        number_count(text, value);
}

void number_percent(char text[NUMBER_SIZE], int64_t part, int64_t whole, unsigned decimals)
{
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000};
    uint64_t factor = powers[decimals];
    uint64_t base = magnitude_of(whole);
    uint64_t scaled = 0;
    if (base) {
        __extension__ unsigned __int128 wide =
            (unsigned __int128)magnitude_of(part) * 100 * factor + base / 2;
        scaled = (uint64_t)(wide / base);
    }
    const char *sign = scaled && (part < 0) != (whole < 0) ? "-" : "";
    if (decimals)
        snprintf(text, NUMBER_SIZE, "%s%" PRIu64 ".%0*" PRIu64, sign, scaled / factor,
                 (int)decimals, scaled % factor);
    else
        snprintf(text, NUMBER_SIZE, "%s%" PRIu64, sign, scaled);
}

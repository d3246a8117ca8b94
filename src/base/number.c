/* SPDX-License-Identifier: MIT */
/* See base/number.h. Quotients are made in 128 bits: a weight may be anything up to the end of
 * its range. */
#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
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

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static uint64_t divide_rounded(uint64_t value, uint64_t factor, uint64_t by)
{
    return (uint64_t)(((wide)value * factor + by / 2) / by);
}

/* Gives the end of what was written. */
static char *write_grouped(char *to, uint64_t value)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return to;
}

/* The largest multiple that leaves at least one, also after rounding: no "1000 ms". */
static const struct multiple *multiple_find(const struct multiple *multiples, size_t count,
                                            uint64_t value)
{
    size_t i = count - 1;
    while (i && value < multiples[i].size)
        i--;
    if (i && i + 1 < count &&
        divide_rounded(value, 1, multiples[i].size) >= multiples[i + 1].size / multiples[i].size)
        i++;
    return &multiples[i];
}

static void write_multiple(char *to, uint64_t value, const struct multiple *multiples, size_t count)
{
    const struct multiple *multiple = multiple_find(multiples, count, value);
    uint64_t hundredths = divide_rounded(value, 100, multiple->size);
    uint64_t tenths = divide_rounded(value, 10, multiple->size);
    if (multiple->size == 1 || tenths >= 1000)
        to = write_grouped(to, divide_rounded(value, 1, multiple->size));
    else if (hundredths >= 1000)
        to += sprintf(to, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
    else
        to += sprintf(to, "%" PRIu64 ".%02" PRIu64, hundredths / 100, hundredths % 100);
    sprintf(to, " %s", multiple->name);
}

/* The multiples of a unit, or NULL for one that counts things. */
static const struct multiple *multiples_of(const char *unit, size_t *ret_count)
{
    *ret_count = 0;
    if (strcmp(unit, "ns") == 0) {
        *ret_count = sizeof times / sizeof *times;
        return times;
    }
    if (strcmp(unit, "bytes") == 0) {
        *ret_count = sizeof bytes / sizeof *bytes;
        return bytes;
    }
    return NULL;
}

void number_count(char text[NUMBER_SIZE], int64_t value)
{
    if (value < 0)
        *text++ = '-';
    write_grouped(text, magnitude_of(value));
}

void number_weight(char text[NUMBER_SIZE], int64_t value, const char *unit)
{
    size_t count;
    const struct multiple *multiples = multiples_of(unit, &count);
    if (!multiples) {
        number_count(text, value);
        return;
    }
    if (value < 0)
        *text++ = '-';
    write_multiple(text, magnitude_of(value), multiples, count);
}

void number_append_weight(struct buffer *to, int64_t value, const char *unit)
{
    char text[NUMBER_SIZE];
    size_t count;
    number_weight(text, value, unit);
    buffer_text(to, text);
    if (multiples_of(unit, &count) || !*unit)
        return;
    buffer_char(to, ' ');
    buffer_text(to, magnitude_of(value) == 1 && strcmp(unit, "samples") == 0 ? "sample" : unit);
}

void number_percent(char text[NUMBER_SIZE], int64_t part, int64_t whole, unsigned decimals)
{
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000};
    uint64_t factor = powers[decimals];
    uint64_t base = magnitude_of(whole);
    uint64_t scaled = base ? divide_rounded(magnitude_of(part), 100 * factor, base) : 0;
    const char *sign = scaled && (part < 0) != (whole < 0) ? "-" : "";
    if (decimals)
        snprintf(text, NUMBER_SIZE, "%s%" PRIu64 ".%0*" PRIu64, sign, scaled / factor,
                 (int)decimals, scaled % factor);
    else
        snprintf(text, NUMBER_SIZE, "%s%" PRIu64, sign, scaled);
}

void number_append_share(struct buffer *to, int64_t part, int64_t whole)
{
    char text[NUMBER_SIZE];
    number_percent(text, part, whole > 0 ? whole : 0, 2);
    bool little = part && whole > 0 && strcmp(text, "0.00") == 0;
    buffer_text(to, !little ? text : part < 0 ? "-<0.01" : "<0.01");
    buffer_char(to, '%');
}

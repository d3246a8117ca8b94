/* SPDX-License-Identifier: MIT */
#include "draw/px.h"

#include <math.h>

void px_append(struct buffer *to, double value)
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

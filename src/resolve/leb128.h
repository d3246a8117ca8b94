/* SPDX-License-Identifier: MIT */
/* Numbers of variable length in DWARF (LEB128): seven bits a byte, lowest first, and the top bit
 * says that more follow. Bits beyond the 64th are dropped. */
#ifndef PFL_RESOLVE_LEB128_H
#define PFL_RESOLVE_LEB128_H

#include "base/cursor.h"

static inline uint64_t leb128_unsigned(struct cursor *c)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = cursor_u8(c);
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
}

static inline int64_t leb128_signed(struct cursor *c)
{
    uint64_t value = 0;
    uint8_t byte;
    unsigned shift = 0;
    do {
        byte = cursor_u8(c);
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += shift < 64 ? 7 : 0;
    } while (byte & 0x80);
    if (shift < 64 && (byte & 0x40))
        value |= UINT64_MAX << shift;
    return (int64_t)value;
}

#endif

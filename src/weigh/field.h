/* SPDX-License-Identifier: MIT */
/* A number inside a tracepoint's payload, found by offset, size and sign. */
#ifndef PFL_WEIGH_FIELD_H
#define PFL_WEIGH_FIELD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct field {
    uint32_t offset;
    uint8_t size; /* 1, 2, 4, 8; 0: there is no such field */
    bool is_signed;
    bool swap; /* the payload is of the other byte order */
};

/* Sign-extended where it is signed. False if the payload does not reach so far. */
static inline bool field_read(const struct field *field, const uint8_t *raw, uint32_t raw_size,
                              uint64_t *ret_value)
{
    if (!field->size || field->offset > raw_size || raw_size - field->offset < field->size)
        return false;
    const uint8_t *at = raw + field->offset;
    uint64_t value = 0;
    switch (field->size) {
    case 1: value = *at; break;
    case 2: {
        uint16_t half;
        memcpy(&half, at, sizeof half);
        value = field->swap ? __builtin_bswap16(half) : half;
        break;
    }
    case 4: {
        uint32_t word;
        memcpy(&word, at, sizeof word);
        value = field->swap ? __builtin_bswap32(word) : word;
        break;
    }
    default:
        memcpy(&value, at, sizeof value);
        value = field->swap ? __builtin_bswap64(value) : value;
        break;
    }
    if (field->is_signed && field->size < 8) {
        unsigned unused = 64 - 8u * field->size;
        value = (uint64_t)((int64_t)(value << unused) >> unused);
    }
    *ret_value = value;
    return true;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Hashing for tables in memory; not for anything that is stored or that must resist attack
 * beyond slowing down: tables grow by count, and every table has a cap in base/limits.h. */
#ifndef PFL_BASE_HASH_H
#define PFL_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Multiply and fold: the 128-bit product's halves xored, as wyhash and others do. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
    return hash_mix(a ^ 0x9e3779b97f4a7c15u, b ^ 0xd6e8feb86659fd93u);
}

static inline uint64_t hash_bytes(const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t hash = 0xa0761d6478bd642fu ^ size;
    uint64_t word;
    for (; size >= 8; size -= 8, bytes += 8) {
        memcpy(&word, bytes, 8);
        hash = hash_mix(hash ^ word, 0xe7037ed1a0b428dbu);
    }
    word = 0;
    memcpy(&word, bytes, size);
    return hash_mix(hash ^ word, 0x8ebc6af09c88c6e3u);
}

#endif

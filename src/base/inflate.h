/* SPDX-License-Identifier: MIT */
/* Unpacks zlib's format (RFC 1950, 1951) into memory that has room for all of it, as far as it is
 * needed. Debug information is packed so in most distributions, and unpacking it was half of the
 * time for a short recording: this is two to three times as fast as zlib's inflate, which has to
 * work with pieces of input and output of any size.
 *
 *     data:  [header][ block: code tables, symbols ... ][ block ... ][checksum]
 *                                       ▲ in
 *     to:    [ made so far, which copies refer back to  |      room     ]
 *                                                       ▲ made              */
#ifndef PFL_BASE_INFLATE_H
#define PFL_BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct inflate;

/* Begins; the bytes and the room must live as long. Returns 0, or -1 without memory. */
int inflate_new(struct inflate **ret_inflate, const void *data, size_t size, uint8_t *to,
                size_t room);
void inflate_free(struct inflate *inflate);
MEM_CLEANUP(inflate_cleanup, struct inflate, inflate_free)

/* Goes on until `want` bytes are there, or more. False if the data ends before, is damaged, or is
 * larger than the room. The checksum at its end is not asked: what is not packed has none. */
bool inflate_upto(struct inflate *inflate, size_t want);

/* How many bytes are there. */
size_t inflate_made(const struct inflate *inflate);

#endif

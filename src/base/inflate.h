/* SPDX-License-Identifier: MIT */
/* Unpacks what zlib has packed, as far as it is needed and nearly as fast as one could.
 *
 * Debug information is one stream of megabytes of which units far apart are needed, the last of
 * them seldom near its end. zlib stops and goes on anywhere, at 5 ns a byte; libdeflate takes 2 ns,
 * but unpacks all or nothing. This takes little more than 2, and stops anywhere. It is held against
 * zlib byte by byte (tests/fuzz/inflate.c).
 *
 *     packed:    [ piece ][ piece ] ...
 *     unpacked:  [ window of 32 KiB ][ at ─────▶ end ]  room
 *
 * RFC 1951 is deflate, RFC 1950 the two bytes that zlib puts in front. The check sum behind is not
 * looked at: it is known at the end alone. */
#ifndef PFL_BASE_INFLATE_H
#define PFL_BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far back a match reaches at most. */
#define INFLATE_WINDOW 32768
/* With less room than this behind `end` it goes slowly. */
#define INFLATE_ROOM 320

/* The most that a table has: an entry for each value of the first bits, and for each of those with
 * which two or more longer codes begin, one for each value of the bits that follow, up to 15. */
enum {
    INFLATE_LENGTH_BITS = 11,
    INFLATE_DISTANCE_BITS = 8,
    INFLATE_LENGTHS = (1 << 11) + 288 / 2 * (1 << 4),
    INFLATE_DISTANCES = (1 << 8) + 32 / 2 * (1 << 7),
};

struct inflate_bits {
    const uint8_t *in, *end;
    uint64_t bits;    /* taken from `in`, the next one lowest */
    unsigned count;   /* how many of them are there; those above mean nothing */
    unsigned feigned; /* how many of them lie behind the end */
};

struct inflate_stream {
    struct inflate_bits from;
    bool ends; /* no other piece follows */
    enum inflate_state {
        INFLATE_BEGUN,
        INFLATE_BETWEEN, /* blocks */
        INFLATE_STORED,
        INFLATE_CODED,
        INFLATE_ENDED,
        INFLATE_DAMAGED
    } state;
    bool last;       /* no block follows */
    uint32_t stored; /* bytes of a block that is not packed that are still to come */
    uint32_t lengths[INFLATE_LENGTHS], distances[INFLATE_DISTANCES];
};

/* Begins with a stream as zlib writes it, of which nothing is there yet. */
void inflate_begin(struct inflate_stream *stream);

/* How many bytes of the last piece are not taken yet: the next piece begins with them. */
static inline size_t inflate_left(const struct inflate_stream *stream)
{
    return (size_t)(stream->from.end - stream->from.in);
}

/* Gives a piece of 4 KiB or more, or the last one. */
void inflate_give(struct inflate_stream *stream, const uint8_t *data, size_t size, bool last);

/* Unpacks on from `at` in `to`, in front of which lies what came before: at least up to `end`, and
 * never beyond `room`. Returns how far it came: less than `end` if another piece is wanted, or the
 * stream ends there, is damaged, or has no room for what comes. */
size_t inflate_on(struct inflate_stream *stream, uint8_t *to, size_t at, size_t end, size_t room);

static inline bool inflate_wants(const struct inflate_stream *stream)
{
    return !stream->ends && stream->state < INFLATE_ENDED;
}

#endif

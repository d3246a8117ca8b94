/* SPDX-License-Identifier: MIT */
#include "base/inflate.h"

#include <string.h>

enum { LONGEST_CODE = 15, LENGTH_SYMBOLS = 288, DISTANCE_SYMBOLS = 32, END_OF_BLOCK = 256 };

/* An entry of a table:
 *
 *     31        16 15       12 11      8 7         0
 *     [  value    ][ flags    ][  code  ][ all bits ]
 *
 * `all` bits are to be taken: those of the code, and behind them those that are added to `value`,
 * which is a byte, or the least length or distance. In an entry that leads to longer codes, `code`
 * says how many bits choose among them, and `value` where they are. One that is zero but for
 * ENTRY_OTHER stands for no code. */
enum {
    ENTRY_LITERAL = 1 << 15,
    ENTRY_OTHER = 1 << 14, /* one of these: */
    ENTRY_LONGER = 1 << 13,
    ENTRY_END = 1 << 12,
};

static unsigned entry_all(uint32_t entry)
{
    return entry & 63;
}

static unsigned entry_code(uint32_t entry)
{
    return entry >> 8 & 15;
}

static uint64_t low_bits(uint64_t bits, unsigned count)
{
    return bits & ((UINT64_C(1) << count) - 1);
}

/* Makes them 56 or more. Those above `count` are read again, as the same. */
static inline void refill_fast(struct inflate_bits *b)
{
    uint64_t word;
    memcpy(&word, b->in, sizeof word);
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        word = __builtin_bswap64(word);
    b->bits |= word << b->count;
    b->in += (63 - b->count) >> 3;
    b->count |= 56;
}

/* The same near the end, behind which zeros are feigned. */
static void refill(struct inflate_bits *b)
{
    if (b->end - b->in >= 8) {
        refill_fast(b);
        return;
    }
    b->bits = low_bits(b->bits, b->count);
    for (; b->count < 56; b->count += 8) {
        if (b->in < b->end)
            b->bits |= (uint64_t)*b->in++ << b->count;
        else
            b->feigned += 8;
    }
}

static inline void take(struct inflate_bits *b, unsigned count)
{
    b->bits >>= count;
    b->count -= count;
}

/* True if bits were taken that are not there. */
static bool is_exhausted(const struct inflate_bits *b)
{
    return b->feigned > b->count;
}

static uint32_t take_bits(struct inflate_bits *b, unsigned count)
{
    refill(b);
    uint32_t value = (uint32_t)low_bits(b->bits, count);
    take(b, count);
    return value;
}

/* The tables (RFC 1951, section 3.2.2) */

/* What codes stand for: for each symbol an entry without its code, 0 for what is none. */
static uint32_t length_entry(unsigned symbol)
{
    static const uint16_t least[] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                     15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                     67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                    2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    if (symbol < END_OF_BLOCK)
        return symbol << 16 | ENTRY_LITERAL;
    symbol -= END_OF_BLOCK + 1;
    if (symbol == UINT32_MAX)
        return ENTRY_OTHER | ENTRY_END;
    return symbol < sizeof extra ? (uint32_t)least[symbol] << 16 | extra[symbol] : ENTRY_OTHER;
}

static uint32_t distance_entry(unsigned symbol)
{
    unsigned extra = symbol < 2 ? 0 : symbol / 2 - 1;
    uint32_t least = symbol < 2 ? symbol + 1 : ((2 + symbol % 2) << extra) + 1;
    return symbol < 30 ? least << 16 | extra : ENTRY_OTHER;
}

static uint32_t plain_entry(unsigned symbol)
{
    return symbol << 16;
}

struct table {
    uint32_t *entries;
    unsigned bits; /* that it is looked up by */
    uint32_t (*entry)(unsigned symbol);
};

/* Counts the codes of each length. Returns the longest, or -1 if there can be no such codes: too
 * many of them, or too few, but for a single one of one bit, or none. */
static int count_codes(const uint8_t *lengths, unsigned count, uint16_t *codes)
{
    int longest = LONGEST_CODE, left = 1;
    memset(codes, 0, (LONGEST_CODE + 1) * sizeof *codes);
    for (unsigned i = 0; i < count; i++)
        codes[lengths[i]]++;
    while (longest > 0 && codes[longest] == 0)
        longest--;
    for (int i = 1; i <= longest; i++) {
        left = 2 * left - codes[i];
        if (left < 0)
            return -1;
    }
    return left > 0 && longest > 1 ? -1 : longest;
}

/* The code that follows one of the same length: they count up from their last bit, which comes
 * lowest here. */
static unsigned next_code(unsigned code, unsigned length)
{
    unsigned bit = 1u << (length - 1);
    while (code & bit)
        bit >>= 1;
    return bit ? (code & (bit - 1)) | bit : 0;
}

/* Symbols by the length of their codes. */
static void sort_symbols(const uint8_t *lengths, unsigned count, const uint16_t *codes,
                         uint16_t *sorted)
{
    uint16_t at[LONGEST_CODE + 2] = {0};
    for (unsigned i = 1; i <= LONGEST_CODE; i++)
        at[i + 1] = (uint16_t)(at[i] + codes[i]);
    for (unsigned i = 0; i < count; i++)
        if (lengths[i])
            sorted[at[lengths[i]]++] = (uint16_t)i;
}

static bool table_make(const struct table *table, const uint8_t *lengths, unsigned count)
{
    uint16_t codes[LONGEST_CODE + 1], sorted[LENGTH_SYMBOLS + DISTANCE_SYMBOLS];
    int longest = count_codes(lengths, count, codes);
    if (longest < 0)
        return false;
    sort_symbols(lengths, count, codes, sorted);
    uint32_t main = 1u << table->bits, used = main;
    unsigned more = longest > (int)table->bits ? (unsigned)longest - table->bits : 0;
    for (uint32_t i = 0; i < main; i++)
        table->entries[i] = ENTRY_OTHER;
    const uint16_t *symbol = sorted;
    for (unsigned length = 1, code = 0; (int)length <= longest; length++) {
        for (unsigned left = codes[length]; left > 0; left--, code = next_code(code, length)) {
            uint32_t *at = table->entries, size = main, index = code;
            unsigned own = length; /* bits of the code that are looked up */
            if (length > table->bits) {
                uint32_t *from = at + (code & (main - 1));
                if (!(*from & ENTRY_LONGER)) {
                    *from = used << 16 | ENTRY_OTHER | ENTRY_LONGER | more << 8 | table->bits;
                    used += 1u << more;
                }
                at += *from >> 16;
                size = 1u << more;
                index = code >> table->bits;
                own = length - table->bits;
            }
            uint32_t entry = table->entry(*symbol++) + (own << 8 | own);
            for (; index < size; index += 1u << own)
                at[index] = entry;
        }
    }
    return true;
}

static bool lengths_make(struct inflate_stream *s, const uint8_t *lengths, unsigned count)
{
    struct table table = {s->lengths, INFLATE_LENGTH_BITS, length_entry};
    return table_make(&table, lengths, count);
}

static bool distances_make(struct inflate_stream *s, const uint8_t *lengths, unsigned count)
{
    struct table table = {s->distances, INFLATE_DISTANCE_BITS, distance_entry};
    return table_make(&table, lengths, count);
}

/* The codes that need not be told (section 3.2.6). */
static bool block_fixed(struct inflate_stream *s)
{
    uint8_t lengths[LENGTH_SYMBOLS + DISTANCE_SYMBOLS];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 256 - 144);
    memset(lengths + 256, 7, 280 - 256);
    memset(lengths + 280, 8, 288 - 280);
    memset(lengths + LENGTH_SYMBOLS, 5, DISTANCE_SYMBOLS);
    return lengths_make(s, lengths, LENGTH_SYMBOLS) &&
           distances_make(s, lengths + LENGTH_SYMBOLS, DISTANCE_SYMBOLS);
}

/* Reads the lengths of codes, which are packed themselves: a length, or how often to repeat the one
 * before, or zero. */
static bool read_lengths(struct inflate_stream *s, const uint32_t *codes, uint8_t *lengths,
                         unsigned count)
{
    for (unsigned i = 0; i < count;) {
        refill(&s->from);
        uint32_t entry = codes[low_bits(s->from.bits, 7)], value = entry >> 16;
        take(&s->from, entry_all(entry));
        if (entry & ENTRY_OTHER || (value == 16 && i == 0))
            return false;
        if (value < 16) {
            lengths[i++] = (uint8_t)value;
            continue;
        }
        unsigned times = value == 16   ? 3 + take_bits(&s->from, 2)
                         : value == 17 ? 3 + take_bits(&s->from, 3)
                                       : 11 + take_bits(&s->from, 7);
        if (times > count - i)
            return false;
        memset(lengths + i, value == 16 ? lengths[i - 1] : 0, times);
        i += times;
    }
    return !is_exhausted(&s->from);
}

/* The codes that the block tells (section 3.2.7). */
static bool block_codes(struct inflate_stream *s)
{
    static const uint8_t order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LENGTH_SYMBOLS + DISTANCE_SYMBOLS] = {0}, own[sizeof order] = {0};
    uint32_t codes[1 << 7];
    struct table table = {codes, 7, plain_entry};
    unsigned length_count = 257 + take_bits(&s->from, 5),
             distance_count = 1 + take_bits(&s->from, 5);
    unsigned own_count = 4 + take_bits(&s->from, 4);
    if (length_count > 286 || distance_count > 30)
        return false;
    for (unsigned i = 0; i < own_count; i++)
        own[order[i]] = (uint8_t)take_bits(&s->from, 3);
    return table_make(&table, own, sizeof own) &&
           read_lengths(s, codes, lengths, length_count + distance_count) &&
           lengths[END_OF_BLOCK] && lengths_make(s, lengths, length_count) &&
           distances_make(s, lengths + length_count, distance_count);
}

/* Bytes as they are, from the next whole one on (section 3.2.4). */
static bool block_stored(struct inflate_stream *s)
{
    take(&s->from, s->from.count % 8);
    uint32_t size = take_bits(&s->from, 16), check = take_bits(&s->from, 16);
    if (is_exhausted(&s->from) || size != (check ^ 0xffff))
        return false;
    s->from.in -= (s->from.count - s->from.feigned) / 8; /* what was taken too far */
    s->from.bits = s->from.count = s->from.feigned = 0;
    s->stored = size;
    return true;
}

static void block_begin(struct inflate_stream *s)
{
    s->last = take_bits(&s->from, 1);
    unsigned kind = take_bits(&s->from, 2);
    bool fine = kind == 0   ? block_stored(s)
                : kind == 1 ? block_fixed(s)
                : kind == 2 ? block_codes(s)
                            : false;
    s->state = !fine || is_exhausted(&s->from) ? INFLATE_DAMAGED
               : kind == 0                     ? INFLATE_STORED
                                               : INFLATE_CODED;
}

/* Where an entry is no literal and no length: it says that the block ends, or is none. */
static void block_end(struct inflate_stream *s, uint32_t entry)
{
    s->state = !(entry & ENTRY_END) ? INFLATE_DAMAGED : s->last ? INFLATE_ENDED : INFLATE_BETWEEN;
}

static size_t stored_on(struct inflate_stream *s, uint8_t *to, size_t at, size_t room)
{
    size_t size = s->stored, left = (size_t)(s->from.end - s->from.in);
    if (size > room - at)
        size = room - at;
    if (size > left)
        size = left;
    memcpy(to + at, s->from.in, size);
    s->from.in += size;
    s->stored -= (uint32_t)size;
    if (s->stored == 0)
        block_end(s, ENTRY_END);
    else if (size == left && s->ends)
        s->state = INFLATE_DAMAGED;
    return at + size;
}

/* The entry of a longer code, if this leads to one. */
static inline uint32_t longer(struct inflate_bits *b, const uint32_t *table, uint32_t entry)
{
    if (!(entry & ENTRY_LONGER))
        return entry;
    take(b, entry_all(entry));
    return table[(entry >> 16) + low_bits(b->bits, entry_code(entry))];
}

static inline uint8_t take_literal(struct inflate_bits *b, uint32_t entry)
{
    take(b, entry_all(entry));
    return (uint8_t)(entry >> 16);
}

/* A length or a distance: what the entry says, and the bits that are added to it. */
static inline uint32_t take_value(struct inflate_bits *b, uint32_t entry)
{
    uint32_t more = (uint32_t)(low_bits(b->bits, entry_all(entry)) >> entry_code(entry));
    take(b, entry_all(entry));
    return (entry >> 16) + more;
}

/* Copies what was written `distance` before, in which what is being written may lie as well. Up to
 * 23 bytes more than `length` are. Most matches are short: there is no branch among those up to 24
 * bytes that could be mispredicted. */
static inline void copy_match(uint8_t *to, size_t distance, size_t length)
{
    const uint8_t *from = to - distance, *end = to + length;
    if (__builtin_expect(distance < 8, 0)) {
        for (; to < end; to++, from++)
            *to = *from;
        return;
    }
    memcpy(to, from, 8);
    memcpy(to + 8, from + 8, 8);
    memcpy(to + 16, from + 16, 8);
    while (__builtin_expect(end - to > 24, 0)) {
        to += 8;
        from += 8;
        memcpy(to + 16, from + 16, 8);
    }
}

static inline uint32_t look_up(const struct inflate_bits *b, const uint32_t *table, unsigned bits)
{
    return table[low_bits(b->bits, bits)];
}

/* Goes on in a block of codes up to `end`, behind which there is room, or until what is packed is
 * nearly at its end.
 *
 * The processor waits for one thing: bits lead to an entry, which says where the next ones begin.
 * So an entry is looked up before more bits are fetched, which it needs not wait for: of 56, three
 * codes of literals leave 23 or more, two and a length 10 or more, a distance 28 or more. */
static size_t coded_fast(struct inflate_stream *s, uint8_t *to, size_t at, size_t end)
{
    struct inflate_bits b = s->from;
    if (b.end - b.in < 32 || at >= end)
        return at;
    refill_fast(&b);
    uint32_t entry = look_up(&b, s->lengths, INFLATE_LENGTH_BITS);
    while (at < end && b.end - b.in >= 24) {
        refill_fast(&b);
        if (entry & ENTRY_LITERAL) {
            to[at++] = take_literal(&b, entry);
            entry = look_up(&b, s->lengths, INFLATE_LENGTH_BITS);
            if (entry & ENTRY_LITERAL) {
                to[at++] = take_literal(&b, entry);
                entry = look_up(&b, s->lengths, INFLATE_LENGTH_BITS);
                if (entry & ENTRY_LITERAL) {
                    to[at++] = take_literal(&b, entry);
                    entry = look_up(&b, s->lengths, INFLATE_LENGTH_BITS);
                    continue;
                }
            }
        }
        if (__builtin_expect(entry & ENTRY_OTHER, 0)) {
            entry = longer(&b, s->lengths, entry);
            if (entry & ENTRY_LITERAL) {
                to[at++] = take_literal(&b, entry);
                entry = look_up(&b, s->lengths, INFLATE_LENGTH_BITS);
                continue;
            }
            if (entry & ENTRY_OTHER) {
                take(&b, entry_all(entry));
                block_end(s, entry);
                break;
            }
        }
        size_t length = take_value(&b, entry);
        uint32_t far = look_up(&b, s->distances, INFLATE_DISTANCE_BITS);
        refill_fast(&b);
        if (__builtin_expect(far & ENTRY_OTHER, 0))
            far = longer(&b, s->distances, far);
        size_t distance = take_value(&b, far);
        if (far & ENTRY_OTHER || distance > at) {
            s->state = INFLATE_DAMAGED;
            break;
        }
        entry = look_up(&b, s->lengths, INFLATE_LENGTH_BITS);
        copy_match(to + at, distance, length);
        at += length;
    }
    s->from = b;
    return at;
}

/* Goes on by a single code. */
static size_t coded_step(struct inflate_stream *s, uint8_t *to, size_t at, size_t room)
{
    struct inflate_bits *b = &s->from;
    refill(b);
    uint32_t entry = longer(b, s->lengths, s->lengths[low_bits(b->bits, INFLATE_LENGTH_BITS)]);
    size_t length = take_value(b, entry), distance = 0;
    if (entry & ENTRY_OTHER && !is_exhausted(b)) {
        block_end(s, entry);
        return at;
    }
    if (entry & ENTRY_LITERAL) {
        to[at] = (uint8_t)length;
        length = 1;
    } else {
        refill(b);
        uint32_t far =
            longer(b, s->distances, s->distances[low_bits(b->bits, INFLATE_DISTANCE_BITS)]);
        distance = take_value(b, far);
        entry |= far & ENTRY_OTHER;
    }
    if (entry & ENTRY_OTHER || is_exhausted(b) || distance > at || length > room - at) {
        s->state = INFLATE_DAMAGED;
        return at;
    }
    for (size_t i = 0; distance && i < length; i++)
        to[at + i] = to[at + i - distance];
    return at + length;
}

/* Method 8, a window of 32 KiB or less, no dictionary (RFC 1950, section 2.2). */
static void stream_head(struct inflate_stream *s)
{
    unsigned method = take_bits(&s->from, 8), flags = take_bits(&s->from, 8);
    bool known = (method & 15) == 8 && method >> 4 <= 7 && !(flags & 0x20) &&
                 (method << 8 | flags) % 31 == 0;
    s->state = known && !is_exhausted(&s->from) ? INFLATE_BETWEEN : INFLATE_DAMAGED;
}

void inflate_begin(struct inflate_stream *stream)
{
    stream->from = (struct inflate_bits){0};
    stream->state = INFLATE_BEGUN;
    stream->ends = stream->last = false;
}

void inflate_give(struct inflate_stream *stream, const uint8_t *data, size_t size, bool last)
{
    stream->from.in = data;
    stream->from.end = data + size;
    stream->ends = last;
}

size_t inflate_on(struct inflate_stream *stream, uint8_t *to, size_t at, size_t end, size_t room)
{
    /* The codes that a block tells are not read in two pieces: they take 14 bits, 19 times 3, and
     * 316 times at most 14. */
    enum { LEAST = 1024 };
    size_t fast = room > INFLATE_ROOM ? room - INFLATE_ROOM : 0;
    if (fast > end)
        fast = end;
    while (at < end && (stream->ends || inflate_left(stream) >= LEAST)) {
        switch (stream->state) {
        case INFLATE_BEGUN: stream_head(stream); break;
        case INFLATE_BETWEEN: block_begin(stream); break;
        case INFLATE_STORED: at = stored_on(stream, to, at, room); break;
        case INFLATE_CODED:
            at = coded_fast(stream, to, at, fast);
            if (stream->state == INFLATE_CODED && at < end)
                at = coded_step(stream, to, at, room);
            break;
        case INFLATE_ENDED:
        case INFLATE_DAMAGED: return at;
        }
    }
    return at;
}

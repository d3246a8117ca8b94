/* SPDX-License-Identifier: MIT */
#include "base/inflate.h"

#include <string.h>

/* Numbers from RFC 1951. */
#define LITERALS  288
#define DISTANCES 32
#define LONGEST   15 /* bits of a code */
#define COPY_MOST 258

/* Bits by which a table is looked up at once; longer codes lead on to a table of the rest. */
#define LITERAL_ROOT  11
#define DISTANCE_ROOT 8
#define LENGTH_ROOT   7

/* What the bits of a code mean. */
enum {
    KIND_CODE = 0x0f, /* bits of the code; those behind it are a number to add to the value */
    KIND_LITERAL = 0x10,
    KIND_END = 0x20,
    KIND_MORE = 0x40, /* the value is where the table of the rest begins */
    KIND_BAD = 0x80,
};

struct entry {
    uint16_t value;
    uint8_t length; /* bits of the code and of the number behind it */
    uint8_t kind;
};

/* A second table has an entry for all that may follow; there are never more of them than codes. */
#define TABLE_ROOM(root, codes) ((1u << (root)) + (codes) * (1u << (LONGEST - (root))))

struct table {
    struct entry *entries;
    unsigned root, rest; /* bits of the first look-up, and of the second */
};

enum state { STATE_HEADER, STATE_BLOCK, STATE_STORED, STATE_CODES, STATE_END, STATE_BAD };

/* The input, bit by bit. */
struct bits {
    const uint8_t *in, *end;
    uint64_t ahead; /* read, but not used yet; the lowest is the next */
    unsigned count; /* of them */
};

struct inflate {
    struct bits bits;
    uint8_t *to, *out, *out_end;
    enum state state;
    bool last;     /* the block is the last one */
    size_t stored; /* bytes left of a block that is not packed */
    struct table literals, distances;
    struct entry literal_entries[TABLE_ROOM(LITERAL_ROOT, LITERALS)];
    struct entry distance_entries[TABLE_ROOM(DISTANCE_ROOT, DISTANCES)];
};

int inflate_new(struct inflate **ret_inflate, const void *data, size_t size, uint8_t *to,
                size_t room)
{
    struct inflate *inflate = mem_alloc(sizeof *inflate);
    if (!inflate)
        return -1;
    /* The tables are written before they are read. */
    const uint8_t *in = data;
    inflate->bits = (struct bits){.in = in, .end = in + size};
    inflate->to = inflate->out = to;
    inflate->out_end = to + room;
    inflate->state = STATE_HEADER;
    inflate->last = false;
    inflate->stored = 0;
    inflate->literals = (struct table){.entries = inflate->literal_entries, .root = LITERAL_ROOT};
    inflate->distances =
        (struct table){.entries = inflate->distance_entries, .root = DISTANCE_ROOT};
    *ret_inflate = inflate;
    return 0;
}

void inflate_free(struct inflate *inflate)
{
    mem_free(inflate);
}

size_t inflate_made(const struct inflate *inflate)
{
    return (size_t)(inflate->out - inflate->to);
}

/* Bits */

static inline uint64_t load_word(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

/* Fills up to at least 56 bits where eight more bytes can be read. Bytes of which a part had no
 * room come again, and fall on themselves. */
static inline void bits_refill_fast(struct bits *bits)
{
    bits->ahead |= load_word(bits->in) << bits->count;
    bits->in += (63 - bits->count) >> 3;
    bits->count |= 56;
}

static void bits_refill(struct bits *bits)
{
    if (bits->end - bits->in >= 8) {
        bits_refill_fast(bits);
        return;
    }
    /* What lies behind those that count is left from bits_refill_fast. */
    bits->ahead &= bits->count ? UINT64_MAX >> (64 - bits->count) : 0;
    while (bits->count < 56 && bits->in < bits->end) {
        bits->ahead |= (uint64_t)*bits->in++ << bits->count;
        bits->count += 8;
    }
}

static inline uint32_t bits_peek(const struct bits *bits, unsigned count)
{
    return (uint32_t)bits->ahead & ((1u << count) - 1);
}

static inline void bits_drop(struct bits *bits, unsigned count)
{
    bits->ahead >>= count;
    bits->count -= count;
}

/* The next `count` bits, at most 16; false at the end of the data. */
static bool bits_take(struct bits *bits, unsigned count, uint32_t *ret_value)
{
    bits_refill(bits);
    if (bits->count < count)
        return false;
    *ret_value = bits_peek(bits, count);
    bits_drop(bits, count);
    return true;
}

/* Tables of codes */

static unsigned reversed(unsigned code, unsigned length)
{
    unsigned result = 0;
    for (; length; length--, code >>= 1)
        result = result << 1 | (code & 1);
    return result;
}

/* Puts a code into all places of a table that begin with it. */
static void table_put(struct table *table, unsigned code, unsigned length, struct entry entry,
                      unsigned *used)
{
    unsigned bits = reversed(code, length), root = table->root;
    unsigned first = bits, room = 1u << root;
    struct entry *entries = table->entries;
    if (length > root) {
        struct entry *more = &entries[bits & (room - 1)];
        if (!(more->kind & KIND_MORE)) {
            *more = (struct entry){(uint16_t)*used, (uint8_t)root, KIND_MORE};
            for (unsigned i = 0; i < 1u << table->rest; i++)
                entries[*used + i] = (struct entry){0, 0, KIND_BAD};
            *used += 1u << table->rest;
        }
        entries += more->value;
        first = bits >> root;
        room = 1u << table->rest;
        length -= root;
    }
    entry.length = (uint8_t)(entry.length + length);
    entry.kind |= (uint8_t)length;
    for (unsigned i = first; i < room; i += 1u << length)
        entries[i] = entry;
}

/* Makes the table of codes of these lengths; `meanings` says what each stands for. False if there
 * are more codes than bits can tell apart, or fewer (but for a single one). */
static bool table_make(struct table *table, const uint8_t *lengths, unsigned count,
                       const struct entry *meanings)
{
    unsigned counts[LONGEST + 1] = {0}, next[LONGEST + 2] = {0}, longest = 0;
    unsigned used = 1u << table->root;
    for (unsigned i = 0; i < count; i++) {
        counts[lengths[i]]++;
        longest = lengths[i] > longest ? lengths[i] : longest;
    }
    counts[0] = 0;
    for (unsigned i = 1; i <= LONGEST; i++)
        next[i + 1] = (next[i] + counts[i]) << 1;
    unsigned full = next[LONGEST + 1];
    if (full > 2u << LONGEST || (full < 2u << LONGEST && longest > 1))
        return false;
    table->rest = longest > table->root ? longest - table->root : 0;
    if (full < 2u << LONGEST)
        for (unsigned i = 0; i < used; i++)
            table->entries[i] = (struct entry){0, 0, KIND_BAD};
    else /* what is not put anew must not be taken for a second table of the last block */
        for (unsigned i = 0; table->rest && i < used; i++)
            table->entries[i].kind = KIND_BAD;
    for (unsigned i = 0; i < count; i++)
        if (lengths[i])
            table_put(table, next[lengths[i]]++, lengths[i], meanings[i], &used);
    return true;
}

/* What literals and lengths (RFC 1951, 3.2.5) stand for. */
static void literal_meanings(struct entry *meanings)
{
    for (unsigned i = 0; i < 256; i++)
        meanings[i] = (struct entry){(uint16_t)i, 0, KIND_LITERAL};
    meanings[256] = (struct entry){0, 0, KIND_END};
    unsigned value = 3;
    for (unsigned i = 257; i < 285; i++) {
        unsigned extra = i < 265 ? 0 : (i - 261) / 4;
        meanings[i] = (struct entry){(uint16_t)value, (uint8_t)extra, 0};
        value += 1u << extra;
    }
    meanings[285] = (struct entry){COPY_MOST, 0, 0};
    meanings[286] = meanings[287] = (struct entry){0, 0, KIND_BAD};
}

static void distance_meanings(struct entry *meanings)
{
    unsigned value = 1;
    for (unsigned i = 0; i < 30; i++) {
        unsigned extra = i < 4 ? 0 : (i - 2) / 2;
        meanings[i] = (struct entry){(uint16_t)value, (uint8_t)extra, 0};
        value += 1u << extra;
    }
    meanings[30] = meanings[31] = (struct entry){0, 0, KIND_BAD};
}

static bool codes_make(struct inflate *inflate, const uint8_t *lengths, unsigned literals,
                       unsigned distances)
{
    struct entry meanings[LITERALS];
    literal_meanings(meanings);
    if (lengths[256] == 0 || !table_make(&inflate->literals, lengths, literals, meanings))
        return false;
    distance_meanings(meanings);
    return table_make(&inflate->distances, lengths + literals, distances, meanings);
}

static bool codes_fixed(struct inflate *inflate)
{
    uint8_t lengths[LITERALS + DISTANCES];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    memset(lengths + LITERALS, 5, DISTANCES);
    return codes_make(inflate, lengths, LITERALS, DISTANCES);
}

/* The lengths of the codes of a block, which are coded themselves: RFC 1951, 3.2.7. */
static bool lengths_read(struct bits *bits, const struct table *table, uint8_t *lengths,
                         unsigned count)
{
    static const uint8_t repeat_bits[] = {2, 3, 7}, repeat_least[] = {3, 3, 11};
    for (unsigned i = 0; i < count;) {
        bits_refill(bits);
        struct entry entry = table->entries[bits_peek(bits, LENGTH_ROOT)];
        if (entry.kind & KIND_BAD || entry.length > bits->count)
            return false;
        bits_drop(bits, entry.length);
        if (entry.value < 16) {
            lengths[i++] = (uint8_t)entry.value;
            continue;
        }
        unsigned how = entry.value - 16u;
        uint32_t more;
        if ((how == 0 && i == 0) || !bits_take(bits, repeat_bits[how], &more))
            return false;
        unsigned times = repeat_least[how] + more;
        if (times > count - i)
            return false;
        memset(lengths + i, how == 0 ? lengths[i - 1] : 0, times);
        i += times;
    }
    return true;
}

static bool codes_dynamic(struct inflate *inflate)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    struct entry entries[1u << LENGTH_ROOT], meanings[19];
    struct table table = {.entries = entries, .root = LENGTH_ROOT};
    uint8_t lengths[LITERALS + DISTANCES] = {0};
    uint32_t literals, distances, count, length;
    if (!bits_take(&inflate->bits, 5, &literals) || !bits_take(&inflate->bits, 5, &distances) ||
        !bits_take(&inflate->bits, 4, &count))
        return false;
    literals += 257;
    distances += 1;
    if (literals > 286 || distances > 30)
        return false;
    for (unsigned i = 0; i < 19; i++)
        meanings[i] = (struct entry){(uint16_t)i, 0, 0};
    for (unsigned i = 0; i < count + 4; i++) {
        if (!bits_take(&inflate->bits, 3, &length))
            return false;
        lengths[order[i]] = (uint8_t)length;
    }
    if (!table_make(&table, lengths, 19, meanings))
        return false;
    memset(lengths, 0, 19);
    return lengths_read(&inflate->bits, &table, lengths, literals + distances) &&
           codes_make(inflate, lengths, literals, distances);
}

/* Blocks */

/* A block that is not packed begins at the next whole byte. */
static enum state stored_begin(struct inflate *inflate)
{
    struct bits *bits = &inflate->bits;
    bits_refill(bits);
    bits->in -= bits->count / 8;
    bits->ahead = bits->count = 0;
    if (bits->end - bits->in < 4)
        return STATE_BAD;
    unsigned length = bits->in[0] | (unsigned)bits->in[1] << 8;
    unsigned inverse = bits->in[2] | (unsigned)bits->in[3] << 8;
    bits->in += 4;
    inflate->stored = length;
    return (length ^ inverse) == 0xffff ? STATE_STORED : STATE_BAD;
}

static enum state block_begin(struct inflate *inflate)
{
    uint32_t kind;
    if (inflate->last)
        return STATE_END;
    if (!bits_take(&inflate->bits, 3, &kind))
        return STATE_BAD;
    inflate->last = kind & 1;
    switch (kind >> 1) {
    case 0: return stored_begin(inflate);
    case 1: return codes_fixed(inflate) ? STATE_CODES : STATE_BAD;
    case 2: return codes_dynamic(inflate) ? STATE_CODES : STATE_BAD;
    default: return STATE_BAD;
    }
}

static enum state stored_copy(struct inflate *inflate)
{
    struct bits *bits = &inflate->bits;
    if ((size_t)(bits->end - bits->in) < inflate->stored ||
        (size_t)(inflate->out_end - inflate->out) < inflate->stored)
        return STATE_BAD;
    memcpy(inflate->out, bits->in, inflate->stored);
    bits->in += inflate->stored;
    inflate->out += inflate->stored;
    return STATE_BLOCK;
}

/* The meaning of the next code. */
static inline struct entry table_find(const struct table *table, unsigned root, struct bits *bits)
{
    struct entry entry = table->entries[bits_peek(bits, root)];
    if (entry.kind & KIND_MORE) {
        bits_drop(bits, root);
        entry = table->entries[entry.value + bits_peek(bits, table->rest)];
    }
    return entry;
}

/* The number that it stands for, with what comes behind the code; both are dropped. */
static inline unsigned entry_number(struct entry entry, struct bits *bits)
{
    unsigned number = entry.value + (bits_peek(bits, entry.length) >> (entry.kind & KIND_CODE));
    bits_drop(bits, entry.length);
    return number;
}

/* Copies in words, where writing a word too far does no harm. */
static inline void copy_fast(uint8_t *to, unsigned distance, unsigned length)
{
    const uint8_t *from = to - distance, *end = to + length;
    if (distance >= 8) {
        memcpy(to, from, 8); /* most are short */
        memcpy(to + 8, from + 8, 8);
        to += 16;
        from += 16;
        while (to < end) {
            memcpy(to, from, 8);
            to += 8;
            from += 8;
        }
    } else if (distance == 1) {
        memset(to, *from, length);
    } else {
        while (to < end)
            *to++ = *from++;
    }
}

/* Input and room that are enough for a turn of codes_fast, whatever comes: two words, and a copy
 * with a word behind it. */
#define FAST_IN  16
#define FAST_OUT (COPY_MOST + 16)

static bool is_roomy(const struct inflate *inflate)
{
    return inflate->bits.end - inflate->bits.in >= FAST_IN &&
           inflate->out_end - inflate->out >= FAST_OUT;
}

/* The symbols of a block while there is plenty of input and room. 56 bits are enough for two
 * literals or the code of a length, and after a refill for the rest. */
static enum state codes_fast(struct inflate *inflate, const uint8_t *want)
{
    const struct table literals = inflate->literals, distances = inflate->distances;
    const uint8_t *in_most = inflate->bits.end - FAST_IN;
    const uint8_t *out_most = inflate->out_end - FAST_OUT;
    struct bits bits = inflate->bits; /* both stay in registers */
    uint8_t *out = inflate->out;
    enum state state = STATE_CODES;
    while (bits.in <= in_most && out <= out_most && out < want) {
        bits_refill_fast(&bits);
        struct entry entry = table_find(&literals, LITERAL_ROOT, &bits);
        if (entry.kind & KIND_LITERAL) {
            bits_drop(&bits, entry.length);
            *out++ = (uint8_t)entry.value;
            entry = table_find(&literals, LITERAL_ROOT, &bits);
            if (entry.kind & KIND_LITERAL) {
                bits_drop(&bits, entry.length);
                *out++ = (uint8_t)entry.value;
                continue;
            }
            bits_refill_fast(&bits);
        }
        unsigned length = entry_number(entry, &bits);
        if (entry.kind >= KIND_END) {
            state = entry.kind & KIND_BAD ? STATE_BAD : STATE_BLOCK;
            break;
        }
        entry = table_find(&distances, DISTANCE_ROOT, &bits);
        unsigned distance = entry_number(entry, &bits);
        if (entry.kind & KIND_BAD || distance > out - inflate->to) {
            state = STATE_BAD;
            break;
        }
        copy_fast(out, distance, length);
        out += length;
    }
    inflate->bits = bits;
    inflate->out = out;
    return state;
}

/* One symbol, near the end of the input or of the room. */
static enum state codes_careful(struct inflate *inflate)
{
    enum { SPARE = 64 }; /* what is missing reads as zeros, and is noticed below */
    bits_refill(&inflate->bits);
    struct bits bits = inflate->bits;
    bits.count += SPARE;
    struct entry entry = table_find(&inflate->literals, LITERAL_ROOT, &bits), back = {0};
    unsigned length = entry_number(entry, &bits), distance = 0;
    if (entry.kind < KIND_LITERAL) {
        back = table_find(&inflate->distances, DISTANCE_ROOT, &bits);
        distance = entry_number(back, &bits);
    }
    if ((entry.kind | back.kind) & KIND_BAD || bits.count < SPARE)
        return STATE_BAD;
    bits.count -= SPARE;
    inflate->bits = bits;
    if (entry.kind & KIND_END)
        return STATE_BLOCK;
    length = entry.kind & KIND_LITERAL ? 1 : length;
    if (length > (size_t)(inflate->out_end - inflate->out) || distance > inflate->out - inflate->to)
        return STATE_BAD;
    for (; length; length--, inflate->out++)
        *inflate->out = distance ? *(inflate->out - distance) : (uint8_t)entry.value;
    return STATE_CODES;
}

static enum state codes_run(struct inflate *inflate, const uint8_t *want)
{
    enum state state = is_roomy(inflate) ? codes_fast(inflate, want) : STATE_CODES;
    while (state == STATE_CODES && inflate->out < want && !is_roomy(inflate))
        state = codes_careful(inflate);
    return state;
}

/* RFC 1950: deflate, a window of at most 32 KiB, no dictionary. */
static enum state header_read(struct inflate *inflate)
{
    struct bits *bits = &inflate->bits;
    if (bits->end - bits->in < 2)
        return STATE_BAD;
    unsigned method = *bits->in++, flags = *bits->in++;
    bool fits =
        (method & 15) == 8 && method >> 4 <= 7 && !(flags & 32) && (method << 8 | flags) % 31 == 0;
    return fits ? STATE_BLOCK : STATE_BAD;
}

bool inflate_upto(struct inflate *inflate, size_t want)
{
    if (want > (size_t)(inflate->out_end - inflate->to))
        return false;
    while (inflate_made(inflate) < want) {
        switch (inflate->state) {
        case STATE_HEADER: inflate->state = header_read(inflate); break;
        case STATE_BLOCK: inflate->state = block_begin(inflate); break;
        case STATE_STORED: inflate->state = stored_copy(inflate); break;
        case STATE_CODES: inflate->state = codes_run(inflate, inflate->to + want); break;
        default: return false;
        }
    }
    return true;
}

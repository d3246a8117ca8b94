/* SPDX-License-Identifier: MIT */
/* Mutates a recording as one: whole records are changed, doubled, moved and dropped, and the header
 * follows, so that most of what comes out still reaches the decoders.
 *
 *     header │ ... │ record record record ... │ feature table │ features
 *                  └ data.offset, data.size ──┘
 *     16 bytes │ record record ...                                  a pipe's
 */
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

#define HEADER_SIZE 104
#define PIPE_SIZE   16
#define SIZE_AT     8
#define DATA_AT     40 /* offset, size */
#define FEATURES_AT 72
#define RECORD_MOST 65535

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

struct mutation {
    uint8_t *data;
    size_t size, most;
    size_t begin, end; /* of the records */
    uint64_t state;
};

static uint64_t get(const uint8_t *at, size_t size)
{
    uint64_t value = 0;
    memcpy(&value, at, size);
    return value;
}

static void put(uint8_t *at, uint64_t value, size_t size)
{
    memcpy(at, &value, size);
}

static uint64_t mutation_pick(struct mutation *m, uint64_t below)
{
    m->state = m->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return below ? (m->state >> 33) % below : 0;
}

static bool mutation_begin(struct mutation *m)
{
    if (m->size < PIPE_SIZE + 8)
        return false;
    if (get(m->data + SIZE_AT, 8) == PIPE_SIZE) {
        m->begin = PIPE_SIZE;
        m->end = m->size;
        return true;
    }
    if (m->size < HEADER_SIZE)
        return false;
    uint64_t offset = get(m->data + DATA_AT, 8), size = get(m->data + DATA_AT + 8, 8);
    if (offset < HEADER_SIZE || offset >= m->size)
        return false;
    m->begin = (size_t)offset;
    m->end = size && size < m->size - offset ? m->begin + (size_t)size : m->size;
    return true;
}

/* Where a record begins, chosen among all; its size goes to *ret_size. */
static size_t mutation_record(struct mutation *m, size_t *ret_size)
{
    size_t chosen = m->begin, count = 0;
    *ret_size = 0;
    for (size_t at = m->begin; at + 8 <= m->end;) {
        size_t size = get(m->data + at + 6, 2);
        if (size < 8 || size > m->end - at)
            break;
        if (mutation_pick(m, ++count) == 0) {
            chosen = at;
            *ret_size = size;
        }
        at += size;
    }
    return chosen;
}

/* The records grew or shrank: the header and the table of features, which stands behind them,
 * learn of it. */
static void mutation_moved(struct mutation *m, size_t old_end)
{
    if (m->begin == PIPE_SIZE)
        return;
    put(m->data + DATA_AT + 8, m->end - m->begin, 8);
    size_t entry = m->end;
    for (unsigned bit = 0; bit < 256 && entry + 16 <= m->size; bit++) {
        if (!(m->data[FEATURES_AT + bit / 8] >> bit % 8 & 1))
            continue;
        put(m->data + entry, get(m->data + entry, 8) + m->end - old_end, 8);
        entry += 16;
    }
}

/* Puts a copy of a record before another one. */
static void mutation_double(struct mutation *m)
{
    size_t size, other;
    uint8_t copy[RECORD_MOST];
    size_t from = mutation_record(m, &size), to = mutation_record(m, &other), old_end = m->end;
    if (!size || m->size + size > m->most)
        return;
    memcpy(copy, m->data + from, size);
    memmove(m->data + to + size, m->data + to, m->size - to);
    memcpy(m->data + to, copy, size);
    m->size += size;
    m->end += size;
    mutation_moved(m, old_end);
}

static void mutation_drop(struct mutation *m)
{
    size_t size, at = mutation_record(m, &size), old_end = m->end;
    memmove(m->data + at, m->data + at + size, m->size - at - size);
    m->size -= size;
    m->end -= size;
    mutation_moved(m, old_end);
}

/* A word that decoders may stumble over, anywhere in a record. */
static void mutation_word(struct mutation *m)
{
    const uint64_t words[] = {
        0,          1,  UINT64_MAX,  (uint64_t)-128, (uint64_t)-512,        INT64_MAX,
        UINT32_MAX, 16, m->end + 17, m->size - 1,    mutation_pick(m, 1000)};
    size_t size, at = mutation_record(m, &size);
    if (size < 16)
        return;
    size_t word = 8 + mutation_pick(m, size / 8 - 1) * 8;
    put(m->data + at + word, words[mutation_pick(m, sizeof words / sizeof *words)], 8);
}

static void mutation_header(struct mutation *m)
{
    size_t size, at = mutation_record(m, &size);
    if (!size)
        return;
    switch (mutation_pick(m, 3)) {
    case 0:
        put(m->data + at, mutation_pick(m, 4) ? mutation_pick(m, 23) : mutation_pick(m, 90), 4);
        break;
    case 1: put(m->data + at + 4, mutation_pick(m, 65536), 2); break;
    default: put(m->data + at + 6, size + 8 * mutation_pick(m, 5) - 16, 2); break;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct mutation m = {.data = data, .size = size, .most = most, .state = seed};
    if (!mutation_begin(&m))
        return LLVMFuzzerMutate(data, size, most);
    size_t length, at;
    switch (mutation_pick(&m, 8)) {
    case 0: mutation_double(&m); return m.size;
    case 1: mutation_drop(&m); return m.size;
    case 2: mutation_header(&m); return m.size;
    case 3: mutation_word(&m); return m.size;
    case 4: /* the header, attrs, ids */
        (void)LLVMFuzzerMutate(data, m.begin, m.begin);
        return size;
    case 5: /* one record */
        at = mutation_record(&m, &length);
        if (length > 8)
            (void)LLVMFuzzerMutate(data + at + 8, length - 8, length - 8);
        return size;
    case 6: /* features */
        if (m.end < size)
            return m.end + LLVMFuzzerMutate(data + m.end, size - m.end, most - m.end);
        return LLVMFuzzerMutate(data, size, most);
    default: return LLVMFuzzerMutate(data, size, most);
    }
}

/* SPDX-License-Identifier: MIT */
/* The one hash index that all interning tables share: it finds numbers by hash, and leaves
 * keys, and what equal means, to the table that owns them.
 *
 *     slots:  [tag|id+1] [   0   ] [tag|id+1] ...      open addressing, linear probing
 *
 * A tag is 32 bits of the hash; it is the slot's home as well, so that growing needs no keys.
 *
 *     struct index_probe probe = index_probe(&table->index, hash);
 *     for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
 *         if (equal(table, id, key))
 *             return id;
 *     ... append the key as number `id`, then index_add(&table->index, hash, id)
 */
#ifndef PFL_BASE_INDEX_H
#define PFL_BASE_INDEX_H

#include <stdint.h>

#define INDEX_NONE UINT32_MAX

struct index_slot {
    uint32_t tag;
    uint32_t id_plus_one; /* 0: free */
};

/* Zero-initialise to begin. */
struct index {
    struct index_slot *slots;
    uint32_t mask; /* slots - 1, or 0 while there are none */
    uint32_t count;
};

struct index_probe {
    const struct index *index;
    uint32_t tag;
    uint32_t at;
};

static inline uint32_t index_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32) ^ (uint32_t)hash;
}

static inline struct index_probe index_probe(const struct index *index, uint64_t hash)
{
    uint32_t tag = index_tag(hash);
    return (struct index_probe){.index = index, .tag = tag, .at = tag & index->mask};
}

/* Asks memory for where a probe will begin. */
static inline void index_fetch(const struct index *index, uint64_t hash)
{
    if (index->slots)
        __builtin_prefetch(&index->slots[index_tag(hash) & index->mask]);
}

/* The next number whose tag fits, or INDEX_NONE. */
static inline uint32_t index_next(struct index_probe *probe)
{
    const struct index *index = probe->index;
    if (!index->slots)
        return INDEX_NONE;
    for (;;) {
        const struct index_slot *slot = &index->slots[probe->at];
        if (!slot->id_plus_one)
            return INDEX_NONE;
        probe->at = (probe->at + 1) & index->mask;
        if (slot->tag == probe->tag)
            return slot->id_plus_one - 1;
    }
}

/* Adds a number that was not found. Returns 0, or -1 without memory (nothing changed). */
int index_add(struct index *index, uint64_t hash, uint32_t id);

/* Removes a number that was added with this hash, if it is there. */
void index_remove(struct index *index, uint64_t hash, uint32_t id);

/* Forgets all numbers, keeping the memory. */
void index_clear(struct index *index);

void index_done(struct index *index);

#endif

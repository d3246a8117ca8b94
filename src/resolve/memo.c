/* SPDX-License-Identifier: MIT */
#include "resolve/memo.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define SLOTS_LEAST 1024u /* a short recording fills few */
#define SLOTS_MOST  32768u
#define WORDS_MOST  (128u * 1024)
#define PIECE_MOST  1024u      /* longer ones repeat too seldom */
#define SEEN_ONCE   UINT32_MAX /* a count that no piece has */
#define WORD        sizeof(uint64_t)

static struct memo_slot *memo_slot(const struct memo *memo, uint64_t hash, uint64_t context)
{
    return &memo->slots[hash_mix(hash, context | 1) & (memo->slot_count - 1)];
}

/* Makes room for `count` pieces. */
static int memo_grow(struct memo *memo, uint32_t count)
{
    struct memo_slot *old = memo->slots;
    uint32_t old_count = memo->slot_count;
    struct memo_slot *slots = mem_zalloc(count, sizeof *slots);
    if (!slots)
        return -1;
    memo->slots = slots;
    memo->slot_count = count;
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].context)
            *memo_slot(memo, old[i].hash, old[i].context) = old[i];
    mem_free(old);
    return 0;
}

int memo_init(struct memo *memo)
{
    *memo = (struct memo){0};
    return memo_grow(memo, SLOTS_LEAST);
}

void memo_done(struct memo *memo)
{
    mem_free(memo->slots);
    mem_free(memo->words);
    *memo = (struct memo){0};
}

void memo_forget(struct memo *memo)
{
    for (uint32_t i = 0; i < memo->slot_count; i++)
        memo->slots[i] = (struct memo_slot){.number = memo->slots[i].number};
    memo->size = 0;
    memo->used = 0;
}

const struct memo_slot *memo_find(const struct memo *memo, const struct memo_key *key)
{
    const struct memo_slot *slot = memo_slot(memo, key->hash, key->context);
    bool same = slot->hash == key->hash && slot->context == key->context &&
                slot->count == key->words.count &&
                memcmp(memo->words + slot->at * WORD, key->words.bytes, slot->count * WORD) == 0;
    return same ? slot : NULL;
}

int memo_add(struct memo *memo, const struct memo_key *key, bool broken,
             struct memo_slot **ret_slot)
{
    uint32_t count = key->words.count;
    *ret_slot = NULL;
    if (count > PIECE_MOST)
        return 0;
    if (memo->used > memo->slot_count / 2 && memo->slot_count < SLOTS_MOST &&
        memo_grow(memo, 4 * memo->slot_count) < 0)
        return -1;
    struct memo_slot *slot = memo_slot(memo, key->hash, key->context);
    if (slot->hash != key->hash || slot->context != key->context) {
        memo->used += slot->context == 0;
        *slot = (struct memo_slot){
            .hash = key->hash, .context = key->context, .count = SEEN_ONCE, .number = slot->number};
        return 0;
    }
    if (memo->size + count > WORDS_MOST)
        memo_forget(memo);
    if (mem_grow(&memo->words, &memo->capacity, memo->size + count, WORD) < 0)
        return -1;
    *slot = (struct memo_slot){.hash = key->hash,
                               .context = key->context,
                               .at = (uint32_t)memo->size,
                               .count = count,
                               .number = slot->number ? slot->number : ++memo->numbers,
                               .broken = broken};
    memcpy(memo->words + memo->size * WORD, key->words.bytes, count * WORD);
    memo->size += count;
    *ret_slot = slot;
    return 0;
}

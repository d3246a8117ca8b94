/* SPDX-License-Identifier: MIT */
#include "resolve/memo.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define SLOTS      32768u
#define WORDS_MOST (512u * 1024)
#define PIECE_MOST 1024u      /* longer ones repeat too seldom */
#define SEEN_ONCE  UINT32_MAX /* a count that no piece has */
#define WORD       sizeof(uint64_t)

int memo_init(struct memo *memo)
{
    *memo = (struct memo){.slots = mem_zalloc(SLOTS, sizeof *memo->slots)};
    return memo->slots ? 0 : -1;
}

void memo_done(struct memo *memo)
{
    mem_free(memo->slots);
    mem_free(memo->words);
    *memo = (struct memo){0};
}

static struct memo_slot *memo_slot(const struct memo *memo, const struct memo_key *key)
{
    return &memo->slots[hash_mix(key->hash, key->context | 1) % SLOTS];
}

const struct memo_slot *memo_find(const struct memo *memo, const struct memo_key *key)
{
    const struct memo_slot *slot = memo_slot(memo, key);
    bool same = slot->hash == key->hash && slot->context == key->context &&
                slot->count == key->words.count &&
                memcmp(memo->words + slot->at * WORD, key->words.bytes, slot->count * WORD) == 0;
    return same ? slot : NULL;
}

int memo_add(struct memo *memo, const struct memo_key *key, uint32_t part, bool broken)
{
    uint32_t count = key->words.count;
    struct memo_slot *slot = memo_slot(memo, key);
    if (count > PIECE_MOST)
        return 0;
    if (slot->hash != key->hash || slot->context != key->context) {
        *slot = (struct memo_slot){.hash = key->hash, .context = key->context, .count = SEEN_ONCE};
        return 0;
    }
    if (memo->size + count > WORDS_MOST) {
        memset(memo->slots, 0, SLOTS * sizeof *memo->slots);
        memo->size = 0;
    }
    if (mem_grow(&memo->words, &memo->capacity, memo->size + count, WORD) < 0)
        return -1;
    *slot = (struct memo_slot){.hash = key->hash,
                               .context = key->context,
                               .at = (uint32_t)memo->size,
                               .count = count,
                               .part = part,
                               .broken = broken};
    memcpy(memo->words + memo->size * WORD, key->words.bytes, count * WORD);
    memo->size += count;
    return 0;
}

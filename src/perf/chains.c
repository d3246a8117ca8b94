/* SPDX-License-Identifier: MIT */
#include "perf/chains.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

void chains_done(struct chains *chains)
{
    mem_free(chains->samples);
    mem_free(chains->words);
    mem_free(chains->user);
    *chains = (struct chains){0};
}

static void chains_settle(struct chains *chains, struct chains_sample *sample, bool comes)
{
    if (sample->state == CHAIN_WAITS)
        chains->due++;
    sample->state = comes ? CHAIN_COMES : CHAIN_LACKS;
}

int chains_wait(struct chains *chains, struct block_place place, uint32_t tid, uint64_t cookie)
{
    if (mem_grow(&chains->samples, &chains->capacity, chains->count + 1, sizeof *chains->samples) <
        0)
        return -1;
    chains->samples[chains->count++] =
        (struct chains_sample){.place = place, .cookie = cookie, .tid = tid};
    if (chains->count > LIMIT_DEFERRED_SAMPLES)
        chains_settle(chains, &chains->samples[0], false);
    return 0;
}

int chains_take(struct chains *chains, const struct perf_record *record)
{
    const struct perf_words *words = &record->deferred.words;
    bool wanted = false;
    for (size_t i = 0; i < chains->count; i++) {
        struct chains_sample *sample = &chains->samples[i];
        if (sample->tid != record->tid)
            continue;
        bool comes = sample->cookie == record->deferred.cookie;
        chains_settle(chains, sample, comes);
        wanted |= comes;
    }
    if (!wanted)
        return 0;
    if (mem_grow(&chains->user, &chains->user_capacity, (size_t)words->count + 1,
                 sizeof *chains->user) < 0)
        return -1;
    size_t count = 0;
    if (!words->count || perf_word(words, 0) < PERF_CONTEXT_MAX)
        chains->user[count++] = PERF_CONTEXT_USER;
    for (uint32_t i = 0; i < words->count; i++)
        chains->user[count++] = perf_word(words, i);
    chains->user_count = count;
    return 0;
}

void chains_end(struct chains *chains)
{
    for (size_t i = 0; i < chains->count; i++)
        chains_settle(chains, &chains->samples[i], false);
}

bool chains_pop(struct chains *chains, struct chains_sample *ret_sample)
{
    if (!chains->due)
        return false;
    size_t i = 0;
    while (chains->samples[i].state == CHAIN_WAITS)
        i++;
    *ret_sample = chains->samples[i];
    chains->due--;
    chains->count--;
    memmove(&chains->samples[i], &chains->samples[i + 1],
            (chains->count - i) * sizeof *chains->samples);
    return true;
}

/* Makes `count` words of chains->words the sample's chain. */
static void chains_give(const struct chains *chains, size_t count, struct perf_sample *sample)
{
    sample->callchain =
        (struct perf_words){.bytes = (const uint8_t *)chains->words, .count = (uint32_t)count};
}

/* Begins a chain with the first words of another. */
static int chains_begin(struct chains *chains, const struct perf_words *words, size_t count,
                        size_t room)
{
    if (mem_grow(&chains->words, &chains->word_capacity, count + room, sizeof *chains->words) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        chains->words[i] = perf_word(words, (uint32_t)i);
    return 0;
}

int chains_join(struct chains *chains, bool comes, struct perf_sample *sample)
{
    uint64_t cookie;
    if (!chains_lack_user(sample, &cookie))
        return 0; /* the file changed while it was read */
    sample->callchain.count -= 2;
    if (!comes)
        return 0;
    size_t count = sample->callchain.count;
    if (chains_begin(chains, &sample->callchain, count, chains->user_count) < 0)
        return -1;
    memcpy(chains->words + count, chains->user, chains->user_count * sizeof *chains->user);
    chains_give(chains, count + chains->user_count, sample);
    return 0;
}

int chains_from_branches(struct chains *chains, const struct perf_event *event,
                         struct perf_sample *sample)
{
    const struct perf_words *branches = &sample->branches;
    if (!perf_event_has_branch_callchain(event) || branches->count < 3)
        return 0;
    uint32_t at = 0;
    while (at < sample->callchain.count && perf_word(&sample->callchain, at) != PERF_CONTEXT_USER)
        at++;
    if (at == sample->callchain.count) /* the sample has no user part */
        return 0;
    size_t count = (size_t)at + 1;
    if (chains_begin(chains, &sample->callchain, count, branches->count / 3 + 1) < 0)
        return -1;
    chains->words[count++] = perf_word(branches, 1);
    /* One behind the call, where a return address would be: so callers are taken everywhere. */
    for (uint32_t i = 0; i < branches->count; i += 3)
        chains->words[count++] = perf_word(branches, i) + 1;
    chains_give(chains, count, sample);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "resolve/chain.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "resolve/objects.h"

/* Whose addresses are being read. */
enum chain_context { CHAIN_USER, CHAIN_KERNEL, CHAIN_HYPERVISOR, CHAIN_GUEST, CHAIN_LOST };

int chain_init(struct chain *chain, struct places *places, bool compat)
{
    *chain = (struct chain){.places = places, .compat = compat};
    chain->unknown = stacks_place(places->stacks, OBJECTS_UNKNOWN, 0);
    chain->guest = stacks_place(places->stacks, OBJECTS_GUEST, 0);
    return chain->unknown == STACKS_FAILED || chain->guest == STACKS_FAILED
               ? -1
               : memo_init(&chain->memo);
}

void chain_done(struct chain *chain)
{
    mem_free(chain->kernel_places.places);
    mem_free(chain->user_places.places);
    mem_free(chain->unwound.places);
    memo_done(&chain->memo);
    *chain = (struct chain){0};
}

static int part_push(struct chain_places *part, uint32_t place)
{
    if (place == STACKS_FAILED)
        return -1;
    if (part->count >= LIMIT_STACK_FRAMES)
        return 0;
    if (mem_grow(&part->places, &part->capacity, part->count + 1, sizeof place) < 0)
        return -1;
    part->places[part->count++] = place;
    return 0;
}

/* perf 6.1 knows three markers and drops a chain with any other (add_callchain_ip). */
static enum chain_context marker_context(const struct chain *chain, uint64_t marker)
{
    switch (marker) {
    case PERF_CONTEXT_KERNEL: return CHAIN_KERNEL;
    case PERF_CONTEXT_USER: return CHAIN_USER;
    case PERF_CONTEXT_HV: return CHAIN_HYPERVISOR;
    case PERF_CONTEXT_GUEST:
    case PERF_CONTEXT_GUEST_KERNEL:
    case PERF_CONTEXT_GUEST_USER: return chain->compat ? CHAIN_LOST : CHAIN_GUEST;
    default: return CHAIN_LOST;
    }
}

static enum chain_context mode_context(unsigned mode)
{
    switch (mode) {
    case PERF_CPUMODE_KERNEL: return CHAIN_KERNEL;
    case PERF_CPUMODE_HYPERVISOR: return CHAIN_HYPERVISOR;
    case PERF_CPUMODE_GUEST_KERNEL:
    case PERF_CPUMODE_GUEST_USER: return CHAIN_GUEST;
    default: return CHAIN_USER;
    }
}

/* Init code, trampolines and BPF programs lie outside the mappings that perf tells of, yet the
 * kernel's list may know them. */
static int chain_kernel(struct chain *chain, uint64_t address)
{
    uint32_t place = places_at(chain->places, chain->kernel, address);
    if (place == PLACES_NONE && address >> 63)
        place = stacks_place(chain->places->stacks, chain->kernel_object, address);
    return part_push(&chain->kernel_places, place == PLACES_NONE ? chain->unknown : place);
}

/* Outside the guest one frame says all that is known about what runs inside. */
static int chain_guest(struct chain *chain)
{
    const struct chain_places *part = &chain->kernel_places;
    if (chain->compat)
        return part_push(&chain->kernel_places, chain->unknown);
    if (part->count && part->places[part->count - 1] == chain->guest)
        return 0;
    return part_push(&chain->kernel_places, chain->guest);
}

/* One user address. Returns 1 if the chain ends before it, or 0, or -1. */
static int chain_user(struct chain *chain, uint64_t address)
{
    if (chain->unwinds)
        return 0;
    uint32_t place = places_at(chain->places, chain->user, address);
    if (place != PLACES_NONE)
        return part_push(&chain->user_places, place);
    if (chain->compat)
        return part_push(&chain->user_places, chain->unknown);
    /* The leaf is no garbage: where it lies nowhere its mapping was not recorded. */
    return chain->user_places.count == 0 ? part_push(&chain->user_places, chain->unknown) : 1;
}

/* A user chain that ended before the entry `value`. Zero is how the outermost frame of a thread
 * marks its end; where not even the leaf lies in a mapping (perf record --overwrite loses them, and
 * a process in the middle of exec has none) there is no saying what is garbage. */
static bool ends_broken(const struct chain *chain, uint64_t value)
{
    const struct chain_places *part = &chain->user_places;
    return value != 0 && !(part->count == 1 && part->places[0] == chain->unknown);
}

/* Puts the function that has returned on its stack, whose leaf becomes its caller. Returns 1, 0 if
 * it belongs elsewhere, or -1. */
static int chain_function(struct chain *chain, enum chain_context context)
{
    bool in_kernel = chain->function >> 63;
    if (!chain->function || in_kernel != (context == CHAIN_KERNEL))
        return 0;
    int r = in_kernel ? chain_kernel(chain, chain->function) : chain_user(chain, chain->function);
    return r < 0 ? r : 1;
}

static int chain_walk(struct chain *chain, const struct perf_words *words,
                      enum chain_context context)
{
    uint32_t at = 0; /* entries of this context so far */
    bool user_ended = false;
    for (uint32_t i = 0; i < words->count; i++) {
        uint64_t value = perf_word(words, i);
        if (value >= PERF_CONTEXT_MAX) {
            bool in_user = context == CHAIN_USER && at > 0;
            context = marker_context(chain, value);
            at = 0;
            if (context == CHAIN_LOST && chain->compat)
                chain->kernel_places.count = chain->user_places.count = 0;
            if (context == CHAIN_LOST) {
                chain->broken |= in_user && !user_ended && !chain->compat;
                return 0;
            }
            continue;
        }
        int r = at == 0 ? chain_function(chain, context) : 0;
        if (r < 0)
            return r;
        bool returns = at > 0 || r > 0;
        uint64_t address = value - (returns && value > 0 && !chain->compat);
        r = 0;
        if (context == CHAIN_KERNEL)
            r = chain_kernel(chain, address);
        else if (context != CHAIN_USER)
            r = chain_guest(chain);
        else if (!user_ended)
            r = chain_user(chain, address);
        if (r < 0)
            return r;
        if (r > 0) {
            user_ended = true;
            chain->broken = ends_broken(chain, value);
        }
        at++;
    }
    return 0;
}

/* As chain_walk, of a kernel piece or a user piece: nearly every word of a recording comes by here,
 * and has a place. */
static int piece_walk(struct chain *chain, const struct perf_words *words,
                      enum chain_context context, struct chain_places *part)
{
    bool in_kernel = context == CHAIN_KERNEL;
    const struct space *space = in_kernel ? chain->kernel : chain->user;
    size_t room = words->count < LIMIT_STACK_FRAMES ? words->count : LIMIT_STACK_FRAMES, count = 0;
    if (mem_grow(&part->places, &part->capacity, room, sizeof *part->places) < 0)
        return -1;
    for (uint32_t i = 0; i < words->count; i++) {
        uint64_t value = perf_word(words, i);
        uint64_t address = value - (i > 0 && value > 0 && !chain->compat);
        uint32_t place = places_at(chain->places, space, address);
        if (place < PLACES_NONE) {
            if (count < room)
                part->places[count++] = place;
            continue;
        }
        part->count = count;
        int r = in_kernel ? chain_kernel(chain, address) : chain_user(chain, address);
        count = part->count;
        chain->broken |= r > 0 && ends_broken(chain, value);
        if (r != 0)
            return r < 0 ? r : 0;
    }
    part->count = count;
    return 0;
}

/* The user part of a captured stack. */
static int chain_unwind(struct chain *chain, const struct perf_sample *sample)
{
    struct unwind_result *unwound = &chain->unwound;
    if (unwinder_stack(chain->unwinder, sample, chain->tid, chain->user, chain->unknown, unwound) <
        0)
        return -1;
    struct chain_places part = {unwound->places, unwound->count, unwound->capacity};
    unwound->places = chain->user_places.places;
    unwound->capacity = chain->user_places.capacity;
    chain->user_places = part;
    chain->guessed = unwound->guessed;
    chain->truncated = unwound->end == UNWIND_TRUNCATED && !chain->compat;
    chain->broken = unwound->end == UNWIND_LOST && !chain->compat;
    return 0;
}

static int chain_recorded(struct chain *chain, const struct perf_sample *sample, unsigned mode)
{
    bool has_chain = sample->fields & PERF_SAMPLE_CALLCHAIN;
    enum chain_context context = mode_context(mode);
    if (has_chain && (sample->callchain.count || chain->compat))
        return chain_walk(chain, &sample->callchain, chain->compat ? CHAIN_USER : context);
    uint64_t ip = sample->ip;
    return chain_walk(chain, &(struct perf_words){.bytes = (const uint8_t *)&ip, .count = 1},
                      context);
}

/* The words from `at` up to the next marker, as a piece. Returns where that is. */
static uint32_t chain_cut(const struct perf_words *words, uint32_t at, struct memo_key *ret)
{
    uint32_t begin = at;
    uint64_t hash = 0, word;
    for (; at < words->count && (word = perf_word(words, at)) < PERF_CONTEXT_MAX; at++)
        hash = hash_mix(hash ^ word, 0xe7037ed1a0b428dbu);
    ret->words = (struct perf_words){.bytes = words->bytes + (size_t)begin * sizeof word,
                                     .count = at - begin,
                                     .swap = words->swap};
    ret->hash = hash;
    return at;
}

/* Cuts a chain of the usual form, a kernel piece and a user piece, of which one may lack. */
static bool chain_is_usual(const struct perf_words *words, struct memo_key *ret_kernel,
                           struct memo_key *ret_user)
{
    uint32_t at = 0;
    *ret_kernel = *ret_user = (struct memo_key){.hash = 0};
    if (words->count && perf_word(words, 0) == PERF_CONTEXT_KERNEL)
        at = chain_cut(words, 1, ret_kernel);
    if (at < words->count && perf_word(words, at) == PERF_CONTEXT_USER)
        at = chain_cut(words, at + 1, ret_user);
    return at > 0 && at == words->count;
}

/* Makes a part of what was collected for it. */
static int chain_intern(const struct chain *chain, const struct chain_places *places,
                        uint32_t *ret_part)
{
    *ret_part = stacks_part(chain->places->stacks, places->places, (uint32_t)places->count);
    return *ret_part == STACKS_FAILED ? -1 : 0;
}

/* The part that a piece stands for. */
static int chain_piece(struct chain *chain, const struct memo_key *key, enum chain_context context,
                       struct chain_places *places, uint32_t *ret_part)
{
    if (!key->words.count)
        return 0;
    const struct memo_slot *known = memo_find(&chain->memo, key);
    if (known) {
        *ret_part = known->part;
        chain->broken |= known->broken;
        return 0;
    }
    if (piece_walk(chain, &key->words, context, places) < 0)
        return -1;
    struct memo_slot *slot;
    if (memo_add(&chain->memo, key, chain->broken, &slot) < 0)
        return -1;
    if (!slot)
        return chain_intern(chain, places, ret_part);
    slot->part = stacks_part_kept(chain->places->stacks, slot->number, places->places,
                                  (uint32_t)places->count);
    *ret_part = slot->part;
    return slot->part == STACKS_FAILED ? -1 : 0;
}

static int chain_usual(struct chain *chain, struct memo_key *kernel, struct memo_key *user)
{
    kernel->context = (uint64_t)chain->kernel->state << 32 | chain->kernel_object;
    if (chain_piece(chain, kernel, CHAIN_KERNEL, &chain->kernel_places, &chain->kernel_part) < 0)
        return -1;
    /* No object has this number. */
    user->context = (uint64_t)(chain->user ? chain->user->state : 0) << 32 | UINT32_MAX;
    return chain->unwinds
               ? 0
               : chain_piece(chain, user, CHAIN_USER, &chain->user_places, &chain->user_part);
}

int chain_read(struct chain *chain, const struct perf_sample *sample, unsigned mode)
{
    struct memo_key kernel, user;
    chain->kernel_places.count = chain->user_places.count = 0;
    chain->kernel_part = chain->user_part = 0;
    chain->broken = chain->truncated = chain->guessed = false;
    chain->unwinds = unwinder_wants(chain->unwinder, sample);
    bool usual =
        !chain->function && chain->kernel && chain_is_usual(&sample->callchain, &kernel, &user);
    if (usual ? chain_usual(chain, &kernel, &user) < 0
              : chain_recorded(chain, sample, mode) < 0 ||
                    chain_intern(chain, &chain->kernel_places, &chain->kernel_part) < 0)
        return -1;
    if (chain->unwinds && chain_unwind(chain, sample) < 0)
        return -1;
    return usual && !chain->unwinds ? 0
                                    : chain_intern(chain, &chain->user_places, &chain->user_part);
}

/* SPDX-License-Identifier: MIT */
/* See lib/offer.h. An event, or a family of events, has one column or several, and is offered by
 * the one that counts most samples:
 *
 *     column      0         1              2              3
 *     event       cycles    slab           slab           page-faults
 *     weight      period    alloc-bytes    inuse-bytes    period
 *     samples     900       4000           70             20
 *     offered     900       4000           -              20           cycles stands first */
#include "lib/offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

struct offered {
    const char *event; /* a column's */
    uint64_t samples;
    uint32_t number; /* of its first column */
};

/* Those with most samples first; the first of all events comes before them. */
static int offered_compare(const void *left, const void *right)
{
    const struct offered *a = left, *b = right;
    if (a->number == 0 || b->number == 0)
        return a->number == 0 ? -1 : 1;
    if (a->samples != b->samples)
        return a->samples > b->samples ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

static int offered_compare_number(const void *left, const void *right)
{
    const struct offered *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

static int offered_compare_name(const void *left, const void *right)
{
    const struct offered *a = left, *b = right;
    int by_name = strcmp(a->event, b->event);
    return by_name ? by_name : offered_compare_number(left, right);
}

/* The events of the columns; returns how many. `events` has room for one of each column. */
static uint32_t offered_take(struct offered *events, const struct trie *trie)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < trie->column_count; c++)
        events[c] = (struct offered){trie->columns[c].event, trie->columns[c].samples, c};
    qsort(events, trie->column_count, sizeof *events, offered_compare_name);
    for (uint32_t c = 0; c < trie->column_count; c++) {
        struct offered *last = count ? &events[count - 1] : NULL;
        if (!last || strcmp(last->event, events[c].event) != 0)
            events[count++] = events[c];
        else if (events[c].samples > last->samples)
            last->samples = events[c].samples;
    }
    return count;
}

static bool column_is_of(const struct trie_column *column, const struct offered *events,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(column->event, events[i].event) == 0)
            return true;
    return false;
}

static int notice_others(struct pfl_profile *profile, const struct offered *others, uint32_t count,
                         uint32_t most, struct pfl_error *err)
{
    CLEANUP(buffer_done) struct buffer names = {0};
    for (uint32_t i = 0; i < count; i++) {
        buffer_text(&names, i ? ", " : "");
        buffer_text(&names, others[i].event);
    }
    const char *list = buffer_string(&names);
    if (names.failed)
        return error_memory(err);
    return notice_add(&profile->notices, PFL_NOTICE_EVENTS, true, profile->inputs[0].name, err,
                      "only the %u events with most samples are offered; choose with -e: %s",
                      (unsigned)most, list);
}

int offer_most_sampled(struct pfl_profile *profile, uint32_t most, struct pfl_error *err)
{
    struct trie *trie = profile->trie;
    if (trie->column_count <= most)
        return 0;
    CLEANUP(mem_cleanup) struct offered *events = mem_alloc(trie->column_count * sizeof *events);
    if (!events)
        return error_memory(err);
    uint32_t count = offered_take(events, trie);
    if (count <= most)
        return 0;
    qsort(events, count, sizeof *events, offered_compare);
    struct offered *others = &events[most];
    uint32_t other_count = count - most;
    qsort(others, other_count, sizeof *others, offered_compare_number);
    int r = notice_others(profile, others, other_count, most, err);
    if (r < 0)
        return r;
    /* The names of those that are left stay where they are while the others' columns go. */
    for (uint32_t c = trie->column_count; c-- > 0;)
        if (!column_is_of(&trie->columns[c], events, most))
            trie_drop_column(trie, c);
    return 1;
}

/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "resolve/dwarf/go_frames.h"

int dwarf_places_init(struct dwarf_places *places, const struct stacks *stacks, bool lines,
                      const char *symfs)
{
    *places = (struct dwarf_places){.stacks = stacks, .lines = lines, .symfs = symfs};
    return intern_init(&places->texts);
}

void dwarf_places_done(struct dwarf_places *places)
{
    intern_done(&places->texts);
    mem_free(places->items);
    mem_free(places->frames);
    *places = (struct dwarf_places){0};
}

static int place_compare(const void *left, const void *right)
{
    const struct dwarf_place *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

/* Takes over what was found; `numbers` are the places' in the order of their addresses. */
static int places_take(struct dwarf_places *places, const struct dwarf_frames *found)
{
    size_t need = stacks_place_count(places->stacks), old = places->item_count;
    if (mem_grow(&places->items, &places->item_capacity, need, sizeof *places->items) < 0 ||
        mem_grow(&places->frames, &places->frame_capacity, places->frame_count + found->frame_count,
                 sizeof *places->frames) < 0)
        return -1;
    if (need > old) {
        memset(places->items + old, 0, (need - old) * sizeof *places->items);
        places->item_count = need;
    }
    for (size_t i = 0; i < found->place_count; i++)
        places->items[found->places[i].number] = (struct dwarf_expansion){
            .first = found->places[i].first + (uint32_t)places->frame_count,
            .count = found->places[i].count,
        };
    if (found->frame_count)
        memcpy(places->frames + places->frame_count, found->frames,
               found->frame_count * sizeof *found->frames);
    places->frame_count += found->frame_count;
    return 0;
}

int dwarf_places_expand(struct dwarf_places *places, const uint32_t *numbers, size_t count,
                        const struct dwarf_files *files)
{
    CLEANUP(dwarf_image_done) struct dwarf_image image = {0};
    CLEANUP(dwarf_frames_done)
    struct dwarf_frames frames = {
        .code_offset = files->code_offset,
        .lines = places->lines,
        .recorded = files->recorded,
        .symfs = places->symfs,
        .texts = &places->texts,
    };
    CLEANUP(mem_cleanup) struct dwarf_place *asked = mem_zalloc(count, sizeof *asked);
    if (!asked || dwarf_image_read(&image, files->program, files->code_offset) < 0)
        return -1;
    frames.places = asked;
    for (size_t i = 0; i < count; i++) {
        struct dwarf_place *ask = &asked[frames.place_count];
        uint64_t offset = stacks_place_at(places->stacks, numbers[i]).offset;
        if (!dwarf_image_address(&image, offset, &ask->address))
            continue;
        ask->number = numbers[i];
        frames.place_count++;
    }
    qsort(asked, frames.place_count, sizeof *asked, place_compare);
    if (dwarf_frames_find(&frames, files->program, files->debug) < 0)
        return -1;
    if (frames.frame_count == 0 && files->go && go_frames_find(&frames, files->program) < 0)
        return -1;
    return frames.frame_count ? places_take(places, &frames) : 0;
}

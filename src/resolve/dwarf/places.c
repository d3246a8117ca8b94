/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/places.h"

#include <string.h>

#include "base/mem.h"
#include "base/radix.h"
#include "resolve/dwarf/go_frames.h"

int dwarf_places_init(struct dwarf_places *places, const struct stacks *stacks, bool lines,
                      bool scoped, const char *symfs)
{
    *places =
        (struct dwarf_places){.stacks = stacks, .lines = lines, .scoped = scoped, .symfs = symfs};
    return intern_init(&places->texts);
}

void dwarf_places_done(struct dwarf_places *places)
{
    intern_done(&places->texts);
    mem_free(places->items);
    mem_free(places->frames);
    *places = (struct dwarf_places){0};
}

void dwarf_found_done(struct dwarf_found *found)
{
    dwarf_frames_done(&found->frames);
    mem_free(found->asked);
    intern_done(&found->texts);
    *found = (struct dwarf_found){0};
}

/* Room for what was found: every place has an item, found or not. */
static int places_room(struct dwarf_places *places, size_t frame_count)
{
    size_t need = stacks_place_count(places->stacks), old = places->item_count;
    if (mem_grow(&places->items, &places->item_capacity, need, sizeof *places->items) < 0 ||
        mem_grow(&places->frames, &places->frame_capacity, places->frame_count + frame_count,
                 sizeof *places->frames) < 0)
        return -1;
    if (need > old) {
        memset(places->items + old, 0, (need - old) * sizeof *places->items);
        places->item_count = need;
    }
    return 0;
}

/* The numbers that found texts have among those of all objects; NULL without memory. */
static uint32_t *places_texts(struct dwarf_places *places, const struct intern *found)
{
    CLEANUP(mem_cleanup) uint32_t *numbers = mem_zalloc(found->count, sizeof *numbers);
    for (uint32_t i = 0; numbers && i < found->count; i++)
        if (intern_add(&places->texts, intern_text(found, i), intern_length(found, i),
                       &numbers[i]) < 0)
            return NULL;
    return MEM_TAKE(numbers);
}

int dwarf_places_take(struct dwarf_places *places, const struct dwarf_found *found)
{
    const struct dwarf_frames *frames = &found->frames;
    if (frames->frame_count == 0)
        return 0;
    CLEANUP(mem_cleanup) uint32_t *texts = places_texts(places, &found->texts);
    if (!texts || places_room(places, frames->frame_count) < 0)
        return -1;
    for (size_t i = 0; i < frames->place_count; i++)
        places->items[frames->places[i].number] = (struct dwarf_expansion){
            .first = frames->places[i].first + (uint32_t)places->frame_count,
            .count = frames->places[i].count,
        };
    for (size_t i = 0; i < frames->frame_count; i++) {
        struct dwarf_frame frame = frames->frames[i];
        frame.name = texts[frame.name];
        frame.file = texts[frame.file];
        places->frames[places->frame_count++] = frame;
    }
    return 0;
}

/* Those of the places that are in the image, by their addresses there. Returns 0, or -1 without
 * memory. */
static int places_ask(const struct dwarf_places *places, const uint32_t *numbers, size_t count,
                      struct dwarf_frames *frames)
{
    CLEANUP(mem_cleanup) struct keyed *items = mem_alloc(count * sizeof *items);
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(count * sizeof *spare);
    if (!items || !spare)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct keyed *item = &items[frames->place_count];
        uint64_t offset = stacks_place_at(places->stacks, numbers[i]).offset;
        item->item = numbers[i];
        frames->place_count += dwarf_image_address(frames->image, offset, &item->key);
    }
    const struct keyed *sorted = radix_sort(items, spare, frames->place_count);
    for (size_t i = 0; i < frames->place_count; i++) {
        frames->places[i].address = sorted[i].key;
        frames->places[i].number = sorted[i].item;
    }
    return 0;
}

/* An object of which nothing tells is passed over before anything is asked: most are stripped. */
int dwarf_places_find(const struct dwarf_places *places, const uint32_t *numbers, size_t count,
                      const struct dwarf_files *files, struct dwarf_found *ret_found)
{
    CLEANUP(dwarf_image_done) struct dwarf_image image = {0};
    CLEANUP(dwarf_file_cleanup) struct dwarf_file *file = files->open;
    CLEANUP(go_frames_done) struct go_frames go = {0};
    struct dwarf_frames *frames = &ret_found->frames;
    *ret_found = (struct dwarf_found){0};
    *frames = (struct dwarf_frames){
        .image = &image,
        .lines = places->lines,
        .scoped = places->scoped,
        .recorded = files->recorded,
        .symfs = places->symfs,
        .texts = &ret_found->texts,
    };
    if (intern_init(&ret_found->texts) < 0 ||
        (!file && dwarf_frames_open(&file, files->program, files->debug, places->symfs) < 0) ||
        (!file && files->go && go_frames_open(&go, files->program) < 0))
        return -1;
    if (!file && !go.file)
        return 0;
    frames->places = ret_found->asked = mem_zalloc(count, sizeof *ret_found->asked);
    if (!ret_found->asked || dwarf_image_read(&image, files->program, files->code_offset) < 0 ||
        places_ask(places, numbers, count, frames) < 0 ||
        (file && dwarf_frames_find(frames, file) < 0))
        return -1;
    if (file && frames->frame_count == 0 && files->go && go_frames_open(&go, files->program) < 0)
        return -1;
    return go.file ? go_frames_find(&go, frames) : 0;
}

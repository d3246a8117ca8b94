/* SPDX-License-Identifier: MIT */
/* The inlined functions of places: all places of an object are asked at once, when the first of
 * them is named, so that its file is open only meanwhile.
 *
 *     items:   by place      first, count
 *     frames:  [innermost, ..., the function itself] ... */
#ifndef PFL_RESOLVE_DWARF_PLACES_H
#define PFL_RESOLVE_DWARF_PLACES_H

#include "resolve/dwarf/frames.h"
#include "resolve/dwarf/image.h"
#include "stacks/stacks.h"

struct dwarf_expansion {
    uint32_t first, count; /* count 0: nothing is known */
};

/* What was found for places of one object, with texts of its own. */
struct dwarf_found {
    struct dwarf_frames frames;
    struct dwarf_place *asked;
    struct intern texts;
};

void dwarf_found_done(struct dwarf_found *found);

struct dwarf_places {
    const struct stacks *stacks;
    bool lines, scoped; /* see dwarf_frames */
    const char *symfs;
    struct intern texts;
    struct dwarf_expansion *items;
    size_t item_count, item_capacity;
    struct dwarf_frame *frames;
    size_t frame_count, frame_capacity;
};

/* Returns 0, or -1 without memory. `symfs` is borrowed. */
int dwarf_places_init(struct dwarf_places *places, const struct stacks *stacks, bool lines,
                      bool scoped, const char *symfs);
void dwarf_places_done(struct dwarf_places *places);

/* The files of an object. */
struct dwarf_files {
    const char *program;     /* what was mapped, or what stands for it */
    const char *debug;       /* what has its debug information, if that is another; or NULL */
    const char *recorded;    /* where the program was */
    uint64_t code_offset;    /* see dwarf_image_read */
    bool go;                 /* Go's own tables may be asked, where there is no DWARF */
    struct dwarf_file *open; /* by dwarf_frames_open, and given up; or NULL */
};

/* Looks for the frames of places of one object, by their numbers; offsets are of the program. It
 * changes nothing but *ret_found (to be given back in any case), so that several threads may look
 * at once. Returns 0, or -1 without memory. */
int dwarf_places_find(const struct dwarf_places *places, const uint32_t *numbers, size_t count,
                      const struct dwarf_files *files, struct dwarf_found *ret_found);

/* Takes over what was found. Returns 0, or -1 without memory. */
int dwarf_places_take(struct dwarf_places *places, const struct dwarf_found *found);

/* The frames of a place, innermost first; their count goes to *ret_count. Valid until the next
 * dwarf_places_take. */
static inline const struct dwarf_frame *dwarf_places_at(const struct dwarf_places *places,
                                                        uint32_t place, uint32_t *ret_count)
{
    *ret_count = place < places->item_count ? places->items[place].count : 0;
    return *ret_count ? places->frames + places->items[place].first : NULL;
}

#endif

/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/go_frames.h"

void go_frames_done(struct go_frames *go)
{
    elf_file_free(go->file);
    go->file = NULL;
}

int go_frames_open(struct go_frames *go, const char *program)
{
    if (elf_file_open(&go->file, program) < 0)
        return -1;
    if (go->file && !go_inlines_open(&go->inlines, go->file))
        go_frames_done(go);
    return 0;
}

static int go_frame_add(struct dwarf_frames *frames, const struct go_frame *from)
{
    struct dwarf_frame frame = {.line = from->line};
    if (intern_add(frames->texts, from->name, from->name_length, &frame.name) < 0 ||
        (from->file && intern_add(frames->texts, from->file, from->file_length, &frame.file) < 0))
        return -1;
    return dwarf_frames_add(frames, frame);
}

int go_frames_find(struct go_frames *go, struct dwarf_frames *frames)
{
    struct go_frame found[GO_INLINE_DEPTH];
    for (size_t i = 0; i < frames->place_count; i++) {
        struct dwarf_place *place = &frames->places[i];
        uint32_t count = go_inlines_at(&go->inlines, place->address, found);
        if (count < 2 && !frames->lines)
            continue;
        place->first = (uint32_t)frames->frame_count;
        for (uint32_t k = 0; k < count; k++)
            if (go_frame_add(frames, &found[k]) < 0)
                return -1;
        place->count = count;
    }
    return 0;
}

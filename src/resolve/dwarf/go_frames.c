/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/go_frames.h"

#include "resolve/elf/file.h"
#include "resolve/elf/go_inline.h"

static int go_frame_add(struct dwarf_frames *frames, const struct go_frame *from)
{
    struct dwarf_frame frame = {.line = from->line};
    if (intern_add(frames->texts, from->name, from->name_length, &frame.name) < 0 ||
        (from->file && intern_add(frames->texts, from->file, from->file_length, &frame.file) < 0))
        return -1;
    return dwarf_frames_add(frames, frame);
}

int go_frames_find(struct dwarf_frames *frames, const char *program)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    struct go_inlines inlines;
    struct go_frame found[GO_INLINE_DEPTH];
    if (elf_file_open(&file, program) < 0)
        return -1;
    if (!file || !go_inlines_open(&inlines, file))
        return 0;
    for (size_t i = 0; i < frames->place_count; i++) {
        struct dwarf_place *place = &frames->places[i];
        uint32_t count = go_inlines_at(&inlines, place->address, found);
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

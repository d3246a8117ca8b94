/* SPDX-License-Identifier: MIT */
/* Debug information: an ELF file of which 64 addresses, spread over its code, are asked for the
 * functions inlined there, with their lines. Split units that name the file /proc/self/fd/200 find
 * themselves. */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "resolve/dwarf/frames.h"
#include "resolve/dwarf/image.h"

enum { ADDRESSES = 64, MOST_FRAMES = 4 << 20, FILE_NUMBER = 200 };

static void ask(const char *path, const struct dwarf_segment *code)
{
    struct intern texts;
    struct dwarf_place places[ADDRESSES] = {0};
    FUZZ_CHECK(intern_init(&texts) == 0);
    struct dwarf_frames frames = {
        .places = places, .place_count = ADDRESSES, .lines = true, .texts = &texts};
    for (uint64_t i = 0; i < ADDRESSES; i++)
        places[i].address = code->address + code->size / ADDRESSES * i;
    FUZZ_CHECK(dwarf_frames_find(&frames, path, path) == 0);
    FUZZ_CHECK(frames.frame_count < MOST_FRAMES);
    for (size_t i = 0; i < ADDRESSES; i++) {
        FUZZ_CHECK(places[i].first + (size_t)places[i].count <= frames.frame_count);
        for (uint32_t k = 0; k < places[i].count; k++) {
            const struct dwarf_frame *frame = &frames.frames[places[i].first + k];
            FUZZ_CHECK(frame->name < texts.count && frame->file < texts.count);
            fuzz_touch(intern_text(&texts, frame->name), intern_length(&texts, frame->name));
        }
    }
    dwarf_frames_done(&frames);
    intern_done(&texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct dwarf_image image = {0};
    int made = memfd_create("dwarf", MFD_CLOEXEC);
    FUZZ_CHECK(made >= 0 && write(made, data, size) == (ssize_t)size);
    FUZZ_CHECK(dup2(made, FILE_NUMBER) == FILE_NUMBER);
    close(made);
    snprintf(path, sizeof path, "/proc/self/fd/%d", FILE_NUMBER);
    FUZZ_CHECK(dwarf_image_read(&image, path, 0) == 0);
    for (size_t i = 0; i < image.count && i < 4; i++)
        if (image.segments[i].code &&
            image.segments[i].address + image.segments[i].size >= image.segments[i].address)
            ask(path, &image.segments[i]);
    dwarf_image_done(&image);
    close(FILE_NUMBER);
    return 0;
}

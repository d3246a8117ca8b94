/* SPDX-License-Identifier: MIT */
/* Debug information, or what the Go runtime has in its place: an ELF file of which 64 addresses,
 * spread over its code, are asked for the functions inlined there, most with their lines. Split
 * units that name the file /proc/self/fd/200 find themselves. Or two files, of which the second has
 * what the first one leaves out:
 *
 *     ["+"][size of the program: 2 bytes][program][other]
 *
 *     FOLDER/program  FOLDER/other ◀─ other.dwo, program.dwp     or what dwz makes: "other" */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "resolve/dwarf/frames.h"
#include "resolve/dwarf/go_frames.h"
#include "resolve/dwarf/image.h"

enum { ADDRESSES = 64, MOST_FRAMES = 4 << 20, FILE_NUMBER = 200 };

static void ask(const char *path, const struct dwarf_image *image, const struct dwarf_segment *code)
{
    struct intern texts;
    struct dwarf_file *file = NULL;
    struct go_frames go = {0};
    struct dwarf_place places[ADDRESSES] = {0};
    FUZZ_CHECK(intern_init(&texts) == 0);
    struct dwarf_frames frames = {.places = places,
                                  .place_count = ADDRESSES,
                                  .image = image,
                                  .lines = code->size % 4,
                                  .scoped = true,
                                  .texts = &texts};
    for (uint64_t i = 0; i < ADDRESSES; i++)
        places[i].address = code->address + code->size / ADDRESSES * i;
    FUZZ_CHECK(dwarf_frames_open(&file, path, path, NULL) == 0);
    FUZZ_CHECK(!file || dwarf_frames_find(&frames, file) == 0);
    dwarf_file_free(file);
    if (frames.frame_count == 0)
        FUZZ_CHECK(go_frames_open(&go, path) == 0);
    FUZZ_CHECK(!go.file || go_frames_find(&go, &frames) == 0);
    go_frames_done(&go);
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

static void ask_program(const char *path)
{
    struct dwarf_image image = {0};
    FUZZ_CHECK(dwarf_image_read(&image, path, 0) == 0);
    for (size_t i = 0; i < image.count && i < 4; i++) {
        const struct dwarf_segment *segment = &image.segments[i];
        uint64_t address;
        bool found = dwarf_image_address(&image, segment->offset, &address);
        FUZZ_CHECK(found || segment->size == 0);
        if (!segment->code || segment->address + segment->size < segment->address)
            continue;
        FUZZ_CHECK(dwarf_image_is_code(&image, segment->address) || segment->size == 0);
        (void)dwarf_image_is_stub(&image, segment->address);
        ask(path, &image, segment);
    }
    dwarf_image_done(&image);
}

static void two_files(const struct fuzz_pair *pair)
{
    char folder[] = "/tmp/perflame-fuzz-XXXXXX";
    enum { PROGRAM, OTHER, DWO, DWP, PATHS };
    static const char *const names[PATHS] = {"program", "other", "other.dwo", "program.dwp"};
    char paths[PATHS][sizeof folder + 16];
    FUZZ_CHECK(mkdtemp(folder));
    for (int i = 0; i < PATHS; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    fuzz_put(paths[PROGRAM], pair->first, pair->first_size);
    fuzz_put(paths[OTHER], pair->second, pair->second_size);
    FUZZ_CHECK(symlink(names[OTHER], paths[DWO]) == 0 && symlink(names[OTHER], paths[DWP]) == 0);
    ask_program(paths[PROGRAM]);
    for (int i = 0; i < PATHS; i++)
        unlink(paths[i]);
    FUZZ_CHECK(rmdir(folder) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct fuzz_pair pair;
    if (fuzz_split(data, size, &pair)) {
        two_files(&pair);
        return 0;
    }
    int made = memfd_create("dwarf", MFD_CLOEXEC);
    FUZZ_CHECK(made >= 0 && write(made, data, size) == (ssize_t)size);
    FUZZ_CHECK(dup2(made, FILE_NUMBER) == FILE_NUMBER);
    close(made);
    snprintf(path, sizeof path, "/proc/self/fd/%d", FILE_NUMBER);
    ask_program(path);
    close(FILE_NUMBER);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* A section of debug information in a file, packed and not, looked at here and there. */
#include "../check.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buffer.h"
#include "resolve/dwarf/section.h"

enum { SIZE = 600000, BEGIN = 100 };

static uint64_t chance(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

static void put_head(struct buffer *file, enum dwarf_packed_head head)
{
    const Elf32_Chdr narrow = {.ch_type = ELFCOMPRESS_ZLIB, .ch_size = SIZE, .ch_addralign = 1};
    const Elf64_Chdr wide = {.ch_type = ELFCOMPRESS_ZLIB, .ch_size = SIZE, .ch_addralign = 1};
    if (head == PACKED_ELF_32)
        buffer_append(file, (const char *)&narrow, sizeof narrow);
    if (head == PACKED_ELF_64)
        buffer_append(file, (const char *)&wide, sizeof wide);
    if (head == PACKED_GNU)
        buffer_append(file, "ZLIB\0\0\0\0\0\x09\x27\xc0", 12);
}

/* The section in a file of its own, cut off `cut` bytes before its end. */
static struct dwarf_section open_section(const uint8_t *data, bool packs,
                                         enum dwarf_packed_head head, size_t cut)
{
    static uint8_t packed[SIZE + 1000];
    uLongf packed_size = sizeof packed;
    struct buffer file = {0};
    for (int i = 0; i < BEGIN; i++)
        buffer_char(&file, 'x');
    if (packs) {
        put_head(&file, head);
        assert_int_equal(compress(packed, &packed_size, data, SIZE), Z_OK);
        buffer_append(&file, (const char *)packed, packed_size);
    } else {
        buffer_append(&file, (const char *)data, SIZE);
    }
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_int_equal(fwrite(file.data, file.size - cut, 1, stream), 1);
    fflush(stream);
    struct dwarf_section section = {
        .fd = dup(fileno(stream)),
        .offset = BEGIN,
        .size = file.size - BEGIN,
        .packed = packs ? (Elf_Scn *)1 : NULL, /* not looked into */
        .head = head,
    };
    fclose(stream);
    buffer_done(&file);
    return section;
}

static void make_data(uint8_t *data, uint64_t *state)
{
    for (size_t i = 0; i < SIZE; i++)
        data[i] = i > 5000 && chance(state, 5) ? data[i - 4999] : (uint8_t)chance(state, 30);
}

static void look(struct dwarf_section *section, const uint8_t *data, uint64_t at, uint64_t size)
{
    if (size > SIZE - at)
        size = SIZE - at;
    assert_true(dwarf_section_need(section, at, size));
    assert_memory_equal(section->bytes + at, data + at, size);
}

static void a_section_is_what_was_packed(void **test_state)
{
    static uint8_t data[SIZE];
    uint64_t state = 9;
    for (unsigned i = 0; i < 4 * 2 * 2; i++) {
        make_data(data, &state);
        struct dwarf_section section =
            open_section(data, i % 4 < 3, (enum dwarf_packed_head)(i % 4 % 3), 0);
        section.passed = i / 4 % 2;
        uint64_t step = 1 + chance(&state, 90000);
        for (uint64_t at = 0; at < SIZE; at += chance(&state, step) + 1) {
            look(&section, data, at, chance(&state, 20000));
            if (i / 8 && chance(&state, 5) == 0) /* back */
                look(&section, data, chance(&state, at + 1), chance(&state, 20000));
        }
        assert_false(dwarf_section_need(&section, SIZE, 1));
        assert_false(dwarf_section_need(&section, SIZE - 5, UINT64_MAX));
        close(section.fd);
        dwarf_section_done(&section);
    }
}

/* Whoever has looked at something may go on reading it. */
static void what_was_there_stays(void **test_state)
{
    static uint8_t data[SIZE];
    uint64_t state = 4;
    make_data(data, &state);
    struct dwarf_section section = open_section(data, true, PACKED_ELF_64, 0);
    section.passed = true;
    for (uint64_t at = 4096; at < SIZE - 8192; at += 50001)
        look(&section, data, at, 1000);
    look(&section, data, 3, 1000);
    assert_null(section.present); /* all is kept from now on */
    for (uint64_t at = 4096; at < SIZE - 8192; at += 50001)
        assert_memory_equal(section.bytes + at, data + at, 1000);
    close(section.fd);
    dwarf_section_done(&section);
}

static void of_what_is_cut_there_is_the_beginning(void **test_state)
{
    static uint8_t data[SIZE];
    uint64_t state = 7;
    for (int passed = 0; passed < 2; passed++) {
        make_data(data, &state);
        struct dwarf_section section = open_section(data, true, PACKED_ELF_64, 90000);
        section.passed = passed;
        uint64_t at = 0;
        while (dwarf_section_need(&section, at, 700)) {
            assert_memory_equal(section.bytes + at, data + at, 700);
            at += 7;
        }
        assert_true(at > SIZE / 2 && at < SIZE - 90000);
        look(&section, data, 0, at);
        close(section.fd);
        dwarf_section_done(&section);
    }
}

RUN_TESTS(TEST(a_section_is_what_was_packed), TEST(what_was_there_stays),
          TEST(of_what_is_cut_there_is_the_beginning))

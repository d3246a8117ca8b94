/* SPDX-License-Identifier: MIT */
/* The segments of a program: where offsets of the file lie in memory, and what is code; and its
 * procedure linkage tables, code that the linker made. */
#ifndef PFL_RESOLVE_DWARF_IMAGE_H
#define PFL_RESOLVE_DWARF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dwarf_segment {
    uint64_t offset, address, size;
    bool code;
};

enum { DWARF_STUBS = 8 };

struct dwarf_stubs {
    uint64_t address, size;
};

struct dwarf_image {
    struct dwarf_segment *segments;
    size_t count, capacity;
    struct dwarf_stubs stubs[DWARF_STUBS]; /* .init, .plt, .plt.sec, ... */
    size_t stub_count;
};

void dwarf_image_done(struct dwarf_image *image);

/* Reads the segments of a file; none if it is not there or not ELF. In a file that has nothing
 * but debug information they have lost what they held: `code_offset` is where the first page of
 * code lay. Returns 0, or -1 without memory. */
int dwarf_image_read(struct dwarf_image *image, const char *path, uint64_t code_offset);

/* The address of an offset of the file; false if no segment holds it. */
bool dwarf_image_address(const struct dwarf_image *image, uint64_t offset, uint64_t *ret_address);

/* False for addresses where no code is, as those of functions that the linker dropped. */
bool dwarf_image_is_code(const struct dwarf_image *image, uint64_t address);

/* True in a procedure linkage table, and in what the C library brings for a file to begin and to
 * end with: no unit tells of it. */
bool dwarf_image_is_stub(const struct dwarf_image *image, uint64_t address);

#endif

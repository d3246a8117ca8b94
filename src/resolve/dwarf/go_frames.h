/* SPDX-License-Identifier: MIT */
/* The inlined functions of a Go program that has no DWARF, of Go's own tables. */
#ifndef PFL_RESOLVE_DWARF_GO_FRAMES_H
#define PFL_RESOLVE_DWARF_GO_FRAMES_H

#include "resolve/dwarf/frames.h"
#include "resolve/elf/file.h"
#include "resolve/elf/go_inline.h"

struct go_frames {
    struct elf_file *file; /* NULL: no Go program */
    struct go_inlines inlines;
};

/* Opens a program, whichever it is. Returns 0, or -1 without memory. */
int go_frames_open(struct go_frames *go, const char *program);
void go_frames_done(struct go_frames *go);

/* Finds the frames of all places in a Go program. Returns 0, or -1 without memory. */
int go_frames_find(struct go_frames *go, struct dwarf_frames *frames);

#endif

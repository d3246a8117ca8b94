/* SPDX-License-Identifier: MIT */
/* The inlined functions of a Go program that has no DWARF, of Go's own tables. */
#ifndef PFL_RESOLVE_DWARF_GO_FRAMES_H
#define PFL_RESOLVE_DWARF_GO_FRAMES_H

#include "resolve/dwarf/frames.h"

/* Finds the frames of all places. Leaves them as they are in other programs. Returns 0, or -1
 * without memory. */
int go_frames_find(struct dwarf_frames *frames, const char *program);

#endif

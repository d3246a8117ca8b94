/* SPDX-License-Identifier: MIT */
/* Which units hold places, as .debug_aranges tells it (DWARF 5, section 6.1.2).
 *
 *     sets:  [unit][0x401000 +80][0x402000 +20][end]  [unit][0x403000 +60][end] ...
 *
 * gcc writes it, others do not; so it is a short cut, after which who finds a place that is told
 * by none looks at all units. */
#ifndef PFL_RESOLVE_DWARF_ARANGES_H
#define PFL_RESOLVE_DWARF_ARANGES_H

#include "resolve/dwarf/file.h"
#include "resolve/dwarf/frames.h"

struct dwarf_aranges {
    bool any;        /* there is a set */
    uint64_t *units; /* that hold places: offsets in .debug_info, in their order */
    size_t unit_count, unit_capacity;
};

void dwarf_aranges_done(struct dwarf_aranges *aranges);

/* Finds the units of the places, with work up to `budget`. Returns 0, or -1 without memory. */
int dwarf_aranges_read(struct dwarf_aranges *aranges, struct dwarf_file *file,
                       struct dwarf_frames *frames, uint64_t budget);

#endif

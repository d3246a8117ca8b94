/* SPDX-License-Identifier: MIT */
/* Which units hold places, as .debug_aranges tells it (DWARF 5, section 6.1.2).
 *
 *     sets:  [unit][0x401000 +80][0x402000 +20][end]  [unit][0x403000 +60][end] ...
 *
 * gcc writes it, others do not; so it is a short cut, after which who finds a place that is told
 * by none looks at the units that have no set. */
#ifndef PFL_RESOLVE_DWARF_ARANGES_H
#define PFL_RESOLVE_DWARF_ARANGES_H

#include "resolve/dwarf/file.h"
#include "resolve/dwarf/frames.h"

/* Offsets in .debug_info, in their order. */
struct dwarf_aranges_units {
    uint64_t *items;
    size_t count, capacity;
};

struct dwarf_aranges {
    struct dwarf_aranges_units told;    /* that have a set */
    struct dwarf_aranges_units holding; /* those of them that hold places */
};

void dwarf_aranges_done(struct dwarf_aranges *aranges);

/* True if a unit has a set. */
bool dwarf_aranges_tell(const struct dwarf_aranges *aranges, uint64_t unit);

/* Finds the units of the places, with work up to `budget`. Returns 0, or -1 without memory. */
int dwarf_aranges_read(struct dwarf_aranges *aranges, struct dwarf_file *file,
                       struct dwarf_frames *frames, uint64_t budget);

#endif

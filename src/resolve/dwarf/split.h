/* SPDX-License-Identifier: MIT */
/* Split DWARF: from a skeleton in the program to the unit that has the entries, in a file of its
 * own (.dwo) or in one of many beside the program (.dwp). An id tells that it is the right one. */
#ifndef PFL_RESOLVE_DWARF_SPLIT_H
#define PFL_RESOLVE_DWARF_SPLIT_H

#include "resolve/dwarf/unit.h"

struct dwarf_split {
    struct dwarf_file *package; /* the .dwp */
    struct dwarf_file *single;  /* the last .dwo */
    bool package_tried;
};

void dwarf_split_done(struct dwarf_split *split);

/* Opens the unit that a skeleton stands for; valid until the next call. Returns 1, 0 if it is
 * not found, or -1 without memory. */
int dwarf_split_open(struct dwarf_split *split, const struct dwarf_unit *skeleton,
                     struct dwarf_unit *ret_unit);

#endif

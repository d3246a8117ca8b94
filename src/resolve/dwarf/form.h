/* SPDX-License-Identifier: MIT */
/* Values of attributes, as DWARF 2 to 5 (section 7.5) and GNU's extensions write them. */
#ifndef PFL_RESOLVE_DWARF_FORM_H
#define PFL_RESOLVE_DWARF_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "resolve/dwarf/abbrev.h"

/* An unsigned number of 1, 2, 3, 4 or 8 bytes. */
uint64_t dwarf_number(struct cursor *c, unsigned bytes);

/* How many bytes a value of this form takes: -1 where the form alone does not say. */
int dwarf_form_size(uint16_t form, struct dwarf_sizes sizes);

struct dwarf_value {
    uint16_t form;    /* 0: the attribute is absent */
    uint64_t number;  /* of numbers, offsets, references and indices */
    const char *text; /* of DW_FORM_string */
};

/* Reads a value of `form`; a form that is not known fails the cursor. */
struct dwarf_value dwarf_form_read(struct cursor *c, uint16_t form, int64_t constant,
                                   struct dwarf_sizes sizes);

/* Passes over a value whose size its form does not say. */
void dwarf_form_skip(struct cursor *c, uint16_t form, struct dwarf_sizes sizes);

#endif

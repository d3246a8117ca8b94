/* SPDX-License-Identifier: MIT */
/* A section of debug information, read where it is looked at.
 *
 *     bytes:    [ block ][  ?  ][ block ][ block ][  ?  ] ...     room for the whole section
 *     present:      1       0       1        1       0            read so far
 *
 * Debug information may be gigabytes of which a few units are needed, so memory is reserved for
 * the whole and filled, block by block, before it is looked at; what stays untouched costs
 * nothing. A mapping would do the same, but a file that shrinks while mapped is a crash. What zlib
 * has packed is unpacked from its beginning up to what is needed (packed.h). Of a section that is
 * `passed` through, block by block, no more is kept than was asked for; when something is asked for
 * that was let go, it is unpacked again, and all of it is kept from then on. */
#ifndef PFL_RESOLVE_DWARF_SECTION_H
#define PFL_RESOLVE_DWARF_SECTION_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/dwarf/packed.h"

struct dwarf_section {
    const uint8_t *bytes;         /* NULL until something is needed */
    uint8_t *block;               /* the memory behind `bytes`, if it is ours */
    uint8_t *present;             /* a bit per block; NULL: all of them are */
    uint64_t size;                /* unpacked; 0: there is no such section */
    uint64_t offset;              /* where it begins in the file */
    int fd;                       /* the file; borrowed */
    Elf_Scn *packed;              /* a packed section that nothing was needed of; else NULL */
    struct dwarf_packed *unpacks; /* fills `block`; NULL: it needs no more */
    enum dwarf_packed_head head;  /* of a packed one */
    bool swap;
    bool passed; /* looked at in order, once, and only in places */
    bool failed; /* there is no memory; for whoever asks at the end */
};

void dwarf_section_done(struct dwarf_section *section);

/* Makes `size` bytes at `at` readable in `bytes`. Returns false if the section or the file has
 * less, or (with `failed`) without memory. */
bool dwarf_section_need(struct dwarf_section *section, uint64_t at, uint64_t size);

/* Unpacks all of a section that is packed. What fails is left to dwarf_section_need. */
void dwarf_section_unpack(struct dwarf_section *section);

/* The text that begins at `at`; NULL if none ends inside the section and within
 * LIMIT_NAME_BYTES. */
const char *dwarf_section_text(struct dwarf_section *section, uint64_t at);

#endif

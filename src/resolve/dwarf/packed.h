/* SPDX-License-Identifier: MIT */
/* A section that zlib has packed, read and unpacked piece by piece, as far as is needed.
 *
 *     file:      [ head ][ piece ][ piece ][     not read     ]
 *     unpacked:  [         made         ][    not yet there    ]
 *
 * All of it is kept, or only what is asked for: of libc's .debug_info a short recording needs 0.3
 * MB of 5.8, up to 4.0, and 900 pages of memory that stay untouched are a fiftieth of its time. */
#ifndef PFL_RESOLVE_DWARF_PACKED_H
#define PFL_RESOLVE_DWARF_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compress.h"
#include "base/mem.h"

enum { PACKED_PIECE = 16 << 10, PACKED_WINDOW = 128 << 10, PACKED_KEPT = 32 << 10 };

struct dwarf_packed {
    int fd;            /* borrowed */
    uint64_t begin;    /* of the stream, in the file */
    uint64_t at, end;  /* what is not read yet */
    uint64_t unpacked; /* how much it is, as its head says */
    uint64_t made;     /* how much is there */
    uint8_t *window;   /* the last of it, if not all is kept */
    size_t window_at;  /* its end */
    struct inflater *inflater;
    const uint8_t *left; /* of the piece, not taken yet */
    size_t left_size;
    uint8_t piece[PACKED_PIECE];
};

/* How the head of a section is laid out: ELF's, in 32 and in 64 bits, or "ZLIB" and the size, as
 * GNU tools once wrote. */
enum dwarf_packed_head { PACKED_ELF_32, PACKED_ELF_64, PACKED_GNU };

/* Opens the section in `size` bytes at `offset` of a file. Returns 1, 0 if it is not packed by
 * zlib, or -1 without memory. */
int dwarf_packed_open(struct dwarf_packed **ret_packed, int fd, uint64_t offset, uint64_t size,
                      enum dwarf_packed_head head, bool swap);
void dwarf_packed_free(struct dwarf_packed *packed);
MEM_CLEANUP(dwarf_packed_cleanup, struct dwarf_packed, dwarf_packed_free)

/* Unpacks on up to `end` or further, all that came before being in `to`, which has room for
 * everything. False if it ends before, or is damaged. */
bool dwarf_packed_upto(struct dwarf_packed *packed, uint8_t *to, uint64_t end);

/* Unpacks what lies from `from` to `end` to the same place in `to`. False if it ends before, if it
 * is damaged, if something of it was let go, or without memory for a window. */
bool dwarf_packed_part(struct dwarf_packed *packed, uint8_t *to, uint64_t from, uint64_t end);

/* Begins again. False without memory. */
bool dwarf_packed_rewind(struct dwarf_packed *packed);

#endif

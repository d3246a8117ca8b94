/* SPDX-License-Identifier: MIT */
/* Go's own table of functions, which the runtime needs and strip therefore leaves: .gopclntab.
 *
 *     header: magic (the version), quantum, pointer size, counts, offsets of the parts
 *     functab: [pc, offset of func] ... [end pc]        func: entry, offset of name, ...
 *     names:   r u n t i m e . m a i n \0 ...
 *
 * The layouts of Go 1.2, 1.16, 1.18 and 1.20 (and later) are those of debug/gosym/pclntab.go. */
#ifndef PFL_RESOLVE_ELF_GO_TABLE_H
#define PFL_RESOLVE_ELF_GO_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct go_table {
    const uint8_t *data;
    size_t size;
    bool swap;
    bool text_relative; /* since 1.18 functab has offsets from `text` */
    uint8_t pointer;    /* bytes of one */
    uint8_t quantum;    /* bytes by which code addresses are counted */
    uint64_t address;   /* where the program has the table; for the caller to fill in */
    uint64_t text;      /* where the code begins; 0: the loader would have filled it in */
    uint64_t text_at;   /* where in the table that stands; 0: nowhere */
    uint64_t count, functab, functions, names;
};

/* Reads the header; false if these bytes are no such table. They must outlive it. */
bool go_table_open(struct go_table *ret_table, const void *data, size_t size, bool swap);

/* Where the files of units, their paths and the tables of positions begin; and whether functions
 * have a line where they start, as since 1.20. False for a table of before 1.18, whose functions
 * are laid out otherwise, or of damaged offsets. */
bool go_table_parts(const struct go_table *table, bool *ret_start_line, uint64_t *ret_files,
                    uint64_t *ret_paths, uint64_t *ret_positions);

/* How many functions there may be, and where number `i` of them lies. False if it is damaged. */
uint64_t go_table_count(const struct go_table *table);
bool go_table_range(const struct go_table *table, uint64_t i, uint64_t *ret_start,
                    uint64_t *ret_end);

/* Its name, of less than LIMIT_NAME_BYTES; NULL if it is damaged. */
const char *go_table_name(const struct go_table *table, uint64_t i, size_t *ret_length);

#endif

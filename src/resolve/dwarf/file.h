/* SPDX-License-Identifier: MIT */
/* A file with debug information: its sections, and where its units begin.
 *
 *     program, or what was stripped off it    .debug_info ...
 *     .dwo, .dwp (split DWARF)                .debug_info.dwo ...
 *     supplementary file (dwz)                .debug_info ... that others refer to
 */
#ifndef PFL_RESOLVE_DWARF_FILE_H
#define PFL_RESOLVE_DWARF_FILE_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "resolve/elf/build_id.h"
#include "resolve/dwarf/abbrev.h"
#include "resolve/dwarf/section.h"

enum dwarf_section_id {
    DWARF_INFO,
    DWARF_ABBREV,
    DWARF_STR,
    DWARF_LINE,
    DWARF_LINE_STR,
    DWARF_RANGES,
    DWARF_RNGLISTS,
    DWARF_ADDR,
    DWARF_STR_OFFSETS,
    DWARF_CU_INDEX,
    DWARF_ARANGES,
    DWARF_ALT_LINK, /* .gnu_debugaltlink: where the supplementary file is */
    DWARF_SUP,      /* .debug_sup: the same in DWARF 5 */
    DWARF_SECTION_COUNT,
};

/* What the header of a unit says. */
struct dwarf_head {
    uint64_t offset, end; /* in .debug_info: of the header, and behind the last entry */
    uint64_t entries;     /* where the first entry is */
    uint64_t abbrev;      /* in .debug_abbrev */
    uint64_t dwo_id;      /* of skeletons and split units of version 5 */
    struct dwarf_sizes sizes;
    uint8_t type; /* DW_UT_...; 0 before version 5 */
};

enum { DWARF_TABLES = 8 };

struct dwarf_file {
    Elf *elf;
    int fd;
    bool swap;
    bool relocatable; /* not linked: right for split and supplementary files alone, which have
                         no addresses */
    struct dwarf_section sections[DWARF_SECTION_COUNT];
    struct dwarf_head *heads; /* by offset */
    size_t head_count, head_capacity;
    bool heads_read;
    struct dwarf_abbrevs tables[DWARF_TABLES]; /* those used lately */
    unsigned next_table;
    struct dwarf_file *sup; /* owned; NULL: none, or not looked for */
    bool sup_tried;
    struct build_id build_id;
    char *path;
    const char *recorded; /* where the program was that it belongs to; borrowed; NULL: unknown */
};

/* Opens a file for its sections, of split DWARF or others; NULL in *ret_file if it is not there
 * or not ELF. Returns 0, or -1 without memory. */
int dwarf_file_open(struct dwarf_file **ret_file, const char *path, bool split);

void dwarf_file_free(struct dwarf_file *file);
MEM_CLEANUP(dwarf_file_cleanup, struct dwarf_file, dwarf_file_free)

/* Unpacks of a file what takes long, whether or not all of it will be needed. */
void dwarf_file_unpack(struct dwarf_file *file);

static inline bool dwarf_file_has(const struct dwarf_file *file, enum dwarf_section_id id)
{
    return file->sections[id].size != 0 || file->sections[id].packed;
}

/* A cursor over `size` bytes of a section; one that has failed if they are not there. */
struct cursor dwarf_file_cursor(struct dwarf_file *file, enum dwarf_section_id id, uint64_t at,
                                uint64_t size);

/* Reads the header of the unit at `offset`, if it is one. */
bool dwarf_head_read(struct dwarf_file *file, uint64_t offset, struct dwarf_head *ret_head);

/* Walks over the headers of all units, once. Returns 0, or -1 without memory. */
int dwarf_file_heads(struct dwarf_file *file);

/* The unit that holds an offset; NULL if none does. After dwarf_file_heads. */
const struct dwarf_head *dwarf_file_head(const struct dwarf_file *file, uint64_t offset);

/* The table of abbreviations at an offset, valid until a few others were asked for. NULL without
 * memory. The bytes read for it are added to *cost. */
const struct dwarf_abbrevs *dwarf_file_abbrevs(struct dwarf_file *file, uint64_t offset,
                                               struct dwarf_sizes sizes, uint64_t *cost);

/* The supplementary file; NULL in *ret_sup without. `symfs` is the root of absolute paths.
 * Returns 0, or -1 without memory. */
int dwarf_file_sup(struct dwarf_file *file, const char *symfs, struct dwarf_file **ret_sup);

#endif

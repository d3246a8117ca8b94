/* SPDX-License-Identifier: MIT */
/* Places become frames: objects are opened when a first place of theirs is named, and every
 * place is named once. */
#ifndef PFL_RESOLVE_NAMES_H
#define PFL_RESOLVE_NAMES_H

#include "base/buffer.h"
#include "base/intern.h"
#include "resolve/debuginfod.h"
#include "resolve/dwarf/places.h"
#include "resolve/expander.h"
#include "resolve/groups.h"
#include "resolve/objects.h"
#include "resolve/resolver.h"
#include "resolve/stock.h"

/* A frame as told. */
struct name_frame {
    uint32_t name, object; /* numbers in `texts` */
    uint8_t kind;
    bool named;
};

/* The frames of a place in `made`, innermost first, as numbers in `told`. */
struct name_entry {
    uint32_t first, count; /* count 0: not made yet */
};

struct names {
    struct objects *objects;
    const struct stacks *stacks;
    char *symfs, *kallsyms, *vmlinux; /* NULL without */
    char *buildid_dir;
    struct stock stock; /* --symbols */
    struct debuginfod debuginfod;
    enum resolve_names style;
    bool addresses, compat, inlines, lines;
    struct name_entry *entries; /* by place */
    size_t count, capacity;
    uint32_t *made;
    size_t made_count, made_capacity;
    struct name_frame *told; /* each once */
    size_t told_count, told_capacity;
    struct index told_index;
    struct groups groups;
    struct dwarf_places dwarf;
    struct buffer narrow_vdso; /* of 32-bit programs, from the kernel that runs (narrow_vdso.h) */
    bool narrow_vdso_asked;
    struct expander expander;
    unsigned threads;  /* of names_prepare (preparing.h), if they are not begun yet */
    uint32_t foreseen; /* places by now, when was looked last for what will be needed */
    uint32_t *inlined; /* names of inlined functions as shown, by number in dwarf.texts */
    size_t inlined_count, inlined_capacity;
    struct intern texts;
    struct buffer scratch;
    struct resolved_frame *frames; /* what was told last */
    size_t frame_capacity;
    bool line_found;       /* of a frame, to stand behind its name */
    bool kernel_is_hidden; /* its addresses are: kptr_restrict */
    char *damaged_list;    /* of kernel symbols, of which lines were skipped; NULL: none */
    char *foreign_list;    /* the one given, if it is not of the kernel recorded; NULL: it may be */
};

/* Copies the texts of options. Returns 0, or -1 without memory. */
int names_init(struct names *names, struct objects *objects, const struct stacks *stacks,
               const struct resolve_options *options);
void names_done(struct names *names);

/* The frames of a place, innermost first, and their count (at least 1); -1 without memory. Valid
 * until the next call. */
int names_frames(struct names *names, uint32_t place, const struct resolved_frame **ret);

#endif

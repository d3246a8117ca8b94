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
    unsigned threads;  /* of names_prepare, if they are not begun yet */
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
};

/* Copies the texts of options. Returns 0, or -1 without memory. */
int names_init(struct names *names, struct objects *objects, const struct stacks *stacks,
               const struct resolve_options *options);
void names_done(struct names *names);

/* Begins so many threads at most, this one among them, that look for inlined functions; true if
 * there are any. */
bool names_employ(struct names *names, unsigned threads);

/* Begins to unpack the debug information of objects that have many places by now, with so many
 * threads at most, this one among them, while more places may come. Returns 0, or -1 without memory
 * (loading.c). */
int names_foresee(struct names *names, unsigned threads);

/* Reads what naming the places known by now takes, with so many threads at most, this one among
 * them; of a `brief` recording, only where an object takes long. Returns 0, or -1 without memory.
 */
int names_prepare(struct names *names, unsigned threads, bool brief);

/* The frames of a place, innermost first, and their count (at least 1); -1 without memory. Valid
 * until the next call. */
int names_frames(struct names *names, uint32_t place, const struct resolved_frame **ret);

/* Reads the symbols of an object, if that was not tried before. Returns 0, or -1 without memory
 * (loading.c). */
int names_load(struct names *names, uint32_t object);

/* The same for the kernel's object and for those of modules (kernel.c). */
int names_load_kernel(struct names *names, struct object *object);

/* True if perf has kept a list of the kernel's symbols: the kernel itself takes long to make one
 * (kernel.c). */
bool names_kernel_is_kept(struct names *names, const struct object *kernel);
int names_load_module(struct names *names, uint32_t object);

#endif

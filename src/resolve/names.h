/* SPDX-License-Identifier: MIT */
/* Places become frames: objects are opened when a first place of theirs is named, and every
 * place is named once. */
#ifndef PFL_RESOLVE_NAMES_H
#define PFL_RESOLVE_NAMES_H

#include "base/buffer.h"
#include "base/intern.h"
#include "resolve/objects.h"
#include "resolve/resolver.h"
#include "resolve/stock.h"

struct name_entry {
    uint32_t name, object; /* numbers in `texts`; name 0: not made yet */
    uint8_t kind;
    bool named;
};

struct names {
    struct objects *objects;
    const struct stacks *stacks;
    char *symfs, *kallsyms, *vmlinux; /* NULL without */
    char *buildid_dir;
    struct stock stock; /* --symbols */
    enum resolve_names style;
    bool addresses, compat;
    struct name_entry *entries; /* by place */
    size_t count, capacity;
    struct intern texts;
    struct buffer scratch;
    struct resolved_frame frame; /* what was told last */
    struct resolve_trouble trouble;
};

/* Copies the texts of options. Returns 0, or -1 without memory. */
int names_init(struct names *names, struct objects *objects, const struct stacks *stacks,
               const struct resolve_options *options);
void names_done(struct names *names);

/* The frame of a place; NULL without memory. Valid until the next call. */
const struct resolved_frame *names_frame(struct names *names, uint32_t place);

/* Reads the symbols of an object, if that was not tried before. Returns 0, or -1 without memory
 * (loading.c). */
int names_load(struct names *names, uint32_t object);

/* The same for the kernel's object and for those of modules (kernel.c). */
int names_load_kernel(struct names *names, struct object *object);
int names_load_module(struct names *names, uint32_t object);

#endif

/* SPDX-License-Identifier: MIT */
/* What is known of program counters: filled once for each, used by all processes.
 *
 *     an object:  slots: [offset|place|rule] [ free ] [offset|place|rule] ...
 *                 open addressing
 *     rules:      [free] [rule 1] [rule 2] ...
 *                 a few hundred for tens of thousands of slots, which stay small by it
 *
 * What takes a const table changes nothing, so that several threads may call it at once. */
#ifndef PFL_RESOLVE_UNWIND_TABLE_H
#define PFL_RESOLVE_UNWIND_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/index.h"
#include "resolve/names.h"
#include "resolve/unwind/cfi_rule.h"
#include "resolve/unwind/trampoline.h"
#include "stacks/stacks.h"

struct unwind_slot {
    uint64_t offset; /* in the object, as places count it */
    uint32_t place;
    uint32_t rule; /* its number; 0: the slot is free */
};

struct unwind_rules {
    struct cfi_rule *items;
    size_t count, capacity;
    struct index index;
};

struct unwind_object {
    bool opened;
    struct cfi *cfi; /* NULL without */
    struct unwind_slot *slots;
    uint32_t mask, count; /* slots - 1, or 0 while there are none; those in use */
    struct cfi_row *rows; /* those that no rule covers */
    size_t row_count, row_capacity;
    struct trampolines trampolines; /* sought where an address has no CFI */
};

struct unwind_table {
    struct names *names; /* knows where files are */
    struct stacks *stacks;
    struct unwind_object *objects; /* UNWIND_WIDTHS for each number */
    size_t count, capacity;
    struct unwind_rules rules; /* of all objects */
};

/* The same byte of an object may be met with registers of 64 bits and of 32: of a file of either
 * kind the other's CFI says nothing, and what is known of the object is kept for each. */
#define UNWIND_WIDTHS 2u

/* A byte of an object, as the users of one width of words see it. */
struct unwind_point {
    uint32_t object; /* number in the table */
    uint64_t offset;
};

static inline struct unwind_point unwind_point(uint32_t object, uint64_t offset,
                                               const struct unwind_machine *machine)
{
    return (struct unwind_point){object * UNWIND_WIDTHS + (machine->word == 4), offset};
}

void unwind_table_done(struct unwind_table *table);

/* The slot of an offset, or the free one where it would go. */
static inline struct unwind_slot *unwind_slot_find(const struct unwind_object *object,
                                                   uint64_t offset)
{
    uint64_t hash = hash_mix(offset ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u);
    for (uint32_t at = (uint32_t)hash & object->mask;; at = (at + 1) & object->mask) {
        struct unwind_slot *slot = &object->slots[at];
        if (!slot->rule || slot->offset == offset)
            return slot;
    }
}

/* The slot of a point; NULL if nothing is known of it yet. */
static inline const struct unwind_slot *unwind_table_find(const struct unwind_table *table,
                                                          struct unwind_point at)
{
    if (at.object >= table->count || !table->objects[at.object].slots)
        return NULL;
    const struct unwind_slot *slot = unwind_slot_find(&table->objects[at.object], at.offset);
    return slot->rule ? slot : NULL;
}

/* Makes the rule of a point, which is not put into the table. False if something must be put there
 * before: the object's file, its trampolines, a row that no rule covers. */
bool unwind_table_rule(const struct unwind_table *table, const struct unwind_machine *machine,
                       struct unwind_point at, struct cfi_rule *ret_rule);

/* Adds a point that is not there yet, of an object that is, with its rule. NULL without memory. */
const struct unwind_slot *unwind_table_add(struct unwind_table *table, struct unwind_point at,
                                           const struct cfi_rule *rule);

/* The same with the rule that it has, whatever that takes. */
const struct unwind_slot *unwind_table_learn(struct unwind_table *table,
                                             const struct unwind_machine *machine,
                                             struct unwind_point at);

#endif

/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/table.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "resolve/files.h"
#include "resolve/vdso.h"

#define FIRST_SLOTS 64u

void unwind_table_done(struct unwind_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        cfi_free(table->objects[i].cfi);
        mem_free(table->objects[i].slots);
        mem_free(table->objects[i].rows);
    }
    mem_free(table->objects);
    mem_free(table->rules.items);
    index_done(&table->rules.index);
    *table = (struct unwind_table){0};
}

/* The entry of a number, its file opened; NULL without memory. */
static struct unwind_object *table_object(struct unwind_table *table, uint32_t number)
{
    if (number >= table->count) {
        size_t count = (size_t)number + 1;
        if (mem_grow(&table->objects, &table->capacity, count, sizeof *table->objects) < 0)
            return NULL;
        memset(table->objects + table->count, 0, (count - table->count) * sizeof *table->objects);
        table->count = count;
    }
    struct unwind_object *object = &table->objects[number];
    if (object->opened)
        return object;
    CLEANUP(files_done) struct files files = {0};
    uint32_t its = number / UNWIND_WIDTHS;
    enum object_kind kind = table->names->objects->items[its].kind;
    if ((kind == OBJECT_FILE && files_open(&files, table->names, its) < 0) ||
        (kind == OBJECT_VDSO && vdso_open(table->names, its, &files.mapped) < 0) ||
        (files.mapped && cfi_new(&object->cfi, MEM_TAKE(files.mapped), MEM_TAKE(files.named)) < 0))
        return NULL;
    object->opened = true;
    return object;
}

/* Makes room for one more slot: half of them stay free. */
static int object_room(struct unwind_object *object)
{
    uint32_t old = object->slots ? object->mask + 1 : 0;
    if (old && object->count < old / 2)
        return 0;
    if (old > LIMIT_UNWIND_SLOTS / 2)
        return -1;
    struct unwind_object grown = *object;
    uint32_t size = old ? old * 2 : FIRST_SLOTS;
    grown.mask = size - 1;
    grown.slots = mem_zalloc(size, sizeof *grown.slots);
    if (!grown.slots)
        return -1;
    for (uint32_t i = 0; i < old; i++)
        if (object->slots[i].rule)
            *unwind_slot_find(&grown, object->slots[i].offset) = object->slots[i];
    mem_free(object->slots);
    *object = grown;
    return 0;
}

/* What it takes to make a rule. */
enum making { MADE, MAKING_SEEKS_TRAMPOLINES, MAKING_KEEPS_ROW };

/* The rule of an offset without CFI: a signal's trampoline is known by its bytes. */
static enum making make_bare(const struct unwind_object *object, uint64_t offset,
                             struct cfi_rule *rule)
{
    const struct trampolines *trampolines = &object->trampolines;
    if (!trampolines->sought)
        return MAKING_SEEKS_TRAMPOLINES;
    const struct trampoline *trampoline = trampolines_at(trampolines, offset);
    if (trampoline)
        *rule = (struct cfi_rule){
            .kind = CFI_RULE_TRAMPOLINE, .signal = true, .cfa_offset = trampoline->form};
    else if (trampolines_begin(trampolines, offset + 1))
        rule->kind = CFI_RULE_BEFORE;
    return MADE;
}

/* The rule of an offset, from the file's CFI; or the row that must be kept for it. */
static enum making make_rule(const struct unwind_object *object,
                             const struct unwind_machine *machine, uint64_t offset,
                             struct cfi_rule *rule, struct cfi_row *row)
{
    uint64_t address;
    *rule = (struct cfi_rule){.kind = CFI_RULE_NONE};
    if (!object->cfi || object->cfi->machine != machine->elf ||
        !cfi_address(object->cfi, offset, &address))
        return MADE;
    if (!cfi_find(object->cfi, address, row))
        return make_bare(object, offset, rule);
    return cfi_rule_make(machine, row, address, rule) ? MADE : MAKING_KEEPS_ROW;
}

bool unwind_table_rule(const struct unwind_table *table, const struct unwind_machine *machine,
                       struct unwind_point at, struct cfi_rule *ret_rule)
{
    struct cfi_row row;
    return at.object < table->count && table->objects[at.object].opened &&
           make_rule(&table->objects[at.object], machine, at.offset, ret_rule, &row) == MADE;
}

/* Keeps a row that no rule covers, and makes the rule that leads to it. Returns 0 or -1. */
static int object_keep(struct unwind_object *object, const struct cfi_row *row,
                       struct cfi_rule *rule)
{
    if (object->row_count >= INT32_MAX ||
        mem_grow(&object->rows, &object->row_capacity, object->row_count + 1, sizeof *row) < 0)
        return -1;
    *rule = (struct cfi_rule){
        .kind = CFI_RULE_ROW,
        .signal = row->signal,
        .kept_link = row->registers[row->return_register].how == CFI_IN_REGISTER,
        .cfa_offset = (int32_t)object->row_count,
    };
    object->rows[object->row_count++] = *row;
    return 0;
}

/* The rule of an offset, and all that it takes. Returns 0 or -1. */
static int object_rule(struct unwind_object *object, const struct unwind_machine *machine,
                       uint64_t offset, struct cfi_rule *rule)
{
    struct cfi_row row;
    enum making making = make_rule(object, machine, offset, rule, &row);
    if (making == MAKING_SEEKS_TRAMPOLINES) {
        if (trampolines_seek(&object->trampolines, object->cfi->mapped) < 0)
            return -1;
        making = make_bare(object, offset, rule);
    }
    return making == MAKING_KEEPS_ROW ? object_keep(object, &row, rule) : 0;
}

/* The number of a rule; 0 without memory. */
static uint32_t rules_number(struct unwind_rules *rules, const struct cfi_rule *rule)
{
    uint64_t hash = hash_bytes(rule, sizeof *rule); /* it has no padding */
    struct index_probe probe = index_probe(&rules->index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (memcmp(&rules->items[id], rule, sizeof *rule) == 0)
            return id;
    size_t id = rules->count ? rules->count : 1;
    if (id >= INDEX_NONE ||
        mem_grow(&rules->items, &rules->capacity, id + 1, sizeof *rules->items) < 0 ||
        index_add(&rules->index, hash, (uint32_t)id) < 0)
        return 0;
    rules->items[0] = (struct cfi_rule){.kind = CFI_RULE_FREE};
    rules->items[id] = *rule;
    rules->count = id + 1;
    return (uint32_t)id;
}

const struct unwind_slot *unwind_table_add(struct unwind_table *table, struct unwind_point at,
                                           const struct cfi_rule *rule)
{
    struct unwind_object *object = &table->objects[at.object];
    struct unwind_slot made = {.offset = at.offset};
    if (object_room(object) < 0 || !(made.rule = rules_number(&table->rules, rule)))
        return NULL;
    if (rule->kind == CFI_RULE_TRAMPOLINE) /* behind its end there is no name */
        at.offset = trampolines_at(&object->trampolines, at.offset)->offset;
    made.place = stacks_place(table->stacks, at.object / UNWIND_WIDTHS, at.offset);
    if (made.place == STACKS_FAILED)
        return NULL;
    struct unwind_slot *slot = unwind_slot_find(object, made.offset);
    *slot = made;
    object->count++;
    return slot;
}

const struct unwind_slot *unwind_table_learn(struct unwind_table *table,
                                             const struct unwind_machine *machine,
                                             struct unwind_point at)
{
    struct cfi_rule rule;
    struct unwind_object *object = table_object(table, at.object);
    if (!object || object_rule(object, machine, at.offset, &rule) < 0)
        return NULL;
    return unwind_table_add(table, at, &rule);
}

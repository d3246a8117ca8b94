/* SPDX-License-Identifier: MIT */
#include "resolve/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "resolve/loading.h"
#include "resolve/preparing.h"
#include "resolve/spelling.h"

static char *copy_or_null(const char *text)
{
    return text ? mem_copy_text(text, strlen(text)) : NULL;
}

static char *default_buildid_dir(void)
{
    const char *home = getenv("HOME");
    struct buffer path = {0};
    buffer_text(&path, home ? home : "");
    buffer_text(&path, "/.debug");
    char *copy = copy_or_null(buffer_string(&path));
    buffer_done(&path);
    return copy;
}

int names_init(struct names *names, struct objects *objects, const struct stacks *stacks,
               const struct resolve_options *options)
{
    *names = (struct names){
        .objects = objects,
        .stacks = stacks,
        .style = options->names,
        .addresses = options->addresses,
        .compat = options->perf_compat,
        .inlines = !options->no_inline,
        .lines = options->lines,
    };
    if (intern_init(&names->texts) < 0)
        return -1;
    names->symfs = copy_or_null(options->symfs);
    names->kallsyms = copy_or_null(options->kallsyms);
    names->vmlinux = copy_or_null(options->vmlinux);
    for (const char *const *path = options->symbols; path && *path; path++)
        if (stock_add(&names->stock, *path) < 0)
            return -1;
    names->buildid_dir =
        options->buildid_dir ? copy_or_null(options->buildid_dir) : default_buildid_dir();
    if ((options->symfs && !names->symfs) || (options->kallsyms && !names->kallsyms) ||
        (options->vmlinux && !names->vmlinux) || !names->buildid_dir)
        return -1;
    if (debuginfod_init(&names->debuginfod, options->debuginfod, options->debuginfod_seconds) < 0)
        return -1;
    names->debuginfod.progress = options->fetching;
    names->debuginfod.context = options->fetching_context;
    return dwarf_places_init(&names->dwarf, stacks, names->lines, !names->compat, names->symfs);
}

void names_done(struct names *names)
{
    expander_end(&names->expander);
    mem_free(names->symfs);
    mem_free(names->kallsyms);
    mem_free(names->vmlinux);
    mem_free(names->damaged_list);
    mem_free(names->foreign_list);
    buffer_done(&names->narrow_vdso);
    stock_done(&names->stock);
    debuginfod_done(&names->debuginfod);
    mem_free(names->buildid_dir);
    mem_free(names->entries);
    mem_free(names->made);
    mem_free(names->told);
    index_done(&names->told_index);
    mem_free(names->inlined);
    mem_free(names->frames);
    groups_done(&names->groups);
    dwarf_places_done(&names->dwarf);
    intern_done(&names->texts);
    buffer_done(&names->scratch);
    *names = (struct names){0};
}

static enum resolve_kind kind_of(enum object_kind kind)
{
    switch (kind) {
    case OBJECT_FILE:
    case OBJECT_VDSO: return RESOLVE_USER;
    case OBJECT_KERNEL:
    case OBJECT_PASSING:
    case OBJECT_MODULE: return RESOLVE_KERNEL;
    case OBJECT_JIT: return RESOLVE_JIT;
    default: return RESOLVE_UNKNOWN;
    }
}

/* The symbol of a module's place: of the kernel's list, unless that is of a time when something
 * else was loaded there; else of the module's file, whose symbols begin at its own start. */
static struct symbol *module_symbol(struct names *names, struct object *module, uint64_t address,
                                    struct symbols **ret_symbols)
{
    *ret_symbols = &names->objects->items[module->kernel].symbols;
    struct symbol *symbol = symbols_find(*ret_symbols, address);
    const char *name = intern_text(&names->objects->paths, module->path);
    if (symbol && strcmp((*ret_symbols)->names + symbol->module, name) == 0)
        return symbol;
    *ret_symbols = &module->symbols;
    return symbols_find(*ret_symbols, address - module->code_offset);
}

/* The symbol of a place, if its object has one there. */
static struct symbol *place_symbol(struct names *names, struct stacks_place place,
                                   struct symbols **ret_symbols)
{
    struct object *object = &names->objects->items[place.object];
    if (object->kind == OBJECT_MODULE)
        return module_symbol(names, object, place.offset, ret_symbols);
    *ret_symbols = &object->symbols;
    return symbols_find(*ret_symbols, place.offset);
}

/* The frame of a place's symbol, or of what stands for one. */
static int names_function(struct names *names, uint32_t place, struct name_frame *frame)
{
    struct stacks_place at = stacks_place_at(names->stacks, place);
    const struct object *object = &names->objects->items[at.object];
    struct symbols *symbols;
    struct symbol *symbol = place_symbol(names, at, &symbols);
    enum resolve_kind kind = kind_of(object->kind);
    *frame = (struct name_frame){.kind = (uint8_t)kind, .named = symbol != NULL};
    if (spell_object(names, at.object, symbols, symbol, &frame->object) < 0)
        return -1;
    return symbol ? spell_symbol(names, symbols, symbol, kind, &frame->name)
                  : spell_unnamed(names, object, frame->object, at.offset, &frame->name);
}

/* The number of a frame in `told`. */
static int names_tell(struct names *names, const struct name_frame *frame, uint32_t *ret)
{
    uint64_t hash = hash_pair((uint64_t)frame->name << 32 | frame->object,
                              (uint64_t)frame->kind << 1 | frame->named);
    struct index_probe probe = index_probe(&names->told_index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;) {
        const struct name_frame *other = &names->told[id];
        if (other->name == frame->name && other->object == frame->object &&
            other->kind == frame->kind && other->named == frame->named) {
            *ret = id;
            return 0;
        }
    }
    if (mem_grow(&names->told, &names->told_capacity, names->told_count + 1, sizeof *frame) < 0 ||
        index_add(&names->told_index, hash, (uint32_t)names->told_count) < 0)
        return -1;
    names->told[names->told_count] = *frame;
    *ret = (uint32_t)names->told_count++;
    return 0;
}

static int names_add(struct names *names, const struct name_frame *frame)
{
    if (mem_grow(&names->made, &names->made_capacity, names->made_count + 1, sizeof *names->made) <
            0 ||
        names_tell(names, frame, &names->made[names->made_count]) < 0)
        return -1;
    names->made_count++;
    return 0;
}

static int names_make(struct names *names, uint32_t place, struct name_entry *entry)
{
    uint32_t object = stacks_place_at(names->stacks, place).object, count;
    struct name_frame function;
    if (names_load(names, object) < 0 || names_expand(names, object) < 0 ||
        names_function(names, place, &function) < 0)
        return -1;
    const struct dwarf_frame *frames = dwarf_places_at(&names->dwarf, place, &count);
    uint32_t first = (uint32_t)names->made_count;
    for (uint32_t i = names->inlines ? 0 : count; i + 1 < count; i++) {
        struct name_frame inlined = {
            .object = function.object, .kind = RESOLVE_INLINED, .named = true};
        if (spell_inlined(names, frames[i].name, &inlined.name) < 0 ||
            spell_line(names, &frames[i], &inlined.name) < 0 || names_add(names, &inlined) < 0)
            return -1;
    }
    if (count) {
        const struct dwarf_frame *own = &frames[count - 1];
        /* A program without symbol table may have debug information all the same. */
        if (!function.named && own->name) {
            function.named = true;
            if (spell_inlined(names, own->name, &function.name) < 0)
                return -1;
        }
        if (spell_line(names, own, &function.name) < 0)
            return -1;
    }
    if (names_add(names, &function) < 0)
        return -1;
    *entry = (struct name_entry){.first = first, .count = (uint32_t)names->made_count - first};
    return 0;
}

static int names_room(struct names *names, uint32_t place)
{
    size_t old = names->capacity;
    if (place < names->count)
        return 0;
    if (mem_grow(&names->entries, &names->capacity, (size_t)place + 1, sizeof *names->entries) < 0)
        return -1;
    if (names->capacity > old)
        memset(names->entries + old, 0, (names->capacity - old) * sizeof *names->entries);
    names->count = (size_t)place + 1;
    return 0;
}

int names_frames(struct names *names, uint32_t place, const struct resolved_frame **ret)
{
    if (names_room(names, place) < 0)
        return -1;
    struct name_entry entry = names->entries[place];
    if (!entry.count) {
        if (names_make(names, place, &entry) < 0)
            return -1;
        names->entries[place] = entry;
    }
    if (mem_grow(&names->frames, &names->frame_capacity, entry.count, sizeof *names->frames) < 0)
        return -1;
    for (uint32_t i = 0; i < entry.count; i++) {
        uint32_t number = names->made[entry.first + i];
        const struct name_frame *frame = &names->told[number];
        names->frames[i] = (struct resolved_frame){
            .name = intern_text(&names->texts, frame->name),
            .object = intern_text(&names->texts, frame->object),
            .kind = frame->kind,
            .named = frame->named,
            .number = number,
        };
    }
    *ret = names->frames;
    return (int)entry.count;
}

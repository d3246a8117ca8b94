/* SPDX-License-Identifier: MIT */
#include "resolve/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "resolve/demangle.h"

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
    return 0;
}

void names_done(struct names *names)
{
    mem_free(names->symfs);
    mem_free(names->kallsyms);
    mem_free(names->vmlinux);
    stock_done(&names->stock);
    mem_free(names->buildid_dir);
    mem_free(names->entries);
    intern_done(&names->texts);
    buffer_done(&names->scratch);
    *names = (struct names){0};
}

static int names_text(struct names *names, const char *text, size_t length, uint32_t *ret)
{
    return intern_add(&names->texts, text, length, ret);
}

static int names_scratch(struct names *names, uint32_t *ret)
{
    if (names->scratch.failed)
        return -1;
    return names_text(names, names->scratch.data, names->scratch.size, ret);
}

static enum resolve_kind kind_of(enum object_kind kind)
{
    switch (kind) {
    case OBJECT_FILE:
    case OBJECT_VDSO: return RESOLVE_USER;
    case OBJECT_KERNEL:
    case OBJECT_MODULE: return RESOLVE_KERNEL;
    case OBJECT_JIT: return RESOLVE_JIT;
    default: return RESOLVE_UNKNOWN;
    }
}

/* Appends the demangled form of a name; that of an entry of a jump table keeps its ending. */
static bool names_demangle(struct names *names, const char *raw)
{
    static const char plt[] = "@plt";
    bool parameters = names->style == RESOLVE_NAMES_FULL;
    size_t length = strlen(raw), tail = sizeof plt - 1;
    if (length <= tail || strcmp(raw + length - tail, plt) != 0)
        return demangle(&names->scratch, raw, parameters);
    CLEANUP(mem_cleanup) char *name = mem_copy_text(raw, length - tail);
    if (!name || !demangle(&names->scratch, name, parameters))
        return false;
    buffer_text(&names->scratch, plt);
    return true;
}

/* The name of a symbol as shown, made once per symbol. */
static int names_symbol(struct names *names, struct symbols *symbols, struct symbol *symbol,
                        enum resolve_kind kind, uint32_t *ret)
{
    if (!symbol->shown) {
        const char *raw = symbols_name(symbols, symbol);
        buffer_clear(&names->scratch);
        bool mangled = kind == RESOLVE_USER && names->style != RESOLVE_NAMES_RAW;
        if (!mangled || !names_demangle(names, raw))
            buffer_text(&names->scratch, raw);
        if (names_scratch(names, &symbol->shown) < 0)
            return -1;
    }
    *ret = symbol->shown;
    return 0;
}

/* Objects that have no name of their own to lend. perf sees no object either where the kernel's
 * list has nothing. */
static bool is_nameless(const struct names *names, const struct object *object, size_t length)
{
    return object->kind == OBJECT_UNKNOWN || length == 0 ||
           (names->compat && object->kind == OBJECT_KERNEL && object->symbols.count);
}

/* What stands for the name of an address without symbol. */
static int names_unnamed(struct names *names, const struct object *object, const char *base,
                         size_t length, uint64_t offset, uint32_t *ret)
{
    buffer_clear(&names->scratch);
    if (object->kind == OBJECT_GUEST)
        buffer_text(&names->scratch, "[guest]");
    else if (is_nameless(names, object, length))
        buffer_text(&names->scratch, "[unknown]");
    else {
        bool bare = names->addresses || (base[0] == '[' && base[length - 1] == ']');
        buffer_text(&names->scratch, bare ? "" : "[");
        buffer_append(&names->scratch, base, length);
        buffer_text(&names->scratch, bare ? "" : "]");
        if (names->addresses)
            buffer_printf(&names->scratch, "+0x%llx", (unsigned long long)offset);
    }
    return names_scratch(names, ret);
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

static int names_make(struct names *names, uint32_t place, struct name_entry *entry)
{
    struct stacks_place at = stacks_place_at(names->stacks, place);
    if (names_load(names, at.object) < 0)
        return -1;
    const struct object *object = &names->objects->items[at.object];
    struct symbols *symbols;
    struct symbol *symbol = place_symbol(names, at, &symbols);
    size_t length;
    const char *base = objects_base(objects_path(names->objects, at.object), &length);
    if (symbol && symbol->module && object->kind == OBJECT_KERNEL) {
        base = symbols->names + symbol->module;
        length = strlen(base);
    }
    enum resolve_kind kind = kind_of(object->kind);
    *entry = (struct name_entry){.kind = (uint8_t)kind, .named = symbol != NULL};
    if (names_text(names, base, length, &entry->object) < 0)
        return -1;
    return symbol ? names_symbol(names, symbols, symbol, kind, &entry->name)
                  : names_unnamed(names, object, base, length, at.offset, &entry->name);
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

const struct resolved_frame *names_frame(struct names *names, uint32_t place)
{
    if (names_room(names, place) < 0)
        return NULL;
    struct name_entry *entry = &names->entries[place];
    struct name_entry made;
    if (!entry->name) {
        if (names_make(names, place, &made) < 0)
            return NULL;
        *entry = made;
    }
    names->frame = (struct resolved_frame){
        .name = intern_text(&names->texts, entry->name),
        .object = intern_text(&names->texts, entry->object),
        .kind = entry->kind,
        .named = entry->named,
    };
    return &names->frame;
}

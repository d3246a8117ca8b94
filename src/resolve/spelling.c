/* SPDX-License-Identifier: MIT */
#include "resolve/spelling.h"

#include <string.h>

#include "base/mem.h"
#include "resolve/demangle.h"

static int spell_text(struct names *names, const char *text, size_t length, uint32_t *ret)
{
    return intern_add(&names->texts, text, length, ret);
}

static int spell_scratch(struct names *names, uint32_t *ret)
{
    if (names->scratch.failed)
        return -1;
    return spell_text(names, names->scratch.data, names->scratch.size, ret);
}

/* perf knows one form of Java's names, LCLASS;METHOD(PARAMETERS)TYPE, and none of D's. */
static bool demangle_as_perf(struct buffer *to, const char *raw)
{
    return *raw == 'L' && strchr(raw, ')') && !strstr(raw, ";::") && demangle_java(to, raw, true);
}

/* Appends the demangled form of a name in a file. */
static bool spell_demangle_any(struct names *names, const char *raw)
{
    struct buffer *to = &names->scratch;
    bool parameters = names->style == RESOLVE_NAMES_FULL;
    return demangle(to, raw, parameters) || demangle_ocaml(to, raw) ||
           (names->compat ? demangle_as_perf(to, raw)
                          : demangle_java(to, raw, parameters) || demangle_d(to, raw, parameters));
}

/* The same; that of an entry of a jump table keeps its ending. */
static bool spell_demangle(struct names *names, const char *raw)
{
    static const char plt[] = "@plt";
    size_t length = strlen(raw), tail = sizeof plt - 1;
    if (length <= tail || strcmp(raw + length - tail, plt) != 0)
        return spell_demangle_any(names, raw);
    CLEANUP(mem_cleanup) char *name = mem_copy_text(raw, length - tail);
    if (!name || !spell_demangle_any(names, name))
        return false;
    buffer_text(&names->scratch, plt);
    return true;
}

/* The same of a name that a JIT compiler gave, which perf leaves alone. */
static bool spell_demangle_jit(struct names *names, const char *raw)
{
    return !names->compat &&
           demangle_java(&names->scratch, raw, names->style == RESOLVE_NAMES_FULL);
}

static int spell_any(struct names *names, const char *raw, enum resolve_kind kind, uint32_t *ret)
{
    buffer_clear(&names->scratch);
    bool mangled = names->style != RESOLVE_NAMES_RAW;
    if (!mangled || !(kind == RESOLVE_USER  ? spell_demangle(names, raw)
                      : kind == RESOLVE_JIT ? spell_demangle_jit(names, raw)
                                            : false))
        buffer_text(&names->scratch, raw);
    return spell_scratch(names, ret);
}

int spell_symbol(struct names *names, struct symbols *symbols, struct symbol *symbol,
                 enum resolve_kind kind, uint32_t *ret)
{
    if (!symbol->shown && spell_any(names, symbols_name(symbols, symbol), kind, &symbol->shown) < 0)
        return -1;
    *ret = symbol->shown;
    return 0;
}

int spell_inlined(struct names *names, uint32_t name, uint32_t *ret)
{
    size_t old = names->inlined_count, need = names->dwarf.texts.count;
    if (name == 0)
        return spell_text(names, "[unknown]", 9, ret);
    if (mem_grow(&names->inlined, &names->inlined_capacity, need, sizeof *names->inlined) < 0)
        return -1;
    if (need > old) {
        memset(names->inlined + old, 0, (need - old) * sizeof *names->inlined);
        names->inlined_count = need;
    }
    uint32_t *shown = &names->inlined[name];
    if (!*shown &&
        spell_any(names, intern_text(&names->dwarf.texts, name), RESOLVE_USER, shown) < 0)
        return -1;
    *ret = *shown;
    return 0;
}

/* Objects that have no name of their own to lend. perf sees no object either where the kernel's
 * list has nothing. */
static bool is_nameless(const struct names *names, const struct object *object, size_t length)
{
    return object->kind == OBJECT_UNKNOWN || length == 0 ||
           (names->compat && object->kind == OBJECT_KERNEL && object->symbols.offered);
}

int spell_object(struct names *names, uint32_t number, const struct symbols *symbols,
                 const struct symbol *symbol, uint32_t *ret)
{
    struct object *object = &names->objects->items[number];
    if (symbol && symbol->module && object->kind == OBJECT_KERNEL) {
        const char *module = symbols->names + symbol->module;
        return spell_text(names, module, strlen(module), ret);
    }
    size_t length;
    *ret = object->shown;
    if (object->shown)
        return 0;
    const char *base = objects_base(objects_path(names->objects, number), &length);
    if (object->kind == OBJECT_PASSING) {
        base = strncmp(base, "bpf_", 4) == 0 ? "[bpf]" : "[kernel.kallsyms]";
        length = strlen(base);
    }
    if (spell_text(names, base, length, &object->shown) < 0)
        return -1;
    *ret = object->shown;
    return 0;
}

int spell_unnamed(struct names *names, const struct object *object, uint32_t shown, uint64_t offset,
                  uint32_t *ret)
{
    const char *base = intern_text(&names->texts, shown);
    size_t length = intern_length(&names->texts, shown);
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
    return spell_scratch(names, ret);
}

int spell_line(struct names *names, const struct dwarf_frame *at, uint32_t *name)
{
    if (!names->lines || !at->file || !at->line)
        return 0;
    names->line_found = true;
    buffer_clear(&names->scratch);
    buffer_text(&names->scratch, intern_text(&names->texts, *name));
    buffer_printf(&names->scratch, " (%s:%u)", intern_text(&names->dwarf.texts, at->file),
                  (unsigned)at->line);
    return spell_scratch(names, name);
}

/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/name.h"

#include <dwarf.h>
#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "resolve/demangle.h"
#include "resolve/leb128.h"

void dwarf_names_done(struct dwarf_names *names)
{
    mem_free(names->items);
    index_done(&names->index);
    dwarf_scopes_done(&names->scopes);
    buffer_done(&names->whole);
    buffer_done(&names->part);
    *names = (struct dwarf_names){0};
}

/* What an entry says of its name, and where more is said. */
struct name_entry_values {
    struct dwarf_value linkage, name, origin;
    uint64_t line, column; /* of its declaration */
    bool external;         /* other files may call it */
};

static bool entry_read(const struct dwarf_unit *unit, uint64_t entry, uint64_t room,
                       struct name_entry_values *values)
{
    uint64_t left = unit->head.end - entry;
    struct cursor c = dwarf_file_cursor(unit->file, DWARF_INFO, entry, room < left ? room : left);
    const struct dwarf_abbrev *abbrev = dwarf_abbrev_find(unit->abbrevs, leb128_unsigned(&c));
    *values = (struct name_entry_values){0};
    if (c.failed || !abbrev)
        return false;
    for (unsigned i = 0; i < abbrev->attribute_count; i++) {
        const struct dwarf_attribute *attribute =
            &unit->abbrevs->attributes[abbrev->first_attribute + i];
        struct dwarf_value value =
            dwarf_form_read(&c, attribute->form, attribute->constant, unit->head.sizes);
        switch (attribute->name) {
        case DW_AT_linkage_name:
        case DW_AT_MIPS_linkage_name: values->linkage = value; break;
        case DW_AT_name: values->name = value; break;
        case DW_AT_abstract_origin:
        case DW_AT_specification: values->origin = value; break;
        case DW_AT_decl_line: values->line = value.number; break;
        case DW_AT_decl_column: values->column = value.number; break;
        case DW_AT_external: values->external = value.number != 0; break;
        default: break;
        }
    }
    *unit->cost += 16 + abbrev->attribute_count;
    return !c.failed;
}

/* The unit in which an entry is, if it is not `unit`. Returns 1, 0, or -1 without memory. */
static int name_unit(struct dwarf_unit *unit, struct dwarf_file *file, uint64_t entry)
{
    if (file == unit->file && entry >= unit->head.entries && entry < unit->head.end) {
        /* Those of other units may have taken its place. */
        unit->abbrevs = dwarf_file_abbrevs(file, unit->head.abbrev + unit->parts.abbrev,
                                           unit->head.sizes, unit->cost);
        return unit->abbrevs ? 1 : -1;
    }
    if (unit->split || dwarf_file_heads(file) < 0) /* split units refer to themselves */
        return unit->split ? 0 : -1;
    const struct dwarf_head *head = dwarf_file_head(file, entry);
    return head ? dwarf_unit_open(unit, file, head, NULL, NULL, unit->symfs, unit->cost) : 0;
}

/* The entry that has the name, or the one begun at if none has. */
struct name_found {
    struct dwarf_file *file;
    uint64_t entry;
    const char *text; /* NULL: none */
    bool linkage;     /* it is the linker's */
    struct name_entry_values values;
};

/* Follows the references from an entry to a name. */
static int name_search(struct dwarf_unit *unit, struct dwarf_file *file, uint64_t entry,
                       struct name_found *ret_found)
{
    *ret_found = (struct name_found){.file = file, .entry = entry};
    for (int i = 0; i < LIMIT_DEBUG_REFERENCES; i++) {
        struct name_entry_values values;
        int r = name_unit(unit, file, entry);
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        if (!entry_read(unit, entry, 512, &values) && !entry_read(unit, entry, UINT64_MAX, &values))
            break;
        const char *linkage = dwarf_unit_text(unit, values.linkage);
        if (linkage && *linkage) {
            ret_found->text = linkage;
            ret_found->linkage = true;
            break;
        }
        const char *name = dwarf_unit_text(unit, values.name);
        if (name && *name)
            *ret_found = (struct name_found){file, entry, name, false, values};
        else if (i == 0)
            ret_found->values = values;
        if (!dwarf_unit_reference(unit, values.origin, &file, &entry))
            break;
    }
    return 0;
}

static bool is_class(uint16_t tag)
{
    return tag == DW_TAG_class_type || tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

static bool is_of_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* How the demangler writes what gcc has written at `text`, so many bytes; NULL: likewise. */
static const char *as_demangled(const char *text, size_t *ret_length)
{
    static const char *const types[][2] = {
        {"long long unsigned int", "unsigned long long"},
        {"long unsigned int", "unsigned long"},
        {"short unsigned int", "unsigned short"},
        {"long long int", "long long"},
        {"long int", "long"},
        {"short int", "short"},
        {"<unnamed>", "(anonymous namespace)"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t length = strlen(types[i][0]);
        *ret_length = length;
        if (strncmp(text, types[i][0], length) == 0 && !is_of_word(text[length]))
            return types[i][1];
    }
    return NULL;
}

/* Appends a name; gcc has put the arguments of templates into it. */
static void append_as_demangled(struct buffer *to, const char *text)
{
    char before = 0;
    while (*text) {
        size_t length;
        const char *type = is_of_word(before) ? NULL : as_demangled(text, &length);
        if (type)
            buffer_text(to, type);
        else
            buffer_append(to, text, length = 1);
        before = text[length - 1];
        text += length;
    }
}

/* What a scope is called goes to `part`. A lambda is of a class without a name, which the compiler
 * numbers among its like; DWARF does not tell that number, but where it stands. */
static void names_part(struct dwarf_names *names, const struct name_found *scope, uint16_t tag)
{
    struct buffer *part = &names->part;
    bool called = names->whole.size >= 10 && memcmp(names->whole.data, "operator()", 10) == 0;
    buffer_clear(part);
    if (scope->linkage && demangle(part, scope->text, true))
        return;
    if (scope->text)
        append_as_demangled(part, scope->text);
    else if (tag == DW_TAG_namespace)
        buffer_text(part, "(anonymous namespace)");
    else if (is_class(tag) && scope->values.line)
        buffer_printf(part, "{%s at %" PRIu64 ":%" PRIu64 "}", called ? "lambda" : "unnamed type",
                      scope->values.line, scope->values.column);
}

/* Puts `part` in front of `whole`. */
static int names_prepend(struct dwarf_names *names, uint64_t *cost)
{
    struct buffer *part = &names->part, whole = names->whole;
    if (part->size == 0)
        return part->failed ? -1 : 0;
    buffer_text(part, "::");
    buffer_append(part, whole.data, whole.size);
    *cost += part->size;
    names->whole = *part;
    *part = whole;
    return names->whole.failed ? -1 : 0;
}

/* Prepends what is around an entry. Returns 1 if another one, then in *at, has to be asked for the
 * rest, as the declaration of a function that is defined elsewhere; 0 at the end, or -1. */
static int names_around(struct dwarf_names *names, const struct dwarf_unit *unit,
                        struct name_found *at)
{
    const struct dwarf_scopes *scopes = &names->scopes;
    uint32_t next;
    if (dwarf_scopes_find(&names->scopes, unit, at->entry, names->budget, &next) < 0)
        return -1;
    /* C's, which stands in a namespace and is not of it. */
    if (at->values.external && (next == DWARF_SCOPE_NONE || !is_class(scopes->items[next].tag)))
        return 0;
    while (next != DWARF_SCOPE_NONE && names->whole.size < LIMIT_NAME_BYTES &&
           *unit->cost < names->budget) {
        const struct dwarf_scope *scope = &scopes->items[next];
        struct dwarf_unit own = *unit;
        struct name_found found;
        next = scope->around;
        if (!is_class(scope->tag) && scope->tag != DW_TAG_namespace &&
            scope->tag != DW_TAG_subprogram)
            continue;
        if (name_search(&own, unit->file, scope->entry, &found) < 0)
            return -1;
        names_part(names, &found, scope->tag);
        if (names_prepend(names, unit->cost) < 0)
            return -1;
        if (found.linkage)
            return 0;
        if (found.entry != scope->entry || found.file != unit->file) {
            *at = found;
            return 1;
        }
    }
    return 0;
}

static bool is_cplusplus(uint16_t language)
{
    switch (language) {
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
    case 0x2b: /* DW_LANG_C_plus_plus_17 and _20, which elfutils 0.188 has not */
    case 0x2c: return true;
    default: return false;
    }
}

/* Puts the name of an entry together, in `whole`. Returns 1, 0 if it stays as it is, or -1. */
static int names_scope(struct dwarf_names *names, const struct dwarf_unit *from,
                       const struct name_found *found)
{
    struct dwarf_unit unit = *from;
    struct name_found at = *found;
    int r = 1;
    if (!names->scoped || !at.text || at.linkage)
        return 0;
    buffer_clear(&names->whole);
    append_as_demangled(&names->whole, at.text);
    for (int i = 0; r > 0 && i < LIMIT_DEBUG_REFERENCES; i++) {
        r = name_unit(&unit, at.file, at.entry);
        if (r > 0 && !is_cplusplus(unit.language ? unit.language : from->language))
            return 0;
        if (r > 0)
            r = names_around(names, &unit, &at);
    }
    if (r < 0 || names->whole.failed)
        return -1;
    return names->whole.size < LIMIT_NAME_BYTES && *from->cost < names->budget;
}

int dwarf_names_find(struct dwarf_names *names, const struct dwarf_unit *unit, uint32_t owner,
                     struct dwarf_file *file, uint64_t entry, uint32_t *ret_name)
{
    uint64_t hash = hash_pair(owner, entry);
    struct index_probe probe = index_probe(&names->index, hash);
    for (uint32_t i; (i = index_next(&probe)) != INDEX_NONE;) {
        if (names->items[i].entry == entry && names->items[i].owner == owner) {
            *ret_name = names->items[i].name;
            return 0;
        }
    }
    struct dwarf_named named = {.entry = entry, .owner = owner};
    struct dwarf_unit at = *unit;
    struct name_found found;
    if (name_search(&at, file, entry, &found) < 0)
        return -1;
    int r = names_scope(names, unit, &found);
    if (r < 0)
        return -1;
    const char *text = r ? buffer_string(&names->whole) : found.text;
    size_t length = text ? strlen(text) : 0;
    *unit->cost += length;
    if ((text && intern_add(names->texts, text, length, &named.name) < 0) ||
        mem_grow(&names->items, &names->capacity, names->count + 1, sizeof named) < 0 ||
        index_add(&names->index, hash, (uint32_t)names->count) < 0)
        return -1;
    names->items[names->count++] = named;
    *ret_name = named.name;
    return 0;
}

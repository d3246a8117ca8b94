/* SPDX-License-Identifier: MIT */
#include "resolve/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
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
    return dwarf_places_init(&names->dwarf, stacks, names->lines, names->symfs);
}

void names_done(struct names *names)
{
    expander_end(&names->expander);
    mem_free(names->symfs);
    mem_free(names->kallsyms);
    mem_free(names->vmlinux);
    mem_free(names->damaged_list);
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
    case OBJECT_PASSING:
    case OBJECT_MODULE: return RESOLVE_KERNEL;
    case OBJECT_JIT: return RESOLVE_JIT;
    default: return RESOLVE_UNKNOWN;
    }
}

/* perf knows one form of Java's names, LCLASS;METHOD(PARAMETERS)TYPE, and none of D's. */
static bool demangle_as_perf(struct buffer *to, const char *raw)
{
    return *raw == 'L' && strchr(raw, ')') && !strstr(raw, ";::") && demangle_java(to, raw, true);
}

/* Appends the demangled form of a name in a file. */
static bool names_demangle_any(struct names *names, const char *raw)
{
    struct buffer *to = &names->scratch;
    bool parameters = names->style == RESOLVE_NAMES_FULL;
    return demangle(to, raw, parameters) || demangle_ocaml(to, raw) ||
           (names->compat ? demangle_as_perf(to, raw)
                          : demangle_java(to, raw, parameters) || demangle_d(to, raw, parameters));
}

/* The same; that of an entry of a jump table keeps its ending. */
static bool names_demangle(struct names *names, const char *raw)
{
    static const char plt[] = "@plt";
    size_t length = strlen(raw), tail = sizeof plt - 1;
    if (length <= tail || strcmp(raw + length - tail, plt) != 0)
        return names_demangle_any(names, raw);
    CLEANUP(mem_cleanup) char *name = mem_copy_text(raw, length - tail);
    if (!name || !names_demangle_any(names, name))
        return false;
    buffer_text(&names->scratch, plt);
    return true;
}

/* The same of a name that a JIT compiler gave, which perf leaves alone. */
static bool names_demangle_jit(struct names *names, const char *raw)
{
    return !names->compat &&
           demangle_java(&names->scratch, raw, names->style == RESOLVE_NAMES_FULL);
}

static int names_show(struct names *names, const char *raw, enum resolve_kind kind, uint32_t *ret)
{
    buffer_clear(&names->scratch);
    bool mangled = names->style != RESOLVE_NAMES_RAW;
    if (!mangled || !(kind == RESOLVE_USER  ? names_demangle(names, raw)
                      : kind == RESOLVE_JIT ? names_demangle_jit(names, raw)
                                            : false))
        buffer_text(&names->scratch, raw);
    return names_scratch(names, ret);
}

/* The name of a symbol as shown, made once per symbol. */
static int names_symbol(struct names *names, struct symbols *symbols, struct symbol *symbol,
                        enum resolve_kind kind, uint32_t *ret)
{
    if (!symbol->shown &&
        names_show(names, symbols_name(symbols, symbol), kind, &symbol->shown) < 0)
        return -1;
    *ret = symbol->shown;
    return 0;
}

/* The same for a function of the debug information. */
static int names_inlined(struct names *names, uint32_t name, uint32_t *ret)
{
    size_t old = names->inlined_count, need = names->dwarf.texts.count;
    if (name == 0)
        return names_text(names, "[unknown]", 9, ret);
    if (mem_grow(&names->inlined, &names->inlined_capacity, need, sizeof *names->inlined) < 0)
        return -1;
    if (need > old) {
        memset(names->inlined + old, 0, (need - old) * sizeof *names->inlined);
        names->inlined_count = need;
    }
    uint32_t *shown = &names->inlined[name];
    if (!*shown &&
        names_show(names, intern_text(&names->dwarf.texts, name), RESOLVE_USER, shown) < 0)
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

/* The name of an object, made once; a kernel's symbol may be of a module. */
static int names_object(struct names *names, uint32_t number, const struct symbols *symbols,
                        const struct symbol *symbol, uint32_t *ret)
{
    struct object *object = &names->objects->items[number];
    if (symbol && symbol->module && object->kind == OBJECT_KERNEL) {
        const char *module = symbols->names + symbol->module;
        return names_text(names, module, strlen(module), ret);
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
    if (names_text(names, base, length, &object->shown) < 0)
        return -1;
    *ret = object->shown;
    return 0;
}

/* What stands for the name of an address without symbol in an object that is shown by this name. */
static int names_unnamed(struct names *names, const struct object *object, uint32_t shown,
                         uint64_t offset, uint32_t *ret)
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

/* The frame of a place's symbol, or of what stands for one. */
static int names_function(struct names *names, uint32_t place, struct name_frame *frame)
{
    struct stacks_place at = stacks_place_at(names->stacks, place);
    const struct object *object = &names->objects->items[at.object];
    struct symbols *symbols;
    struct symbol *symbol = place_symbol(names, at, &symbols);
    enum resolve_kind kind = kind_of(object->kind);
    *frame = (struct name_frame){.kind = (uint8_t)kind, .named = symbol != NULL};
    if (names_object(names, at.object, symbols, symbol, &frame->object) < 0)
        return -1;
    return symbol ? names_symbol(names, symbols, symbol, kind, &frame->name)
                  : names_unnamed(names, object, frame->object, at.offset, &frame->name);
}

/* Adds " (file:line)" to a name. */
static int names_line(struct names *names, const struct dwarf_frame *at, uint32_t *name)
{
    if (!names->lines || !at->file || !at->line)
        return 0;
    names->line_found = true;
    buffer_clear(&names->scratch);
    buffer_text(&names->scratch, intern_text(&names->texts, *name));
    buffer_printf(&names->scratch, " (%s:%u)", intern_text(&names->dwarf.texts, at->file),
                  (unsigned)at->line);
    return names_scratch(names, name);
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

/* So few places, in so little debug information, are asked while a thread begins; and all that
 * threads share becomes dearer by a twentieth as soon as there are two. */
#define SOON_PLACES 4096u
#define SOON_BYTES  (4u << 20)

/* Begins threads if it takes long to ask for an object's places, unless there are any; opens what
 * is asked. Returns 0, or -1 without memory. */
static int names_weigh(struct names *names, struct dwarf_files *files, size_t place_count)
{
    CLEANUP(dwarf_file_cleanup) struct dwarf_file *file = NULL;
    if (names->expander.thread_count || !names->threads)
        return 0;
    if (dwarf_frames_open(&file, files->program, files->debug, names->symfs) < 0)
        return -1;
    if (file && (place_count > SOON_PLACES || file->sections[DWARF_INFO].size > SOON_BYTES))
        (void)names_employ(names, names->threads);
    if (!names->expander.thread_count)
        files->open = MEM_TAKE(file);
    return 0;
}

/* Asks for the inlined functions of an object's places, those that came since the last time. */
static int names_expand(struct names *names, uint32_t number)
{
    struct object *object = &names->objects->items[number];
    uint32_t count = stacks_place_count(names->stacks), from = object->expanded;
    if ((!names->inlines && !names->lines) || !object->program || from == count)
        return 0;
    const struct intern *paths = &names->objects->paths;
    object->expanded = count;
    size_t place_count;
    const uint32_t *places = groups_of(&names->groups, number, &place_count);
    while (place_count && *places < from) { /* those were asked already */
        places++;
        place_count--;
    }
    buffer_clear(&names->scratch);
    buffer_printf(&names->scratch, "%s%s", names->symfs ? names->symfs : "",
                  intern_text(paths, object->file));
    struct dwarf_files files = {
        .program = intern_text(paths, object->program),
        .debug = object->debug ? intern_text(paths, object->debug) : NULL,
        .recorded = buffer_string(&names->scratch),
        .code_offset = object->code_offset,
        .go = !names->compat,
    };
    if (names_weigh(names, &files, place_count) < 0)
        return -1;
    if (names->expander.thread_count)
        return expander_give(&names->expander, number, places, place_count, &files);
    CLEANUP(dwarf_found_done) struct dwarf_found found = {0};
    return dwarf_places_find(&names->dwarf, places, place_count, &files, &found) < 0 ||
                   dwarf_places_take(&names->dwarf, &found) < 0
               ? -1
               : 0;
}

bool names_employ(struct names *names, unsigned threads)
{
    /* Where servers may be asked, each in a child process, no other thread is begun. */
    if (!names->expander.thread_count && threads > 1 && (names->inlines || names->lines) &&
        !names->debuginfod.urls)
        expander_begin(&names->expander, &names->dwarf, threads - 1);
    return names->expander.thread_count;
}

struct asked_object {
    uint32_t number;
    size_t places;
};

static int asked_compare(const void *left, const void *right)
{
    const struct asked_object *a = left, *b = right;
    if (a->places != b->places)
        return a->places < b->places ? 1 : -1;
    return a->number < b->number ? -1 : 1;
}

/* Those with most places come first: they take longest, and matter most to whoever must wait for a
 * server. */
int names_prepare(struct names *names, unsigned threads, bool brief)
{
    size_t count = names->objects->count, asked = 0;
    CLEANUP(mem_cleanup) struct asked_object *objects = mem_zalloc(count, sizeof *objects);
    if (!objects || groups_update(&names->groups, names->stacks) < 0)
        return -1;
    for (uint32_t number = 0; number < count; number++) {
        groups_of(&names->groups, number, &objects[asked].places);
        objects[asked].number = number;
        const struct object *object = &names->objects->items[number];
        if (objects[asked].places && object->kind == OBJECT_KERNEL)
            brief = brief && names_kernel_is_kept(names, object);
        asked += objects[asked].places != 0;
    }
    if (asked)
        qsort(objects, asked, sizeof *objects, asked_compare);
    names->threads = brief ? threads : 0;
    if (!brief)
        names_employ(names, threads);
    expander_hurry(&names->expander);
    for (size_t i = 0; i < asked; i++)
        if (names_expand(names, objects[i].number) < 0) /* of which the files are known */
            return -1;
    for (size_t i = 0; i < asked; i++)
        if (names_load(names, objects[i].number) < 0 || names_expand(names, objects[i].number) < 0)
            return -1;
    names->threads = 0;
    return expander_end(&names->expander);
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
        if (names_inlined(names, frames[i].name, &inlined.name) < 0 ||
            names_line(names, &frames[i], &inlined.name) < 0 || names_add(names, &inlined) < 0)
            return -1;
    }
    if (count) {
        const struct dwarf_frame *own = &frames[count - 1];
        /* A program without symbol table may have debug information all the same. */
        if (!function.named && own->name) {
            function.named = true;
            if (names_inlined(names, own->name, &function.name) < 0)
                return -1;
        }
        if (names_line(names, own, &function.name) < 0)
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

/* SPDX-License-Identifier: MIT */
#include "resolve/loading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/source.h"
#include "resolve/jit/perfmap.h"
#include "resolve/kernel.h"
#include "resolve/vdso.h"

int names_note_files(struct names *names, struct object *object, const struct files *files)
{
    struct intern *paths = &names->objects->paths;
    const char *mapped = files->mapped ? elf_file_path(files->mapped) : NULL;
    const char *named = files->named ? elf_file_path(files->named) : NULL;
    if (named && intern_add(paths, named, strlen(named), &object->debug) < 0)
        return -1;
    object->program = object->debug;
    return mapped ? intern_add(paths, mapped, strlen(mapped), &object->program) : 0;
}

static int file_load(struct names *names, uint32_t number)
{
    CLEANUP(files_done) struct files files = {0};
    struct object *object = &names->objects->items[number];
    if (files_open(&files, names, number) < 0)
        return -1;
    object->trouble = files.trouble;
    struct elf_file *named = files.named ? files.named : files.mapped;
    if (!named)
        return 0;
    bool rich = false;
    if (names_note_files(names, object, &files) < 0)
        return -1;
    int r = elf_file_symbols(named, files.mapped ? files.mapped : named,
                             names->compat ? ELF_PERFS_TABLES : ELF_ALL_TABLES, &object->symbols,
                             &rich);
    object->trouble = rich ? TROUBLE_NONE : TROUBLE_STRIPPED;
    return r;
}

static int vdso_load(struct names *names, uint32_t number)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    struct object *object = &names->objects->items[number];
    bool rich = false;
    if (vdso_open(names, number, &file) < 0)
        return -1;
    object->trouble = file                    ? TROUBLE_NONE
                      : object->build_id.size ? TROUBLE_NOT_FOUND
                                              : TROUBLE_NO_FILE;
    return file ? elf_file_symbols(file, file, ELF_ALL_TABLES, &object->symbols, &rich) : 0;
}

/* Code of the kernel that came and went: its name is all that is known. */
static int passing_load(struct object *object, const char *name)
{
    struct symbol symbol = {.end = UINT64_MAX, .binding = SYMBOL_GLOBAL};
    if (symbols_text(&object->symbols, name, strlen(name), &symbol.name) < 0 ||
        symbols_add(&object->symbols, &symbol) < 0)
        return -1;
    return symbols_finish(&object->symbols);
}

/* JIT code */

/* The number that a process has in its own container, which is the last of "NStgid:"; 0 if it does
 * not run, or in none. Returns 0, or -1 without memory. */
static int jit_inner_pid(uint32_t pid, uint32_t *ret_pid)
{
    CLEANUP(mem_cleanup) char *text = NULL;
    char path[64];
    size_t size;
    *ret_pid = 0;
    snprintf(path, sizeof path, "/proc/%u/status", pid);
    if (source_read_text_if_any(path, &text, &size) < 0)
        return -1;
    const char *line = text ? strstr(text, "\nNStgid:") : NULL;
    unsigned long number = 0, count = 0;
    for (char *at = line ? strchr(line, '\t') : NULL, *next; at && *at == '\t'; at = next, count++)
        number = strtoul(at + 1, &next, 10);
    *ret_pid = count > 1 ? (uint32_t)number : 0;
    return 0;
}

/* Where a JIT compiler's list is: as the process sees /tmp, and under the number it knows itself
 * by, if it runs in a container. */
static int jit_path(struct names *names, const struct object *object, const char *path)
{
    uint32_t inner = 0;
    buffer_clear(&names->scratch);
    if (!names->symfs && jit_inner_pid(object->pid, &inner) < 0)
        return -1;
    if (inner)
        buffer_printf(&names->scratch, "/proc/%u/root/tmp/perf-%u.map", object->pid, inner);
    else
        buffer_printf(&names->scratch, "%s%s", names->symfs ? names->symfs : "", path);
    return names->scratch.failed ? -1 : 0;
}

/* Numbers of processes come again, and a map that was written last before its process began is of
 * another. */
static bool jit_is_old(const char *path, int64_t began)
{
    struct stat st;
    return began && stat(path, &st) == 0 && st.st_mtime < began;
}

/* Reads the list that a process has left; *ret_trouble says why there is none (NULL in
 * ret_map->text). Returns 0, or -1 without memory. */
static int jit_read(struct names *names, const struct object *object, struct perfmap *ret_map,
                    enum trouble *ret_trouble)
{
    CLEANUP(mem_cleanup) char *text = NULL;
    *ret_trouble = TROUBLE_NO_MAP;
    if (jit_path(names, object, intern_text(&names->objects->paths, object->path)) < 0)
        return -1;
    const char *path = buffer_string(&names->scratch);
    if (source_read_text_if_any(path, &text, &ret_map->size) < 0)
        return -1;
    if (!text && access(path, R_OK) < 0 && errno == EACCES)
        *ret_trouble = TROUBLE_PERMISSION;
    if (!text)
        return 0;
    *ret_trouble = TROUBLE_OLD_MAP;
    if (!names->symfs && jit_is_old(path, object->began))
        return 0;
    *ret_trouble = TROUBLE_NONE;
    ret_map->text = MEM_TAKE(text);
    return 0;
}

/* How many lists tell of one code at most: that of its process, and those of the processes from
 * which that was forked, one after the other. */
#define JIT_LISTS 8

struct jit_lists {
    struct perfmap maps[JIT_LISTS]; /* the process's own is the last; texts NULL: none */
};

static void jit_lists_done(struct jit_lists *lists)
{
    for (size_t i = 0; i < JIT_LISTS; i++)
        mem_free(lists->maps[i].text);
}

/* What a process was forked with, its parent's list tells; what it compiled since, its own. */
static int jit_load(struct names *names, uint32_t number)
{
    CLEANUP(jit_lists_done) struct jit_lists lists = {0};
    struct object *object = &names->objects->items[number];
    bool found = false;
    if (!names->symfs && !object->local) {
        object->trouble = object->hostless ? TROUBLE_HOSTLESS : TROUBLE_ELSEWHERE;
        return 0;
    }
    uint32_t owner = number;
    for (size_t i = JIT_LISTS; owner && i-- > 0; owner = names->objects->items[owner].parent) {
        enum trouble trouble;
        if (jit_read(names, &names->objects->items[owner], &lists.maps[i], &trouble) < 0)
            return -1;
        if (owner == number)
            object->trouble = trouble;
        found |= lists.maps[i].text != NULL;
    }
    if (!found)
        return 0;
    object->trouble = TROUBLE_NONE;
    return perfmap_read(&object->symbols, lists.maps, JIT_LISTS);
}

/* What will be asked for */

struct wants {
    uint64_t *items;
    size_t count, capacity;
};

static void wants_done(struct wants *wants)
{
    mem_free(wants->items);
}

/* Appends the addresses at which the symbols of an object's places are looked for. */
static int wants_add(const struct names *names, uint32_t number, uint64_t moved,
                     struct wants *wants)
{
    size_t count;
    const uint32_t *places = groups_of(&names->groups, number, &count);
    if (mem_grow(&wants->items, &wants->capacity, wants->count + count, sizeof *wants->items) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        wants->items[wants->count++] = stacks_place_at(names->stacks, places[i]).offset - moved;
    return 0;
}

/* Tells an object's table which addresses will be asked for. The kernel's list names modules as
 * well; a module's own symbols begin where it was loaded. */
static int names_want(struct names *names, uint32_t number)
{
    CLEANUP(wants_done) struct wants wants = {0};
    struct object *object = &names->objects->items[number];
    if (wants_add(names, number, object->kind == OBJECT_MODULE ? object->code_offset : 0, &wants) <
        0)
        return -1;
    for (uint32_t i = 0; object->kind == OBJECT_KERNEL && i < names->objects->count; i++) {
        const struct object *module = &names->objects->items[i];
        if (module->kind == OBJECT_MODULE && module->kernel == number &&
            wants_add(names, i, 0, &wants) < 0)
            return -1;
    }
    symbols_done(&object->symbols);
    return symbols_want(&object->symbols, wants.items, wants.count);
}

/* What a server has of a kernel is to be the last that is fetched. */
static int kernel_load(struct names *names, struct object *kernel)
{
    int r = names_load_kernel(names, kernel);
    if (r <= 0)
        return r;
    for (uint32_t i = 0; i < names->objects->count; i++) {
        size_t places = 0;
        if (names->objects->items[i].kind == OBJECT_FILE)
            groups_of(&names->groups, i, &places);
        if (places && names_load(names, i) < 0)
            return -1;
    }
    return names_fetch_kernel(names, kernel);
}

static int module_load(struct names *names, uint32_t number)
{
    if (names_load(names, names->objects->items[number].kernel) < 0)
        return -1;
    return names_load_module(names, number);
}

static int loading_run(struct names *names, uint32_t number)
{
    struct object *object = &names->objects->items[number];
    CLEANUP(mem_cleanup)
    char *path = mem_copy_text(objects_path(names->objects, number),
                               strlen(objects_path(names->objects, number)));
    if (!path)
        return -1;
    switch (object->kind) {
    case OBJECT_KERNEL: return kernel_load(names, object);
    case OBJECT_MODULE: return module_load(names, number);
    case OBJECT_PASSING: return passing_load(object, path);
    case OBJECT_FILE: return file_load(names, number);
    case OBJECT_VDSO: return vdso_load(names, number);
    case OBJECT_JIT: return jit_load(names, number);
    default: return 0;
    }
}

int names_load(struct names *names, uint32_t number)
{
    struct object *object = &names->objects->items[number];
    uint32_t count = stacks_place_count(names->stacks);
    if (object->loaded && object->loaded_for >= count)
        return 0;
    object->loaded = true;
    object->loaded_for = count;
    if (groups_update(&names->groups, names->stacks) < 0 || names_want(names, number) < 0)
        return -1;
    return loading_run(names, number);
}

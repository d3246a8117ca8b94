/* SPDX-License-Identifier: MIT */
#include "resolve/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#include "base/mem.h"

static const char kernel_path[] = "[kernel.kallsyms]";

static bool starts(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool text_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool recording_is_local(const struct perf_session *session)
{
    const struct perf_facts *facts = perf_session_facts(session);
    struct utsname here;
    return uname(&here) == 0 && text_same(facts->hostname, here.nodename) &&
           text_same(facts->os_release, here.release) && text_same(facts->arch, here.machine);
}

static int id_compare(const void *left, const void *right)
{
    const struct recording_id *a = left, *b = right;
    return strcmp(a->path, b->path);
}

static bool is_kernel_id(const struct perf_build_id *id)
{
    return (id->cpumode & PERF_MISC_CPUMODE) == PERF_CPUMODE_KERNEL &&
           (starts(id->path, "[kernel") || strstr(id->path, "vmlinux"));
}

/* Copies the header's table, sorted, each path once. */
static int recording_ids(struct recording *recording, const struct perf_session *session)
{
    uint32_t count;
    const struct perf_build_id *ids = perf_session_build_ids(session, &count);
    mem_free(recording->ids);
    recording->id_count = 0;
    recording->told = count;
    recording->ids = mem_zalloc(count, sizeof *recording->ids);
    if (!recording->ids)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        struct build_id id = build_id_of(ids[i].bytes, ids[i].size);
        recording->ids[i] = (struct recording_id){.path = ids[i].path, .id = id};
        if (is_kernel_id(&ids[i]) && !recording->kernel_id.size)
            recording->kernel_id = id;
    }
    if (count)
        qsort(recording->ids, count, sizeof *recording->ids, id_compare);
    for (uint32_t i = 0; i < count; i++) {
        struct recording_id *id = &recording->ids[i];
        struct recording_id *last =
            recording->id_count ? &recording->ids[recording->id_count - 1] : NULL;
        if (last && strcmp(last->path, id->path) == 0)
            last->ambiguous |= !build_id_equal(&last->id, &id->id);
        else
            recording->ids[recording->id_count++] = *id;
    }
    return 0;
}

int recording_begin(struct recording *recording, struct spaces *spaces,
                    const struct perf_session *session, int64_t recorded_until)
{
    const struct perf_facts *facts = perf_session_facts(session);
    struct recording next = {
        .objects = recording->objects,
        .compat = recording->compat,
        .number = recording->number + 1,
        .local = recording_is_local(session),
        .hostless = !facts->hostname,
        .wide = facts->arch && strstr(facts->arch, "64"),
        .recorded_until = recorded_until,
    };
    recording_done(recording);
    *recording = next;
    const char *release = facts->os_release;
    if (release &&
        intern_add(&recording->objects->paths, release, strlen(release), &recording->release) < 0)
        return -1;
    recording->space = space_new(spaces);
    return recording->space ? recording_ids(recording, session) : -1;
}

void recording_done(struct recording *recording)
{
    space_release(recording->space);
    mem_free(recording->ids);
    *recording = (struct recording){
        .objects = recording->objects, .compat = recording->compat, .number = recording->number};
}

/* The build id that the recording tells for a path, unless it tells several. */
static struct build_id recording_told_id(const struct recording *recording, const char *path)
{
    struct recording_id key = {.path = path};
    const struct recording_id *found = NULL;
    if (recording->id_count)
        found = bsearch(&key, recording->ids, recording->id_count, sizeof key, id_compare);
    return found && !found->ambiguous ? found->id : (struct build_id){0};
}

/* The build id of a mapping: its own, else the header's. */
static struct build_id recording_build_id(const struct recording *recording,
                                          const struct perf_mmap *mmap, const char *path)
{
    return mmap->build_id_size ? build_id_of(mmap->build_id, mmap->build_id_size)
                               : recording_told_id(recording, path);
}

int recording_end(struct recording *recording, const struct perf_session *session)
{
    struct objects *objects = recording->objects;
    uint32_t count;
    (void)perf_session_build_ids(session, &count);
    if (count == recording->told)
        return 0;
    if (recording_ids(recording, session) < 0)
        return -1;
    for (size_t i = 0; i < objects->count; i++) {
        struct object *object = &objects->items[i];
        if (object->recording != recording->number || object->build_id.size || object->loaded)
            continue;
        if (object->kind == OBJECT_KERNEL)
            object->build_id = recording->kernel_id;
        else if (object->kind == OBJECT_FILE || object->kind == OBJECT_VDSO ||
                 object->kind == OBJECT_MODULE)
            object->build_id =
                recording_told_id(recording, intern_text(&objects->paths, object->file));
        if (object->build_id.size)
            object->program = object->debug = 0; /* what was foreseen may be of another file */
    }
    return 0;
}

/* Adds an object and, if it is new, what only this recording knows of it. */
static int recording_object(struct recording *recording, const struct object_key *key,
                            uint32_t *ret_object)
{
    int r = objects_add(recording->objects, key, ret_object);
    if (r > 0) {
        struct object *object = &recording->objects->items[*ret_object];
        object->local = recording->local;
        object->hostless = recording->hostless;
        object->recorded_until = recording->recorded_until;
        object->release = recording->release;
    }
    return r < 0 ? -1 : 0;
}

/* Memory that is no file's, as perf counts it (is_anon_memory, is_no_dso_memory). */
static bool is_anonymous(const char *path)
{
    return *path == '\0' || starts(path, "//anon") || starts(path, "/dev/zero") ||
           starts(path, "/anon_hugepage") || starts(path, "[stack") || starts(path, "/SYSV") ||
           strcmp(path, "[heap]") == 0;
}

/* Memory that a compiler maps twice, to write into and to run, is a file without a folder; but such
 * a file may also be a program's copy, which a build id tells. perf takes each for a file. */
static bool is_doubly_mapped(const struct recording *recording, const struct perf_mmap *mmap)
{
    return !recording->compat && starts(mmap->path, "/memfd:") &&
           !recording_build_id(recording, mmap, mmap->path).size;
}

int recording_jit(struct recording *recording, uint32_t pid, uint32_t parent, uint32_t *ret_object)
{
    char path[64];
    int length = snprintf(path, sizeof path, "/tmp/perf-%u.map", pid);
    struct object_key key = {
        .kind = OBJECT_JIT,
        .path = path,
        .path_length = (size_t)length,
        .recording = recording->number,
        .parent = parent,
    };
    if (recording_object(recording, &key, ret_object) < 0)
        return -1;
    recording->objects->items[*ret_object].pid = pid;
    return 0;
}

/* Adds the object of a mapped file, and what the first mapping of its code tells. */
static int recording_file(struct recording *recording, uint32_t pid, const struct object_key *key,
                          bool code, uint64_t offset, uint32_t *ret_object)
{
    if (recording_object(recording, key, ret_object) < 0)
        return -1;
    struct object *object = &recording->objects->items[*ret_object];
    if (code && !object->pid) {
        object->pid = pid;
        object->code_offset = offset;
    }
    return 0;
}

/* The path of a mapping, but for the vdso of a 32-bit program: the kernel calls every one "[vdso]",
 * and that one alone lies below 4 GiB. Its build id is told under perf's name for it
 * (tools/perf/util/vdso.h). */
static const char *recording_path(const struct recording *recording, const struct perf_mmap *mmap)
{
    bool narrow = recording->wide && mmap->start <= UINT32_MAX;
    return narrow && strcmp(mmap->path, "[vdso]") == 0 ? OBJECT_VDSO_NARROW : mmap->path;
}

int recording_user_map(struct recording *recording, uint32_t pid, const struct perf_mmap *mmap,
                       struct space_map *ret_map)
{
    const char *path = recording_path(recording, mmap);
    bool vdso = starts(path, "[vdso");
    struct space_map map = {
        .start = mmap->start,
        .offset = vdso ? 0 : mmap->file_offset,
        .code = mmap->protection & PROT_EXEC,
    };
    if (__builtin_add_overflow(mmap->start, mmap->size, &map.end))
        map.end = UINT64_MAX;
    *ret_map = map;
    if (map.code && (is_anonymous(mmap->path) || is_doubly_mapped(recording, mmap))) {
        ret_map->offset = map.start;
        return recording_jit(recording, pid, 0, &ret_map->object);
    }
    struct object_key key = {
        .kind = vdso ? OBJECT_VDSO : OBJECT_FILE,
        .path = path,
        .path_length = path == mmap->path ? mmap->path_length : strlen(path),
        .build_id = recording_build_id(recording, mmap, path),
    };
    if (!key.build_id.size) {
        key.recording = recording->number;
        key.major = mmap->maj;
        key.minor = mmap->min;
        key.inode = mmap->inode;
        key.generation = mmap->inode_generation;
    }
    return recording_file(recording, pid, &key, map.code, map.offset, &ret_map->object);
}

/* perf names the kernel's mapping after a symbol of known address, "[kernel.kallsyms]_text", and
 * that address stands where a file's offset would (tools/perf/util/machine.c). */
static int recording_kernel_object(struct recording *recording, const struct perf_mmap *mmap,
                                   uint32_t *ret_object)
{
    struct object_key key = {
        .kind = OBJECT_KERNEL,
        .path = kernel_path,
        .path_length = sizeof kernel_path - 1,
        .build_id = mmap && mmap->build_id_size ? build_id_of(mmap->build_id, mmap->build_id_size)
                                                : recording->kernel_id,
        .reference = mmap ? mmap->file_offset : 0,
    };
    if (!key.build_id.size)
        key.recording = recording->number;
    if (recording_object(recording, &key, ret_object) < 0)
        return -1;
    const char *symbol = mmap ? strchr(mmap->path, ']') : NULL;
    if (!symbol || !symbol[1] || !mmap->file_offset)
        return 0;
    uint32_t number;
    if (intern_add(&recording->objects->paths, symbol + 1, strlen(symbol + 1), &number) < 0)
        return -1;
    recording->objects->items[*ret_object].reference_symbol = number;
    recording->objects->items[*ret_object].text_end = mmap->start + mmap->size;
    return 0;
}

int recording_kernel(struct recording *recording, uint32_t *ret_object)
{
    if (recording->kernel == OBJECTS_UNKNOWN &&
        recording_kernel_object(recording, NULL, &recording->kernel) < 0)
        return -1;
    *ret_object = recording->kernel;
    return 0;
}

/* "/lib/modules/.../snd-pcm.ko.xz" and "[snd_pcm]" are both "[snd_pcm]". */
static size_t module_name(const char *path, char *name, size_t size)
{
    const char *start = strrchr(path, '/');
    start = start ? start + 1 : path;
    if (*start == '[')
        return (size_t)snprintf(name, size, "%s", start);
    const char *end = strstr(start, ".ko");
    size_t length = end ? (size_t)(end - start) : strlen(start);
    size_t all = (size_t)snprintf(name, size, "[%.*s]", (int)length, start);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return all;
}

static int recording_module(struct recording *recording, const struct perf_mmap *mmap,
                            uint32_t *ret_object)
{
    char name[256];
    uint32_t kernel, file;
    if (recording_kernel(recording, &kernel) < 0 ||
        intern_add(&recording->objects->paths, mmap->path, mmap->path_length, &file) < 0)
        return -1;
    size_t length = module_name(mmap->path, name, sizeof name);
    struct object_key key = {
        .kind = OBJECT_MODULE,
        .path = name,
        .path_length = length < sizeof name ? length : sizeof name - 1,
        .recording = recording->number,
        .build_id = recording_build_id(recording, mmap, mmap->path),
    };
    if (recording_object(recording, &key, ret_object) < 0)
        return -1;
    struct object *object = &recording->objects->items[*ret_object];
    object->kernel = kernel;
    object->file = file;
    object->code_offset = mmap->start;
    return 0;
}

int recording_kernel_map(struct recording *recording, struct spaces *spaces,
                         const struct perf_mmap *mmap)
{
    struct space_map map = {.start = mmap->start, .offset = mmap->start, .code = true};
    if (__builtin_add_overflow(mmap->start, mmap->size, &map.end))
        map.end = UINT64_MAX;
    if (starts(mmap->path, "[kernel")) {
        if (recording_kernel_object(recording, mmap, &map.object) < 0)
            return -1;
        recording->kernel = map.object;
        /* Old recordings have a mapping without size: the whole upper half. */
        if (mmap->size == 0)
            map.end = UINT64_MAX;
    } else if (recording_module(recording, mmap, &map.object) < 0) {
        return -1;
    }
    return space_map(spaces, &recording->space, &map);
}

int recording_kernel_symbol(struct recording *recording, struct spaces *spaces,
                            const struct perf_ksymbol *symbol)
{
    struct space_map map = {.start = symbol->address, .code = true};
    if (symbol->size == 0 || __builtin_add_overflow(symbol->address, symbol->size, &map.end))
        return 0;
    if (symbol->flags & PERF_KSYMBOL_UNREGISTER || symbol->name_length == 0) {
        map.offset = map.start; /* what lies there now, the kernel's list may know */
        if (recording_kernel(recording, &map.object) < 0)
            return -1;
        return space_map(spaces, &recording->space, &map);
    }
    struct object_key key = {
        .kind = OBJECT_PASSING,
        .path = symbol->name,
        .path_length = symbol->name_length,
        .recording = recording->number,
    };
    if (recording_object(recording, &key, &map.object) < 0)
        return -1;
    return space_map(spaces, &recording->space, &map);
}

int recording_jitdump(struct recording *recording, const struct perf_mmap *mmap,
                      uint32_t *ret_object)
{
    return recording_object(recording,
                            &(struct object_key){
                                .kind = OBJECT_JIT,
                                .path = mmap->path,
                                .path_length = mmap->path_length,
                                .recording = recording->number,
                                .major = mmap->maj,
                                .minor = mmap->min,
                                .inode = mmap->inode,
                                .generation = mmap->inode_generation,
                            },
                            ret_object);
}

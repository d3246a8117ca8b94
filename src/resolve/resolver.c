/* SPDX-License-Identifier: MIT */
#include "resolve/resolver.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/limits.h"
#include "resolve/chain.h"
#include "resolve/jit/jits.h"
#include "resolve/names.h"
#include "resolve/preparing.h"
#include "resolve/recording.h"
#include "resolve/remedy.h"
#include "resolve/tasks.h"

struct resolver {
    struct stacks *stacks;
    bool compat;
    struct objects objects;
    struct recording recording;
    struct tasks tasks;
    struct jits jits;
    bool monotonic; /* the recording's clock is CLOCK_MONOTONIC, as that of jitdump files */
    struct places places;
    struct chain chain;
    struct names names;
    struct unwinder unwinder;
};

static int resolver_init(struct resolver *resolver, const struct resolve_options *options)
{
    resolver->compat = options->perf_compat;
    if (objects_init(&resolver->objects) < 0 || tasks_init(&resolver->tasks) < 0)
        return -1;
    resolver->recording.objects = &resolver->objects;
    resolver->recording.compat = resolver->compat;
    if (places_init(&resolver->places, resolver->stacks, resolver->compat) < 0 ||
        chain_init(&resolver->chain, &resolver->places, resolver->compat) < 0)
        return -1;
    unwinder_init(&resolver->unwinder, &resolver->names, resolver->stacks, resolver->compat);
    resolver->chain.unwinder = &resolver->unwinder;
    return names_init(&resolver->names, &resolver->objects, resolver->stacks, options);
}

int resolver_new(struct resolver **ret_resolver, struct stacks *stacks,
                 const struct resolve_options *options, struct pfl_error *err)
{
    CLEANUP(resolver_cleanup) struct resolver *resolver = mem_zalloc(1, sizeof *resolver);
    if (!resolver)
        return error_memory(err);
    resolver->stacks = stacks;
    if (resolver_init(resolver, options) < 0)
        return error_memory(err);
    *ret_resolver = MEM_TAKE(resolver);
    return 0;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    unwinder_done(&resolver->unwinder);
    names_done(&resolver->names);
    chain_done(&resolver->chain);
    places_done(&resolver->places);
    jits_done(&resolver->jits);
    tasks_done(&resolver->tasks);
    recording_done(&resolver->recording);
    objects_done(&resolver->objects);
    mem_free(resolver);
}

int resolver_begin(struct resolver *resolver, const struct perf_session *session,
                   int64_t recorded_until, struct pfl_error *err)
{
    jits_done(&resolver->jits);
    tasks_clear(&resolver->tasks);
    memo_forget(&resolver->chain.memo);
    resolver->monotonic = perf_session_is_monotonic(session);
    if (unwinder_begin(&resolver->unwinder, session) < 0 ||
        recording_begin(&resolver->recording, &resolver->tasks.spaces, session, recorded_until) < 0)
        return error_memory(err);
    return 0;
}

int resolver_end(struct resolver *resolver, const struct perf_session *session,
                 struct pfl_error *err)
{
    unwinder_end(&resolver->unwinder);
    return recording_end(&resolver->recording, session) < 0 ? error_memory(err) : 0;
}

/* Reads a jitdump file where the recording's files are to be looked for. */
static int resolver_jitdump(struct resolver *resolver, uint32_t pid, const struct perf_mmap *mmap)
{
    CLEANUP(buffer_done) struct buffer path = {0};
    const char *symfs = resolver->names.symfs;
    uint32_t object;
    if (resolver->compat || (!symfs && !resolver->recording.local))
        return 0; /* perf script knows them only after perf inject */
    if (recording_jitdump(&resolver->recording, mmap, &object) < 0)
        return -1;
    for (int inside = 0; inside < (symfs ? 1 : 2); inside++) {
        buffer_clear(&path);
        if (inside)
            buffer_printf(&path, "/proc/%u/root", pid);
        buffer_printf(&path, "%s%s", symfs ? symfs : "", mmap->path);
        if (path.failed ||
            jits_add(&resolver->jits, &resolver->objects, &resolver->tasks, pid, object,
                     buffer_string(&path), symfs != NULL, resolver->monotonic) < 0)
            return -1;
    }
    return 0;
}

/* A time of the recording in seconds since 1970, or somewhat before; 0 if that cannot be told. The
 * clock of a recording counts from when the machine started, as CLOCK_MONOTONIC does, from which it
 * strays by some millionths. */
static int64_t resolver_wall_time(const struct resolver *resolver, uint64_t time)
{
    const int64_t second = 1000000000, least_slack = 2, slack_share = 10000;
    int64_t until = resolver->recording.recorded_until;
    struct timespec wall, running;
    if (time == 0 || time > INT64_MAX || clock_gettime(CLOCK_REALTIME, &wall) < 0 ||
        clock_gettime(CLOCK_MONOTONIC, &running) < 0)
        return 0;
    int64_t start = wall.tv_sec - running.tv_sec, since = (int64_t)time / second;
    int64_t told = start + since - least_slack - since / slack_share;
    return since > running.tv_sec || (until && until < told) ? 0
                                                             : told; /* 0: of an earlier start */
}

/* Notes of a process's JIT code when the process began, which its map must not be older than. */
static int resolver_jit(struct resolver *resolver, uint32_t pid, uint32_t number)
{
    struct object *object = &resolver->objects.items[number];
    const struct process *process = tasks_process(&resolver->tasks, pid);
    if (!process)
        return -1;
    if (object->kind == OBJECT_JIT && !object->began)
        object->began = resolver_wall_time(resolver, process->began);
    return 0;
}

static int resolver_map(struct resolver *resolver, const struct perf_record *record)
{
    struct space_map map;
    unsigned mode = perf_record_cpumode(record);
    if (mode == PERF_CPUMODE_KERNEL)
        return recording_kernel_map(&resolver->recording, &resolver->tasks.spaces, &record->mmap);
    if (mode == PERF_CPUMODE_GUEST_KERNEL || mode == PERF_CPUMODE_GUEST_USER)
        return 0;
    if (recording_user_map(&resolver->recording, record->pid, &record->mmap, &map) < 0)
        return -1;
    if (tasks_map(&resolver->tasks, record->pid, &map) < 0 ||
        (map.code && resolver_jit(resolver, record->pid, map.object) < 0))
        return -1;
    return map.code && jits_is_dump(record->mmap.path)
               ? resolver_jitdump(resolver, record->pid, &record->mmap)
               : 0;
}

/* True if a mapping holds no code, and takes no place from any. */
static bool resolver_maps_data(const struct resolver *resolver, const struct perf_record *record)
{
    const struct perf_mmap *mmap = &record->mmap;
    const struct space *space = tasks_space(&resolver->tasks, record->pid);
    return perf_record_cpumode(record) == PERF_CPUMODE_USER && !(mmap->protection & PROT_EXEC) &&
           mmap->start + mmap->size >= mmap->start &&
           !(space && space_has_code(space, mmap->start, mmap->start + mmap->size));
}

bool resolver_turns(const struct resolver *resolver, const struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2: return resolver->compat || !resolver_maps_data(resolver, record);
    case PERF_RECORD_COMM: return record->comm.exec;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
    case PERF_RECORD_KSYMBOL: return true;
    default: return false;
    }
}

/* A forked process compiles on in memory that was its parent's, and notes it in a list of its own:
 * its code outside files gets objects of its own, once it is asked for. Most begin another program
 * before. perf knows the parent's list alone. */
static int resolver_inherit(struct resolver *resolver, uint32_t pid)
{
    struct process *process = tasks_find(&resolver->tasks, pid);
    if (!process || !process->heir || resolver->compat)
        return 0;
    process->heir = false;
    for (size_t i = 0; process->space && i < process->space->count; i++) {
        struct space_map map = process->space->maps[i];
        const struct object *object = &resolver->objects.items[map.object];
        if (object->kind != OBJECT_JIT || object->pid == pid)
            continue;
        if (recording_jit(&resolver->recording, pid, map.object, &map.object) < 0 ||
            resolver_jit(resolver, pid, map.object) < 0 ||
            space_map(&resolver->tasks.spaces, &process->space, &map) < 0)
            return -1;
    }
    return 0;
}

/* The address space of a process at a sample of it; NULL in *ret if it has none. */
static int resolver_space(struct resolver *resolver, uint32_t pid, const struct space **ret)
{
    if (resolver_inherit(resolver, pid) < 0)
        return -1;
    *ret = tasks_space(&resolver->tasks, pid);
    return 0;
}

/* A process has the code that its parent had then. */
static int resolver_fork(struct resolver *resolver, const struct perf_record *record)
{
    uint32_t parent = record->task.parent_pid;
    if (record->pid != parent &&
        (jits_advance(&resolver->jits, &resolver->tasks, parent, record->time) < 0 ||
         resolver_inherit(resolver, parent) < 0 ||
         tasks_begin(&resolver->tasks, record->pid, record->time) < 0))
        return -1;
    return tasks_fork(&resolver->tasks, record->pid, record->tid, parent, record->task.parent_tid,
                      !(record->misc & PERF_MISC_FORK_EXEC));
}

static int resolver_task(struct resolver *resolver, const struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2: return resolver_map(resolver, record);
    case PERF_RECORD_COMM:
        /* perf keeps the mappings of the program before, until others overlap them. */
        if (record->comm.exec)
            jits_exec(&resolver->jits, record->pid);
        if (record->comm.exec && !resolver->compat && tasks_exec(&resolver->tasks, record->pid) < 0)
            return -1;
        if (record->comm.exec && tasks_begin(&resolver->tasks, record->pid, record->time) < 0)
            return -1;
        return tasks_name(&resolver->tasks, record->tid, record->comm.name, record->comm.length);
    case PERF_RECORD_FORK: return resolver_fork(resolver, record);
    case PERF_RECORD_KSYMBOL:
        return recording_kernel_symbol(&resolver->recording, &resolver->tasks.spaces,
                                       &record->ksymbol);
    case PERF_RECORD_EXIT: return tasks_exit(&resolver->tasks, record->pid);
    default: return 0;
    }
}

int resolver_record(struct resolver *resolver, const struct perf_record *record,
                    struct pfl_error *err)
{
    if (resolver_task(resolver, record) == 0)
        return 0;
    if (resolver->tasks.spaces.full)
        return error_at(err, PFL_ERROR_LIMIT, record->offset,
                        "more mappings than can be kept: over %d in the processes alive at once",
                        LIMIT_MAPS);
    return error_memory(err);
}

const char *resolver_comm(struct resolver *resolver, uint32_t pid, uint32_t tid)
{
    const char *comm = tasks_comm(&resolver->tasks, tid);
    return *comm || tid != 0 ? comm : "swapper";
}

int resolver_stack(struct resolver *resolver, const struct perf_record *record,
                   struct resolved_stack *ret_stack, struct pfl_error *err)
{
    struct chain *chain = &resolver->chain;
    chain->kernel = resolver->recording.space;
    if (jits_advance(&resolver->jits, &resolver->tasks, record->pid, record->time) < 0 ||
        resolver_space(resolver, record->pid, &chain->user) < 0)
        return error_memory(err);
    chain->tid = record->tid;
    if (recording_kernel(&resolver->recording, &chain->kernel_object) < 0 ||
        chain_read(chain, &record->sample, perf_record_cpumode(record)) < 0)
        return error_memory(err);
    *ret_stack = (struct resolved_stack){
        .kernel_part = chain->kernel_part,
        .user_part = chain->user_part,
        .broken = chain->broken,
        .truncated = chain->truncated,
        .guessed = chain->guessed,
        .unwound = chain->unwinds,
    };
    return 0;
}

int resolver_stack_returned(struct resolver *resolver, const struct perf_record *record,
                            uint64_t function, struct resolved_stack *ret_stack,
                            struct pfl_error *err)
{
    resolver->chain.function = function;
    int r = resolver_stack(resolver, record, ret_stack, err);
    resolver->chain.function = 0;
    return r;
}

int resolver_unwind(struct resolver *resolver, const struct perf_record *const *records,
                    size_t count, unsigned threads, struct pfl_error *err)
{
    struct unwinder *unwinder = &resolver->unwinder;
    unwinder_forget(unwinder);
    if (resolver->jits.count) /* code that a sample finds in a dump changes its address space */
        return 0;
    for (size_t i = 0; i < count; i++) {
        const struct space *space;
        if (resolver_space(resolver, records[i]->pid, &space) < 0 ||
            (unwinder_wants(unwinder, &records[i]->sample) &&
             unwinder_order(unwinder, &records[i]->sample, space) < 0))
            return error_memory(err);
    }
    unwinder_do_orders(unwinder, resolver->chain.unknown, threads);
    return 0;
}

int resolver_entered(struct resolver *resolver, const struct perf_record *record,
                     struct pfl_error *err)
{
    const struct space *space;
    return resolver_space(resolver, record->pid, &space) < 0 ||
                   unwinder_enter(&resolver->unwinder, &record->sample, record->tid, space) < 0
               ? error_memory(err)
               : 0;
}

int resolver_foresee(struct resolver *resolver, unsigned threads, struct pfl_error *err)
{
    return names_foresee(&resolver->names, threads) < 0 ? error_memory(err) : 0;
}

int resolver_prepare(struct resolver *resolver, unsigned threads, bool brief, struct pfl_error *err)
{
    return names_prepare(&resolver->names, threads, brief) < 0 ? error_memory(err) : 0;
}

int resolver_name(struct resolver *resolver, uint32_t place, const struct resolved_frame **ret,
                  struct pfl_error *err)
{
    int count = names_frames(&resolver->names, place, ret);
    return count < 0 ? error_memory(err) : count;
}

/* Where threads begin, in C, C++, Rust and Go programs and in the loader. The name may have its
 * version or its line behind it. */
static bool is_root(const char *name)
{
    size_t length = strcspn(name, " @");
    static const char *const roots[] = {
        "_start",
        "main",
        "start_thread",
        "runtime.goexit",
        "runtime.goexit.abi0",
        "runtime.mstart",
        "runtime.mstart.abi0",
        "runtime.mcall",
        "runtime.morestack",
        "runtime.morestack.abi0",
        "runtime.systemstack",
        "runtime.systemstack.abi0",
        "runtime.rt0_go",
        "runtime.rt0_go.abi0",
        "_dl_start_user",
        "_dl_start",
        "thread_start",
        "clone",
        "clone3",
        "__clone",
        "__clone3",
        "__clone_internal",
    };
    static const char *const beginnings[] = {"__libc_start", "_rt0_"};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (strlen(roots[i]) == length && strncmp(name, roots[i], length) == 0)
            return true;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

int resolver_breaks_off(struct resolver *resolver, uint32_t user_part, struct pfl_error *err)
{
    struct stacks_part part = stacks_part_at(resolver->stacks, user_part);
    if (part.count == 0 || part.count > 2)
        return 0;
    uint32_t outermost = part.places[part.count - 1];
    uint32_t object = stacks_place_at(resolver->stacks, outermost).object;
    if (resolver->objects.items[object].kind != OBJECT_FILE)
        return 0;
    const struct resolved_frame *frames = NULL;
    int count = resolver_name(resolver, outermost, &frames, err);
    if (count < 0)
        return count;
    return frames[count - 1].named && !is_root(frames[count - 1].name);
}

bool resolver_kernel_is_hidden(const struct resolver *resolver)
{
    return resolver->names.kernel_is_hidden;
}

bool resolver_found_lines(const struct resolver *resolver)
{
    return resolver->names.line_found;
}

const char *resolver_damaged_list(const struct resolver *resolver)
{
    return resolver->names.damaged_list;
}

const char *resolver_foreign_list(const struct resolver *resolver)
{
    return resolver->names.foreign_list;
}

const struct debuginfod *resolver_debuginfod(const struct resolver *resolver)
{
    return resolver->names.debuginfod.urls ? &resolver->names.debuginfod : NULL;
}

uint32_t resolver_object_count(const struct resolver *resolver)
{
    return (uint32_t)resolver->objects.count;
}

const char *resolver_object_path(const struct resolver *resolver, uint32_t object)
{
    return objects_path(&resolver->objects, object);
}

const char *resolver_object_trouble(const struct resolver *resolver, uint32_t object)
{
    return remedy_trouble(&resolver->objects.items[object]);
}

void resolver_object_remedy(struct resolver *resolver, uint32_t number, struct buffer *to)
{
    const struct object *object = &resolver->objects.items[number];
    bool known = object->pid && object->recording == resolver->recording.number;
    remedy_append(to, object, objects_path(&resolver->objects, number),
                  known ? resolver_comm(resolver, object->pid, object->pid) : "",
                  resolver->names.debuginfod.asked);
}

void resolver_object_build_id(const struct resolver *resolver, uint32_t object, struct buffer *to)
{
    build_id_text(to, &resolver->objects.items[object].build_id);
}

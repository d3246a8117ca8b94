/* SPDX-License-Identifier: MIT */
#include "weigh/allocs.h"

#include "base/limits.h"
#include "base/mem.h"
#include "weigh/calls.h"
#include "weigh/pages.h"
#include "weigh/memory.h"

/* Results from here up are errors: -1 of the C library, -errno of a system call. */
#define RESULT_FAILED ((uint64_t)-4095)

/* A sample on its way through. */
struct taking {
    struct allocs *allocs;
    const struct role *role;
    const struct perf_record *record;
    struct book *book;
    uint32_t *row;
    struct pfl_error *err;
};

int allocs_init(struct allocs *allocs, struct columns *columns, const struct judge *judge,
                uint32_t page_size)
{
    *allocs = (struct allocs){.judge = judge,
                              .page_size = page_size ? page_size : 4096,
                              .at_time = UINT64_MAX,
                              .ranges_age_at = UINT64_MAX};
    for (int i = 0; i < FAMILY_COUNT; i++)
        book_init(&allocs->books[i], columns);
    if (mem_grow(&allocs->spaces, &allocs->space_capacity, 1, sizeof *allocs->spaces) < 0)
        return -1;
    allocs->spaces[allocs->space_count++] = (struct alloc_space){0};
    return 0;
}

void allocs_done(struct allocs *allocs)
{
    for (int i = 0; i < FAMILY_COUNT; i++)
        book_done(&allocs->books[i]);
    for (size_t i = 0; i < allocs->space_count; i++)
        ranges_done(&allocs->spaces[i].ranges);
    mem_free(allocs->spaces);
    mem_free(allocs->processes);
    index_done(&allocs->by_pid);
    calls_done(&allocs->calls);
}

static int taking_failed(const struct taking *t)
{
    return error_set(t->err, PFL_ERROR_MEMORY, "out of memory, or too many blocks alive");
}

static uint64_t taking_read(const struct taking *t, const struct field *field)
{
    uint64_t value = 0;
    (void)field_read(field, t->record->sample.raw, t->record->sample.raw_size, &value);
    return value;
}

static uint64_t taking_times(const struct taking *t)
{
    return t->record->sample.period ? t->record->sample.period : 1;
}

/* User memory belongs to its process, the kernel's to all. */
static uint32_t taking_space(const struct taking *t)
{
    unsigned mode = perf_record_cpumode(t->record);
    if (t->book == &t->allocs->books[FAMILY_SLAB] || t->book == &t->allocs->books[FAMILY_PAGES] ||
        (mode != PERF_CPUMODE_USER && !t->role->is_syscall))
        return SPACE_KERNEL;
    return memory_of(t->allocs, t->record->pid);
}

/* The row of the sample's stack; with `function` on it, that of a call that has returned. */
static int taking_row(const struct taking *t, uint64_t function, uint32_t *ret_row)
{
    const struct weigher_host *host = t->allocs->judge->host;
    if (!function && *t->row != ROW_NONE) {
        *ret_row = *t->row;
        return 0;
    }
    int r = host->row(host->context, t->record, function, ret_row, t->err);
    if (r == 0 && !function)
        *t->row = *ret_row;
    return r;
}

/* A block, wherever it was told of. */
static int taking_block(const struct taking *t, uint32_t row, uint64_t pointer, uint64_t size)
{
    uint32_t space = taking_space(t);
    const struct live_block block = {
        .pointer = pointer, .size = size, .time = t->record->time, .row = row, .space = space};
    if (space == SPACE_NONE || book_count(t->book, row, size, taking_times(t)) < 0 ||
        (pointer && book_begin(t->book, &block) < 0))
        return taking_failed(t);
    return 0;
}

/* One record that tells all. */
static int taking_alloc(const struct taking *t)
{
    uint64_t pointer = taking_read(t, &t->role->pointer);
    uint64_t size = taking_read(t, &t->role->size);
    uint32_t row = ROW_NONE;
    bool pages = t->role->family == FAMILY_PAGES;
    if (pages ? !pages_read(t->allocs, t->role, &t->record->sample, &pointer, &size) : !pointer) {
        t->book->counts.failed++;
        return 0;
    }
    if (judge_accepts(t->allocs->judge, t->record)) {
        int r = taking_row(t, 0, &row);
        if (r < 0)
            return r;
    }
    return taking_block(t, row, pointer, size);
}

static int taking_free_at(const struct taking *t, uint64_t pointer, uint64_t before)
{
    uint32_t space = taking_space(t);
    if (space == SPACE_NONE)
        return taking_failed(t);
    int found = book_end(t->book, space, pointer, before);
    if (found < 0)
        return taking_failed(t);
    if (!found && t->allocs->spaces[space].forked)
        t->book->counts.frees_inherited++;
    else if (!found)
        t->book->counts.frees_older++;
    return 0;
}

static int taking_free(const struct taking *t)
{
    uint64_t pointer = taking_read(t, &t->role->pointer);
    if (t->role->family == FAMILY_PAGES) {
        uint64_t size;
        if (!pages_read(t->allocs, t->role, &t->record->sample, &pointer, &size))
            return 0;
        int found = pages_end(t->allocs, pointer, size);
        t->book->counts.frees_older += found == 0;
        return found < 0 ? taking_failed(t) : 0;
    }
    if (!pointer)
        return 0;
    if (t->role->family == FAMILY_SLAB)
        return taking_free_at(t, pointer, UINT64_MAX);
    struct call_thread *thread = calls_thread(&t->allocs->calls, t->record->tid);
    if (!thread)
        return taking_failed(t);
    if (calls_inside(thread, t->role->family)) {
        t->book->counts.nested++;
        return 0;
    }
    /* delete(p), then the free(p) that it is made of. */
    bool again = thread->freed == pointer;
    thread->freed = pointer;
    if (again && live_find(&t->book->live, taking_space(t), pointer) == LIVE_NONE)
        return 0;
    return taking_free_at(t, pointer, UINT64_MAX);
}

/* What a return gave, with its row, in the family heap. */
static int taking_heap(const struct taking *t, const struct call *call, uint64_t result,
                       uint32_t row)
{
    bool moves = call->function == FUNCTION_REALLOC || call->function == FUNCTION_REALLOCARRAY;
    if (moves && call->pointer) {
        int r = taking_free_at(t, call->pointer, call->time);
        if (r < 0)
            return r;
    }
    return result || call->function == FUNCTION_POSIX_MEMALIGN
               ? taking_block(t, row, result, call->size)
               : 0;
}

static uint64_t round_up(uint64_t size, uint32_t page)
{
    return size > UINT64_MAX - page ? UINT64_MAX / page * page : (size + page - 1) / page * page;
}

static int taking_unmap(const struct taking *t, uint32_t space, uint64_t start, uint64_t size,
                        uint64_t before)
{
    uint64_t found, end;
    size = round_up(size, t->allocs->page_size);
    if (__builtin_add_overflow(start, size, &end))
        end = UINT64_MAX;
    if (memory_unmap(t->allocs, space, start, end, before, &found) < 0)
        return taking_failed(t);
    if (found < end - start && t->allocs->spaces[space].forked)
        t->book->counts.frees_inherited++;
    else if (found < end - start)
        t->book->counts.frees_older++;
    return 0;
}

static int taking_map(const struct taking *t, uint32_t space, uint64_t start, uint64_t size,
                      uint32_t row)
{
    struct range range = {.start = start, .time = t->record->time, .row = row};
    if (__builtin_add_overflow(start, size, &range.end))
        range.end = UINT64_MAX;
    if (book_count(t->book, row, range.end - start, taking_times(t)) < 0 ||
        memory_map(t->allocs, space, &range) < 0)
        return taking_failed(t);
    return 0;
}

/* The break moved: what is new above the old one is mapped, what is gone below it is not. */
static int taking_brk(const struct taking *t, uint32_t space, uint64_t from, bool from_known,
                      uint64_t to, uint32_t row)
{
    struct alloc_space *at = &t->allocs->spaces[space];
    if (!from_known) {
        from = at->brk;
        from_known = at->brk_known;
    }
    at->brk = to;
    at->brk_known = true;
    if (!from_known || from == to)
        return 0;
    return to > from ? taking_map(t, space, from, to - from, row)
                     : taking_unmap(t, space, to, from - to, UINT64_MAX);
}

/* The same in the family maps. */
static int taking_maps(const struct taking *t, const struct call *call, uint64_t result,
                       uint32_t row)
{
    uint32_t space = taking_space(t);
    uint64_t size = round_up(call->size, t->allocs->page_size);
    if (space == SPACE_NONE)
        return taking_failed(t);
    int r = 0;
    switch (call->function) {
    case FUNCTION_MMAP: return taking_map(t, space, result, size, row);
    case FUNCTION_MUNMAP: return taking_unmap(t, space, call->pointer, size, call->time);
    case FUNCTION_MREMAP:
        r = taking_unmap(t, space, call->pointer, call->old_size, call->time);
        return r < 0 ? r : taking_map(t, space, result, size, row);
    case FUNCTION_BRK:
        /* The C library's gives 0, the system call the new break. */
        return taking_brk(t, space, 0, false, result ? result : call->pointer, row);
    case FUNCTION_SBRK: return taking_brk(t, space, result, true, result + call->size, row);
    default: return 0;
    }
}

static bool call_failed(const struct taking *t, const struct call *call, uint64_t result)
{
    if (call->function == FUNCTION_MUNMAP)
        return (uint32_t)result != 0;
    if (call->family == FAMILY_MAPS)
        return result >= RESULT_FAILED || (uint32_t)result == UINT32_MAX;
    if (call->function == FUNCTION_POSIX_MEMALIGN)
        return (uint32_t)taking_read(t, &t->role->status) != 0;
    if (call->function == FUNCTION_REALLOC || call->function == FUNCTION_REALLOCARRAY)
        return result == 0 && call->size != 0;
    return result == 0;
}

static int taking_entry(const struct taking *t)
{
    const struct role *role = t->role;
    struct call call = {.function = role->function,
                        .family = role->family,
                        .pair = role->pair,
                        .address = taking_read(t, &role->address),
                        .pointer = taking_read(t, &role->pointer),
                        .size = taking_read(t, &role->size),
                        .old_size = taking_read(t, &role->old_size),
                        .time = t->record->time,
                        .row = ROW_NONE};
    struct call_thread *thread = calls_thread(&t->allocs->calls, t->record->tid);
    if (!thread)
        return taking_failed(t);
    if (role->count.size)
        call.overflow = __builtin_mul_overflow(call.size, taking_read(t, &role->count), &call.size);
    call.chosen = judge_accepts(t->allocs->judge, t->record);
    bool outermost = !calls_inside(thread, role->family);
    /* Captured stacks are right at the entry, and so is a chain that goes no further. */
    if (call.chosen && outermost && (role->captured || !role->has_return)) {
        int r = taking_row(t, 0, &call.row);
        if (r < 0)
            return r;
    }
    if (role->has_return) {
        t->book->counts.unfinished += calls_push(thread, &call);
        return 0;
    }
    /* Nobody will tell whether it worked and what it gave. */
    if (role->function == FUNCTION_MUNMAP)
        return taking_maps(t, &call, 0, ROW_NONE);
    bool moves = role->function == FUNCTION_REALLOC || role->function == FUNCTION_REALLOCARRAY;
    if (moves && call.pointer) {
        int r = taking_free_at(t, call.pointer, UINT64_MAX);
        if (r < 0)
            return r;
    }
    if (role->function == FUNCTION_BRK || call.overflow)
        return 0;
    return book_count(t->book, call.row, call.size, taking_times(t)) < 0 ? taking_failed(t) : 0;
}

static int taking_return(const struct taking *t)
{
    struct call call;
    uint32_t abandoned;
    uint64_t result = taking_read(t, &t->role->pointer);
    struct call_thread *thread = calls_thread(&t->allocs->calls, t->record->tid);
    if (!thread)
        return taking_failed(t);
    if (!t->role->has_entry) /* a return alone tells of a block whose size is unknown */
        return taking_alloc(t);
    if (!calls_pop(thread, t->role, taking_read(t, &t->role->address), &call, &abandoned)) {
        t->book->counts.unpaired++;
        return 0;
    }
    t->book->counts.unfinished += abandoned;
    if (call.nested) {
        t->book->counts.nested++;
        return 0;
    }
    if (call.overflow || call_failed(t, &call, result)) {
        t->book->counts.failed++;
        return 0;
    }
    thread->freed = 0;
    uint32_t row = call.row;
    bool allocates = call.function != FUNCTION_MUNMAP;
    if (!call.chosen || !judge_where(t->allocs->judge, &t->record->sample))
        row = ROW_NONE;
    else if (row == ROW_NONE && allocates) {
        int r = taking_row(t, t->role->is_syscall ? 0 : call.address, &row);
        if (r < 0)
            return r;
    }
    if (call.function == FUNCTION_POSIX_MEMALIGN && !result)
        t->book->counts.behind++;
    return call.family == FAMILY_MAPS ? taking_maps(t, &call, result, row)
                                      : taking_heap(t, &call, result, row);
}

static int taking_fault(const struct taking *t)
{
    uint32_t row = ROW_NONE;
    if (judge_accepts(t->allocs->judge, t->record)) {
        int r = taking_row(t, 0, &row);
        if (r < 0)
            return r;
    }
    return book_count(t->book, row, t->allocs->page_size, taking_times(t)) < 0 ? taking_failed(t)
                                                                               : 0;
}

static int allocs_close(struct allocs *allocs, uint64_t time, struct pfl_error *err)
{
    CLEANUP(mem_cleanup)
    const struct ranges **ranges = mem_zalloc(allocs->space_count, sizeof *ranges);
    if (!ranges)
        return error_memory(err);
    for (size_t i = 0; i < allocs->space_count; i++)
        ranges[i] = &allocs->spaces[i].ranges;
    for (int i = 0; i < FAMILY_COUNT; i++)
        if (book_close(&allocs->books[i], time, ranges,
                       i == FAMILY_MAPS ? allocs->space_count : 0) < 0)
            return error_memory(err);
    return 0;
}

/* What is old enough by now counts for the peak. */
static int allocs_age(struct allocs *allocs, uint64_t time)
{
    for (int i = 0; i < FAMILY_COUNT; i++)
        if (book_ages(&allocs->books[i]) && book_age(&allocs->books[i], time) < 0)
            return -1;
    return memory_age(allocs, time);
}

/* The moment looked at is over with the first record behind it. What was in use then is given only
 * at the end, where losses are told of that may have been before it. */
static int allocs_look(struct allocs *allocs, uint64_t time, struct pfl_error *err)
{
    if (time > allocs->last_time)
        allocs->last_time = time;
    if (allocs->at == ALLOCS_AT_PEAK && allocs_age(allocs, time) < 0)
        return error_memory(err);
    if (allocs->at != ALLOCS_AT_TIME || time <= allocs->at_time)
        return 0;
    for (int i = 0; i < FAMILY_COUNT; i++)
        allocs->books[i].closed = true;
    return 0;
}

int allocs_sample(struct allocs *allocs, const struct role *role, const struct perf_record *record,
                  uint32_t *row, struct pfl_error *err)
{
    const struct taking t = {.allocs = allocs,
                             .role = role,
                             .record = record,
                             .book = &allocs->books[role->family],
                             .row = row,
                             .err = err};
    int r = allocs_look(allocs, record->time, err);
    if (r < 0)
        return r;
    switch (role->kind) {
    case ROLE_ALLOC: return taking_alloc(&t);
    case ROLE_FREE: return taking_free(&t);
    case ROLE_ENTRY: return taking_entry(&t);
    case ROLE_RETURN: return taking_return(&t);
    case ROLE_FAULT: return taking_fault(&t);
    default: return 0;
    }
}

static int allocs_exec(struct allocs *allocs, uint32_t pid)
{
    uint32_t old = memory_of(allocs, pid);
    if (old == SPACE_NONE)
        return -1;
    for (int i = 0; i < FAMILY_COUNT; i++)
        if (!allocs->books[i].closed && book_end_space(&allocs->books[i], old) < 0)
            return -1;
    uint64_t found;
    if (memory_unmap(allocs, old, 0, UINT64_MAX, UINT64_MAX, &found) < 0)
        return -1;
    if (!allocs->books[FAMILY_MAPS].closed)
        ranges_done(&allocs->spaces[old].ranges);
    return memory_renew(allocs, pid) == SPACE_NONE ? -1 : 0;
}

static int allocs_fork(struct allocs *allocs, const struct perf_record *record)
{
    calls_forget_thread(&allocs->calls, record->tid);
    if (record->pid == record->task.parent_pid)
        return 0;
    uint32_t parent = memory_of(allocs, record->task.parent_pid);
    uint32_t child = memory_renew(allocs, record->pid);
    if (parent == SPACE_NONE || child == SPACE_NONE)
        return -1;
    allocs->spaces[child].forked = true;
    allocs->spaces[child].brk = allocs->spaces[parent].brk;
    allocs->spaces[child].brk_known = allocs->spaces[parent].brk_known;
    return 0;
}

void allocs_lose(struct allocs *allocs, uint64_t time)
{
    calls_forget(&allocs->calls);
    for (int i = 0; i < FAMILY_COUNT; i++)
        book_lose(&allocs->books[i], time);
}

int allocs_record(struct allocs *allocs, const struct perf_record *record, struct pfl_error *err)
{
    int r = record->has_time ? allocs_look(allocs, record->time, err) : 0;
    if (r < 0)
        return r;
    switch (record->type) {
    case PERF_RECORD_LOST:
        allocs_lose(allocs, record->has_time ? allocs->last_time : UINT64_MAX);
        return 0;
    case PERF_RECORD_COMM:
        return record->comm.exec && allocs_exec(allocs, record->pid) < 0 ? error_memory(err) : 0;
    case PERF_RECORD_FORK: return allocs_fork(allocs, record) < 0 ? error_memory(err) : 0;
    default: return 0;
    }
}

int allocs_finish(struct allocs *allocs, struct pfl_error *err)
{
    bool earlier = allocs->at == ALLOCS_AT_TIME && allocs->at_time < allocs->last_time;
    return allocs_close(allocs, earlier ? allocs->at_time : allocs->last_time, err);
}

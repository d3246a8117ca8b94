/* SPDX-License-Identifier: MIT */
#include "weigh/memory.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

static uint32_t memory_new(struct allocs *allocs)
{
    size_t number = allocs->space_count;
    if (number >= SPACE_NONE ||
        mem_grow(&allocs->spaces, &allocs->space_capacity, number + 1, sizeof *allocs->spaces) < 0)
        return SPACE_NONE;
    allocs->spaces[number] = (struct alloc_space){0};
    allocs->space_count++;
    return (uint32_t)number;
}

static struct alloc_process *process_find(struct allocs *allocs, uint32_t pid)
{
    struct index_probe probe = index_probe(&allocs->by_pid, hash_pair(pid, 0));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (allocs->processes[id].pid == pid)
            return &allocs->processes[id];
    return NULL;
}

uint32_t memory_renew(struct allocs *allocs, uint32_t pid)
{
    struct alloc_process *process = process_find(allocs, pid);
    uint32_t space = memory_new(allocs);
    if (space == SPACE_NONE)
        return SPACE_NONE;
    if (!process) {
        size_t number = allocs->process_count;
        if (number >= LIMIT_PROCESSES ||
            mem_grow(&allocs->processes, &allocs->process_capacity, number + 1,
                     sizeof *allocs->processes) < 0 ||
            index_add(&allocs->by_pid, hash_pair(pid, 0), (uint32_t)number) < 0)
            return SPACE_NONE;
        process = &allocs->processes[allocs->process_count++];
        process->pid = pid;
    }
    process->space = space;
    return space;
}

uint32_t memory_of(struct allocs *allocs, uint32_t pid)
{
    const struct alloc_process *process = process_find(allocs, pid);
    return process ? process->space : memory_renew(allocs, pid);
}

static int piece_ends(void *context, const struct range *piece, int grow)
{
    struct book *book = context;
    return piece->waiting ? 0
                          : book_change(book, piece->row, piece->time,
                                        -weight_of(piece->end - piece->start), grow);
}

int memory_unmap(struct allocs *allocs, uint32_t space, uint64_t start, uint64_t end,
                 uint64_t before, uint64_t *ret_found)
{
    struct book *book = &allocs->books[FAMILY_MAPS];
    *ret_found = 0;
    if (!book->follow || book->closed || end <= start)
        return 0;
    return ranges_take(&allocs->spaces[space].ranges, start, end, before, piece_ends, book,
                       ret_found);
}

int memory_map(struct allocs *allocs, uint32_t space, const struct range *range)
{
    struct book *book = &allocs->books[FAMILY_MAPS];
    uint64_t found;
    if (!book->follow || book->closed || range->end <= range->start)
        return 0;
    struct range made = *range;
    made.waiting = book_ages(book);
    if (memory_unmap(allocs, space, range->start, range->end, UINT64_MAX, &found) < 0 ||
        ranges_add(&allocs->spaces[space].ranges, &made) < 0)
        return -1;
    if (!made.waiting)
        return book_change(book, made.row, made.time, weight_of(made.end - made.start), 1);
    uint64_t counts_at = made.time + book->older_than;
    if (counts_at < made.time)
        counts_at = UINT64_MAX;
    if (counts_at < allocs->ranges_age_at)
        allocs->ranges_age_at = counts_at;
    return 0;
}

int memory_age(struct allocs *allocs, uint64_t time)
{
    struct book *book = &allocs->books[FAMILY_MAPS];
    if (time < allocs->ranges_age_at)
        return 0;
    allocs->ranges_age_at = UINT64_MAX;
    for (size_t i = 0; i < allocs->space_count; i++)
        for (size_t k = 0; k < allocs->spaces[i].ranges.count; k++) {
            struct range *range = &allocs->spaces[i].ranges.list[k];
            if (!range->waiting)
                continue;
            if (time - range->time < book->older_than) {
                if (range->time + book->older_than < allocs->ranges_age_at)
                    allocs->ranges_age_at = range->time + book->older_than;
                continue;
            }
            range->waiting = false;
            if (book_change(book, range->row, range->time, weight_of(range->end - range->start),
                            1) < 0)
                return -1;
        }
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "lib/processes.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/weight.h"

void processes_done(struct processes *processes)
{
    mem_free(processes->list);
    index_done(&processes->index);
    *processes = (struct processes){0};
}

static struct process *processes_find(struct processes *processes, uint32_t pid)
{
    struct index_probe probe = index_probe(&processes->index, hash_pair(pid, 0));
    for (uint32_t at; (at = index_next(&probe)) != INDEX_NONE;)
        if (processes->list[at].pid == pid) {
            processes->last = at;
            return &processes->list[at];
        }
    return NULL;
}

static struct process *processes_new(struct processes *processes, uint32_t pid)
{
    if (processes->count >= LIMIT_PROCESSES ||
        mem_grow(&processes->list, &processes->capacity, processes->count + 1,
                 sizeof *processes->list) < 0 ||
        index_add(&processes->index, hash_pair(pid, 0), (uint32_t)processes->count) < 0)
        return NULL;
    processes->last = (uint32_t)processes->count++;
    processes->list[processes->last] = (struct process){.pid = pid};
    return &processes->list[processes->last];
}

struct process *processes_add(struct processes *processes, uint32_t pid, int64_t weight)
{
    struct process *process = processes->count ? &processes->list[processes->last] : NULL;
    if (!process || process->pid != pid)
        process = processes_find(processes, pid);
    if (!process)
        process = processes_new(processes, pid);
    if (!process)
        return NULL;
    process->samples++;
    process->weight = weight_add(process->weight, weight);
    return process;
}

void processes_forget_weights(struct processes *processes)
{
    for (size_t i = 0; i < processes->count; i++)
        processes->list[i].weight = 0;
}

static int process_compare(const void *left, const void *right)
{
    const struct process *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    if (a->samples != b->samples)
        return a->samples > b->samples ? -1 : 1;
    return a->pid < b->pid ? -1 : a->pid > b->pid;
}

void processes_sort(struct processes *processes)
{
    if (processes->count)
        qsort(processes->list, processes->count, sizeof *processes->list, process_compare);
    index_clear(&processes->index); /* its numbers mean other places now */
}

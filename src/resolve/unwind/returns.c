/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/returns.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

void returns_done(struct returns *returns)
{
    for (size_t i = 0; i < returns->count; i++)
        mem_free(returns->threads[i].list);
    mem_free(returns->threads);
    index_done(&returns->by_tid);
    *returns = (struct returns){0};
}

static struct returns_thread *returns_of(const struct returns *returns, uint32_t tid)
{
    struct index_probe probe = index_probe(&returns->by_tid, hash_pair(tid, 0));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (returns->threads[id].tid == tid)
            return &returns->threads[id];
    return NULL;
}

static struct returns_thread *returns_add(struct returns *returns, uint32_t tid)
{
    size_t number = returns->count;
    if (number >= LIMIT_PROCESSES ||
        mem_grow(&returns->threads, &returns->capacity, number + 1, sizeof *returns->threads) < 0 ||
        index_add(&returns->by_tid, hash_pair(tid, 0), (uint32_t)number) < 0)
        return NULL;
    returns->threads[number] = (struct returns_thread){.tid = tid};
    return &returns->threads[returns->count++];
}

int returns_enter(struct returns *returns, uint32_t tid, uint64_t stack, uint64_t address)
{
    struct returns_thread *thread = returns_of(returns, tid);
    if (!thread && !(thread = returns_add(returns, tid)))
        return -1;
    /* What lay deeper has returned, or was left by a longjmp. */
    while (thread->count && thread->list[thread->count - 1].stack <= stack)
        thread->count--;
    if (thread->count == RETURNS_MOST) {
        memmove(thread->list, thread->list + 1, (RETURNS_MOST - 1) * sizeof *thread->list);
        thread->count--;
    }
    if (mem_grow(&thread->list, &thread->capacity, thread->count + 1, sizeof *thread->list) < 0)
        return -1;
    thread->list[thread->count++] = (struct pending_return){.stack = stack, .address = address};
    return 0;
}

uint64_t returns_find(const struct returns *returns, uint32_t tid, uint64_t stack)
{
    const struct returns_thread *thread = returns_of(returns, tid);
    for (size_t i = thread ? thread->count : 0; i-- > 0;)
        if (thread->list[i].stack == stack)
            return thread->list[i].address;
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "weigh/calls.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

void calls_done(struct calls *calls)
{
    for (size_t i = 0; i < calls->count; i++)
        mem_free(calls->threads[i]);
    mem_free(calls->threads);
    index_done(&calls->index);
    *calls = (struct calls){0};
}

static struct call_thread *calls_add(struct calls *calls, uint32_t tid)
{
    size_t number = calls->count;
    CLEANUP(mem_cleanup) struct call_thread *thread = mem_zalloc(1, sizeof *thread);
    if (!thread || number >= LIMIT_PROCESSES ||
        mem_grow(&calls->threads, &calls->capacity, number + 1, sizeof *calls->threads) < 0 ||
        index_add(&calls->index, hash_pair(tid, 0), (uint32_t)number) < 0)
        return NULL;
    thread->tid = tid;
    thread->epoch = calls->epoch;
    calls->threads[calls->count++] = thread;
    return MEM_TAKE(thread);
}

static struct call_thread *calls_find(const struct calls *calls, uint32_t tid)
{
    struct index_probe probe = index_probe(&calls->index, hash_pair(tid, 0));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (calls->threads[id]->tid == tid)
            return calls->threads[id];
    return NULL;
}

struct call_thread *calls_thread(struct calls *calls, uint32_t tid)
{
    struct call_thread *thread = calls_find(calls, tid);
    if (!thread)
        return calls_add(calls, tid);
    if (thread->epoch != calls->epoch)
        thread->count = 0;
    thread->epoch = calls->epoch;
    return thread;
}

void calls_forget_thread(struct calls *calls, uint32_t tid)
{
    struct call_thread *thread = calls_find(calls, tid);
    if (thread)
        thread->count = 0;
}

void calls_forget(struct calls *calls)
{
    calls->epoch++;
}

static bool call_is(const struct call *call, enum role_function function, uint32_t pair,
                    uint64_t address)
{
    return call->function == function && call->pair == pair && call->address == address;
}

uint32_t calls_push(struct call_thread *thread, const struct call *call)
{
    /* An allocator does not call itself: what looks like it did not return. */
    uint32_t abandoned = 0;
    for (uint32_t i = 0; i < thread->count; i++)
        if (call_is(&thread->calls[i], call->function, call->pair, call->address)) {
            abandoned = thread->count - i;
            thread->count = i;
        }
    if (thread->count == CALLS_MOST) {
        memmove(thread->calls, thread->calls + 1, (CALLS_MOST - 1) * sizeof *thread->calls);
        thread->count--;
        abandoned++;
    }
    bool nested = calls_inside(thread, call->family);
    thread->calls[thread->count] = *call;
    thread->calls[thread->count++].nested = nested;
    return abandoned;
}

bool calls_pop(struct call_thread *thread, const struct role *role, uint64_t address,
               struct call *ret_call, uint32_t *ret_abandoned)
{
    for (uint32_t i = thread->count; i-- > 0;)
        if (call_is(&thread->calls[i], role->function, role->pair, address)) {
            *ret_call = thread->calls[i];
            *ret_abandoned = thread->count - i - 1;
            thread->count = i;
            return true;
        }
    *ret_abandoned = 0;
    return false;
}

bool calls_inside(const struct call_thread *thread, enum family family)
{
    for (uint32_t i = 0; i < thread->count; i++)
        if (thread->calls[i].family == family)
            return true;
    return false;
}

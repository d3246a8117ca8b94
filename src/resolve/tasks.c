/* SPDX-License-Identifier: MIT */
#include "resolve/tasks.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"

static uint64_t task_hash(uint32_t number)
{
    return hash_pair(number, 0);
}

int tasks_init(struct tasks *tasks)
{
    *tasks = (struct tasks){0};
    return intern_init(&tasks->comms);
}

void tasks_done(struct tasks *tasks)
{
    tasks_clear(tasks);
    mem_free(tasks->processes);
    mem_free(tasks->threads);
    index_done(&tasks->by_pid);
    index_done(&tasks->by_tid);
    intern_done(&tasks->comms);
    *tasks = (struct tasks){0};
}

void tasks_clear(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->process_count; i++)
        space_release(tasks->processes[i].space);
    tasks->process_count = tasks->thread_count = 0;
    index_clear(&tasks->by_pid);
    index_clear(&tasks->by_tid);
    tasks->ended_count = 0;
}

struct process *tasks_find(const struct tasks *tasks, uint32_t pid)
{
    struct index_probe probe = index_probe(&tasks->by_pid, task_hash(pid));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (tasks->processes[id].pid == pid)
            return &tasks->processes[id];
    return NULL;
}

struct process *tasks_process(struct tasks *tasks, uint32_t pid)
{
    struct process *process = tasks_find(tasks, pid);
    if (process)
        return process;
    if (tasks->process_count >= LIMIT_PROCESSES ||
        mem_grow(&tasks->processes, &tasks->process_capacity, tasks->process_count + 1,
                 sizeof *process) < 0 ||
        index_add(&tasks->by_pid, task_hash(pid), (uint32_t)tasks->process_count) < 0)
        return NULL;
    process = &tasks->processes[tasks->process_count++];
    *process = (struct process){.pid = pid, .threads = 1};
    return process;
}

const struct space *tasks_space(const struct tasks *tasks, uint32_t pid)
{
    const struct process *process = tasks_find(tasks, pid);
    return process ? process->space : NULL;
}

int tasks_map(struct tasks *tasks, uint32_t pid, const struct space_map *map)
{
    struct process *process = tasks_process(tasks, pid);
    if (!process)
        return -1;
    if (!process->space && !(process->space = space_new(&tasks->spaces)))
        return -1;
    return space_map(&tasks->spaces, &process->space, map);
}

int tasks_overlay(struct tasks *tasks, uint32_t pid, const struct space_map *map)
{
    struct process *process = tasks_process(tasks, pid);
    if (!process)
        return -1;
    if (!process->space && !(process->space = space_new(&tasks->spaces)))
        return -1;
    return space_overlay(&tasks->spaces, &process->space, map);
}

int tasks_exec(struct tasks *tasks, uint32_t pid)
{
    struct process *process = tasks_process(tasks, pid);
    if (!process)
        return -1;
    space_release(process->space);
    process->space = NULL;
    process->heir = false;
    process->threads = 1;
    return 0;
}

static struct thread *thread_find(const struct tasks *tasks, uint32_t tid)
{
    struct index_probe probe = index_probe(&tasks->by_tid, task_hash(tid));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (tasks->threads[id].tid == tid)
            return &tasks->threads[id];
    return NULL;
}

static struct thread *tasks_thread(struct tasks *tasks, uint32_t tid)
{
    struct thread *thread = thread_find(tasks, tid);
    if (thread)
        return thread;
    if (tasks->thread_count >= LIMIT_PROCESSES ||
        mem_grow(&tasks->threads, &tasks->thread_capacity, tasks->thread_count + 1,
                 sizeof *thread) < 0 ||
        index_add(&tasks->by_tid, task_hash(tid), (uint32_t)tasks->thread_count) < 0)
        return NULL;
    thread = &tasks->threads[tasks->thread_count++];
    *thread = (struct thread){.tid = tid};
    return thread;
}

static int process_fork(struct tasks *tasks, uint32_t pid, uint32_t parent_pid, bool inherit)
{
    struct process *process = tasks_process(tasks, pid);
    if (!process)
        return -1;
    struct process *parent = tasks_find(tasks, parent_pid);
    struct space *space = inherit && parent && parent->space ? space_share(parent->space) : NULL;
    space_release(process->space);
    process->space = space;
    process->heir = space != NULL;
    process->threads = 1;
    return 0;
}

int tasks_fork(struct tasks *tasks, uint32_t pid, uint32_t tid, uint32_t parent_pid,
               uint32_t parent_tid, bool inherit)
{
    struct thread *thread = tasks_thread(tasks, tid);
    if (!thread)
        return -1;
    const struct thread *parent = thread_find(tasks, parent_tid);
    if (tid != parent_tid)
        thread->comm = parent ? parent->comm : 0;
    if (pid != parent_pid)
        return process_fork(tasks, pid, parent_pid, inherit);
    struct process *process = tasks_process(tasks, pid);
    if (!process)
        return -1;
    if (tid != pid)
        process->threads++;
    return 0;
}

int tasks_begin(struct tasks *tasks, uint32_t pid, uint64_t time)
{
    struct process *process = tasks_process(tasks, pid);
    if (!process)
        return -1;
    process->began = time;
    return 0;
}

int tasks_exit(struct tasks *tasks, uint32_t pid)
{
    struct process *process = tasks_find(tasks, pid);
    if (!process || process->threads == 0 || --process->threads > 0)
        return 0;
    uint32_t *slot = &tasks->ended[tasks->ended_count % TASKS_ENDED];
    if (tasks->ended_count >= TASKS_ENDED) {
        struct process *oldest = tasks_find(tasks, *slot);
        if (oldest && oldest->threads == 0) {
            space_release(oldest->space);
            oldest->space = NULL;
        }
    }
    *slot = pid;
    tasks->ended_count++;
    return 0;
}

int tasks_name(struct tasks *tasks, uint32_t tid, const char *comm, size_t length)
{
    struct thread *thread = tasks_thread(tasks, tid);
    uint32_t name;
    if (!thread || intern_add(&tasks->comms, comm, length, &name) < 0)
        return -1;
    thread->comm = name;
    return 0;
}

const char *tasks_comm(const struct tasks *tasks, uint32_t tid)
{
    const struct thread *thread = thread_find(tasks, tid);
    return thread ? intern_text(&tasks->comms, thread->comm) : "";
}

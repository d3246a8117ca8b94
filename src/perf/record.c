/* SPDX-License-Identifier: MIT */
/* Decodes the kernel's records: which event one belongs to, its sample_id trailer, its body (the
 * forms are those of enum perf_event_type in linux/perf_event.h). */
#include "perf/record.h"

#include <string.h>
#include <sys/mman.h>

#include "base/limits.h"
#include "base/mem.h"
#include "perf/decode.h"

#define MMAP_NAME_AT    (RECORD_HEADER_SIZE + 32)
#define MMAP2_NAME_AT   (RECORD_HEADER_SIZE + 64)
#define COMM_NAME_AT    (RECORD_HEADER_SIZE + 8)
#define KSYMBOL_NAME_AT (RECORD_HEADER_SIZE + 16)
#define CGROUP_NAME_AT  (RECORD_HEADER_SIZE + 8)
#define NOBODY          UINT32_MAX

/* Set by the kernel's BPF filter: dropped on purpose, not lost (PERF_RECORD_MISC_LOST_SAMPLES_BPF).
 */
#define MISC_LOST_BY_FILTER (1u << 15)

/* The thread was still runnable (PERF_RECORD_MISC_SWITCH_OUT_PREEMPT). */
#define MISC_SWITCH_PREEMPT (1u << 14)

static uint64_t raw_u64(const struct raw_record *raw, size_t at)
{
    struct cursor c = cursor_of(raw->bytes + at, sizeof(uint64_t), raw->swap);
    return cursor_u64(&c);
}

/* The event that a sample belongs to; EVENTS_NONE if its id is not known. */
static uint32_t sample_event(struct events *events, const struct raw_record *raw)
{
    if (events->id_at < 0)
        return 0;
    if ((size_t)events->id_at + sizeof(uint64_t) > raw->size)
        return EVENTS_NONE;
    uint64_t id = raw_u64(raw, (size_t)events->id_at);
    uint32_t event = events_find(events, id);
    /* What perf makes up itself has the id 0, and means the first event. */
    return event == EVENTS_NONE && id == 0 ? 0 : event;
}

/* Where the name of a record begins; 0 if it has none. */
static size_t name_at(uint32_t type)
{
    switch (type) {
    case PERF_RECORD_MMAP: return MMAP_NAME_AT;
    case PERF_RECORD_MMAP2: return MMAP2_NAME_AT;
    case PERF_RECORD_COMM: return COMM_NAME_AT;
    case PERF_RECORD_KSYMBOL: return KSYMBOL_NAME_AT;
    case PERF_RECORD_CGROUP: return CGROUP_NAME_AT;
    default: return 0;
    }
}

/* Where the name of a record ends, aligned as the kernel does it; 0 if it has no end. Records
 * without a name end their fixed part with their header. */
static size_t body_end(const struct raw_record *raw)
{
    size_t at = name_at(raw->type);
    if (!at)
        return RECORD_HEADER_SIZE;
    const uint8_t *end = at < raw->size ? memchr(raw->bytes + at, 0, raw->size - at) : NULL;
    if (!end)
        return 0;
    return ((size_t)(end - raw->bytes) + 1 + 7) & ~(size_t)7;
}

/* The event whose layout the trailer of a record has; NULL if there is no trailer. perf writes
 * some of the records that it makes up without one, however sample_id_all is set. */
static const struct event_layout *record_trailer(struct events *events,
                                                 const struct raw_record *raw, size_t end)
{
    uint32_t event = 0;
    if (events->trailer_id && raw->size >= end + events->trailer_id) {
        event = events_find(events, raw_u64(raw, raw->size - events->trailer_id));
        if (event == EVENTS_NONE)
            event = 0;
    }
    const struct event_layout *layout = &events->layouts[event];
    return layout->trailer_size && raw->size >= end + layout->trailer_size ? layout : NULL;
}

enum record_timing record_peek(struct events *events, const struct raw_record *raw,
                               uint64_t *ret_time)
{
    size_t at;
    if (raw->type == PERF_RECORD_SAMPLE) {
        uint32_t event = sample_event(events, raw);
        if (event == EVENTS_NONE)
            return RECORD_DAMAGED;
        if (events->layouts[event].time_at < 0)
            return RECORD_TIMELESS;
        at = (size_t)events->layouts[event].time_at;
        if (at + sizeof(uint64_t) > raw->size)
            return RECORD_DAMAGED;
    } else {
        size_t end = body_end(raw);
        if (!end)
            return RECORD_DAMAGED;
        const struct event_layout *layout = record_trailer(events, raw, end);
        if (!layout || !layout->trailer_time)
            return RECORD_TIMELESS;
        at = raw->size - layout->trailer_time;
    }
    uint64_t time = raw_u64(raw, at);
    if (time == 0 || time == UINT64_MAX)
        return RECORD_TIMELESS;
    *ret_time = time;
    return RECORD_TIMED;
}

static void trailer_decode(const struct perf_event *event, struct cursor c,
                           struct perf_record *record)
{
    uint64_t type = event->sample_type;
    if (type & PERF_SAMPLE_TID) {
        record->pid = cursor_u32(&c);
        record->tid = cursor_u32(&c);
    }
    if (type & PERF_SAMPLE_TIME) {
        record->time = cursor_u64(&c);
        record->has_time = true;
    }
    if (type & PERF_SAMPLE_ID)
        cursor_skip(&c, 8);
    if (type & PERF_SAMPLE_STREAM_ID)
        cursor_skip(&c, 8);
    if (type & PERF_SAMPLE_CPU) {
        record->cpu = cursor_u32(&c);
        record->has_cpu = true;
    }
}

/* Who the record is about, rather than who was running when it was written. */
static void body_owner(struct cursor *c, struct perf_record *record)
{
    record->pid = cursor_u32(c);
    record->tid = cursor_u32(c);
}

static void mmap_decode(struct cursor *c, struct perf_record *record)
{
    struct perf_mmap *mmap = &record->mmap;
    body_owner(c, record);
    mmap->start = cursor_u64(c);
    mmap->size = cursor_u64(c);
    mmap->file_offset = cursor_u64(c);
    if (record->type == PERF_RECORD_MMAP) {
        mmap->protection = PROT_READ | (record->misc & PERF_MISC_MMAP_DATA ? 0u : PROT_EXEC);
    } else {
        if (record->misc & PERF_MISC_MMAP_BUILD_ID) {
            uint8_t size = cursor_u8(c);
            cursor_skip(c, 3);
            const uint8_t *id = cursor_bytes(c, sizeof mmap->build_id);
            if (id && size <= sizeof mmap->build_id) {
                mmap->build_id_size = size;
                memcpy(mmap->build_id, id, size);
            }
        } else {
            mmap->maj = cursor_u32(c);
            mmap->min = cursor_u32(c);
            mmap->inode = cursor_u64(c);
            mmap->inode_generation = cursor_u64(c);
        }
        mmap->protection = cursor_u32(c);
        cursor_skip(c, 4); /* flags */
    }
    mmap->path = cursor_text(c, &mmap->path_length);
    c->failed |= mmap->path_length >= LIMIT_PATH_BYTES;
}

static void task_decode(struct cursor *c, struct perf_record *record)
{
    record->pid = cursor_u32(c);
    record->task.parent_pid = cursor_u32(c);
    record->tid = cursor_u32(c);
    record->task.parent_tid = cursor_u32(c);
    cursor_skip(c, 8); /* time: the trailer has it too */
}

static void switch_decode(struct cursor *c, struct perf_record *record)
{
    record->switched.out = record->misc & PERF_MISC_SWITCH_OUT;
    record->switched.preempted = record->switched.out && (record->misc & MISC_SWITCH_PREEMPT);
    if (record->type == PERF_RECORD_SWITCH_CPU_WIDE) {
        record->switched.other_pid = cursor_u32(c);
        record->switched.other_tid = cursor_u32(c);
    }
}

static void ksymbol_decode(struct cursor *c, struct perf_ksymbol *ksymbol)
{
    ksymbol->address = cursor_u64(c);
    ksymbol->size = cursor_u32(c);
    ksymbol->kind = cursor_u16(c);
    ksymbol->flags = cursor_u16(c);
    ksymbol->name = cursor_text(c, &ksymbol->name_length);
}

/* The event that a record counts for: the one whose id it has, else that of its trailer. */
static uint32_t record_event(struct events *events, uint64_t id, uint32_t fallback)
{
    uint32_t event = id ? events_find(events, id) : EVENTS_NONE;
    return event == EVENTS_NONE ? fallback : event;
}

/* Records that tell what is missing; `event` is that of the trailer. */
static void lost_decode(struct events *events, struct cursor *c, uint32_t event,
                        struct perf_record *record)
{
    struct perf_lost *lost = &record->lost;
    *lost = (struct perf_lost){.count = 1, .event = event};
    switch (record->type) {
    case PERF_RECORD_LOST:
        lost->event = record_event(events, cursor_u64(c), event);
        lost->count = cursor_u64(c);
        break;
    case PERF_RECORD_LOST_SAMPLES:
        lost->count = cursor_u64(c);
        if (record->misc & MISC_LOST_BY_FILTER)
            lost->count = 0;
        break;
    default:               /* THROTTLE, UNTHROTTLE */
        cursor_skip(c, 8); /* time */
        lost->event = record_event(events, cursor_u64(c), event);
        cursor_skip(c, 8); /* stream id */
        break;
    }
}

/* The body of a record that is no sample; `event` is that of its trailer. */
static bool body_decode(struct events *events, struct cursor *c, uint32_t event,
                        struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2: mmap_decode(c, record); break;
    case PERF_RECORD_COMM:
        body_owner(c, record);
        record->comm.name = cursor_text(c, &record->comm.length);
        record->comm.exec = record->misc & PERF_MISC_COMM_EXEC;
        break;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT: task_decode(c, record); break;
    case PERF_RECORD_LOST:
    case PERF_RECORD_LOST_SAMPLES:
    case PERF_RECORD_THROTTLE:
    case PERF_RECORD_UNTHROTTLE: lost_decode(events, c, event, record); break;
    case PERF_RECORD_NAMESPACES: body_owner(c, record); break;
    case PERF_RECORD_KSYMBOL: ksymbol_decode(c, &record->ksymbol); break;
    case PERF_RECORD_CGROUP:
        record->cgroup.id = cursor_u64(c);
        record->cgroup.path = cursor_text(c, &record->cgroup.path_length);
        break;
    case PERF_RECORD_CALLCHAIN_DEFERRED:
        record->deferred.cookie = cursor_u64(c);
        record->deferred.words = decode_words(c, cursor_u64(c), 1);
        break;
    case PERF_RECORD_SWITCH:
    case PERF_RECORD_SWITCH_CPU_WIDE: switch_decode(c, record); break;
    default: break; /* known, and nobody asks what is in it */
    }
    return !c->failed;
}

/* Times of records that perf makes up say nothing. */
static void record_settle_time(struct perf_record *record)
{
    if (record->time == 0 || record->time == UINT64_MAX) {
        record->time = 0;
        record->has_time = false;
    }
}

/* A sample of a guest, whose processes and addresses mean nothing here: it is one of the process
 * that the guest is, somewhere inside. */
static void sample_leave_guest(struct perf_record *record, uint32_t machine_pid)
{
    unsigned mode = perf_record_cpumode(record);
    bool in_kernel = mode == PERF_CPUMODE_KERNEL || mode == PERF_CPUMODE_GUEST_KERNEL;
    record->pid = record->tid = machine_pid;
    record->misc = (uint16_t)((record->misc & ~PERF_MISC_CPUMODE) |
                              (in_kernel ? PERF_CPUMODE_GUEST_KERNEL : PERF_CPUMODE_GUEST_USER));
    record->sample.callchain.count = record->sample.branches.count = 0;
    record->sample.fields &= ~(uint64_t)(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER);
}

bool record_decode(struct events *events, const struct raw_record *raw,
                   struct perf_record *ret_record, struct sample_counters *ret_counters)
{
    *ret_counters = (struct sample_counters){0};
    mem_clear(ret_record, sizeof *ret_record);
    ret_record->type = raw->type;
    ret_record->misc = raw->misc;
    ret_record->offset = raw->offset;
    ret_record->pid = ret_record->tid = NOBODY;
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    c.position = RECORD_HEADER_SIZE;
    events->machine_pid = 0;
    if (raw->type == PERF_RECORD_SAMPLE) {
        uint32_t event = sample_event(events, raw);
        if (event == EVENTS_NONE)
            return false;
        ret_record->sample.event = event;
        bool whole = sample_decode(&events->list[event], &c, ret_record, ret_counters);
        record_settle_time(ret_record);
        if (events->machine_pid)
            sample_leave_guest(ret_record, events->machine_pid);
        return whole;
    }
    size_t end = body_end(raw);
    if (!end)
        return false;
    const struct event_layout *layout = record_trailer(events, raw, end);
    if (layout) {
        size_t at = raw->size - layout->trailer_size;
        trailer_decode(&events->list[layout - events->layouts],
                       cursor_of(raw->bytes + at, layout->trailer_size, raw->swap), ret_record);
        record_settle_time(ret_record);
        c.size = at;
    }
    uint32_t event = layout ? (uint32_t)(layout - events->layouts) : 0;
    return body_decode(events, &c, event, ret_record);
}

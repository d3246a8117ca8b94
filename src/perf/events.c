/* SPDX-License-Identifier: MIT */
/* Reads attrs and ids, and finds the event of an id. */
#include "perf/events.h"

#include <string.h>
#include <time.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/limits.h"
#include "perf/decode.h"

/* struct perf_event_attr (linux/perf_event.h) has grown since; what an older perf did not write
 * reads as zeros, what a newer one wrote is skipped. */
#define ATTR_SIZE_KNOWN 136
#define ATTR_SIZE_FIRST 64
#define IDS_SIZE        16

/* Bits of the attr's flags. */
#define FLAG_INHERIT           (UINT64_C(1) << 1)
#define FLAG_FREQUENCY         (UINT64_C(1) << 10)
#define FLAG_SAMPLE_ID_ALL     (UINT64_C(1) << 18)
#define FLAG_NO_KERNEL_CALLERS (UINT64_C(1) << 21)
#define FLAG_NO_USER_CALLERS   (UINT64_C(1) << 22)
#define FLAG_CLOCK             (UINT64_C(1) << 25)
#define FLAG_ENABLE_ON_EXEC    (UINT64_C(1) << 12)
#define FLAG_CONTEXT_SWITCH    (UINT64_C(1) << 26)

void events_done(struct events *events)
{
    for (uint32_t i = 0; i < events->count; i++)
        mem_free(events->list[i].name);
    mem_free(events->list);
    mem_free(events->layouts);
    mem_free(events->losses);
    mem_free(events->ids);
    index_done(&events->index);
    mem_free(events->counters);
    index_done(&events->counter_index);
    *events = (struct events){0};
}

struct event_id *events_entry(struct events *events, uint64_t id)
{
    struct index_probe probe = index_probe(&events->index, hash_pair(id, 0));
    for (uint32_t at; (at = index_next(&probe)) != INDEX_NONE;)
        if (events->ids[at].id == id)
            return &events->ids[at];
    return NULL;
}

int events_counter(struct events *events, uint64_t id, uint32_t tid, uint64_t **ret_value,
                   struct pfl_error *err)
{
    uint64_t hash = hash_pair(id, tid);
    struct index_probe probe = index_probe(&events->counter_index, hash);
    for (uint32_t at; (at = index_next(&probe)) != INDEX_NONE;)
        if (events->counters[at].id == id && events->counters[at].tid == tid) {
            *ret_value = &events->counters[at].value;
            return 0;
        }
    if (events->counter_count >= LIMIT_COUNTERS)
        return error_set(err, PFL_ERROR_LIMIT, "more than %d counters of threads", LIMIT_COUNTERS);
    if (mem_grow(&events->counters, &events->counter_capacity, events->counter_count + 1,
                 sizeof *events->counters) < 0 ||
        index_add(&events->counter_index, hash, (uint32_t)events->counter_count) < 0)
        return error_memory(err);
    struct event_counter *counter = &events->counters[events->counter_count++];
    *counter = (struct event_counter){.id = id, .tid = tid};
    *ret_value = &counter->value;
    return 0;
}

uint32_t events_search(struct events *events, uint64_t id)
{
    const struct event_id *entry = events_entry(events, id);
    if (!entry)
        return EVENTS_NONE;
    events->recent[id % EVENTS_RECENT] = *entry;
    events->machine_pid = entry->machine_pid;
    return entry->event;
}

static int events_add_id(struct events *events, uint64_t id, uint32_t event, struct pfl_error *err)
{
    if (events_entry(events, id))
        return 0; /* the first one to claim an id keeps it */
    if (mem_grow(&events->ids, &events->id_capacity, events->id_count + 1, sizeof *events->ids) <
            0 ||
        index_add(&events->index, hash_pair(id, 0), (uint32_t)events->id_count) < 0)
        return error_memory(err);
    events->ids[events->id_count++] = (struct event_id){.id = id, .event = event};
    return 0;
}

static int events_read_ids(struct events *events, const struct source *source, bool swap,
                           struct header_section section, uint32_t event, struct pfl_error *err)
{
    if (!header_section_fits(section, source->size)) {
        events->cut = true;
        return 0;
    }
    uint64_t count = section.size / sizeof(uint64_t);
    if (count > LIMIT_EVENT_IDS - events->claimed)
        return error_at(err, PFL_ERROR_LIMIT, section.offset,
                        "event %u claims %llu ids, which is too many", event,
                        (unsigned long long)count);
    events->claimed += (size_t)count;
    CLEANUP(mem_cleanup) uint8_t *bytes = mem_alloc((size_t)count * sizeof(uint64_t));
    if (!bytes)
        return error_memory(err);
    size_t size = 0;
    int r =
        source_read(source, section.offset, bytes, (size_t)count * sizeof(uint64_t), &size, err);
    if (r < 0)
        return r;
    struct cursor c = cursor_of(bytes, size, swap);
    while (cursor_left(&c) >= sizeof(uint64_t))
        if ((r = events_add_id(events, cursor_u64(&c), event, err)) < 0)
            return r;
    return 0;
}

/* The flags of an attr are bit-fields, which a compiler lays out from the other end of each byte
 * where the byte order is the other one: byte after byte keeps its place, its bits do not. */
static uint64_t flags_decode(const uint8_t *bytes, bool swap)
{
    uint64_t flags = 0;
    const bool big_here = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (unsigned i = 0; i < 64; i++) {
        unsigned bit = swap == big_here ? i % 8 : 7 - i % 8;
        flags |= (uint64_t)(bytes[i / 8] >> bit & 1) << i;
    }
    return flags;
}

/* Decodes an attr of any size; the offsets are those of struct perf_event_attr. */
static struct perf_event attr_decode(const uint8_t *bytes, size_t size, bool swap,
                                     uint64_t *ret_flags)
{
    uint8_t padded[ATTR_SIZE_KNOWN] = {0};
    memcpy(padded, bytes, size < sizeof padded ? size : sizeof padded);
    struct cursor c = cursor_of(padded, sizeof padded, swap);
    struct perf_event event = {0};
    event.type = cursor_u32(&c);
    cursor_skip(&c, 4); /* size */
    event.config = cursor_u64(&c);
    event.sample_period = cursor_u64(&c);
    event.sample_type = cursor_u64(&c);
    event.read_format = cursor_u64(&c);
    uint64_t flags = flags_decode(padded + 40, swap);
    cursor_skip(&c, 72 - 40); /* wakeup, breakpoint, config1, config2 */
    event.branch_sample_type = cursor_u64(&c);
    event.sample_regs_user = cursor_u64(&c);
    event.sample_stack_user = cursor_u32(&c);
    event.monotonic = cursor_u32(&c) == CLOCK_MONOTONIC && flags & FLAG_CLOCK;
    event.sample_regs_intr = cursor_u64(&c);

    event.inherit = flags & FLAG_INHERIT;
    event.frequency = flags & FLAG_FREQUENCY;
    event.sample_id_all = flags & FLAG_SAMPLE_ID_ALL;
    event.context_switch = flags & FLAG_CONTEXT_SWITCH;
    event.enable_on_exec = flags & FLAG_ENABLE_ON_EXEC;
    event.exclude_callchain_kernel = flags & FLAG_NO_KERNEL_CALLERS;
    event.exclude_callchain_user = flags & FLAG_NO_USER_CALLERS;
    event.front_size = 8 * (uint32_t)__builtin_popcountll(event.sample_type & PERF_SAMPLE_FRONT);
    *ret_flags = flags;
    return event;
}

static struct header_section ids_section(const uint8_t *bytes, size_t at, bool swap)
{
    struct cursor c = cursor_of(bytes + at, IDS_SIZE, swap);
    struct header_section section;
    section.offset = cursor_u64(&c);
    section.size = cursor_u64(&c);
    return section;
}

/* The section of an event's ids stands behind the attr, of which there are two opinions: what
 * attr.size says (so a perf reads it whose own attr is larger), and the end of the entry (where
 * an old perf inject left it when it passed on a still older attr). */
static struct header_section ids_of_entry(const uint8_t *entry, size_t entry_size, bool swap,
                                          uint64_t file_size)
{
    struct cursor c = cursor_of(entry, entry_size, swap);
    cursor_skip(&c, 4);
    size_t attr_size = cursor_u32(&c);
    if (attr_size == 0)
        attr_size = ATTR_SIZE_FIRST;
    struct header_section last = ids_section(entry, entry_size - IDS_SIZE, swap);
    if (attr_size < ATTR_SIZE_FIRST || attr_size >= entry_size - IDS_SIZE)
        return last;
    struct header_section behind = ids_section(entry, attr_size, swap);
    bool sensible = behind.size && behind.size % sizeof(uint64_t) == 0 &&
                    header_section_fits(behind, file_size);
    return sensible ? behind : last;
}

/* Adds an event without ids. Its number is count - 1 then. */
static int events_add(struct events *events, const uint8_t *attr, size_t size, bool swap,
                      const struct features *features, struct pfl_error *err)
{
    uint32_t number = events->count;
    if (number >= LIMIT_EVENTS)
        return error_set(err, PFL_ERROR_LIMIT, "more than %d events", LIMIT_EVENTS);
    if (mem_grow(&events->list, &events->capacity, (size_t)number + 1, sizeof *events->list) < 0 ||
        mem_grow(&events->layouts, &events->layout_capacity, (size_t)number + 1,
                 sizeof *events->layouts) < 0 ||
        mem_grow(&events->losses, &events->loss_capacity, (size_t)number + 1,
                 sizeof *events->losses) < 0)
        return error_memory(err);
    uint64_t flags;
    struct perf_event event = attr_decode(attr, size, swap, &flags);
    const char *name = number < features->event_name_count ? features->event_names[number] : NULL;
    event.name = name ? mem_copy_text(name, strlen(name)) : event_make_name(&event, flags);
    if (!event.name)
        return error_memory(err);
    event.named = name;
    events->list[number] = event;
    events->layouts[number] = event_layout_of(&event);
    events->losses[number] = (struct perf_event_losses){0};
    events->count++;
    return 0;
}

static int events_read_entry(struct events *events, const struct source *source,
                             const struct header *header, const uint8_t *entry,
                             const struct features *features, struct pfl_error *err)
{
    size_t entry_size = (size_t)header->attr_size;
    int r = events_add(events, entry, entry_size - IDS_SIZE, header->swap, features, err);
    if (r < 0)
        return r;
    struct header_section ids = ids_of_entry(entry, entry_size, header->swap, source->size);
    return events_read_ids(events, source, header->swap, ids, events->count - 1, err);
}

/* Decides where ids stand, or that the first event is meant always. */
static void events_agree(struct events *events)
{
    events->id_at = events->layouts[0].id_at;
    events->trailer_id = events->layouts[0].trailer_id;
    for (uint32_t i = 1; i < events->count; i++) {
        if (events->layouts[i].id_at != events->layouts[0].id_at)
            events->id_at = -1;
        if (events->layouts[i].trailer_id != events->layouts[0].trailer_id)
            events->trailer_id = 0;
    }
    if (events->count == 1) {
        events->id_at = -1;
        events->trailer_id = 0;
    }
}

int events_read(struct events *events, const struct source *source, const struct header *header,
                const struct features *features, struct pfl_error *err)
{
    uint64_t count = header->attrs.size / header->attr_size;
    if (count > LIMIT_EVENTS)
        return error_at(err, PFL_ERROR_LIMIT, header->attrs.offset,
                        "the header claims %llu events, which is too many",
                        (unsigned long long)count);
    CLEANUP(mem_cleanup) uint8_t *entry = mem_alloc((size_t)header->attr_size);
    if (!entry)
        return error_memory(err);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at;
        size_t size = 0;
        if (__builtin_add_overflow(header->attrs.offset, i * header->attr_size, &at) ||
            at > source->size || source->size - at < header->attr_size) {
            events->cut = true;
            break;
        }
        int r = source_read(source, at, entry, (size_t)header->attr_size, &size, err);
        if (r < 0)
            return r;
        if (size < header->attr_size) {
            events->cut = true;
            break;
        }
        if ((r = events_read_entry(events, source, header, entry, features, err)) < 0)
            return r;
    }
    if (events->count == 0)
        return error_at(err, PFL_ERROR_FORMAT, header->attrs.offset,
                        "damaged: the recording describes no event");
    events_agree(events);
    return 0;
}

/* True if this attr was told before: its first id is known, or, without ids, an equal one is. */
static bool events_know(struct events *events, const uint8_t *attr, size_t size, struct cursor ids)
{
    if (cursor_left(&ids) >= sizeof(uint64_t))
        return events_entry(events, cursor_u64(&ids));
    uint64_t flags;
    struct perf_event event = attr_decode(attr, size, ids.swap, &flags);
    for (uint32_t i = 0; i < events->count; i++) {
        const struct perf_event *known = &events->list[i];
        if (known->type == event.type && known->config == event.config &&
            known->sample_type == event.sample_type && known->sample_period == event.sample_period)
            return true;
    }
    return false;
}

int events_take_record(struct events *events, const struct raw_record *raw,
                       const struct features *features, struct pfl_error *err)
{
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    struct cursor peek = c;
    cursor_skip(&peek, 4);
    size_t size = cursor_u32(&peek);
    if (size == 0)
        size = ATTR_SIZE_FIRST;
    const uint8_t *attr = cursor_bytes(&c, size);
    if (!attr || size < ATTR_SIZE_FIRST || events_know(events, attr, size, c))
        return 0;
    int r = events_add(events, attr, size, raw->swap, features, err);
    while (r == 0 && cursor_left(&c) >= sizeof(uint64_t)) {
        if (events->claimed++ >= LIMIT_EVENT_IDS)
            return error_at(err, PFL_ERROR_LIMIT, raw->offset, "too many ids of events");
        r = events_add_id(events, cursor_u64(&c), events->count - 1, err);
    }
    if (r == 0)
        events_agree(events);
    return r;
}

int event_rename(struct perf_event *event, const char *name, size_t length, struct pfl_error *err)
{
    char *copy = mem_copy_text(name, length);
    if (!copy)
        return error_memory(err);
    mem_free(event->name);
    event->name = copy;
    event->named = true;
    return 0;
}

int events_take_update(struct events *events, const struct raw_record *raw, struct pfl_error *err)
{
    /* enum perf_event_update_type: UNIT, SCALE, NAME, CPUS; the others are for perf stat. */
    const uint64_t update_name = 2;
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    uint64_t type = cursor_u64(&c);
    const struct event_id *entry = events_entry(events, cursor_u64(&c));
    size_t length = 0;
    const char *name = cursor_text(&c, &length);
    if (type != update_name || !entry || !name || !length)
        return 0;
    return event_rename(&events->list[entry->event], name, length, err);
}

/* The numbers of guests follow behind all entries, and only where there are guests:
 *
 *     nr │ id idx cpu tid │ id idx cpu tid │ ... │ machine_pid vcpu │ machine_pid vcpu │ ...
 *
 * (struct perf_record_id_index of tools/lib/perf/include/perf/event.h). */
void events_take_index(struct events *events, const struct raw_record *raw)
{
    const uint64_t entry_size = 32, machine_size = 16;
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    uint64_t count = cursor_u64(&c);
    if (c.failed || count > cursor_left(&c) / (entry_size + machine_size))
        return;
    struct cursor machines = c;
    cursor_skip(&machines, (size_t)(count * entry_size));
    for (uint64_t i = 0; i < count; i++) {
        struct event_id *entry = events_entry(events, cursor_u64(&c));
        cursor_skip(&c, (size_t)entry_size - 8);
        uint64_t pid = cursor_u64(&machines);
        cursor_skip(&machines, (size_t)machine_size - 8);
        if (entry && pid < UINT32_MAX)
            entry->machine_pid = (uint32_t)pid;
    }
    memset(events->recent, 0, sizeof events->recent);
}

uint64_t events_count_rings(const struct raw_record *raw)
{
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    uint64_t count = cursor_u64(&c), rings = 0;
    for (uint64_t i = 0; i < count && !c.failed; i++) {
        cursor_skip(&c, 8);
        uint64_t ring = cursor_u64(&c);
        cursor_skip(&c, 16);
        if (!c.failed && ring < UINT32_MAX && ring >= rings)
            rings = ring + 1;
    }
    return rings;
}

int events_take_names(struct events *events, const struct features *features, struct pfl_error *err)
{
    for (uint32_t i = 0; i < events->count && i < features->event_name_count; i++) {
        const char *name = features->event_names[i];
        int r = name ? event_rename(&events->list[i], name, strlen(name), err) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Reads attrs and ids, and finds the event of an id. */
#include "perf/events.h"

#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/limits.h"

/* struct perf_event_attr (linux/perf_event.h) has grown since; what an older perf did not write
 * reads as zeros, what a newer one wrote is skipped. */
#define ATTR_SIZE_KNOWN 136
#define ATTR_SIZE_FIRST 64
#define IDS_SIZE        16

/* Bits of the attr's flags. */
#define FLAG_FREQUENCY         (UINT64_C(1) << 10)
#define FLAG_SAMPLE_ID_ALL     (UINT64_C(1) << 18)
#define FLAG_NO_KERNEL_CALLERS (UINT64_C(1) << 21)
#define FLAG_NO_USER_CALLERS   (UINT64_C(1) << 22)

void events_done(struct events *events)
{
    for (uint32_t i = 0; i < events->count; i++)
        mem_free(events->list[i].name);
    mem_free(events->list);
    mem_free(events->layouts);
    mem_free(events->ids);
    index_done(&events->index);
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

uint32_t events_find(struct events *events, uint64_t id)
{
    if (events->has_last && events->last.id == id)
        return events->last.event;
    const struct event_id *entry = events_entry(events, id);
    if (!entry)
        return EVENTS_NONE;
    events->last = *entry;
    events->has_last = true;
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
    if (count > LIMIT_EVENT_IDS - events->id_count)
        return error_at(err, PFL_ERROR_LIMIT, section.offset,
                        "event %u claims %llu ids, which is too many", event,
                        (unsigned long long)count);
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
    uint64_t flags = cursor_u64(&c);
    cursor_skip(&c, 72 - 48); /* wakeup, breakpoint, config1, config2 */
    event.branch_sample_type = cursor_u64(&c);
    event.sample_regs_user = cursor_u64(&c);
    event.sample_stack_user = cursor_u32(&c);
    cursor_skip(&c, 4); /* clockid */
    event.sample_regs_intr = cursor_u64(&c);

    event.frequency = flags & FLAG_FREQUENCY;
    event.sample_id_all = flags & FLAG_SAMPLE_ID_ALL;
    event.exclude_callchain_kernel = flags & FLAG_NO_KERNEL_CALLERS;
    event.exclude_callchain_user = flags & FLAG_NO_USER_CALLERS;
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

static int events_read_entry(struct events *events, const struct source *source,
                             const struct header *header, const uint8_t *entry,
                             const struct features *features, struct pfl_error *err)
{
    uint32_t number = events->count;
    size_t entry_size = (size_t)header->attr_size;
    uint64_t flags;
    struct perf_event event = attr_decode(entry, entry_size - IDS_SIZE, header->swap, &flags);
    const char *name = number < features->event_name_count ? features->event_names[number] : NULL;
    event.name = name ? mem_copy_text(name, strlen(name)) : event_make_name(&event, flags);
    if (!event.name)
        return error_memory(err);
    events->list[number] = event;
    events->layouts[number] = event_layout_of(&event);
    events->count++;
    struct header_section ids = ids_of_entry(entry, entry_size, header->swap, source->size);
    return events_read_ids(events, source, header->swap, ids, number, err);
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
    events->list = mem_zalloc((size_t)count, sizeof *events->list);
    events->layouts = mem_zalloc((size_t)count, sizeof *events->layouts);
    if (!entry || !events->list || !events->layouts)
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

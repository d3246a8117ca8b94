/* SPDX-License-Identifier: MIT */
/* perf script's text into a trie. The lines themselves are taken apart in tree/script_line.h.
 *
 * Most frame lines differ from earlier ones in their address at most, so what is behind the
 * address is looked up as a whole, and taken apart only when it is new. */
#include "tree/script_text.h"

#include <string.h>

#include "base/buffer.h"
#include "base/event_name.h"
#include "base/limits.h"
#include "tree/lines.h"
#include "tree/script_line.h"

/* Lines before the first frame: comments, and headers of samples that have no chain. */
#define HEADERS_MOST 100

struct script_reader {
    struct trie *trie;
    const struct script_filter *filter;
    struct intern places;  /* "SYMBOL+0xOFFSET (DSO)" */
    uint32_t *place_frame; /* frame of each */
    size_t place_capacity;
    uint32_t *stack; /* frames of the sample, leaf first */
    size_t stack_count, stack_capacity;
    bool stack_cut; /* some did not fit */
    bool in_sample, wanted;
    uint32_t group; /* root frame, FRAMES_FAILED: none */
    uint32_t column;
    int64_t weight;
    struct buffer comm, event;  /* the header's texts with NULs behind them */
    struct buffer column_event; /* the event for which `column` was found */
    bool column_period;
    uint64_t skipped;
};

static void reader_done(struct script_reader *reader)
{
    intern_done(&reader->places);
    mem_free(reader->place_frame);
    mem_free(reader->stack);
    buffer_done(&reader->comm);
    buffer_done(&reader->event);
    buffer_done(&reader->column_event);
}

/* The frame of a place, through the cache. FRAMES_FAILED without memory. */
static uint32_t reader_frame(struct script_reader *reader, struct slice place)
{
    uint32_t id;
    size_t before = reader->places.count;
    if (reader->places.size > LIMIT_SCRIPT_CACHE_BYTES) {
        intern_done(&reader->places);
        if (intern_init(&reader->places) < 0)
            return FRAMES_FAILED;
        before = reader->places.count;
    }
    if (intern_add(&reader->places, place.text, place.length, &id) < 0)
        return FRAMES_FAILED;
    if (id < before)
        return id ? reader->place_frame[id] : FRAMES_FAILED;
    if (mem_grow(&reader->place_frame, &reader->place_capacity, (size_t)id + 1,
                 sizeof *reader->place_frame) < 0)
        return FRAMES_FAILED;
    return reader->place_frame[id] = script_frame_add(&reader->trie->frames, place);
}

static int reader_push(struct script_reader *reader, struct slice place)
{
    if (reader->stack_count == LIMIT_STACK_FRAMES) {
        reader->stack_cut = true;
        return 0;
    }
    place.length = strnlen(place.text, place.length);
    if (place.length == 0) {
        reader->skipped++;
        return 0;
    }
    uint32_t frame = reader_frame(reader, place);
    if (frame == FRAMES_FAILED || mem_grow(&reader->stack, &reader->stack_capacity,
                                           reader->stack_count + 1, sizeof *reader->stack) < 0)
        return -1;
    reader->stack[reader->stack_count++] = frame;
    return 0;
}

/* Counts the sample that has ended. Returns 0 or -1. */
static int reader_finish(struct script_reader *reader)
{
    struct trie *trie = reader->trie;
    bool counts = reader->in_sample && reader->wanted;
    reader->in_sample = false;
    if (!counts)
        return 0;
    uint32_t node = 0;
    if (reader->group != FRAMES_FAILED)
        node = trie_child(trie, node, reader->group);
    if (reader->stack_cut && node != TRIE_FAILED) {
        uint32_t mark = frames_add(&trie->frames, "[truncated]", 11, FRAME_MARK, NULL);
        node = mark == FRAMES_FAILED ? TRIE_FAILED : trie_child(trie, node, mark);
    }
    for (size_t i = reader->stack_count; i > 0 && node != TRIE_FAILED; i--)
        node = trie_child(trie, node, reader->stack[i - 1]);
    if (node == TRIE_FAILED || trie_add(trie, reader->column, node, reader->weight) < 0)
        return -1;
    trie->columns[reader->column].samples++;
    return 0;
}

static struct event_name event_bare(const struct buffer *event)
{
    struct event_name whole = {.text = event->size ? event->data : "", .length = event->size};
    return event_name_bare(whole);
}

/* The rule of perf_event_unit in perf/event.h, which this room does not see. */
static void event_unit(const struct buffer *event, struct buffer *unit)
{
    struct event_name bare = event_bare(event);
    if ((bare.length == 9 && memcmp(bare.text, "cpu-clock", 9) == 0) ||
        (bare.length == 10 && memcmp(bare.text, "task-clock", 10) == 0))
        buffer_text(unit, "ns");
    else
        buffer_append(unit, bare.text, bare.length);
}

/* Finds the column of the sample's event. Returns 1, 0 if there is no room for it, or -1. */
static int reader_column(struct script_reader *reader, bool has_period)
{
    struct trie *trie = reader->trie;
    if (reader->column != TRIE_FAILED && reader->column_period == has_period &&
        reader->column_event.size == reader->event.size &&
        memcmp(reader->column_event.data, reader->event.data, reader->event.size) == 0)
        return 1;
    struct buffer unit = {0};
    if (has_period)
        event_unit(&reader->event, &unit);
    else
        buffer_text(&unit, "samples");
    reader->column = trie_column(trie, buffer_string(&reader->event),
                                 has_period ? "period" : "samples", buffer_string(&unit));
    reader->column_period = has_period;
    buffer_clear(&reader->column_event);
    buffer_append(&reader->column_event, reader->event.data, reader->event.size);
    bool failed = unit.failed || reader->column_event.failed || reader->event.failed;
    buffer_done(&unit);
    if (failed)
        return -1;
    if (reader->column == TRIE_FAILED)
        return trie->column_count >= LIMIT_COLUMNS ? 0 : -1;
    return 1;
}

static void buffer_assign(struct buffer *buffer, struct slice slice)
{
    buffer_clear(buffer);
    buffer_append(buffer, slice.text, slice.length);
}

/* A tracepoint's fields are no frame, whatever they look like. */
static bool event_is_tracepoint(const struct buffer *event)
{
    struct event_name bare = event_bare(event);
    return bare.length && memchr(bare.text, ':', bare.length);
}

/* Begins a sample. Returns 0 or a negative code of the filter's, -PFL_ERROR_MEMORY. */
static int reader_begin(struct script_reader *reader, const struct script_header *header)
{
    if (reader_finish(reader) < 0)
        return -PFL_ERROR_MEMORY;
    buffer_assign(&reader->comm, header->comm);
    buffer_assign(&reader->event, header->event);
    const char *comm = buffer_string(&reader->comm), *event = buffer_string(&reader->event);
    bool by_period = header->has_period && !(reader->filter && reader->filter->hits);
    int column = reader_column(reader, by_period);
    if (column < 0 || reader->comm.failed || reader->event.failed)
        return -PFL_ERROR_MEMORY;
    reader->in_sample = true;
    reader->wanted = false;
    reader->stack_count = 0;
    reader->stack_cut = false;
    if (column == 0) {
        reader->skipped++;
        return 0;
    }
    struct trie_column *weights = &reader->trie->columns[reader->column];
    reader->weight = by_period ? weight_of(header->period) : 1;
    weights->recorded = weight_add(weights->recorded, reader->weight);
    struct script_sample sample = {.comm = comm,
                                   .event = event,
                                   .pid = header->pid,
                                   .tid = header->tid,
                                   .cpu = header->cpu,
                                   .time = header->time,
                                   .period = header->period,
                                   .has_period = header->has_period};
    const char *group = comm;
    int selected = 1;
    if (reader->filter)
        selected = reader->filter->select(reader->filter->context, &sample, &group);
    if (selected <= 0)
        return selected;
    reader->wanted = true;
    reader->group = FRAMES_FAILED;
    if (group) {
        reader->group = frames_add(&reader->trie->frames, group, strlen(group), FRAME_GROUP, NULL);
        if (reader->group == FRAMES_FAILED)
            return -PFL_ERROR_MEMORY;
    }
    /* Without call chains the one frame stands in the same line. */
    struct slice place;
    if (header->rest.length && header->rest.text[header->rest.length - 1] == ')' &&
        !event_is_tracepoint(&reader->event) &&
        script_frame_split(header->rest.text, header->rest.length, &place) &&
        reader_push(reader, place) < 0)
        return -PFL_ERROR_MEMORY;
    return 0;
}

static bool is_blank(const char *line, size_t length)
{
    while (length && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    return length == 0;
}

/* Returns 0 or a negative code. */
static int reader_line(struct script_reader *reader, const char *line, size_t length)
{
    struct slice place;
    struct script_header header;
    if (length && line[0] == '\t' && script_frame_split(line, length, &place)) {
        if (!reader->in_sample)
            reader->skipped++;
        else if (reader->wanted && reader_push(reader, place) < 0)
            return -PFL_ERROR_MEMORY;
        return 0;
    }
    if (is_blank(line, length))
        return reader_finish(reader) < 0 ? -PFL_ERROR_MEMORY : 0;
    if (line[0] == '#')
        return 0;
    if (line[0] != '\t' && script_header_parse(line, length, &header))
        return reader_begin(reader, &header);
    /* Some tools have made the tab spaces. */
    if (line[0] == ' ' && reader->in_sample && script_frame_split(line, length, &place))
        return reader->wanted && reader_push(reader, place) < 0 ? -PFL_ERROR_MEMORY : 0;
    reader->skipped++;
    return 0;
}

bool script_text_recognises(const char *text, size_t size)
{
    const char *line;
    size_t length;
    bool ended;
    while (lines_take(&text, &size, &line, &length, &ended)) {
        if (length > 14 && memcmp(line, "# captured on ", 14) == 0)
            return true; /* perf script --header */
        if (is_blank(line, length) || line[0] == '#')
            continue;
        struct script_header header;
        return !memchr(line, '\0', length) && script_header_parse(line, length, &header);
    }
    return false;
}

bool script_text_has_frames(const char *text, size_t size)
{
    const char *line;
    size_t length;
    bool ended;
    struct slice place;
    for (int i = 0; i < HEADERS_MOST && lines_take(&text, &size, &line, &length, &ended); i++)
        if (length && line[0] == '\t' && !memchr(line, '\0', length) &&
            script_frame_split(line, length, &place))
            return true;
    return false;
}

int script_text_read(struct trie *trie, const struct source *source,
                     const struct script_filter *filter, uint64_t *ret_skipped,
                     struct pfl_error *err)
{
    CLEANUP(reader_done)
    struct script_reader reader = {.trie = trie, .filter = filter, .column = TRIE_FAILED};
    CLEANUP(lines_done) struct lines lines = {.source = source};
    const uint64_t cells = LIMIT_SCRIPT_CELLS + LIMIT_SCRIPT_PER_BYTE * source->size;
    if (intern_init(&reader.places) < 0)
        return error_memory(err);
    for (;;) {
        const char *line = "";
        size_t length = 0;
        int result = lines_next(&lines, &line, &length, err);
        if (result < 0)
            return result;
        if (result == 0)
            break;
        if (result == 2) {
            reader.skipped++;
            continue;
        }
        result = reader_line(&reader, line, length);
        if (result == -PFL_ERROR_MEMORY)
            return error_memory(err);
        if (result < 0)
            return result;
        if ((uint64_t)trie->weighed * trie->count > cells)
            return error_set(err, PFL_ERROR_LIMIT,
                             "%u events in %u nodes are too many to be weighed apart: choose "
                             "some with -e",
                             trie->weighed, trie->count);
    }
    if (reader_finish(&reader) < 0)
        return error_memory(err);
    *ret_skipped = reader.skipped;
    return 0;
}

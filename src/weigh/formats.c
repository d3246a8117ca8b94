/* SPDX-License-Identifier: MIT */
/* Walks perf's copy of the kernel's formats (written by tracing_data_get of
 * tools/perf/util/trace-event-info.c):
 *
 *     17 08 44 "tracing" │ version\0 │ big endian? │ size of long │ page size (4)
 *     "header_page\0" (8)text │ "header_event\0" (8)text
 *     (4)n × (8)text                       ftrace's own events
 *     (4)n × { system\0 (4)n × (8)text }   everybody else's
 *
 * (k) is a number of k bytes: a size, or a count. libtraceevent is given what is really there,
 * without print formats, which nobody needs. */
#include "weigh/formats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <traceevent/event-parse.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/mem.h"

#define LINE_MOST 160

#define DECLARATION_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ *"

static const char magic[] = "\x17\x08\x44tracing";

struct reading {
    const struct perf_session *session;
    struct formats *formats;
    struct tep_handle *tep;
    struct buffer text;
    bool swap;
    uint32_t page_size;
};

static void tep_cleanup(struct tep_handle **tep)
{
    tep_free(*tep);
}

void formats_done(struct formats *formats)
{
    for (uint32_t i = 0; i < formats->count; i++) {
        for (uint32_t k = 0; k < formats->list[i].count; k++)
            mem_free(formats->list[i].fields[k].name);
        mem_free(formats->list[i].fields);
    }
    mem_free(formats->list);
    *formats = (struct formats){0};
}

/* A size of 8 bytes, then so many. */
static const char *sized_text(struct cursor *c, size_t *ret_size)
{
    uint64_t size = cursor_u64(c);
    if (size > cursor_left(c)) {
        c->failed = true;
        return NULL;
    }
    *ret_size = (size_t)size;
    return (const char *)cursor_bytes(c, (size_t)size);
}

static bool event_has_id(const struct perf_event *event, uint64_t id)
{
    return event->type == PERF_TYPE_TRACEPOINT && event->config == id;
}

static bool event_is_wanted(const struct perf_session *session, uint64_t id)
{
    for (uint32_t i = 0; i < perf_session_event_count(session); i++)
        if (event_has_id(perf_session_event(session, i), id))
            return true;
    return false;
}

enum line {
    LINE_NUMBER,
    LINE_OTHER,  /* an array or a text */
    LINE_DAMAGED /* the kernel writes no such line */
};

/* One line: "\tfield:unsigned long call_site;\toffset:8;\tsize:8;\tsigned:0;"; of a number, put
 * anew. Arrays and texts have brackets, or an asterisk before their name. */
static enum line line_read(const char *line, size_t length, char *ret_line, size_t size,
                           bool *ret_common)
{
    char copy[LINE_MOST] = "", declaration[LINE_MOST] = "", rest[2];
    unsigned offset = 0, bytes = 0, is_signed = 0;
    if (length >= sizeof copy || memchr(line, '\0', length))
        return LINE_DAMAGED;
    memcpy(copy, line, length);
    int found = sscanf(copy, " field:%159[^;]; offset:%6u; size:%6u; signed:%1u; %1s", declaration,
                       &offset, &bytes, &is_signed, rest);
    size_t plain = strspn(declaration, DECLARATION_CHARACTERS);
    if (found < 3 || found > 4 || (declaration[plain] && declaration[plain] != '['))
        return LINE_DAMAGED;
    if (declaration[plain])
        return LINE_OTHER;
    const char *name = strrchr(declaration, ' ');
    if (!name || name == declaration || !name[1] || (name[1] >= '0' && name[1] <= '9'))
        return LINE_DAMAGED;
    if (strchr(name, '*'))
        return LINE_OTHER;
    *ret_common = strncmp(name + 1, "common_", 7) == 0;
    snprintf(ret_line, size, "\tfield:%s;\toffset:%u;\tsize:%u;\tsigned:%u;\n", declaration, offset,
             bytes, is_signed & 1);
    return LINE_NUMBER;
}

/* What the lines of an event's fields came to. */
struct lines {
    uint32_t numbers, damaged;
};

static bool line_is(const char *line, size_t length, const char *start)
{
    return length >= strlen(start) && memcmp(line, start, strlen(start)) == 0;
}

/* Puts the fields of one kind, as libtraceevent wants them. An empty line stands behind the common
 * fields, and one behind the event's own. */
static struct lines reading_put_fields(struct buffer *to, const char *text, size_t size,
                                       bool common)
{
    struct lines lines = {0};
    char line[LINE_MOST + 64];
    for (int empty = 0; size && empty < 2 && !line_is(text, size, "print fmt:");) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        bool is_common = false;
        empty += length == 0;
        enum line kind = length == 0 || line_is(text, length, "format:")
                             ? LINE_OTHER
                             : line_read(text, length, line, sizeof line, &is_common);
        lines.damaged += kind == LINE_DAMAGED;
        if (kind == LINE_NUMBER && is_common == common) {
            buffer_text(to, line);
            lines.numbers++;
        }
        text += length + (end != NULL);
        size -= length + (end != NULL);
    }
    return lines;
}

/* Remembers of the events of this ID what could not be read. */
static void reading_tell(const struct reading *reading, uint64_t id, uint32_t damaged)
{
    for (uint32_t i = 0; i < reading->formats->count; i++)
        if (event_has_id(perf_session_event(reading->session, i), id)) {
            reading->formats->list[i].missing = false;
            reading->formats->list[i].damaged = damaged;
        }
}

/* Lets libtraceevent read one text, of so many fields. It tells a part of what fails for want of
 * memory as nonsense, or not at all, but malloc tells it in errno. */
static int reading_parse(const struct reading *reading, int id, struct lines *lines,
                         struct pfl_error *err)
{
    const struct buffer *text = &reading->text;
    errno = 0;
    (void)tep_parse_event(reading->tep, text->data, text->size, "recording");
    if (errno == ENOMEM)
        return error_memory(err);
    const struct tep_event *event = tep_find_event(reading->tep, id);
    uint32_t found = event ? (uint32_t)(event->format.nr_fields + event->format.nr_common) : 0;
    if (found < lines->numbers)
        lines->damaged += lines->numbers - found;
    return 0;
}

/* Gives one text to libtraceevent if an event of the recording has its ID: anew, from the lines
 * that are understood, because it loses memory over others. */
static int reading_take(struct reading *reading, const char *text, size_t size,
                        struct pfl_error *err)
{
    const char *id = memmem(text, size, "\nID:", 4);
    if (!id || size > LIMIT_FORMAT_BYTES)
        return 0;
    char digits[24] = "";
    size_t left = (size_t)(text + size - id) - 4;
    memcpy(digits, id + 4, left < sizeof digits - 1 ? left : sizeof digits - 1);
    unsigned long long number = strtoull(digits, NULL, 10);
    if (number > INT32_MAX || !event_is_wanted(reading->session, number))
        return 0;
    const char *fields = memchr(id + 1, '\n', left + 3);
    size_t fields_size = fields ? (size_t)(text + size - ++fields) : 0;
    struct buffer *to = &reading->text;
    buffer_clear(to);
    buffer_printf(to, "name: event\nID: %llu\nformat:\n", number);
    struct lines lines = reading_put_fields(to, fields, fields_size, true);
    buffer_char(to, '\n');
    lines.numbers += reading_put_fields(to, fields, fields_size, false).numbers;
    buffer_text(to, "\nprint fmt: \"\"\n");
    (void)buffer_string(to);
    if (to->failed)
        return error_memory(err);
    int r = reading_parse(reading, (int)number, &lines, err);
    if (r == 0)
        reading_tell(reading, number, lines.damaged);
    return r;
}

static int reading_systems(struct reading *reading, struct cursor *c, struct pfl_error *err)
{
    size_t size = 0;
    int r = 0;
    uint32_t own = cursor_u32(c);
    for (uint32_t i = 0; i < own && !c->failed; i++)
        (void)sized_text(c, &size);
    uint32_t systems = cursor_u32(c);
    for (uint32_t i = 0; i < systems && !c->failed; i++) {
        (void)cursor_text(c, NULL);
        uint32_t events = cursor_u32(c);
        for (uint32_t k = 0; k < events && !c->failed; k++) {
            const char *text = sized_text(c, &size);
            if (text && (r = reading_take(reading, text, size, err)) < 0)
                return r;
        }
    }
    return 0;
}

static int reading_run(struct reading *reading, struct pfl_error *err)
{
    size_t size = 0;
    const uint8_t *data = perf_session_tracing(reading->session, &size);
    if (!data)
        return 0;
    struct cursor c = cursor_of(data, size, false);
    const uint8_t *start = cursor_bytes(&c, sizeof magic - 1);
    if (!start || memcmp(start, magic, sizeof magic - 1) != 0)
        return 0;
    (void)cursor_text(&c, NULL); /* version */
    bool big = cursor_u8(&c);
    uint8_t size_of_long = cursor_u8(&c);
    reading->swap = c.swap = big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    reading->page_size = cursor_u32(&c);
    tep_set_file_bigendian(reading->tep, big ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
    tep_set_long_size(reading->tep, size_of_long == 4 ? 4 : 8);
    for (int i = 0; i < 2; i++) { /* header_page, header_event: of the ring that perf has not */
        (void)cursor_text(&c, NULL);
        (void)sized_text(&c, &size);
    }
    return c.failed ? 0 : reading_systems(reading, &c, err);
}

static bool field_is_number(const struct tep_format_field *field)
{
    const unsigned long others = TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_STRING | TEP_FIELD_IS_DYNAMIC;
    return !(field->flags & others) && field->offset >= 0 &&
           (field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8);
}

static int format_take(struct format *format, const struct tep_format_field *field, bool swap,
                       struct pfl_error *err)
{
    size_t capacity = format->count;
    for (; field; field = field->next) {
        if (!field_is_number(field) || format->count >= LIMIT_FORMAT_FIELDS)
            continue;
        if (mem_grow(&format->fields, &capacity, (size_t)format->count + 1,
                     sizeof *format->fields) < 0)
            return error_memory(err);
        struct format_field *to = &format->fields[format->count];
        to->at = (struct field){.offset = (uint32_t)field->offset,
                                .size = (uint8_t)field->size,
                                .is_signed = field->flags & TEP_FIELD_IS_SIGNED,
                                .swap = swap};
        to->name = mem_copy_text(field->name, strlen(field->name));
        if (!to->name)
            return error_memory(err);
        format->count++;
    }
    return 0;
}

int formats_read(struct formats *formats, const struct perf_session *session, struct pfl_error *err)
{
    CLEANUP(tep_cleanup) struct tep_handle *tep = tep_alloc();
    struct reading reading = {.session = session, .formats = formats, .tep = tep};
    formats->list = mem_zalloc(perf_session_event_count(session), sizeof *formats->list);
    if (!tep || !formats->list)
        return error_memory(err);
    formats->count = perf_session_event_count(session);
    for (uint32_t i = 0; i < formats->count; i++)
        formats->list[i].missing = perf_session_event(session, i)->type == PERF_TYPE_TRACEPOINT;
    tep_set_loglevel(TEP_LOG_NONE);
    int r = reading_run(&reading, err);
    buffer_done(&reading.text);
    formats->page_size = reading.page_size;
    for (uint32_t i = 0; i < formats->count && r == 0; i++) {
        const struct perf_event *event = perf_session_event(session, i);
        const struct tep_event *found =
            event->type == PERF_TYPE_TRACEPOINT && event->config <= INT32_MAX
                ? tep_find_event(tep, (int)event->config)
                : NULL;
        if (!found)
            continue;
        struct format *format = &formats->list[i];
        r = format_take(format, found->format.fields, reading.swap, err);
        format->own = format->count;
        if (r == 0)
            r = format_take(format, found->format.common_fields, reading.swap, err);
    }
    return r;
}

const struct field *format_find(const struct format *format, const char *name)
{
    for (uint32_t i = 0; i < format->count; i++)
        if (strcmp(format->fields[i].name, name) == 0)
            return &format->fields[i].at;
    return NULL;
}

static bool ends(const char *text, const char *ending)
{
    size_t length = strlen(text), end = strlen(ending);
    return length >= end && strcmp(text + length - end, ending) == 0;
}

void format_unit(const char *name, char *unit, size_t size)
{
    static const char *const times[] = {"runtime", "vruntime", "delay", "duration", "latency"};
    const char *found = name;
    if (strstr(name, "bytes") || ends(name, "size") || ends(name, "len") || ends(name, "length"))
        found = "bytes";
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strcmp(name, times[i]) == 0)
            found = "ns";
    if (ends(name, "_ns") || ends(name, "_nsec"))
        found = "ns";
    size_t length = strnlen(found, size - 1);
    memcpy(unit, found, length);
    unit[length] = '\0';
}

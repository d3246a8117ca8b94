/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEADER_SIZE 104

void put_u16(struct buffer *to, uint16_t value)
{
    buffer_append(to, &value, sizeof value);
}

void put_u32(struct buffer *to, uint32_t value)
{
    buffer_append(to, &value, sizeof value);
}

void put_u64(struct buffer *to, uint64_t value)
{
    buffer_append(to, &value, sizeof value);
}

void put_text(struct buffer *to, const char *text)
{
    size_t length = strlen(text);
    buffer_append(to, text, length);
    do {
        buffer_char(to, '\0');
    } while (++length % 8);
}

void recording_event(struct recording *recording, struct recording_event event)
{
    assert_true(recording->event_count < RECORDING_EVENTS);
    recording->events[recording->event_count++] = event;
}

void record_begin(struct recording *recording, uint32_t type, uint16_t misc)
{
    recording->record_at = recording->data.size;
    put_u32(&recording->data, type);
    put_u16(&recording->data, misc);
    put_u16(&recording->data, 0);
}

void record_end(struct recording *recording)
{
    uint16_t size = (uint16_t)(recording->data.size - recording->record_at);
    memcpy(recording->data.data + recording->record_at + 6, &size, sizeof size);
}

void record_mark(struct recording *recording, uint32_t type)
{
    record_begin(recording, type, 0);
    record_end(recording);
}

struct buffer *recording_feature(struct recording *recording, unsigned bit)
{
    assert_true(recording->feature_count < RECORDING_FEATURES);
    recording->features[recording->feature_count].bit = bit;
    return &recording->features[recording->feature_count++].bytes;
}

static unsigned attr_size_of(const struct recording *recording)
{
    return recording->attr_size ? recording->attr_size : 128;
}

static size_t ids_size(const struct recording *recording)
{
    size_t size = 0;
    for (unsigned i = 0; i < recording->event_count; i++)
        size += recording->events[i].id_count * sizeof(uint64_t);
    return size;
}

size_t recording_data_offset(const struct recording *recording)
{
    return HEADER_SIZE + ids_size(recording) +
           recording->event_count * (attr_size_of(recording) + 16);
}

static void put_attr(struct buffer *to, const struct recording_event *event, unsigned size)
{
    size_t start = to->size;
    put_u32(to, event->type);
    put_u32(to, size);
    put_u64(to, event->config);
    put_u64(to, event->sample_period);
    put_u64(to, event->sample_type);
    put_u64(to, event->read_format);
    put_u64(to, event->flags);
    for (int i = 0; i < 3; i++) /* wakeup, breakpoint, configs */
        put_u64(to, 0);
    put_u64(to, event->branch_sample_type);
    put_u64(to, event->regs_user);
    put_u32(to, event->stack_user);
    put_u32(to, 0); /* clockid */
    put_u64(to, event->regs_intr);
    while (to->size < start + size)
        buffer_char(to, '\0');
    to->size = start + size;
}

static void put_header(struct buffer *to, const struct recording *recording)
{
    unsigned entry = attr_size_of(recording) + 16;
    buffer_text(to, "PERFILE2");
    put_u64(to, HEADER_SIZE);
    put_u64(to, entry);
    put_u64(to, HEADER_SIZE + ids_size(recording));
    put_u64(to, (uint64_t)entry * recording->event_count);
    put_u64(to, recording_data_offset(recording));
    put_u64(to, recording->killed ? 0 : recording->data.size);
    put_u64(to, 0);
    put_u64(to, 0);
    uint64_t bits = 0;
    for (unsigned i = 0; i < recording->feature_count; i++)
        bits |= UINT64_C(1) << recording->features[i].bit;
    put_u64(to, bits);
    for (int i = 0; i < 3; i++)
        put_u64(to, 0);
}

void recording_compose(const struct recording *recording, struct buffer *to)
{
    put_header(to, recording);
    for (unsigned i = 0; i < recording->event_count; i++)
        for (unsigned j = 0; j < recording->events[i].id_count; j++)
            put_u64(to, recording->events[i].ids[j]);
    uint64_t ids_at = HEADER_SIZE;
    for (unsigned i = 0; i < recording->event_count; i++) {
        const struct recording_event *event = &recording->events[i];
        put_attr(to, event, attr_size_of(recording));
        put_u64(to, ids_at);
        put_u64(to, event->id_count * sizeof(uint64_t));
        ids_at += event->id_count * sizeof(uint64_t);
    }
    buffer_append(to, recording->data.data, recording->data.size);
    uint64_t at = to->size + 16 * recording->feature_count;
    for (unsigned i = 0; i < recording->feature_count && !recording->killed; i++) {
        put_u64(to, at);
        put_u64(to, recording->features[i].bytes.size);
        at += recording->features[i].bytes.size;
    }
    for (unsigned i = 0; i < recording->feature_count && !recording->killed; i++)
        buffer_append(to, recording->features[i].bytes.data, recording->features[i].bytes.size);
    assert_false(to->failed);
}

struct source bytes_open(const void *bytes, size_t size)
{
    int fd = memfd_create("recording", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(write(fd, bytes, size) == (ssize_t)size);
    struct source source;
    assert_int_equal(source_open_fd(&source, fd, NULL), 0);
    source.owns_fd = true;
    return source;
}

struct source recording_open(const struct recording *recording, size_t size)
{
    struct buffer file = {0};
    recording_compose(recording, &file);
    struct source source = bytes_open(file.data, size < file.size ? size : file.size);
    buffer_done(&file);
    return source;
}

void recording_done(struct recording *recording)
{
    buffer_done(&recording->data);
    for (unsigned i = 0; i < recording->feature_count; i++)
        buffer_done(&recording->features[i].bytes);
}

int recording_read(struct perf_session *session, struct perf_record *ret_records, int most)
{
    struct perf_record record;
    int count = 0, r;
    while ((r = perf_session_next(session, &record, NULL)) > 0) {
        assert_true(count < most);
        ret_records[count++] = record;
    }
    return r < 0 ? r : count;
}

struct perf_session *session_of(struct source *source)
{
    struct perf_session *session = NULL;
    struct pfl_error error = {0};
    if (perf_session_open(&session, source, &error) < 0)
        fail_msg("%s", error.message);
    return session;
}

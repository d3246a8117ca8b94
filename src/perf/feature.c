/* SPDX-License-Identifier: MIT */
/* Reads feature sections; their forms are those that tools/perf/util/header.c writes. */
#include "perf/feature.h"

#include <string.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "perf/decode.h"

#define TABLE_ENTRY_SIZE 16

/* perf_record_header_build_id of tools/lib/perf/include/perf/event.h: header, pid, 20 bytes of
 * id, its size (if MISC_BUILD_ID_SIZE is set), 3 of padding, then the path. */
#define BUILD_ID_FIXED     36
#define BUILD_ID_BYTES     20
#define MISC_BUILD_ID_SIZE (1u << 15)
#define MISC_CPUMODE       0x7u

enum { TEXT_HOSTNAME, TEXT_RELEASE, TEXT_VERSION, TEXT_ARCH, TEXT_CPU, TEXT_COMMAND };

void features_done(struct features *features)
{
    for (unsigned i = 0; i < FEATURES_TEXTS; i++)
        mem_free(features->texts[i]);
    for (uint32_t i = 0; i < features->event_name_count; i++)
        mem_free(features->event_names[i]);
    mem_free(features->event_names);
    for (uint32_t i = 0; i < features->build_id_count; i++)
        mem_free((char *)(uintptr_t)features->build_ids[i].path);
    mem_free(features->build_ids);
    mem_free(features->tracing);
    *features = (struct features){0};
}

/* A length, then that many bytes with at least one NUL among them. */
static const char *feature_text(struct cursor *c, size_t *ret_length)
{
    uint32_t size = cursor_u32(c);
    const uint8_t *bytes = cursor_bytes(c, size);
    const uint8_t *end = bytes && size ? memchr(bytes, 0, size) : NULL;
    if (!end)
        return NULL;
    *ret_length = (size_t)(end - bytes);
    return (const char *)bytes;
}

static int feature_take_text(struct features *features, unsigned which, struct cursor *c,
                             struct pfl_error *err)
{
    size_t length = 0;
    const char *text = feature_text(c, &length);
    if (!text || features->texts[which])
        return 0; /* the first one counts: who was told of it may hold it */
    features->texts[which] = mem_copy_text(text, length);
    return features->texts[which] ? 0 : error_memory(err);
}

static int feature_take_command(struct features *features, struct cursor *c, struct pfl_error *err)
{
    struct buffer line = {0};
    uint32_t count = cursor_u32(c);
    if (features->texts[TEXT_COMMAND])
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t length = 0;
        const char *text = feature_text(c, &length);
        if (!text)
            break;
        if (i)
            buffer_char(&line, ' ');
        buffer_append(&line, text, length);
    }
    if (!line.failed)
        features->texts[TEXT_COMMAND] = mem_copy_text(line.data ? line.data : "", line.size);
    buffer_done(&line);
    return features->texts[TEXT_COMMAND] ? 0 : error_memory(err);
}

/* EVENT_DESC: count, size of an attr, then for each event its attr, the count of its ids, its
 * name, its ids. */
static int feature_take_names(struct features *features, struct cursor *c, struct pfl_error *err)
{
    uint32_t count = cursor_u32(c), attr_size = cursor_u32(c);
    if (c->failed || count == 0 || count > LIMIT_EVENTS || features->event_names)
        return 0; /* the first one counts */
    features->event_names = mem_zalloc(count, sizeof *features->event_names);
    if (!features->event_names)
        return error_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        cursor_skip(c, attr_size);
        uint64_t ids = cursor_u32(c);
        size_t length = 0;
        const char *name = feature_text(c, &length);
        cursor_skip(c, ids * sizeof(uint64_t));
        if (c->failed)
            break;
        if (!name || !length)
            continue;
        features->event_names[i] = mem_copy_text(name, length);
        features->event_name_count = i + 1;
        if (!features->event_names[i])
            return error_memory(err);
    }
    return 0;
}

/* perf before 5.12 did not say how long an id is: zeros at its end are then taken for padding,
 * in words of four bytes as perf does it. */
static uint8_t build_id_guess(const uint8_t *bytes)
{
    uint8_t size = BUILD_ID_BYTES;
    while (size > 0 && memcmp(bytes + size - 4, "\0\0\0\0", 4) == 0)
        size -= 4;
    return size;
}

/* One entry, `bare` without a pid; false at the end or where the rest makes no sense. */
static bool build_id_read(struct cursor *c, bool bare, struct perf_build_id *ret_id)
{
    struct cursor entry = *c;
    cursor_skip(&entry, 4);
    uint16_t misc = cursor_u16(&entry), size = cursor_u16(&entry);
    if (entry.failed || size <= BUILD_ID_FIXED || size > cursor_left(c))
        return false;
    entry = cursor_of(c->data + c->position, size, c->swap);
    cursor_skip(&entry, 8);
    ret_id->pid = bare ? -1 : (int32_t)cursor_u32(&entry);
    const uint8_t *bytes = cursor_bytes(&entry, BUILD_ID_BYTES);
    uint8_t length = cursor_u8(&entry);
    cursor_skip(&entry, 3);
    ret_id->path = cursor_text(&entry, NULL);
    if (entry.failed)
        return false;
    ret_id->cpumode = misc & MISC_CPUMODE;
    ret_id->size = misc & MISC_BUILD_ID_SIZE ? length : build_id_guess(bytes);
    if (ret_id->size > BUILD_ID_BYTES)
        return false;
    memcpy(ret_id->bytes, bytes, BUILD_ID_BYTES);
    cursor_skip(c, size);
    return true;
}

/* Takes all entries of a section, or the one that is a record. */
static int feature_take_build_ids(struct features *features, struct cursor c, struct pfl_error *err)
{
    struct perf_build_id id = {0};
    bool bare = false;
    /* The first perfs wrote no pid: the kernel's name, which comes first, is then cut so. */
    struct cursor peek = c;
    while (!bare && build_id_read(&peek, false, &id))
        bare = strcmp(id.path, "nel.kallsyms]") == 0;
    while (build_id_read(&c, bare, &id)) {
        if (mem_grow(&features->build_ids, &features->build_id_capacity,
                     (size_t)features->build_id_count + 1, sizeof id) < 0 ||
            !(id.path = mem_copy_text(id.path, strlen(id.path))))
            return error_memory(err);
        features->build_ids[features->build_id_count++] = id;
    }
    return 0;
}

static int feature_take(struct features *features, unsigned feature, struct cursor *c,
                        struct pfl_error *err)
{
    struct perf_facts *facts = &features->facts;
    switch (feature) {
    case HEADER_HOSTNAME: return feature_take_text(features, TEXT_HOSTNAME, c, err);
    case HEADER_OSRELEASE: return feature_take_text(features, TEXT_RELEASE, c, err);
    case HEADER_VERSION: return feature_take_text(features, TEXT_VERSION, c, err);
    case HEADER_ARCH: return feature_take_text(features, TEXT_ARCH, c, err);
    case HEADER_CPUDESC: return feature_take_text(features, TEXT_CPU, c, err);
    case HEADER_CMDLINE: return feature_take_command(features, c, err);
    case HEADER_EVENT_DESC: return feature_take_names(features, c, err);
    case HEADER_NRCPUS:
        facts->cpus_available = cursor_u32(c);
        facts->cpus_online = cursor_u32(c);
        return 0;
    case HEADER_SAMPLE_TIME: {
        uint64_t first = cursor_u64(c), last = cursor_u64(c);
        /* A recording without times has UINT64_MAX here. */
        if (!c->failed && first != UINT64_MAX && last != UINT64_MAX) {
            facts->first_sample_time = first;
            facts->last_sample_time = last;
        }
        return 0;
    }
    default: return 0;
    }
}

static bool feature_is_wanted(unsigned feature)
{
    const uint64_t wanted = UINT64_C(1) << HEADER_TRACING_DATA | UINT64_C(1) << HEADER_BUILD_ID |
                            UINT64_C(1) << HEADER_HOSTNAME | UINT64_C(1) << HEADER_OSRELEASE |
                            UINT64_C(1) << HEADER_VERSION | UINT64_C(1) << HEADER_ARCH |
                            UINT64_C(1) << HEADER_NRCPUS | UINT64_C(1) << HEADER_CPUDESC |
                            UINT64_C(1) << HEADER_CMDLINE | UINT64_C(1) << HEADER_EVENT_DESC |
                            UINT64_C(1) << HEADER_SAMPLE_TIME;
    return feature < 64 && (wanted >> feature & 1);
}

static int feature_load(struct features *features, const struct source *source,
                        const struct header *header, unsigned feature,
                        struct header_section section, struct pfl_error *err)
{
    if (!header_section_fits(section, source->size)) {
        features->cut = true;
        return 0;
    }
    if (!feature_is_wanted(feature) || section.size > LIMIT_FEATURE_BYTES)
        return 0;
    CLEANUP(mem_cleanup) uint8_t *bytes = mem_alloc((size_t)section.size);
    if (!bytes)
        return error_memory(err);
    size_t size = 0;
    int r = source_read(source, section.offset, bytes, (size_t)section.size, &size, err);
    if (r < 0)
        return r;
    if (feature == HEADER_TRACING_DATA) {
        features_take_tracing(features, MEM_TAKE(bytes), size);
        return 0;
    }
    struct cursor c = cursor_of(bytes, size, header->swap);
    if (feature == HEADER_BUILD_ID)
        return feature_take_build_ids(features, c, err);
    return feature_take(features, feature, &c, err);
}

static int features_read_table(struct features *features, const struct source *source,
                               const struct header *header, struct pfl_error *err)
{
    uint64_t at = header->data_end;
    for (unsigned feature = 0; feature < HEADER_FEATURE_WORDS * 64; feature++) {
        if (!header_has(header, feature))
            continue;
        uint8_t bytes[TABLE_ENTRY_SIZE];
        size_t size = 0;
        int r = source_read(source, at, bytes, sizeof bytes, &size, err);
        if (r < 0)
            return r;
        if (size < sizeof bytes) {
            features->cut = true;
            return 0;
        }
        struct cursor c = cursor_of(bytes, size, header->swap);
        struct header_section section;
        section.offset = cursor_u64(&c);
        section.size = cursor_u64(&c);
        if ((r = feature_load(features, source, header, feature, section, err)) < 0)
            return r;
        at += TABLE_ENTRY_SIZE;
    }
    return 0;
}

/* Texts may have come anew. */
static void features_tell(struct features *features)
{
    struct perf_facts *facts = &features->facts;
    facts->hostname = features->texts[TEXT_HOSTNAME];
    facts->os_release = features->texts[TEXT_RELEASE];
    facts->perf_version = features->texts[TEXT_VERSION];
    facts->arch = features->texts[TEXT_ARCH];
    facts->cpu_description = features->texts[TEXT_CPU];
    facts->command_line = features->texts[TEXT_COMMAND];
}

int features_read(struct features *features, const struct source *source,
                  const struct header *header, struct pfl_error *err)
{
    /* Where the size of the data is not known, neither is the place of the table: the bitmap is
     * set before recording begins, the table written when it ends. */
    if (header->closed && !header->cut) {
        int r = features_read_table(features, source, header, err);
        if (r < 0)
            return r;
    }
    features_tell(features);
    struct perf_facts *facts = &features->facts;
    facts->closed = header->closed && !header->cut && !features->cut;
    facts->has_auxtrace = header_has(header, HEADER_AUXTRACE);
    facts->has_stat = header_has(header, HEADER_STAT);
    facts->compressed = header_has(header, HEADER_COMPRESSED) && !facts->has_stat;
    return 0;
}

int features_take_record(struct features *features, const struct raw_record *raw,
                         struct pfl_error *err)
{
    struct cursor c = cursor_of(raw->bytes, raw->size, raw->swap);
    cursor_skip(&c, RECORD_HEADER_SIZE);
    uint64_t feature = cursor_u64(&c);
    if (c.failed || feature >= HEADER_FEATURE_WORDS * 64)
        return 0;
    int r = feature_take(features, (unsigned)feature, &c, err);
    features_tell(features);
    return r;
}

int features_take_build_id(struct features *features, const struct raw_record *raw,
                           struct pfl_error *err)
{
    if (features->build_id_count >= LIMIT_OBJECTS)
        return 0;
    return feature_take_build_ids(features, cursor_of(raw->bytes, raw->size, raw->swap), err);
}

void features_take_tracing(struct features *features, uint8_t *bytes, size_t size)
{
    mem_free(features->tracing);
    features->tracing = bytes;
    features->tracing_size = size;
}

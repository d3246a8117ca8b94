/* SPDX-License-Identifier: MIT */
/* Finds each tracepoint's number in
 *
 *     /sys/kernel/tracing/events/SYSTEM/NAME/id, format
 *
 * and gives the session the name SYSTEM:NAME, and the formats as perf would have copied them
 * (weigh/formats.c draws that form). */
#include "lib/tracefs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"

struct tracefs {
    struct perf_session *session;
    char root[64];
    struct buffer formats; /* one system after another, each of one event */
    uint32_t format_count;
};

/* Numbers of modules' tracepoints, and of probes, are given anew with each start of the kernel. */
static bool made_since_start(int64_t mtime)
{
    struct timespec now, up;
    return clock_gettime(CLOCK_REALTIME, &now) == 0 && clock_gettime(CLOCK_BOOTTIME, &up) == 0 &&
           mtime >= now.tv_sec - up.tv_sec;
}

/* Whether a tracepoint lacks its name: 1 or 0. */
static bool any_is_nameless(const struct perf_session *session)
{
    for (uint32_t i = 0; i < perf_session_event_count(session); i++) {
        const struct perf_event *event = perf_session_event(session, i);
        if (event->type == PERF_TYPE_TRACEPOINT && !event->named)
            return true;
    }
    return false;
}

/* Reads the recording up to its first sample: perf tells of the kernel before. 1 if the kernel is
 * the one that runs, 0, or an error. */
static int kernel_is_here(struct source *source, struct pfl_error *err)
{
    CLEANUP(perf_session_cleanup) struct perf_session *session = NULL;
    struct perf_record record;
    int r = perf_session_open(&session, source, err);
    if (r < 0)
        return r;
    while ((r = perf_session_next(session, &record, err)) > 0 && record.type != PERF_RECORD_SAMPLE)
        if (record.type == PERF_RECORD_MMAP2 && record.mmap.build_id_size &&
            strncmp(record.mmap.path, "[kernel", 7) == 0)
            return resolver_kernel_runs(&record.mmap);
    return r < 0 ? r : 0;
}

static void put_u32(struct buffer *to, uint32_t value)
{
    buffer_append(to, &value, sizeof value);
}

static void put_sized(struct buffer *to, const char *text, uint64_t size)
{
    buffer_append(to, &size, sizeof size);
    buffer_append(to, text, (size_t)size);
}

/* The text of a file of a tracepoint; NULL if there is none. */
static int tracefs_read(const struct tracefs *tracefs, const char *system, const char *name,
                        const char *file, char **ret_text, size_t *ret_size)
{
    char path[1024];
    struct pfl_error ignored;
    int size = snprintf(path, sizeof path, "%s/%s/%s/%s", tracefs->root, system, name, file);
    *ret_text = NULL;
    int r = size < (int)sizeof path ? source_read_text(path, ret_text, ret_size, &ignored) : 0;
    return r == -PFL_ERROR_MEMORY ? r : 0;
}

/* Takes one tracepoint, if it is one of the recording's. */
static int tracefs_take(struct tracefs *tracefs, const char *system, const char *name,
                        struct pfl_error *err)
{
    CLEANUP(mem_cleanup) char *id = NULL;
    CLEANUP(mem_cleanup) char *format = NULL;
    size_t size = 0;
    bool found = false;
    if (tracefs_read(tracefs, system, name, "id", &id, &size) < 0)
        return error_memory(err);
    unsigned long long number = id ? strtoull(id, NULL, 10) : 0;
    for (uint32_t i = 0; number && i < perf_session_event_count(tracefs->session); i++) {
        const struct perf_event *event = perf_session_event(tracefs->session, i);
        char full[600];
        if (event->type != PERF_TYPE_TRACEPOINT || event->named || event->config != number)
            continue;
        snprintf(full, sizeof full, "%s:%s", system, name);
        int r = perf_session_name_event(tracefs->session, i, full, err);
        if (r < 0)
            return r;
        found = true;
    }
    if (!found)
        return 0;
    if (tracefs_read(tracefs, system, name, "format", &format, &size) < 0)
        return error_memory(err);
    if (!format || size > LIMIT_FORMAT_BYTES)
        return 0;
    tracefs->format_count++;
    buffer_append(&tracefs->formats, system, strlen(system) + 1);
    put_u32(&tracefs->formats, 1);
    put_sized(&tracefs->formats, format, size);
    return 0;
}

static void folder_close(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

static int tracefs_walk_system(struct tracefs *tracefs, const char *system, struct pfl_error *err)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", tracefs->root, system);
    CLEANUP(folder_close) DIR *folder = opendir(path);
    int r = 0;
    for (const struct dirent *entry; folder && r == 0 && (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            r = tracefs_take(tracefs, system, entry->d_name, err);
    return r;
}

static int tracefs_walk(struct tracefs *tracefs, struct pfl_error *err)
{
    static const char *const roots[] = {"/sys/kernel/tracing/events",
                                        "/sys/kernel/debug/tracing/events"};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        snprintf(tracefs->root, sizeof tracefs->root, "%s", roots[i]);
        CLEANUP(folder_close) DIR *folder = opendir(tracefs->root);
        int r = 0;
        for (const struct dirent *entry; folder && r == 0 && (entry = readdir(folder));)
            if (entry->d_name[0] != '.')
                r = tracefs_walk_system(tracefs, entry->d_name, err);
        if (folder)
            return r;
    }
    return 0;
}

/* Hands the formats over, as the TRACING_DATA of a recording has them. */
static int tracefs_tell(struct tracefs *tracefs, struct pfl_error *err)
{
    struct buffer data = {0};
    buffer_append(&data, "\x17\x08\x44tracing0.6", sizeof "\x17\x08\x44tracing0.6");
    buffer_char(&data, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    buffer_char(&data, sizeof(long));
    put_u32(&data, (uint32_t)sysconf(_SC_PAGESIZE));
    buffer_append(&data, "header_page", sizeof "header_page");
    put_sized(&data, "", 0);
    buffer_append(&data, "header_event", sizeof "header_event");
    put_sized(&data, "", 0);
    put_u32(&data, 0); /* of ftrace's own */
    put_u32(&data, tracefs->format_count);
    buffer_append(&data, tracefs->formats.data, tracefs->formats.size);
    int r = data.failed || tracefs->formats.failed
                ? error_memory(err)
                : perf_session_set_tracing(tracefs->session, data.data, data.size, err);
    buffer_done(&data);
    return r;
}

int tracefs_restore(struct perf_session *session, struct source *source, struct pfl_error *err)
{
    const struct perf_facts *facts = perf_session_facts(session);
    if (facts->closed || facts->pipe || facts->swapped || !any_is_nameless(session) ||
        !made_since_start(source->mtime))
        return 0;
    int r = kernel_is_here(source, err);
    if (r <= 0)
        return r;
    struct tracefs tracefs = {.session = session};
    r = tracefs_walk(&tracefs, err);
    if (r == 0 && tracefs.format_count)
        r = tracefs_tell(&tracefs, err);
    buffer_done(&tracefs.formats);
    return r;
}

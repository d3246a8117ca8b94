/* SPDX-License-Identifier: MIT */
/* Which columns a recording has, and what a sample adds to them. */
#include "weigh/weigh.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/weight.h"

/* The columns of one event lie side by side. */
struct event_columns {
    uint32_t first, count;
};

struct weigher {
    struct weigher_column *columns;
    size_t count, capacity;
    struct event_columns *events; /* by the session's number */
    uint32_t event_count;
    struct weigher_addition *additions; /* room for the event with the most columns */
};

static const char *const kind_names[] = {
    [WEIGHT_SAMPLES] = "samples",
    [WEIGHT_PERIOD] = "period",
};

const char *weight_kind_name(enum weight_kind kind)
{
    return kind_names[kind];
}

static bool weight_kind_parse(const char *name, enum weight_kind *ret_kind)
{
    for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *ret_kind = (enum weight_kind)i;
            return true;
        }
    }
    return false;
}

/* Hits of a tracepoint are counted; what a sampling event counts is in its period. */
static enum weight_kind weight_kind_default(const struct perf_event *event)
{
    return event->type == PERF_TYPE_TRACEPOINT ? WEIGHT_SAMPLES : WEIGHT_PERIOD;
}

static bool event_is_dummy(const struct perf_event *event)
{
    return event->type == PERF_TYPE_SOFTWARE && event->config == PERF_SW_DUMMY;
}

static bool event_is_chosen(const struct perf_event *event, const char *const *names)
{
    if (!names)
        return !event_is_dummy(event);
    for (; *names; names++)
        if (perf_event_matches(event, *names))
            return true;
    return false;
}

static int weigher_add_column(struct weigher *weigher, const struct perf_session *session,
                              uint32_t event, enum weight_kind kind, struct pfl_error *err)
{
    if (weigher->count >= LIMIT_COLUMNS)
        return error_set(err, PFL_ERROR_LIMIT, "more than %d weights", LIMIT_COLUMNS);
    if (mem_grow(&weigher->columns, &weigher->capacity, weigher->count + 1,
                 sizeof *weigher->columns) < 0)
        return error_memory(err);
    struct weigher_column *column = &weigher->columns[weigher->count++];
    *column = (struct weigher_column){.event = event, .kind = kind};
    if (kind == WEIGHT_PERIOD)
        perf_event_unit(perf_session_event(session, event), column->unit, sizeof column->unit);
    else
        strcpy(column->unit, "samples");
    return 0;
}

static int weigher_add_event(struct weigher *weigher, const struct perf_session *session,
                             uint32_t event, const char *const *weights, struct pfl_error *err)
{
    uint32_t first = (uint32_t)weigher->count;
    int r = 0;
    if (!weights)
        r = weigher_add_column(weigher, session, event,
                               weight_kind_default(perf_session_event(session, event)), err);
    for (; weights && *weights && r == 0; weights++) {
        enum weight_kind kind;
        if (!weight_kind_parse(*weights, &kind))
            return error_set(err, PFL_ERROR_ABSENT,
                             "no weight '%.100s'; this recording can give: samples, period",
                             *weights);
        r = weigher_add_column(weigher, session, event, kind, err);
    }
    weigher->events[event] =
        (struct event_columns){.first = first, .count = (uint32_t)weigher->count - first};
    return r;
}

static int error_no_event(const struct perf_session *session, const char *name,
                          struct pfl_error *err)
{
    struct buffer list = {0};
    for (uint32_t i = 0; i < perf_session_event_count(session); i++) {
        if (i)
            buffer_text(&list, ", ");
        buffer_text(&list, perf_session_event(session, i)->name);
    }
    int r = error_set(err, PFL_ERROR_ABSENT, "no event '%.100s'; this recording has: %.300s", name,
                      buffer_string(&list));
    buffer_done(&list);
    return r;
}

static int check_event_names(const struct perf_session *session, const char *const *names,
                             struct pfl_error *err)
{
    for (; names && *names; names++) {
        bool found = false;
        for (uint32_t i = 0; i < perf_session_event_count(session) && !found; i++)
            found = perf_event_matches(perf_session_event(session, i), *names);
        if (!found)
            return error_no_event(session, *names, err);
    }
    return 0;
}

int weigher_new(struct weigher **ret_weigher, const struct perf_session *session,
                const char *const *events, const char *const *weights, struct pfl_error *err)
{
    int r = check_event_names(session, events, err);
    if (r < 0)
        return r;
    CLEANUP(weigher_cleanup) struct weigher *weigher = mem_zalloc(1, sizeof *weigher);
    if (!weigher)
        return error_memory(err);
    weigher->event_count = perf_session_event_count(session);
    weigher->events = mem_zalloc(weigher->event_count, sizeof *weigher->events);
    if (!weigher->events)
        return error_memory(err);
    uint32_t most = 0;
    for (uint32_t i = 0; i < weigher->event_count; i++) {
        if (!event_is_chosen(perf_session_event(session, i), events))
            continue;
        if ((r = weigher_add_event(weigher, session, i, weights, err)) < 0)
            return r;
        if (weigher->events[i].count > most)
            most = weigher->events[i].count;
    }
    weigher->additions = mem_zalloc(most, sizeof *weigher->additions);
    if (!weigher->additions)
        return error_memory(err);
    *ret_weigher = MEM_TAKE(weigher);
    return 0;
}

void weigher_free(struct weigher *weigher)
{
    if (!weigher)
        return;
    mem_free(weigher->columns);
    mem_free(weigher->events);
    mem_free(weigher->additions);
    mem_free(weigher);
}

uint32_t weigher_column_count(const struct weigher *weigher)
{
    return (uint32_t)weigher->count;
}

const struct weigher_column *weigher_column(const struct weigher *weigher, uint32_t column)
{
    return &weigher->columns[column];
}

bool weigher_wants(const struct weigher *weigher, uint32_t event)
{
    return event < weigher->event_count && weigher->events[event].count;
}

uint32_t weigher_weigh(struct weigher *weigher, const struct perf_sample *sample,
                       const struct weigher_addition **ret_additions)
{
    const struct event_columns *columns = &weigher->events[sample->event];
    for (uint32_t i = 0; i < columns->count; i++) {
        struct weigher_column *column = &weigher->columns[columns->first + i];
        int64_t amount = column->kind == WEIGHT_PERIOD ? weight_of(sample->period) : 1;
        column->samples++;
        column->total = weight_add(column->total, amount);
        weigher->additions[i] =
            (struct weigher_addition){.column = columns->first + i, .amount = amount};
    }
    *ret_additions = weigher->additions;
    return columns->count;
}

/* SPDX-License-Identifier: MIT */
/* Whether a sample counts: its event was named, its time lies in the window, --where holds, and
 * the caller's filters pass it. */
#ifndef PFL_WEIGH_JUDGE_H
#define PFL_WEIGH_JUDGE_H

#include "weigh/filter.h"
#include "weigh/host.h"
#include "weigh/where.h"

struct judge {
    const struct weigher_host *host;
    struct filter_window window;
    const struct where *where;   /* or NULL */
    struct where_places *places; /* by event; with `where` alone */
    bool *named;                 /* by event */
};

/* --where alone; true for an event that lacks one of its fields. */
static inline bool judge_where(const struct judge *judge, const struct perf_sample *sample)
{
    if (!judge->where || !judge->places[sample->event].fields)
        return true;
    return where_holds(judge->where, &judge->places[sample->event], sample);
}

/* All but the time. */
static inline bool judge_accepts_anytime(const struct judge *judge,
                                         const struct perf_record *record)
{
    return judge->named[record->sample.event] && judge_where(judge, &record->sample) &&
           judge->host->accepts(judge->host->context, record);
}

static inline bool judge_accepts(const struct judge *judge, const struct perf_record *record)
{
    return record->time >= judge->window.start && record->time <= judge->window.end &&
           judge_accepts_anytime(judge, record);
}

#endif

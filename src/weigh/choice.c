/* SPDX-License-Identifier: MIT */
/* Which columns a recording has: those asked for by -e and -w, or each event's default. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "weigh/weigher.h"

static const char *const derived_names[DERIVED_COUNT] = {
    [ALLOC_BYTES] = "alloc-bytes",         [ALLOC_COUNT] = "alloc-count",
    [INUSE_BYTES] = "inuse-bytes",         [INUSE_COUNT] = "inuse-count",
    [UNCERTAIN_BYTES] = "uncertain-bytes", [UNCERTAIN_COUNT] = "uncertain-count",
};

/* pprof's names for the same. */
static const char *const derived_aliases[DERIVED_COUNT] = {
    [ALLOC_BYTES] = "alloc_space",   [ALLOC_COUNT] = "alloc_objects", [INUSE_BYTES] = "inuse_space",
    [INUSE_COUNT] = "inuse_objects", [UNCERTAIN_BYTES] = "",          [UNCERTAIN_COUNT] = "",
};

static bool derived_parse(const char *name, enum derived *ret_derived)
{
    for (enum derived i = 0; i < DERIVED_COUNT; i++)
        if (strcmp(name, derived_names[i]) == 0 || strcmp(name, derived_aliases[i]) == 0) {
            *ret_derived = i;
            return true;
        }
    return false;
}

bool weigher_means(const char *asked, const char *weight)
{
    enum derived derived;
    if (derived_parse(asked, &derived))
        asked = derived_names[derived];
    else if (strncmp(asked, "field:", 6) == 0)
        asked += 6;
    return strcmp(asked, weight) == 0;
}

bool weigher_is_in_use(const char *weight)
{
    enum derived derived;
    return derived_parse(weight, &derived) && derived >= INUSE_BYTES;
}

static bool event_is_dummy(const struct perf_event *event)
{
    return event->type == PERF_TYPE_SOFTWARE && event->config == PERF_SW_DUMMY;
}

static bool role_allocates(const struct role *role)
{
    return role->family != FAMILY_NONE && role->kind != ROLE_FREE && role->kind != ROLE_NONE &&
           role->function != FUNCTION_MUNMAP;
}

/* An event is named by its name, a glob, or its family. */
static bool event_is_named(const struct weigher *weigher, uint32_t event, const char *name)
{
    const struct role *role = &weigher->roles.list[event];
    return perf_event_matches(perf_session_event(weigher->session, event), name) ||
           (role->family != FAMILY_NONE && role->family == family_named(name));
}

static bool event_is_chosen(const struct weigher *weigher, uint32_t event)
{
    const char *const *names = weigher->options->events;
    if (!names)
        return !event_is_dummy(perf_session_event(weigher->session, event));
    for (; *names; names++)
        if (event_is_named(weigher, event, *names))
            return true;
    return false;
}

static bool family_is_asked(const struct weigher *weigher, enum family family)
{
    const char *const *names = weigher->options->events;
    for (; names && *names; names++)
        if (family_named(*names) == family)
            return true;
    return false;
}

static int error_no_event(const struct weigher *weigher, const char *name, struct pfl_error *err)
{
    struct buffer list = {0};
    for (uint32_t i = 0; i < weigher->event_count; i++) {
        if (i)
            buffer_text(&list, ", ");
        buffer_text(&list, perf_session_event(weigher->session, i)->name);
    }
    int r = error_set(err, PFL_ERROR_ABSENT, "no event '%.100s'; this recording has: %.300s", name,
                      buffer_string(&list));
    buffer_done(&list);
    return r;
}

static int check_event_names(const struct weigher *weigher, struct pfl_error *err)
{
    for (const char *const *names = weigher->options->events; names && *names; names++) {
        bool found = false;
        for (uint32_t i = 0; i < weigher->event_count && !found; i++)
            found = event_is_named(weigher, i, *names);
        if (!found)
            return error_no_event(weigher, *names, err);
    }
    return 0;
}

/* The entry and the return of a call are one allocation: naming one names both. */
static void choice_name_events(struct weigher *weigher)
{
    const struct role *roles = weigher->roles.list;
    bool *named = weigher->judge.named;
    for (uint32_t i = 0; i < weigher->event_count; i++)
        named[i] = event_is_chosen(weigher, i);
    for (uint32_t i = 0; i < weigher->event_count; i++)
        for (uint32_t k = 0; k < weigher->event_count; k++)
            if (roles[i].kind == ROLE_RETURN && roles[k].kind == ROLE_ENTRY &&
                roles[i].function == roles[k].function && roles[i].pair == roles[k].pair)
                named[k] |= event_is_chosen(weigher, i);
}

/* What the events of a family can tell. */
static void choice_survey(struct weigher *weigher)
{
    bool maps = false, unmaps = false;
    for (int i = 0; i < FAMILY_COUNT; i++)
        weigher->report.families[i].returns = i != FAMILY_HEAP && i != FAMILY_MAPS;
    for (uint32_t i = 0; i < weigher->event_count; i++) {
        const struct role *role = &weigher->roles.list[i];
        const struct perf_event *event = perf_session_event(weigher->session, i);
        if (role->family == FAMILY_NONE)
            continue;
        struct weigher_family *family = &weigher->report.families[role->family];
        if (role_allocates(role) && !family->event)
            family->event = event->name;
        family->present |= role_allocates(role);
        family->sized |= role->size.size || role->order.size || role->kind == ROLE_FAULT ||
                         role->function == FUNCTION_BRK;
        family->frees |= role->kind == ROLE_FREE;
        family->returns |= role->kind == ROLE_RETURN || (role->kind == ROLE_ALLOC);
        family->sampled |= perf_event_is_sampled(event);
        family->walked |= role->kind == ROLE_ENTRY && !role->captured && !role->has_return &&
                          role->function != FUNCTION_MUNMAP && perf_event_has_callchain(event);
        maps |= role->function == FUNCTION_MMAP || role->function == FUNCTION_MREMAP;
        unmaps |= role->function == FUNCTION_MUNMAP;
    }
    weigher->report.families[FAMILY_MAPS].frees = unmaps || !maps;
    for (int i = 0; i < FAMILY_COUNT; i++) {
        struct weigher_family *family = &weigher->report.families[i];
        family->followed = family->present && family->returns && family->frees &&
                           !family->sampled && i != FAMILY_FAULTS;
    }
}

static bool derived_is_bytes(enum derived derived)
{
    return derived == ALLOC_BYTES || derived == INUSE_BYTES || derived == UNCERTAIN_BYTES;
}

static const char *derived_unit(enum family family, enum derived derived)
{
    if (derived_is_bytes(derived))
        return "bytes";
    return family == FAMILY_FAULTS ? "faults" : derived == ALLOC_COUNT ? "allocations" : "blocks";
}

/* Returns 1 if the family has the column now, 0 if it cannot, or an error. */
static int choice_add_derived(struct weigher *weigher, enum family family, enum derived derived,
                              struct pfl_error *err)
{
    struct weigher_family *told = &weigher->report.families[family];
    struct book *book = &weigher->allocs.books[family];
    if (!told->present || (derived_is_bytes(derived) && !told->sized) ||
        (derived >= INUSE_BYTES && !told->followed))
        return 0;
    told->chosen = true;
    book->follow |= derived >= INUSE_BYTES;
    if (book->column[derived] != COLUMN_NONE)
        return 1;
    int r = columns_new(&weigher->columns, family_name(family), derived_names[derived],
                        derived_unit(family, derived), true, &book->column[derived], err);
    return r < 0 ? r : 1;
}

static int choice_add_family(struct weigher *weigher, enum family family, struct pfl_error *err)
{
    int r = 0;
    for (enum derived i = 0; i < DERIVED_COUNT && r >= 0; i++)
        r = choice_add_derived(weigher, family, i, err);
    return r < 0 ? r : 0;
}

static int choice_add_wait(struct weigher *weigher, bool runqueue, const char *event,
                           struct pfl_error *err)
{
    uint32_t *column = runqueue ? &weigher->waits.runqueue : &weigher->waits.off_cpu;
    weigher->report.waits_chosen = true;
    if (*column != COLUMN_NONE)
        return 0;
    return columns_new(&weigher->columns, event, runqueue ? "runqueue" : "off-cpu", "ns", true,
                       column, err);
}

static int choice_add_plain(struct weigher *weigher, uint32_t event, enum plain_kind kind,
                            const char *weight, const struct field *field, struct pfl_error *err)
{
    const struct perf_event *of = perf_session_event(weigher->session, event);
    char unit[64] = "samples";
    if (kind == PLAIN_PERIOD)
        perf_event_unit(of, unit, sizeof unit);
    else if (kind == PLAIN_FIELD)
        format_unit(weight, unit, sizeof unit);
    else if (kind == PLAIN_OFF_CPU)
        strcpy(unit, "ns");
    struct plain plain = {.kind = kind, .field = field ? *field : (struct field){0}};
    int r = columns_new(&weigher->columns, of->name, weight, unit, false, &plain.column, err);
    if (r < 0)
        return r;
    if (mem_grow(&weigher->plains, &weigher->plain_capacity, weigher->plain_count + 1,
                 sizeof plain) < 0)
        return error_memory(err);
    weigher->plains[weigher->plain_count++] = plain;
    return 0;
}

/* True if what is chosen of the family allocates: a free alone is a hit like any other. */
static bool family_is_chosen(const struct weigher *weigher, enum family family)
{
    for (uint32_t i = 0; i < weigher->event_count; i++)
        if (weigher->roles.list[i].family == family && role_allocates(&weigher->roles.list[i]) &&
            event_is_chosen(weigher, i))
            return true;
    return false;
}

static int choice_add_default(struct weigher *weigher, uint32_t event, struct pfl_error *err)
{
    const struct perf_event *of = perf_session_event(weigher->session, event);
    const struct role *role = &weigher->roles.list[event];
    bool faults = role->family == FAMILY_FAULTS;
    if (role->family != FAMILY_NONE && (!faults || family_is_asked(weigher, FAMILY_FAULTS)) &&
        family_is_chosen(weigher, role->family))
        return choice_add_family(weigher, role->family, err);
    if (role->kind == ROLE_OFF_CPU)
        return choice_add_plain(weigher, event, PLAIN_OFF_CPU, "off-cpu", NULL, err);
    int r = 0;
    if (role->kind == ROLE_SWITCH) {
        r = choice_add_wait(weigher, false, of->name, err);
        if (r == 0)
            r = choice_add_wait(weigher, true, of->name, err);
    }
    if (r < 0)
        return r;
    return of->type == PERF_TYPE_TRACEPOINT
               ? choice_add_plain(weigher, event, PLAIN_SAMPLES, "samples", NULL, err)
               : choice_add_plain(weigher, event, PLAIN_PERIOD, "period", NULL, err);
}

/* Returns 1 if the event gives a weight of this name, 0 if not, or an error. */
static int choice_add_named(struct weigher *weigher, uint32_t event, const char *name,
                            struct pfl_error *err)
{
    const char *of = perf_session_event(weigher->session, event)->name;
    const struct role *role = &weigher->roles.list[event];
    enum derived derived;
    int r;
    if (derived_parse(name, &derived))
        return role->family != FAMILY_NONE && family_is_chosen(weigher, role->family)
                   ? choice_add_derived(weigher, role->family, derived, err)
                   : 0;
    bool off_cpu = strcmp(name, "off-cpu") == 0, runqueue = strcmp(name, "runqueue") == 0;
    if (off_cpu && role->kind == ROLE_OFF_CPU)
        r = choice_add_plain(weigher, event, PLAIN_OFF_CPU, "off-cpu", NULL, err);
    else if ((off_cpu || runqueue) && role->kind == ROLE_SWITCH)
        r = choice_add_wait(weigher, runqueue, of, err);
    else if (off_cpu || runqueue)
        return 0;
    else if (strcmp(name, "samples") == 0)
        r = choice_add_plain(weigher, event, PLAIN_SAMPLES, "samples", NULL, err);
    else if (strcmp(name, "period") == 0)
        r = choice_add_plain(weigher, event, PLAIN_PERIOD, "period", NULL, err);
    else {
        if (strncmp(name, "field:", 6) == 0)
            name += 6;
        const struct field *field = format_find(&weigher->formats.list[event], name);
        if (!field)
            return 0;
        r = choice_add_plain(weigher, event, PLAIN_FIELD, name, field, err);
    }
    return r < 0 ? r : 1;
}

/* Why something may not be there: " (...)", or nothing. */
static const char *choice_damage(const struct weigher *weigher, char *text, size_t size)
{
    *text = '\0';
    for (uint32_t i = 0; i < weigher->event_count && !*text; i++)
        if (weigher->formats.list[i].damaged || weigher->formats.list[i].missing)
            snprintf(text, size, " (the format of %.100s is %s)",
                     perf_session_event(weigher->session, i)->name,
                     weigher->formats.list[i].missing ? "missing" : "damaged");
    return text;
}

#define LIST_MOST 400

/* The fields that events have of their own, each once, as far as a line can hold them. */
static void list_fields(const struct weigher *weigher, struct buffer *list)
{
    const struct format *formats = weigher->formats.list;
    const char *between = "; fields: ";
    for (uint32_t i = 0; i < weigher->event_count; i++)
        for (uint32_t k = 0; k < formats[i].own && list->size < LIST_MOST; k++) {
            const char *name = formats[i].fields[k].name;
            uint32_t first = 0;
            while (first < i && !format_find(&formats[first], name))
                first++;
            if (first < i)
                continue;
            buffer_text(list, between);
            buffer_text(list, name);
            between = ", ";
        }
}

/* What can be had in place of a weight that is not there. */
static int error_no_weight(const struct weigher *weigher, const char *name, struct pfl_error *err)
{
    struct buffer list = {0};
    buffer_text(&list, "samples, period");
    for (uint32_t i = 0; i < weigher->event_count; i++)
        if (weigher->roles.list[i].kind == ROLE_SWITCH)
            buffer_text(&list, ", off-cpu, runqueue");
        else if (weigher->roles.list[i].kind == ROLE_OFF_CPU)
            buffer_text(&list, ", off-cpu");
    bool allocates = false, followed = false, sized = false;
    for (int i = 0; i < FAMILY_COUNT; i++) {
        const struct weigher_family *family = &weigher->report.families[i];
        allocates |= family->present;
        sized |= family->present && family->sized;
        followed |= family->followed;
    }
    buffer_text(&list, sized ? ", alloc-bytes" : "");
    buffer_text(&list, allocates ? ", alloc-count" : "");
    buffer_text(&list, followed ? ", inuse-bytes, inuse-count" : "");
    list_fields(weigher, &list);
    char why[160];
    int r =
        error_set(err, PFL_ERROR_ABSENT, "no weight '%.100s'%s; this recording can give: %.400s",
                  name, choice_damage(weigher, why, sizeof why), buffer_string(&list));
    buffer_done(&list);
    return r;
}

static int choice_add_event(struct weigher *weigher, uint32_t event, bool *given,
                            struct pfl_error *err)
{
    const char *const *weights = weigher->options->weights;
    uint32_t first = (uint32_t)weigher->plain_count;
    int r = weights ? 0 : choice_add_default(weigher, event, err);
    for (uint32_t i = 0; weights && weights[i] && r >= 0; i++) {
        r = choice_add_named(weigher, event, weights[i], err);
        given[i] |= r > 0;
    }
    weigher->events[event] =
        (struct event_plains){.first = first, .count = (uint32_t)weigher->plain_count - first};
    return r < 0 ? r : 0;
}

static int choice_bind_where(struct weigher *weigher, struct pfl_error *err)
{
    const struct where *where = weigher->options->where;
    int bound = 0;
    if (!where)
        return 0;
    weigher->judge.where = where;
    for (uint32_t i = 0; i < weigher->event_count; i++) {
        int r = where_bind(where, &weigher->formats.list[i], &weigher->judge.places[i], err);
        if (r < 0)
            return r;
        bound += r;
    }
    char why[160];
    if (!bound)
        return error_set(err, PFL_ERROR_ABSENT,
                         "--where: no event of this recording has all these fields%s "
                         "(`perflame info` lists them)",
                         choice_damage(weigher, why, sizeof why));
    return 0;
}

int choice_make(struct weigher *weigher, struct pfl_error *err)
{
    int r = check_event_names(weigher, err);
    if (r < 0 || (r = choice_bind_where(weigher, err)) < 0)
        return r;
    choice_name_events(weigher);
    choice_survey(weigher);
    size_t count = 0;
    while (weigher->options->weights && weigher->options->weights[count])
        count++;
    CLEANUP(mem_cleanup) bool *given = mem_zalloc(count, sizeof *given);
    if (!given)
        return error_memory(err);
    /* Faults are a proxy: whatever else tells of memory comes before them. */
    for (int faults = 0; faults < 2; faults++)
        for (uint32_t i = 0; i < weigher->event_count; i++) {
            bool last = count && weigher->roles.list[i].family == FAMILY_FAULTS;
            if (last != faults || !event_is_chosen(weigher, i))
                continue;
            if ((r = choice_add_event(weigher, i, given, err)) < 0)
                return r;
        }
    for (size_t i = 0; i < count; i++)
        if (!given[i])
            return error_no_weight(weigher, weigher->options->weights[i], err);
    return 0;
}

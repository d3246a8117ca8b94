/* SPDX-License-Identifier: MIT */
#include "base/event_name.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* modifier_event of tools/perf/util/parse-events.l. */
static bool is_modifiers(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr("ukhpPGHSDIWebRX", text[i]))
            return false;
    return length > 0;
}

static struct event_name without_modifiers(struct event_name name)
{
    const char *slash = memrchr(name.text, '/', name.length);
    const char *colon = memrchr(name.text, ':', name.length);
    if (name.of_tracepoint && colon == memchr(name.text, ':', name.length))
        return name;
    if (colon && (!slash || colon > slash)) {
        const char *end = name.text + name.length;
        if (is_modifiers(colon + 1, (size_t)(end - colon - 1)))
            name.length = (size_t)(colon - name.text);
        return name;
    }
    if (slash && slash != name.text && memchr(name.text, '/', name.length) != slash)
        name.length = (size_t)(slash - name.text) + 1;
    return name;
}

/* config_term_names of tools/perf/util/parse-events.c, but for those that say which event it is. */
static bool is_term(const char *text, size_t length)
{
    static const char *const terms[] = {
        "name",       "period",          "freq",         "branch_type",   "time",
        "call-graph", "stack-size",      "inherit",      "no-inherit",    "max-stack",
        "max-events", "overwrite",       "no-overwrite", "driver-config", "percore",
        "aux-output", "aux-sample-size", "metric-id",
    };
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (strlen(terms[i]) == length && memcmp(terms[i], text, length) == 0)
            return true;
    return false;
}

/* "cycles" of "cpu_core/cycles/" and of "cycles/period=1000/"; other names are left alone. */
static struct event_name without_pmu(struct event_name name)
{
    const char *first = memchr(name.text, '/', name.length);
    const char *last = memrchr(name.text, '/', name.length);
    if (!first || first == last || first == name.text || first + 1 == last)
        return name;
    if (is_term(first + 1, strcspn(first + 1, "=,/")))
        name.length = (size_t)(first - name.text);
    else
        name = (struct event_name){.text = first + 1, .length = (size_t)(last - first - 1)};
    return name;
}

struct event_name event_name_bare(struct event_name name)
{
    return without_pmu(without_modifiers(name));
}

static bool name_is(struct event_name name, const char *wanted)
{
    if (strlen(wanted) == name.length && memcmp(name.text, wanted, name.length) == 0)
        return true;
    if (!strpbrk(wanted, "*?"))
        return false;
    char text[512]; /* longer names are matched by their beginning, which no real one needs */
    size_t length = name.length < sizeof text - 1 ? name.length : sizeof text - 1;
    memcpy(text, name.text, length);
    text[length] = '\0';
    return text_glob(wanted, text);
}

bool event_name_matches(const char *name, bool of_tracepoint, const char *wanted)
{
    struct event_name whole = {name, strlen(name), of_tracepoint};
    struct event_name plain = without_modifiers(whole), bare = without_pmu(plain);
    if (name_is(whole, wanted) || name_is(plain, wanted) || name_is(bare, wanted))
        return true;
    char common[512]; /* "cycles:u" means "cpu_core/cycles/u": the PMU alone is left out */
    return event_name_common(name, common, sizeof common) && strcmp(common, wanted) == 0;
}

bool event_name_common(const char *name, char *common, size_t size)
{
    struct event_name whole = {.text = name, .length = strlen(name)}, inner = without_pmu(whole);
    if (inner.text == whole.text)
        return false;
    const char *modifiers = inner.text + inner.length + 1;
    modifiers += *modifiers == ':';
    int length = snprintf(common, size, "%.*s%s%s", (int)inner.length, inner.text,
                          *modifiers ? ":" : "", modifiers);
    return length > 0 && (size_t)length < size;
}

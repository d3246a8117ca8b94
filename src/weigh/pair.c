/* SPDX-License-Identifier: MIT */
#include "weigh/pair.h"

#include <string.h>

#define NAME_MOST 128

/* "probe_app:get:size=n:return=probe_app:got:ptr=ret": an event's name may have colons of its own,
 * so what has an equals sign is an option, and the rest goes on with the name before it. */
struct side {
    char event[NAME_MOST], back[NAME_MOST], size[NAME_MOST], pointer[NAME_MOST];
};

static bool word_copy(char *to, const char *from, size_t length)
{
    if (length == 0 || length >= NAME_MOST)
        return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

static bool name_goes_on(char *name, const char *text, size_t length)
{
    if (memchr(text, '=', length) || strlen(name) + length + 2 > NAME_MOST)
        return false;
    if (*name)
        strcat(name, ":");
    strncat(name, text, length);
    return true;
}

static bool side_parse(struct side *side, const char *text, size_t length)
{
    *side = (struct side){0};
    char *name = side->event;
    while (length) {
        const char *colon = memchr(text, ':', length);
        size_t part = colon ? (size_t)(colon - text) : length;
        bool good = true;
        if (part > 5 && strncmp(text, "size=", 5) == 0)
            good = word_copy(side->size, text + 5, part - 5);
        else if (part > 4 && strncmp(text, "ptr=", 4) == 0)
            good = word_copy(side->pointer, text + 4, part - 4);
        else if (part > 7 && strncmp(text, "return=", 7) == 0)
            good = word_copy(name = side->back, text + 7, part - 7);
        else
            good = name_goes_on(name, text, part);
        if (!good)
            return false;
        text += part + (colon != NULL);
        length -= part + (colon != NULL);
    }
    return *side->event != '\0';
}

static int pair_parse(const char *text, struct side *alloc, struct side *end, struct pfl_error *err)
{
    const char *comma = strchr(text, ',');
    if (!comma || strchr(comma + 1, ',') || !side_parse(alloc, text, (size_t)(comma - text)) ||
        !side_parse(end, comma + 1, strlen(comma + 1)) || *end->back)
        return error_set(err, PFL_ERROR_USAGE,
                         "not a pair of events: '%.100s' (ALLOC:size=FIELD:ptr=FIELD,"
                         "FREE:ptr=FIELD, and :return=EVENT behind ALLOC)",
                         text);
    return 0;
}

int pair_check(const char *text, struct pfl_error *err)
{
    struct side alloc, end;
    return pair_parse(text, &alloc, &end, err);
}

/* True if an event is the return probe of the one named: the one given for it, or that which perf
 * named after it. */
static bool side_returns(const struct side *side, const struct perf_event *event)
{
    if (*side->back)
        return perf_event_matches(event, side->back);
    size_t length = strlen(side->event);
    return strncmp(event->name, side->event, length) == 0 &&
           strcmp(event->name + length, "__return") == 0;
}

static struct field first_of(const struct format *format, const char *given,
                             const char *const *names)
{
    const struct field *field = *given ? format_find(format, given) : NULL;
    for (; !*given && !field && *names; names++)
        field = format_find(format, *names);
    return field ? *field : (struct field){0};
}

static void pair_alloc(struct role *role, const struct side *side, const struct format *format)
{
    static const char *const sizes[] = {"size", "bytes", "sz", "len", "length", "arg1", NULL};
    static const char *const results[] = {"ret", "retval", "ptr", "arg1", NULL};
    const struct field *back = format_find(format, "__probe_func"),
                       *entry = format_find(format, "__probe_ip");
    static const char *const none[] = {NULL};
    role->size = first_of(format, side->size, back ? none : sizes);
    role->pointer = first_of(format, side->pointer, entry ? none : results);
    role->function = FUNCTION_MALLOC;
    role->kind = role->size.size && role->pointer.size ? ROLE_ALLOC
                 : back                                ? ROLE_RETURN
                 : entry                               ? ROLE_ENTRY
                                                       : ROLE_ALLOC;
    role->address = back ? *back : entry ? *entry : (struct field){0};
}

static void pair_free(struct role *role, const struct side *side, const struct format *format)
{
    static const char *const pointers[] = {"ptr", "p", "addr", "mem", "pointer", "arg1", NULL};
    role->kind = format_find(format, "__probe_func") ? ROLE_NONE : ROLE_FREE;
    role->function = FUNCTION_FREE;
    role->pointer = first_of(format, side->pointer, pointers);
}

/* What of a pair a recording has. */
struct found {
    bool event[2], pointer[2], size, back;
};

static int check_found(const struct side *sides, const struct found *found, struct pfl_error *err)
{
    for (int which = 0; which < 2; which++) {
        if (!found->event[which])
            return error_set(err, PFL_ERROR_ABSENT, "no event '%.100s' for --alloc-pair",
                             sides[which].event);
        if (*sides[which].back && !found->back)
            return error_set(err, PFL_ERROR_ABSENT, "no return probe '%.100s' for --alloc-pair",
                             sides[which].back);
        if (!found->pointer[which])
            return error_set(
                err, PFL_ERROR_ABSENT, "no field '%.100s' in %.100s, nor in its return%s",
                *sides[which].pointer ? sides[which].pointer : "ptr", sides[which].event,
                which || found->back ? "" : " (name that with :return=EVENT)");
    }
    return found->size ? 0
                       : error_set(err, PFL_ERROR_ABSENT, "no field '%.100s' in %.100s",
                                   *sides[0].size ? sides[0].size : "size", sides[0].event);
}

int pair_apply(struct roles *roles, const struct perf_session *session,
               const struct formats *formats, const char *text, uint32_t number,
               struct pfl_error *err)
{
    struct side sides[2];
    struct found found = {.size = false};
    int r = pair_parse(text, &sides[0], &sides[1], err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < roles->count; i++)
        for (int which = 0; which < 2; which++) {
            const struct perf_event *event = perf_session_event(session, i);
            bool returns = side_returns(&sides[which], event);
            if (!returns && !perf_event_matches(event, sides[which].event))
                continue;
            struct role *role = &roles->list[i];
            *role =
                (struct role){.family = FAMILY_HEAP, .pair = number, .captured = role->captured};
            (which ? pair_free : pair_alloc)(role, &sides[which], &formats->list[i]);
            found.event[which] = true;
            found.back |= returns && role->kind == ROLE_RETURN;
            found.size |= role->size.size != 0;
            found.pointer[which] |= role->pointer.size != 0;
        }
    return check_found(sides, &found, err);
}

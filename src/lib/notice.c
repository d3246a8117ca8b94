/* SPDX-License-Identifier: MIT */
#include "lib/notice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "lib/input.h"

int notice_add(struct notice_list *list, enum pfl_notice_kind kind, bool warning, const char *input,
               struct pfl_error *err, const char *format, ...)
{
    CLEANUP(mem_cleanup) char *text = NULL;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    text = length < 0 ? NULL : mem_alloc((size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    if (!text)
        return error_memory(err);
    if (mem_grow(&list->items, &list->capacity, list->count + 1, sizeof *list->items) < 0)
        return error_memory(err);
    struct notice notice = {.kind = kind, .warning = warning};
    notice.input = mem_copy_text(input, strlen(input));
    notice.text = MEM_TAKE(text);
    if (!notice.input) {
        mem_free(notice.text);
        return error_memory(err);
    }
    list->items[list->count++] = notice;
    return 0;
}

void notice_list_done(struct notice_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        mem_free(list->items[i].input);
        mem_free(list->items[i].text);
    }
    mem_free(list->items);
    *list = (struct notice_list){0};
}

/* True if part is more than 1 / `share` of the whole. */
static bool is_over(int64_t part, int64_t whole, int64_t share)
{
    return part > whole / share;
}

/* A notice that begins with a share: "12.3% of the weight ...", and says of which event where
 * there are several. */
static int notice_share(struct notice_list *list, enum pfl_notice_kind kind, bool warning,
                        const struct input *input, const struct input_event *event,
                        struct pfl_error *err, int64_t part, const char *text)
{
    char share[NUMBER_SIZE];
    number_percent(share, part, event->quality.weight, 1);
    bool several = input_has_several_events(input);
    return notice_add(list, kind, warning, input->name, err, "%s%% of the weight %s%s%s%s", share,
                      several ? "of " : "", several ? event->name : "", several ? " " : "", text);
}

/* What became of captured user stacks. */
static int notice_unwound(struct notice_list *list, const struct input *input,
                          const struct input_event *event, struct pfl_error *err)
{
    const struct input_quality *q = &event->quality;
    char text[256];
    int r = 0;
    if (q->truncated) {
        snprintf(text, sizeof text,
                 "is in user stacks longer than the %" PRIu32 " bytes captured, shown under "
                 "[truncated]%s",
                 event->stack_bytes,
                 event->stack_bytes < INPUT_STACK_MOST
                     ? ": record with `perf record --call-graph dwarf,65528`"
                     : ", and perf can capture no more");
        r = notice_share(list, PFL_NOTICE_TRUNCATED_STACKS, is_over(q->truncated, q->weight, 100),
                         input, event, err, q->truncated, text);
    }
    if (r == 0 && q->lost)
        r = notice_share(list, PFL_NOTICE_LOST_STACKS, is_over(q->lost, q->weight, 10), input,
                         event, err, q->lost,
                         "is in captured user stacks whose callers could not be found, shown under "
                         "[broken]: a file is missing (--symfs, --buildid-dir) or has no unwind "
                         "information, or a signal handler has a stack of its own");
    if (r == 0 && q->guessed)
        r = notice_share(list, PFL_NOTICE_GUESSED_STACKS, is_over(q->guessed, q->weight, 10), input,
                         event, err, q->guessed,
                         "has callers found by frame pointers, where a file has no unwind "
                         "information");
    return r;
}

/* What an event's stacks are worth. */
static int notice_event(struct notice_list *list, const struct input *input,
                        const struct input_event *event, struct pfl_error *err)
{
    const struct input_quality *q = &event->quality;
    int r = 0;
    if (q->broken > 0)
        r = notice_share(list, PFL_NOTICE_BROKEN_CHAINS, is_over(q->broken, q->weight, 10), input,
                         event, err, q->broken,
                         "is in frame-pointer chains that end in garbage, shown under [broken]: "
                         "record with `perf record --call-graph dwarf`");
    return r < 0 ? r : notice_unwound(list, input, event, err);
}

/* Events without call chains, in one line: a glob may have meant a hundred of them. */
static int notice_flat(struct notice_list *list, const struct input *input, struct pfl_error *err)
{
    const char *first = NULL;
    uint32_t others = 0;
    char more[64] = "";
    for (uint32_t i = 0; i < input->event_count; i++) {
        const struct input_quality *q = &input->events[i].quality;
        if (!q->weight || !is_over(q->without_callchain, q->weight, 2))
            continue;
        others += first != NULL;
        first = first ? first : input->events[i].name;
    }
    if (!first)
        return 0;
    if (others)
        snprintf(more, sizeof more, " and %" PRIu32 " other event%s", others, plural(others));
    return notice_add(list, PFL_NOTICE_NO_CALLCHAINS, true, input->name, err,
                      "%s%s %s recorded without call chains, so there are no callers to show: "
                      "record with `perf record -g`",
                      first, more, others ? "were" : "was");
}

/* How a recording ended, if not as it should. */
static int notice_end(struct notice_list *list, const struct input *input, struct pfl_error *err)
{
    const struct perf_losses *l = &input->losses;
    bool folded = input->kind == INPUT_FOLDED;
    if (input->cut)
        return notice_add(list, PFL_NOTICE_TRUNCATED_FILE, true, input->name, err,
                          "the %s file ends early or is damaged: what could be decompressed is "
                          "shown, %" PRIu64 " %s%s",
                          input->compression, folded ? input->folded.taken : input->samples,
                          folded ? "line" : "sample",
                          plural(folded ? input->folded.taken : input->samples));
    if (input->shrunk) /* of captured stacks the middle is read last (perf/stack_gap.h) */
        return notice_add(list, PFL_NOTICE_TRUNCATED_FILE, true, input->name, err,
                          "it became shorter while it was read: what was read before is "
                          "shown, %" PRIu64
                          " sample%s, and captured stacks that were cut by it are "
                          "under [broken]",
                          input->samples, plural(input->samples));
    if (l->parts_missing)
        return notice_add(list, PFL_NOTICE_TRUNCATED_FILE, true, input->name, err,
                          "%" PRIu64 " file%s of the directory (data.N, one per CPU) %s missing: "
                          "what the others hold is shown, %" PRIu64 " sample%s",
                          l->parts_missing, plural(l->parts_missing),
                          l->parts_missing == 1 ? "is" : "are", input->samples,
                          plural(input->samples));
    if (l->truncated && !l->missing && strcmp(input->container, "directory") == 0)
        return notice_add(list, PFL_NOTICE_TRUNCATED_FILE, true, input->name, err,
                          "one of its files ends early: what stands before is shown, %" PRIu64
                          " sample%s",
                          input->samples, plural(input->samples));
    if (l->truncated && strcmp(input->container, "pipe") == 0)
        return notice_add(list, PFL_NOTICE_TRUNCATED_FILE, true, input->name, err,
                          "the stream ends inside a record: read to byte %" PRIu64 ", %" PRIu64
                          " sample%s",
                          l->read_until, input->samples, plural(input->samples));
    if (l->truncated && l->missing)
        return notice_add(list, PFL_NOTICE_TRUNCATED_FILE, true, input->name, err,
                          "the file ends early: %" PRIu64 " bytes of records are missing, and what "
                          "perf writes behind them; read to byte %" PRIu64 ", %" PRIu64 " sample%s",
                          l->missing, l->read_until, input->samples, plural(input->samples));
    if (!input->closed)
        return notice_add(list, PFL_NOTICE_NOT_CLOSED, true, input->name, err,
                          "perf did not close the recording (killed, or the disk was full): read "
                          "to byte %" PRIu64 ", %" PRIu64
                          " sample%s; build ids and host are missing",
                          l->read_until, input->samples, plural(input->samples));
    if (l->junk)
        return notice_add(list, PFL_NOTICE_DAMAGED, false, input->name, err,
                          "what follows at byte %" PRIu64 " is no part of a recording",
                          l->read_until);
    return 0;
}

static int notice_losses(struct notice_list *list, const struct input *input, struct pfl_error *err)
{
    const struct perf_losses *l = &input->losses;
    int r = notice_end(list, input, err);
    if (r == 0 && input->lost)
        r = notice_add(list, PFL_NOTICE_LOST, true, input->name, err,
                       "%" PRIu64 " record%s %s lost while recording (%" PRIu64
                       " sample%s %s kept): raise `perf record -m` or lower -F",
                       input->lost, plural(input->lost), were(input->lost), input->samples,
                       plural(input->samples), were(input->samples));
    if (r == 0 && l->throttled)
        r = notice_add(list, PFL_NOTICE_THROTTLED, true, input->name, err,
                       "the kernel throttled sampling %" PRIu64 " time%s: lower `perf record -F`",
                       l->throttled, plural(l->throttled));
    if (r == 0 && l->maps_cut)
        r = notice_add(list, PFL_NOTICE_LOST, true, input->name, err,
                       "perf had no time to read all mappings of %" PRIu64
                       " process%s, so some addresses may have no name: raise `perf record "
                       "--proc-map-timeout`",
                       l->maps_cut, l->maps_cut == 1 ? "" : "es");
    if (r == 0 && l->undescribed)
        r = notice_add(list, PFL_NOTICE_DAMAGED, true, input->name, err,
                       "%" PRIu64 " sample%s of events that were described after the first round "
                       "%s not shown: record into a file",
                       l->undescribed, plural(l->undescribed), l->undescribed == 1 ? "is" : "are");
    if (r == 0 && l->damaged)
        r = notice_add(list, PFL_NOTICE_DAMAGED, true, input->name, err,
                       "%" PRIu64 " damaged record%s %s skipped", l->damaged, plural(l->damaged),
                       were(l->damaged));
    if (r == 0 && l->unknown)
        r = notice_add(list, PFL_NOTICE_DAMAGED, false, input->name, err,
                       "%" PRIu64 " record%s of unknown type %s skipped", l->unknown,
                       plural(l->unknown), were(l->unknown));
    if (r == 0 && l->out_of_order)
        r = notice_add(list, PFL_NOTICE_DAMAGED, false, input->name, err,
                       "%" PRIu64 " record%s came later than the round allows", l->out_of_order,
                       plural(l->out_of_order));
    return r;
}

/* What became of the lines of a text. */
static int notice_lines(struct notice_list *list, const struct input *input, struct pfl_error *err)
{
    const struct folded_lines *lines = &input->folded;
    int r = 0;
    if (input->skipped_lines)
        r = notice_add(list, PFL_NOTICE_SKIPPED_LINES, true, input->name, err,
                       "%" PRIu64 " line%s made no sense and %s skipped", input->skipped_lines,
                       plural(input->skipped_lines), were(input->skipped_lines));
    if (r < 0 || !lines->rounded)
        return r;
    int64_t whole = lines->sum - lines->added / FOLDED_FRACTION;
    int64_t rest = -(lines->added % FOLDED_FRACTION);
    if (rest < 0) {
        whole--;
        rest += FOLDED_FRACTION;
    }
    return notice_add(list, PFL_NOTICE_ROUNDED, true, input->name, err,
                      "%" PRIu64
                      " weight%s %s no whole number%s and %s rounded, so that the sum is "
                      "%" PRId64 " in place of %" PRId64 ".%03" PRId64
                      ": write them in a smaller unit, which --unit names",
                      lines->rounded, plural(lines->rounded), lines->rounded == 1 ? "is" : "are",
                      plural(lines->rounded), were(lines->rounded), lines->sum, whole,
                      rest / (FOLDED_FRACTION / 1000));
}

int notice_input(struct notice_list *list, const struct input *input, struct pfl_error *err)
{
    int r = notice_losses(list, input, err);
    if (r == 0 && input->samples == 0 && input->has_stat)
        r = notice_add(list, PFL_NOTICE_AUX_ONLY, true, input->name, err,
                       "a file of perf stat: it has counts, not samples; record with "
                       "`perf record -g`");
    else if (r == 0 && input->samples == 0 && input->has_auxtrace)
        r = notice_add(list, PFL_NOTICE_AUX_ONLY, true, input->name, err,
                       "only AUX data, no samples: `perf inject --itrace` makes samples of it");
    if (r == 0)
        r = notice_flat(list, input, err);
    for (uint32_t i = 0; i < input->event_count && r == 0; i++)
        if (input->events[i].quality.weight)
            r = notice_event(list, input, &input->events[i], err);
    return r < 0 ? r : notice_lines(list, input, err);
}

/* SPDX-License-Identifier: MIT */
#include "cli/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/stdin.h"

enum status load_failed(const struct pfl_error *error, const char *about)
{
    enum status status = error->code == PFL_ERROR_USAGE        ? STATUS_USAGE
                         : error->code == PFL_ERROR_NO_SAMPLES ? STATUS_EMPTY
                                                               : STATUS_FAILED;
    if (status == STATUS_USAGE)
        return about ? message_usage("%s: %s", about, error->message)
                     : message_usage("%s", error->message);
    char place[40] = "";
    if (error->code == PFL_ERROR_FORMAT && error->offset != PFL_NO_OFFSET)
        snprintf(place, sizeof place, " (at byte %" PRIu64 ")", error->offset);
    return about ? message_failed(status, "%s: %s%s", about, error->message, place)
                 : message_failed(status, "%s%s", error->message, place);
}

/* A name that is no file may have been meant as a command. */
static bool looks_like_a_word(const char *name)
{
    return !strpbrk(name, "./\\ ") && *name && strcmp(name, "-") != 0;
}

/* Takes memory that a recording of this size will need in one go: page by page, as it is first
 * touched, it takes twice the time: of half a megabyte 0.4 ms more, of 27 in all. It stays with the
 * process (main.c). */
static void warm_memory(const char *input)
{
#if defined MADV_POPULATE_WRITE && defined __GLIBC__ /* since Linux 5.14; others decline */
    enum { TIMES = 4, MOST = (2 << 20) - (64 << 10), PAGE = 4096 };
    struct stat st;
    if (stat(input, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 4 * PAGE)
        return;
    size_t size = st.st_size < MOST / TIMES ? (size_t)st.st_size * TIMES : MOST;
    char *block = malloc(size);
    if (block)
        (void)madvise(block + (-(uintptr_t)block & (PAGE - 1)), size - PAGE, MADV_POPULATE_WRITE);
    free(block);
#endif
}

/* What an input is called in messages. */
static const char *shown_name(const char *input)
{
    return strcmp(input, "-") == 0 ? "standard input" : *input ? input : "''";
}

static enum status add_input(struct pfl_profile *profile, const char *input)
{
    struct pfl_error error;
    if (strcmp(input, "-") == 0) {
        int r = pfl_profile_add_fd(profile, STDIN_FILENO, shown_name(input), &error);
        return r < 0 ? load_failed(&error, shown_name(input)) : STATUS_DONE;
    }
    if (access(input, F_OK) != 0 && command_of(input))
        return message_usage("%s stands behind an option; a command comes first", input);
    if (access(input, F_OK) != 0 && looks_like_a_word(input))
        return message_failed(STATUS_FAILED, "%s: no such file, nor a command", input);
    warm_memory(input);
    int r = pfl_profile_add_file(profile, input, &error);
    if (r == 0)
        return STATUS_DONE;
    if (error.code == PFL_ERROR_IO && access(input, F_OK) != 0 && strcmp(input, "perf.data") == 0)
        return message_failed(STATUS_FAILED,
                              "perf.data: no such file: perf record -g CMD makes it");
    return load_failed(&error, shown_name(input));
}

static void say_notices(const struct args *args, const struct pfl_profile *profile)
{
    struct pfl_notice notice;
    for (uint32_t i = 0; pfl_profile_notice(profile, i, &notice) == 0; i++) {
        if (notice.warning)
            message_warning(&args->level, "%s: %s", notice.input, notice.text);
        else
            message_note(&args->level, "%s: %s", notice.input, notice.text);
    }
}

static enum status check_strict(const struct args *args, const struct pfl_profile *profile)
{
    uint64_t samples, lost;
    pfl_profile_losses(profile, &samples, &lost);
    if (!args->strict || (double)lost <= (double)samples * args->strict_percent / 100)
        return STATUS_DONE;
    return message_failed(STATUS_FAILED,
                          "%" PRIu64 " lost or damaged record%s beside %" PRIu64
                          " sample%s: more than --strict allows",
                          lost, lost == 1 ? "" : "s", samples, samples == 1 ? "" : "s");
}

/* *ret_only: the name of the one input there is, or NULL. */
static enum status read_inputs(const struct args *args, struct pfl_profile *profile,
                               const char **ret_only)
{
    const char *implied = NULL;
    enum status status = STATUS_DONE;
    *ret_only = args->inputs.count == 1 ? shown_name(args->inputs.items[0]) : NULL;
    if (args->inputs.count == 0 &&
        (status = stdin_or_perf_data(&args->level, &implied)) == STATUS_DONE) {
        *ret_only = shown_name(implied);
        return add_input(profile, implied);
    }
    for (size_t i = 0; i < args->inputs.count && status == STATUS_DONE; i++)
        status = add_input(profile, args->inputs.items[i]);
    return status;
}

enum status load_profile(const struct args *args, bool empty_is_fine,
                         struct pfl_profile **ret_profile)
{
    struct progress progress;
    struct pfl_profile_options options = args->profile;
    struct pfl_profile *profile;
    struct pfl_error error;
    progress_init(&progress, args->level.quiet);
    options.progress = progress_report;
    options.fetching = progress_fetching;
    options.progress_context = &progress;
    if (pfl_profile_new(&profile, &options, &error) < 0)
        return load_failed(&error, NULL);
    const char *only;
    enum status status = read_inputs(args, profile, &only);
    progress_done(&progress);
    int finished = status == STATUS_DONE ? pfl_profile_finish(profile, &error) : 0;
    progress_done(&progress);
    if (finished < 0) {
        say_notices(args, profile);
        if (error.code != PFL_ERROR_NO_SAMPLES || !empty_is_fine)
            status = load_failed(&error, only);
    } else if (status == STATUS_DONE) {
        say_notices(args, profile);
        status = check_strict(args, profile);
    }
    if (status == STATUS_DONE)
        *ret_profile = profile;
    else
        pfl_profile_free(profile);
    return status;
}

/* Folded text has no event of its own. */
static const char *event_name(const struct pfl_column *column)
{
    return *column->event ? column->event : "folded text";
}

/* True if a column before this one is of the same event. */
static bool is_known_event(const struct pfl_profile *profile, uint32_t number, const char *event)
{
    struct pfl_column column;
    for (uint32_t i = 0; i < number && pfl_profile_column(profile, i, &column) == 0; i++)
        if (strcmp(column.event, event) == 0)
            return true;
    return false;
}

/* Names in a row, as many as a line holds, and how many there are besides. */
struct row {
    const char *between;
    char text[340];
    size_t length;
    uint32_t others;
};

static void row_add(struct row *row, const char *name)
{
    enum { MOST = 300 };
    if (row->others || row->length + strlen(row->between) + strlen(name) >= MOST) {
        row->others++;
        return;
    }
    row->length += (size_t)snprintf(row->text + row->length, sizeof row->text - row->length, "%s%s",
                                    row->length ? row->between : "", name);
}

/* Empty if there are none. */
static const char *row_text(struct row *row)
{
    if (row->others)
        snprintf(row->text + row->length, sizeof row->text - row->length, "%s%" PRIu32 " more",
                 row->length ? " and " : "", row->others);
    return row->text;
}

static bool event_is_counted(const struct args *args, const struct pfl_column *first,
                             const struct pfl_column *column)
{
    return column->family == first->family &&
           (strcmp(column->event, first->event) == 0 || (args->events.count && !first->family));
}

/* Says which events are there but not in the result, each once; `added`: those that were asked for
 * are added up. */
static void say_left_out(const struct args *args, const struct pfl_profile *profile,
                         const struct pfl_column *shown, bool added)
{
    struct row names = {.between = ", "};
    struct pfl_column column;
    bool folded = !*shown->event;
    for (uint32_t i = 0; pfl_profile_column(profile, i, &column) == 0; i++) {
        bool counted = added ? event_is_counted(args, shown, &column)
                             : strcmp(column.event, shown->event) == 0;
        if (!counted && !is_known_event(profile, i, column.event)) {
            row_add(&names, event_name(&column));
            folded |= !*column.event;
        }
    }
    const char *text = row_text(&names);
    if (*text && folded && args->inputs.count > 1) /* -e is refused where text is an input */
        message_warning(&args->level,
                        "only %s is counted, not %s: folded stacks have no event, so that nothing "
                        "is added to them; name the inputs of one kind alone",
                        event_name(shown), text);
    else if (*text && added && args->events.count && !shown->family)
        message_warning(&args->level, "the events of %s are not counted: choose them alone with -e",
                        text);
    else if (*text)
        message_warning(&args->level, "only %s is counted; choose with -e: %s", event_name(shown),
                        text);
}

void load_say_left_out(const struct args *args, const struct pfl_profile *profile)
{
    struct pfl_column first;
    if (pfl_profile_column(profile, 0, &first) == 0)
        say_left_out(args, profile, &first, false);
}

/* The weight that is counted of an event: the first that was asked for, or its default, which its
 * first column has. */
static const char *counted_weight(const struct args *args, const struct pfl_profile *profile,
                                  const char *event)
{
    struct pfl_column column;
    uint32_t i = 0;
    do
        pfl_profile_column(profile, i++, &column);
    while (!args->weights.count && strcmp(column.event, event) != 0);
    return column.weight;
}

static bool weight_is_counted(const struct args *args, const struct pfl_profile *profile,
                              const struct pfl_column *column)
{
    return strcmp(column->weight, counted_weight(args, profile, column->event)) == 0;
}

/* True for a column that is not counted for its weight. What a family of events was not asked for
 * tells of the same blocks and waits in another way. */
static bool weight_is_left_out(const struct args *args, const struct pfl_profile *profile,
                               const struct pfl_column *first, const struct pfl_column *column)
{
    bool concerns =
        args->weights.count || (!column->family && event_is_counted(args, first, column));
    return concerns && !weight_is_counted(args, profile, column);
}

/* Says which weights are left out, each once. */
static void say_weights_left_out(const struct args *args, const struct pfl_profile *profile,
                                 const struct pfl_column *first)
{
    struct row names = {.between = ", "};
    struct pfl_column column, before;
    for (uint32_t i = 0; pfl_profile_column(profile, i, &column) == 0; i++) {
        bool is_new = weight_is_left_out(args, profile, first, &column);
        for (uint32_t j = 0; j < i && is_new; j++) {
            pfl_profile_column(profile, j, &before);
            is_new = strcmp(before.weight, column.weight) != 0 ||
                     !weight_is_left_out(args, profile, first, &before);
        }
        if (is_new)
            row_add(&names, column.weight);
    }
    const char *text = row_text(&names);
    if (*text)
        message_warning(&args->level, "only the weight %s is counted; choose with -w: %s",
                        first->weight, text);
}

enum status load_columns(const struct args *args, const struct pfl_profile *profile,
                         uint32_t **ret_columns, uint32_t *ret_count)
{
    uint32_t *columns = calloc(pfl_profile_column_count(profile), sizeof *columns);
    if (!columns)
        return message_failed(STATUS_FAILED, "out of memory");
    struct pfl_column first, column;
    uint32_t count = 0;
    pfl_profile_column(profile, 0, &first);
    for (uint32_t i = 0; pfl_profile_column(profile, i, &column) == 0; i++)
        if (event_is_counted(args, &first, &column) && weight_is_counted(args, profile, &column))
            columns[count++] = i;
    say_left_out(args, profile, &first, true);
    say_weights_left_out(args, profile, &first);
    *ret_columns = columns;
    *ret_count = count;
    return STATUS_DONE;
}

/* The unit behind a number that does not name it itself. */
static const char *unit_behind(const char *unit, int64_t number)
{
    static const char *const named[] = {"ns", "bytes"};
    if (number == 1 && strcmp(unit, "samples") == 0)
        return "sample";
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(unit, named[i]) == 0)
            return "";
    return unit;
}

/* A recording may claim any weight: what is beyond the range is held at its end, as the library
 * does it. */
static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;
    return !__builtin_add_overflow(a, b, &sum) ? sum : a < 0 ? INT64_MIN : INT64_MAX;
}

void load_summary(const struct args *args, const struct pfl_profile *profile,
                  const uint32_t *columns, uint32_t count, const char *written)
{
    struct pfl_column column;
    int64_t total = 0, recorded = 0;
    uint64_t samples = 0;
    struct row others = {.between = " + "};
    for (uint32_t i = 0; i < count; i++) {
        pfl_profile_column(profile, columns[i], &column);
        if (i)
            row_add(&others, event_name(&column));
        total = sum_of(total, column.total);
        recorded = sum_of(recorded, column.recorded);
        samples += column.samples;
    }
    pfl_profile_column(profile, columns[0], &column);
    const char *unit = unit_behind(column.unit, recorded > total ? recorded : total);
    char number[PFL_NUMBER_SIZE], of[PFL_NUMBER_SIZE + 8] = "", in[PFL_NUMBER_SIZE + 16] = "";
    if (recorded > total) {
        pfl_number_weight(number, recorded, column.unit);
        snprintf(of, sizeof of, " of %s", number);
    }
    if (samples && !column.family && strcmp(column.unit, "samples") != 0) {
        pfl_number_weight(number, (int64_t)samples, "samples");
        snprintf(in, sizeof in, " in %s sample%s", number, samples == 1 ? "" : "s");
    }
    pfl_number_weight(number, total, column.unit);
    const char *more = row_text(&others);
    bool plain = strcmp(column.weight, "period") == 0 || strcmp(column.weight, "samples") == 0;
    message_summary(&args->level, "%s%s%s%s%s%s%s, %s%s%s%s%s", written ? written : "",
                    written ? ": " : "", event_name(&column), *more ? " + " : "", more,
                    plain ? "" : " ", plain ? "" : column.weight, number, of, *unit ? " " : "",
                    unit, in);
}

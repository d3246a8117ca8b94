/* SPDX-License-Identifier: MIT */
/* One table of options: parsing, help and the nearest name all come from it. */
#include "cli/args.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/nearest.h"
#include "cli/values.h"

#define R   COMMAND_RENDER
#define RF  (COMMAND_RENDER | COMMAND_FOLD)
#define RFT (COMMAND_RENDER | COMMAND_FOLD | COMMAND_TOP)
#define ANY (RFT | COMMAND_INFO)

enum option_id {
    OPTION_INPUT = 256,
    OPTION_OUTPUT,
    OPTION_FORMAT,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_STRICT,
    OPTION_EVENT,
    OPTION_WEIGHT,
    OPTION_COMM,
    OPTION_PID,
    OPTION_TID,
    OPTION_CPU,
    OPTION_CGROUP,
    OPTION_TIME,
    OPTION_ONLY,
    OPTION_WHERE,
    OPTION_ALLOC_PAIR,
    OPTION_OLDER_THAN,
    OPTION_AT,
    OPTION_BY,
    OPTION_IGNORE,
    OPTION_FOCUS,
    OPTION_SHOW_FROM,
    OPTION_HIDE,
    OPTION_COLLAPSE,
    OPTION_FRAMES,
    OPTION_MAX_DEPTH,
    OPTION_REVERSE,
    OPTION_INVERTED,
    OPTION_SORT,
    OPTION_FLAMECHART,
    OPTION_CUM,
    OPTION_ROWS,
    OPTION_NO_INLINE,
    OPTION_INLINE,
    OPTION_LINES,
    OPTION_ADDRESSES,
    OPTION_NAMES,
    OPTION_SUFFIXES,
    OPTION_SYMFS,
    OPTION_SYMBOLS,
    OPTION_KALLSYMS,
    OPTION_VMLINUX,
    OPTION_BUILDID_DIR,
    OPTION_DEBUGINFOD,
    OPTION_DEBUGINFOD_TIMEOUT,
    OPTION_PERF_COMPAT,
    OPTION_THREADS,
    OPTION_TITLE,
    OPTION_SUBTITLE,
    OPTION_WIDTH,
    OPTION_ROW_HEIGHT,
    OPTION_FONT_SIZE,
    OPTION_FONT,
    OPTION_MIN_WIDTH,
    OPTION_COLOR,
    OPTION_PALETTE,
    OPTION_THEME,
    OPTION_SCRIPT,
    OPTION_SCALE,
    OPTION_UNIT,
    OPTION_HELP,
    OPTION_VERSION,
};

struct option_spec {
    enum option_id id;
    const char *name;
    char letter;
    const char *value; /* NULL: takes none; "[...]": may be left out */
    unsigned commands;
    const char *help; /* NULL: an alias that help does not list */
};

/* lint: data table */
static const struct option_spec specs[] = {
    {OPTION_INPUT, "input", 'i', "FILE", ANY, "an input (perf.data; - is standard input)"},
    {OPTION_OUTPUT, "output", 'o', "FILE", ANY, "where to write; may be repeated"},
    {OPTION_FORMAT, "format", 0, "F", ANY, "svg png pdf folded; txt tsv json"},
    {OPTION_QUIET, "quiet", 'q', NULL, ANY, "say nothing but errors"},
    {OPTION_VERBOSE, "verbose", 'v', NULL, ANY, "say more"},
    {OPTION_STRICT, "strict", 0, "[=PERCENT]", ANY, "fail if more than that was lost"},
    {OPTION_EVENT, "event", 'e', "NAME,...", RFT, "events to count, also by glob"},
    {OPTION_WEIGHT, "weight", 'w', "NAME,...", RFT, "samples period FIELD alloc-bytes off-cpu ..."},
    {OPTION_COMM, "comm", 0, "NAME,...", RFT, "only threads of these names"},
    {OPTION_COMM, "comms", 0, "NAME,...", RFT, NULL},
    {OPTION_PID, "pid", 0, "N,...", RFT, "only these processes"},
    {OPTION_TID, "tid", 0, "N,...", RFT, "only these threads"},
    {OPTION_CPU, "cpu", 0, "LIST", RFT, "only these CPUs"},
    {OPTION_CGROUP, "cgroup", 0, "GLOB,...", RFT, "only these cgroups"},
    {OPTION_TIME, "time", 0, "START,END", RFT, "seconds, +2.5 after the first sample, or 40%"},
    {OPTION_ONLY, "only", 0, "kernel|user", RFT, "only samples taken in that mode"},
    {OPTION_WHERE, "where", 0, "EXPR", RFT, "only samples whose fields fit: 'bytes > 4096'"},
    {OPTION_ALLOC_PAIR, "alloc-pair", 0, "A,F", RFT, "events that allocate and free"},
    {OPTION_OLDER_THAN, "older-than", 0, "DUR", RFT, "in use: only what is that old (500ms)"},
    {OPTION_AT, "at", 0, "WHEN", RFT, "in use: at the end (default), peak or TIME"},
    {OPTION_BY, "by", 0, "WHAT", RFT, "root frame: comm process thread cpu cgroup none"},
    {OPTION_IGNORE, "ignore", 0, "RE", RFT, "drop stacks with a match"},
    {OPTION_FOCUS, "focus", 0, "RE", RFT, "keep stacks with a match"},
    {OPTION_SHOW_FROM, "show-from", 0, "RE", RFT, "drop the callers of the match"},
    {OPTION_HIDE, "hide", 0, "RE", RFT, "remove frames; callees go to the caller"},
    {OPTION_COLLAPSE, "collapse-recursion", 0, NULL, RFT, "recursion as one frame"},
    {OPTION_FRAMES, "frames", 0, "kernel|user", RFT, "keep the frames of one kind"},
    {OPTION_MAX_DEPTH, "max-depth", 0, "N", RFT, "keep the N frames nearest the root"},
    {OPTION_REVERSE, "reverse", 0, NULL, RFT, "leaf first"},
    {OPTION_NO_INLINE, "no-inline", 0, NULL, RFT, "without frames of inlined functions"},
    {OPTION_INLINE, "inline", 0, NULL, RFT, "with them also under --perf-compat"},
    {OPTION_LINES, "lines", 0, NULL, RFT, "the line behind names: NAME (FILE:LINE)"},
    {OPTION_ADDRESSES, "addresses", 0, NULL, RFT, "unnamed frames as DSO+0xOFFSET"},
    {OPTION_NAMES, "names", 0, "HOW", RFT, "short (default), full (with parameters), raw"},
    {OPTION_SUFFIXES, "suffixes", 0, NULL, RF, "_[k] _[i] _[j] behind names in folded text"},
    {OPTION_SYMFS, "symfs", 0, "DIR", ANY, "root under which the recording's files stand"},
    {OPTION_SYMBOLS, "symbols", 0, "PATH", ANY, "a file or folder with symbols, by build id"},
    {OPTION_KALLSYMS, "kallsyms", 0, "FILE", ANY, "kernel symbols"},
    {OPTION_VMLINUX, "vmlinux", 0, "FILE", ANY, "an image of the kernel"},
    {OPTION_BUILDID_DIR, "buildid-dir", 0, "DIR", ANY, "perf's cache (~/.debug)"},
    {OPTION_DEBUGINFOD, "debuginfod", 0, "[=URLS]", ANY, "ask servers for missing symbols"},
    {OPTION_DEBUGINFOD_TIMEOUT, "debuginfod-timeout", 0, "SECONDS", ANY, "for all of it (30)"},
    {OPTION_PERF_COMPAT, "perf-compat", 0, NULL, RFT, "choices of perf script, to compare"},
    {OPTION_THREADS, "threads", 0, "N", ANY, "work with N threads at most; 1 begins no other"},
    {OPTION_UNIT, "unit", 0, "WORD", RFT, "unit of folded input: ns bytes samples ..."},
    {OPTION_SORT, "sort", 0, "HOW", R | COMMAND_TOP, "name weight time; top: self total name"},
    {OPTION_FLAMECHART, "flamechart", 0, NULL, R, "sort by time"},
    {OPTION_CUM, "cum", 0, NULL, COMMAND_TOP, "sort by total"},
    {OPTION_ROWS, "rows", 'n', "N", COMMAND_TOP, "rows (20 as text; 0: all)"},
    {OPTION_INVERTED, "inverted", 0, NULL, R, "root on top (icicle)"},
    {OPTION_TITLE, "title", 0, "TEXT", R, "instead of event, weight and file"},
    {OPTION_SUBTITLE, "subtitle", 0, "TEXT", R, "a second line"},
    {OPTION_WIDTH, "width", 0, "PX|fluid", R, "fluid; PNG and PDF: 1200"},
    {OPTION_ROW_HEIGHT, "row-height", 0, "PX", R, "18"},
    {OPTION_FONT_SIZE, "font-size", 0, "PX", R, "12"},
    {OPTION_FONT, "font", 0, "NAME", R, "font family"},
    {OPTION_MIN_WIDTH, "min-width", 0, "PX|N%", R, "leave narrower boxes out (0.5)"},
    {OPTION_MIN_WIDTH, "minwidth", 0, "PX|N%", R, NULL},
    {OPTION_COLOR, "color", 0, "BY", R, "kind (default), module, name"},
    {OPTION_COLOR, "colour", 0, "BY", R, NULL},
    {OPTION_PALETTE, "palette", 0, "NAME", R, "default warm grey"},
    {OPTION_THEME, "theme", 0, "NAME", R, "auto, light, dark"},
    {OPTION_SCRIPT, "script", 0, "embed|none|URL", R, "the script of an SVG"},
    {OPTION_SCALE, "scale", 0, "N", R, "PNG: pixels per px"},
    {OPTION_HELP, "help", 'h', NULL, ANY | COMMAND_HELP, "this help"},
    {OPTION_VERSION, "version", 0, NULL, ANY | COMMAND_HELP, "the version"},
};
enum { SPEC_COUNT = sizeof specs / sizeof *specs };

static enum status list_add(struct text_list *list, const char *text)
{
    const char **items = realloc(list->items, (list->count + 2) * sizeof *items);
    if (!items)
        return message_failed(STATUS_FAILED, "out of memory");
    items[list->count++] = text;
    items[list->count] = NULL;
    list->items = items;
    return STATUS_DONE;
}

static size_t word_length(const char *text)
{
    return strcspn(text, ",");
}

/* Commas between the slashes of "cycles/call-graph=dwarf,stack-size=512/" belong to the name, those
 * between the slashes of two globs, "cpu_core/c*,cpu_atom/c*", do not. */
static size_t event_length(const char *text)
{
    size_t length = 0;
    for (; text[length] && text[length] != ','; length++) {
        if (text[length] != '/')
            continue;
        size_t closing = length + 1 + strcspn(text + length + 1, "/*?");
        if (text[closing] == '/')
            length = closing;
    }
    return length;
}

/* Adds the parts of a text between commas; the text is cut in place (it is one of argv). */
static enum status list_add_parts(struct text_list *list, const char *option, char *text,
                                  size_t (*part_length)(const char *text))
{
    size_t before = list->count;
    enum status status = STATUS_DONE;
    for (char *end, *part = text; part && status == STATUS_DONE; part = end) {
        end = part + part_length(part);
        bool empty = end == part, last = !*end;
        *end = '\0';
        end = last ? NULL : end + 1;
        if (!empty)
            status = list_add(list, part);
    }
    if (status == STATUS_DONE && list->count == before)
        return message_usage("--%s names nothing", option);
    return status;
}

static enum status mode_parse(const char *option, const char *text, enum pfl_mode *ret_mode)
{
    static const char *const words[] = {"kernel", "user", NULL};
    int word = 0;
    enum status status = value_word(option, text, words, &word);
    if (status == STATUS_DONE)
        *ret_mode = word == 0 ? PFL_MODE_KERNEL : PFL_MODE_USER;
    return status;
}

static enum status by_parse(const char *text, enum pfl_group_by *ret_by)
{
    static const char *const words[] = {"comm", "process", "thread", "cpu", "cgroup",
                                        "none", "pid",     "tid",    NULL};
    static const enum pfl_group_by values[] = {PFL_BY_COMM,    PFL_BY_PROCESS, PFL_BY_THREAD,
                                               PFL_BY_CPU,     PFL_BY_CGROUP,  PFL_BY_NONE,
                                               PFL_BY_PROCESS, PFL_BY_THREAD};
    int word = 0;
    enum status status = value_word("by", text, words, &word);
    *ret_by = values[word];
    return status;
}

static enum status sort_parse(struct args *args, const char *text)
{
    static const char *const table_words[] = {"self", "total", "name", NULL};
    static const char *const picture_words[] = {"name", "weight", "time", NULL};
    int word = 0;
    bool table = args->command == COMMAND_TOP;
    enum status status = value_word("sort", text, table ? table_words : picture_words, &word);
    if (table)
        args->sort = (enum pfl_table_sort)word;
    else
        args->picture.sort = (enum pfl_picture_sort)word;
    args->profile.in_time_order = args->picture.sort == PFL_SORT_TIME;
    return status;
}

static enum status min_width_parse(struct args *args, const char *text)
{
    size_t length = strlen(text);
    args->picture.min_width = args->picture.min_share = 0; /* of a width that was given before */
    if (length == 0 || text[length - 1] != '%')
        return value_size("min-width", text, &args->picture.min_width);
    char number[64];
    snprintf(number, sizeof number, "%.*s", (int)length - 1, text);
    double percent = 0;
    enum status status = value_size("min-width", number, &percent);
    args->picture.min_share = percent / 100;
    return status;
}

static enum status strict_parse(struct args *args, const char *text)
{
    args->strict = true;
    args->strict_percent = 0;
    return text ? value_number("strict", text, 0, 100, &args->strict_percent) : STATUS_DONE;
}

static enum status script_parse(struct args *args, const char *text)
{
    args->picture.script = strcmp(text, "embed") == 0  ? PFL_SCRIPT_EMBED
                           : strcmp(text, "none") == 0 ? PFL_SCRIPT_NONE
                                                       : PFL_SCRIPT_URL;
    args->picture.script_url = text;
    return STATUS_DONE;
}

/* The options that say how the picture looks. */
static enum status args_take_picture(struct args *args, enum option_id id, const char *value)
{
    static const char *const colours[] = {"kind", "module", "name", NULL};
    static const char *const themes[] = {"auto", "light", "dark", NULL};
    struct pfl_picture_options *picture = &args->picture;
    int word = 0;
    enum status status = STATUS_DONE;
    switch (id) {
    case OPTION_INVERTED: picture->inverted = 1; break;
    case OPTION_TITLE: picture->title = value; break;
    case OPTION_SUBTITLE: picture->subtitle = value; break;
    case OPTION_WIDTH:
        picture->width = 0;
        return strcmp(value, "fluid") == 0 ? STATUS_DONE
                                           : value_size("width", value, &picture->width);
    case OPTION_ROW_HEIGHT: return value_size("row-height", value, &picture->row_height);
    case OPTION_FONT_SIZE: return value_size("font-size", value, &picture->font_size);
    case OPTION_FONT: picture->font = value; break;
    case OPTION_MIN_WIDTH: return min_width_parse(args, value);
    case OPTION_COLOR:
        status = value_word("color", value, colours, &word);
        picture->colour = (enum pfl_picture_colour)word;
        break;
    case OPTION_PALETTE: picture->palette = value; break;
    case OPTION_THEME:
        status = value_word("theme", value, themes, &word);
        picture->theme = (enum pfl_picture_theme)word;
        break;
    case OPTION_SCRIPT: return script_parse(args, value);
    case OPTION_SCALE: return value_size("scale", value, &picture->scale);
    default: break;
    }
    return status;
}

/* The options that say how stacks are shaped and named. */
static enum status args_take_shape(struct args *args, enum option_id id, char *value)
{
    static const char *const names[] = {"short", "full", "raw", NULL};
    struct pfl_profile_options *profile = &args->profile;
    int number = 0;
    enum status status = STATUS_DONE;
    switch (id) {
    case OPTION_BY: return by_parse(value, &profile->by);
    case OPTION_IGNORE: return list_add(&args->ignore, value);
    case OPTION_FOCUS: return list_add(&args->focus, value);
    case OPTION_SHOW_FROM: return list_add(&args->show_from, value);
    case OPTION_HIDE: return list_add(&args->hide, value);
    case OPTION_COLLAPSE: profile->collapse_recursion = 1; break;
    case OPTION_FRAMES: return mode_parse("frames", value, &profile->frames);
    case OPTION_MAX_DEPTH:
        status = value_count("max-depth", value, 1, &number);
        profile->max_depth = (uint32_t)number;
        break;
    case OPTION_REVERSE: profile->reverse = 1; break;
    case OPTION_INLINE: profile->inlines = PFL_INLINES_SHOWN; break;
    case OPTION_NO_INLINE: profile->inlines = PFL_INLINES_HIDDEN; break;
    case OPTION_LINES: profile->lines = 1; break;
    case OPTION_ADDRESSES: profile->addresses = 1; break;
    case OPTION_NAMES:
        status = value_word("names", value, names, &number);
        profile->names = (enum pfl_names)number;
        break;
    case OPTION_SYMFS: profile->symfs = value; break;
    case OPTION_SYMBOLS: return list_add(&args->symbols, value);
    case OPTION_VMLINUX: profile->vmlinux = value; break;
    case OPTION_KALLSYMS: profile->kallsyms = value; break;
    case OPTION_BUILDID_DIR: profile->buildid_dir = value; break;
    case OPTION_DEBUGINFOD: profile->debuginfod = value ? value : ""; break;
    case OPTION_DEBUGINFOD_TIMEOUT:
        status = value_count("debuginfod-timeout", value, 1, &number);
        profile->debuginfod_seconds = (unsigned)number;
        break;
    case OPTION_PERF_COMPAT: profile->perf_compat = 1; break;
    case OPTION_THREADS:
        status = value_count("threads", value, 0, &number);
        profile->threads = (unsigned)number;
        break;
    case OPTION_UNIT: profile->unit = value; break;
    default: return args_take_picture(args, id, value);
    }
    return status;
}

static enum status args_take(struct args *args, enum option_id id, char *value)
{
    switch (id) {
    case OPTION_INPUT: return list_add(&args->inputs, value);
    case OPTION_OUTPUT: return list_add(&args->outputs, value);
    case OPTION_FORMAT: args->format = value; break;
    case OPTION_QUIET: args->level.quiet = true; break;
    case OPTION_VERBOSE: args->level.verbose = true; break;
    case OPTION_STRICT: return strict_parse(args, value);
    case OPTION_EVENT: return list_add_parts(&args->events, "event", value, event_length);
    case OPTION_WEIGHT: return list_add_parts(&args->weights, "weight", value, word_length);
    case OPTION_COMM: return list_add_parts(&args->comms, "comm", value, word_length);
    case OPTION_CGROUP: return list_add_parts(&args->cgroups, "cgroup", value, word_length);
    case OPTION_PID: return list_add(&args->pids, value);
    case OPTION_TID: return list_add(&args->tids, value);
    case OPTION_CPU: return list_add(&args->cpus, value);
    case OPTION_TIME: args->profile.time = value; break;
    case OPTION_ONLY: return mode_parse("only", value, &args->profile.mode);
    case OPTION_WHERE: args->profile.where = value; break;
    case OPTION_ALLOC_PAIR: return list_add(&args->pairs, value);
    case OPTION_OLDER_THAN: args->profile.older_than = value; break;
    case OPTION_AT: args->profile.at = value; break;
    case OPTION_SUFFIXES: args->suffixes = 1; break;
    case OPTION_SORT: return sort_parse(args, value);
    case OPTION_FLAMECHART: return sort_parse(args, "time");
    case OPTION_CUM: args->sort = PFL_TABLE_BY_TOTAL; break;
    case OPTION_ROWS: return value_count("rows", value, 0, &args->rows);
    case OPTION_HELP: args->help = true; break;
    case OPTION_VERSION: args->version = true; break;
    default: return args_take_shape(args, id, value);
    }
    return STATUS_DONE;
}

static const struct option_spec *spec_of(int id_or_letter, int long_index)
{
    if (long_index >= 0)
        return &specs[long_index];
    for (int i = 0; i < SPEC_COUNT; i++)
        if (specs[i].letter && specs[i].letter == id_or_letter)
            return &specs[i];
    return NULL;
}

/* Of a path no letter is a slip: a script's variable that is not set. --symfs would be the root of
 * this machine, and the others nothing. */
static bool takes_path(const struct option_spec *spec)
{
    static const char *const paths[] = {"FILE", "DIR", "PATH"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (spec->value && strcmp(spec->value, paths[i]) == 0)
            return true;
    return false;
}

/* How many long options begin with these letters. */
static int count_beginnings(const char *name)
{
    int count = 0;
    for (int i = 0; i < SPEC_COUNT; i++)
        count += strncmp(specs[i].name, name, strlen(name)) == 0;
    return count;
}

static enum status unknown_name(const char *name)
{
    const char *nearest = NULL;
    size_t distance = strlen(name) / 3 + 1;
    if (count_beginnings(name) > 1)
        return message_usage("--%s may mean several options", name);
    for (int i = 0; i < SPEC_COUNT; i++) {
        size_t d = nearest_distance(name, specs[i].name);
        if (d < distance) {
            distance = d;
            nearest = specs[i].name;
        }
    }
    return nearest ? message_usage("unknown option --%s, did you mean --%s?", name, nearest)
                   : message_usage("unknown option --%s", name);
}

/* What getopt_long refused: it names a letter, an option that takes no value, or nothing at all
 * for a name that it does not know, which then stands in the word before optind. */
static enum status refused_option(int number, const char *word)
{
    if (number >= OPTION_INPUT)
        return message_usage("%.*s takes no value", (int)strcspn(word, "="), word);
    if (number)
        return message_usage("unknown option -%c", number);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    return unknown_name(name);
}

/* The tables that getopt_long takes. */
static void fill_getopt_tables(struct option *longs, char *letters)
{
    *letters++ = ':'; /* tell a missing value from an unknown option */
    for (int i = 0; i < SPEC_COUNT; i++) {
        const char *value = specs[i].value;
        int takes = !value ? no_argument : *value == '[' ? optional_argument : required_argument;
        longs[i] = (struct option){.name = specs[i].name, .has_arg = takes, .val = specs[i].id};
        if (specs[i].letter) {
            *letters++ = specs[i].letter;
            if (takes == required_argument)
                *letters++ = ':';
        }
    }
    longs[SPEC_COUNT] = (struct option){0};
    *letters = '\0';
}

static enum status args_take_options(struct args *args, int argc, char **argv)
{
    struct option longs[SPEC_COUNT + 1];
    char letters[2 * SPEC_COUNT + 2];
    fill_getopt_tables(longs, letters);
    opterr = 0;
    optind = 1;
    enum status status = STATUS_DONE;
    while (status == STATUS_DONE) {
        int long_index = -1;
        int found = getopt_long(argc, argv, letters, longs, &long_index);
        if (found == -1)
            break;
        if (found == ':')
            return message_usage("%s needs a value", argv[optind - 1]);
        if (found == '?')
            return refused_option(optopt, argv[optind - 1]);
        const struct option_spec *spec = spec_of(found, long_index);
        if (!(spec->commands & args->command))
            return message_usage("--%s is not an option of this command", spec->name);
        if (takes_path(spec) && !*optarg)
            return message_usage("--%s '': give a path", spec->name);
        status = args_take(args, spec->id, optarg);
    }
    for (; optind < argc && status == STATUS_DONE; optind++)
        status = list_add(&args->inputs, argv[optind]);
    return status;
}

/* A list given in several options as one text with commas; the caller frees it. */
static char *list_join(const struct text_list *list)
{
    if (list->count == 0)
        return NULL;
    size_t size = 0;
    for (size_t i = 0; i < list->count; i++)
        size += strlen(list->items[i]) + 1;
    char *text = calloc(1, size);
    for (size_t i = 0; text && i < list->count; i++) {
        if (i)
            strcat(text, ",");
        strcat(text, list->items[i]);
    }
    return text;
}

enum status args_parse(struct args *args, int argc, char **argv)
{
    args->profile.size = sizeof args->profile;
    args->picture.size = sizeof args->picture;
    args->rows = -1;
    enum status status = args_take_options(args, argc, argv);
    args->profile.events = args->events.items;
    args->profile.weights = args->weights.items;
    args->profile.comms = args->comms.items;
    args->profile.cgroups = args->cgroups.items;
    args->profile.alloc_pairs = args->pairs.items;
    args->profile.ignore = args->ignore.items;
    args->profile.focus = args->focus.items;
    args->profile.show_from = args->show_from.items;
    args->profile.hide = args->hide.items;
    args->profile.symbols = args->symbols.items;
    args->profile.pids = list_join(&args->pids);
    args->profile.tids = list_join(&args->tids);
    args->profile.cpus = list_join(&args->cpus);
    return status;
}

void args_done(struct args *args)
{
    struct text_list *const lists[] = {
        &args->events,  &args->weights,   &args->comms, &args->cgroups, &args->ignore,
        &args->focus,   &args->show_from, &args->hide,  &args->symbols, &args->inputs,
        &args->outputs, &args->pids,      &args->tids,  &args->cpus,    &args->pairs};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        free(lists[i]->items);
    free((char *)(uintptr_t)args->profile.pids);
    free((char *)(uintptr_t)args->profile.tids);
    free((char *)(uintptr_t)args->profile.cpus);
}

void args_print_options(enum command command)
{
    for (int i = 0; i < SPEC_COUNT; i++) {
        const struct option_spec *spec = &specs[i];
        if (!spec->help || !(spec->commands & command))
            continue;
        char form[64];
        char letter[8] = "    ";
        if (spec->letter)
            snprintf(letter, sizeof letter, "-%c, ", spec->letter);
        const char *equals = !spec->value ? "" : *spec->value == '[' ? "" : " ";
        snprintf(form, sizeof form, "%s--%s%s%s", letter, spec->name, equals,
                 spec->value ? spec->value : "");
        printf("  %-30s %s\n", form, spec->help);
    }
}

/* SPDX-License-Identifier: MIT */
/* The table of functions as text for people, or as TSV or JSON for programs. */
#include "perflame/table.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/out.h"
#include "base/text.h"
#include "lib/profile_data.h"
#include "tree/functions.h"

struct table {
    const struct trie *trie;
    struct function_list list;
    size_t rows; /* how many of the list are written */
    const char *unit;
    int64_t recorded; /* total of the recording, before filters */
    size_t width;     /* of the terminal, or 0 */
    bool colour;
};

/* A name on a line of its own, harmless to a terminal and without the separator. */
static void out_name(struct out *out, const char *name, char separator)
{
    struct buffer safe = {0};
    text_append_safe(&safe, name, strlen(name));
    for (size_t i = 0; i < safe.size; i++)
        if (safe.data[i] == separator)
            safe.data[i] = ' ';
    out_bytes(out, safe.data, safe.size);
    buffer_done(&safe);
}

/* The columns of a terminal that a text takes: one per character. */
static size_t columns_of(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static void out_spaces(struct out *out, size_t count)
{
    while (count--)
        out_char(out, ' ');
}

/* printf would pad by bytes, and a µ has two. */
static void out_right(struct out *out, const char *text, size_t width)
{
    size_t columns = columns_of(text, strlen(text));
    out_spaces(out, columns < width ? width - columns : 0);
    out_text(out, text);
}

/* A name of at most `width` columns; in a longer one, "…" stands for the middle, since both ends
 * tell names apart. Returns what it takes. */
static size_t out_fitted(struct out *out, const char *name, size_t width)
{
    struct buffer safe = {0};
    text_append_safe(&safe, name, strlen(name));
    size_t columns = columns_of(safe.data, safe.size), at = 0;
    size_t skip_from = columns > width ? (width - 1) / 2 : columns;
    size_t skip_to = columns > width ? columns - (width - 1 - skip_from) : columns;
    for (size_t column = 0; at < safe.size; column++) {
        size_t size = text_next(safe.data + at, safe.size - at).size;
        if (column == skip_from && skip_from < skip_to)
            out_text(out, "\xe2\x80\xa6");
        if (column < skip_from || column >= skip_to)
            out_bytes(out, safe.data + at, size);
        at += size;
    }
    buffer_done(&safe);
    return columns < width ? columns : width;
}

/* Hot, warm, anything else: colours that both dark and light terminals show well. */
static const char *share_colour(int64_t part, int64_t whole)
{
    if (part <= 0 || part < whole / 50)
        return "";
    return part >= whole / 10 ? "\x1b[1;31m" : "\x1b[33m";
}

static void out_coloured(struct out *out, bool colour, const char *code, const char *text,
                         size_t width)
{
    colour = colour && *code;
    if (colour)
        out_text(out, code);
    out_right(out, text, width);
    if (colour)
        out_text(out, "\x1b[0m");
}

#define NUMBER_COLUMNS 14
#define SHARE_COLUMNS  8
#define LEFT_COLUMNS   (2 * (NUMBER_COLUMNS + SHARE_COLUMNS) + 3) /* before the function */

/* How wide the functions' column is on a terminal: as the longest name, but so that the objects
 * behind it have room, of which they take a quarter at most. */
static size_t function_width(const struct table *table)
{
    size_t room = table->width > LEFT_COLUMNS + 20 ? table->width - LEFT_COLUMNS : 20;
    size_t longest = strlen("FUNCTION"), objects = strlen("OBJECT");
    for (size_t i = 0; i < table->rows; i++) {
        uint32_t frame = table->list.items[i].frame;
        const char *name = frames_name(&table->trie->frames, frame);
        const char *object = frames_object(&table->trie->frames, frame);
        size_t columns = columns_of(name, strlen(name));
        longest = columns > longest ? columns : longest;
        columns = columns_of(object, strlen(object));
        objects = columns > objects ? columns : objects;
    }
    if (objects > room / 4)
        objects = room / 4;
    return longest < room - objects - 2 ? longest : room - objects - 2;
}

static void write_names(const struct table *table, struct out *out, uint32_t frame, size_t width)
{
    const char *name = frames_name(&table->trie->frames, frame);
    const char *object = frames_object(&table->trie->frames, frame);
    if (!table->width) {
        out_name(out, name, '\0');
        out_text(out, *object ? "  " : "");
        out_name(out, object, '\0');
    } else {
        size_t taken = out_fitted(out, name, width);
        size_t left = table->width > LEFT_COLUMNS + width + 2 + 4
                          ? table->width - LEFT_COLUMNS - width - 2
                          : 4;
        if (*object) {
            out_spaces(out, width - taken + 2);
            out_text(out, table->colour ? "\x1b[2m" : "");
            out_fitted(out, object, left);
            out_text(out, table->colour ? "\x1b[0m" : "");
        }
    }
    out_char(out, '\n');
}

static void write_head(const struct table *table, struct out *out, size_t width)
{
    char total[NUMBER_SIZE], recorded[NUMBER_SIZE];
    number_weight(total, table->list.sum, table->unit);
    number_weight(recorded, table->recorded, table->unit);
    out_printf(out, "total %s of %s recorded, unit ", total, recorded);
    out_text(out, table->unit);
    out_char(out, '\n');
    out_text(out, table->colour ? "\x1b[1m" : "");
    out_printf(out, "%*s%*s %*s%*s  FUNCTION", NUMBER_COLUMNS, "SELF", SHARE_COLUMNS, "SELF%",
               NUMBER_COLUMNS, "TOTAL", SHARE_COLUMNS, "TOTAL%");
    out_spaces(out, table->width ? width - strlen("FUNCTION") + 2 : 2);
    out_text(out, table->colour ? "OBJECT\x1b[0m\n" : "OBJECT\n");
}

static void write_text(const struct table *table, struct out *out)
{
    size_t width = table->width ? function_width(table) : 0;
    int64_t all = table->list.sum;
    write_head(table, out, width);
    for (size_t i = 0; i < table->rows; i++) {
        const struct function *f = &table->list.items[i];
        const int64_t values[] = {f->self, f->total};
        for (int v = 0; v < 2; v++) {
            char weight[NUMBER_SIZE], share[NUMBER_SIZE + 1];
            number_weight(weight, values[v], table->unit);
            number_percent(share, values[v], all, 2);
            strcat(share, "%");
            const char *code = share_colour(values[v], all);
            out_text(out, v ? " " : "");
            out_coloured(out, table->colour, code, weight, NUMBER_COLUMNS);
            out_coloured(out, table->colour, code, share, SHARE_COLUMNS);
        }
        out_text(out, "  ");
        write_names(table, out, f->frame, width);
    }
}

static void write_tsv(const struct table *table, struct out *out)
{
    char share[NUMBER_SIZE];
    out_printf(out, "# total %" PRId64 " recorded %" PRId64 " unit ", table->list.sum,
               table->recorded);
    out_text(out, table->unit);
    out_text(out, "\nSELF\tSELF%\tTOTAL\tTOTAL%\tFUNCTION\tOBJECT\n");
    for (size_t i = 0; i < table->rows; i++) {
        const struct function *f = &table->list.items[i];
        number_percent(share, f->self, table->list.sum, 4);
        out_printf(out, "%" PRId64 "\t%s\t", f->self, share);
        number_percent(share, f->total, table->list.sum, 4);
        out_printf(out, "%" PRId64 "\t%s\t", f->total, share);
        out_name(out, frames_name(&table->trie->frames, f->frame), '\t');
        out_char(out, '\t');
        out_name(out, frames_object(&table->trie->frames, f->frame), '\t');
        out_char(out, '\n');
    }
}

static void write_json(const struct table *table, struct out *out)
{
    out_printf(out,
               "{\"version\": 1, \"total\": %" PRId64 ", \"recorded\": %" PRId64 ", \"unit\": ",
               table->list.sum, table->recorded);
    out_json(out, table->unit);
    out_text(out, ", \"functions\": [");
    for (size_t i = 0; i < table->rows; i++) {
        const struct function *f = &table->list.items[i];
        out_printf(out, "%s\n  {\"self\": %" PRId64 ", \"total\": %" PRId64 ", \"function\": ",
                   i ? "," : "", f->self, f->total);
        out_json(out, frames_name(&table->trie->frames, f->frame));
        out_text(out, ", \"object\": ");
        out_json(out, frames_object(&table->trie->frames, f->frame));
        out_char(out, '}');
    }
    out_text(out, "\n]}\n");
}

int pfl_table_write(const struct pfl_profile *profile, const uint32_t *columns, uint32_t count,
                    const struct pfl_table_options *options, const struct pfl_sink *sink,
                    struct pfl_error *err)
{
    static const struct pfl_table_options defaults = {.size = sizeof defaults};
    static const enum function_order orders[] = {[PFL_TABLE_BY_SELF] = FUNCTIONS_BY_SELF,
                                                 [PFL_TABLE_BY_TOTAL] = FUNCTIONS_BY_TOTAL,
                                                 [PFL_TABLE_BY_NAME] = FUNCTIONS_BY_NAME};
    if (!options)
        options = &defaults;
    if (options->size != sizeof *options || (unsigned)options->sort > PFL_TABLE_BY_NAME)
        return error_set(err, PFL_ERROR_USAGE, "impossible table options");
    int r = profile_check_columns(profile, &columns, &count, err);
    if (r < 0)
        return r;
    struct table table = {.trie = profile->trie,
                          .unit = profile->trie->columns[columns[0]].unit,
                          .width = options->width,
                          .colour = options->colour != 0};
    r = functions_list(profile->trie, columns, count, orders[options->sort], &table.list, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < count; i++)
        table.recorded = weight_add(table.recorded, profile->trie->columns[columns[i]].recorded);
    table.rows =
        options->rows && options->rows < table.list.count ? options->rows : table.list.count;
    struct out out;
    out_init(&out, sink);
    if (options->format == PFL_TABLE_JSON)
        write_json(&table, &out);
    else if (options->format == PFL_TABLE_TSV)
        write_tsv(&table, &out);
    else
        write_text(&table, &out);
    functions_done(&table.list);
    return out_finish(&out, err);
}

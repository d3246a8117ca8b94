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

static void write_text(const struct table *table, struct out *out)
{
    char self[NUMBER_SIZE], self_share[NUMBER_SIZE], total[NUMBER_SIZE], total_share[NUMBER_SIZE];
    number_weight(total, table->list.sum, table->unit);
    number_weight(self, table->recorded, table->unit);
    out_printf(out, "total %s of %s recorded, unit %.100s\n", total, self, table->unit);
    out_printf(out, "%14s %7s %14s %7s  %s\n", "SELF", "SELF%", "TOTAL", "TOTAL%",
               "FUNCTION  OBJECT");
    for (size_t i = 0; i < table->rows; i++) {
        const struct function *f = &table->list.items[i];
        number_weight(self, f->self, table->unit);
        number_weight(total, f->total, table->unit);
        number_percent(self_share, f->self, table->list.sum, 2);
        number_percent(total_share, f->total, table->list.sum, 2);
        out_printf(out, "%14s %6s%% %14s %6s%%  ", self, self_share, total, total_share);
        out_name(out, frames_name(&table->trie->frames, f->frame), '\0');
        const char *object = frames_object(&table->trie->frames, f->frame);
        if (*object) {
            out_text(out, "  ");
            out_name(out, object, '\0');
        }
        out_char(out, '\n');
    }
}

static void write_tsv(const struct table *table, struct out *out)
{
    char share[NUMBER_SIZE];
    out_printf(out, "# total %" PRId64 " recorded %" PRId64 " unit %.100s\n", table->list.sum,
               table->recorded, table->unit);
    out_text(out, "SELF\tSELF%\tTOTAL\tTOTAL%\tFUNCTION\tOBJECT\n");
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
    struct table table = {.trie = profile->trie, .unit = profile->trie->columns[columns[0]].unit};
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

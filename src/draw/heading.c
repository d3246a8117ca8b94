/* SPDX-License-Identifier: MIT */
/* See draw/heading.h; data/script says the same for another column. */
#include "draw/heading.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

#define DOT " \xc2\xb7 "

static void append_part(struct buffer *to, const char *text, const char *between)
{
    if (!text || !*text)
        return;
    if (to->size)
        buffer_text(to, between);
    text_append_safe(to, text, strlen(text));
}

static void append_totals(struct buffer *to, const struct trie_column *column)
{
    int64_t total = column->total ? column->total[0] : 0;
    if (to->size)
        buffer_text(to, DOT);
    number_append_weight(to, total, column->unit);
    if (column->recorded > total) {
        buffer_text(to, " of ");
        number_append_weight(to, column->recorded, column->unit);
        buffer_text(to, " (");
        number_append_share(to, total, column->recorded);
        buffer_text(to, ")");
    }
    if (column->samples && strcmp(column->weight, "samples") != 0) {
        buffer_text(to, DOT);
        number_append_weight(to, (int64_t)column->samples, "samples");
    }
}

/* What is shown and of what: the title, or the first words below one of the user's. */
static void append_default(struct buffer *to, const struct trie_column *column, const char *input)
{
    append_part(to, column->event, DOT);
    append_part(to, column->weight, column->event && *column->event ? " " : DOT);
    append_part(to, input, DOT);
}

int heading_make(struct heading *heading, const struct trie *trie,
                 const struct picture_options *options, struct pfl_error *err)
{
    *heading = (struct heading){0};
    const struct trie_column *column = &trie->columns[options->column];
    if (options->title && *options->title)
        append_part(&heading->title, options->title, "");
    else
        append_default(&heading->title, column, options->input);
    append_part(&heading->summary, options->subtitle, DOT);
    if (options->title && *options->title)
        append_default(&heading->summary, column, options->input);
    append_totals(&heading->summary, column);
    append_part(&heading->summary, options->losses, DOT);
    append_part(&heading->summary,
                options->sort == PICTURE_SORT_TIME ? "in the order of time" : NULL, DOT);
    if (!heading->title.failed && !heading->summary.failed)
        return 0;
    heading_done(heading);
    return error_memory(err);
}

void heading_done(struct heading *heading)
{
    buffer_done(&heading->title);
    buffer_done(&heading->summary);
}

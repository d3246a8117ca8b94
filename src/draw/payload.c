/* SPDX-License-Identifier: MIT */
/* See draw/payload.h for the format; data/script reads it. */
#include "draw/payload.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/text.h"
#include "draw/px.h"

struct used_frame {
    uint32_t frame, nodes;
};

struct numbering {
    struct used_frame *used; /* by falling frequency */
    uint32_t used_count;
    uint32_t *frame_number; /* of a frame of the trie */
    uint32_t *texts;        /* numbers of the trie's texts, sorted */
    uint32_t text_count;
    uint32_t *text_number; /* of a text of the trie */
};

static int used_compare(const void *left, const void *right)
{
    const struct used_frame *a = left, *b = right;
    if (a->nodes != b->nodes)
        return a->nodes < b->nodes ? 1 : -1;
    return a->frame < b->frame ? -1 : 1;
}

static int text_compare(const void *left, const void *right, void *context)
{
    const struct intern *texts = context;
    return strcmp(intern_text(texts, *(const uint32_t *)left),
                  intern_text(texts, *(const uint32_t *)right));
}

static int number_frames(struct numbering *numbering, const struct trie *trie)
{
    size_t count = trie->frames.count;
    numbering->used = mem_zalloc(count, sizeof *numbering->used);
    numbering->frame_number = mem_zalloc(count, sizeof *numbering->frame_number);
    if (!numbering->used || !numbering->frame_number)
        return -1;
    for (size_t f = 0; f < count; f++)
        numbering->used[f].frame = (uint32_t)f;
    for (uint32_t node = 1; node < trie->count; node++)
        numbering->used[trie->frame[node]].nodes++;
    qsort(numbering->used, count, sizeof *numbering->used, used_compare);
    while (numbering->used_count < count && numbering->used[numbering->used_count].nodes) {
        numbering->frame_number[numbering->used[numbering->used_count].frame] =
            numbering->used_count;
        numbering->used_count++;
    }
    return 0;
}

static int number_texts(struct numbering *numbering, const struct trie *trie)
{
    struct intern texts = trie->frames.texts; /* qsort_r's context is not const */
    numbering->text_number = mem_zalloc(texts.count, sizeof *numbering->text_number);
    numbering->texts = mem_zalloc(texts.count, sizeof *numbering->texts);
    if (!numbering->text_number || !numbering->texts)
        return -1;
    numbering->text_number[0] = 1; /* for now: is used */
    for (uint32_t i = 0; i < numbering->used_count; i++) {
        const struct frame *frame = &trie->frames.items[numbering->used[i].frame];
        numbering->text_number[frame->name] = numbering->text_number[frame->object] = 1;
    }
    for (uint32_t text = 0; text < texts.count; text++)
        if (numbering->text_number[text])
            numbering->texts[numbering->text_count++] = text;
    qsort_r(numbering->texts, numbering->text_count, sizeof *numbering->texts, text_compare,
            &texts);
    for (uint32_t i = 0; i < numbering->text_count; i++)
        numbering->text_number[numbering->texts[i]] = i;
    return 0;
}

static void numbering_done(struct numbering *numbering)
{
    mem_free(numbering->used);
    mem_free(numbering->frame_number);
    mem_free(numbering->texts);
    mem_free(numbering->text_number);
}

static void append_strings(struct buffer *to, const struct numbering *numbering,
                           const struct intern *texts)
{
    for (uint32_t i = 0; i < numbering->text_count; i++) {
        uint32_t text = numbering->texts[i];
        text_append_safe(to, intern_text(texts, text), intern_length(texts, text));
        buffer_char(to, '\0');
    }
}

static void append_frames(struct buffer *to, const struct numbering *numbering,
                          const struct frames *frames)
{
    for (uint32_t i = 0; i < numbering->used_count; i++) {
        uint32_t number = numbering->used[i].frame;
        const struct frame *frame = &frames->items[number];
        buffer_varint(to, numbering->text_number[frame->name]);
        buffer_varint(to, numbering->text_number[frame->object]);
        buffer_varint(to, (uint64_t)frame->kind * 8 + colour_class(frames, number));
    }
}

static void append_nodes(struct buffer *to, const struct numbering *numbering,
                         const struct trie *trie, const struct order *order)
{
    uint32_t up;
    for (uint32_t node = 0; (node = order_step(order, trie, node, &up));) {
        buffer_varint(to, up);
        buffer_varint(to, numbering->frame_number[trie->frame[node]]);
    }
}

static uint64_t size_of(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* At least 1, and never more than an int64_t holds. */
static int64_t column_scale(const struct trie_column *column, uint32_t count)
{
    uint64_t divisor = 0;
    for (uint32_t node = 0; column->self && node < count && divisor != 1; node++)
        for (uint64_t rest = size_of(column->self[node]); rest;) {
            uint64_t next = divisor % rest;
            divisor = rest;
            rest = next;
        }
    return divisor && divisor <= INT64_MAX ? (int64_t)divisor : 1;
}

static void append_column(struct buffer *to, const struct trie *trie, const struct order *order,
                          uint32_t column, int64_t scale)
{
    uint32_t node = 0, up;
    do {
        int64_t value = trie_self(trie, column, node) / scale;
        buffer_varint(to, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
    } while ((node = order_step(order, trie, node, &up)));
}

/* A JSON string that needs no escaping in XML or HTML either. */
static void json_string(struct buffer *json, const char *key, const char *text)
{
    struct buffer safe = {0};
    text_append_safe(&safe, text ? text : "", text ? strlen(text) : 0);
    buffer_printf(json, "\"%s\":\"", key);
    for (size_t i = 0; i < safe.size; i++)
        if (strchr("\"\\<>&", safe.data[i]))
            buffer_printf(json, "\\u%04x", (unsigned)safe.data[i]);
        else
            buffer_char(json, safe.data[i]);
    buffer_char(json, '"');
    json->failed |= safe.failed;
    buffer_done(&safe);
}

static void json_px(struct buffer *json, const char *key, double value)
{
    buffer_printf(json, "\"%s\":", key);
    px_append(json, value);
    buffer_char(json, ',');
}

static void json_column(struct buffer *json, const struct trie_column *column, int64_t scale)
{
    buffer_char(json, '{');
    json_string(json, "event", column->event);
    buffer_char(json, ',');
    json_string(json, "weight", column->weight);
    buffer_char(json, ',');
    json_string(json, "unit", column->unit);
    buffer_printf(json, ",\"scale\":%" PRId64 ",\"samples\":%" PRIu64 ",\"recorded\":%" PRId64 "}",
                  scale, column->samples, column->recorded);
}

static void json_view(struct buffer *json, const struct picture_options *view, bool fluid)
{
    buffer_text(json, "\"view\":{");
    json_string(json, "title", view->title);
    buffer_char(json, ',');
    json_string(json, "subtitle", view->subtitle);
    buffer_char(json, ',');
    json_string(json, "input", view->input);
    buffer_char(json, ',');
    json_px(json, "width", fluid ? 0 : view->width);
    json_px(json, "row", view->row_height);
    json_px(json, "font", view->font_size);
    json_px(json, "minWidth", view->min_width);
    /* In millionths, so that no decimal point is printed by a locale. */
    buffer_printf(json, "\"minShare\":%" PRId64 ",", (int64_t)(view->min_share * 1e6));
    buffer_printf(json, "\"colour\":%d,\"sort\":%d,\"inverted\":%d,\"column\":%" PRIu32 "},",
                  (int)view->colour, (int)view->sort, view->inverted, view->column);
}

static void json_palette(struct buffer *json, const struct palette *palette)
{
    buffer_text(json, "\"palette\":[");
    for (int dark = 0; dark < 2; dark++) {
        const struct colour_theme *theme = &colour_themes[dark];
        const uint32_t ends[] = {theme->page,  theme->text,  theme->dim,
                                 theme->label, theme->match, theme->match_label};
        /* Hexadecimal, six digits a colour: the swatches, then what is not a box. */
        buffer_text(json, dark ? ",\"" : "\"");
        for (uint32_t swatch = 0; swatch < COLOUR_SWATCHES; swatch++)
            buffer_printf(json, "%06x", palette_colour(palette, dark, swatch));
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            buffer_printf(json, "%06x", ends[i]);
        buffer_char(json, '"');
    }
    buffer_char(json, ']');
}

static void append_parts(struct buffer *json, struct buffer *bytes, const struct trie *trie,
                         const struct order *order, const struct numbering *numbering)
{
    buffer_printf(json,
                  "{\"format\":%d,\"nodes\":%" PRIu32 ",\"frames\":%" PRIu32 ",\"strings\":%" PRIu32
                  ",\"sizes\":[",
                  PAYLOAD_FORMAT, trie->count, numbering->used_count, numbering->text_count);
    append_strings(bytes, numbering, &trie->frames.texts);
    size_t strings = bytes->size;
    append_frames(bytes, numbering, &trie->frames);
    size_t frames = bytes->size - strings;
    append_nodes(bytes, numbering, trie, order);
    buffer_printf(json, "%zu,%zu,%zu", strings, frames, bytes->size - strings - frames);
    for (uint32_t c = 0; c < trie->column_count; c++) {
        size_t before = bytes->size;
        append_column(bytes, trie, order, c, column_scale(&trie->columns[c], trie->count));
        buffer_printf(json, ",%zu", bytes->size - before);
    }
    buffer_text(json, "],\"columns\":[");
    for (uint32_t c = 0; c < trie->column_count; c++) {
        buffer_text(json, c ? "," : "");
        json_column(json, &trie->columns[c], column_scale(&trie->columns[c], trie->count));
    }
    buffer_text(json, "],");
}

int payload_make(struct buffer *json, struct buffer *packed, const struct trie *trie,
                 const struct order *order, const struct picture_options *view, bool fluid,
                 const struct palette *palette, struct pfl_error *err)
{
    struct numbering numbering = {0};
    struct buffer bytes = {0};
    int result = 0;
    if (number_frames(&numbering, trie) < 0 || number_texts(&numbering, trie) < 0)
        result = error_memory(err);
    if (result == 0) {
        append_parts(json, &bytes, trie, order, &numbering);
        json_view(json, view, fluid);
        json_palette(json, palette);
        buffer_char(json, '}');
        result = bytes.failed || json->failed
                     ? error_memory(err)
                     : compress_deflate(packed, bytes.data, bytes.size, err);
    }
    numbering_done(&numbering);
    buffer_done(&bytes);
    return result;
}

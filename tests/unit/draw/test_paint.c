/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <cairo.h>

#include "draw/colour.h"
#include "draw/layout.h"
#include "draw/page.h"
#include "draw/picture.h"

struct reading {
    struct buffer bytes;
    size_t at;
};

static cairo_status_t read_png(void *context, unsigned char *data, unsigned size)
{
    struct reading *reading = context;
    if (reading->bytes.size - reading->at < size)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, reading->bytes.data + reading->at, size);
    reading->at += size;
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *draw(const struct trie *trie, const struct picture_options *options)
{
    struct reading reading = {0};
    struct pfl_sink sink = {sample_write, &reading.bytes};
    assert_int_equal(picture_write(trie, options, PICTURE_PNG, &sink, NULL), 0);
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_png, &reading);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    buffer_done(&reading.bytes);
    return surface;
}

static uint32_t pixel(cairo_surface_t *surface, int x, int y)
{
    const unsigned char *data = cairo_image_surface_get_data(surface);
    uint32_t value;
    memcpy(&value, data + y * cairo_image_surface_get_stride(surface) + x * 4, sizeof value);
    return value & 0xffffff;
}

static void boxes_have_their_colour_where_the_layout_says(void **state)
{
    struct trie *trie = sample_trie();
    struct picture_options options = {.width = 1232, .row_height = 18, .font_size = 12};
    struct page page = page_make(&options, 5, false, 1);
    for (int dark = 0; dark < 2; dark++) {
        options.theme = dark ? PICTURE_THEME_DARK : PICTURE_THEME_LIGHT;
        cairo_surface_t *surface = draw(trie, &options);
        assert_int_equal(cairo_image_surface_get_width(surface), 1232);
        assert_int_equal(cairo_image_surface_get_height(surface), (int)page.height);
        uint32_t leaf = frames_add(&trie->frames, "leaf", 4, FRAME_KERNEL, "[kernel]");
        uint32_t colour = palette_colour(palette_find(NULL), dark,
                                         colour_swatch(&trie->frames, leaf, PICTURE_BY_KIND));
        int y = (int)page_y(&page, 4) + 9;
        assert_int_equal(pixel(surface, 16 + 990, y), colour);
        assert_int_equal(pixel(surface, 16 + 890, y), colour_themes[dark].page);
        assert_int_equal(pixel(surface, 16 + 1010, y), colour_themes[dark].page);
        cairo_surface_destroy(surface);
    }
    trie_free(trie);
}

static void a_slim_picture_has_its_legend_in_lines(void **state)
{
    struct trie *trie = sample_trie();
    struct picture_options options = {.width = 320, .row_height = 18, .font_size = 12};
    struct page page = page_make(&options, 5, false, 2);
    cairo_surface_t *surface = draw(trie, &options);
    assert_int_equal(cairo_image_surface_get_height(surface), (int)page.height);
    uint32_t library = COLOUR_LIBRARY * COLOUR_VARIATIONS;
    assert_int_equal(pixel(surface, 16 + 5, (int)(page.legend_y + page.legend_line) - 5),
                     palette_colour(palette_find(NULL), false, library));
    cairo_surface_destroy(surface);
    trie_free(trie);
}

static void scale_multiplies_the_pixels(void **state)
{
    struct trie *trie = sample_trie();
    cairo_surface_t *surface = draw(trie, &(struct picture_options){.scale = 2});
    assert_int_equal(cairo_image_surface_get_width(surface), 2400);
    cairo_surface_destroy(surface);
    trie_free(trie);
}

static void a_png_beyond_its_bounds_says_what_to_lower(void **state)
{
    struct trie *trie = trie_new();
    trie_column(trie, "", "samples", "samples");
    uint32_t node = 0;
    for (int i = 0; i < 3000; i++)
        node = sample_child(trie, node, "again", FRAME_USER, NULL);
    trie_add(trie, 0, node, 1);
    trie_sum(trie);
    struct buffer bytes = {0};
    struct pfl_sink sink = {sample_write, &bytes};
    struct pfl_error error;
    assert_int_equal(picture_write(trie, &(struct picture_options){0}, PICTURE_PNG, &sink, &error),
                     -PFL_ERROR_LIMIT);
    assert_non_null(strstr(error.message, "--row-height"));
    assert_int_equal(
        picture_write(trie, &(struct picture_options){.row_height = 2, .scale = 4, .width = 32000},
                      PICTURE_PNG, &sink, &error),
        -PFL_ERROR_LIMIT);
    assert_int_equal(picture_write(trie, &(struct picture_options){0}, PICTURE_PDF, &sink, &error),
                     -PFL_ERROR_LIMIT);
    assert_int_equal(bytes.size, 0);
    buffer_done(&bytes);
    trie_free(trie);
}

static void a_pdf_is_a_pdf_and_the_same_twice(void **state)
{
    struct trie *trie = sample_trie();
    struct buffer first = {0}, second = {0};
    struct pfl_sink sink = {sample_write, &first};
    assert_int_equal(picture_write(trie, &(struct picture_options){0}, PICTURE_PDF, &sink, NULL),
                     0);
    sink.context = &second;
    assert_int_equal(picture_write(trie, &(struct picture_options){0}, PICTURE_PDF, &sink, NULL),
                     0);
    assert_true(first.size > 500 && memcmp(first.data, "%PDF-", 5) == 0);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    buffer_done(&first);
    buffer_done(&second);
    trie_free(trie);
}

static void a_sink_that_refuses_is_told_so(void **state)
{
    struct trie *trie = sample_trie();
    struct pfl_sink sink = {sample_refuse, NULL};
    for (int format = PICTURE_SVG; format <= PICTURE_PDF; format++)
        assert_int_equal(picture_write(trie, &(struct picture_options){0}, format, &sink, NULL),
                         -PFL_ERROR_SINK);
    trie_free(trie);
}

RUN_TESTS(TEST(boxes_have_their_colour_where_the_layout_says),
          TEST(a_slim_picture_has_its_legend_in_lines), TEST(scale_multiplies_the_pixels),
          TEST(a_png_beyond_its_bounds_says_what_to_lower), TEST(a_pdf_is_a_pdf_and_the_same_twice),
          TEST(a_sink_that_refuses_is_told_so))

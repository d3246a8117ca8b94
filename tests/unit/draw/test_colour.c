/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <math.h>

#include "draw/colour.h"

/* WCAG 2: relative luminance and contrast. */
static double channel(uint32_t value)
{
    double c = value / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t colour)
{
    return 0.2126 * channel(colour >> 16 & 255) + 0.7152 * channel(colour >> 8 & 255) +
           0.0722 * channel(colour & 255);
}

static double contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void labels_can_be_read_on_every_colour(void **state)
{
    static const char *const names[] = {"default", "warm", "grey"};
    for (size_t p = 0; p < 3; p++) {
        const struct palette *palette = palette_find(names[p]);
        assert_non_null(palette);
        for (int dark = 0; dark < 2; dark++)
            for (uint32_t swatch = 0; swatch < COLOUR_SWATCHES; swatch++)
                assert_true(contrast(palette_colour(palette, dark, swatch),
                                     colour_themes[dark].label) >= 4.5);
    }
}

static void words_can_be_read_on_the_page(void **state)
{
    for (int dark = 0; dark < 2; dark++) {
        const struct colour_theme *theme = &colour_themes[dark];
        assert_true(contrast(theme->text, theme->page) >= 4.5);
        assert_true(contrast(theme->dim, theme->page) >= 4.5);
        assert_true(contrast(theme->match, theme->match_label) >= 4.5);
    }
}

static void a_match_stands_out_by_lightness_alone(void **state)
{
    const struct palette *palette = palette_find(NULL);
    for (int dark = 0; dark < 2; dark++)
        for (uint32_t swatch = 0; swatch < COLOUR_SWATCHES; swatch++)
            assert_true(
                contrast(palette_colour(palette, dark, swatch), colour_themes[dark].match) >= 3);
}

static void a_frame_always_has_the_same_colour(void **state)
{
    struct trie *a = sample_trie(), *b = trie_new();
    uint32_t noise = frames_add(&b->frames, "noise", 5, FRAME_USER, NULL);
    uint32_t there = frames_add(&b->frames, "main", 4, FRAME_USER, "app");
    uint32_t here = frames_add(&a->frames, "main", 4, FRAME_USER, "app");
    assert_true(noise != there);
    for (int by = PICTURE_BY_KIND; by <= PICTURE_BY_NAME; by++)
        assert_int_equal(colour_swatch(&a->frames, here, by), colour_swatch(&b->frames, there, by));
    trie_free(a);
    trie_free(b);
}

static void kinds_are_told_apart(void **state)
{
    struct trie *trie = trie_new();
    struct frames *frames = &trie->frames;
    const struct {
        const char *name;
        enum frame_kind kind;
        const char *object;
        enum colour_class class;
    } cases[] = {{"f", FRAME_USER, "app", COLOUR_USER},
                 {"f", FRAME_USER, "/usr/lib/libc.so.6", COLOUR_LIBRARY},
                 {"f", FRAME_USER, "libfoo-1.2.so", COLOUR_LIBRARY},
                 {"f", FRAME_USER, "my.sofa", COLOUR_USER},
                 {"f", FRAME_KERNEL, "[kernel]", COLOUR_KERNEL},
                 {"f", FRAME_JIT, NULL, COLOUR_JIT},
                 {"f", FRAME_INLINED, "libc.so.6", COLOUR_INLINED},
                 {"sh", FRAME_GROUP, NULL, COLOUR_GROUP},
                 {"[unknown]", FRAME_MARK, NULL, COLOUR_UNKNOWN},
                 {"[truncated]", FRAME_MARK, NULL, COLOUR_CUT},
                 {"[broken]", FRAME_MARK, NULL, COLOUR_CUT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t frame = frames_add(frames, cases[i].name, strlen(cases[i].name), cases[i].kind,
                                    cases[i].object);
        assert_int_equal(colour_class(frames, frame), cases[i].class);
        assert_int_equal(colour_swatch(frames, frame, PICTURE_BY_KIND) / COLOUR_VARIATIONS,
                         cases[i].class);
    }
    assert_int_equal(colour_class(frames, 0), COLOUR_GROUP);
    trie_free(trie);
}

static void an_unknown_palette_is_none(void **state)
{
    assert_null(palette_find("rainbow"));
    assert_ptr_equal(palette_find(""), palette_find("default"));
}

RUN_TESTS(TEST(labels_can_be_read_on_every_colour), TEST(words_can_be_read_on_the_page),
          TEST(a_match_stands_out_by_lightness_alone), TEST(a_frame_always_has_the_same_colour),
          TEST(kinds_are_told_apart), TEST(an_unknown_palette_is_none))

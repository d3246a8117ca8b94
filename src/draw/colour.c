/* SPDX-License-Identifier: MIT */
/* See draw/colour.h. The hues are derived from Okabe and Ito's set for the colour-blind, mixed
 * with white (or deepened) until the labels on them are easy to read; tests/unit/draw computes
 * the contrast of every one. */
#include "draw/colour.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct palette palettes[] = {
    {"default",
     {{0xf2b866, 0x8fc1e8, 0xdba6c8, 0xf0e08a, 0x8ccbb0, 0xccd2da, 0xbdbdbd, 0xec9478},
      {0x8f5d17, 0x2a6496, 0x86466f, 0x6e6318, 0x23705a, 0x4a515c, 0x5c5c5c, 0xa3452a}},
     {{0xf2b866, 0x8fc1e8, 0x8ccbb0, 0xdba6c8, 0xf0e08a, 0xd9bd9a, 0xa9b2ec, 0x9fd4d6},
      {0x8f5d17, 0x2a6496, 0x23705a, 0x86466f, 0x6e6318, 0x6b563a, 0x4d56a0, 0x1f6b70}},
     {{0xf6dc85, 0xf0a06c}, {0x77651c, 0x97492a}}},
    {"warm",
     {{0xf5a46a, 0xf7cf7a, 0xf0b0a0, 0xf8e3a0, 0xe9bd94, 0xd9d2cc, 0xbdbdbd, 0xe58a8a},
      {0x96501f, 0x7a6017, 0x8c4a3c, 0x6a5c2c, 0x7d5636, 0x555049, 0x5c5c5c, 0x9c3f3f}},
     {{0xf5a46a, 0xf7cf7a, 0xf0b0a0, 0xf8e3a0, 0xe9bd94, 0xe58a8a, 0xe8a9c0, 0xd8c49a},
      {0x96501f, 0x7a6017, 0x8c4a3c, 0x6a5c2c, 0x7d5636, 0x9c3f3f, 0x86445f, 0x665a3c}},
     {{0xf6dc85, 0xf09a6c}, {0x77651c, 0x97462a}}},
    {"grey",
     {{0xd6d6d6, 0xa8a8a8, 0xc4c4c4, 0xe8e8e8, 0xb8b8b8, 0xf0f0f0, 0xe0e0e0, 0x989898},
      {0x525252, 0x6a6a6a, 0x5e5e5e, 0x464646, 0x646464, 0x3c3c3c, 0x4c4c4c, 0x6d6d6d}},
     {{0xd6d6d6, 0xa8a8a8, 0xc4c4c4, 0xe8e8e8, 0xb8b8b8, 0xe0e0e0, 0xcccccc, 0xb0b0b0},
      {0x525252, 0x6d6d6d, 0x5e5e5e, 0x464646, 0x646464, 0x4c4c4c, 0x585858, 0x6a6a6a}},
     {{0xe6e6e6, 0xacacac}, {0x484848, 0x6c6c6c}}},
};

const struct colour_theme colour_themes[2] = {
    {0xffffff, 0x1b1b1f, 0x5b616b, 0x1b1b1f, 0x5a2ca0, 0xffffff},
    {0x16181d, 0xeeeef2, 0xa3a9b5, 0xf4f4f6, 0xd9c6ff, 0x1b1b1f},
};

const char *const colour_class_names[COLOUR_CLASS_COUNT] = {
    "user", "kernel", "JIT", "inlined", "library", "group", "unknown", "cut off"};

const struct palette *palette_find(const char *name)
{
    if (!name || !*name)
        return &palettes[0];
    for (size_t i = 0; i < sizeof palettes / sizeof *palettes; i++)
        if (strcmp(palettes[i].name, name) == 0)
            return &palettes[i];
    return NULL;
}

const char *palette_names(void)
{
    return "default, warm, grey";
}

/* A colour `part` of `whole` on the way to another. */
static uint32_t mix(uint32_t from, uint32_t to, uint32_t part, uint32_t whole)
{
    uint32_t colour = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        uint32_t a = from >> shift & 255, b = to >> shift & 255;
        colour |= (a * (whole - part) + b * part + whole / 2) / whole << shift;
    }
    return colour;
}

uint32_t palette_colour(const struct palette *palette, bool dark, uint32_t swatch)
{
    uint32_t end = dark ? 0x000000 : 0xffffff;
    if (swatch >= COLOUR_NAME_FIRST)
        return mix(palette->names[dark][0], palette->names[dark][1], swatch - COLOUR_NAME_FIRST,
                   COLOUR_NAME_COUNT - 1);
    if (swatch >= COLOUR_MODULE_FIRST) {
        uint32_t module = swatch - COLOUR_MODULE_FIRST;
        return mix(palette->modules[dark][module / 2], end, module % 2 * 22, 100);
    }
    return mix(palette->classes[dark][swatch / COLOUR_VARIATIONS], end,
               swatch % COLOUR_VARIATIONS * 8, 100);
}

void colour_text(uint32_t colour, char text[8])
{
    snprintf(text, 8, "#%06x", colour & 0xffffff);
}

/* libc.so.6, libfoo-1.2.so, [libz.so.1] */
static bool is_library(const char *object)
{
    for (const char *at = object; (at = strstr(at, ".so")); at += 3)
        if (at[3] == '\0' || at[3] == '.' || at[3] == ']' || at[3] == '-')
            return true;
    return false;
}

enum colour_class colour_class(const struct frames *frames, uint32_t frame)
{
    switch (frames->items[frame].kind) {
    case FRAME_KERNEL: return COLOUR_KERNEL;
    case FRAME_JIT: return COLOUR_JIT;
    case FRAME_INLINED: return COLOUR_INLINED;
    case FRAME_GROUP: return COLOUR_GROUP;
    case FRAME_MARK:
        return strcmp(frames_name(frames, frame), "[unknown]") == 0 ? COLOUR_UNKNOWN : COLOUR_CUT;
    default:
        if (frame == 0)
            return COLOUR_GROUP;
        return is_library(frames_object(frames, frame)) ? COLOUR_LIBRARY : COLOUR_USER;
    }
}

/* FNV-1a over the text as the picture shows it; data/script has the same. */
static uint32_t colour_hash(const char *text)
{
    uint32_t hash = 0x811c9dc5;
    for (size_t length = strlen(text); length;) {
        struct text_char c = text_next(text, length);
        const char *bytes = c.valid && !text_is_harmful(c.code) ? text : "\xef\xbf\xbd";
        for (size_t i = 0, size = bytes == text ? c.size : 3; i < size; i++)
            hash = (hash ^ (unsigned char)bytes[i]) * 0x01000193;
        text += c.size;
        length -= c.size;
    }
    return hash ^ hash >> 15;
}

uint32_t colour_swatch(const struct frames *frames, uint32_t frame, enum picture_colour by)
{
    enum colour_class class = colour_class(frames, frame);
    bool plain = class == COLOUR_GROUP || class == COLOUR_UNKNOWN || class == COLOUR_CUT;
    const char *object = frames_object(frames, frame);
    if (plain || (by == PICTURE_BY_MODULE && !*object))
        return (plain ? (uint32_t) class : (uint32_t)COLOUR_UNKNOWN) * COLOUR_VARIATIONS;
    if (by == PICTURE_BY_MODULE)
        return COLOUR_MODULE_FIRST + colour_hash(object) % COLOUR_MODULE_COUNT;
    uint32_t hash = colour_hash(frames_name(frames, frame));
    if (by == PICTURE_BY_NAME)
        return COLOUR_NAME_FIRST + hash % COLOUR_NAME_COUNT;
    return (uint32_t) class * COLOUR_VARIATIONS + hash % COLOUR_VARIATIONS;
}

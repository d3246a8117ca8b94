/* SPDX-License-Identifier: MIT */
/* See draw/label.h. */
#include "draw/label.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define ELLIPSIS       "\xe2\x80\xa6"
#define LABEL_LEAST    3    /* characters before an ellipsis, or no label at all */
#define LABEL_MAX_SIZE 2048 /* bytes of a name that are looked at: no box is that wide */

/* Hundredths of the font's size, of ' ' to '~' in DejaVu Sans. */
static const unsigned char advances[] = {
    32, 40, 46, 84, 64, 95, 78, 27, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84};

double label_estimate(const void *context, const char *text, size_t length)
{
    double hundredths = 0;
    for (size_t at = 0; at < length;) {
        struct text_char c = text_next(text + at, length - at);
        if (c.code >= ' ' && c.code <= '~' && c.valid)
            hundredths += advances[c.code - ' '];
        else
            hundredths += 105;
        at += c.size;
    }
    return hundredths / 100 * *(const double *)context;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* Where the group that opens at `at` closes, or `length`. */
static size_t group_end(const char *name, size_t length, size_t at, char open, char close)
{
    size_t depth = 0;
    for (; at < length; at++) {
        if (name[at] == open)
            depth++;
        else if (name[at] == close && !(close == '>' && at && name[at - 1] == '-') && --depth == 0)
            return at;
    }
    return length;
}

/* "operator<", "operator()": what looks like a group is a name. */
static bool is_operator(const char *name, size_t at)
{
    return at >= 8 && memcmp(name + at - 8, "operator", 8) == 0;
}

void label_elide(struct buffer *to, const char *name, size_t length, char open, char close)
{
    size_t at = 0;
    while (at < length) {
        bool opens = name[at] == open && at && !is_operator(name, at) &&
                     (is_word(name[at - 1]) || name[at - 1] == '>' || name[at - 1] == ')');
        size_t end = opens ? group_end(name, length, at, open, close) : length;
        if (end == length || end == at + 1) {
            buffer_char(to, name[at++]);
            continue;
        }
        buffer_char(to, open);
        buffer_text(to, ELLIPSIS);
        buffer_char(to, close);
        at = end + 1;
    }
}

/* github.com/a/b.Run → b.Run: of a path, the end says most. */
static void elide_path(struct buffer *to, const struct buffer *from)
{
    size_t end = 0, slash = 0;
    for (; end < from->size && !strchr("(<{ ", from->data[end]); end++)
        if (from->data[end] == '/')
            slash = end;
    size_t start = slash && slash + 1 < from->size ? slash + 1 : 0;
    buffer_append(to, from->data + start, from->size - start);
}

static bool is_inside_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* The longest beginning that fits with an ellipsis behind it: found by halving, since widths
 * only grow. Only whole characters are measured: Pango complains about others. */
static void append_beginning(struct buffer *to, const char *name, size_t length, double width,
                             const struct label_ruler *ruler)
{
    double room = width - ruler->measure(ruler->context, ELLIPSIS, strlen(ELLIPSIS));
    size_t fits = 0, over = length;
    while (over - fits > 1) {
        size_t middle = fits + (over - fits) / 2, cut = middle;
        while (cut < over && is_inside_character(name[cut]))
            cut++;
        if (cut < over && ruler->measure(ruler->context, name, cut) <= room)
            fits = cut;
        else
            over = middle;
    }
    size_t characters = 0;
    for (size_t i = 0; i < fits; i++)
        characters += !is_inside_character(name[i]);
    if (characters < LABEL_LEAST)
        return;
    buffer_append(to, name, fits);
    buffer_text(to, ELLIPSIS);
}

/* A name may be cut anywhere; not inside a character, though. */
static size_t sensible_length(const char *name)
{
    size_t length = strnlen(name, LABEL_MAX_SIZE);
    if (length < LABEL_MAX_SIZE)
        return length;
    while (length > LABEL_MAX_SIZE - 4 && is_inside_character(name[length]))
        length--;
    return length;
}

/* The name itself, then ever shorter forms of it. */
enum { WHOLE, WITHOUT_ARGUMENTS, WITHOUT_TEMPLATES, WITHOUT_PATH, FORMS };

static void make_form(struct buffer *forms, int form, const char *name)
{
    const struct buffer *before = form ? &forms[form - 1] : NULL;
    if (form == WHOLE)
        text_append_safe(&forms[form], name, sensible_length(name));
    else if (form == WITHOUT_ARGUMENTS)
        label_elide(&forms[form], before->data, before->size, '(', ')');
    else if (form == WITHOUT_TEMPLATES)
        label_elide(&forms[form], before->data, before->size, '<', '>');
    else
        elide_path(&forms[form], before);
}

void label_append(struct buffer *to, const char *name, double width,
                  const struct label_ruler *ruler)
{
    struct buffer forms[FORMS] = {0};
    bool fits = false;
    int form = WHOLE;
    for (; *name && form < FORMS && !fits; form++) {
        make_form(forms, form, name);
        fits = ruler->measure(ruler->context, forms[form].data, forms[form].size) <= width;
    }
    const struct buffer *last = form ? &forms[form - 1] : &forms[0];
    if (fits)
        buffer_append(to, last->data, last->size);
    else if (last->size)
        append_beginning(to, last->data, last->size, width, ruler);
    for (form = 0; form < FORMS; form++) {
        to->failed |= forms[form].failed;
        buffer_done(&forms[form]);
    }
}

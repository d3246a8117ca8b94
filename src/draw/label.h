/* SPDX-License-Identifier: MIT */
/* Names cut to fit their box. data/script cuts in the same steps. */
#ifndef PFL_DRAW_LABEL_H
#define PFL_DRAW_LABEL_H

#include "base/buffer.h"

/* Measures text in px. */
struct label_ruler {
    double (*measure)(const void *context, const char *text, size_t length);
    const void *context;
};

/* Never too little for the common sans-serif fonts, of which Verdana and DejaVu Sans are the
 * widest; *context is a double, the font's size. */
double label_estimate(const void *context, const char *text, size_t length);

/* Appends as much of a name as fits `width`: whole, or without arguments, or without template
 * parameters too, or without its path, or its beginning with "…"; nothing where not even a few
 * letters fit. The name is made safe (base/text.h). */
void label_append(struct buffer *to, const char *name, double width,
                  const struct label_ruler *ruler);

/* One of the steps in between, of a safe name; for tests. */
void label_elide(struct buffer *to, const char *name, size_t length, char open, char close);

#endif

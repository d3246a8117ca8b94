/* SPDX-License-Identifier: MIT */
/* The words above a picture, in all formats. */
#ifndef PFL_DRAW_HEADING_H
#define PFL_DRAW_HEADING_H

#include "draw/picture.h"

#include "base/buffer.h"

struct heading {
    struct buffer title;   /* the user's, or event, weight and input */
    struct buffer summary; /* the user's subtitle, and the totals */
};

int heading_make(struct heading *heading, const struct trie *trie,
                 const struct picture_options *options, struct pfl_error *err);
void heading_done(struct heading *heading);

#endif

/* SPDX-License-Identifier: MIT */
/* What the script must know beside the trie (tree/payload.h): how the picture looks. */
#ifndef PFL_DRAW_ABOUT_H
#define PFL_DRAW_ABOUT_H

#include "base/buffer.h"
#include "draw/colour.h"

/* Appends the options and the colours as JSON that needs no escaping in XML. */
int about_make(struct buffer *json, const struct picture_options *view, bool fluid,
               const struct palette *palette, struct pfl_error *err);

#endif

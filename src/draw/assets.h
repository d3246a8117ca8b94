/* SPDX-License-Identifier: MIT */
/* The files of data/ that every SVG carries, made C by data/embed.py. NUL-terminated. */
#ifndef PFL_DRAW_ASSETS_H
#define PFL_DRAW_ASSETS_H

#include <stddef.h>

extern const char assets_js[];
extern const size_t assets_js_size;
extern const char assets_js_hash[]; /* as a policy names it: sha256-... */
extern const char assets_css[];
extern const size_t assets_css_size;

#endif

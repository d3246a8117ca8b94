/* SPDX-License-Identifier: MIT */
/* What a perflame picture does when scripts may run: it reads the trie that stands in the SVG
 * beside its first view and draws anew what is visible. data/embed.py joins the files of this
 * folder into one script, the same bytes in every picture.
 *
 * Everything happens inside the picture's own root element: no ids, no globals, no network, no
 * storage. Keys are taken only while the focus is in the picture, the wheel never, and the
 * location only where the SVG is the document.
 *
 * Here is what the script and the file agree on. */
const SVG = 'http://www.w3.org/2000/svg';
const HTML = 'http://www.w3.org/1999/xhtml';
const MARGIN = 16;         /* as in src/draw/page.h */
const OWN_ELEMENTS = 1500; /* as in src/draw/svg.c */
const OWN_WIDTH = 3;
const LABEL_WIDTH = 26;
const LEGEND_APART = 18;   /* as in src/draw/legend.c */
const INLINED = 3, LIBRARY = 4, GROUP = 5, UNKNOWN = 6, CUT = 7;
const VARIATIONS = 4;      /* as in src/draw/colour.h */
const MODULE_FIRST = 32, MODULE_COUNT = 16;
const NAME_FIRST = 48, NAME_COUNT = 12, SWATCHES = 60;
const USER_SORT_WEIGHT = 1;
const DOT = ' \u00b7 ', ELLIPSIS = '\u2026';

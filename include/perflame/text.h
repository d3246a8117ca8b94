/* SPDX-License-Identifier: MIT */
/** Texts that came from a recording, made harmless. */
#ifndef PERFLAME_TEXT_H
#define PERFLAME_TEXT_H

#include <stddef.h>

#include "perflame/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Writes at most `size` bytes with the NUL of a text that is fit for a terminal and a line of its
 * own: invalid UTF-8, control characters and direction marks become U+FFFD. A text that is too
 * long is cut between characters. Never fails. Since 0.1. */
PFL_EXPORT void pfl_text_safe(char *safe, size_t size, const char *text);

#ifdef __cplusplus
}
#endif

#endif

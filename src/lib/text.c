/* SPDX-License-Identifier: MIT */
#include "perflame/text.h"

#include <string.h>

#include "base/text.h"

void pfl_text_safe(char *safe, size_t size, const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    size_t length = strlen(text), written = 0;
    for (size_t at = 0; at < length && size;) {
        struct text_char c = text_next(text + at, length - at);
        bool harmless = c.valid && !text_is_harmful(c.code);
        size_t step = harmless ? c.size : sizeof replacement - 1;
        if (written + step >= size)
            break;
        memcpy(safe + written, harmless ? text + at : replacement, step);
        written += step;
        at += c.size;
    }
    if (size)
        safe[written] = '\0';
}

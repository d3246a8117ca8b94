/* SPDX-License-Identifier: MIT */
#include "tree/patterns.h"

#include <regex.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

static const char ignore_case[] = "(?i)";

/* Compiles a pattern without its prefix. Returns 0 or a code for regerror. */
static int pattern_compile(const char *pattern, regex_t *ret_regex)
{
    int flags = REG_EXTENDED | REG_NOSUB;
    if (strncmp(pattern, ignore_case, strlen(ignore_case)) == 0) {
        pattern += strlen(ignore_case);
        flags |= REG_ICASE;
    }
    return regcomp(ret_regex, pattern, flags);
}

/* The column, counted from 1, behind the longest beginning that is a pattern: what stands there
 * has no good end. 0 without memory. */
static size_t pattern_bad_column(const char *pattern)
{
    size_t length = strlen(pattern);
    CLEANUP(mem_cleanup) char *copy = NULL;
    if (!(copy = mem_copy_text(pattern, length)))
        return 0;
    size_t prefix =
        strncmp(pattern, ignore_case, strlen(ignore_case)) == 0 ? strlen(ignore_case) : 0;
    for (; length > prefix; length--) {
        regex_t regex;
        copy[length - 1] = '\0';
        if (pattern_compile(copy, &regex) == 0) {
            regfree(&regex);
            break;
        }
    }
    return length ? length : 1;
}

static int pattern_refuse(const char *pattern, int code, struct pfl_error *err)
{
    char reason[128];
    if (code == REG_ESPACE)
        return error_memory(err);
    regerror(code, NULL, reason, sizeof reason);
    size_t column = pattern_bad_column(pattern);
    if (column == 0)
        return error_memory(err);
    return error_set(err, PFL_ERROR_USAGE, "bad pattern '%.300s': %s, column %zu", pattern, reason,
                     column);
}

int patterns_match(const char *const *patterns, const struct frames *frames, uint8_t *verdicts,
                   uint8_t bit, struct pfl_error *err)
{
    for (; patterns && *patterns; patterns++) {
        regex_t regex;
        if (strlen(*patterns) > LIMIT_PATTERN_BYTES)
            return error_set(err, PFL_ERROR_USAGE, "a pattern of more than %d bytes: '%.100s...'",
                             LIMIT_PATTERN_BYTES, *patterns);
        int code = pattern_compile(*patterns, &regex);
        if (code)
            return pattern_refuse(*patterns, code, err);
        for (uint32_t f = 1; f < frames->count; f++)
            if (!(verdicts[f] & bit) &&
                (regexec(&regex, frames_name(frames, f), 0, NULL, 0) == 0 ||
                 (frames->items[f].object &&
                  regexec(&regex, frames_object(frames, f), 0, NULL, 0) == 0)))
                verdicts[f] |= bit;
        regfree(&regex);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* A line of the kernel's list of symbols: "ADDRESS TYPE NAME" and perhaps "[MODULE]". */
#ifndef PFL_RESOLVE_KALLSYMS_LINE_H
#define PFL_RESOLVE_KALLSYMS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "resolve/words.h"

struct kallsyms_line {
    uint64_t address;
    char type;
    struct words rest; /* from the name on */
};

/* "ffffffff81000000 T _text", as the kernel writes all lines: those are so many that reading them
 * word by word was a tenth of the time for a short recording. */
static inline bool kallsyms_head(struct words *line, struct kallsyms_line *ret)
{
    const char *at = line->at;
    uint64_t high, low;
    if (line->end - at < 20 || at[16] != ' ' || at[17] == ' ' || at[18] != ' ' ||
        !words_hex_8(at, &high) || !words_hex_8(at + 8, &low))
        return false;
    ret->address = high << 32 | low;
    ret->type = at[17];
    line->at += 19;
    return true;
}

static inline bool kallsyms_words(struct words *line, struct kallsyms_line *ret)
{
    struct words type;
    if (!words_hex(line, &ret->address) || !words_next(line, &type) || type.end - type.at != 1)
        return false;
    ret->type = *type.at;
    return true;
}

static inline bool kallsyms_parse(struct words line, struct kallsyms_line *ret)
{
    *ret = (struct kallsyms_line){0};
    if (!kallsyms_head(&line, ret) && !kallsyms_words(&line, ret))
        return false;
    words_skip_blanks(&line);
    ret->rest = line;
    return line.at != line.end;
}

/* The module behind the name, with its brackets. */
static inline bool kallsyms_module(const struct kallsyms_line *line, struct words *ret_module)
{
    struct words rest = line->rest, name;
    return rest.end[-1] == ']' && words_next(&rest, &name) && words_next(&rest, ret_module) &&
           *ret_module->at == '[';
}

static inline bool word_is(struct words word, const char *text)
{
    size_t length = (size_t)(word.end - word.at);
    return strlen(text) == length && memcmp(word.at, text, length) == 0;
}

/* Code, and data as well: perf's table has both (symbol_type__filter), and what is data bounds
 * the symbol before it. "$" begins the marks of ARM. */
static inline bool kallsyms_wanted(const struct kallsyms_line *line)
{
    const uint32_t kinds =
        1u << ('T' & 31) | 1u << ('W' & 31) | 1u << ('D' & 31) | 1u << ('B' & 31);
    bool letter = (line->type | 0x20) >= 'a' && (line->type | 0x20) <= 'z';
    return letter && kinds >> (line->type & 31) & 1 && *line->rest.at != '$';
}

/* The next line, with a NUL that may be in it; words_line would look for one in each. */
static inline bool kallsyms_next(struct words *all, struct words *ret_line)
{
    if (all->at == all->end)
        return false;
    const char *newline = memchr(all->at, '\n', (size_t)(all->end - all->at));
    const char *end = newline ? newline : all->end;
    bool carriage = end > all->at && end[-1] == '\r';
    *ret_line = (struct words){all->at, end - carriage};
    all->at = newline ? newline + 1 : all->end;
    return true;
}

#endif

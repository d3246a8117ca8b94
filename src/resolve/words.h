/* SPDX-License-Identifier: MIT */
/* Lines and words of symbol lists (kallsyms, perf maps), in place. */
#ifndef PFL_RESOLVE_WORDS_H
#define PFL_RESOLVE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct words {
    const char *at, *end;
};

/* The next line, without its newline, carriage return or what follows a NUL; false at the end. */
static inline bool words_line(struct words *all, struct words *ret_line)
{
    if (all->at == all->end)
        return false;
    size_t left = (size_t)(all->end - all->at);
    const char *newline = memchr(all->at, '\n', left);
    const char *end = newline ? newline : all->end;
    const char *next = newline ? newline + 1 : all->end;
    const char *nul = memchr(all->at, '\0', (size_t)(end - all->at));
    if (nul)
        end = nul;
    if (end > all->at && end[-1] == '\r')
        end--;
    *ret_line = (struct words){all->at, end};
    all->at = next;
    return true;
}

static inline void words_skip_blanks(struct words *line)
{
    while (line->at < line->end && (*line->at == ' ' || *line->at == '\t'))
        line->at++;
}

/* A word up to the next blank; false if there is none. */
static inline bool words_next(struct words *line, struct words *ret_word)
{
    words_skip_blanks(line);
    ret_word->at = line->at;
    while (line->at < line->end && *line->at != ' ' && *line->at != '\t')
        line->at++;
    ret_word->end = line->at;
    return ret_word->at != ret_word->end;
}

/* The number that eight digits of lower case stand for; false if that is not what they are. Each
 * byte becomes its digit at once, and what that digit is written as must be the byte again. */
static inline bool words_hex_8(const char *at, uint64_t *ret_value)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t text;
    memcpy(&text, at, sizeof text);
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        text = __builtin_bswap64(text);
    uint64_t digits = (text & 0x0f * ones) + 9 * (text >> 6 & ones);
    uint64_t letters = (digits + 6 * ones) >> 4 & ones;
    if (digits & 0xf0 * ones || digits + '0' * ones + ('a' - '9' - 1) * letters != text)
        return false;
    /* The first digit, in the lowest byte, counts most: pairs of neighbours are joined. */
    digits = (digits << 4 | digits >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    digits = (digits << 8 | digits >> 16) & UINT64_C(0x0000ffff0000ffff);
    *ret_value = (digits << 16 | digits >> 32) & UINT32_MAX;
    return true;
}

/* A hexadecimal number of at most 16 digits, with or without 0x, that is a word of its own. */
static inline bool words_hex(struct words *line, uint64_t *ret_value)
{
    struct words word;
    if (!words_next(line, &word))
        return false;
    if (word.end - word.at > 2 && word.at[0] == '0' && (word.at[1] | 0x20) == 'x')
        word.at += 2;
    if (word.end - word.at > 16)
        return false;
    uint64_t value = 0;
    for (const char *c = word.at; c < word.end; c++) {
        unsigned digit = (unsigned char)*c;
        if (digit >= '0' && digit <= '9')
            digit -= '0';
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            digit = (digit | 0x20) - 'a' + 10;
        else
            return false;
        value = value << 4 | digit;
    }
    *ret_value = value;
    return word.end > word.at;
}

#endif

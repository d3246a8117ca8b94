/* SPDX-License-Identifier: MIT */
/* Folded text into a trie; tree/folded_write.c is the way back. */
#include <string.h>

#include "base/limits.h"
#include "tree/folded.h"
#include "tree/lines.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What stands behind a stack. */
struct number {
    int64_t rounded; /* to the nearest whole number */
    int64_t added;   /* by that, in billionths */
    bool counts;     /* neither below zero nor out of range */
};

/* A decimal number, whole or not. Digits behind the ninth of a fraction change nothing. */
static bool number_parse(const char *text, size_t length, struct number *ret_number)
{
    bool negative = length && text[0] == '-', over = false;
    size_t at = negative ? 1 : 0, digits = 0;
    uint64_t whole = 0, fraction = 0;
    for (; at < length && is_digit(text[at]); at++, digits++)
        over |= __builtin_mul_overflow(whole, 10, &whole) ||
                __builtin_add_overflow(whole, (uint64_t)(text[at] - '0'), &whole);
    if (at < length && text[at] == '.') {
        uint64_t place = FOLDED_FRACTION;
        for (at++; at < length && is_digit(text[at]); at++, digits++)
            fraction += (place /= 10) * (uint64_t)(text[at] - '0');
    }
    if (at < length || digits == 0)
        return false;
    bool up = fraction >= FOLDED_FRACTION / 2;
    over |= whole > INT64_MAX - (uint64_t)up;
    *ret_number = (struct number){.counts = !negative && !over};
    if (ret_number->counts) {
        ret_number->rounded = (int64_t)(whole + up);
        ret_number->added = (up ? FOLDED_FRACTION : 0) - (int64_t)fraction;
    }
    return true;
}

/* Splits a line at its last space. False where no weight is behind it. */
static bool line_split(const char *line, size_t length, size_t *ret_stack,
                       struct number *ret_weight)
{
    while (length && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    size_t at = length;
    while (at && line[at - 1] != ' ' && line[at - 1] != '\t')
        at--;
    if (at <= 1)
        return false;
    *ret_stack = at - 1;
    return number_parse(line + at, length - at, ret_weight);
}

bool folded_recognises(const char *text, size_t size)
{
    const char *line;
    size_t length, stack;
    struct number weight;
    bool ended;
    while (lines_take(&text, &size, &line, &length, &ended)) {
        if (!length || line[0] == '#')
            continue;
        if (memchr(line, 0, length)) /* control characters may be in names, NUL in none */
            return false;
        if (line_split(line, length, &stack, &weight))
            return true;
        /* A line that goes on behind these bytes has its weight there. */
        return !ended && memchr(line, ';', length) && line[0] != '<' && line[0] != '{';
    }
    return false;
}

static enum frame_kind kind_of_name(const char *name, size_t length)
{
    static const char marks[][16] = {"[unknown]", "[truncated]", "[broken]", "[still waiting]",
                                     "[guest]"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (length == strnlen(marks[i], sizeof marks[i]) && memcmp(name, marks[i], length) == 0)
            return FRAME_MARK;
    return FRAME_USER;
}

/* The kind that a suffix says, which is cut off. */
static enum frame_kind kind_of_suffix(const char *name, size_t *length)
{
    if (*length > 4 && memcmp(name + *length - 4, "_[", 2) == 0 && name[*length - 1] == ']') {
        enum frame_kind kind = FRAME_KIND_COUNT;
        switch (name[*length - 2]) {
        case 'k': kind = FRAME_KERNEL; break;
        case 'i': kind = FRAME_INLINED; break;
        case 'j': kind = FRAME_JIT; break;
        }
        if (kind != FRAME_KIND_COUNT) {
            *length -= 4;
            return kind;
        }
    }
    return kind_of_name(name, *length);
}

/* Adds the frames of a stack. Returns its last node, TRIE_FAILED without memory. A stack beyond
 * LIMIT_STACK_FRAMES ends in [truncated]. */
static uint32_t stack_add(struct trie *trie, const char *stack, size_t length)
{
    uint32_t node = 0, depth = 0;
    for (const char *end = stack + length; stack < end && node != TRIE_FAILED;) {
        const char *next = memchr(stack, ';', (size_t)(end - stack));
        size_t size = (size_t)((next ? next : end) - stack);
        if (depth == LIMIT_STACK_FRAMES) {
            stack = "[truncated]";
            size = strlen(stack);
            next = NULL;
        }
        size_t name_size = strnlen(stack, size);
        enum frame_kind kind = kind_of_suffix(stack, &name_size);
        if (name_size) {
            uint32_t frame = frames_add(&trie->frames, stack, name_size, kind, NULL);
            node = frame == FRAMES_FAILED ? TRIE_FAILED : trie_child(trie, node, frame);
            depth++;
        }
        if (!next)
            break;
        stack = next + 1;
    }
    return node;
}

/* Adds a line. Returns 1, 0 if it makes no sense, or -1 without memory. */
static int line_add(struct trie *trie, uint32_t column, const char *line, size_t length,
                    struct folded_lines *told)
{
    size_t stack;
    struct number weight;
    if (!line_split(line, length, &stack, &weight) || !weight.counts)
        return 0;
    uint32_t node = stack_add(trie, line, stack);
    if (node == 0)
        return 0;
    if (node == TRIE_FAILED || trie_add(trie, column, node, weight.rounded) < 0)
        return -1;
    struct trie_column *weights = &trie->columns[column];
    weights->recorded = weight_add(weights->recorded, weight.rounded);
    told->sum = weight_add(told->sum, weight.rounded);
    told->rounded += weight.added != 0;
    told->added = weight_add(told->added, weight.added);
    return 1;
}

int folded_read(struct trie *trie, const struct source *source, const char *unit,
                struct folded_lines *ret_lines, struct pfl_error *err)
{
    CLEANUP(lines_done) struct lines lines = {.source = source};
    struct folded_lines told = {0};
    uint32_t column = trie_column(trie, "", "samples", unit ? unit : "samples");
    if (column == TRIE_FAILED)
        return trie->column_count >= LIMIT_COLUMNS
                   ? error_set(err, PFL_ERROR_LIMIT, "more than %d weights", LIMIT_COLUMNS)
                   : error_memory(err);
    const char *line = "";
    size_t length = 0;
    int result;
    for (uint64_t number = 1; (result = lines_next(&lines, &line, &length, err)) > 0; number++) {
        if (result == 1 && (length == 0 || line[0] == '#'))
            continue;
        int added = result == 2 ? 0 : line_add(trie, column, line, length, &told);
        if (added < 0)
            return error_memory(err);
        told.taken += added > 0;
        if (added == 0 && told.skipped++ == 0)
            told.first_skipped = number;
    }
    if (result < 0)
        return result;
    *ret_lines = told;
    return 0;
}

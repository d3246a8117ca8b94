/* SPDX-License-Identifier: MIT */
#include "resolve/kallsyms.h"

#include <string.h>

#include "resolve/words.h"

struct kallsyms_line {
    uint64_t address;
    char type;
    struct words rest; /* from the name on */
};

/* "ffffffff81000000 T _text", as the kernel writes all lines: those are so many that reading them
 * word by word was a tenth of the time for a short recording. */
static bool kallsyms_head(struct words *line, struct kallsyms_line *ret)
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

static bool kallsyms_words(struct words *line, struct kallsyms_line *ret)
{
    struct words type;
    if (!words_hex(line, &ret->address) || !words_next(line, &type) || type.end - type.at != 1)
        return false;
    ret->type = *type.at;
    return true;
}

static bool kallsyms_parse(struct words line, struct kallsyms_line *ret)
{
    *ret = (struct kallsyms_line){0};
    if (!kallsyms_head(&line, ret) && !kallsyms_words(&line, ret))
        return false;
    words_skip_blanks(&line);
    ret->rest = line;
    return line.at != line.end;
}

/* The module behind the name, with its brackets. */
static bool kallsyms_module(const struct kallsyms_line *line, struct words *ret_module)
{
    struct words rest = line->rest, name;
    return rest.end[-1] == ']' && words_next(&rest, &name) && words_next(&rest, ret_module) &&
           *ret_module->at == '[';
}

static bool word_is(struct words word, const char *text)
{
    size_t length = (size_t)(word.end - word.at);
    return strlen(text) == length && memcmp(word.at, text, length) == 0;
}

/* Code, and data as well: perf's table has both (symbol_type__filter), and what is data bounds
 * the symbol before it. "$" begins the marks of ARM. */
static bool kallsyms_wanted(const struct kallsyms_line *line)
{
    const uint32_t kinds =
        1u << ('T' & 31) | 1u << ('W' & 31) | 1u << ('D' & 31) | 1u << ('B' & 31);
    bool letter = (line->type | 0x20) >= 'a' && (line->type | 0x20) <= 'z';
    return letter && kinds >> (line->type & 31) & 1 && *line->rest.at != '$';
}

static enum symbol_binding kallsyms_binding(char type)
{
    if (type == 'W')
        return SYMBOL_WEAK;
    return type >= 'A' && type <= 'Z' ? SYMBOL_GLOBAL : SYMBOL_LOCAL;
}

struct kallsyms_scan {
    uint64_t reference;
    bool found, visible;
};

/* Where the reference symbol is in this list, and whether any address is shown at all. */
static struct kallsyms_scan kallsyms_scan(struct words all, const char *symbol)
{
    struct kallsyms_scan scan = {0};
    struct words line;
    struct kallsyms_line parsed;
    while (words_line(&all, &line) && !(scan.visible && (scan.found || !symbol))) {
        if (!kallsyms_parse(line, &parsed))
            continue;
        scan.visible |= parsed.address != 0;
        struct words name, module;
        if (symbol && !scan.found && !kallsyms_module(&parsed, &module) &&
            words_next(&parsed.rest, &name) && word_is(name, symbol)) {
            scan.found = true;
            scan.reference = parsed.address;
        }
    }
    return scan;
}

static int kallsyms_add(struct symbols *symbols, const struct kallsyms_line *line, uint64_t moved)
{
    struct symbol symbol = {
        .start = line->address + moved,
        .end = line->address + moved,
        .binding = (uint8_t)kallsyms_binding(line->type),
    };
    struct words rest = line->rest, name, module;
    if (kallsyms_module(line, &module)) {
        if (moved)
            return 0;
        if (symbols_module(symbols, module.at, (size_t)(module.end - module.at), &symbol.module) <
            0)
            return -1;
    }
    if (!symbols_takes(symbols, symbol.start, symbol.end))
        return 0;
    if (!words_next(&rest, &name) ||
        symbols_text(symbols, name.at, (size_t)(name.end - name.at), &symbol.name) < 0)
        return -1;
    return symbols_add(symbols, &symbol);
}

static int kallsyms_lines(struct symbols *symbols, struct words all, uint64_t moved)
{
    struct kallsyms_line parsed;
    for (const char *at = all.at, *end; at < all.end; at = end + 1) {
        end = memchr(at, '\n', (size_t)(all.end - at));
        end = end ? end : all.end;
        bool carriage = end > at && end[-1] == '\r';
        if (kallsyms_parse((struct words){at, end - carriage}, &parsed) &&
            kallsyms_wanted(&parsed) && kallsyms_add(symbols, &parsed, moved) < 0)
            return -1;
    }
    return 0;
}

int kallsyms_read(struct symbols *symbols, const char *text, size_t size,
                  const struct kallsyms_reference *reference, bool *ret_hidden)
{
    struct words all = {text, text + strnlen(text, size)}; /* no line has a NUL */
    struct kallsyms_scan scan = kallsyms_scan(all, reference->symbol);
    *ret_hidden = size > 0 && !scan.visible;
    if (*ret_hidden)
        return 0;
    uint64_t moved = scan.found ? reference->address - scan.reference : 0;
    do {
        if (kallsyms_lines(symbols, all, moved) < 0)
            return -1;
    } while (symbols_again(symbols));
    return symbols_finish(symbols);
}

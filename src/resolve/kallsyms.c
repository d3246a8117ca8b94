/* SPDX-License-Identifier: MIT */
#include "resolve/kallsyms.h"

#include <string.h>

#include "resolve/words.h"

struct kallsyms_line {
    uint64_t address;
    char type;
    struct words name, module; /* the module's with its brackets; empty: none */
};

static bool kallsyms_parse(struct words line, struct kallsyms_line *ret)
{
    struct words type;
    *ret = (struct kallsyms_line){0};
    if (!words_hex(&line, &ret->address) || !words_next(&line, &type) || type.end - type.at != 1 ||
        !words_next(&line, &ret->name))
        return false;
    ret->type = *type.at;
    if (!words_next(&line, &ret->module) || *ret->module.at != '[')
        ret->module.at = ret->module.end;
    return true;
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
    return line->type && strchr("TtWwDdBb", line->type) && *line->name.at != '$';
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
        if (symbol && !scan.found && parsed.module.at == parsed.module.end &&
            word_is(parsed.name, symbol)) {
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
    if (symbols_text(symbols, line->name.at, (size_t)(line->name.end - line->name.at),
                     &symbol.name) < 0)
        return -1;
    if (line->module.at != line->module.end &&
        symbols_text(symbols, line->module.at, (size_t)(line->module.end - line->module.at),
                     &symbol.module) < 0)
        return -1;
    return symbols_add(symbols, &symbol);
}

int kallsyms_read(struct symbols *symbols, const char *text, size_t size,
                  const struct kallsyms_reference *reference, bool *ret_hidden)
{
    struct words all = {text, text + size}, line;
    struct kallsyms_scan scan = kallsyms_scan(all, reference->symbol);
    *ret_hidden = size > 0 && !scan.visible;
    if (*ret_hidden)
        return 0;
    uint64_t moved = scan.found ? reference->address - scan.reference : 0;
    struct kallsyms_line parsed;
    while (words_line(&all, &line)) {
        if (!kallsyms_parse(line, &parsed) || !kallsyms_wanted(&parsed))
            continue;
        if (moved && parsed.module.at != parsed.module.end)
            continue;
        if (kallsyms_add(symbols, &parsed, moved) < 0)
            return -1;
    }
    return symbols_finish(symbols);
}

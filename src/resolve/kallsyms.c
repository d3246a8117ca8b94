/* SPDX-License-Identifier: MIT */
#include "resolve/kallsyms.h"

#include <string.h>

#include "base/mem.h"
#include "base/source.h"
#include "resolve/kallsyms_line.h"

static enum symbol_binding kallsyms_binding(char type)
{
    if (type == 'W')
        return SYMBOL_WEAK;
    return type >= 'A' && type <= 'Z' ? SYMBOL_GLOBAL : SYMBOL_LOCAL;
}

/* The next line that is whole. */
static bool kallsyms_line(struct words *all, bool damaged, struct words *ret_line)
{
    while (kallsyms_next(all, ret_line))
        if (!damaged || !memchr(ret_line->at, '\0', (size_t)(ret_line->end - ret_line->at)))
            return true;
    return false;
}

struct kallsyms_scan {
    uint64_t reference;
    bool found, visible;
};

/* Where the reference symbol is in this list, and whether any address is shown at all. */
static struct kallsyms_scan kallsyms_scan(struct words all, bool damaged, const char *symbol)
{
    struct kallsyms_scan scan = {0};
    struct words line;
    struct kallsyms_line parsed;
    while (kallsyms_line(&all, damaged, &line) && !(scan.visible && (scan.found || !symbol))) {
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

static int kallsyms_lines(struct symbols *symbols, struct words all, bool damaged, uint64_t moved)
{
    struct words line;
    struct kallsyms_line parsed;
    while (kallsyms_line(&all, damaged, &line))
        if (kallsyms_parse(line, &parsed) && kallsyms_wanted(&parsed) &&
            kallsyms_add(symbols, &parsed, moved) < 0)
            return -1;
    return 0;
}

int kallsyms_contradicts(const char *path, const struct kallsyms_reference *reference, uint64_t end)
{
    /* Where perf lets the mapping end, as its version has it (tools/perf/util/machine.c). */
    static const char *const ends[] = {"_etext", "_edata"};
    CLEANUP(mem_cleanup) char *text = NULL;
    size_t size;
    bool told = false;
    if (!reference->symbol)
        return 0;
    if (source_read_text_if_any(path, &text, &size) < 0)
        return -1;
    if (!text)
        return 0;
    struct words all = {text, text + size};
    bool damaged = memchr(text, '\0', size);
    struct kallsyms_scan from = kallsyms_scan(all, damaged, reference->symbol);
    for (size_t i = 0; from.found && i < sizeof ends / sizeof *ends; i++) {
        struct kallsyms_scan to = kallsyms_scan(all, damaged, ends[i]);
        if (to.found && to.reference - from.reference == end - reference->address)
            return 0;
        told |= to.found;
    }
    return told;
}

int kallsyms_read(struct symbols *symbols, const char *text, size_t size,
                  const struct kallsyms_reference *reference, struct kallsyms_state *ret)
{
    struct words all = {text, text + size};
    bool damaged = size > 0 && memchr(text, '\0', size);
    struct kallsyms_scan scan = kallsyms_scan(all, damaged, reference->symbol);
    *ret = (struct kallsyms_state){.hidden = size > 0 && !scan.visible, .damaged = damaged};
    if (ret->hidden)
        return 0;
    uint64_t moved = scan.found ? reference->address - scan.reference : 0;
    do {
        if (kallsyms_lines(symbols, all, damaged, moved) < 0)
            return -1;
    } while (symbols_again(symbols));
    return symbols_finish(symbols);
}

/* SPDX-License-Identifier: MIT */
#include "resolve/jit/perfmap.h"

#include <string.h>

#include "resolve/words.h"

static int perfmap_line(struct symbols *symbols, struct words line)
{
    uint64_t start, size;
    if (!words_hex(&line, &start) || !words_hex(&line, &size) || size == 0 ||
        start > UINT64_MAX - size)
        return 0;
    words_skip_blanks(&line);
    if (line.at == line.end || !symbols_takes(symbols, start, start + size))
        return 0;
    struct symbol symbol = {.start = start, .end = start + size, .binding = SYMBOL_GLOBAL};
    if (symbols_text(symbols, line.at, (size_t)(line.end - line.at), &symbol.name) < 0)
        return -1;
    return symbols_add(symbols, &symbol);
}

static int perfmap_lines(struct symbols *symbols, const struct perfmap *map)
{
    struct words all = {map->text, map->text + map->size}, line;
    while (words_line(&all, &line))
        if (perfmap_line(symbols, line) < 0)
            return -1;
    return 0;
}

int perfmap_read(struct symbols *symbols, const struct perfmap *maps, size_t count)
{
    symbols->later_wins = true;
    do {
        for (size_t i = 0; i < count; i++)
            if (maps[i].text && perfmap_lines(symbols, &maps[i]) < 0)
                return -1;
    } while (symbols_again(symbols));
    return symbols_finish(symbols);
}

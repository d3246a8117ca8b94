/* SPDX-License-Identifier: MIT */
#include "resolve/kallsyms.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/mem.h"
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

/* The next line of a text without NUL, which words_line would look for in each. */
static bool kallsyms_next(struct words *all, struct words *ret_line)
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

static int kallsyms_lines(struct symbols *symbols, struct words all, uint64_t moved)
{
    struct words line;
    struct kallsyms_line parsed;
    while (kallsyms_next(&all, &line))
        if (kallsyms_parse(line, &parsed) && kallsyms_wanted(&parsed) &&
            kallsyms_add(symbols, &parsed, moved) < 0)
            return -1;
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

/* The list as a file, of which most is dropped as it is read. The kernel's own symbols come in
 * order, so that only the first and the last of those that lie between two wanted addresses can
 * have a say (resolve/wanted.h). What has one after all, or may have, is kept for kallsyms_read.
 *
 *     wanted:                w0                            w1
 *     lines:     ... a   b    |   c   d   e   f   g   h    |   i  ...
 *     kept:              b        c                   h        i
 *                                     pending moves on  ▲ */
struct sieve {
    struct symbols *symbols;
    const struct kallsyms_reference *reference;
    struct buffer kept;
    bool everything; /* nobody said what will be asked for */
    bool visible;    /* an address that is not zero was kept */
    bool settled;    /* it is known how far the list is moved */
    uint64_t moved;
    struct words pending; /* lines of one address, the last so far in their gap; empty: kept */
    uint64_t last;        /* that address */
    size_t gap;
    bool fresh; /* nothing came before in this block */
};

static void sieve_done(struct sieve *sieve)
{
    buffer_done(&sieve->kept);
}

static void sieve_keep(struct sieve *sieve, struct words text)
{
    if (text.end > text.at)
        buffer_append(&sieve->kept, text.at, (size_t)(text.end - text.at));
}

/* Until the reference symbol has come. */
static void sieve_settle(struct sieve *sieve, const struct kallsyms_line *line)
{
    struct words rest = line->rest, name;
    if (!words_next(&rest, &name) || !word_is(name, sieve->reference->symbol))
        return;
    sieve->settled = true;
    sieve->moved = sieve->reference->address - line->address;
}

/* Keeps a symbol's line, or lets it pend; `text` is the line with its end. */
static void sieve_symbol(struct sieve *sieve, struct words text, uint64_t address)
{
    size_t gap = wanted_gap(&sieve->symbols->wanted, address);
    bool kept = sieve->pending.at == sieve->pending.end;
    if (sieve->fresh || gap != sieve->gap || address < sieve->last) {
        sieve_keep(sieve, sieve->pending);
        sieve_keep(sieve, text);
        sieve->pending.at = sieve->pending.end;
    } else if (address > sieve->last) {
        sieve->pending = text;
    } else if (kept) {
        sieve_keep(sieve, text);
    } else {
        sieve->pending.end = text.end;
    }
    sieve->fresh = false;
    sieve->last = address;
    sieve->gap = gap;
}

static void sieve_block(struct sieve *sieve, struct words all)
{
    struct kallsyms_line parsed;
    struct words text = all, line, module;
    if (sieve->everything) {
        sieve_keep(sieve, all);
        return;
    }
    sieve->fresh = true;
    sieve->pending = (struct words){all.at, all.at};
    while (kallsyms_next(&all, &line)) {
        text = (struct words){text.at, all.at};
        if (kallsyms_parse(line, &parsed)) {
            bool plain = !kallsyms_module(&parsed, &module);
            bool shows = parsed.address && !sieve->visible;
            if (!sieve->settled || !plain || shows)
                sieve_keep(sieve, text);
            else if (kallsyms_wanted(&parsed))
                sieve_symbol(sieve, text, parsed.address + sieve->moved);
            sieve->visible |= parsed.address != 0;
            if (!sieve->settled && plain)
                sieve_settle(sieve, &parsed);
        }
        text.at = all.at;
    }
    sieve_keep(sieve, sieve->pending);
}

/* Fills a block up; less only at the end of the file. Returns how much there is then. */
static size_t block_fill(int fd, char *block, size_t have, size_t size)
{
    while (have < size) {
        ssize_t got = read(fd, block + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    return have;
}

/* How many bytes of a block belong to a line that goes on behind it. */
static size_t line_begun(const char *block, size_t size)
{
    size_t begun = 0;
    while (begun < size && block[size - begun - 1] != '\n')
        begun++;
    return begun < size ? begun : 0;
}

/* Reads all of a file, in blocks of whole lines; none of the kernel's is as long as a block.
 * Returns 0, or -1 without memory. */
static int sieve_file(struct sieve *sieve, int fd, bool *ret_found)
{
    enum { BLOCK = 128 * 1024 };
    CLEANUP(mem_cleanup) char *block = mem_alloc(BLOCK);
    size_t have = 0, rest = 0;
    uint64_t total = 0;
    if (!block)
        return -1;
    do {
        memmove(block, block + have - rest, rest);
        have = block_fill(fd, block, rest, BLOCK);
        total += have - rest;
        rest = have == BLOCK ? line_begun(block, have) : 0;
        size_t lines = strnlen(block, have - rest); /* what has a NUL is no list */
        sieve_block(sieve, (struct words){block, block + lines});
        if (lines < have - rest)
            break;
    } while (have == BLOCK && total <= LIMIT_TEXT_FILE_BYTES && !sieve->kept.failed);
    *ret_found = total > 0;
    return sieve->kept.failed ? -1 : 0;
}

int kallsyms_load(struct symbols *symbols, const char *path,
                  const struct kallsyms_reference *reference, bool *ret_found, bool *ret_hidden)
{
    CLEANUP(sieve_done)
    struct sieve sieve = {
        .symbols = symbols,
        .reference = reference,
        .everything = symbols->round == SYMBOLS_ALL,
        .settled = !reference->symbol,
    };
    struct stat st;
    *ret_found = *ret_hidden = false;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    int r = sieve_file(&sieve, fd, ret_found);
    close(fd);
    if (r < 0 || sieve.kept.size == 0)
        return r;
    return kallsyms_read(symbols, sieve.kept.data, sieve.kept.size, reference, ret_hidden);
}

bool kallsyms_recognises(const char *path)
{
    char head[512];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t size = block_fill(fd, head, 0, sizeof head);
    close(fd);
    struct words all = {head, head + strnlen(head, size)}, line;
    struct kallsyms_line parsed;
    return kallsyms_next(&all, &line) && kallsyms_parse(line, &parsed);
}

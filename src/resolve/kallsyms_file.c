/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/source.h"
#include "resolve/kallsyms.h"
#include "resolve/kallsyms_line.h"

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
    bool ordered;    /* the kernel's own symbols come by rising address */
    bool everything; /* nobody said what will be asked for */
    bool visible;    /* an address that is not zero was kept */
    bool settled;    /* it is known how far the list is moved */
    bool damaged;    /* a line with a NUL was left out */
    uint64_t moved;
    uint64_t first;       /* the first address that is not zero */
    uint64_t lowest;      /* where code begins, behind what stands per processor; 0: not seen yet */
    struct words pending; /* lines of one address, the last so far in their gap; empty: kept */
    uint64_t last;        /* that address */
    size_t gap;
    bool fresh; /* nothing came before in this block */
};

static void sieve_done(struct sieve *sieve)
{
    buffer_done(&sieve->kept);
}

/* Lines that come behind each other here need not do so in the file, whose last one may have no
 * end. */
static void sieve_keep(struct sieve *sieve, struct words text)
{
    if (text.end == text.at)
        return;
    buffer_append(&sieve->kept, text.at, (size_t)(text.end - text.at));
    if (text.end[-1] != '\n')
        buffer_append(&sieve->kept, "\n", 1);
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
            sieve->first = shows ? parsed.address : sieve->first;
            if (!sieve->lowest && plain && (parsed.type | 0x20) == 't')
                sieve->lowest = parsed.address;
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

/* Blanks the lines of a block that hold a NUL, which no kernel wrote: a file that was copied in
 * part, or whose blocks the disk lost, has holes of them. */
static void sieve_mend(struct sieve *sieve, char *block, size_t size)
{
    char *nul, *end = block + size;
    for (char *at = block; (nul = memchr(at, '\0', (size_t)(end - at)));) {
        char *newline = memchr(nul, '\n', (size_t)(end - nul));
        while (nul > at && nul[-1] != '\n')
            nul--;
        at = newline ? newline : end;
        memset(nul, ' ', (size_t)(at - nul));
        sieve->damaged = true;
    }
}

/* How many bytes of a block belong to a line that goes on behind it. */
static size_t line_begun(const char *block, size_t size)
{
    size_t begun = 0;
    while (begun < size && block[size - begun - 1] != '\n')
        begun++;
    return begun < size ? begun : 0;
}

/* Whether something is wanted between the variables of each processor and the code: entry
 * trampolines are there (x86, Linux 4.19), which come behind all others of the kernel's own. */
static bool sieve_strays(const struct sieve *sieve)
{
    const struct sorted *wanted = &sieve->symbols->wanted.sorted;
    return sieve->first < sieve->lowest && wanted->count &&
           wanted->addresses[0] < sieve->lowest + sieve->moved;
}

/* Whether it is time to search: once it is known whether the list is moved, and from where on. */
static bool sieve_searches(const struct sieve *sieve)
{
    return sieve->ordered && sieve->lowest && sieve->settled && !sieve->everything &&
           !sieve_strays(sieve);
}

/* A list by rising address, of which only what lies around the wanted addresses is read: of 122,117
 * lines a short recording needs 114, and reading all of them was a fifth of its time. The kernel
 * itself looks its symbols up by halving (kernel/kallsyms.c, get_symbol_pos), so they are in
 * order; those of modules and the like come behind them (update_iter there).
 *
 *     file:     [ beginning ]....[ window ]....[ window ]........[ modules ... ]
 *     wanted:                       w0            w1 w2
 *     marks:                            |          |      |            |
 *
 * Wanted addresses rise, so that a line that was found behind one bounds the search for the next.
 */
struct search_mark {
    uint64_t at, address; /* of a line */
};

enum { MARKS = 40 }; /* more than there are halvings */

struct search {
    struct sieve *sieve;
    const char *text; /* lines in memory, of which `at` and `end` are offsets; NULL: of the file */
    int fd;
    char *block;  /* BLOCK bytes */
    uint64_t at;  /* all that has a say before it is kept; a line begins there */
    uint64_t end; /* the first line of a module, or one of the kernel's lines shortly before it */
    struct search_mark marks[MARKS]; /* from the last in the file to the first */
    size_t mark_count;
};

enum { BLOCK = 128 * 1024, PIECE = 32 * 1024, LONGEST_LINE = 1024, NEAR = 4 * LONGEST_LINE };

/* `size` bytes at `at`; fewer where it ends. */
static struct words search_text(struct search *search, uint64_t at, size_t size)
{
    if (search->text) {
        size_t left = (size_t)(search->end - at);
        return (struct words){search->text + at, search->text + at + (size < left ? size : left)};
    }
    size_t got = 0;
    if (source_pread(search->fd, at, search->block, size, &got) < 0)
        got = 0;
    return (struct words){search->block, search->block + got};
}

/* The first line that begins behind `at`; false if what is there is no such line. */
static bool search_line(struct search *search, uint64_t at, struct kallsyms_line *ret_line,
                        uint64_t *ret_at)
{
    struct words all = search_text(search, at, 2 * LONGEST_LINE), begun, line;
    const char *text = all.at;
    if (!kallsyms_next(&all, &begun))
        return false;
    *ret_at = at + (uint64_t)(all.at - text);
    return kallsyms_next(&all, &line) && all.at[-1] == '\n' && kallsyms_parse(line, ret_line);
}

/* Finds where the modules begin, in a file of `size` bytes. */
static bool search_modules(struct search *search, uint64_t size)
{
    struct kallsyms_line line;
    struct words module;
    uint64_t low = search->at, high = size, at;
    while (high - low > NEAR) {
        if (!search_line(search, low + (high - low) / 2, &line, &at))
            return false;
        *(kallsyms_module(&line, &module) ? &high : &low) = at;
    }
    search->end = low;
    return true;
}

/* Takes away the marks that are not behind an address; gives the last of them, or the beginning. */
static struct search_mark search_mark(struct search *search, uint64_t address)
{
    struct search_mark low = {.at = search->at};
    while (search->mark_count) {
        struct search_mark mark = search->marks[search->mark_count - 1];
        if (mark.at > search->at && mark.address > address)
            break;
        if (mark.at > low.at)
            low = mark;
        search->mark_count--;
    }
    return low;
}

/* Finds two lines near each other of which one begins at or before an address, the other behind
 * it. False if the lines are in no order. */
static bool search_halve(struct search *search, uint64_t address, uint64_t *ret_low,
                         uint64_t *ret_high)
{
    struct kallsyms_line line;
    struct words module;
    struct search_mark low = search_mark(search, address), high = {search->end, UINT64_MAX}, found;
    if (search->mark_count)
        high = search->marks[search->mark_count - 1];
    while (high.at - low.at > NEAR) {
        if (!search_line(search, low.at + (high.at - low.at) / 2, &line, &found.at) ||
            kallsyms_module(&line, &module) || line.address < low.address ||
            line.address > high.address)
            return false;
        found.address = line.address;
        if (found.address <= address) {
            low = found;
            continue;
        }
        high = found;
        if (search->mark_count < MARKS)
            search->marks[search->mark_count++] = high;
    }
    *ret_low = low.at;
    *ret_high = high.at;
    return true;
}

/* Whether lines tell all of an address: which symbols begin last before it, with all their
 * aliases, and where the next one begins. */
static bool window_tells(struct words lines, uint64_t address, bool first, bool last)
{
    struct kallsyms_line parsed;
    struct words line;
    uint64_t least = UINT64_MAX;
    while (kallsyms_next(&lines, &line)) {
        if (!kallsyms_parse(line, &parsed))
            continue;
        least = parsed.address < least ? parsed.address : least;
        if (kallsyms_wanted(&parsed)) {
            first |= parsed.address <= address && parsed.address > least;
            last |= parsed.address > address;
        }
    }
    return first && last;
}

/* Keeps what has a say around two lines, and moves on behind it. */
static bool search_window(struct search *search, uint64_t address, uint64_t low, uint64_t high)
{
    for (uint64_t reach = NEAR / 4; reach < BLOCK / 4; reach *= 2) {
        uint64_t from = low - search->at > reach ? low - reach : search->at;
        uint64_t to = search->end - high > reach ? high + reach : search->end;
        struct words lines = search_text(search, from, (size_t)(to - from)), begun;
        const char *text = lines.at;
        if ((uint64_t)(lines.end - text) != to - from)
            return false;
        if (from > search->at && !kallsyms_next(&lines, &begun))
            return false;
        if (to < search->end)
            lines.end -= line_begun(text, (size_t)(to - from));
        if (memchr(lines.at, '\0', (size_t)(lines.end - lines.at)))
            return false;
        if (!window_tells(lines, address, from == search->at, to == search->end))
            continue;
        sieve_block(search->sieve, lines);
        search->at = from + (uint64_t)(lines.end - text);
        return true;
    }
    return false;
}

/* Keeps what has a say of the kernel's own symbols from `at` on, and moves `at` to where all must
 * be read: to the modules, or where the lines are not as they should be. */
static void search_run(struct search *search)
{
    struct sieve *sieve = search->sieve;
    const struct sorted *wanted = &sieve->symbols->wanted.sorted;
    for (size_t i = 0; i < wanted->count && search->at < search->end; i++) {
        uint64_t address, low, high; /* as the list has it */
        bool none = __builtin_sub_overflow(wanted->addresses[i], (int64_t)sieve->moved, &address);
        bool told = !sieve->fresh && wanted->addresses[i] < sieve->last;
        if (none || told)
            continue;
        if (!search_halve(search, address, &low, &high) ||
            !search_window(search, address, low, high))
            return;
    }
    search->at = search->end;
}

/* Whether what has come tells all that is wanted: a symbol begins behind it, and modules lie above
 * the kernel or below it, where nothing is wanted: below its code, for variables of each processor
 * have addresses from zero on (x86 before Linux 6.15). The kernel takes a quarter of a microsecond
 * for each line, and of many kernels half of them are data, which come last. */
static bool sieve_is_past(const struct sieve *sieve)
{
    const struct sorted *wanted = &sieve->symbols->wanted.sorted;
    return sieve_searches(sieve) && wanted->count &&
           wanted->addresses[0] >= sieve->lowest + sieve->moved &&
           wanted->addresses[wanted->count - 1] < sieve->last;
}

/* The lines of a block: those around the wanted addresses where they are in order, else all. */
static void sieve_lines(struct sieve *sieve, struct words all)
{
    size_t size = (size_t)(all.end - all.at);
    struct search search = {.sieve = sieve, .text = all.at, .end = size};
    /* No module's, if the last one is none. */
    if (sieve_searches(sieve) && size > 4 * NEAR && all.end[-1] == '\n' && all.end[-2] != ']')
        search_run(&search);
    all.at += search.at;
    sieve_block(sieve, all);
}

/* Reads a file, in blocks of whole lines; none of the kernel's is as long as a block. Returns 0, or
 * -1 without memory. */
static int sieve_file(struct sieve *sieve, int fd, uint64_t size)
{
    CLEANUP(mem_cleanup) char *block = mem_alloc(BLOCK);
    size_t have = 0, rest = 0;
    uint64_t total = 0;
    if (!block)
        return -1;
    do {
        memmove(block, block + have - rest, rest);
        have = block_fill(fd, block, rest, PIECE);
        total += have - rest;
        rest = have == PIECE ? line_begun(block, have) : 0;
        sieve_mend(sieve, block, have - rest);
        sieve_lines(sieve, (struct words){block, block + have - rest});
        uint64_t at = total - rest;
        if (sieve_searches(sieve) && size > at + 2 * BLOCK) {
            struct search search = {.sieve = sieve, .fd = fd, .block = block, .at = at};
            if (search_modules(&search, size))
                search_run(&search);
            if (sieve_is_past(sieve))
                break;
            sieve->ordered = false; /* what is left is not */
            total = search.at;
            rest = 0;
            if (lseek(fd, (off_t)total, SEEK_SET) < 0)
                break;
        }
    } while (have == PIECE && !sieve_is_past(sieve) && total <= LIMIT_TEXT_FILE_BYTES &&
             !sieve->kept.failed);
    return sieve->kept.failed ? -1 : 0;
}

int kallsyms_load(struct symbols *symbols, const char *path,
                  const struct kallsyms_reference *reference, bool ordered,
                  struct kallsyms_state *ret)
{
    CLEANUP(sieve_done)
    struct sieve sieve = {
        .symbols = symbols,
        .reference = reference,
        .ordered = ordered,
        .everything = symbols->round == SYMBOLS_ALL,
        .settled = !reference->symbol,
    };
    struct stat st;
    *ret = (struct kallsyms_state){0};
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    int r = sieve_file(&sieve, fd, (uint64_t)st.st_size);
    close(fd);
    if (r == 0 && sieve.kept.size > 0)
        r = kallsyms_read(symbols, sieve.kept.data, sieve.kept.size, reference, ret);
    ret->damaged = sieve.damaged;
    return r;
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

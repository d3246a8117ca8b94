/* SPDX-License-Identifier: MIT */
#include "resolve/symbols.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/radix.h"
#include "resolve/demangle.h"

#define PAGE 4096u

/* How many symbols before an address are asked whether they reach over it: real ones nest a few
 * deep, and hostile ones shall not make every look-up a walk through all. */
#define LOOK_BACK 256

void symbols_done(struct symbols *symbols)
{
    mem_free(symbols->items);
    sorted_done(&symbols->starts);
    mem_free(symbols->names);
    mem_free(symbols->modules);
    wanted_done(&symbols->wanted);
    *symbols = (struct symbols){0};
}

int symbols_want(struct symbols *symbols, const uint64_t *addresses, size_t count)
{
    if (wanted_init(&symbols->wanted, addresses, count) < 0)
        return -1;
    symbols->round = SYMBOLS_NOTE;
    return 0;
}

bool symbols_wants(const struct symbols *symbols, uint64_t start, uint64_t end)
{
    return symbols->round == SYMBOLS_ALL || wanted_within(&symbols->wanted, start, end);
}

bool symbols_takes(struct symbols *symbols, uint64_t start, uint64_t end)
{
    if (symbols->round == SYMBOLS_TAKE)
        return wanted_has(&symbols->wanted, start);
    symbols->offered++;
    if (symbols->round == SYMBOLS_NOTE && wanted_note(&symbols->wanted, start, end) < 0)
        symbols->round = SYMBOLS_FAILED;
    return symbols->round == SYMBOLS_ALL;
}

bool symbols_again(struct symbols *symbols)
{
    bool again = symbols->round == SYMBOLS_NOTE;
    if (again && wanted_settle(&symbols->wanted) < 0) {
        symbols->round = SYMBOLS_FAILED;
        return false;
    }
    if (again || symbols->round == SYMBOLS_TAKE)
        symbols->round = again ? SYMBOLS_TAKE : SYMBOLS_NOTE;
    return again;
}

int symbols_text(struct symbols *symbols, const char *text, size_t length, uint32_t *ret_at)
{
    size_t at = symbols->names_size ? symbols->names_size : 1; /* 0 means none */
    if (length >= LIMIT_TEXT_BYTES || at + length + 1 > LIMIT_TEXT_BYTES ||
        mem_grow(&symbols->names, &symbols->names_capacity, at + length + 1, 1) < 0)
        return -1;
    symbols->names[0] = '\0';
    memcpy(symbols->names + at, text, length);
    symbols->names[at + length] = '\0';
    symbols->names_size = at + length + 1;
    *ret_at = (uint32_t)at;
    return 0;
}

int symbols_module(struct symbols *symbols, const char *text, size_t length, uint32_t *ret_at)
{
    size_t count = symbols->module_count;
    const char *last = count ? symbols->names + symbols->modules[count - 1] : NULL;
    if (last && strncmp(last, text, length) == 0 && last[length] == '\0') {
        *ret_at = symbols->modules[count - 1];
        return 0;
    }
    if (mem_grow(&symbols->modules, &symbols->module_capacity, count + 1,
                 sizeof *symbols->modules) < 0 ||
        symbols_text(symbols, text, length, ret_at) < 0)
        return -1;
    symbols->modules[symbols->module_count++] = *ret_at;
    return 0;
}

int symbols_add(struct symbols *symbols, const struct symbol *symbol)
{
    if (symbols->count >= LIMIT_SYMBOLS ||
        mem_grow(&symbols->items, &symbols->capacity, symbols->count + 1, sizeof *symbol) < 0)
        return -1;
    symbols->items[symbols->count] = *symbol;
    symbols->items[symbols->count].order = (uint32_t)symbols->count;
    symbols->count++;
    return 0;
}

/* Brings them into the order of their starts; those at one address stay as they came. */
static int symbols_sort(struct symbols *symbols)
{
    size_t count = symbols->count;
    CLEANUP(mem_cleanup) struct keyed *items = mem_alloc(count * sizeof *items);
    CLEANUP(mem_cleanup) struct keyed *spare = mem_alloc(count * sizeof *spare);
    struct symbol *sorted = mem_alloc(count * sizeof *sorted);
    if (!items || !spare || !sorted) {
        mem_free(sorted);
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        items[i] = (struct keyed){symbols->items[i].start, (uint32_t)i};
    const struct keyed *made = radix_sort(items, spare, count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = symbols->items[made[i].item];
    mem_free(symbols->items);
    symbols->items = sorted;
    symbols->capacity = count;
    return 0;
}

/* The end of the page behind the one that an address is in, or the top of memory. */
static uint64_t page_behind(uint64_t address)
{
    return address > UINT64_MAX - 2 * PAGE ? UINT64_MAX : (address + PAGE - 1) / PAGE * PAGE + PAGE;
}

/* A symbol without a size reaches to the next one; the last one of the kernel or of its modules
 * to the end of the page (symbols__fixup_end). */
static void symbols_end(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        struct symbol *symbol = &symbols->items[i];
        const struct symbol *next = i + 1 < symbols->count ? symbol + 1 : NULL;
        if (symbol->end != symbol->start)
            continue;
        symbol->end =
            !next || !symbol->module != !next->module ? page_behind(symbol->start) : next->start;
        if (symbol->limit && symbol->end > symbol->limit)
            symbol->end = symbol->limit;
    }
}

/* Two names that are compared, as demangled where that is wanted. */
struct alias_names {
    struct buffer a, b;
    size_t left; /* bytes that names may still be demangled to */
};

/* Beyond, names are compared as they are: a file could ask for any amount of work. */
#define ALIAS_BYTES ((size_t)64 << 20)

static void alias_names_done(struct alias_names *names)
{
    buffer_done(&names->a);
    buffer_done(&names->b);
}

static const char *alias_name(const struct symbols *symbols, const struct symbol *symbol,
                              struct alias_names *names, struct buffer *scratch)
{
    const char *raw = symbols_name(symbols, symbol);
    buffer_clear(scratch);
    if (!symbols->mangled || names->left == 0)
        return raw;
    bool done = demangle(scratch, raw, false);
    bool given_up = !done && *raw == '_' && (raw[1] == 'Z' || raw[1] == 'R');
    size_t cost = done ? scratch->size : given_up ? LIMIT_NAME_BYTES : 1;
    names->left -= cost < names->left ? cost : names->left;
    return done ? buffer_string(scratch) : raw;
}

/* Fewer underscores in front, then the longer name, then not the kernel's "SyS" forms. */
static bool name_stays(const char *a, const char *b)
{
    size_t lead_a = strspn(a, "_"), lead_b = strspn(b, "_");
    if (lead_a != lead_b)
        return lead_a < lead_b;
    size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a != length_b)
        return length_a > length_b;
    return strncmp(a, "SyS", 3) != 0 && strncmp(a, "compat_SyS", 10) != 0;
}

/* Alias choice of perf (choose_best_symbol): true if `a`, which came first, stays. */
static bool symbol_stays(const struct symbols *symbols, const struct symbol *a,
                         const struct symbol *b, struct alias_names *names)
{
    if (symbols->later_wins)
        return false;
    if ((a->end == a->start) != (b->end == b->start))
        return a->end != a->start;
    if ((a->binding == SYMBOL_WEAK) != (b->binding == SYMBOL_WEAK))
        return a->binding != SYMBOL_WEAK;
    if ((a->binding == SYMBOL_GLOBAL) != (b->binding == SYMBOL_GLOBAL))
        return a->binding == SYMBOL_GLOBAL;
    return name_stays(alias_name(symbols, a, names, &names->a),
                      alias_name(symbols, b, names, &names->b));
}

/* Leaves one symbol per start. */
static int symbols_choose(struct symbols *symbols)
{
    CLEANUP(alias_names_done) struct alias_names names = {.left = ALIAS_BYTES};
    size_t kept = 0;
    for (size_t i = 0; i < symbols->count; i++) {
        struct symbol *symbol = &symbols->items[i];
        struct symbol *last = kept ? &symbols->items[kept - 1] : NULL;
        if (!last || last->start != symbol->start)
            symbols->items[kept++] = *symbol;
        else if (!symbol_stays(symbols, last, symbol, &names))
            *last = *symbol;
    }
    symbols->count = kept;
    return names.a.failed || names.b.failed ? -1 : 0;
}

int symbols_finish(struct symbols *symbols)
{
    if (symbols->round == SYMBOLS_FAILED)
        return -1;
    if (symbols->count == 0)
        return 0;
    if (symbols_sort(symbols) < 0)
        return -1;
    symbols_end(symbols);
    if (symbols_choose(symbols) < 0)
        return -1;
    uint64_t *starts = mem_resize(symbols->starts.addresses, symbols->count, sizeof *starts);
    if (!starts)
        return -1;
    symbols->starts.addresses = starts;
    symbols->starts.count = symbols->count;
    uint64_t reach = 0;
    for (size_t i = 0; i < symbols->count; i++) {
        struct symbol *symbol = &symbols->items[i];
        reach = symbol->end > reach ? symbol->end : reach;
        symbol->reach = reach;
        starts[i] = symbol->start;
    }
    return sorted_divide(&symbols->starts);
}

/* Whether one that begins before another that holds the same address counts more. */
static bool symbol_better(const struct symbols *symbols, const struct symbol *outer,
                          const struct symbol *inner)
{
    return symbols->later_wins ? outer->order > inner->order : inner->label && !outer->label;
}

/* How many symbols begin at an address or before it. */
static size_t symbols_before(const struct symbols *symbols, uint64_t address)
{
    return address == UINT64_MAX ? symbols->starts.count
                                 : sorted_below(&symbols->starts, address + 1);
}

struct symbol *symbols_find(struct symbols *symbols, uint64_t address)
{
    size_t low = symbols_before(symbols, address); /* the answer lies before it */
    struct symbol *found = NULL;
    for (unsigned steps = 0; low > 0 && steps < LOOK_BACK; low--, steps++) {
        struct symbol *symbol = &symbols->items[low - 1];
        if (symbol->reach <= address)
            break;
        if (symbol->end > address && (!found || symbol_better(symbols, symbol, found)))
            found = symbol;
        if (found && !found->label && !symbols->later_wins)
            break;
    }
    return found;
}

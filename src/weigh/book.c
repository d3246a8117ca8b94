/* SPDX-License-Identifier: MIT */
#include "weigh/book.h"

#include <string.h>

#include "base/mem.h"

#define YOUNG_NS UINT64_C(500000000)

void book_init(struct book *book, struct columns *columns)
{
    *book = (struct book){.columns = columns};
    live_init(&book->live);
    for (int i = 0; i < DERIVED_COUNT; i++)
        book->column[i] = COLUMN_NONE;
}

void book_done(struct book *book)
{
    live_done(&book->live);
    mem_free(book->peak.rows);
    mem_free(book->peak.touched);
}

int book_count(struct book *book, uint32_t row, uint64_t size, uint64_t times)
{
    struct columns *columns = book->columns;
    uint64_t product;
    if (__builtin_mul_overflow(size, times, &product))
        product = UINT64_MAX;
    int64_t bytes = weight_of(product), count = weight_of(times);
    columns_record(columns, book->column[ALLOC_BYTES], bytes);
    columns_record(columns, book->column[ALLOC_COUNT], count);
    if (columns_add(columns, book->column[ALLOC_BYTES], row, bytes) < 0)
        return -1;
    return columns_add(columns, book->column[ALLOC_COUNT], row, count);
}

/* What was certain in a row is not any more if there was a loss since it was looked at. Nothing is
 * to be told of that since the peak if the first such loss came before it. */
static void peak_row_settle(const struct peak *peak, struct peak_row *row)
{
    if (row->losses == peak->losses)
        return;
    bool since = row->losses >= peak->losses_at_highest;
    row->losses = peak->losses;
    for (int i = 0; i < 2; i++) {
        int64_t lost = row->now[i];
        row->now[i] = 0;
        row->now[i + 2] = weight_add(row->now[i + 2], lost);
        if (!since)
            continue;
        row->since[i] = weight_add(row->since[i], -lost);
        row->since[i + 2] = weight_add(row->since[i + 2], lost);
    }
}

static struct peak_row *peak_row(struct peak *peak, uint32_t row)
{
    size_t old = peak->capacity;
    if (mem_grow(&peak->rows, &peak->capacity, (size_t)row + 1, sizeof *peak->rows) < 0)
        return NULL;
    memset(peak->rows + old, 0, (peak->capacity - old) * sizeof *peak->rows);
    peak_row_settle(peak, &peak->rows[row]);
    return &peak->rows[row];
}

/* From here on the highest total is this one. */
static void peak_renew(struct peak *peak)
{
    peak->highest = peak->current;
    memcpy(peak->all_at_highest, peak->all, sizeof peak->all);
    peak->losses_at_highest = peak->losses;
    for (size_t i = 0; i < peak->touched_count; i++) {
        struct peak_row *row = &peak->rows[peak->touched[i]];
        memset(row->since, 0, sizeof row->since);
        row->touched = false;
    }
    peak->touched_count = 0;
}

int book_change(struct book *book, uint32_t row, uint64_t begun, int64_t amount, int count)
{
    struct peak *peak = &book->peak;
    bool uncertain = begun < peak->certain_from;
    int which = uncertain ? 2 : 0;
    if (!book->by_peak)
        return 0;
    peak->all[which] = weight_add(peak->all[which], amount);
    peak->all[which + 1] += count;
    if (row == ROW_NONE)
        return 0;
    struct peak_row *at = peak_row(peak, row);
    if (!at)
        return -1;
    at->now[which] = weight_add(at->now[which], amount);
    at->now[which + 1] += count;
    at->since[which] = weight_add(at->since[which], amount);
    at->since[which + 1] += count;
    if (!at->touched) {
        if (mem_grow(&peak->touched, &peak->touched_capacity, peak->touched_count + 1,
                     sizeof *peak->touched) < 0)
            return -1;
        at->touched = true;
        peak->touched[peak->touched_count++] = row;
    }
    if (!uncertain)
        peak->current = weight_add(peak->current, amount);
    if (peak->current > peak->highest)
        peak_renew(peak);
    return 0;
}

static int book_remove(struct book *book, uint32_t id)
{
    const struct live_block block = book->live.blocks[id];
    live_remove(&book->live, id);
    return live_waits(&block, id)
               ? 0
               : book_change(book, block.row, block.time, -weight_of(block.size), -1);
}

int book_begin(struct book *book, const struct live_block *block)
{
    if (!book->follow || book->closed)
        return 0;
    uint32_t there = live_find(&book->live, block->space, block->pointer);
    if (there != LIVE_NONE) {
        book->counts.frees_missed++;
        if (book_remove(book, there) < 0)
            return -1;
    }
    uint32_t id = live_add(&book->live, block);
    if (id == LIVE_NONE)
        return -1;
    if (!book_ages(book))
        return book_change(book, block->row, block->time, weight_of(block->size), 1);
    live_wait(&book->live, id);
    return 0;
}

int book_age(struct book *book, uint64_t time)
{
    struct live *live = &book->live;
    for (uint32_t id; (id = live->eldest) != LIVE_NONE;) {
        const struct live_block *block = &live->blocks[id];
        if (time < block->time || time - block->time < book->older_than)
            return 0;
        live_count(live, id);
        if (book_change(book, block->row, block->time, weight_of(block->size), 1) < 0)
            return -1;
    }
    return 0;
}

int book_end(struct book *book, uint32_t space, uint64_t pointer, uint64_t before)
{
    if (!book->follow || book->closed)
        return 1;
    uint32_t id = live_find(&book->live, space, pointer);
    if (id == LIVE_NONE)
        return 0;
    /* Another thread was given the place before this one's realloc came to tell. */
    if (book->live.blocks[id].time > before)
        return 1;
    return book_remove(book, id) < 0 ? -1 : 1;
}

int book_end_space(struct book *book, uint32_t space)
{
    for (uint32_t id; (id = live_first(&book->live, space)) != LIVE_NONE;) {
        book->counts.discarded++;
        if (book_remove(book, id) < 0)
            return -1;
    }
    return 0;
}

/* For the peak, all goes over to the uncertain ones as soon as its end may have been lost, unless
 * nobody knows when; otherwise that is asked when the books are closed. */
void book_lose(struct book *book, uint64_t time)
{
    struct peak *peak = &book->peak;
    if (book->closed && time != UINT64_MAX)
        return;
    book->lost_at = time > book->lost_at ? time : book->lost_at;
    if (time == UINT64_MAX)
        return;
    peak->certain_from = time + 1;
    peak->current = 0;
    peak->losses++;
    for (int i = 0; i < 2; i++) {
        peak->all[i + 2] = weight_add(peak->all[i + 2], peak->all[i]);
        peak->all[i] = 0;
    }
}

/* A block, or a range, that is alive at the moment looked at. */
static int book_give(struct book *book, uint64_t begun, uint64_t time, uint32_t row, uint64_t bytes)
{
    int64_t amount = weight_of(bytes);
    uint64_t age = time > begun ? time - begun : 0;
    if (age < book->older_than)
        return 0;
    bool uncertain = begun <= book->lost_at;
    const uint32_t *column = &book->column[uncertain ? UNCERTAIN_BYTES : INUSE_BYTES];
    columns_record(book->columns, column[0], amount);
    columns_record(book->columns, column[1], 1);
    if (row == ROW_NONE)
        return 0;
    int64_t *sum = uncertain ? &book->counts.uncertain : &book->counts.inuse;
    *sum = weight_add(*sum, amount);
    if (!uncertain && age < YOUNG_NS)
        book->counts.young = weight_add(book->counts.young, amount);
    if (columns_add(book->columns, column[0], row, amount) < 0)
        return -1;
    return columns_add(book->columns, column[1], row, 1);
}

/* Where a sum of the peak's goes: a loss at an unknown time may have been before it. */
static int peak_as(const struct book *book, int sum)
{
    return book->lost_at == UINT64_MAX ? sum | 2 : sum;
}

static int book_give_peak_row(struct book *book, uint32_t row)
{
    struct peak_row *at = &book->peak.rows[row];
    peak_row_settle(&book->peak, at);
    for (int i = 0; i < 4; i++) {
        int64_t value = at->now[i] - at->since[i];
        int as = peak_as(book, i);
        if (value && columns_add(book->columns, book->column[INUSE_BYTES + as], row, value) < 0)
            return -1;
        if (as == 0)
            book->counts.inuse = weight_add(book->counts.inuse, value);
        if (as == 2)
            book->counts.uncertain = weight_add(book->counts.uncertain, value);
    }
    return 0;
}

static int book_give_peak(struct book *book)
{
    for (int i = 0; i < 4; i++)
        columns_record(book->columns, book->column[INUSE_BYTES + peak_as(book, i)],
                       book->peak.all_at_highest[i]);
    for (uint32_t row = 0; row < book->peak.capacity; row++)
        if (book_give_peak_row(book, row) < 0)
            return -1;
    return 0;
}

int book_close(struct book *book, uint64_t time, const struct ranges *const *ranges,
               size_t ranges_count)
{
    if (!book->follow)
        return 0;
    book->closed = true;
    if (book->by_peak)
        return book_give_peak(book);
    for (size_t i = 0; i < book->live.count; i++) {
        const struct live_block *block = &book->live.blocks[i];
        if (block->space != LIVE_NONE &&
            book_give(book, block->time, time, block->row, block->size) < 0)
            return -1;
    }
    for (size_t i = 0; i < ranges_count; i++)
        for (size_t k = 0; k < ranges[i]->count; k++) {
            const struct range *range = &ranges[i]->list[k];
            if (book_give(book, range->time, time, range->row, range->end - range->start) < 0)
                return -1;
        }
    return 0;
}

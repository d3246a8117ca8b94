/* SPDX-License-Identifier: MIT */
/* The table of distinct stacks. What each number stands for is drawn in stacks.h; here, every kind
 * of number has its arrays and one index:
 *
 *     place_object[p], place_offset[p]
 *     part_start[q] ─▶ part_places[start .. start of q + 1)
 *     rows[r]
 *     columns[c].values[r]       of the first rows
 *     columns[c].far[..]         row, value: of the others that were added to, where these are few
 *
 * A column has no more values than its additions pay for: thousands of events, each with few of
 * very many rows, would take gigabytes.
 */
#include "stacks/stacks.h"

#include <string.h>

#include "base/belt.h"
#include "base/hash.h"
#include "base/index.h"
#include "base/limits.h"

/* The part of no places, the first of all: known without a look into tables that may be another
 * thread's just now. */
#define EMPTY_PART 0u

struct far_value {
    uint32_t row;
    int64_t value;
};

struct stacks_column {
    int64_t *values;
    size_t capacity;
    uint64_t additions;
    struct far_value *far;
    size_t far_count, far_capacity;
    struct index far_index; /* by row */
};

/* What is left to another thread: parts to be found, and additions to rows.
 *
 *     items:   [part, as 7: 3 places] [row of parts 7 and 0: + 1] [part, as 1: 2 places] [row ...]
 *     places:  p0 p1 p2  p3 p4 ...
 *
 * Until all is done, numbers stand for parts that have none yet: 0 for the empty part, the next two
 * by turns for those that only the row behind them needs, the others for those that are kept. */
struct later {
    uint32_t column; /* LATER_PART: it is a part */
    uint32_t group;
    union {
        struct {
            uint32_t kernel_part, user_part;
            int64_t amount;
        } row;
        struct {
            uint32_t as, count; /* places */
            uint64_t hash;
        } part;
    };
};

#define LATER_PART    UINT32_MAX
#define LATER_PASSING 1u
#define LATER_KEPT    3u

/* How much is handed over at once: to wake a thread takes long. */
#define LATER_ITEMS 4096u

struct later_batch {
    uint32_t count, place_count;
    struct later items[LATER_ITEMS];
    uint32_t places[LIMIT_STACK_FRAMES];
};

/* How many items ahead memory is asked for what finding them looks at. */
#define LATER_AHEAD 8u

/* How far ahead of what is written, which the other thread had last. */
#define LATER_WRITTEN_AHEAD (6 * MEM_LINE)

struct stacks {
    struct stacks_place *places;
    size_t place_count, place_capacity;
    struct index place_index;

    uint32_t *part_places;
    size_t part_places_count, part_places_capacity;
    size_t *part_start; /* one more than there are parts */
    size_t part_count, part_capacity;
    struct index part_index;

    struct stacks_row *rows;
    size_t row_count, row_capacity;
    struct index row_index;

    struct stacks_column *columns;
    size_t column_count, column_capacity;

    /* Of batches; parts, rows, columns and what numbers stand for are its taker's while it runs. */
    struct belt belt;
    struct later_batch *batch; /* that is being filled; NULL: none */
    struct stacks_row later_row;
    bool passing; /* which of two was given last */
    uint32_t *stands_for;
    size_t stands_for_capacity;

    bool keeps_order, order_cut;
    struct stacks_addition *additions;
    size_t addition_count, addition_capacity;
};

struct stacks *stacks_new(void)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = mem_zalloc(1, sizeof *stacks);
    if (!stacks ||
        mem_grow(&stacks->part_start, &stacks->part_capacity, 2, sizeof *stacks->part_start) < 0)
        return NULL;
    stacks->part_start[0] = 0;
    if (stacks_part(stacks, NULL, 0) != EMPTY_PART)
        return NULL;
    return MEM_TAKE(stacks);
}

static void column_done(struct stacks_column *column)
{
    mem_free(column->values);
    mem_free(column->far);
    index_done(&column->far_index);
}

void stacks_close(struct stacks *stacks)
{
    index_done(&stacks->place_index);
    index_done(&stacks->part_index);
    index_done(&stacks->row_index);
}

void stacks_free(struct stacks *stacks)
{
    if (!stacks)
        return;
    (void)stacks_settle(stacks);
    stacks_close(stacks);
    mem_free(stacks->places);
    mem_free(stacks->part_places);
    mem_free(stacks->part_start);
    mem_free(stacks->stands_for);
    mem_free(stacks->rows);
    for (size_t c = 0; c < stacks->column_count; c++)
        column_done(&stacks->columns[c]);
    mem_free(stacks->columns);
    mem_free(stacks->additions);
    mem_free(stacks);
}

uint32_t stacks_place(struct stacks *stacks, uint32_t object, uint64_t offset)
{
    uint64_t hash = hash_pair(object, offset);
    struct index_probe probe = index_probe(&stacks->place_index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (stacks->places[id].offset == offset && stacks->places[id].object == object)
            return id;

    size_t id = stacks->place_count;
    if (id >= STACKS_FAILED ||
        mem_grow(&stacks->places, &stacks->place_capacity, id + 1, sizeof *stacks->places) < 0 ||
        index_add(&stacks->place_index, hash, (uint32_t)id) < 0)
        return STACKS_FAILED;
    stacks->places[id] = (struct stacks_place){.object = object, .offset = offset};
    stacks->place_count++;
    return (uint32_t)id;
}

static uint64_t part_hash(const uint32_t *places, uint32_t count)
{
    uint64_t hash = count;
    for (uint32_t i = 0; i < count; i++)
        hash = hash_mix(hash ^ places[i], 0xe7037ed1a0b428dbu);
    return hash;
}

static uint32_t part_number(struct stacks *stacks, const uint32_t *places, uint32_t count,
                            uint64_t hash)
{
    struct index_probe probe = index_probe(&stacks->part_index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;) {
        struct stacks_part part = stacks_part_at(stacks, id);
        if (part.count == count &&
            (count == 0 || memcmp(part.places, places, count * sizeof *places) == 0))
            return id;
    }

    size_t id = stacks->part_count;
    size_t start = stacks->part_places_count;
    if (id >= STACKS_FAILED ||
        mem_grow(&stacks->part_start, &stacks->part_capacity, id + 2, sizeof *stacks->part_start) <
            0 ||
        mem_grow(&stacks->part_places, &stacks->part_places_capacity, start + count,
                 sizeof *stacks->part_places) < 0 ||
        index_add(&stacks->part_index, hash, (uint32_t)id) < 0)
        return STACKS_FAILED;
    if (count)
        memcpy(stacks->part_places + start, places, count * sizeof *places);
    stacks->part_places_count += count;
    stacks->part_start[id + 1] = stacks->part_places_count;
    stacks->part_count++;
    return (uint32_t)id;
}

/* Room for an item, and for so many places. */
static struct later *later_put(struct stacks *stacks, uint32_t places)
{
    struct later_batch *batch = stacks->batch;
    if (!batch || batch->count == LATER_ITEMS || LIMIT_STACK_FRAMES - batch->place_count < places) {
        batch = stacks->batch = belt_put(&stacks->belt);
        batch->count = batch->place_count = 0;
    }
    struct later *later = &batch->items[batch->count++];
    mem_fetch_to_write(later, LATER_WRITTEN_AHEAD);
    return later;
}

static uint32_t part_later(struct stacks *stacks, uint32_t as, const uint32_t *places,
                           uint32_t count)
{
    if (count == 0)
        return EMPTY_PART;
    if (count > LIMIT_STACK_FRAMES)
        return STACKS_FAILED;
    struct later *later = later_put(stacks, count);
    struct later_batch *batch = stacks->batch;
    later->column = LATER_PART;
    later->part.as = as;
    later->part.count = count;
    memcpy(batch->places + batch->place_count, places, count * sizeof *places);
    batch->place_count += count;
    mem_fetch_to_write(batch->places + batch->place_count, 2 * MEM_LINE);
    mem_fetch_to_write(batch->places + batch->place_count, 3 * MEM_LINE);
    return as;
}

uint32_t stacks_part(struct stacks *stacks, const uint32_t *places, uint32_t count)
{
    if (!stacks->belt.begun)
        return part_number(stacks, places, count, part_hash(places, count));
    stacks->passing = !stacks->passing;
    return part_later(stacks, LATER_PASSING + stacks->passing, places, count);
}

uint32_t stacks_part_kept(struct stacks *stacks, uint32_t name, const uint32_t *places,
                          uint32_t count)
{
    if (!stacks->belt.begun)
        return part_number(stacks, places, count, part_hash(places, count));
    return part_later(stacks, LATER_KEPT + name, places, count);
}

static uint64_t row_hash(struct stacks_row row)
{
    return hash_pair((uint64_t)row.kernel_part << 32 | row.user_part, row.group);
}

static uint32_t row_number(struct stacks *stacks, struct stacks_row row)
{
    uint64_t hash = row_hash(row);
    struct index_probe probe = index_probe(&stacks->row_index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;) {
        const struct stacks_row *other = &stacks->rows[id];
        if (other->user_part == row.user_part && other->kernel_part == row.kernel_part &&
            other->group == row.group)
            return id;
    }

    size_t id = stacks->row_count;
    if (id >= STACKS_FAILED ||
        mem_grow(&stacks->rows, &stacks->row_capacity, id + 1, sizeof *stacks->rows) < 0 ||
        index_add(&stacks->row_index, hash, (uint32_t)id) < 0)
        return STACKS_FAILED;
    stacks->rows[id] = row;
    stacks->row_count++;
    return (uint32_t)id;
}

uint32_t stacks_row(struct stacks *stacks, struct stacks_row row)
{
    if (!stacks->belt.begun)
        return row_number(stacks, row);
    stacks->later_row = row;
    return STACKS_LATER;
}

static int stacks_add_columns(struct stacks *stacks, size_t count)
{
    if (mem_grow(&stacks->columns, &stacks->column_capacity, count, sizeof *stacks->columns) < 0)
        return -1;
    while (stacks->column_count < count)
        stacks->columns[stacks->column_count++] = (struct stacks_column){0};
    return 0;
}

void stacks_keep_order(struct stacks *stacks)
{
    stacks->keeps_order = true;
}

static int stacks_note(struct stacks *stacks, struct stacks_addition addition)
{
    size_t count = stacks->addition_count;
    struct stacks_addition *before = count ? &stacks->additions[count - 1] : NULL;
    if (before && before->row == addition.row && before->column == addition.column) {
        before->amount = weight_add(before->amount, addition.amount);
        return 0;
    }
    if (count == LIMIT_TIMED_ADDITIONS) {
        stacks->order_cut = true;
        return 0;
    }
    if (mem_grow(&stacks->additions, &stacks->addition_capacity, count + 1, sizeof addition) < 0)
        return -1;
    stacks->additions[stacks->addition_count++] = addition;
    return 0;
}

static struct far_value *column_far(const struct stacks_column *column, uint32_t row)
{
    struct index_probe probe = index_probe(&column->far_index, hash_pair(row, 0));
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (column->far[id].row == row)
            return &column->far[id];
    return NULL;
}

static struct far_value *column_far_new(struct stacks_column *column, struct far_value far)
{
    size_t id = column->far_count;
    if (mem_grow(&column->far, &column->far_capacity, id + 1, sizeof far) < 0 ||
        index_add(&column->far_index, hash_pair(far.row, 0), (uint32_t)id) < 0)
        return NULL;
    column->far[id] = far;
    column->far_count++;
    return &column->far[id];
}

/* Makes room for a row's value; what was far and is not any more comes to its place. */
static int column_grow(struct stacks_column *column, uint32_t row)
{
    size_t old = column->capacity, count = column->far_count;
    if (mem_grow(&column->values, &column->capacity, (size_t)row + 1, sizeof *column->values) < 0)
        return -1;
    memset(column->values + old, 0, (column->capacity - old) * sizeof *column->values);
    index_clear(&column->far_index);
    column->far_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct far_value far = column->far[i];
        if (far.row < column->capacity)
            column->values[far.row] = far.value;
        else if (!column_far_new(column, far)) /* there is room */
            return -1;
    }
    return 0;
}

/* Where a column has the value of a row behind those that it has room for; NULL without memory. */
static int64_t *column_reach(struct stacks_column *column, uint32_t row)
{
    if (row < LIMIT_COLUMN_VALUES + column->additions * LIMIT_COLUMN_PER_ADDITION)
        return column_grow(column, row) < 0 ? NULL : &column->values[row];
    struct far_value *far = column_far(column, row);
    if (!far)
        far = column_far_new(column, (struct far_value){.row = row});
    return far ? &far->value : NULL;
}

static int row_add(struct stacks *stacks, uint32_t column, uint32_t row, int64_t amount)
{
    if (column >= stacks->column_count && stacks_add_columns(stacks, (size_t)column + 1) < 0)
        return -1;
    struct stacks_column *to = &stacks->columns[column];
    int64_t *value = row < to->capacity ? &to->values[row] : column_reach(to, row);
    if (!value)
        return -1;
    *value = weight_add(*value, amount);
    to->additions++;
    return stacks->keeps_order ? stacks_note(stacks, (struct stacks_addition){row, column, amount})
                               : 0;
}

int stacks_add(struct stacks *stacks, uint32_t column, uint32_t row, int64_t amount)
{
    if (row != STACKS_LATER)
        return row_add(stacks, column, row, amount);
    struct later *later = later_put(stacks, 0);
    later->column = column;
    later->group = stacks->later_row.group;
    later->row.kernel_part = stacks->later_row.kernel_part;
    later->row.user_part = stacks->later_row.user_part;
    later->row.amount = amount;
    return 0;
}

static void later_hash_parts(const struct stacks *stacks, struct later_batch *batch)
{
    const uint32_t *places = batch->places;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct later *later = &batch->items[i];
        if (later->column != LATER_PART)
            continue;
        later->part.hash = part_hash(places, later->part.count);
        index_fetch(&stacks->part_index, later->part.hash);
        places += later->part.count;
    }
}

/* The part that an item probably is; INDEX_NONE if it is none, or new. */
static uint32_t later_guess(const struct stacks *stacks, const struct later *later)
{
    struct index_probe probe = index_probe(&stacks->part_index, later->part.hash);
    return later->column == LATER_PART ? index_next(&probe) : INDEX_NONE;
}

/* Asks memory for what a part will be compared with, of `further` for where that stands. */
static void later_fetch(const struct stacks *stacks, const struct later *soon,
                        const struct later *further)
{
    uint32_t part = later_guess(stacks, soon);
    if (part != INDEX_NONE)
        __builtin_prefetch(stacks->part_places + stacks->part_start[part]);
    if ((part = later_guess(stacks, further)) != INDEX_NONE)
        __builtin_prefetch(&stacks->part_start[part]);
}

static int later_find_part(struct stacks *stacks, const struct later *later, const uint32_t *places)
{
    uint32_t as = later->part.as;
    uint32_t part = part_number(stacks, places, later->part.count, later->part.hash);
    if (part == STACKS_FAILED || mem_grow(&stacks->stands_for, &stacks->stands_for_capacity,
                                          (size_t)as + 1, sizeof *stacks->stands_for) < 0)
        return -1;
    stacks->stands_for[as] = part;
    return 0;
}

/* Finds all parts of a batch, and tells the rows which ones are theirs. */
static int later_find_parts(struct stacks *stacks, struct later_batch *batch)
{
    const uint32_t *places = batch->places;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct later *later = &batch->items[i];
        if (batch->count - i > 2 * LATER_AHEAD)
            later_fetch(stacks, later + LATER_AHEAD, later + 2 * LATER_AHEAD);
        if (later->column == LATER_PART) {
            if (later_find_part(stacks, later, places) < 0)
                return -1;
            places += later->part.count;
            continue;
        }
        uint32_t *kernel = &later->row.kernel_part, *user = &later->row.user_part;
        *kernel = *kernel ? stacks->stands_for[*kernel] : 0;
        *user = *user ? stacks->stands_for[*user] : 0;
    }
    return 0;
}

static struct stacks_row later_row(const struct later *later)
{
    return (struct stacks_row){later->group, later->row.kernel_part, later->row.user_part};
}

static int later_take(void *context, void *item)
{
    struct stacks *stacks = context;
    struct later_batch *batch = item;
    later_hash_parts(stacks, batch);
    if (later_find_parts(stacks, batch) < 0)
        return -1;
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct later *later = &batch->items[i];
        if (batch->count - i > LATER_AHEAD)
            index_fetch(&stacks->row_index, row_hash(later_row(later + LATER_AHEAD)));
        if (later->column == LATER_PART)
            continue;
        uint32_t row = row_number(stacks, later_row(later));
        if (row == STACKS_FAILED || row_add(stacks, later->column, row, later->row.amount) < 0)
            return -1;
    }
    return 0;
}

bool stacks_begin_later(struct stacks *stacks)
{
    stacks->batch = NULL;
    return belt_begin(&stacks->belt, sizeof(struct later_batch), later_take, stacks);
}

int stacks_settle(struct stacks *stacks)
{
    return belt_end(&stacks->belt);
}

size_t stacks_addition_count(const struct stacks *stacks)
{
    return stacks->addition_count;
}

bool stacks_order_is_cut(const struct stacks *stacks)
{
    return stacks->order_cut;
}

struct stacks_addition stacks_addition_at(const struct stacks *stacks, size_t addition)
{
    return stacks->additions[addition];
}

uint32_t stacks_place_count(const struct stacks *stacks)
{
    return (uint32_t)stacks->place_count;
}

uint32_t stacks_part_count(const struct stacks *stacks)
{
    return (uint32_t)stacks->part_count;
}

uint32_t stacks_row_count(const struct stacks *stacks)
{
    return (uint32_t)stacks->row_count;
}

struct stacks_place stacks_place_at(const struct stacks *stacks, uint32_t place)
{
    return stacks->places[place];
}

struct stacks_part stacks_part_at(const struct stacks *stacks, uint32_t part)
{
    size_t start = stacks->part_start[part], count = stacks->part_start[part + 1] - start;
    return (struct stacks_part){.places = count ? stacks->part_places + start : NULL,
                                .count = (uint32_t)count};
}

struct stacks_row stacks_row_at(const struct stacks *stacks, uint32_t row)
{
    return stacks->rows[row];
}

int64_t stacks_value(const struct stacks *stacks, uint32_t column, uint32_t row)
{
    if (column >= stacks->column_count)
        return 0;
    const struct stacks_column *of = &stacks->columns[column];
    if (row < of->capacity)
        return of->values[row];
    const struct far_value *far = of->far_count ? column_far(of, row) : NULL;
    return far ? far->value : 0;
}

void stacks_fetch(const struct stacks *stacks, uint32_t later, uint32_t soon)
{
    const size_t *start = stacks->part_start;
    const struct stacks_row *rows = stacks->rows;
    __builtin_prefetch(&start[rows[later].user_part]);
    __builtin_prefetch(&start[rows[later].kernel_part]);
    const size_t *user = &start[rows[soon].user_part];
    __builtin_prefetch(stacks->part_places + user[0]);
    __builtin_prefetch(stacks->part_places + (user[0] + user[1]) / 2);
    __builtin_prefetch(stacks->part_places + start[rows[soon].kernel_part]);
}

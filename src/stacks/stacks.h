/* SPDX-License-Identifier: MIT */
/* The table in the middle: distinct stacks of places, with a column per weight.
 *
 *     place  (object, offset)                      e.g. (libc.so.6, 0x9a130)
 *     part   places, leaf first                    the kernel's, or the user's, share of a stack
 *     row    (group, kernel part, user part)       one distinct stack; group = the root frame
 *     columns[c][row]                              what was counted there
 *
 * Everything is a number; equal things have equal numbers, so a sample that repeats a stack costs
 * its lookups and one addition. The table knows nothing of names: an object is a number of the
 * resolve room, a group is a number of the caller's. */
#ifndef PFL_STACKS_STACKS_H
#define PFL_STACKS_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/weight.h"

/* Where control was: a byte of an object. Offsets are of the file for files; addresses for the
 * kernel and for code that lies in no file. */
struct stacks_place {
    uint32_t object;
    uint64_t offset;
};

struct stacks_row {
    uint32_t group;
    uint32_t kernel_part, user_part; /* 0: empty */
};

/* A part, in place; valid until the next part is interned. */
struct stacks_part {
    const uint32_t *places; /* leaf first */
    uint32_t count;
};

#define STACKS_FAILED UINT32_MAX
#define STACKS_LATER  (UINT32_MAX - 1)

struct stacks;

/* NULL without memory. */
struct stacks *stacks_new(void);
void stacks_free(struct stacks *stacks);
MEM_CLEANUP(stacks_cleanup, struct stacks, stacks_free)

/* Each interns its key and returns its number, or STACKS_FAILED without memory. Part 0 is the
 * empty part. */
uint32_t stacks_place(struct stacks *stacks, uint32_t object, uint64_t offset);
uint32_t stacks_part(struct stacks *stacks, const uint32_t *places, uint32_t count);
uint32_t stacks_row(struct stacks *stacks, struct stacks_row row);

/* As stacks_part, of a part that is to be kept under a name, a small number of the caller's: what
 * it gives stands for the part until another one is kept under that name. */
uint32_t stacks_part_kept(struct stacks *stacks, uint32_t name, const uint32_t *places,
                          uint32_t count);

/* Adds to columns[column][row]. Returns 0, or -1 without memory. A column exists from its first
 * addition; column < LIMIT_COLUMNS. */
int stacks_add(struct stacks *stacks, uint32_t column, uint32_t row, int64_t amount);

/* From here on another thread finds parts and rows and adds to them, in the order of the calls:
 * what stacks_part gives is for the next row alone, of which two parts may be asked, and stacks_row
 * gives STACKS_LATER, at which stacks_add adds to the row that was asked for last. Nothing may be
 * asked of parts, rows and columns until stacks_settle has ended that, which returns 0, or -1 if
 * there was no memory; what stood for a part stands for none then. False where no thread is to be
 * had. */
bool stacks_begin_later(struct stacks *stacks);
int stacks_settle(struct stacks *stacks);

/* Gives back the memory that finding takes: nothing may be interned from here on. */
void stacks_close(struct stacks *stacks);

uint32_t stacks_place_count(const struct stacks *stacks);
uint32_t stacks_part_count(const struct stacks *stacks);
uint32_t stacks_row_count(const struct stacks *stacks);
struct stacks_place stacks_place_at(const struct stacks *stacks, uint32_t place);
struct stacks_part stacks_part_at(const struct stacks *stacks, uint32_t part);
struct stacks_row stacks_row_at(const struct stacks *stacks, uint32_t row);
/* From now on every addition is kept in its order too, equal neighbours as one: for a flame chart.
 * At most LIMIT_TIMED_ADDITIONS are. */
void stacks_keep_order(struct stacks *stacks);

struct stacks_addition {
    uint32_t row, column;
    int64_t amount;
};

size_t stacks_addition_count(const struct stacks *stacks);
bool stacks_order_is_cut(const struct stacks *stacks);
struct stacks_addition stacks_addition_at(const struct stacks *stacks, size_t addition);

/* Asks memory for what stacks_part_at will give of rows that are soon needed, of `later` for what
 * it takes to ask for that. Parts lie anywhere, and to wait for each may take longer than all that
 * is done with it. */
void stacks_fetch(const struct stacks *stacks, uint32_t later, uint32_t soon);

int64_t stacks_value(const struct stacks *stacks, uint32_t column, uint32_t row);

#endif

/* SPDX-License-Identifier: MIT */
/* The books of one family of allocations: what was allocated, and what is still in use.
 *
 *     allocated ─▶ alloc-*                             added as it happens
 *               └▶ live block ─▶ ended: forgotten
 *                             └▶ alive at the moment looked at ─▶ inuse-*, or uncertain-* if the
 *                                record of its end may have been lost
 *
 * For --at peak, what each row has in use now is kept beside what changed since the highest total:
 *
 *     row      now   since the peak        at the end:  peak = now - since
 *     12       400   -100                  a new peak forgets `since` by its list of touched rows
 *
 * A loss makes uncertain what was certain until then. Which side a block is on follows from when it
 * began; a row's sums change sides when it is looked at next, so that a loss costs the same however
 * much is in use.
 *
 * With --older-than, the peak is that of blocks of that age: a younger one waits (live.h).
 */
#ifndef PFL_WEIGH_BOOK_H
#define PFL_WEIGH_BOOK_H

#include "weigh/columns.h"
#include "weigh/live.h"
#include "weigh/ranges.h"

enum derived {
    ALLOC_BYTES,
    ALLOC_COUNT,
    INUSE_BYTES,
    INUSE_COUNT,
    UNCERTAIN_BYTES,
    UNCERTAIN_COUNT,
    DERIVED_COUNT,
};

/* What is to be told about a family. */
struct book_counts {
    uint64_t frees_older;     /* of blocks that nobody saw allocated */
    uint64_t frees_inherited; /* in a forked process, of blocks of its parent's */
    uint64_t frees_missed;    /* a block was given out again before its end was seen */
    uint64_t failed;          /* calls that gave nothing */
    uint64_t nested;          /* calls inside another allocator's */
    uint64_t unfinished;      /* calls that never returned */
    uint64_t unpaired;        /* returns of calls that nobody saw */
    uint64_t behind;          /* posix_memalign's blocks, whose pointers nobody recorded */
    uint64_t discarded;       /* blocks that exec ended */
    int64_t inuse, young;     /* bytes in use that count; of them younger than 500 ms */
    int64_t uncertain;
};

struct peak_row {
    int64_t now[4], since[4]; /* INUSE_BYTES to UNCERTAIN_COUNT */
    uint32_t losses;          /* that its sums know of */
    bool touched;
};

struct peak {
    struct peak_row *rows;
    size_t capacity;
    uint32_t *touched;
    size_t touched_count, touched_capacity;
    int64_t current, highest;
    int64_t all[4], all_at_highest[4]; /* as in a row, also of what is not chosen */
    uint32_t losses, losses_at_highest;
    uint64_t certain_from; /* what began before may have ended in a loss */
};

struct book {
    struct columns *columns;
    uint32_t column[DERIVED_COUNT]; /* or COLUMN_NONE */
    bool follow;                    /* in-use is wanted and can be known */
    bool by_peak;
    bool closed; /* the moment looked at is over */
    struct live live;
    uint64_t lost_at; /* the latest loss; blocks from before may have ended in it */
    uint64_t older_than;
    struct peak peak;
    struct book_counts counts;
};

void book_init(struct book *book, struct columns *columns);
void book_done(struct book *book);

/* All return 0, or -1 without memory or beyond a limit. */

/* Counts an allocation, whole or (`times`) one of several that a sample stands for. */
int book_count(struct book *book, uint32_t row, uint64_t size, uint64_t times);

/* A block begins. One that is still alive there has ended unseen. */
int book_begin(struct book *book, const struct live_block *block);

/* The block there that began until `before` ends. Returns 1, or 0 if there is none. */
int book_end(struct book *book, uint32_t space, uint64_t pointer, uint64_t before);

/* All blocks of a space end. */
int book_end_space(struct book *book, uint32_t space);

/* For what is not kept in `live`: ranges that began then are there, grow, or end. */
int book_change(struct book *book, uint32_t row, uint64_t begun, int64_t bytes, int count);

/* True if what begins counts only after a while: for --at peak with --older-than. */
static inline bool book_ages(const struct book *book)
{
    return book->by_peak && book->older_than;
}

/* It is `time`: blocks that are old enough now count. */
int book_age(struct book *book, uint64_t time);

/* The moment looked at: what is alive goes to its columns. `ranges` of all spaces. */
int book_close(struct book *book, uint64_t time, const struct ranges *const *ranges,
               size_t ranges_count);

/* A record that may have told of an end was lost at some time until then: not before what the book
 * has been told of, or UINT64_MAX. */
void book_lose(struct book *book, uint64_t time);

#endif

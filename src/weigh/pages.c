/* SPDX-License-Identifier: MIT */
#include "weigh/pages.h"

#include "weigh/memory.h"

/* Far above what a kernel allocates at once; and the size of its struct page. */
#define ORDER_MOST  20
#define PAGE_STRUCT 64

bool pages_read(const struct allocs *allocs, const struct role *role,
                const struct perf_sample *sample, uint64_t *ret_pointer, uint64_t *ret_size)
{
    uint64_t page = UINT64_MAX, order = 0;
    if (!field_read(&role->pointer, sample->raw, sample->raw_size, &page) ||
        !field_read(&role->order, sample->raw, sample->raw_size, &order) || page == UINT64_MAX ||
        (role->page_is_pointer && page == 0) || order > ORDER_MOST)
        return false;
    *ret_pointer = (role->page_is_pointer ? page / PAGE_STRUCT : page) + 1;
    *ret_size = (uint64_t)allocs->page_size << order;
    return true;
}

/* Cuts a block in halves until one is [pointer, pointer + size), which ends. */
static int pages_split(struct book *book, uint32_t id, uint64_t page, uint64_t size,
                       uint32_t page_size)
{
    struct live_block rest = book->live.blocks[id];
    if (book_end(book, SPACE_KERNEL, rest.pointer, UINT64_MAX) < 0)
        return -1;
    while (rest.size > size) {
        struct live_block half = rest;
        half.size = rest.size /= 2;
        uint64_t pages = half.size / page_size;
        if (page - (rest.pointer - 1) < pages)
            half.pointer += pages;
        else
            rest.pointer += pages;
        if (book_begin(book, &half) < 0)
            return -1;
    }
    return 1;
}

int pages_end(struct allocs *allocs, uint64_t pointer, uint64_t size)
{
    struct book *book = &allocs->books[FAMILY_PAGES];
    uint64_t page = pointer - 1;
    if (!book->follow || book->closed)
        return 1;
    for (uint64_t span = size / allocs->page_size; span <= UINT64_C(1) << ORDER_MOST; span *= 2) {
        uint32_t id = live_find(&book->live, SPACE_KERNEL, (page & ~(span - 1)) + 1);
        if (id == LIVE_NONE || book->live.blocks[id].size < span * allocs->page_size)
            continue;
        return pages_split(book, id, page, size, allocs->page_size);
    }
    return book_end(book, SPACE_KERNEL, pointer, UINT64_MAX);
}

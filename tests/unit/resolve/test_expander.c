/* SPDX-License-Identifier: MIT */
/* The debug information of this program, asked for with and without being foreseen. */
#include "../check.h"

#include <link.h>

#include "resolve/expander.h"

#define SELF   "/proc/self/exe"
#define PLACES 64
#define OBJECT 2

struct fixture {
    struct stacks *stacks;
    struct dwarf_places places;
    uint32_t numbers[PLACES]; /* of every third byte from some function on */
    uint64_t code_offset;     /* of the page where the code of the file begins */
    struct expander expander;
};

struct where {
    uint64_t address, offset, code_offset;
};

/* Where an address of this program is in its file. */
static int find_offset(struct dl_phdr_info *info, size_t size, void *context)
{
    struct where *where = context;
    (void)size;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uint64_t start = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD || where->address < start ||
            where->address >= start + segment->p_memsz)
            continue;
        where->offset = where->address - start + segment->p_offset;
        where->code_offset = segment->p_offset & ~UINT64_C(0xfff);
        return 1;
    }
    return 0;
}

static void begin(struct fixture *f)
{
    struct where where = {.address = (uint64_t)(uintptr_t)begin};
    *f = (struct fixture){.stacks = stacks_new()};
    assert_non_null(f->stacks);
    assert_int_equal(dl_iterate_phdr(find_offset, &where), 1);
    assert_int_equal(dwarf_places_init(&f->places, f->stacks, true, true, NULL), 0);
    f->code_offset = where.code_offset;
    for (uint32_t i = 0; i < PLACES; i++)
        f->numbers[i] = stacks_place(f->stacks, OBJECT, where.offset + 3 * i);
    expander_begin(&f->expander, &f->places, 2);
    assert_true(f->expander.thread_count > 0);
}

static void end(struct fixture *f)
{
    assert_int_equal(expander_end(&f->expander), 0);
    dwarf_places_done(&f->places);
    stacks_free(f->stacks);
}

/* Orders the places, and waits for what is found. */
static void order_and_end(struct fixture *f)
{
    const struct dwarf_files files = {
        .program = SELF, .recorded = SELF, .code_offset = f->code_offset};
    assert_int_equal(expander_give(&f->expander, OBJECT, f->numbers, PLACES, &files), 0);
    assert_int_equal(expander_end(&f->expander), 0);
}

static void assert_same_frames(const struct fixture *f, const struct fixture *other)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        uint32_t count, others;
        const struct dwarf_frame *a = dwarf_places_at(&f->places, f->numbers[i], &count),
                                 *b = dwarf_places_at(&other->places, other->numbers[i], &others);
        assert_int_equal(count, others);
        assert_true(count > 0); /* tests are built with debug information */
        for (uint32_t k = 0; k < count; k++) {
            assert_string_equal(intern_text(&f->places.texts, a[k].name),
                                intern_text(&other->places.texts, b[k].name));
            assert_int_equal(a[k].line, b[k].line);
        }
    }
}

static void what_is_foreseen_is_found_all_the_same(void **state)
{
    struct fixture plain, foreseen;
    (void)state;
    begin(&plain);
    order_and_end(&plain);
    for (unsigned round = 0; round < 20; round++) { /* begun, or not, by the time of the order */
        begin(&foreseen);
        assert_int_equal(expander_foresee(&foreseen.expander, 7, "/nonexistent", SELF), 0);
        assert_int_equal(expander_foresee(&foreseen.expander, OBJECT, SELF, NULL), 0);
        if (round % 2)
            expander_hurry(&foreseen.expander);
        order_and_end(&foreseen);
        assert_same_frames(&plain, &foreseen);
        end(&foreseen);
    }
    end(&plain);
}

static void what_was_foreseen_of_other_files_is_not_taken(void **state)
{
    struct fixture plain, other;
    (void)state;
    begin(&plain);
    order_and_end(&plain);
    begin(&other);
    assert_int_equal(expander_foresee(&other.expander, OBJECT, "/nonexistent", NULL), 0);
    assert_int_equal(expander_foresee(&other.expander, OBJECT, SELF, "/nonexistent"), 0);
    order_and_end(&other);
    assert_same_frames(&plain, &other);
    end(&other);
    end(&plain);
}

static void what_was_foreseen_need_not_be_ordered(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(expander_foresee(&f.expander, i, SELF, NULL), 0);
    end(&f);
}

RUN_TESTS(TEST(what_is_foreseen_is_found_all_the_same),
          TEST(what_was_foreseen_of_other_files_is_not_taken),
          TEST(what_was_foreseen_need_not_be_ordered))

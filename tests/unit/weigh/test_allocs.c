/* SPDX-License-Identifier: MIT */
/* Pairing, told call by call. Threads 11 and 12 are of process 10, 21 of process 20; the ip of a
 * sample is its stack. */
#include "lab.h"

static const struct lab_event heap[] = {
    {.name = "p:malloc", .fields = {"__probe_ip", "size"}},
    {.name = "p:malloc__return", .fields = {"__probe_func", "__probe_ret_ip", "arg1"}},
    {.name = "p:free", .fields = {"__probe_ip", "ptr"}},
    {.name = "p:realloc", .fields = {"__probe_ip", "ptr", "size"}},
    {.name = "p:realloc__return", .fields = {"__probe_func", "__probe_ret_ip", "ret"}},
    {.name = "p:calloc", .fields = {"__probe_ip", "nmemb", "size"}},
    {.name = "p:calloc__return", .fields = {"__probe_func", "__probe_ret_ip", "ret"}},
    {.name = "p:_Znwm", .fields = {"__probe_ip", "size"}},
    {.name = "p:_Znwm__return", .fields = {"__probe_func", "__probe_ret_ip", "ret"}},
    {.name = "p:_ZdlPv", .fields = {"__probe_ip", "ptr"}},
    {.name = "p:posix_memalign", .fields = {"__probe_ip", "memptr", "align", "size"}},
    {.name = "p:posix_memalign__return", .fields = {"__probe_func", "__probe_ret_ip", "ret"}},
};
enum {
    MALLOC,
    MALLOC_RETURN,
    FREE,
    REALLOC,
    REALLOC_RETURN,
    CALLOC,
    CALLOC_RETURN,
    NEW,
    NEW_RETURN,
    DELETE,
    ALIGN,
    ALIGN_RETURN,
    HEAP,
};

static const struct lab_event maps[] = {
    {.name = "syscalls:sys_enter_mmap", .fields = {"addr", "len"}},
    {.name = "syscalls:sys_exit_mmap", .fields = {"ret"}},
    {.name = "syscalls:sys_enter_munmap", .fields = {"addr", "len"}},
    {.name = "syscalls:sys_exit_munmap", .fields = {"ret"}},
    {.name = "syscalls:sys_enter_mremap", .fields = {"addr", "old_len", "new_len"}},
    {.name = "syscalls:sys_exit_mremap", .fields = {"ret"}},
    {.name = "syscalls:sys_enter_brk", .fields = {"brk"}},
    {.name = "syscalls:sys_exit_brk", .fields = {"ret"}},
};
enum { MMAP, MMAP_RETURN, MUNMAP, MUNMAP_RETURN, MREMAP, MREMAP_RETURN, BRK, BRK_RETURN, MAPS };

static const struct lab_event kernel[] = {
    {.name = "kmem:kmalloc", .fields = {"call_site", "ptr", "bytes_req", "bytes_alloc"}},
    {.name = "kmem:kmem_cache_free", .fields = {"call_site", "ptr"}},
    {.name = "kmem:mm_page_alloc", .fields = {"pfn", "order", "gfp_flags", "migratetype"}},
    {.name = "kmem:mm_page_free", .fields = {"pfn", "order"}},
    {.name = "kmem:mm_page_pcpu_drain", .fields = {"pfn", "order", "migratetype"}},
};
enum { KMALLOC, KFREE, PAGE_ALLOC, PAGE_FREE, DRAIN, KERNEL };

static struct lab lab;

static void begin_at(const struct lab_event *events, uint32_t count, enum allocs_at at)
{
    lab = (struct lab){.options.at = at};
    assert_int_equal(lab_open(&lab, events, count, NULL), 0);
}

static void begin(const struct lab_event *events, uint32_t count)
{
    begin_at(events, count, ALLOCS_AT_END);
}

static const struct book_counts *counts(enum family family)
{
    return &weigher_report(lab.weigher)->families[family].counts;
}

static void call_malloc(uint32_t tid, uint32_t stack, uint64_t size, uint64_t pointer)
{
    lab_sample(&lab, MALLOC, tid, 99, 0x1000, size);
    lab_sample(&lab, MALLOC_RETURN, tid, stack, 0x1000, 0, pointer);
}

static void call_free(uint32_t tid, uint64_t pointer)
{
    lab_sample(&lab, FREE, tid, 99, 0x2000, pointer);
}

static void call_realloc(uint32_t tid, uint32_t stack, uint64_t old, uint64_t size, uint64_t result)
{
    lab_sample(&lab, REALLOC, tid, 99, 0x3000, old, size);
    lab_sample(&lab, REALLOC_RETURN, tid, stack, 0x3000, 0, result);
}

/* Ends the recording, and checks in-use bytes at stack 1, 2, 3. */
static void in_use(int64_t one, int64_t two, int64_t three)
{
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), one);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 2), two);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 3), three);
    assert_int_equal(lab_value(&lab, "uncertain-bytes", 1), 0);
}

static void what_is_not_freed_is_in_use(void **state)
{
    begin(heap, HEAP);
    call_malloc(11, 1, 100, 0xa0);
    assert_true(lab.function == 0x1000);
    call_malloc(11, 1, 50, 0xb0);
    call_malloc(11, 2, 30, 0xc0);
    call_free(12, 0xc0);
    call_free(11, 0);
    in_use(150, 0, 0);
    assert_int_equal(lab_value(&lab, "inuse-count", 1), 2);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 2), 30);
    assert_int_equal(lab_value(&lab, "alloc-count", 2), 1);
    assert_int_equal(counts(FAMILY_HEAP)->frees_older, 0);
    lab_close(&lab);
}

static void realloc_frees_what_it_moves(void **state)
{
    begin(heap, HEAP);
    call_realloc(11, 1, 0, 100, 0xa0);
    call_realloc(11, 2, 0xa0, 200, 0xa0); /* in place */
    call_realloc(11, 2, 0xa0, 1000, 0);   /* failed: the old one lives */
    call_realloc(11, 3, 0, 70, 0xb0);
    call_realloc(11, 3, 0xb0, 0, 0); /* freed */
    in_use(0, 200, 0);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), 100);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 2), 200);
    assert_int_equal(counts(FAMILY_HEAP)->failed, 1);
    lab_close(&lab);
}

static void another_thread_may_have_the_place_before_realloc_returns(void **state)
{
    begin(heap, HEAP);
    call_malloc(11, 1, 100, 0xa0);
    lab_sample(&lab, REALLOC, 11, 99, 0x3000, 0xa0, 500);
    call_malloc(12, 2, 60, 0xa0);
    lab_sample(&lab, REALLOC_RETURN, 11, 3, 0x3000, 0, 0xf0);
    in_use(0, 60, 500);
    lab_close(&lab);
}

static void the_outermost_allocator_counts_once(void **state)
{
    begin(heap, HEAP);
    lab_sample(&lab, NEW, 11, 99, 0x5000, 40);
    lab_sample(&lab, MALLOC, 11, 99, 0x1000, 40);
    lab_sample(&lab, MALLOC_RETURN, 11, 2, 0x1000, 0, 0xa0);
    lab_sample(&lab, NEW_RETURN, 11, 1, 0x5000, 0, 0xa0);
    lab_sample(&lab, REALLOC, 11, 99, 0x3000, 0xa0, 80);
    call_free(11, 0xa0);
    lab_sample(&lab, REALLOC_RETURN, 11, 3, 0x3000, 0, 0xb0);
    lab_sample(&lab, DELETE, 11, 99, 0x6000, 0xb0);
    call_free(11, 0xb0);
    call_malloc(12, 2, 7, 0xc0);
    in_use(0, 7, 0);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), 40);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 2), 7);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 3), 80);
    assert_int_equal(counts(FAMILY_HEAP)->nested, 2);
    assert_int_equal(counts(FAMILY_HEAP)->frees_older, 0);
    lab_close(&lab);
}

static void an_exception_does_not_hide_what_follows(void **state)
{
    begin(heap, HEAP);
    lab_sample(&lab, NEW, 11, 99, 0x5000, UINT64_MAX);
    lab_sample(&lab, NEW, 11, 99, 0x5000, 40);
    lab_sample(&lab, NEW_RETURN, 11, 1, 0x5000, 0, 0xa0);
    in_use(40, 0, 0);
    assert_int_equal(counts(FAMILY_HEAP)->unfinished, 1);
    lab_close(&lab);
}

static void failures_overflows_and_hidden_pointers_are_told(void **state)
{
    begin(heap, HEAP);
    call_malloc(11, 1, UINT64_MAX, 0);
    lab_sample(&lab, CALLOC, 11, 99, 0x4000, 7, 11);
    lab_sample(&lab, CALLOC_RETURN, 11, 2, 0x4000, 0, 0xa0);
    lab_sample(&lab, CALLOC, 11, 99, 0x4000, UINT64_MAX, 2);
    lab_sample(&lab, CALLOC_RETURN, 11, 2, 0x4000, 0, 0);
    lab_sample(&lab, ALIGN, 11, 99, 0x7000, 0x10, 64, 256);
    lab_sample(&lab, ALIGN_RETURN, 11, 3, 0x7000, 0, 0);
    lab_sample(&lab, ALIGN, 11, 99, 0x7000, 0x10, 64, 256);
    lab_sample(&lab, ALIGN_RETURN, 11, 3, 0x7000, 0, 12);
    lab_sample(&lab, MALLOC_RETURN, 12, 3, 0x1000, 0, 0xf0);
    in_use(0, 77, 0);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 3), 256);
    assert_int_equal(counts(FAMILY_HEAP)->failed, 3);
    assert_int_equal(counts(FAMILY_HEAP)->behind, 1);
    assert_int_equal(counts(FAMILY_HEAP)->unpaired, 1);
    lab_close(&lab);
}

static void a_forked_process_has_no_blocks_of_its_own_yet(void **state)
{
    begin(heap, HEAP);
    call_malloc(11, 1, 100, 0xa0);
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_FORK,
                                          .pid = 20,
                                          .tid = 21,
                                          .task = {.parent_pid = 10, .parent_tid = 11}});
    call_free(21, 0xa0);
    call_malloc(21, 2, 30, 0xa0);
    in_use(100, 30, 0);
    assert_int_equal(counts(FAMILY_HEAP)->frees_inherited, 1);
    assert_int_equal(counts(FAMILY_HEAP)->frees_older, 0);
    lab_close(&lab);
}

/* A recording of a build has a hundred thousand of them, and most never call what is followed. */
static void new_threads_take_no_memory(void **state)
{
    static const struct lab_event plain[] = {{.name = "cycles"}};
    for (int followed = 0; followed < 2; followed++) {
        begin(followed ? heap : plain, followed ? HEAP : 1);
        mem_fail_after(0);
        for (uint32_t i = 0; i < 100; i++)
            lab_record(&lab, (struct perf_record){.type = PERF_RECORD_FORK,
                                                  .pid = followed ? 10 : 100 + i,
                                                  .tid = 100 + i,
                                                  .task = {.parent_pid = 10, .parent_tid = 11}});
        mem_fail_after(-1);
        lab_close(&lab);
    }
}

static void a_new_thread_is_in_no_call_of_who_had_its_number(void **state)
{
    begin(heap, HEAP);
    lab_sample(&lab, MALLOC, 12, 99, 0x1000, 70); /* and it was ended there */
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_FORK,
                                          .pid = 10,
                                          .tid = 12,
                                          .task = {.parent_pid = 10, .parent_tid = 11}});
    lab_sample(&lab, MALLOC_RETURN, 12, 1, 0x1000, 0, 0xa0);
    in_use(0, 0, 0);
    assert_int_equal(counts(FAMILY_HEAP)->unpaired, 1);
    lab_close(&lab);
}

static void exec_ends_all_and_exit_nothing(void **state)
{
    begin(heap, HEAP);
    call_malloc(11, 1, 100, 0xa0);
    call_malloc(21, 2, 30, 0xa0);
    lab_record(&lab, (struct perf_record){
                         .type = PERF_RECORD_COMM, .pid = 10, .tid = 11, .comm.exec = true});
    call_malloc(11, 3, 5, 0xa0);
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_EXIT, .pid = 20, .tid = 21});
    in_use(0, 30, 5);
    assert_int_equal(counts(FAMILY_HEAP)->discarded, 1);
    assert_int_equal(counts(FAMILY_HEAP)->frees_missed, 0);
    lab_close(&lab);
}

static void blocks_from_before_a_loss_are_uncertain(void **state)
{
    begin(heap, HEAP);
    call_malloc(11, 1, 100, 0xa0);
    call_malloc(11, 2, 40, 0xb0);
    lab_sample(&lab, MALLOC, 11, 99, 0x1000, 1000); /* its return is lost */
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_LOST, .lost.count = 7});
    call_malloc(11, 3, 70, 0xc0);
    call_free(11, 0xb0);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 0);
    assert_int_equal(lab_value(&lab, "uncertain-bytes", 1), 100);
    assert_int_equal(lab_value(&lab, "uncertain-count", 1), 1);
    assert_int_equal(lab_value(&lab, "uncertain-bytes", 2), 0);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 3), 70);
    lab_close(&lab);
}

static void samples_lost_without_a_time_make_all_uncertain(void **state)
{
    begin(heap, HEAP);
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_LOST, .lost.count = 7});
    call_malloc(11, 1, 100, 0xa0);
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_LOST_SAMPLES, .lost.count = 7});
    in_use(100, 0, 0);
    lab_close(&lab);
    begin(heap, HEAP);
    call_malloc(11, 1, 100, 0xa0);
    lab_record(&lab, (struct perf_record){.type = PERF_RECORD_LOST_SAMPLES, .lost.count = 7});
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "uncertain-bytes", 1), 100);
    lab_close(&lab);
}

static void they_do_so_at_any_moment(void **state)
{
    static const enum allocs_at moments[] = {ALLOCS_AT_TIME, ALLOCS_AT_PEAK};
    for (size_t i = 0; i < 2; i++) {
        begin_at(heap, HEAP, moments[i]);
        call_malloc(11, 1, 100, 0xa0);
        weigher_set_window(lab.weigher, (struct filter_window){0, UINT64_MAX}, lab.time - 1);
        call_free(11, 0xa0);
        lab_record(&lab, (struct perf_record){.type = PERF_RECORD_LOST_SAMPLES, .lost.count = 7});
        lab_finish(&lab);
        assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 0);
        assert_int_equal(lab_value(&lab, "uncertain-bytes", 1), 100);
        assert_int_equal(lab_value(&lab, "uncertain-count", 1), 1);
        lab_close(&lab);
    }
}

static void filters_choose_blocks_and_not_their_ends(void **state)
{
    begin(heap, HEAP);
    lab.refused_tid = 12;
    call_malloc(11, 1, 100, 0xa0);
    call_malloc(11, 1, 50, 0xb0);
    call_malloc(12, 2, 30, 0xc0);
    call_free(12, 0xa0);
    call_free(11, 0xc0);
    call_malloc(12, 2, 10, 0xd0);
    in_use(50, 0, 0);
    assert_int_equal(lab_recorded(&lab, "inuse-bytes"), 60);
    assert_int_equal(lab_recorded(&lab, "alloc-bytes"), 190);
    assert_int_equal(counts(FAMILY_HEAP)->frees_older, 0);
    lab_close(&lab);
}

static void naming_an_entry_or_a_return_names_the_call(void **state)
{
    const char *names[] = {"p:malloc__return", NULL}, *weights[] = {"inuse-bytes", NULL};
    lab = (struct lab){.options = {.events = names, .weights = weights}};
    assert_int_equal(lab_open(&lab, heap, HEAP, NULL), 0);
    call_malloc(11, 1, 100, 0xa0);
    call_malloc(11, 1, 50, 0xb0);
    call_realloc(11, 2, 0xa0, 300, 0xc0);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 50);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 2), 0);
    lab_close(&lab);
}

static void older_than_leaves_the_young_out(void **state)
{
    lab = (struct lab){.options.older_than = 100};
    assert_int_equal(lab_open(&lab, heap, HEAP, NULL), 0);
    call_malloc(11, 1, 100, 0xa0);
    lab.time += 200;
    call_malloc(11, 2, 50, 0xb0);
    in_use(100, 0, 0);
    lab_close(&lab);
}

static void another_moment_than_the_end(void **state)
{
    begin_at(heap, HEAP, ALLOCS_AT_TIME);
    weigher_set_window(lab.weigher, (struct filter_window){0, UINT64_MAX}, 1035);
    call_malloc(11, 1, 100, 0xa0); /* until 1020 */
    call_malloc(11, 2, 50, 0xb0);  /* until 1040 */
    call_free(11, 0xa0);
    in_use(100, 0, 0);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 2), 50);
    lab_close(&lab);
}

static void the_peak_is_where_the_most_was_in_use(void **state)
{
    begin_at(heap, HEAP, ALLOCS_AT_PEAK);
    call_malloc(11, 1, 100, 0xa0);
    call_malloc(11, 1, 10, 0xa8);
    call_free(11, 0xa8);
    call_malloc(11, 2, 200, 0xb0);
    call_malloc(11, 2, 50, 0xc0); /* 350: the peak */
    call_free(11, 0xa0);
    call_malloc(11, 3, 90, 0xd0);
    call_free(11, 0xc0);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 100);
    assert_int_equal(lab_value(&lab, "inuse-count", 1), 1);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 2), 250);
    assert_int_equal(lab_value(&lab, "inuse-count", 2), 2);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 3), 0);
    lab_close(&lab);
}

static void the_peak_tells_what_was_in_use_of_the_whole_recording(void **state)
{
    lab = (struct lab){.options.at = ALLOCS_AT_PEAK, .refused_tid = 21};
    assert_int_equal(lab_open(&lab, heap, HEAP, NULL), 0);
    call_malloc(21, 1, 3000, 0xa0);
    call_malloc(11, 1, 1000, 0xa0); /* the peak of what is chosen */
    call_malloc(21, 1, 500, 0xb0);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 1000);
    assert_int_equal(lab_recorded(&lab, "inuse-bytes"), 4000);
    assert_int_equal(lab_recorded(&lab, "inuse-count"), 2);
    lab_close(&lab);
}

static void the_peak_of_what_is_old_leaves_out_the_young(void **state)
{
    lab = (struct lab){.options = {.at = ALLOCS_AT_PEAK, .older_than = 45}};
    assert_int_equal(lab_open(&lab, heap, HEAP, NULL), 0);
    call_malloc(11, 1, 100, 0xa0);
    call_malloc(11, 1, 900, 0xb0);
    call_free(11, 0xb0); /* 10 ns old */
    call_free(11, 0);
    call_free(11, 0); /* the first is 50 ns old */
    call_malloc(11, 2, 200, 0xc0);
    call_free(11, 0xa0);
    call_free(11, 0xc0);
    call_malloc(11, 3, 70, 0xd0);
    lab_finish(&lab);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 100);
    assert_int_equal(lab_value(&lab, "inuse-count", 1), 1);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 2), 0);
    assert_int_equal(lab_value(&lab, "inuse-bytes", 3), 0);
    lab_close(&lab);
}

static void call_mmap(uint32_t stack, uint64_t start, uint64_t size)
{
    lab_sample(&lab, MMAP, 11, stack, 0, size);
    lab_sample(&lab, MMAP_RETURN, 11, stack, start);
}

static void call_munmap(uint64_t start, uint64_t size)
{
    lab_sample(&lab, MUNMAP, 11, 99, start, size);
    lab_sample(&lab, MUNMAP_RETURN, 11, 99, 0);
}

static void the_peak_of_maps_counts_their_pieces(void **state)
{
    for (int old = 0; old < 2; old++) {
        lab = (struct lab){.options = {.at = ALLOCS_AT_PEAK, .older_than = old ? 35 : 0}};
        assert_int_equal(lab_open(&lab, maps, MAPS, NULL), 0);
        call_mmap(1, 0x100000, 0x10000);
        call_munmap(0x104000, 0x2000);
        lab_record(&lab, (struct perf_record){.type = PERF_RECORD_LOST, .lost = {.count = 1}});
        call_mmap(2, 0x200000, 0x20000);
        call_munmap(0x200000, 0x1000);
        call_mmap(3, 0x300000, 0x1000);
        call_munmap(0x200000, 0x20000);
        call_munmap(0x100000, 0x10000);
        lab_finish(&lab);
        assert_int_equal(lab_value(&lab, "uncertain-bytes", 1), 0xe000);
        assert_int_equal(lab_value(&lab, "uncertain-count", 1), 2);
        assert_int_equal(lab_value(&lab, "inuse-bytes", 1), 0);
        assert_int_equal(lab_value(&lab, "inuse-bytes", 2), old ? 0x1f000 : 0x20000);
        assert_int_equal(lab_value(&lab, "inuse-count", 2), 1);
        assert_int_equal(lab_value(&lab, "inuse-bytes", 3), 0);
        lab_close(&lab);
    }
}

static void parts_of_maps_are_unmapped(void **state)
{
    begin(maps, MAPS);
    lab_sample(&lab, MMAP, 11, 1, 0, 0x10000);
    lab_sample(&lab, MMAP_RETURN, 11, 1, 0x100000);
    lab_sample(&lab, MUNMAP, 11, 99, 0x104000, 0x2000);
    lab_sample(&lab, MUNMAP_RETURN, 11, 99, 0);
    lab_sample(&lab, MUNMAP, 11, 99, 0x108000, 0x1000);
    lab_sample(&lab, MUNMAP_RETURN, 11, 99, (uint64_t)-22);
    lab_sample(&lab, MREMAP, 11, 2, 0x10c000, 0x4000, 0x8000);
    lab_sample(&lab, MREMAP_RETURN, 11, 2, 0x200000);
    lab_sample(&lab, MMAP, 11, 3, 0, 0x1000);
    lab_sample(&lab, MMAP_RETURN, 11, 3, (uint64_t)-12);
    in_use(0xa000, 0x8000, 0);
    assert_int_equal(lab_value(&lab, "inuse-count", 1), 2); /* pieces */
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), 0x10000);
    assert_int_equal(counts(FAMILY_MAPS)->failed, 2);
    lab_close(&lab);
}

static void the_break_grows_and_shrinks(void **state)
{
    static const uint64_t breaks[][2] = {
        {0, 0x500000}, {0x521000, 0x521000}, {0x900000, 0x521000}, {0x510000, 0x510000}};
    begin(maps, MAPS);
    for (size_t i = 0; i < 4; i++) {
        lab_sample(&lab, BRK, 11, 1, breaks[i][0]);
        lab_sample(&lab, BRK_RETURN, 11, 1, breaks[i][1]);
    }
    in_use(0x10000, 0, 0);
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), 0x21000);
    lab_close(&lab);
}

static void the_kernel_s_families_stand_side_by_side(void **state)
{
    begin(kernel, KERNEL);
    lab_sample(&lab, KMALLOC, 11, 1, 0, 0xa0, 90, 96);
    lab_sample(&lab, KMALLOC, 11, 1, 0, 0xb0, 8, 8);
    lab_sample(&lab, KMALLOC, 11, 1, 0, 0, 8, 8);
    lab_sample(&lab, KFREE, 21, 99, 0, 0xb0);
    lab_sample(&lab, KFREE, 21, 99, 0, 0xc0);
    in_use(96, 0, 0);
    assert_string_equal(weigher_column(lab.weigher, 0)->event, "slab");
    assert_int_equal(lab_value(&lab, "alloc-bytes", 1), 104);
    assert_int_equal(counts(FAMILY_SLAB)->frees_older, 1);
    assert_int_equal(counts(FAMILY_SLAB)->failed, 1);
    lab_close(&lab);
}

static void pages_may_be_freed_in_parts(void **state)
{
    const char *names[] = {"pages", NULL};
    lab = (struct lab){.options = {.events = names}};
    assert_int_equal(lab_open(&lab, kernel, KERNEL, NULL), 0);
    lab_sample(&lab, PAGE_ALLOC, 11, 1, 8, 2, 0, 0);
    lab_sample(&lab, PAGE_FREE, 11, 99, 9, 0);
    lab_sample(&lab, PAGE_ALLOC, 11, 2, 16, 3, 0, 0);
    lab_sample(&lab, PAGE_FREE, 11, 99, 16, 2);
    lab_sample(&lab, PAGE_FREE, 11, 99, 22, 1);
    lab_sample(&lab, DRAIN, 11, 99, 20, 1, 0);
    lab_sample(&lab, PAGE_ALLOC, 11, 3, 0, 0, 0, 0);
    lab_sample(&lab, PAGE_ALLOC, 11, 3, UINT64_MAX, 0, 0, 0);
    in_use(3 * 4096, 2 * 4096, 4096);
    assert_int_equal(counts(FAMILY_PAGES)->frees_older, 0);
    assert_int_equal(counts(FAMILY_PAGES)->failed, 1);
    lab_close(&lab);
}

RUN_TESTS(TEST(what_is_not_freed_is_in_use), TEST(realloc_frees_what_it_moves),
          TEST(another_thread_may_have_the_place_before_realloc_returns),
          TEST(the_outermost_allocator_counts_once), TEST(an_exception_does_not_hide_what_follows),
          TEST(failures_overflows_and_hidden_pointers_are_told),
          TEST(a_forked_process_has_no_blocks_of_its_own_yet), TEST(new_threads_take_no_memory),
          TEST(a_new_thread_is_in_no_call_of_who_had_its_number),
          TEST(exec_ends_all_and_exit_nothing), TEST(blocks_from_before_a_loss_are_uncertain),
          TEST(samples_lost_without_a_time_make_all_uncertain), TEST(they_do_so_at_any_moment),
          TEST(filters_choose_blocks_and_not_their_ends),
          TEST(naming_an_entry_or_a_return_names_the_call), TEST(older_than_leaves_the_young_out),
          TEST(another_moment_than_the_end), TEST(the_peak_is_where_the_most_was_in_use),
          TEST(the_peak_tells_what_was_in_use_of_the_whole_recording),
          TEST(the_peak_of_what_is_old_leaves_out_the_young),
          TEST(the_peak_of_maps_counts_their_pieces), TEST(parts_of_maps_are_unmapped),
          TEST(the_break_grows_and_shrinks), TEST(the_kernel_s_families_stand_side_by_side),
          TEST(pages_may_be_freed_in_parts))

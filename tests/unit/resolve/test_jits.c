/* SPDX-License-Identifier: MIT */
/* Code of JIT compilers in recordings of this machine: whose maps and dumps name it. */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "resolve/resolver.h"
#include "dump_writer.h"
#include "session_fake.h"

#define PID  2000000010u /* a number that no process has */
#define CODE 0x40000u
#define DUMP 0x90000u

/* A resolver of a recording of this machine, in which process PID has memory of its own from CODE
 * on, and a dump, if it is written. */
struct fixture {
    struct stacks *stacks;
    struct resolver *resolver;
    struct perf_session session;
    char folder[64], dump[96];
};

static void begin(struct fixture *f)
{
    *f = (struct fixture){.folder = "/tmp/perflame-test-XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->dump, sizeof f->dump, "%s/jit-1.dump", f->folder);
    struct resolve_options options = {.buildid_dir = "/nonexistent"};
    f->stacks = stacks_new();
    assert_int_equal(resolver_new(&f->resolver, f->stacks, &options, NULL), 0);
    session_here(&f->session);
    assert_int_equal(resolver_begin(f->resolver, &f->session, 0, NULL), 0);
}

static void end(struct fixture *f)
{
    resolver_free(f->resolver);
    stacks_free(f->stacks);
    unlink(f->dump);
    assert_int_equal(rmdir(f->folder), 0);
}

/* A process maps a page as code; `st` says of which file. */
static void map(struct fixture *f, uint32_t pid, uint64_t start, const char *path,
                const struct stat *st)
{
    struct perf_record record = {.type = PERF_RECORD_MMAP2, .misc = PERF_CPUMODE_USER, .pid = pid};
    record.mmap = (struct perf_mmap){.start = start,
                                     .size = 0x1000,
                                     .protection = PROT_READ | PROT_EXEC,
                                     .path = path,
                                     .path_length = strlen(path)};
    if (st) {
        record.mmap.maj = major(st->st_dev);
        record.mmap.min = minor(st->st_dev);
        record.mmap.inode = st->st_ino;
    }
    assert_int_equal(resolver_record(f->resolver, &record, NULL), 0);
}

static void fork_process(struct fixture *f, uint32_t pid, uint32_t parent, uint64_t time)
{
    struct perf_record record = {.type = PERF_RECORD_FORK, .pid = pid, .tid = pid, .time = time};
    record.task = (struct perf_task){parent, parent};
    assert_int_equal(resolver_record(f->resolver, &record, NULL), 0);
}

/* What code at an address of a process is called. */
static const char *name_at_time(struct fixture *f, uint32_t pid, uint64_t address, uint64_t time)
{
    struct perf_record record = {
        .type = PERF_RECORD_SAMPLE, .misc = PERF_CPUMODE_USER, .pid = pid, .time = time};
    record.sample.ip = address;
    struct resolved_stack stack;
    const struct resolved_frame *frame;
    assert_int_equal(resolver_stack(f->resolver, &record, &stack, NULL), 0);
    uint32_t place = stacks_part_at(f->stacks, stack.user_part).places[0];
    assert_int_equal(resolver_name(f->resolver, place, &frame, NULL), 1);
    return frame->name;
}

static const char *name_at(struct fixture *f, uint32_t pid, uint64_t address)
{
    return name_at_time(f, pid, address, 0);
}

/* Writes a dump in which one function lies at CODE from time 10 on. */
static void write_dump(const char *path, const char *name, struct stat *ret_st)
{
    struct written w;
    put_header(&w, false);
    put_load(&w, 10, CODE, 64, 1, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(w.bytes, 1, w.size, file), w.size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(stat(path, ret_st), 0);
}

static void a_dump_names_the_code_of_who_maps_it(void **state)
{
    struct fixture f;
    struct stat st;
    begin(&f);
    write_dump(f.dump, "compiled", &st);
    map(&f, PID, CODE, "//anon", NULL);
    map(&f, PID, DUMP, f.dump, &st);
    assert_string_equal(name_at(&f, PID, CODE), "compiled");
    end(&f);
}

static void a_dump_that_was_replaced_names_nothing(void **state)
{
    struct fixture f;
    struct stat st;
    begin(&f);
    write_dump(f.dump, "of_another_run", &st);
    st.st_ino++;
    map(&f, PID, CODE, "//anon", NULL);
    map(&f, PID, DUMP, f.dump, &st);
    assert_string_equal(name_at(&f, PID, CODE), "[perf-2000000010.map]");
    end(&f);
}

/* Number 1 of each container writes a dump of that name. */
static void dumps_of_one_name_are_told_apart(void **state)
{
    struct fixture f;
    struct stat st, other;
    begin(&f);
    write_dump(f.dump, "here", &st);
    other = st;
    other.st_ino++;
    map(&f, PID + 1, CODE, "//anon", NULL);
    map(&f, PID + 1, DUMP, f.dump, &other);
    map(&f, PID, CODE, "//anon", NULL);
    map(&f, PID, DUMP, f.dump, &st);
    assert_string_equal(name_at(&f, PID, CODE), "here");
    assert_string_equal(name_at(&f, PID + 1, CODE), "[perf-2000000011.map]");
    end(&f);
}

static void a_forked_process_has_what_was_compiled_by_then(void **state)
{
    struct fixture f;
    struct stat st;
    begin(&f);
    f.session.monotonic = true;
    assert_int_equal(resolver_begin(f.resolver, &f.session, 0, NULL), 0);
    write_dump(f.dump, "compiled", &st);
    map(&f, PID, CODE, "//anon", NULL);
    map(&f, PID, DUMP, f.dump, &st);
    fork_process(&f, PID + 1, PID, 5);
    fork_process(&f, PID + 2, PID, 15);
    assert_string_equal(name_at_time(&f, PID + 2, CODE, 20), "compiled");
    assert_string_equal(name_at_time(&f, PID, CODE, 20), "compiled");
    assert_string_not_equal(name_at_time(&f, PID + 1, CODE, 20), "compiled");
    end(&f);
}

static void a_fifo_in_place_of_a_dump_is_not_waited_for(void **state)
{
    struct fixture f;
    begin(&f);
    assert_int_equal(mkfifo(f.dump, 0600), 0);
    map(&f, PID, CODE, "//anon", NULL);
    alarm(60);
    map(&f, PID, DUMP, f.dump, NULL);
    alarm(0);
    assert_string_equal(name_at(&f, PID, CODE), "[perf-2000000010.map]");
    end(&f);
}

RUN_TESTS(TEST(a_dump_names_the_code_of_who_maps_it), TEST(a_dump_that_was_replaced_names_nothing),
          TEST(dumps_of_one_name_are_told_apart),
          TEST(a_forked_process_has_what_was_compiled_by_then),
          TEST(a_fifo_in_place_of_a_dump_is_not_waited_for))

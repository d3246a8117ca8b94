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

/* A resolver of a recording of this machine, and a folder with a dump and with maps under tmp, if
 * they are written. */
struct fixture {
    struct stacks *stacks;
    struct resolver *resolver;
    struct perf_session session;
    char folder[64], dump[96];
};

static void begin_with(struct fixture *f, bool symfs, bool compat)
{
    *f = (struct fixture){.folder = "/tmp/perflame-test-XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->dump, sizeof f->dump, "%s/jit-1.dump", f->folder);
    struct resolve_options options = {
        .symfs = symfs ? f->folder : NULL, .buildid_dir = "/nonexistent", .perf_compat = compat};
    f->stacks = stacks_new();
    assert_int_equal(resolver_new(&f->resolver, f->stacks, &options, NULL), 0);
    session_here(&f->session);
    assert_int_equal(resolver_begin(f->resolver, &f->session, 0, NULL), 0);
}

static void begin(struct fixture *f)
{
    begin_with(f, false, false);
}

/* Writes the map of a process where --symfs finds it; NULL removes it. */
static void write_map(struct fixture *f, uint32_t pid, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/tmp", f->folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/tmp/perf-%u.map", f->folder, (unsigned)pid);
    unlink(path);
    FILE *file = text ? fopen(path, "w") : NULL;
    assert_true(!text || (file && fputs(text, file) >= 0 && fclose(file) == 0));
}

static void end(struct fixture *f)
{
    char path[128];
    for (uint32_t pid = PID; pid < PID + 4; pid++)
        write_map(f, pid, NULL);
    snprintf(path, sizeof path, "%s/tmp", f->folder);
    rmdir(path);
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

/* Workers that are forked from a master with its compiler's memory, and compile on in it. */
static void a_forked_process_has_a_map_of_its_own(void **state)
{
    for (int compat = 0; compat < 2; compat++) {
        struct fixture f;
        begin_with(&f, true, compat);
        write_map(&f, PID, "40000 40 of_master\n40100 20 shared\n50000 20 later_of_master\n");
        write_map(&f, PID + 1, "40000 40 of_worker\n");
        write_map(&f, PID + 3, "40000 40 of_third\n");
        map(&f, PID, CODE, "//anon", NULL);
        for (uint32_t i = 1; i < 4; i++)
            fork_process(&f, PID + i, PID + (i == 3 ? 1 : 0), i);
        map(&f, PID + 2, 0x50000, "//anon", NULL);
        const char *worker = compat ? "of_master" : "of_worker";
        assert_string_equal(name_at(&f, PID, CODE), "of_master");
        assert_string_equal(name_at(&f, PID + 1, CODE), worker);
        assert_string_equal(name_at(&f, PID + 1, CODE + 0x100), "shared");
        assert_string_equal(name_at(&f, PID + 2, CODE), "of_master"); /* it left no map */
        assert_string_equal(name_at(&f, PID + 2, 0x50000), "[perf-2000000012.map]");
        assert_string_equal(name_at(&f, PID + 3, CODE), compat ? "of_master" : "of_third");
        assert_string_equal(name_at(&f, PID + 3, CODE + 0x100), "shared");
        end(&f);
    }
}

static void code_that_is_mapped_twice_is_named_by_the_map_of_its_process(void **state)
{
    static const char path[] = "/memfd:doublemapper (deleted)";
    for (int compat = 0; compat < 2; compat++) {
        struct fixture f;
        begin_with(&f, true, compat);
        write_map(&f, PID, "40000 20 compiled\n");
        map(&f, PID, CODE, path, NULL);
        assert_string_equal(name_at(&f, PID, CODE), compat ? "[memfd:doublemapper]" : "compiled");
        end(&f);
    }
}

/* Of runc, say. */
static void a_program_in_memory_is_a_file(void **state)
{
    static const char path[] = "/memfd:copy (deleted)";
    struct fixture f;
    begin_with(&f, true, false);
    f.session.ids[f.session.id_count++] =
        (struct perf_build_id){.path = path, .size = 20, .bytes = {1}};
    assert_int_equal(resolver_begin(f.resolver, &f.session, 0, NULL), 0);
    write_map(&f, PID, "40000 20 compiled\n");
    map(&f, PID, CODE, path, NULL);
    assert_string_equal(name_at(&f, PID, CODE), "[memfd:copy]");
    end(&f);
}

RUN_TESTS(TEST(a_dump_names_the_code_of_who_maps_it), TEST(a_dump_that_was_replaced_names_nothing),
          TEST(dumps_of_one_name_are_told_apart),
          TEST(a_forked_process_has_what_was_compiled_by_then),
          TEST(code_that_is_mapped_twice_is_named_by_the_map_of_its_process),
          TEST(a_program_in_memory_is_a_file), TEST(a_forked_process_has_a_map_of_its_own),
          TEST(a_fifo_in_place_of_a_dump_is_not_waited_for))

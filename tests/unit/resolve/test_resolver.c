/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "resolve/narrow_vdso.h"
#include "resolve/resolver.h"
#include "session_fake.h"

#define KERNEL_START 0xffffffff81000000u
#define GARBAGE      0x4242424242u

/* A resolver with process 2000000010, a number that no process has: code of /bin/x at 0x1000 to
 * 0x9000, of /lib/y.so from 0x20000 on, data behind it; and the kernel. */
struct fixture {
    struct stacks *stacks;
    struct resolver *resolver;
    struct perf_session session;
    char folder[64];
    char kallsyms[96];
};

static void tell(struct fixture *f, struct perf_record record)
{
    assert_int_equal(resolver_record(f->resolver, &record, NULL), 0);
}

static void map(struct fixture *f, uint32_t pid, uint64_t start, uint64_t size, uint64_t offset,
                const char *path, uint32_t protection)
{
    struct perf_record record = {.type = PERF_RECORD_MMAP2, .misc = PERF_CPUMODE_USER, .pid = pid};
    record.tid = pid;
    record.mmap.start = start;
    record.mmap.size = size;
    record.mmap.file_offset = offset;
    record.mmap.protection = protection;
    record.mmap.path = path;
    record.mmap.path_length = strlen(path);
    if (strcmp(path, "[kernel.kallsyms]_text") == 0 || strstr(path, ".ko"))
        record.misc = PERF_CPUMODE_KERNEL;
    tell(f, record);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void begin(struct fixture *f, bool compat, bool addresses)
{
    *f = (struct fixture){.folder = "/tmp/perflame-test-XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->kallsyms, sizeof f->kallsyms, "%s/kallsyms", f->folder);
    write_text(f->kallsyms, "ffffffff81000000 T _text\nffffffff81000100 T do_work\n"
                            "ffffffff81000200 t helper\nffffffffc0001000 t mod_f\t[snd_pcm]\n");
    struct resolve_options options = {
        .symfs = f->folder,
        .kallsyms = f->kallsyms,
        .buildid_dir = "/nonexistent",
        .perf_compat = compat,
        .addresses = addresses,
    };
    f->stacks = stacks_new();
    assert_int_equal(resolver_new(&f->resolver, f->stacks, &options, NULL), 0);
    session_here(&f->session);
    assert_int_equal(resolver_begin(f->resolver, &f->session, 0, NULL), 0);
    map(f, (uint32_t)-1, KERNEL_START, 0x1000000, KERNEL_START, "[kernel.kallsyms]_text",
        PROT_EXEC);
    map(f, (uint32_t)-1, 0xffffffffc0001000u, 0x1000, 0, "/lib/modules/6/snd-pcm.ko.xz", PROT_EXEC);
    map(f, 2000000010, 0x1000, 0x8000, 0x4000, "/bin/x", PROT_READ | PROT_EXEC);
    map(f, 2000000010, 0x20000, 0x1000, 0, "/lib/y.so (deleted)", PROT_READ | PROT_EXEC);
    map(f, 2000000010, 0x30000, 0x1000, 0, "/lib/y.so", PROT_READ);
    map(f, 2000000010, 0x40000, 0x1000, 0, "//anon", PROT_READ | PROT_EXEC);
}

static void end(struct fixture *f)
{
    char path[128];
    resolver_free(f->resolver);
    stacks_free(f->stacks);
    unlink(f->kallsyms);
    snprintf(path, sizeof path, "%s/tmp/perf-2000000010.map", f->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/tmp", f->folder);
    rmdir(path);
    rmdir(f->folder);
}

static struct resolved_stack sample(struct fixture *f, uint32_t pid, const uint64_t *chain,
                                    uint32_t count)
{
    struct perf_record record = {.type = PERF_RECORD_SAMPLE, .misc = PERF_CPUMODE_USER};
    record.pid = record.tid = pid;
    record.sample.fields = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN;
    record.sample.callchain = (struct perf_words){(const uint8_t *)chain, count, false};
    struct resolved_stack stack;
    assert_int_equal(resolver_stack(f->resolver, &record, &stack, NULL), 0);
    return stack;
}

/* Root first, joined by ';'. */
static const char *text_of(struct fixture *f, uint32_t part)
{
    static char text[1024];
    struct stacks_part places = stacks_part_at(f->stacks, part);
    text[0] = '\0';
    for (uint32_t i = places.count; i-- > 0;) {
        const struct resolved_frame *frame;
        assert_int_equal(resolver_name(f->resolver, places.places[i], &frame, NULL), 1);
        strncat(text, frame->name, sizeof text - strlen(text) - 2);
        if (i)
            strcat(text, ";");
    }
    return text;
}

#define SAMPLE(f, ...)                                                                             \
    sample(f, 2000000010, (const uint64_t[]){__VA_ARGS__},                                         \
           sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void a_chain_has_a_kernel_and_a_user_part(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct resolved_stack stack =
        SAMPLE(&f, PERF_CONTEXT_KERNEL, KERNEL_START + 0x210, KERNEL_START + 0x180,
               0xffffffffc0001010u, PERF_CONTEXT_USER, 0x1010, 0x20050, 0x1020);
    assert_string_equal(text_of(&f, stack.kernel_part), "mod_f;do_work;helper");
    assert_string_equal(text_of(&f, stack.user_part), "[x];[y.so];[x]");
    assert_false(stack.broken);
    end(&f);
}

static void only_return_addresses_are_taken_back_by_one(void **state)
{
    struct fixture f, raw;
    begin(&f, false, false);
    begin(&raw, true, false);
    /* helper begins at 0x200: as a return address it belongs to what ends there. */
    uint64_t chain[] = {PERF_CONTEXT_KERNEL, KERNEL_START + 0x200, KERNEL_START + 0x200};
    struct resolved_stack stack = sample(&f, 2000000010, chain, 3);
    assert_string_equal(text_of(&f, stack.kernel_part), "do_work;helper");
    stack = sample(&raw, 2000000010, chain, 3);
    assert_string_equal(text_of(&raw, stack.kernel_part), "helper;helper");
    stack = SAMPLE(&f, PERF_CONTEXT_KERNEL, KERNEL_START, PERF_CONTEXT_USER, 0x1000, 0x9000);
    struct stacks_part part = stacks_part_at(f.stacks, stack.user_part);
    assert_int_equal(stacks_place_at(f.stacks, part.places[0]).offset, 0x4000);
    assert_int_equal(stacks_place_at(f.stacks, part.places[1]).offset, 0xbfff);
    end(&f);
    end(&raw);
}

static void a_chain_ends_at_the_first_garbage(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, 0x1020, GARBAGE, 0x1030);
    assert_string_equal(text_of(&f, stack.user_part), "[x];[x]");
    assert_true(stack.broken);
    stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, 0x30010, 0x1030); /* data is no code */
    assert_string_equal(text_of(&f, stack.user_part), "[x]");
    assert_true(stack.broken);
    end(&f);
}

static void a_leaf_in_no_mapping_is_no_garbage(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, GARBAGE, 0x1030);
    assert_string_equal(text_of(&f, stack.user_part), "[x];[unknown]");
    assert_false(stack.broken);
    stack = SAMPLE(&f, PERF_CONTEXT_USER, GARBAGE, 0x1030, GARBAGE, 0x1030);
    assert_string_equal(text_of(&f, stack.user_part), "[x];[unknown]");
    assert_true(stack.broken);
    stack = SAMPLE(&f, PERF_CONTEXT_USER, GARBAGE, GARBAGE, 0x1030);
    assert_string_equal(text_of(&f, stack.user_part), "[unknown]");
    assert_false(stack.broken);
    end(&f);
}

static void a_zero_or_a_leaf_alone_is_no_broken_chain(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, 0x1020, 0);
    assert_string_equal(text_of(&f, stack.user_part), "[x];[x]");
    assert_false(stack.broken);
    stack = SAMPLE(&f, PERF_CONTEXT_KERNEL, KERNEL_START + 0x210, PERF_CONTEXT_USER, GARBAGE);
    assert_string_equal(text_of(&f, stack.kernel_part), "helper");
    assert_string_equal(text_of(&f, stack.user_part), "[unknown]");
    assert_false(stack.broken);
    end(&f);
}

static void compat_keeps_every_garbage_address_as_one_place(void **state)
{
    struct fixture f;
    begin(&f, true, false);
    struct resolved_stack stack =
        SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, GARBAGE, 0, GARBAGE + 1, 0x30010, 0x1030);
    assert_string_equal(text_of(&f, stack.user_part),
                        "[x];[y.so];[unknown];[unknown];[unknown];[x]");
    assert_false(stack.broken);
    struct stacks_part part = stacks_part_at(f.stacks, stack.user_part);
    assert_int_equal(part.places[1], part.places[2]);
    assert_int_equal(part.places[1], part.places[3]);
    end(&f);
}

static void an_unknown_marker_ends_the_chain(void **state)
{
    struct fixture f, raw;
    begin(&f, false, false);
    begin(&raw, true, false);
    uint64_t chain[] = {
        PERF_CONTEXT_KERNEL, KERNEL_START + 0x110, PERF_CONTEXT_USER, 0x1010, UINT64_MAX, 0x1020};
    struct resolved_stack stack = sample(&f, 2000000010, chain, 6);
    assert_string_equal(text_of(&f, stack.kernel_part), "do_work");
    assert_string_equal(text_of(&f, stack.user_part), "[x]");
    assert_true(stack.broken);
    stack = sample(&raw, 2000000010, chain, 6); /* perf drops all of it */
    assert_int_equal(stack.kernel_part, 0);
    assert_int_equal(stack.user_part, 0);
    end(&f);
    end(&raw);
}

static void what_a_guest_runs_is_one_frame(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_GUEST_KERNEL, KERNEL_START, 0x1010,
                                         PERF_CONTEXT_GUEST_USER, 0x1010);
    assert_string_equal(text_of(&f, stack.kernel_part), "[guest]");
    assert_int_equal(stack.user_part, 0);
    end(&f);
}

static void a_sample_without_chain_is_its_ip(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct perf_record record = {
        .type = PERF_RECORD_SAMPLE, .misc = PERF_CPUMODE_KERNEL, .pid = 2000000010};
    record.sample.ip = KERNEL_START + 0x200;
    struct resolved_stack stack;
    assert_int_equal(resolver_stack(f.resolver, &record, &stack, NULL), 0);
    assert_string_equal(text_of(&f, stack.kernel_part), "helper");
    record.misc = PERF_CPUMODE_USER;
    record.sample.ip = 0x1000;
    assert_int_equal(resolver_stack(f.resolver, &record, &stack, NULL), 0);
    assert_string_equal(text_of(&f, stack.user_part), "[x]");
    record.sample.ip = GARBAGE;
    record.pid = 77;
    assert_int_equal(resolver_stack(f.resolver, &record, &stack, NULL), 0);
    assert_string_equal(text_of(&f, stack.user_part), "[unknown]");
    assert_false(stack.broken);
    end(&f);
}

static void jit_code_is_named_by_the_map_of_its_process(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    char path[128];
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, 0x40020);
    snprintf(path, sizeof path, "%s/tmp", f.folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/tmp/perf-2000000010.map", f.folder);
    write_text(path, "40010 20 jit one\n");
    assert_string_equal(text_of(&f, stack.user_part), "jit one;[x]");
    stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x40800);
    assert_string_equal(text_of(&f, stack.user_part), "[perf-2000000010.map]");
    const struct resolved_frame *frame;
    uint32_t place = stacks_part_at(f.stacks, stack.user_part).places[0];
    assert_int_equal(resolver_name(f.resolver, place, &frame, NULL), 1);
    assert_int_equal(frame->kind, RESOLVE_JIT);
    assert_false(frame->named);
    assert_string_equal(frame->object, "perf-2000000010.map");
    end(&f);
}

static void tell_symbol(struct fixture *f, uint64_t address, uint16_t flags, const char *name)
{
    struct perf_record record = {.type = PERF_RECORD_KSYMBOL, .misc = PERF_CPUMODE_KERNEL};
    record.pid = record.tid = UINT32_MAX;
    record.ksymbol = (struct perf_ksymbol){.address = address,
                                           .size = 0x40,
                                           .kind = PERF_KSYMBOL_BPF,
                                           .flags = flags,
                                           .name = name,
                                           .name_length = strlen(name)};
    tell(f, record);
}

static void code_of_the_kernel_comes_and_goes(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    const uint64_t address = 0xffffffffc0200000u;
    tell_symbol(&f, address, 0, "bpf_prog_6deef7357e7b4530_one");
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_KERNEL, address + 0x3f);
    assert_string_equal(text_of(&f, stack.kernel_part), "bpf_prog_6deef7357e7b4530_one");
    const struct resolved_frame *frame;
    uint32_t place = stacks_part_at(f.stacks, stack.kernel_part).places[0];
    assert_int_equal(resolver_name(f.resolver, place, &frame, NULL), 1);
    assert_int_equal(frame->kind, RESOLVE_KERNEL);
    assert_string_equal(frame->object, "[bpf]");
    stack = SAMPLE(&f, PERF_CONTEXT_KERNEL, address + 0x40);
    assert_string_equal(text_of(&f, stack.kernel_part), "[kernel.kallsyms]");
    tell_symbol(&f, address, PERF_KSYMBOL_UNREGISTER, "bpf_prog_6deef7357e7b4530_one");
    stack = SAMPLE(&f, PERF_CONTEXT_KERNEL, address + 0x3f);
    assert_string_equal(text_of(&f, stack.kernel_part), "[kernel.kallsyms]");
    tell_symbol(&f, address, 0, "bpf_trampoline_7");
    stack = SAMPLE(&f, PERF_CONTEXT_KERNEL, address + 0x3f);
    assert_string_equal(text_of(&f, stack.kernel_part), "bpf_trampoline_7");
    end(&f);
}

static void the_unresolved_have_addresses_if_asked(void **state)
{
    struct fixture f;
    begin(&f, false, true);
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, 0x20050);
    assert_string_equal(text_of(&f, stack.user_part), "y.so+0x4f;x+0x4010");
    stack = SAMPLE(&f, PERF_CONTEXT_USER, GARBAGE);
    assert_string_equal(text_of(&f, stack.user_part), "[unknown]");
    end(&f);
}

static void a_place_is_the_same_wherever_it_is_mapped(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    map(&f, 20, 0x771000, 0x8000, 0x4000, "/bin/x", PROT_EXEC);
    uint64_t one[] = {PERF_CONTEXT_USER, 0x1010}, other[] = {PERF_CONTEXT_USER, 0x771010};
    assert_int_equal(sample(&f, 2000000010, one, 2).user_part, sample(&f, 20, other, 2).user_part);
    end(&f);
}

static void a_chain_is_read_anew_where_something_was_mapped(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    for (int i = 0; i < 2; i++) { /* the second time it is known */
        struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, 0x60010, 0x1010);
        assert_string_equal(text_of(&f, stack.user_part), "[x]");
        assert_true(stack.broken);
    }
    map(&f, 2000000010, 0x60000, 0x1000, 0, "/lib/z.so", PROT_EXEC);
    for (int i = 0; i < 2; i++) {
        struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x1010, 0x60010, 0x1010);
        assert_string_equal(text_of(&f, stack.user_part), "[x];[z.so];[x]");
        assert_false(stack.broken);
    }
    end(&f);
}

static void the_cache_follows_changes_of_the_space(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    uint64_t chain[] = {PERF_CONTEXT_USER, 0x1010};
    assert_string_equal(text_of(&f, sample(&f, 2000000010, chain, 2).user_part), "[x]");
    map(&f, 2000000010, 0x1000, 0x1000, 0, "/lib/z.so", PROT_EXEC);
    assert_string_equal(text_of(&f, sample(&f, 2000000010, chain, 2).user_part), "[z.so]");
    struct perf_record comm = {.type = PERF_RECORD_COMM, .pid = 2000000010, .tid = 2000000010};
    comm.comm = (struct perf_comm){"new", 3, true};
    tell(&f, comm);
    assert_string_equal(text_of(&f, sample(&f, 2000000010, chain, 2).user_part), "[unknown]");
    map(&f, 2000000010, 0x1000, 0x1000, 0, "/bin/new", PROT_EXEC);
    assert_string_equal(text_of(&f, sample(&f, 2000000010, chain, 2).user_part), "[new]");
    assert_string_equal(resolver_comm(f.resolver, 2000000010, 2000000010), "new");
    assert_string_equal(resolver_comm(f.resolver, 0, 0), "swapper");
    assert_string_equal(resolver_comm(f.resolver, 5, 5), "");
    end(&f);
}

/* Why the leaf of a part has no name. */
static const char *trouble_of(struct fixture *f, uint32_t part)
{
    uint32_t place = stacks_part_at(f->stacks, part).places[0];
    return resolver_object_trouble(f->resolver, stacks_place_at(f->stacks, place).object);
}

static void a_recording_that_names_no_machine_is_not_called_anothers(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    f.session.facts.hostname = NULL;
    struct resolve_options options = {.buildid_dir = "/nonexistent"};
    resolver_free(f.resolver);
    assert_int_equal(resolver_new(&f.resolver, f.stacks, &options, NULL), 0);
    assert_int_equal(resolver_begin(f.resolver, &f.session, 0, NULL), 0);
    map(&f, 2000000010, 0x1000, 0x80000, 0, "/usr/bin/env", PROT_EXEC);
    map(&f, 2000000010, 0x100000, 0x80000, 0, "//anon", PROT_EXEC);
    map(&f, (uint32_t)-1, KERNEL_START, 0x1000000, KERNEL_START, "[kernel.kallsyms]_text", 4);
    struct resolved_stack stack =
        SAMPLE(&f, PERF_CONTEXT_KERNEL, KERNEL_START + 5, PERF_CONTEXT_USER, 0x3000, 0x103000);
    assert_string_equal(text_of(&f, stack.user_part), "[perf-2000000010.map];[env]");
    assert_string_equal(text_of(&f, stack.kernel_part), "[kernel.kallsyms]");
    const char *why = "neither build id nor machine recorded";
    assert_string_equal(trouble_of(&f, stack.user_part), why);
    assert_string_equal(trouble_of(&f, stack.kernel_part), why);
    stack = SAMPLE(&f, PERF_CONTEXT_USER, 0x103000);
    (void)text_of(&f, stack.user_part);
    assert_string_equal(trouble_of(&f, stack.user_part), why);
    end(&f);
}

static void files_of_another_machine_give_no_names(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct perf_build_id id = {.path = "/usr/bin/env", .size = 20, .bytes = {1, 2, 3}};
    f.session.ids[f.session.id_count++] = id;
    f.session.facts.hostname = "elsewhere";
    struct resolve_options options = {.buildid_dir = "/nonexistent"};
    resolver_free(f.resolver);
    assert_int_equal(resolver_new(&f.resolver, f.stacks, &options, NULL), 0);
    assert_int_equal(resolver_begin(f.resolver, &f.session, 0, NULL), 0);
    map(&f, 2000000010, 0x1000, 0x80000, 0, "/usr/bin/env", PROT_EXEC);
    map(&f, 2000000010, 0x100000, 0x80000, 0, "/bin/sh", PROT_EXEC);
    map(&f, (uint32_t)-1, KERNEL_START, 0x1000000, KERNEL_START, "[kernel.kallsyms]_text", 4);
    struct resolved_stack stack =
        SAMPLE(&f, PERF_CONTEXT_KERNEL, KERNEL_START + 5, PERF_CONTEXT_USER, 0x3000, 0x103000);
    assert_string_equal(text_of(&f, stack.kernel_part), "[kernel.kallsyms]");
    assert_string_equal(text_of(&f, stack.user_part), "[sh];[env]");
    assert_string_equal(trouble_of(&f, stack.kernel_part), "recorded elsewhere, without build id");
    assert_string_equal(trouble_of(&f, stack.user_part), "recorded elsewhere");
    uint32_t place = stacks_part_at(f.stacks, stack.user_part).places[0];
    uint32_t object = stacks_place_at(f.stacks, place).object;
    assert_string_equal(resolver_object_path(f.resolver, object), "/usr/bin/env");
    CLEANUP(buffer_done) struct buffer text = {0};
    resolver_object_remedy(f.resolver, object, &text);
    assert_non_null(strstr(buffer_string(&text), "perf archive"));
    buffer_clear(&text);
    resolver_object_build_id(f.resolver, object, &text);
    assert_string_equal(buffer_string(&text), "0102030000000000000000000000000000000000");
    assert_int_equal(resolver_breaks_off(f.resolver, stack.user_part, NULL), 0); /* who knows */
    assert_int_equal(resolver_breaks_off(f.resolver, 0, NULL), 0);
    end(&f);
}

/* True if there are names in what was mapped on this machine, recorded without a build id. */
static bool has_name_at(uint64_t start, const char *path, const struct stat *mapped,
                        int64_t recorded_until)
{
    struct fixture f;
    begin(&f, false, false);
    struct resolve_options options = {.buildid_dir = "/nonexistent", .no_inline = true};
    resolver_free(f.resolver);
    assert_int_equal(resolver_new(&f.resolver, f.stacks, &options, NULL), 0);
    assert_int_equal(resolver_begin(f.resolver, &f.session, recorded_until, NULL), 0);
    struct perf_record record = {
        .type = PERF_RECORD_MMAP2, .misc = PERF_CPUMODE_USER, .pid = 2000000010};
    record.mmap =
        (struct perf_mmap){.start = start, .size = UINT64_C(1) << 40, .protection = PROT_EXEC};
    record.mmap.maj = major(mapped->st_dev);
    record.mmap.min = minor(mapped->st_dev);
    record.mmap.inode = mapped->st_ino;
    record.mmap.path = path;
    record.mmap.path_length = strlen(path);
    tell(&f, record);
    const struct resolved_frame *frame;
    bool named = false;
    for (uint64_t at = 0x100; at < 0x4000; at += 16) {
        uint32_t part = SAMPLE(&f, PERF_CONTEXT_USER, start + at).user_part;
        uint32_t place = stacks_part_at(f.stacks, part).places[0];
        assert_int_equal(resolver_name(f.resolver, place, &frame, NULL), 1);
        named |= frame->named;
    }
    end(&f);
    return named;
}

static void a_32_bit_programs_vdso_is_not_named_by_ours(void **state)
{
    if (!getauxval(AT_SYSINFO_EHDR) || sizeof(void *) < 8)
        skip();
    const struct stat none = {0};
    assert_true(has_name_at(0x7ffff7fc1000u, "[vdso]", &none, 0));
    CLEANUP(buffer_done) struct buffer image = {0}; /* empty, if the kernel does not give it */
    assert_int_equal(narrow_vdso_read(&image), 0);
    assert_true(has_name_at(0xf7f6a000u, "[vdso]", &none, 0) == (image.size > 0));
}

/* perf lists it by a name that no mapping has. */
static void a_32_bit_programs_vdso_is_known_by_its_own_build_id(void **state)
{
    if (sizeof(void *) < 8)
        skip();
    struct fixture f;
    begin(&f, false, false);
    map(&f, 2000000010, 0xf7f6a000u, 0x2000, 0, "[vdso]", PROT_EXEC);
    uint32_t bare = SAMPLE(&f, PERF_CONTEXT_USER, 0xf7f6a5e7u).user_part;
    assert_string_equal(text_of(&f, bare), "[vdso32]");
    assert_string_equal(trouble_of(&f, bare), "in no file");
    f.session.ids[f.session.id_count++] =
        (struct perf_build_id){.path = "[vdso]", .size = 20, .bytes = {64}};
    f.session.ids[f.session.id_count++] =
        (struct perf_build_id){.path = "[vdso32]", .size = 20, .bytes = {0x32}};
    assert_int_equal(resolver_begin(f.resolver, &f.session, 0, NULL), 0);
    map(&f, 2000000010, 0xf7f6a000u, 0x2000, 0, "[vdso]", PROT_EXEC);
    struct resolved_stack stack = SAMPLE(&f, PERF_CONTEXT_USER, 0xf7f6a5e7u);
    assert_string_equal(text_of(&f, stack.user_part), "[vdso32]");
    CLEANUP(buffer_done) struct buffer text = {0};
    uint32_t place = stacks_part_at(f.stacks, stack.user_part).places[0];
    resolver_object_build_id(f.resolver, stacks_place_at(f.stacks, place).object, &text);
    assert_string_equal(buffer_string(&text), "3200000000000000000000000000000000000000");
    end(&f);
}

static void without_build_id_a_file_must_be_unchanged(void **state)
{
    char path[256];
    struct stat st;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(length > 0);
    path[length] = '\0';
    assert_int_equal(stat(path, &st), 0);
    const struct stat none = {0};
    struct stat other = st, away = st;
    other.st_ino++;
    away.st_dev = makedev(0, 12345);
    /* A minute from now: perf links what it records into its cache, which changes the file's ctime,
     * and it may record this test, system wide. */
    const int64_t later = time(NULL) + 60;
    assert_true(has_name_at(0, path, &st, 0));
    assert_true(has_name_at(0, path, &none, later));
    assert_false(has_name_at(0, path, &other, later));
    assert_true(has_name_at(0, path, &st, st.st_mtime));
    assert_false(has_name_at(0, path, &st, st.st_mtime - 1));
    /* Of another file system, unless ours is of those that tell several devices. */
    assert_true(has_name_at(0, path, &away, later) == (major(st.st_dev) == 0));
}

static void hostile_records_are_survived(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    map(&f, 2000000010, UINT64_MAX, UINT64_MAX, UINT64_MAX, "", PROT_EXEC);
    map(&f, 2000000010, 0, UINT64_MAX, UINT64_MAX, "/../../x", PROT_EXEC);
    map(&f, (uint32_t)-1, 0, UINT64_MAX, UINT64_MAX, "x.ko", PROT_EXEC);
    map(&f, (uint32_t)-1, 0, 0, 0, "-.ko.ko", PROT_EXEC);
    struct perf_record fork = {.type = PERF_RECORD_FORK, .pid = 2000000010, .tid = 2000000010};
    fork.task = (struct perf_task){2000000010, 2000000010};
    tell(&f, fork);
    fork.pid = fork.tid = UINT32_MAX;
    tell(&f, fork);
    fork.type = PERF_RECORD_EXIT;
    tell(&f, fork);
    tell(&f, fork);
    struct resolved_stack stack = SAMPLE(&f, 0, UINT64_MAX - 4095, PERF_CONTEXT_USER,
                                         PERF_CONTEXT_USER, PERF_CONTEXT_KERNEL, 0, 1);
    (void)text_of(&f, stack.kernel_part);
    (void)text_of(&f, stack.user_part);
    end(&f);
}

/* Everything once: a recording, a mapping, a sample, a name. Returns 0 or the first error. */
static int run_once(struct fixture *f, const struct resolve_options *options)
{
    CLEANUP(stacks_cleanup) struct stacks *stacks = stacks_new();
    CLEANUP(resolver_cleanup) struct resolver *resolver = NULL;
    if (!stacks)
        return -PFL_ERROR_MEMORY;
    struct perf_record map_record = {.type = PERF_RECORD_MMAP, .misc = PERF_CPUMODE_USER, .pid = 3};
    map_record.mmap = (struct perf_mmap){.start = 0x1000, .size = 0x80000, .protection = PROT_EXEC};
    map_record.mmap.path = "/proc/self/exe";
    map_record.mmap.path_length = strlen(map_record.mmap.path);
    struct perf_record comm = {.type = PERF_RECORD_COMM, .pid = 3, .tid = 3};
    comm.comm = (struct perf_comm){"name", 4, false};
    struct perf_record fork = {.type = PERF_RECORD_FORK, .pid = 4, .tid = 4};
    fork.task = (struct perf_task){3, 3};
    const uint64_t chain[] = {PERF_CONTEXT_KERNEL, KERNEL_START + 0x110, PERF_CONTEXT_USER, 0x2000};
    struct perf_record taken = {.type = PERF_RECORD_SAMPLE, .pid = 4, .tid = 4};
    taken.sample.fields = PERF_SAMPLE_CALLCHAIN;
    taken.sample.callchain = (struct perf_words){(const uint8_t *)chain, 4, false};
    struct resolved_stack stack;
    const struct resolved_frame *frame;
    int r = resolver_new(&resolver, stacks, options, NULL);
    r = r < 0 ? r : resolver_begin(resolver, &f->session, 0, NULL);
    r = r < 0 ? r : resolver_record(resolver, &comm, NULL);
    r = r < 0 ? r : resolver_record(resolver, &map_record, NULL);
    r = r < 0 ? r : resolver_record(resolver, &fork, NULL);
    map_record.pid = 4;
    map_record.mmap.start = 0x100000;
    r = r < 0 ? r : resolver_record(resolver, &map_record, NULL);
    r = r < 0 ? r : resolver_stack(resolver, &taken, &stack, NULL);
    for (uint32_t i = 0; r >= 0 && i < stacks_place_count(stacks); i++)
        r = resolver_name(resolver, i, &frame, NULL);
    return r < 0 ? r : 0;
}

static void without_memory_there_is_an_error_and_nothing_worse(void **state)
{
    struct fixture f;
    begin(&f, false, false);
    struct resolve_options options = {.kallsyms = f.kallsyms};
    long n = 0;
    int r;
    do {
        mem_fail_after(n++);
        r = run_once(&f, &options);
        mem_fail_after(-1);
        assert_true(r == 0 || r == -PFL_ERROR_MEMORY);
    } while (r < 0 && n < 10000);
    assert_int_equal(r, 0);
    assert_true(n > 20);
    end(&f);
}

RUN_TESTS(TEST(without_memory_there_is_an_error_and_nothing_worse),
          TEST(a_chain_has_a_kernel_and_a_user_part),
          TEST(only_return_addresses_are_taken_back_by_one),
          TEST(a_chain_ends_at_the_first_garbage), TEST(a_leaf_in_no_mapping_is_no_garbage),
          TEST(a_zero_or_a_leaf_alone_is_no_broken_chain),
          TEST(compat_keeps_every_garbage_address_as_one_place),
          TEST(an_unknown_marker_ends_the_chain), TEST(what_a_guest_runs_is_one_frame),
          TEST(a_sample_without_chain_is_its_ip), TEST(jit_code_is_named_by_the_map_of_its_process),
          TEST(code_of_the_kernel_comes_and_goes), TEST(the_unresolved_have_addresses_if_asked),
          TEST(a_place_is_the_same_wherever_it_is_mapped),
          TEST(a_chain_is_read_anew_where_something_was_mapped),
          TEST(the_cache_follows_changes_of_the_space),
          TEST(files_of_another_machine_give_no_names),
          TEST(a_recording_that_names_no_machine_is_not_called_anothers),
          TEST(a_32_bit_programs_vdso_is_not_named_by_ours),
          TEST(a_32_bit_programs_vdso_is_known_by_its_own_build_id),
          TEST(without_build_id_a_file_must_be_unchanged), TEST(hostile_records_are_survived))

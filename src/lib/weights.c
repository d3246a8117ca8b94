/* SPDX-License-Identifier: MIT */
#include "lib/weights.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "lib/input.h"

/* Registers of a function's first three arguments, as perf probe names them. */
struct registers {
    const char *arch, *first, *second;
};

/* lint: data table */
static const struct registers known_registers[] = {
    {"x86_64", "%di", "%si"},      {"aarch64", "%x0", "%x1"}, {"riscv64", "%a0", "%a1"},
    {"ppc64le", "%gpr3", "%gpr4"}, {"s390x", "%r2", "%r3"},
};

static const struct registers *registers_of(const struct input *input)
{
    for (size_t i = 0; i < sizeof known_registers / sizeof *known_registers; i++)
        if (input->arch && strcmp(known_registers[i].arch, input->arch) == 0)
            return &known_registers[i];
    return &known_registers[0];
}

/* A family whose probes tell too little, and the exact probes that would tell more. */
static int notice_missing(struct notice_list *list, const struct input *input, enum family number,
                          const struct weigher_family *family, struct pfl_error *err)
{
    const struct registers *registers = registers_of(input);
    const char *event = family->event ? family->event : "", *name = strchr(event, ':');
    char function[64];
    role_function_name(event, function, sizeof function);
    bool maps = number == FAMILY_MAPS;
    int r = 0;
    if (!name || (number != FAMILY_HEAP && !maps))
        return 0;
    if (!family->sized)
        r = notice_add(list, PFL_NOTICE_ALLOCATIONS, true, input->name, err,
                       "%s was recorded without the size, so calls are counted: "
                       "`perf probe -x LIBC '%s size=%s'`",
                       event, function, maps ? registers->second : registers->first);
    if (r == 0 && !family->returns)
        r = notice_add(list, PFL_NOTICE_ALLOCATIONS, true, input->name, err,
                       "%s was recorded without its return, so what is in use is not known: "
                       "`perf probe -x LIBC '%s%%return ret=$retval'`",
                       event, function);
    if (r == 0 && !family->frees)
        r = notice_add(list, PFL_NOTICE_ALLOCATIONS, true, input->name, err,
                       "no %s was recorded, so what is in use is not known: "
                       "`perf probe -x LIBC '%s ptr=%s%s%s'`",
                       maps ? "munmap" : "free", maps ? "munmap" : "free", registers->first,
                       maps ? " size=" : "", maps ? registers->second : "");
    if (r == 0 && family->walked)
        r = notice_add(list, PFL_NOTICE_ALLOCATIONS, true, input->name, err,
                       "at the entry of a function its caller is missing from a frame-pointer "
                       "chain: probe its return too, or record with `perf record --call-graph "
                       "dwarf`");
    return r;
}

/* Where over a tenth of the calls lack the function that the picture is asked for. */
static int notice_cxx(struct notice_list *list, const struct input *input, struct pfl_error *err)
{
    char share[NUMBER_SIZE];
    if (input->cxx_calls <= input->calls / 10)
        return 0;
    number_percent(share, (int64_t)input->cxx_calls, (int64_t)input->calls, 1);
    return notice_add(list, PFL_NOTICE_ALLOCATIONS, true, input->name, err,
                      "%s%% of the allocations are made in the C++ library, which has no frame "
                      "pointers, so the caller of operator new is missing: `perf probe -x %s "
                      "'_Znwm size=%s'` and `perf probe -x %s '_Znwm%%return ret=$retval'`, the "
                      "same of _Znam (new[]), or record with `perf record --call-graph dwarf`",
                      share, input->cxx_library, registers_of(input)->first, input->cxx_library);
}

static int notice_in_use(struct notice_list *list, const struct input *input,
                         const struct weigher_family *family, const char *name,
                         struct pfl_error *err)
{
    const struct book_counts *c = &family->counts;
    char amount[NUMBER_SIZE], share[NUMBER_SIZE];
    int r = 0;
    if (c->uncertain) {
        number_weight(amount, c->uncertain, "bytes");
        r = notice_add(list, PFL_NOTICE_UNCERTAIN, true, input->name, err,
                       "%s: %s were alive when records were lost that may have told of their end; "
                       "they are uncertain-bytes, not inuse-bytes: raise `perf record -m`",
                       name, amount);
    }
    if (r == 0 && c->frees_older)
        r = notice_add(list, PFL_NOTICE_ALLOCATIONS, false, input->name, err,
                       "%s: %" PRIu64 " block%s %s freed that had been allocated before the "
                       "recording, or by a function that was not recorded",
                       name, c->frees_older, plural(c->frees_older), were(c->frees_older));
    if (r == 0 && c->inuse && c->young) {
        number_percent(share, c->young, c->inuse, 1);
        r = notice_add(list, PFL_NOTICE_ALLOCATIONS, false, input->name, err,
                       "%s: %s%% of what is in use is younger than 500 ms: --older-than 500ms "
                       "leaves it out",
                       name, share);
    }
    return r;
}

static int notice_count(struct notice_list *list, const struct input *input, const char *family,
                        uint64_t count, const char *what, struct pfl_error *err)
{
    return count ? notice_add(list, PFL_NOTICE_ALLOCATIONS, false, input->name, err,
                              "%s: %" PRIu64 " %s", family, count, what)
                 : 0;
}

static int notice_family(struct notice_list *list, const struct input *input, enum family number,
                         const struct weigher_family *family, struct pfl_error *err)
{
    const struct book_counts *c = &family->counts;
    const struct {
        uint64_t count;
        const char *one, *many;
    } told[] = {
        {c->failed, "call failed and counts nothing", "calls failed and count nothing"},
        {c->nested, "call was made inside another allocator, which counts for it",
         "calls were made inside another allocator, which counts for them"},
        {c->unfinished, "call never returned", "calls never returned"},
        {c->unpaired, "return came of a call that was not recorded",
         "returns came of calls that were not recorded"},
        {c->frees_missed, "block was given out again without a free in between",
         "blocks were given out again without a free in between"},
        {c->frees_inherited, "block of its parent's was freed in a forked process",
         "blocks of its parent's were freed in a forked process"},
        {c->discarded, "block ended with exec", "blocks ended with exec"},
        {c->behind,
         "block of posix_memalign cannot be followed: its pointer was not recorded, so that it is "
         "not in use",
         "blocks of posix_memalign cannot be followed: their pointers were not recorded, so they "
         "are not in use"},
    };
    int r = notice_missing(list, input, number, family, err);
    if (r == 0 && number == FAMILY_HEAP)
        r = notice_cxx(list, input, err);
    if (r == 0 && family->sampled)
        r = notice_add(list, PFL_NOTICE_ALLOCATIONS, true, input->name, err,
                       "%s was sampled, so what is in use is not known: record with -c 1",
                       family_name(number));
    if (r == 0)
        r = notice_in_use(list, input, family, family_name(number), err);
    for (size_t i = 0; i < sizeof told / sizeof *told && r == 0; i++)
        r = notice_count(list, input, family_name(number), told[i].count,
                         told[i].count == 1 ? told[i].one : told[i].many, err);
    return r;
}

/* Fields of a tracepoint that could not be read, and what that means for its samples. */
static int notice_fields(struct notice_list *list, const struct input *input, uint32_t number,
                         const struct weigher *weigher, struct pfl_error *err)
{
    const struct input_event *event = &input->events[number];
    const struct format *format = weigher_format(weigher, number);
    char what[64] = "the fields";
    /* perf writes formats last. Which kernel has them, it tells first, if asked to. */
    bool lost = format->missing && !input->closed;
    if (!format->missing)
        snprintf(what, sizeof what, "%" PRIu32 " field%s", format->damaged,
                 plural(format->damaged));
    return notice_add(list, PFL_NOTICE_FIELDS, true, input->name, err,
                      "%s of %s could not be read, because %s: its %" PRIu64 " sample%s %s%s", what,
                      event->name,
                      format->missing ? "the recording lacks its format"
                                      : "its format in the recording is damaged",
                      event->samples, event->samples == 1 ? " is" : "s are",
                      !weigher_weighs(weigher, number) ? "not weighed"
                      : format->damaged == 1           ? "weighed without it"
                                                       : "weighed without them",
                      lost ? "; of what is recorded with `perf record --buildid-mmap`, the kernel "
                             "can tell it while it runs"
                           : "");
}

int notice_weights(struct notice_list *list, const struct input *input,
                   const struct weigher *weigher, struct pfl_error *err)
{
    const struct weigher_report *report = weigher_report(weigher);
    int r = 0;
    for (uint32_t i = 0; i < input->event_count && r == 0; i++) {
        const struct format *format = weigher_format(weigher, i);
        if ((format->damaged || format->missing) && input->events[i].samples &&
            weigher_wants(weigher, i))
            r = notice_fields(list, input, i, weigher, err);
    }
    for (enum family i = 0; i < FAMILY_COUNT && r == 0; i++)
        if (report->families[i].chosen)
            r = notice_family(list, input, i, &report->families[i], err);
    if (r == 0 && report->switches_without_ins)
        r = notice_add(list, PFL_NOTICE_NO_SWITCH_INS, true, input->name, err,
                       "sched_switch was %s, so the time waited is not known and switches are "
                       "counted: record with %s",
                       report->switches_sampled ? "sampled, not recorded each time"
                                                : "recorded of single tasks without switch-ins",
                       report->switches_sampled ? "-c 1 and no -F, and with -a"
                                                : "-a or --switch-events");
    if (r == 0 && report->waits.still)
        r = notice_add(list, PFL_NOTICE_WAITS, false, input->name, err,
                       "%" PRIu64 " wait%s had not ended: under [still waiting]",
                       report->waits.still, plural(report->waits.still));
    if (r == 0 && report->waits.lost)
        r = notice_add(list, PFL_NOTICE_WAITS, false, input->name, err,
                       "of %" PRIu64 " wait%s the end was lost, which counts nothing",
                       report->waits.lost, plural(report->waits.lost));
    if (r == 0 && report->negative)
        r = notice_add(list, PFL_NOTICE_WAITS, true, input->name, err,
                       "%" PRIu64 " sample%s a weight below zero, which counts nothing",
                       report->negative, report->negative == 1 ? " has" : "s have");
    return r;
}

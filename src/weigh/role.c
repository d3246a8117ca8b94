/* SPDX-License-Identifier: MIT */
/* Recognises events. The names of arguments are the user's (perf probe -x libc 'malloc size=%di'),
 * so each has several; unnamed ones are arg1, arg2, ... in the function's order. */
#include "weigh/role.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "weigh/pair.h"

#define PARAMETERS_MOST 3

enum parameter {
    PARAMETER_NONE,
    PARAMETER_SIZE,
    PARAMETER_COUNT,
    PARAMETER_POINTER,
    PARAMETER_OLD_SIZE,
    PARAMETER_OTHER
};

struct known_function {
    const char *name;
    enum role_function function;
    enum family family;
    enum parameter parameters[PARAMETERS_MOST];
};

/* lint: data table */
static const struct known_function known_functions[] = {
    {"malloc", FUNCTION_MALLOC, FAMILY_HEAP, {PARAMETER_SIZE}},
    {"valloc", FUNCTION_MALLOC, FAMILY_HEAP, {PARAMETER_SIZE}},
    {"pvalloc", FUNCTION_MALLOC, FAMILY_HEAP, {PARAMETER_SIZE}},
    {"Znw*", FUNCTION_MALLOC, FAMILY_HEAP, {PARAMETER_SIZE}},
    {"Zna*", FUNCTION_MALLOC, FAMILY_HEAP, {PARAMETER_SIZE}},
    {"calloc", FUNCTION_CALLOC, FAMILY_HEAP, {PARAMETER_COUNT, PARAMETER_SIZE}},
    {"realloc", FUNCTION_REALLOC, FAMILY_HEAP, {PARAMETER_POINTER, PARAMETER_SIZE}},
    {"reallocarray",
     FUNCTION_REALLOCARRAY,
     FAMILY_HEAP,
     {PARAMETER_POINTER, PARAMETER_COUNT, PARAMETER_SIZE}},
    {"aligned_alloc", FUNCTION_ALIGNED, FAMILY_HEAP, {PARAMETER_OTHER, PARAMETER_SIZE}},
    {"memalign", FUNCTION_ALIGNED, FAMILY_HEAP, {PARAMETER_OTHER, PARAMETER_SIZE}},
    {"posix_memalign",
     FUNCTION_POSIX_MEMALIGN,
     FAMILY_HEAP,
     {PARAMETER_OTHER, PARAMETER_OTHER, PARAMETER_SIZE}},
    {"free", FUNCTION_FREE, FAMILY_HEAP, {PARAMETER_POINTER}},
    {"cfree", FUNCTION_FREE, FAMILY_HEAP, {PARAMETER_POINTER}},
    {"Zdl*", FUNCTION_FREE, FAMILY_HEAP, {PARAMETER_POINTER}},
    {"Zda*", FUNCTION_FREE, FAMILY_HEAP, {PARAMETER_POINTER}},
    {"mmap", FUNCTION_MMAP, FAMILY_MAPS, {PARAMETER_POINTER, PARAMETER_SIZE}},
    {"mmap64", FUNCTION_MMAP, FAMILY_MAPS, {PARAMETER_POINTER, PARAMETER_SIZE}},
    {"munmap", FUNCTION_MUNMAP, FAMILY_MAPS, {PARAMETER_POINTER, PARAMETER_SIZE}},
    {"mremap",
     FUNCTION_MREMAP,
     FAMILY_MAPS,
     {PARAMETER_POINTER, PARAMETER_OLD_SIZE, PARAMETER_SIZE}},
    {"brk", FUNCTION_BRK, FAMILY_MAPS, {PARAMETER_POINTER}},
    {"sbrk", FUNCTION_SBRK, FAMILY_MAPS, {PARAMETER_SIZE}},
};

/* What people call an argument. */
/* lint: data table */
static const char *const argument_names[][12] = {
    [PARAMETER_NONE] = {NULL},
    [PARAMETER_SIZE] = {"size", "bytes", "sz", "len", "length", "nbytes", "new_len", "new_size",
                        "newsize", "increment", NULL},
    [PARAMETER_COUNT] = {"n", "nmemb", "count", "num", "nelem", "nr", "nelems", NULL},
    [PARAMETER_POINTER] = {"ptr", "p", "addr", "mem", "old", "oldptr", "pointer", "block", "start",
                           "brk", "address", NULL},
    [PARAMETER_OLD_SIZE] = {"old_len", "old_size", "oldsize", "oldlen", NULL},
    [PARAMETER_OTHER] = {NULL},
};
static const char *const result_names[] = {"ret", "retval", "arg1", "result",  "rval", "rc",
                                           "ptr", "p",      "addr", "pointer", NULL};

static const char *const family_names[] = {
    [FAMILY_HEAP] = "heap",   [FAMILY_MAPS] = "maps",     [FAMILY_SLAB] = "slab",
    [FAMILY_PAGES] = "pages", [FAMILY_FAULTS] = "faults",
};

const char *family_name(enum family family)
{
    return family_names[family];
}

enum family family_named(const char *name)
{
    enum family family = 0;
    while (family < FAMILY_COUNT && strcmp(family_names[family], name) != 0)
        family++;
    return family;
}

static bool strip_start(const char **text, const char *start)
{
    size_t length = strlen(start);
    if (strncmp(*text, start, length) != 0)
        return false;
    *text += length;
    return true;
}

static bool strip_end(char *text, const char *end)
{
    size_t length = strlen(text), size = strlen(end);
    if (length <= size || strcmp(text + length - size, end) != 0)
        return false;
    text[length - size] = '\0';
    return true;
}

void role_function_name(const char *event, char *name, size_t size)
{
    /* perf numbers the probes of one name: malloc_1. */
    static const char *const starts[] = {"sys_enter_", "sys_exit_", "__GI_", "__libc_", "libc_",
                                         "je_",        "tc_",       "mi_",   "_"};
    static const char *const ends[] = {"__return", "_return", "_ret", "_exit",
                                       "_entry",   "_enter",  "_"};
    const char *colon = strchr(event, ':');
    const char *at = colon ? colon + 1 : event;
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
            more = more || strip_start(&at, starts[i]);
    }
    size_t length = strcspn(at, ":");
    length = length < size - 1 ? length : size - 1;
    memcpy(name, at, length);
    name[length] = '\0';
    do {
        more = false;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            more = more || strip_end(name, ends[i]);
        char *last = name + strlen(name);
        while (last > name && last[-1] >= '0' && last[-1] <= '9')
            last--;
        if (*last && last > name && last[-1] == '_') {
            last[-1] = '\0';
            more = true;
        }
    } while (more);
}

static const struct known_function *function_known(const char *name)
{
    for (size_t i = 0; i < sizeof known_functions / sizeof *known_functions; i++) {
        const char *known = known_functions[i].name;
        size_t length = strlen(known);
        bool prefix = known[length - 1] == '*';
        if (prefix ? strncmp(known, name, length - 1) == 0 : strcmp(known, name) == 0)
            return &known_functions[i];
    }
    return NULL;
}

static struct field field_of(const struct format *format, const char *name)
{
    const struct field *field = format_find(format, name);
    return field ? *field : (struct field){0};
}

static struct field field_first(const struct format *format, const char *const *names)
{
    struct field field = {0};
    for (; *names && !field.size; names++)
        field = field_of(format, *names);
    return field;
}

static bool is_argument(const struct format_field *field)
{
    return strncmp(field->name, "__", 2) != 0;
}

static uint32_t argument_count(const struct format *format)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < format->own; i++)
        count += is_argument(&format->fields[i]);
    return count;
}

static struct field argument_at(const struct format *format, uint32_t position)
{
    for (uint32_t i = 0; i < format->own; i++)
        if (is_argument(&format->fields[i]) && position-- == 0)
            return format->fields[i].at;
    return (struct field){0};
}

static struct field role_argument(const struct format *format, const struct known_function *known,
                                  enum parameter wanted)
{
    char name[16];
    uint32_t parameters = 0, position = PARAMETERS_MOST;
    for (uint32_t i = 0; i < PARAMETERS_MOST && known->parameters[i]; i++, parameters++)
        if (known->parameters[i] == wanted)
            position = i;
    if (position == PARAMETERS_MOST)
        return (struct field){0};
    struct field field = field_first(format, argument_names[wanted]);
    if (field.size)
        return field;
    snprintf(name, sizeof name, "arg%u", position + 1);
    field = field_of(format, name);
    if (!field.size && argument_count(format) == parameters)
        field = argument_at(format, position);
    return field;
}

static void role_entry(struct role *role, const struct format *format,
                       const struct known_function *known)
{
    role->kind = known->function == FUNCTION_FREE ? ROLE_FREE : ROLE_ENTRY;
    role->size = role_argument(format, known, PARAMETER_SIZE);
    role->count = role_argument(format, known, PARAMETER_COUNT);
    role->pointer = role_argument(format, known, PARAMETER_POINTER);
    role->old_size = role_argument(format, known, PARAMETER_OLD_SIZE);
}

static void role_return(struct role *role, const struct format *format)
{
    role->kind = role->function == FUNCTION_FREE ? ROLE_NONE : ROLE_RETURN;
    struct field result = field_first(format, result_names);
    if (!result.size && argument_count(format) == 1)
        result = argument_at(format, 0);
    if (role->function == FUNCTION_POSIX_MEMALIGN) {
        role->status = result;
        role->pointer = field_first(format, argument_names[PARAMETER_POINTER]);
    } else {
        role->pointer = result;
    }
}

/* A probe, or a system call, on a function that is known to allocate. */
static bool role_of_function(struct role *role, const char *event, const struct format *format)
{
    char name[64];
    role_function_name(event, name, sizeof name);
    const struct known_function *known = function_known(name);
    struct field entry = field_of(format, "__probe_ip"), back = field_of(format, "__probe_func");
    role->is_syscall = strncmp(event, "syscalls:", 9) == 0;
    if (!known || (!entry.size && !back.size && !role->is_syscall))
        return false;
    role->family = known->family;
    role->function = known->function;
    role->address = back.size ? back : entry;
    if (back.size || (role->is_syscall && strstr(event, "sys_exit_")))
        role_return(role, format);
    else
        role_entry(role, format, known);
    return true;
}

/* What tells an allocation from a free is a field; where some are damaged, the name has a say. */
static bool may_free(const char *event, const struct format *format)
{
    return !format->damaged || strstr(event, "free");
}

static bool role_of_pages(struct role *role, const char *event, const struct format *format)
{
    struct field page = field_of(format, "pfn");
    role->page_is_pointer = !page.size;
    if (!page.size)
        page = field_of(format, "page");
    struct field order = field_of(format, "order");
    bool typed = format_find(format, "migratetype"), flags = format_find(format, "gfp_flags");
    /* What moves pages between the allocator's own lists has a type but no flags. */
    if (!page.size || !order.size || typed != flags || (!flags && !may_free(event, format)))
        return false;
    role->kind = flags ? ROLE_ALLOC : ROLE_FREE;
    role->family = FAMILY_PAGES;
    role->pointer = page;
    role->order = order;
    return true;
}

static bool role_of_slab(struct role *role, const char *event, const struct format *format)
{
    static const char *const sizes[] = {"bytes_alloc", "bytes_req", NULL};
    role->pointer = field_of(format, "ptr");
    role->size = field_first(format, sizes);
    if (!role->pointer.size || !format_find(format, "call_site") ||
        (!role->size.size && !may_free(event, format)))
        return false;
    role->kind = role->size.size ? ROLE_ALLOC : ROLE_FREE;
    role->family = FAMILY_SLAB;
    return true;
}

static bool role_of_scheduler(struct role *role, const char *event, const struct format *format)
{
    role->previous = field_of(format, "prev_pid");
    role->next = field_of(format, "next_pid");
    role->state = field_of(format, "prev_state");
    if (role->previous.size && role->next.size && role->state.size) {
        role->kind = ROLE_SWITCH;
        return true;
    }
    if (strncmp(event, "sched:sched_wakeup", 18) != 0 &&
        strncmp(event, "sched:sched_waking", 18) != 0)
        return false;
    role->next = field_of(format, "pid");
    role->kind = role->next.size ? ROLE_WAKEUP : ROLE_NONE;
    return role->kind != ROLE_NONE;
}

static bool role_of_tracepoint(struct role *role, const char *event, const struct format *format)
{
    const struct role empty = *role;
    if (role_of_function(role, event, format))
        return true;
    *role = empty;
    if (format_find(format, "__probe_ip") || format_find(format, "__probe_func"))
        return false;
    if (strncmp(event, "kmem:", 5) == 0 && role_of_slab(role, event, format))
        return true;
    *role = empty;
    if (strncmp(event, "kmem:", 5) == 0 && role_of_pages(role, event, format))
        return true;
    *role = empty;
    if (role_of_scheduler(role, event, format))
        return true;
    *role = empty;
    if (format_find(format, "error_code") && format_find(format, "address")) {
        role->kind = ROLE_FAULT;
        role->family = FAMILY_FAULTS;
        return true;
    }
    return false;
}

static void role_of(struct role *role, const struct perf_event *event, const struct format *format)
{
    const struct role empty = {.family = FAMILY_NONE, .captured = event->sample_stack_user};
    *role = empty;
    if (event->type == PERF_TYPE_TRACEPOINT && format->count &&
        !role_of_tracepoint(role, event->name, format))
        *role = empty;
    if (event->type == PERF_TYPE_SOFTWARE &&
        (event->config == PERF_SW_PAGE_FAULTS || event->config == PERF_SW_PAGE_FAULTS_MIN ||
         event->config == PERF_SW_PAGE_FAULTS_MAJ)) {
        role->kind = ROLE_FAULT;
        role->family = FAMILY_FAULTS;
    }
    if (event->type == PERF_TYPE_SOFTWARE && event->config == PERF_SW_BPF_OUTPUT &&
        strncmp(event->name, "offcpu-time", 11) == 0)
        role->kind = ROLE_OFF_CPU;
}

/* Return probes stand on functions of any kind, also on those that allocate nothing. */
static void roles_hide(struct roles *roles, const struct formats *formats)
{
    bool returns = false;
    for (uint32_t i = 0; i < roles->count; i++)
        returns |= format_find(&formats->list[i], "__probe_func") != NULL;
    for (uint32_t i = 0; i < roles->count; i++)
        roles->list[i].hides =
            returns && roles->list[i].captured && format_find(&formats->list[i], "__probe_ip");
}

/* Which entries have a return, and the other way round. */
static void roles_match(struct roles *roles)
{
    for (uint32_t i = 0; i < roles->count; i++)
        for (uint32_t k = 0; k < roles->count; k++) {
            struct role *entry = &roles->list[i], *back = &roles->list[k];
            if (entry->kind != ROLE_ENTRY || back->kind != ROLE_RETURN ||
                entry->function != back->function || entry->pair != back->pair)
                continue;
            entry->has_return = back->has_entry = true;
        }
}

int roles_find(struct roles *roles, const struct perf_session *session,
               const struct formats *formats, const char *const *pairs, struct pfl_error *err)
{
    uint32_t count = perf_session_event_count(session);
    roles->list = mem_zalloc(count, sizeof *roles->list);
    if (!roles->list)
        return error_memory(err);
    roles->count = count;
    for (uint32_t i = 0; i < count; i++)
        role_of(&roles->list[i], perf_session_event(session, i), &formats->list[i]);
    for (uint32_t i = 0; pairs && pairs[i]; i++) {
        int r = pair_apply(roles, session, formats, pairs[i], i + 1, err);
        if (r < 0)
            return r;
    }
    roles_match(roles);
    roles_hide(roles, formats);
    return 0;
}

void roles_done(struct roles *roles)
{
    mem_free(roles->list);
    *roles = (struct roles){0};
}

/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/unwind.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "resolve/files.h"
#include "resolve/loading.h"
#include "resolve/unwind/step.h"

/* What perf shows of a captured stack at most (PERF_MAX_STACK_DEPTH). */
#define COMPAT_FRAMES 127

/* Stack pointers rise from frame to frame, but for handlers that run on a stack of their own. */
#define UNWIND_JUMPS 16

#define FIRST_SLOTS 64u

void unwinder_init(struct unwinder *unwinder, struct names *names, struct stacks *stacks,
                   bool compat)
{
    *unwinder = (struct unwinder){.names = names, .stacks = stacks, .compat = compat};
}

void unwinder_done(struct unwinder *unwinder)
{
    for (size_t i = 0; i < unwinder->count; i++) {
        cfi_free(unwinder->objects[i].cfi);
        mem_free(unwinder->objects[i].slots);
        mem_free(unwinder->objects[i].rows);
    }
    mem_free(unwinder->objects);
    mem_free(unwinder->rules.items);
    index_done(&unwinder->rules.index);
    returns_done(&unwinder->returns);
    *unwinder = (struct unwinder){0};
}

void unwinder_begin(struct unwinder *unwinder, const struct perf_session *session)
{
    unwinder->session = session;
    unwinder->arch = perf_session_facts(session)->arch;
    returns_done(&unwinder->returns);
}

/* The object of a number, its file opened; NULL without memory. */
static struct unwind_object *unwinder_object(struct unwinder *unwinder, uint32_t number)
{
    if (number >= unwinder->count) {
        if (mem_grow(&unwinder->objects, &unwinder->capacity, (size_t)number + 1,
                     sizeof *unwinder->objects) < 0)
            return NULL;
        memset(unwinder->objects + unwinder->count, 0,
               (number + 1 - unwinder->count) * sizeof *unwinder->objects);
        unwinder->count = (size_t)number + 1;
    }
    struct unwind_object *object = &unwinder->objects[number];
    if (object->opened)
        return object;
    CLEANUP(files_done) struct files files = {0};
    enum object_kind kind = unwinder->names->objects->items[number].kind;
    if ((kind == OBJECT_FILE && files_open(&files, unwinder->names, number) < 0) ||
        (kind == OBJECT_VDSO && loading_vdso(unwinder->names, number, &files.mapped) < 0) ||
        (files.mapped && cfi_new(&object->cfi, MEM_TAKE(files.mapped), MEM_TAKE(files.named)) < 0))
        return NULL;
    object->opened = true;
    return object;
}

static uint32_t slot_home(const struct unwind_object *object, uint64_t offset)
{
    return (uint32_t)hash_mix(offset ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u) & object->mask;
}

/* The slot of an offset, or the free one where it would go. */
static struct unwind_slot *slot_find(const struct unwind_object *object, uint64_t offset)
{
    for (uint32_t at = slot_home(object, offset);; at = (at + 1) & object->mask) {
        struct unwind_slot *slot = &object->slots[at];
        if (!slot->rule || slot->offset == offset)
            return slot;
    }
}

/* Makes room for one more slot: half of them stay free. */
static int object_room(struct unwind_object *object)
{
    uint32_t old = object->slots ? object->mask + 1 : 0;
    if (old && object->count < old / 2)
        return 0;
    if (old > LIMIT_UNWIND_SLOTS / 2)
        return -1;
    struct unwind_object grown = *object;
    uint32_t size = old ? old * 2 : FIRST_SLOTS;
    grown.mask = size - 1;
    grown.slots = mem_zalloc(size, sizeof *grown.slots);
    if (!grown.slots)
        return -1;
    for (uint32_t i = 0; i < old; i++)
        if (object->slots[i].rule)
            *slot_find(&grown, object->slots[i].offset) = object->slots[i];
    mem_free(object->slots);
    *object = grown;
    return 0;
}

/* The rule of an offset without CFI: a signal's trampoline is known by its bytes. Returns 0 or -1.
 */
static int object_bare_rule(struct unwind_object *object, uint64_t offset, struct cfi_rule *rule)
{
    if (trampolines_seek(&object->trampolines, object->cfi->mapped) < 0)
        return -1;
    const struct trampoline *trampoline = trampolines_at(&object->trampolines, offset);
    if (trampoline)
        *rule = (struct cfi_rule){
            .kind = CFI_RULE_TRAMPOLINE, .signal = true, .cfa_offset = trampoline->form};
    else if (trampolines_begin(&object->trampolines, offset + 1))
        rule->kind = CFI_RULE_BEFORE;
    return 0;
}

/* The rule of an offset, from the file's CFI. Returns 0 or -1. */
static int object_rule(struct unwind_object *object, const struct unwind_machine *machine,
                       uint64_t offset, struct cfi_rule *rule)
{
    struct cfi_row row;
    uint64_t address;
    *rule = (struct cfi_rule){.kind = CFI_RULE_NONE};
    if (!object->cfi || object->cfi->machine != machine->elf ||
        !cfi_address(object->cfi, offset, &address))
        return 0;
    if (!cfi_find(object->cfi, address, &row))
        return object_bare_rule(object, offset, rule);
    if (cfi_rule_make(machine, &row, address, rule))
        return 0;
    if (object->row_count >= INT32_MAX ||
        mem_grow(&object->rows, &object->row_capacity, object->row_count + 1, sizeof row) < 0)
        return -1;
    *rule = (struct cfi_rule){
        .kind = CFI_RULE_ROW,
        .signal = row.signal,
        .cfa_offset = (int32_t)object->row_count,
    };
    object->rows[object->row_count++] = row;
    return 0;
}

/* The number of a rule; 0 without memory. */
static uint32_t rules_number(struct unwind_rules *rules, const struct cfi_rule *rule)
{
    uint64_t hash = hash_bytes(rule, sizeof *rule); /* it has no padding */
    struct index_probe probe = index_probe(&rules->index, hash);
    for (uint32_t id; (id = index_next(&probe)) != INDEX_NONE;)
        if (memcmp(&rules->items[id], rule, sizeof *rule) == 0)
            return id;
    size_t id = rules->count ? rules->count : 1;
    if (id >= INDEX_NONE ||
        mem_grow(&rules->items, &rules->capacity, id + 1, sizeof *rules->items) < 0 ||
        index_add(&rules->index, hash, (uint32_t)id) < 0)
        return 0;
    rules->items[0] = (struct cfi_rule){.kind = CFI_RULE_FREE};
    rules->items[id] = *rule;
    rules->count = id + 1;
    return (uint32_t)id;
}

/* The slot of an offset, made if it is new; NULL without memory. */
static struct unwind_slot *unwinder_slot(struct unwinder *unwinder,
                                         const struct unwind_machine *machine, uint32_t number,
                                         uint64_t offset)
{
    struct unwind_object *object =
        number < unwinder->count ? &unwinder->objects[number] : unwinder_object(unwinder, number);
    if (!object)
        return NULL;
    if (object->slots) {
        struct unwind_slot *slot = slot_find(object, offset);
        if (slot->rule)
            return slot;
    }
    object = unwinder_object(unwinder, number);
    if (!object || object_room(object) < 0)
        return NULL;
    struct unwind_slot made = {.offset = offset};
    struct cfi_rule rule;
    if (object_rule(object, machine, offset, &rule) < 0 ||
        !(made.rule = rules_number(&unwinder->rules, &rule)))
        return NULL;
    if (rule.kind == CFI_RULE_TRAMPOLINE) /* behind its end there is no name */
        offset = trampolines_at(&object->trampolines, offset)->offset;
    made.place = stacks_place(unwinder->stacks, number, offset);
    if (made.place == STACKS_FAILED)
        return NULL;
    struct unwind_slot *slot = slot_find(object, made.offset);
    *slot = made;
    object->count++;
    return slot;
}

static int result_push(struct unwind_result *result, uint32_t place)
{
    if (mem_grow(&result->places, &result->capacity, result->count + 1, sizeof place) < 0)
        return -1;
    result->places[result->count++] = place;
    return 0;
}

/* The mapping of an address: most often the one of the address before. */
static const struct space_map *find_map(const struct space *space, const struct space_map *last,
                                        uint64_t address)
{
    if (last && address >= last->start && address < last->end)
        return last;
    return space ? space_find(space, address) : NULL;
}

/* The frame that a caller's pc lies in no mapping of code is not shown, but by perf. */
static int end_outside(const struct unwinder *unwinder, uint32_t unknown,
                       struct unwind_result *result)
{
    result->end = result->count ? UNWIND_LOST : UNWIND_NOWHERE;
    if (result->count && !unwinder->compat)
        return 0;
    return result_push(result, unknown);
}

/* True if the kernel's trampoline lies at an address. */
static bool is_trampoline(const struct unwinder *unwinder, const struct space *space,
                          uint64_t address)
{
    const struct space_map *map = unwinder->trampoline && space ? space_find(space, address) : NULL;
    return map && unwinder->names->objects->items[map->object].path == unwinder->trampoline;
}

/* A trampoline in the place of a return address: goes on from the address that it hides. */
static bool unwind_uncover(const struct unwinder *unwinder, struct unwind_state *state,
                           uint32_t tid, const struct space *space)
{
    const struct unwind_machine *machine = state->machine;
    if (unwinder->compat || !is_trampoline(unwinder, space, state->registers[machine->pc]))
        return false;
    uint64_t address = returns_find(&unwinder->returns, tid, state->registers[machine->stack]);
    if (address)
        unwind_resume(state, address);
    return address != 0;
}

static int unwind_walk(struct unwinder *unwinder, struct unwind_state *state, uint32_t tid,
                       const struct space *space, uint32_t unknown, struct unwind_result *result)
{
    size_t limit = unwinder->compat ? COMPAT_FRAMES : LIMIT_STACK_FRAMES;
    const struct space_map *map = NULL;
    unsigned jumps = 0;
    result->end = UNWIND_LOST;
    while (result->count < limit) {
        uint64_t at = state->registers[state->machine->pc] - !state->exact;
        map = find_map(space, map, at);
        /* The byte before the trampoline belongs to nobody, or to something else. */
        if (!state->exact && (!map || !map->code) && unwind_uncover(unwinder, state, tid, space)) {
            at = state->registers[state->machine->pc] - 1;
            map = find_map(space, map, at);
        }
        if (!map || !(map->code || unwinder->compat))
            return end_outside(unwinder, unknown, result);
        const struct unwind_slot *slot =
            unwinder_slot(unwinder, state->machine, map->object, at - map->start + map->offset);
        if (!slot)
            return -1;
        const struct unwind_object *object = &unwinder->objects[map->object];
        const struct cfi_rule *rule = &unwinder->rules.items[slot->rule];
        /* A handler was not called from the byte before what it returns to. */
        if (rule->kind == CFI_RULE_BEFORE && !state->exact) {
            state->exact = true;
            continue;
        }
        if (result_push(result, slot->place) < 0)
            return -1;
        uint64_t stack = state->registers[state->machine->stack];
        bool was_exact = state->exact;
        enum unwind_end end = UNWIND_ROOT;
        if (!unwind_step(state, object, rule, &end)) {
            result->end = end;
            return 0;
        }
        if (rule->kind == CFI_RULE_NONE || rule->kind == CFI_RULE_BEFORE)
            result->guessed |= unwinder->names->objects->items[map->object].kind != OBJECT_JIT;
        uint64_t now = state->registers[state->machine->stack];
        bool rises = now > stack || (now == stack && was_exact && rule->kept_link);
        if (!rises && (!rule->signal || ++jumps > UNWIND_JUMPS))
            return 0;
    }
    return 0;
}

bool unwinder_wants(const struct unwinder *unwinder, const struct perf_sample *sample)
{
    const uint64_t both = PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
    if (!unwinder || (sample->fields & both) != both)
        return false;
    /* Where the kernel has walked the user's frames too, that is taken. */
    return !(sample->fields & PERF_SAMPLE_CALLCHAIN) ||
           perf_session_event(unwinder->session, sample->event)->exclude_callchain_user;
}

/* The registers and the memory of a sample. */
static bool unwinder_state(const struct unwinder *unwinder, const struct perf_sample *sample,
                           struct unwind_state *state)
{
    uint64_t mask = perf_session_event(unwinder->session, sample->event)->sample_regs_user;
    const struct unwind_machine *machine = unwind_machine(unwinder->arch, sample->user_abi, mask);
    return machine && unwind_state_init(state, machine, sample, mask);
}

int unwinder_enter(struct unwinder *unwinder, const struct perf_sample *sample, uint32_t tid,
                   const struct space *space)
{
    static const char path[] = "[uprobes]";
    struct unwind_state state;
    uint64_t stack, address;
    if (!unwinder->trampoline && intern_add(&unwinder->names->objects->paths, path, sizeof path - 1,
                                            &unwinder->trampoline) < 0)
        return -1;
    /* A function that another one jumped to, in the place of a call, returns with that one. */
    if (!unwinder_state(unwinder, sample, &state) || !unwind_entered(&state, &stack, &address) ||
        is_trampoline(unwinder, space, address))
        return 0;
    return returns_enter(&unwinder->returns, tid, stack, address);
}

int unwinder_stack(struct unwinder *unwinder, const struct perf_sample *sample, uint32_t tid,
                   const struct space *space, uint32_t unknown, struct unwind_result *result)
{
    struct unwind_state state;
    result->count = 0;
    result->end = UNWIND_ROOT;
    result->guessed = false;
    if (sample->user_abi == 0) /* a thread of the kernel */
        return 0;
    if (!unwinder_state(unwinder, sample, &state)) {
        result->end = UNWIND_LOST;
        return 0;
    }
    /* perf does not look at registers without a stack. */
    if (unwinder->compat && sample->user_stack_size == 0)
        return 0;
    return unwind_walk(unwinder, &state, tid, space, unknown, result);
}

/* SPDX-License-Identifier: MIT */
#include "resolve/unwind/unwind.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "resolve/unwind/step.h"

/* What perf shows of a captured stack at most (PERF_MAX_STACK_DEPTH). */
#define COMPAT_FRAMES 127

/* Stack pointers rise from frame to frame, but for handlers that run on a stack of their own. */
#define UNWIND_JUMPS 16

/* How many of the rules that an order made last are looked at before one is made again. */
#define MADE_AGAIN 8

#define HANDFUL 8

/* A walk that only the caller of unwinder_stack may do. */
#define WALK_LEFT 2

/* One stack on its way. */
struct unwind_walk {
    struct unwind_state *state;
    uint32_t tid, unknown;
    const struct space *space;
    struct unwind_result *result;
    struct unwind_order *order; /* NULL: of who asks, who may change the table */
    unsigned jumps;
};

void unwinder_init(struct unwinder *unwinder, struct names *names, struct stacks *stacks,
                   bool compat)
{
    *unwinder = (struct unwinder){.table = {.names = names, .stacks = stacks}, .compat = compat};
}

static void orders_done(struct unwind_orders *orders)
{
    crew_end(&orders->crew);
    for (size_t i = 0; i < orders->capacity; i++) {
        mem_free(orders->items[i].result.places);
        mem_free(orders->items[i].made);
    }
    mem_free(orders->items);
    *orders = (struct unwind_orders){0};
}

void unwinder_done(struct unwinder *unwinder)
{
    orders_done(&unwinder->orders);
    unwind_table_done(&unwinder->table);
    returns_done(&unwinder->returns);
    *unwinder = (struct unwinder){0};
}

int unwinder_begin(struct unwinder *unwinder, const struct perf_session *session)
{
    static const char path[] = "[uprobes]";
    unwinder->session = session;
    unwinder->arch = perf_session_facts(session)->arch;
    returns_done(&unwinder->returns);
    orders_done(&unwinder->orders);
    return intern_add(&unwinder->table.names->objects->paths, path, sizeof path - 1,
                      &unwinder->trampoline);
}

void unwinder_end(struct unwinder *unwinder)
{
    orders_done(&unwinder->orders);
}

static int result_push(struct unwind_result *result, uint32_t place)
{
    if (result->count == result->capacity &&
        mem_grow(&result->places, &result->capacity, result->count + 1, sizeof place) < 0)
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
    const struct space_map *map = space ? space_find(space, address) : NULL;
    return map && unwinder->table.names->objects->items[map->object].path == unwinder->trampoline;
}

/* A trampoline in the place of a return address: goes on from the address that it hides. Returns 1,
 * 0 if there is none, or WALK_LEFT. */
static int walk_uncover(const struct unwinder *unwinder, struct unwind_walk *walk)
{
    struct unwind_state *state = walk->state;
    const struct unwind_machine *machine = state->machine;
    if (unwinder->compat || !is_trampoline(unwinder, walk->space, state->registers[machine->pc]))
        return 0;
    if (walk->order) /* what was entered until then is not known yet */
        return WALK_LEFT;
    uint64_t address =
        returns_find(&unwinder->returns, walk->tid, state->registers[machine->stack]);
    if (address)
        unwind_resume(state, address);
    return address != 0;
}

/* What is known of a program counter. */
struct known {
    uint32_t place;
    const struct cfi_rule *rule;
    struct unwind_made *made; /* by this walk; NULL: it is in the table */
};

/* The rule of a point that this order has met before, of late; NULL without. */
static const struct cfi_rule *order_rule(const struct unwind_order *order, struct unwind_point at)
{
    for (size_t i = order->made_count; i > 0 && order->made_count - i < MADE_AGAIN; i--) {
        const struct unwind_made *made = &order->made[i - 1];
        if (made->point.offset == at.offset && made->point.object == at.object)
            return &made->rule;
    }
    return NULL;
}

/* Makes the rule of a point that is not in the table, which stands still. Returns 0, WALK_LEFT, or
 * -1 without memory. */
static int order_make(const struct unwinder *unwinder, struct unwind_order *order,
                      const struct unwind_machine *machine, struct unwind_point at,
                      struct known *known)
{
    struct unwind_made made = {.point = at, .frame = UINT32_MAX};
    const struct cfi_rule *again = order_rule(order, at);
    if (again)
        made.rule = *again;
    else if (!unwind_table_rule(&unwinder->table, machine, at, &made.rule))
        return WALK_LEFT;
    if (mem_grow(&order->made, &order->made_capacity, order->made_count + 1, sizeof made) < 0)
        return -1;
    known->made = &order->made[order->made_count++];
    *known->made = made;
    known->rule = &known->made->rule;
    return 0;
}

static int walk_known(struct unwinder *unwinder, struct unwind_walk *walk, struct unwind_point at,
                      struct known *known)
{
    const struct unwind_machine *machine = walk->state->machine;
    const struct unwind_slot *slot = unwind_table_find(&unwinder->table, at);
    *known = (struct known){.place = 0};
    if (!slot && walk->order)
        return order_make(unwinder, walk->order, machine, at, known);
    if (!slot && !(slot = unwind_table_learn(&unwinder->table, machine, at)))
        return -1;
    known->place = slot->place;
    known->rule = &unwinder->table.rules.items[slot->rule];
    return 0;
}

static int walk_push(const struct unwind_walk *walk, const struct known *known)
{
    if (known->made)
        known->made->frame = (uint32_t)walk->result->count;
    return result_push(walk->result, known->place);
}

/* Steps to the caller. Returns 1, or 0 at the end of the way. */
static int walk_step(const struct unwinder *unwinder, struct unwind_walk *walk,
                     const struct space_map *map, struct unwind_point at,
                     const struct cfi_rule *rule)
{
    struct unwind_state *state = walk->state;
    const struct unwind_table *table = &unwinder->table;
    uint64_t stack = state->registers[state->machine->stack];
    bool was_exact = state->exact;
    enum unwind_end end = UNWIND_ROOT;
    if (!unwind_step(state, &table->objects[at.object], rule, &end)) {
        walk->result->end = end;
        return 0;
    }
    if (rule->kind == CFI_RULE_NONE || rule->kind == CFI_RULE_BEFORE)
        walk->result->guessed |= table->names->objects->items[map->object].kind != OBJECT_JIT;
    uint64_t now = state->registers[state->machine->stack];
    bool rises = now > stack || (now == stack && was_exact && rule->kept_link);
    return rises || (rule->signal && ++walk->jumps <= UNWIND_JUMPS);
}

/* Returns 0, WALK_LEFT, or -1 without memory. */
static int unwind_walk(struct unwinder *unwinder, struct unwind_walk *walk)
{
    struct unwind_state *state = walk->state;
    struct unwind_result *result = walk->result;
    size_t limit = unwinder->compat ? COMPAT_FRAMES : LIMIT_STACK_FRAMES;
    const struct space_map *map = NULL;
    struct known known;
    result->end = UNWIND_LOST;
    while (result->count < limit) {
        int r = 0;
        uint64_t at = state->registers[state->machine->pc] - !state->exact;
        map = find_map(walk->space, map, at);
        /* The byte before the trampoline belongs to nobody, or to something else. */
        if (!state->exact && (!map || !map->code) && (r = walk_uncover(unwinder, walk)) != 0) {
            if (r == WALK_LEFT)
                return r;
            at = state->registers[state->machine->pc] - 1;
            map = find_map(walk->space, map, at);
        }
        if (!map || !(map->code || unwinder->compat))
            return end_outside(unwinder, walk->unknown, result);
        struct unwind_point point =
            unwind_point(map->object, at - map->start + map->offset, state->machine);
        if ((r = walk_known(unwinder, walk, point, &known)) != 0)
            return r;
        /* A handler was not called from the byte before what it returns to. */
        if (known.rule->kind == CFI_RULE_BEFORE && !state->exact) {
            state->exact = true;
            continue;
        }
        if (walk_push(walk, &known) < 0)
            return -1;
        if (!walk_step(unwinder, walk, map, point, known.rule))
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
    struct unwind_state state;
    uint64_t stack, address;
    /* A function that another one jumped to, in the place of a call, returns with that one. */
    if (!unwinder_state(unwinder, sample, &state) || !unwind_entered(&state, &stack, &address) ||
        is_trampoline(unwinder, space, address))
        return 0;
    return returns_enter(&unwinder->returns, tid, stack, address);
}

/* Unwinds a sample's stack for whom `walk` says. As unwind_walk. */
static int unwinder_walk(struct unwinder *unwinder, const struct perf_sample *sample,
                         struct unwind_walk *walk)
{
    struct unwind_result *result = walk->result;
    struct unwind_state state;
    result->count = 0;
    result->end = UNWIND_ROOT;
    result->guessed = false;
    if (sample->user_abi == 0) /* a thread of the kernel */
        return 0;
    walk->state = &state;
    if (!unwinder_state(unwinder, sample, &state)) {
        result->end = UNWIND_LOST;
        return 0;
    }
    /* perf does not look at registers without a stack. */
    if (unwinder->compat && sample->user_stack_size == 0)
        return 0;
    return unwind_walk(unwinder, walk);
}

/* Orders */

void unwinder_forget(struct unwinder *unwinder)
{
    unwinder->orders.count = unwinder->orders.next = 0;
}

int unwinder_order(struct unwinder *unwinder, const struct perf_sample *sample,
                   const struct space *space)
{
    struct unwind_orders *orders = &unwinder->orders;
    size_t had = orders->capacity;
    if (mem_grow(&orders->items, &orders->capacity, orders->count + 1, sizeof *orders->items) < 0)
        return -1;
    if (orders->capacity > had)
        memset(orders->items + had, 0, (orders->capacity - had) * sizeof *orders->items);
    struct unwind_order *order = &orders->items[orders->count++];
    order->sample = sample;
    order->space = space;
    order->made_count = 0;
    order->done = false;
    return 0;
}

/* Does one order. What cannot be done while the table stands still is left to unwinder_stack. */
static void order_do(struct unwinder *unwinder, struct unwind_order *order)
{
    struct unwind_result result = order->result; /* where no other thread writes beside it */
    struct unwind_walk walk = {.space = order->space,
                               .unknown = unwinder->orders.unknown,
                               .result = &result,
                               .order = order};
    order->done = unwinder_walk(unwinder, order->sample, &walk) == 0;
    order->result = result;
}

/* Orders are shared out by the handful, so that threads seldom write side by side. */
static void orders_do(void *context, size_t number)
{
    struct unwinder *unwinder = context;
    struct unwind_orders *orders = &unwinder->orders;
    for (size_t i = number * HANDFUL; i < orders->count && i < (number + 1) * HANDFUL; i++)
        order_do(unwinder, &orders->items[i]);
}

void unwinder_do_orders(struct unwinder *unwinder, uint32_t unknown, unsigned threads)
{
    struct unwind_orders *orders = &unwinder->orders;
    if (!orders->crew.thread_count && threads > 1)
        crew_begin(&orders->crew, threads - 1);
    orders->unknown = unknown;
    crew_share(&orders->crew, orders_do, unwinder, (orders->count + HANDFUL - 1) / HANDFUL);
}

/* The order of a sample, if it was done; those before it will not be asked for any more. */
static struct unwind_order *orders_take(struct unwind_orders *orders,
                                        const struct perf_sample *sample)
{
    for (size_t i = orders->next; i < orders->count; i++)
        if (orders->items[i].sample == sample) {
            orders->next = i + 1;
            return orders->items[i].done ? &orders->items[i] : NULL;
        }
    return NULL;
}

/* Puts into the table what an order has made, and takes its result. Returns 0 or -1. */
static int unwinder_take(struct unwinder *unwinder, struct unwind_order *order,
                         struct unwind_result *result)
{
    struct unwind_result old = *result;
    *result = order->result;
    order->result = old;
    for (size_t i = 0; i < order->made_count; i++) {
        const struct unwind_made *made = &order->made[i];
        const struct unwind_slot *slot = unwind_table_find(&unwinder->table, made->point);
        if (!slot && !(slot = unwind_table_add(&unwinder->table, made->point, &made->rule)))
            return -1;
        if (made->frame < result->count)
            result->places[made->frame] = slot->place;
    }
    return 0;
}

int unwinder_stack(struct unwinder *unwinder, const struct perf_sample *sample, uint32_t tid,
                   const struct space *space, uint32_t unknown, struct unwind_result *result)
{
    struct unwind_order *order = orders_take(&unwinder->orders, sample);
    struct unwind_walk walk = {.tid = tid, .space = space, .unknown = unknown, .result = result};
    return order ? unwinder_take(unwinder, order, result) : unwinder_walk(unwinder, sample, &walk);
}

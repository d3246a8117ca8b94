/* SPDX-License-Identifier: MIT */
/* Two stacks turn the infix text into steps (Dijkstra's shunting yard): operators wait on one until
 * an operator that binds less tightly comes. Nothing recurses. */
#include "weigh/where.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define STEPS_MOST 256
#define DEPTH_MOST 64

enum step_kind {
    STEP_NUMBER,
    STEP_FIELD,
    STEP_NOT,
    STEP_COMPLEMENT,
    STEP_NEGATE,
    STEP_MULTIPLY,
    STEP_DIVIDE,
    STEP_REMAINDER,
    STEP_ADD,
    STEP_SUBTRACT,
    STEP_LEFT,
    STEP_RIGHT,
    STEP_LESS,
    STEP_LESS_EQUAL,
    STEP_GREATER,
    STEP_GREATER_EQUAL,
    STEP_EQUAL,
    STEP_UNEQUAL,
    STEP_AND,
    STEP_XOR,
    STEP_OR,
    STEP_LOGICAL_AND,
    STEP_LOGICAL_OR,
    STEP_PARENTHESIS,
};

struct step {
    enum step_kind kind;
    uint32_t name;  /* FIELD */
    uint64_t value; /* NUMBER */
};

struct where {
    struct step steps[STEPS_MOST];
    uint32_t count;
    char *names[STEPS_MOST];
    uint32_t name_count;
};

/* A value is negative only where it is signed; so -1 is less than any address. */
struct value {
    uint64_t bits;
    bool is_signed;
};

struct parser {
    struct where *where;
    const char *text, *at;
    enum step_kind waiting[DEPTH_MOST];
    uint32_t waiting_count;
    uint32_t depth; /* operands that would lie on the stack */
    struct pfl_error *err;
};

/* lint: data table */
static const struct operator
{
    const char *text;
    enum step_kind kind;
    int rank; /* C's: a higher one binds tighter */
}
operators[] = {
    {"<<", STEP_LEFT, 9},        {">>", STEP_RIGHT, 9},
    {"<=", STEP_LESS_EQUAL, 8},  {">=", STEP_GREATER_EQUAL, 8},
    {"==", STEP_EQUAL, 7},       {"!=", STEP_UNEQUAL, 7},
    {"&&", STEP_LOGICAL_AND, 3}, {"||", STEP_LOGICAL_OR, 2},
    {"<", STEP_LESS, 8},         {">", STEP_GREATER, 8},
    {"&", STEP_AND, 6},          {"^", STEP_XOR, 5},
    {"|", STEP_OR, 4},           {"+", STEP_ADD, 10},
    {"-", STEP_SUBTRACT, 10},    {"*", STEP_MULTIPLY, 11},
    {"/", STEP_DIVIDE, 11},      {"%", STEP_REMAINDER, 11},
};
#define RANK_UNARY 12

static bool is_unary(enum step_kind kind)
{
    return kind >= STEP_NOT && kind <= STEP_NEGATE;
}

static int rank_of(enum step_kind kind)
{
    if (is_unary(kind))
        return RANK_UNARY;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (operators[i].kind == kind)
            return operators[i].rank;
    return 0; /* a parenthesis */
}

static int parser_error(const struct parser *parser, const char *what)
{
    return error_set(parser->err, PFL_ERROR_USAGE, "--where, column %zu: %s",
                     (size_t)(parser->at - parser->text) + 1, what);
}

static int parser_step(struct parser *parser, struct step step)
{
    struct where *where = parser->where;
    if (where->count >= STEPS_MOST)
        return parser_error(parser, "the expression is too long");
    if (step.kind == STEP_NUMBER || step.kind == STEP_FIELD)
        parser->depth++;
    else if (!is_unary(step.kind))
        parser->depth--;
    if (parser->depth > DEPTH_MOST)
        return parser_error(parser, "too many operands before an operator");
    where->steps[where->count++] = step;
    return 0;
}

/* Lets operators go that bind at least as tightly as `rank`. */
static int parser_settle(struct parser *parser, int rank)
{
    int r = 0;
    while (r == 0 && parser->waiting_count &&
           parser->waiting[parser->waiting_count - 1] != STEP_PARENTHESIS &&
           rank_of(parser->waiting[parser->waiting_count - 1]) >= rank)
        r = parser_step(parser, (struct step){.kind = parser->waiting[--parser->waiting_count]});
    return r;
}

static int parser_wait(struct parser *parser, enum step_kind kind)
{
    if (parser->waiting_count >= DEPTH_MOST)
        return parser_error(parser, "too deep");
    parser->waiting[parser->waiting_count++] = kind;
    return 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* How many letters and digits come. */
static size_t parser_word(const struct parser *parser)
{
    size_t length = 0;
    while (is_letter(parser->at[length]) || is_digit(parser->at[length]))
        length++;
    return length;
}

static int parser_name(struct parser *parser)
{
    struct where *where = parser->where;
    size_t length = parser_word(parser);
    uint32_t name = 0;
    while (name < where->name_count && (strncmp(where->names[name], parser->at, length) != 0 ||
                                        where->names[name][length] != '\0'))
        name++;
    int r = parser_step(parser, (struct step){.kind = STEP_FIELD, .name = name});
    if (r < 0)
        return r;
    if (name == where->name_count) {
        where->names[name] = mem_copy_text(parser->at, length);
        if (!where->names[name])
            return error_memory(parser->err);
        where->name_count++;
    }
    parser->at += length;
    return 0;
}

static int parser_number(struct parser *parser)
{
    size_t length = parser_word(parser);
    uint64_t value;
    if (!text_u64(parser->at, length, &value))
        return parser_error(parser, "not a number of 64 bits");
    int r = parser_step(parser, (struct step){.kind = STEP_NUMBER, .value = value});
    parser->at += length;
    return r;
}

/* Expects an operand. Returns 1 after one, 0 after a sign or a parenthesis, or an error. */
static int parser_operand(struct parser *parser)
{
    enum step_kind kind = *parser->at == '!'   ? STEP_NOT
                          : *parser->at == '~' ? STEP_COMPLEMENT
                          : *parser->at == '-' ? STEP_NEGATE
                                               : STEP_PARENTHESIS;
    if (kind != STEP_PARENTHESIS || *parser->at == '(') {
        int r = parser_wait(parser, kind);
        parser->at++;
        return r;
    }
    int r = is_letter(*parser->at)  ? parser_name(parser)
            : is_digit(*parser->at) ? parser_number(parser)
                                    : parser_error(parser, "a field or a number is missing");
    return r < 0 ? r : 1;
}

/* Expects an operator. Returns 1 after a closing parenthesis (another may follow), 0 after an
 * operator, or an error. */
static int parser_operator(struct parser *parser)
{
    if (*parser->at == ')') {
        int r = parser_settle(parser, 0);
        if (r < 0)
            return r;
        if (!parser->waiting_count)
            return parser_error(parser, "no parenthesis is open");
        parser->waiting_count--;
        parser->at++;
        return 1;
    }
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        const struct operator* op = & operators[i];
        if (strncmp(parser->at, op->text, strlen(op->text)) != 0)
            continue;
        int r = parser_settle(parser, op->rank);
        if (r == 0)
            r = parser_wait(parser, op->kind);
        parser->at += strlen(op->text);
        return r;
    }
    return parser_error(parser,
                        *parser->at == '=' ? "write == to compare" : "an operator is missing");
}

static int parser_run(struct parser *parser)
{
    int after_operand = 0;
    for (;;) {
        parser->at += strspn(parser->at, " \t");
        if (!*parser->at && after_operand)
            break;
        after_operand = after_operand ? parser_operator(parser) : parser_operand(parser);
        if (after_operand < 0)
            return after_operand;
    }
    int r = parser_settle(parser, 0);
    if (r == 0 && parser->waiting_count)
        return parser_error(parser, "a parenthesis is not closed");
    return r;
}

int where_new(struct where **ret_where, const char *text, struct pfl_error *err)
{
    CLEANUP(where_cleanup) struct where *where = mem_zalloc(1, sizeof *where);
    if (!where)
        return error_memory(err);
    struct parser parser = {.where = where, .text = text, .at = text, .err = err};
    int r = parser_run(&parser);
    if (r < 0)
        return r;
    *ret_where = MEM_TAKE(where);
    return 0;
}

void where_free(struct where *where)
{
    if (!where)
        return;
    for (uint32_t i = 0; i < where->name_count; i++)
        mem_free(where->names[i]);
    mem_free(where);
}

int where_bind(const struct where *where, const struct format *format, struct where_places *ret,
               struct pfl_error *err)
{
    struct where_places places = {0};
    for (uint32_t i = 0; i < where->name_count; i++)
        if (!format_find(format, where->names[i]))
            return 0;
    if (!format->count)
        return 0;
    places.fields = mem_zalloc(where->name_count + 1, sizeof *places.fields);
    if (!places.fields)
        return error_memory(err);
    for (uint32_t i = 0; i < where->name_count; i++)
        places.fields[i] = *format_find(format, where->names[i]);
    *ret = places;
    return 1;
}

void where_places_done(struct where_places *places)
{
    mem_free(places->fields);
    *places = (struct where_places){0};
}

static bool is_negative(struct value v)
{
    return v.is_signed && (int64_t)v.bits < 0;
}

/* By what they are worth, whatever their types: -1, 0 or 1. */
static int value_compare(struct value a, struct value b)
{
    if (is_negative(a) != is_negative(b))
        return is_negative(a) ? -1 : 1;
    return a.bits < b.bits ? -1 : a.bits > b.bits;
}

static uint64_t value_divide(struct value a, struct value b, bool remainder)
{
    if (b.bits == 0)
        return 0;
    if (is_negative(a) || is_negative(b)) {
        if (b.bits == UINT64_MAX) /* INT64_MIN / -1 would trap */
            return remainder ? 0 : -a.bits;
        int64_t x = (int64_t)a.bits, y = (int64_t)b.bits;
        return (uint64_t)(remainder ? x % y : x / y);
    }
    return remainder ? a.bits % b.bits : a.bits / b.bits;
}

static uint64_t value_shift(struct value a, struct value b, bool left)
{
    if (b.bits > 63)
        return 0;
    if (left)
        return a.bits << b.bits;
    return is_negative(a) ? (uint64_t)((int64_t)a.bits >> b.bits) : a.bits >> b.bits;
}

static struct value value_join(enum step_kind kind, struct value a, struct value b)
{
    struct value v = {.is_signed = true};
    switch (kind) {
    case STEP_LESS: v.bits = value_compare(a, b) < 0; return v;
    case STEP_LESS_EQUAL: v.bits = value_compare(a, b) <= 0; return v;
    case STEP_GREATER: v.bits = value_compare(a, b) > 0; return v;
    case STEP_GREATER_EQUAL: v.bits = value_compare(a, b) >= 0; return v;
    case STEP_EQUAL: v.bits = value_compare(a, b) == 0; return v;
    case STEP_UNEQUAL: v.bits = value_compare(a, b) != 0; return v;
    case STEP_LOGICAL_AND: v.bits = a.bits && b.bits; return v;
    case STEP_LOGICAL_OR: v.bits = a.bits || b.bits; return v;
    default: break;
    }
    v.is_signed = a.is_signed && b.is_signed;
    switch (kind) {
    case STEP_MULTIPLY: v.bits = a.bits * b.bits; break;
    case STEP_DIVIDE: v.bits = value_divide(a, b, false); break;
    case STEP_REMAINDER: v.bits = value_divide(a, b, true); break;
    case STEP_ADD: v.bits = a.bits + b.bits; break;
    case STEP_SUBTRACT: v.bits = a.bits - b.bits; break;
    case STEP_LEFT: v.bits = value_shift(a, b, true); break;
    case STEP_RIGHT: v.bits = value_shift(a, b, false); break;
    case STEP_AND: v.bits = a.bits & b.bits; break;
    case STEP_XOR: v.bits = a.bits ^ b.bits; break;
    case STEP_OR: v.bits = a.bits | b.bits; break;
    default: break;
    }
    return v;
}

static struct value value_turn(enum step_kind kind, struct value v)
{
    switch (kind) {
    case STEP_NOT: return (struct value){.bits = !v.bits, .is_signed = true};
    case STEP_NEGATE: return (struct value){.bits = -v.bits, .is_signed = true};
    default: return (struct value){.bits = ~v.bits, .is_signed = v.is_signed};
    }
}

bool where_holds(const struct where *where, const struct where_places *places,
                 const struct perf_sample *sample)
{
    struct value stack[DEPTH_MOST + 1];
    uint32_t top = 0;
    for (uint32_t i = 0; i < where->count; i++) {
        const struct step *step = &where->steps[i];
        if (step->kind == STEP_NUMBER) {
            stack[top++] =
                (struct value){.bits = step->value, .is_signed = step->value <= INT64_MAX};
        } else if (step->kind == STEP_FIELD) {
            const struct field *field = &places->fields[step->name];
            struct value v = {.is_signed = field->is_signed || field->size < 8};
            if (!field_read(field, sample->raw, sample->raw_size, &v.bits))
                v.bits = 0;
            stack[top++] = v;
        } else if (is_unary(step->kind)) {
            stack[top - 1] = value_turn(step->kind, stack[top - 1]);
        } else {
            stack[top - 2] = value_join(step->kind, stack[top - 2], stack[top - 1]);
            top--;
        }
    }
    return stack[0].bits != 0;
}

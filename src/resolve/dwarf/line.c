/* SPDX-License-Identifier: MIT */
/* DWARF 5, section 6.2; the versions before differ in the header. */
#include "resolve/dwarf/line.h"

#include <dwarf.h>
#include <string.h>

#include "base/mem.h"
#include "resolve/leb128.h"

void dwarf_lines_done(struct dwarf_lines *lines)
{
    mem_free(lines->files);
    mem_free(lines->names);
    *lines = (struct dwarf_lines){0};
}

static int lines_add_file(struct dwarf_lines *lines, struct dwarf_value name)
{
    if (mem_grow(&lines->files, &lines->file_capacity, lines->file_count + 1,
                 sizeof *lines->files) < 0)
        return -1;
    lines->files[lines->file_count++] = name;
    return 0;
}

/* Folders, then files, up to version 4: texts, the last one empty. */
static int lines_files_old(struct dwarf_lines *lines, struct cursor *c)
{
    size_t length = 1;
    while (!c->failed && length > 0)
        (void)cursor_text(c, &length);
    while (!c->failed) {
        const char *name = cursor_text(c, &length);
        if (!name || length == 0)
            break;
        for (int i = 0; i < 3; i++) /* folder, time, size */
            (void)leb128_unsigned(c);
        if (lines_add_file(lines, (struct dwarf_value){.form = DW_FORM_string, .text = name}) < 0)
            return -1;
    }
    lines->first_file = 1;
    return 0;
}

/* A table of version 5: what each entry consists of, then the entries. */
static int lines_table(struct dwarf_lines *lines, struct cursor *c, bool files)
{
    struct {
        uint64_t type;
        uint16_t form;
    } columns[256];
    unsigned column_count = cursor_u8(c);
    for (unsigned i = 0; i < column_count; i++) {
        columns[i].type = leb128_unsigned(c);
        uint64_t form = leb128_unsigned(c);
        columns[i].form = form > UINT16_MAX ? 0 : (uint16_t)form;
    }
    uint64_t count = leb128_unsigned(c);
    for (uint64_t i = 0; i < count && !c->failed; i++) {
        struct dwarf_value name = {0};
        size_t before = c->position;
        for (unsigned k = 0; k < column_count; k++) {
            struct dwarf_value value = dwarf_form_read(c, columns[k].form, 0, lines->sizes);
            if (columns[k].type == DW_LNCT_path)
                name = value;
        }
        if (c->position == before) /* entries of nothing may be any number of them */
            break;
        if (files && lines_add_file(lines, name) < 0)
            return -1;
    }
    return 0;
}

/* Finds the table's bytes: all of it, from the version on. */
static bool lines_bytes(const struct dwarf_unit *unit, struct cursor *ret_cursor,
                        uint8_t *ret_offset_size)
{
    struct dwarf_file *file = unit->file;
    struct cursor c = dwarf_file_cursor(file, DWARF_LINE, unit->lines, 4);
    uint64_t length = cursor_u32(&c), at = unit->lines + 4;
    *ret_offset_size = 4;
    if (length == UINT32_MAX) {
        c = dwarf_file_cursor(file, DWARF_LINE, at, 8);
        length = cursor_u64(&c);
        at += 8;
        *ret_offset_size = 8;
    }
    if (c.failed)
        return false;
    *ret_cursor = dwarf_file_cursor(file, DWARF_LINE, at, length);
    *unit->cost += cursor_left(ret_cursor);
    return !ret_cursor->failed;
}

static int lines_header(struct dwarf_lines *lines, struct cursor *c)
{
    uint16_t version = cursor_u16(c);
    if (c->failed || version < 2 || version > 5)
        return 0;
    lines->sizes.version = (uint8_t)version;
    if (version >= 5) {
        lines->sizes.address = cursor_u8(c);
        cursor_skip(c, 1); /* size of segment selectors */
    }
    uint64_t header_length = dwarf_number(c, lines->sizes.offset);
    if (c->failed || header_length > cursor_left(c))
        return 0;
    lines->program = *c;
    cursor_skip(&lines->program, (size_t)header_length);
    struct cursor header = cursor_of(c->data, c->position + (size_t)header_length, c->swap);
    header.position = c->position;
    lines->step = cursor_u8(&header);
    lines->operations = version >= 4 ? cursor_u8(&header) : 1;
    cursor_skip(&header, 1); /* whether rows begin as statements */
    lines->line_base = (int8_t)cursor_u8(&header);
    lines->line_range = cursor_u8(&header);
    lines->first_special = cursor_u8(&header);
    for (unsigned i = 1; i < lines->first_special; i++)
        lines->lengths[i] = cursor_u8(&header);
    if (header.failed)
        return 0;
    int r = version >= 5 ? lines_table(lines, &header, false) : 0;
    if (r == 0)
        r = version >= 5 ? lines_table(lines, &header, true) : lines_files_old(lines, &header);
    return r < 0 ? -1 : 1;
}

int dwarf_lines_open(struct dwarf_lines *lines, const struct dwarf_unit *unit)
{
    struct cursor c;
    *lines = (struct dwarf_lines){.unit = unit, .sizes.address = unit->head.sizes.address};
    if (!unit->has_lines || !lines_bytes(unit, &c, &lines->sizes.offset))
        return unit->file->sections[DWARF_LINE].failed ? -1 : 0;
    int r = lines_header(lines, &c);
    if (r > 0) {
        lines->names = mem_zalloc(lines->file_count, sizeof *lines->names);
        r = lines->names ? 1 : -1;
    }
    if (r <= 0)
        dwarf_lines_done(lines);
    return r;
}

int dwarf_lines_file(struct dwarf_lines *lines, struct intern *texts, uint32_t file,
                     uint32_t *ret_name)
{
    *ret_name = 0;
    if (file < lines->first_file || file - lines->first_file >= lines->file_count)
        return 0;
    uint32_t at = file - lines->first_file;
    if (!lines->names[at]) {
        const char *path = dwarf_unit_text(lines->unit, lines->files[at]);
        const char *slash = path ? strrchr(path, '/') : NULL, *base = slash ? slash + 1 : path;
        if (base && intern_add(texts, base, strlen(base), &lines->names[at]) < 0)
            return -1;
    }
    *ret_name = lines->names[at];
    return 0;
}

/* The row that the program is at, and the one before it in the same sequence. */
struct line_state {
    struct dwarf_lines *lines;
    struct dwarf_frames *frames;
    const struct dwarf_image *image;
    uint64_t address;
    uint32_t operation, file, line;
    bool has_row;
    uint64_t row_address;
    uint32_t row_file, row_line;
    size_t next; /* the first place at or behind row_address */
};

static void state_reset(struct line_state *state)
{
    state->address = 0;
    state->operation = 0;
    state->file = state->line = 1;
    state->has_row = false;
}

/* Ends the row before at the address reached. */
static int state_row(struct line_state *state)
{
    struct dwarf_frames *frames = state->frames;
    if (!state->has_row || state->address < state->row_address) {
        state->next = dwarf_places_from(frames, state->address);
    } else {
        for (; state->next < frames->place_count; state->next++) {
            struct dwarf_place *place = &frames->places[state->next];
            if (place->address >= state->address)
                break;
            ++*state->lines->unit->cost;
            if (place->line || !dwarf_image_is_code(state->image, state->row_address))
                continue;
            place->line = state->row_line;
            if (dwarf_lines_file(state->lines, frames->texts, state->row_file, &place->file) < 0)
                return -1;
        }
    }
    state->has_row = true;
    state->row_address = state->address;
    state->row_file = state->file;
    state->row_line = state->line;
    return 0;
}

static void state_advance(struct line_state *state, uint64_t operations)
{
    const struct dwarf_lines *lines = state->lines;
    if (lines->operations > 1) {
        operations += state->operation;
        state->operation = (uint32_t)(operations % lines->operations);
        operations /= lines->operations;
    }
    state->address += operations * lines->step;
}

static int state_special(struct line_state *state, uint8_t opcode)
{
    const struct dwarf_lines *lines = state->lines;
    unsigned adjusted = (unsigned)(opcode - lines->first_special);
    if (lines->line_range == 0)
        return 0;
    state_advance(state, adjusted / lines->line_range);
    state->line += (uint32_t)(lines->line_base + (int)(adjusted % lines->line_range));
    return state_row(state);
}

static int state_extended(struct line_state *state, struct cursor *c)
{
    uint64_t length = leb128_unsigned(c);
    const uint8_t *bytes = cursor_bytes(c, length > SIZE_MAX ? SIZE_MAX : (size_t)length);
    if (!bytes || length == 0)
        return 0;
    struct cursor argument = cursor_of(bytes, (size_t)length, c->swap);
    int r = 0;
    switch (cursor_u8(&argument)) {
    case DW_LNE_end_sequence:
        r = state_row(state);
        state_reset(state);
        break;
    case DW_LNE_set_address:
        state->address = dwarf_number(&argument, (unsigned)length - 1);
        state->operation = 0;
        break;
    default: break;
    }
    return r;
}

static int state_standard(struct line_state *state, uint8_t opcode, struct cursor *c)
{
    const struct dwarf_lines *lines = state->lines;
    switch (opcode) {
    case DW_LNS_copy: return state_row(state);
    case DW_LNS_advance_pc: state_advance(state, leb128_unsigned(c)); break;
    case DW_LNS_advance_line: state->line += (uint32_t)leb128_signed(c); break;
    case DW_LNS_set_file: state->file = (uint32_t)leb128_unsigned(c); break;
    case DW_LNS_const_add_pc:
        if (lines->line_range)
            state_advance(state, (255u - lines->first_special) / lines->line_range);
        break;
    case DW_LNS_fixed_advance_pc:
        state->address += cursor_u16(c);
        state->operation = 0;
        break;
    default:
        for (unsigned i = 0; i < lines->lengths[opcode]; i++)
            (void)leb128_unsigned(c);
        break;
    }
    return 0;
}

int dwarf_lines_run(struct dwarf_lines *lines, struct dwarf_frames *frames,
                    const struct dwarf_image *image, uint64_t budget)
{
    struct cursor c = lines->program;
    struct line_state state = {.lines = lines, .frames = frames, .image = image};
    state_reset(&state);
    while (!c.failed && cursor_left(&c) && *lines->unit->cost < budget) {
        uint8_t opcode = cursor_u8(&c);
        int r = opcode >= lines->first_special ? state_special(&state, opcode)
                : opcode == 0                  ? state_extended(&state, &c)
                                               : state_standard(&state, opcode, &c);
        if (r < 0)
            return -1;
    }
    return 0;
}

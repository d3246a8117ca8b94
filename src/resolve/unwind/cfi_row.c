/* SPDX-License-Identifier: MIT */
/* Reads CIEs and FDEs, and runs their programs up to an address. */
#include <dwarf.h>
#include <string.h>

#include "base/cursor.h"
#include "resolve/unwind/cfi.h"
#include "resolve/leb128.h"

/* States that a program may have put aside; compilers use one. */
#define ROWS_ASIDE 8

struct cfi_cie {
    struct cursor program;
    uint64_t code_factor;
    int64_t data_factor;
    uint64_t return_register;
    uint8_t encoding; /* of addresses in its FDEs */
    uint8_t address_size;
    bool augmented; /* FDEs hold a block of augmentation data */
    bool signal;
};

/* An entry of the section, taken apart as far as both kinds are alike. */
struct cfi_entry {
    struct cursor body; /* behind the id */
    uint64_t cie;       /* of an FDE: offset of its CIE */
    bool is_cie;
};

struct cfi_run {
    const struct cfi_section *section;
    const struct cfi_cie *cie;
    uint64_t location, address;
    struct cfi_row *row;
    const struct cfi_row *initial; /* NULL while the CIE's own program runs */
    struct cfi_row aside[ROWS_ASIDE];
    size_t aside_count;
    bool bad;
};

/* Where the cursor stands, in the section. */
static uint64_t cursor_offset(const struct cfi_section *section, const struct cursor *c)
{
    return (uint64_t)(c->data + c->position - section->bytes);
}

/* An address in one of the encodings of .eh_frame (DW_EH_PE_*). */
static uint64_t read_encoded(const struct cfi_section *section, struct cursor *c, uint8_t encoding)
{
    uint64_t base = 0, value;
    if ((encoding & 0x70) == DW_EH_PE_pcrel)
        base = section->address + cursor_offset(section, c);
    else if ((encoding & 0x70) != DW_EH_PE_absptr)
        c->failed = true;
    switch (encoding & 0x0f) {
    case DW_EH_PE_absptr: value = section->wide ? cursor_u64(c) : cursor_u32(c); break;
    case DW_EH_PE_udata2: value = cursor_u16(c); break;
    case DW_EH_PE_udata4: value = cursor_u32(c); break;
    case DW_EH_PE_udata8:
    case DW_EH_PE_sdata8: value = cursor_u64(c); break;
    case DW_EH_PE_sdata2: value = (uint64_t)(int16_t)cursor_u16(c); break;
    case DW_EH_PE_sdata4: value = (uint64_t)(int32_t)cursor_u32(c); break;
    case DW_EH_PE_uleb128: value = leb128_unsigned(c); break;
    case DW_EH_PE_sleb128: value = (uint64_t)leb128_signed(c); break;
    default: c->failed = true; return 0;
    }
    value += base;
    return section->wide ? value : (uint32_t)value;
}

/* Returns 1, 0 at an entry that means nothing, or -1 at the end of the section. *offset moves
 * behind the entry. */
static int read_entry(const struct cfi_section *section, uint64_t *offset, struct cfi_entry *entry)
{
    if (*offset >= section->size)
        return -1;
    struct cursor c =
        cursor_of(section->bytes + *offset, section->size - (size_t)*offset, section->swap);
    uint64_t length = cursor_u32(&c);
    bool long_form = length == UINT32_MAX;
    if (long_form)
        length = cursor_u64(&c);
    if (c.failed || length > cursor_left(&c))
        return -1;
    size_t begins = c.position;
    *offset += begins + length;
    /* A zero ends .eh_frame; linkers leave more behind it where they joined several. */
    if (length == 0)
        return 0;
    c.size = begins + (size_t)length;
    uint64_t at = cursor_offset(section, &c);
    uint64_t id = long_form ? cursor_u64(&c) : cursor_u32(&c);
    if (section->eh) {
        entry->is_cie = id == 0;
        entry->cie = at - id;
    } else {
        entry->is_cie = id == (long_form ? UINT64_MAX : UINT32_MAX);
        entry->cie = id;
    }
    entry->body = c;
    return c.failed ? 0 : 1;
}

/* "zPLR" and the like: what each letter says follows in the augmentation data. */
static void read_augmentation(const struct cfi_section *section, struct cursor *c,
                              const char *letters, struct cfi_cie *cie)
{
    uint64_t size = leb128_unsigned(c);
    const uint8_t *bytes = size <= cursor_left(c) ? cursor_bytes(c, (size_t)size) : NULL;
    if (!bytes) {
        c->failed = true;
        return;
    }
    struct cursor data = cursor_of(bytes, (size_t)size, c->swap);
    cie->augmented = true;
    for (const char *letter = letters + 1; *letter; letter++) {
        if (*letter == 'R') {
            cie->encoding = cursor_u8(&data);
        } else if (*letter == 'L') {
            cursor_skip(&data, 1);
        } else if (*letter == 'P') {
            uint8_t encoding = cursor_u8(&data);
            (void)read_encoded(section, &data, encoding & 0x0f);
        } else if (*letter == 'S') {
            cie->signal = true;
        } else if (*letter != 'B' && *letter != 'G') { /* aarch64: key B, tagged memory */
            return;                                    /* the size told where the program begins */
        }
    }
}

static bool read_cie(const struct cfi_section *section, uint64_t offset, struct cfi_cie *ret_cie)
{
    struct cfi_entry entry;
    struct cfi_cie cie = {.address_size = section->wide ? 8 : 4};
    if (read_entry(section, &offset, &entry) != 1 || !entry.is_cie)
        return false;
    struct cursor *c = &entry.body;
    uint8_t version = cursor_u8(c);
    const char *letters = cursor_text(c, NULL);
    if (!letters || (version != 1 && version != 3 && version != 4))
        return false;
    if (version == 4) {
        cie.address_size = cursor_u8(c);
        cursor_skip(c, 1); /* size of a segment selector */
    }
    cie.code_factor = leb128_unsigned(c);
    cie.data_factor = leb128_signed(c);
    cie.return_register = version == 1 ? cursor_u8(c) : leb128_unsigned(c);
    if (*letters == 'z')
        read_augmentation(section, c, letters, &cie);
    else if (*letters)
        return false;
    if (c->failed || cie.return_register >= CFI_REGISTERS ||
        cie.address_size != (section->wide ? 8 : 4))
        return false;
    cie.program = *c;
    *ret_cie = cie;
    return true;
}

/* The range of an FDE; its cursor moves to the program. */
static bool read_range(const struct cfi_section *section, const struct cfi_cie *cie,
                       struct cursor *c, struct cfi_range *ret_range)
{
    uint64_t start = read_encoded(section, c, cie->encoding);
    uint64_t size = read_encoded(section, c, cie->encoding & 0x0f);
    if (cie->augmented) {
        uint64_t skipped = leb128_unsigned(c);
        if (skipped > cursor_left(c))
            return false;
        cursor_skip(c, (size_t)skipped);
    }
    if (c->failed || size == 0 || start + size < start)
        return false;
    *ret_range = (struct cfi_range){.start = start, .end = start + size};
    return true;
}

int cfi_section_next(const struct cfi_section *section, uint64_t *offset,
                     struct cfi_range *ret_range)
{
    struct cfi_entry entry;
    struct cfi_cie cie;
    uint64_t at = *offset;
    int r = read_entry(section, offset, &entry);
    if (r != 1 || entry.is_cie)
        return r < 0 ? r : 0;
    if (!read_cie(section, entry.cie, &cie) || !read_range(section, &cie, &entry.body, ret_range))
        return 0;
    ret_range->fde = at;
    return 1;
}

/* The programs */

static void run_save(struct cfi_run *run, uint64_t number, enum cfi_how how, int64_t value)
{
    if (number < CFI_REGISTERS)
        run->row->registers[number] = (struct cfi_saved){.how = how, .value = value};
}

static struct cfi_saved run_expression(struct cursor *c, enum cfi_how how)
{
    uint64_t size = leb128_unsigned(c);
    if (size > cursor_left(c) || size > UINT32_MAX) {
        c->failed = true;
        return (struct cfi_saved){.how = how};
    }
    return (struct cfi_saved){
        .how = how, .size = (uint32_t)size, .expression = cursor_bytes(c, (size_t)size)};
}

static int64_t factored(int64_t value, int64_t factor)
{
    return (int64_t)((uint64_t)value * (uint64_t)factor);
}

static void run_cfa(struct cfi_run *run, uint64_t number, int64_t offset)
{
    run->bad |= number >= CFI_REGISTERS;
    run->row->cfa_register = (uint8_t)number;
    run->row->cfa = (struct cfi_saved){.how = CFI_IS_OFFSET, .value = offset};
}

static void run_restore(struct cfi_run *run, uint64_t number)
{
    run->bad |= !run->initial;
    if (run->initial && number < CFI_REGISTERS)
        run->row->registers[number] = run->initial->registers[number];
}

static void run_aside(struct cfi_run *run, bool back)
{
    if (back && run->aside_count > 0)
        *run->row = run->aside[--run->aside_count];
    else if (!back && run->aside_count < ROWS_ASIDE)
        run->aside[run->aside_count++] = *run->row;
    else
        run->bad = true;
}

/* The rules of registers and of the CFA. False if it is none of them. */
static bool run_rule(struct cfi_run *run, struct cursor *c, uint8_t code)
{
    struct cfi_row *row = run->row;
    int64_t factor = run->cie->data_factor;
    uint64_t number;
    switch (code) {
    case DW_CFA_offset_extended:
        number = leb128_unsigned(c);
        run_save(run, number, CFI_AT_OFFSET, factored((int64_t)leb128_unsigned(c), factor));
        return true;
    case DW_CFA_offset_extended_sf:
        number = leb128_unsigned(c);
        run_save(run, number, CFI_AT_OFFSET, factored(leb128_signed(c), factor));
        return true;
    case DW_CFA_GNU_negative_offset_extended:
        number = leb128_unsigned(c);
        run_save(run, number, CFI_AT_OFFSET,
                 (int64_t) - (uint64_t)factored((int64_t)leb128_unsigned(c), factor));
        return true;
    case DW_CFA_val_offset:
        number = leb128_unsigned(c);
        run_save(run, number, CFI_IS_OFFSET, factored((int64_t)leb128_unsigned(c), factor));
        return true;
    case DW_CFA_val_offset_sf:
        number = leb128_unsigned(c);
        run_save(run, number, CFI_IS_OFFSET, factored(leb128_signed(c), factor));
        return true;
    case DW_CFA_register:
        number = leb128_unsigned(c);
        run_save(run, number, CFI_IN_REGISTER, (int64_t)leb128_unsigned(c));
        return true;
    case DW_CFA_undefined: run_save(run, leb128_unsigned(c), CFI_UNDEFINED, 0); return true;
    case DW_CFA_same_value: run_save(run, leb128_unsigned(c), CFI_SAME, 0); return true;
    case DW_CFA_restore_extended: run_restore(run, leb128_unsigned(c)); return true;
    case DW_CFA_expression:
    case DW_CFA_val_expression: {
        number = leb128_unsigned(c);
        struct cfi_saved saved =
            run_expression(c, code == DW_CFA_expression ? CFI_AT_EXPRESSION : CFI_IS_EXPRESSION);
        if (number < CFI_REGISTERS)
            row->registers[number] = saved;
        return true;
    }
    default: return false;
    }
}

static bool run_cfa_rule(struct cfi_run *run, struct cursor *c, uint8_t code)
{
    struct cfi_row *row = run->row;
    int64_t factor = run->cie->data_factor;
    uint64_t number;
    switch (code) {
    case DW_CFA_def_cfa:
        number = leb128_unsigned(c);
        run_cfa(run, number, (int64_t)leb128_unsigned(c));
        return true;
    case DW_CFA_def_cfa_sf:
        number = leb128_unsigned(c);
        run_cfa(run, number, factored(leb128_signed(c), factor));
        return true;
    case DW_CFA_def_cfa_register: run_cfa(run, leb128_unsigned(c), row->cfa.value); return true;
    case DW_CFA_def_cfa_offset:
        run_cfa(run, row->cfa_register, (int64_t)leb128_unsigned(c));
        return true;
    case DW_CFA_def_cfa_offset_sf:
        run_cfa(run, row->cfa_register, factored(leb128_signed(c), factor));
        return true;
    case DW_CFA_def_cfa_expression: row->cfa = run_expression(c, CFI_IS_EXPRESSION); return true;
    default: return false;
    }
}

static void run_other(struct cfi_run *run, struct cursor *c, uint8_t code)
{
    uint64_t factor = run->cie->code_factor;
    switch (code) {
    case DW_CFA_nop: break;
    case DW_CFA_set_loc: run->location = read_encoded(run->section, c, run->cie->encoding); break;
    case DW_CFA_advance_loc1: run->location += cursor_u8(c) * factor; break;
    case DW_CFA_advance_loc2: run->location += cursor_u16(c) * factor; break;
    case DW_CFA_advance_loc4: run->location += cursor_u32(c) * factor; break;
    case DW_CFA_remember_state: run_aside(run, false); break;
    case DW_CFA_restore_state: run_aside(run, true); break;
    case DW_CFA_GNU_args_size: (void)leb128_unsigned(c); break;
    /* aarch64: the return address is signed from here on, or no longer; what signs it is taken
     * off whenever there is something. */
    case DW_CFA_GNU_window_save: break;
    default: run->bad |= !run_rule(run, c, code) && !run_cfa_rule(run, c, code); break;
    }
}

/* Beyond, a program is not run, for it would be run again for every other address. The longest that
 * were seen had 60 kB, in a library of CUDA's. */
#define PROGRAM_BYTES (64 * 1024)

/* Runs a program up to the row of the address. */
static bool run_program(struct cfi_run *run, struct cursor c)
{
    if (cursor_left(&c) > PROGRAM_BYTES)
        return false;
    while (cursor_left(&c) && !c.failed && !run->bad && run->location <= run->address) {
        uint8_t code = cursor_u8(&c), low = code & 0x3f;
        switch (code & 0xc0) {
        case DW_CFA_advance_loc: run->location += low * run->cie->code_factor; break;
        case DW_CFA_offset:
            run_save(run, low, CFI_AT_OFFSET,
                     factored((int64_t)leb128_unsigned(&c), run->cie->data_factor));
            break;
        case DW_CFA_restore: run_restore(run, low); break;
        default: run_other(run, &c, code); break;
        }
    }
    return !c.failed && !run->bad;
}

bool cfi_section_row(const struct cfi_section *section, uint64_t fde, uint64_t address,
                     struct cfi_row *ret_row)
{
    struct cfi_entry entry;
    struct cfi_cie cie;
    struct cfi_range range;
    if (read_entry(section, &fde, &entry) != 1 || entry.is_cie ||
        !read_cie(section, entry.cie, &cie) || !read_range(section, &cie, &entry.body, &range) ||
        address < range.start || address >= range.end)
        return false;
    struct cfi_run run; /* not the rows put aside: clearing them would cost more than the rest */
    run.section = section;
    run.cie = &cie;
    run.location = 0;
    run.address = address;
    run.initial = NULL;
    run.aside_count = 0;
    run.bad = false;
    struct cfi_row initial = {.signal = cie.signal,
                              .return_register = (uint8_t)cie.return_register};
    run.row = &initial;
    if (!run_program(&run, cie.program))
        return false;
    struct cfi_row row = initial;
    run.row = &row;
    run.initial = &initial;
    run.location = range.start;
    run.aside_count = 0;
    if (!run_program(&run, entry.body) || row.cfa.how == CFI_UNSAID)
        return false;
    *ret_row = row;
    return true;
}

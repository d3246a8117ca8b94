/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/form.h"

#include <dwarf.h>

#include "resolve/leb128.h"

uint64_t dwarf_number(struct cursor *c, unsigned bytes)
{
    switch (bytes) {
    case 1: return cursor_u8(c);
    case 2: return cursor_u16(c);
    case 3: {
        uint32_t first = cursor_u8(c), second = cursor_u8(c), third = cursor_u8(c);
        return c->swap != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
                   ? first << 16 | second << 8 | third
                   : third << 16 | second << 8 | first;
    }
    case 4: return cursor_u32(c);
    case 8: return cursor_u64(c);
    default: c->failed = true; return 0;
    }
}

int dwarf_form_size(uint16_t form, struct dwarf_sizes sizes)
{
    switch (form) {
    case DW_FORM_flag_present:
    case DW_FORM_implicit_const: return 0;
    case DW_FORM_data1:
    case DW_FORM_flag:
    case DW_FORM_ref1:
    case DW_FORM_strx1:
    case DW_FORM_addrx1: return 1;
    case DW_FORM_data2:
    case DW_FORM_ref2:
    case DW_FORM_strx2:
    case DW_FORM_addrx2: return 2;
    case DW_FORM_strx3:
    case DW_FORM_addrx3: return 3;
    case DW_FORM_data4:
    case DW_FORM_ref4:
    case DW_FORM_strx4:
    case DW_FORM_addrx4:
    case DW_FORM_ref_sup4: return 4;
    case DW_FORM_data8:
    case DW_FORM_ref8:
    case DW_FORM_ref_sig8:
    case DW_FORM_ref_sup8: return 8;
    case DW_FORM_data16: return 16;
    case DW_FORM_addr: return sizes.address;
    case DW_FORM_strp:
    case DW_FORM_line_strp:
    case DW_FORM_sec_offset:
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_ref_alt:
    case DW_FORM_GNU_strp_alt: return sizes.offset;
    case DW_FORM_ref_addr: return sizes.version < 3 ? sizes.address : sizes.offset;
    default: return -1;
    }
}

/* The forms whose size lies in the value itself. */
static struct dwarf_value form_read_variable(struct cursor *c, uint16_t form)
{
    struct dwarf_value value = {.form = form};
    switch (form) {
    case DW_FORM_udata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_loclistx:
    case DW_FORM_rnglistx:
    case DW_FORM_GNU_addr_index:
    case DW_FORM_GNU_str_index: value.number = leb128_unsigned(c); break;
    case DW_FORM_sdata: value.number = (uint64_t)leb128_signed(c); break;
    case DW_FORM_string: value.text = cursor_text(c, NULL); break;
    case DW_FORM_block1: cursor_skip(c, cursor_u8(c)); break;
    case DW_FORM_block2: cursor_skip(c, cursor_u16(c)); break;
    case DW_FORM_block4: cursor_skip(c, cursor_u32(c)); break;
    case DW_FORM_block:
    case DW_FORM_exprloc: {
        uint64_t size = leb128_unsigned(c);
        cursor_skip(c, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
        break;
    }
    default:
        c->failed = true;
        value.form = 0;
        break;
    }
    return value;
}

struct dwarf_value dwarf_form_read(struct cursor *c, uint16_t form, int64_t constant,
                                   struct dwarf_sizes sizes)
{
    if (form == DW_FORM_indirect) {
        uint64_t told = leb128_unsigned(c);
        /* Neither may be told indirectly: that could go on for ever, or has no constant. */
        form = told == DW_FORM_indirect || told == DW_FORM_implicit_const || told > UINT16_MAX
                   ? 0
                   : (uint16_t)told;
    }
    int size = dwarf_form_size(form, sizes);
    if (size < 0)
        return form_read_variable(c, form);
    struct dwarf_value value = {.form = form, .number = 1};
    if (form == DW_FORM_implicit_const)
        value.number = (uint64_t)constant;
    else if (size == 16)
        cursor_skip(c, 16);
    else if (size > 0)
        value.number = dwarf_number(c, (unsigned)size);
    return value;
}

void dwarf_form_skip(struct cursor *c, uint16_t form, struct dwarf_sizes sizes)
{
    if (form == DW_FORM_indirect)
        (void)dwarf_form_read(c, form, 0, sizes);
    else
        (void)form_read_variable(c, form);
}

/* SPDX-License-Identifier: MIT */
#include "resolve/elf/got.h"

#include <stdlib.h>

#include "base/mem.h"
#include "resolve/elf/data.h"

void got_done(struct got *got)
{
    mem_free(got->items);
}

/* The word that relocation `i` fills in, with its symbol; false behind the last. */
static bool got_relocation(Elf_Data *data, const GElf_Shdr *header, size_t i,
                           struct got_entry *ret_entry)
{
    GElf_Rela with_addend;
    GElf_Rel plain;
    if (i > INT32_MAX)
        return false;
    if (header->sh_type == SHT_RELA && gelf_getrela(data, (int)i, &with_addend))
        *ret_entry = (struct got_entry){.address = with_addend.r_offset,
                                        .symbol = GELF_R_SYM(with_addend.r_info)};
    else if (header->sh_type == SHT_REL && gelf_getrel(data, (int)i, &plain))
        *ret_entry =
            (struct got_entry){.address = plain.r_offset, .symbol = GELF_R_SYM(plain.r_info)};
    else
        return false;
    return true;
}

static int got_compare(const void *left, const void *right)
{
    const struct got_entry *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

void got_sort(struct got *got)
{
    if (got->count)
        qsort(got->items, got->count, sizeof *got->items, got_compare);
}

static struct got_entry *got_search(const struct got *got, uint64_t address)
{
    const struct got_entry key = {.address = address};
    return got->count ? bsearch(&key, got->items, got->count, sizeof key, got_compare) : NULL;
}

const struct got_entry *got_find(const struct got *got, uint64_t address)
{
    return got_search(got, address);
}

int got_add(struct got *got, struct got_entry entry)
{
    if (mem_grow(&got->items, &got->capacity, got->count + 1, sizeof entry) < 0)
        return -1;
    got->items[got->count++] = entry;
    return 0;
}

/* A table of relocations that name dynamic symbols; NULL if it is none. */
static Elf_Data *got_relocations(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
    Elf_Scn *section = elf_file_section(file, name, header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    bool fits = data && file->dynsym && header->sh_link == elf_ndxscn(file->dynsym);
    return fits ? data : NULL;
}

int got_add_all(struct got *got, const struct elf_file *file, const char *name)
{
    GElf_Shdr header;
    Elf_Data *data = got_relocations(file, name, &header);
    struct got_entry entry;
    for (size_t i = 0; data && got_relocation(data, &header, i, &entry); i++)
        if (got_add(got, entry) < 0)
            return -1;
    return 0;
}

void got_name(struct got *got, const struct elf_file *file, const char *name)
{
    GElf_Shdr header;
    Elf_Data *data = got->count ? got_relocations(file, name, &header) : NULL;
    struct got_entry entry;
    for (size_t i = 0; data && got_relocation(data, &header, i, &entry); i++) {
        struct got_entry *wanted = entry.symbol ? got_search(got, entry.address) : NULL;
        if (wanted && !wanted->symbol)
            wanted->symbol = entry.symbol;
    }
}

int got_add_chosen(struct got *got, const struct elf_file *file, const char *name)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_file_section(file, name, &header);
    Elf_Data *data = section && header.sh_type == SHT_RELA ? elf_getdata(section, NULL) : NULL;
    GElf_Rela rela;
    for (int i = 0; data && i < INT32_MAX && gelf_getrela(data, i, &rela); i++) {
        if (GELF_R_TYPE(rela.r_info) != R_X86_64_IRELATIVE)
            continue;
        struct got_entry entry = {.address = rela.r_offset, .chooser = (uint64_t)rela.r_addend};
        if (got_add(got, entry) < 0)
            return -1;
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/image.h"

#include "base/mem.h"
#include "resolve/dwarf/file.h"
#include "resolve/elf/file.h"

#include <gelf.h>
#include <string.h>

void dwarf_image_done(struct dwarf_image *image)
{
    mem_free(image->segments);
    *image = (struct dwarf_image){0};
}

static struct dwarf_segment image_segment(const GElf_Phdr *header, uint64_t code_offset)
{
    const uint64_t page = 4096;
    struct dwarf_segment segment = {
        .offset = header->p_offset,
        .address = header->p_vaddr,
        .size = header->p_filesz,
        .code = header->p_flags & PF_X,
    };
    if (segment.code && segment.size == 0) {
        segment.offset = code_offset;
        segment.address -= segment.address % page;
        segment.size = header->p_memsz + header->p_vaddr % page;
    }
    return segment;
}

static bool is_stubs_name(const char *name)
{
    return strncmp(name, ".plt", 4) == 0 || strcmp(name, ".init") == 0 ||
           strcmp(name, ".fini") == 0;
}

static void image_stubs(struct dwarf_image *image, Elf *elf)
{
    size_t names;
    if (elf_getshdrstrndx(elf, &names) < 0)
        return;
    for (Elf_Scn *section = NULL;
         image->stub_count < DWARF_STUBS && (section = elf_nextscn(elf, section));) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_EXECINSTR))
            continue;
        const char *name = elf_strptr(elf, names, header.sh_name);
        if (name && is_stubs_name(name))
            image->stubs[image->stub_count++] =
                (struct dwarf_stubs){.address = header.sh_addr, .size = header.sh_size};
    }
}

int dwarf_image_read(struct dwarf_image *image, const char *path, uint64_t code_offset)
{
    CLEANUP(dwarf_file_cleanup) struct dwarf_file *file = NULL;
    size_t count;
    if (dwarf_file_open(&file, path, false) < 0)
        return -1;
    if (!file || elf_getphdrnum(file->elf, &count) < 0)
        return 0;
    for (size_t i = 0; i < count && image->count < ELF_SEGMENTS; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(file->elf, (int)i, &header) || header.p_type != PT_LOAD)
            continue;
        if (mem_grow(&image->segments, &image->capacity, image->count + 1,
                     sizeof *image->segments) < 0)
            return -1;
        image->segments[image->count++] = image_segment(&header, code_offset);
    }
    image_stubs(image, file->elf);
    return 0;
}

bool dwarf_image_address(const struct dwarf_image *image, uint64_t offset, uint64_t *ret_address)
{
    /* Segments may overlap in the file, by the rest of a page: code is what was running. */
    for (int code = 1; code >= 0; code--) {
        for (size_t i = 0; i < image->count; i++) {
            const struct dwarf_segment *segment = &image->segments[i];
            if (segment->code == code && offset >= segment->offset &&
                offset - segment->offset < segment->size) {
                *ret_address = segment->address + (offset - segment->offset);
                return true;
            }
        }
    }
    return false;
}

bool dwarf_image_is_code(const struct dwarf_image *image, uint64_t address)
{
    for (size_t i = 0; i < image->count; i++) {
        const struct dwarf_segment *segment = &image->segments[i];
        if (segment->code && address >= segment->address &&
            address - segment->address < segment->size)
            return true;
    }
    return false;
}

bool dwarf_image_is_stub(const struct dwarf_image *image, uint64_t address)
{
    for (size_t i = 0; i < image->stub_count; i++)
        if (address >= image->stubs[i].address &&
            address - image->stubs[i].address < image->stubs[i].size)
            return true;
    return false;
}

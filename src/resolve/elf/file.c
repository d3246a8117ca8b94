/* SPDX-License-Identifier: MIT */
#include "resolve/elf/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/compress.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "resolve/elf/data.h"

void elf_file_free(struct elf_file *file)
{
    if (!file)
        return;
    if (file->elf)
        elf_end(file->elf);
    if (file->fd >= 0)
        close(file->fd);
    buffer_done(&file->image);
    mem_free(file->path);
    mem_free(file);
}

bool elf_file_swap(const struct elf_file *file)
{
    return file->header.e_ident[EI_DATA] !=
           (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB);
}

const char *elf_section_name(const struct elf_file *file, const GElf_Shdr *section)
{
    size_t names;
    if (elf_getshdrstrndx(file->elf, &names) < 0)
        return "";
    const char *name = elf_strptr(file->elf, names, section->sh_name);
    return name ? name : "";
}

Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, GElf_Shdr *ret_header)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));)
        if (gelf_getshdr(section, ret_header) &&
            strcmp(elf_section_name(file, ret_header), name) == 0)
            return section;
    return NULL;
}

const uint8_t *elf_file_bytes(const struct elf_file *file, const char *name, size_t *ret_size)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_file_section(file, name, &header);
    if (!section || header.sh_type == SHT_NOBITS)
        return NULL;
    Elf_Data *data = elf_rawdata(section, NULL);
    if (!data || !data->d_buf)
        return NULL;
    *ret_size = data->d_size;
    return data->d_buf;
}

static void elf_file_note(struct elf_file *file, Elf_Scn *section)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (data && data->d_buf && !file->build_id.size)
        (void)build_id_from_notes(&file->build_id, data->d_buf, data->d_size, elf_file_swap(file));
}

static void elf_file_sections(struct elf_file *file)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            continue;
        if (header.sh_type == SHT_SYMTAB && !file->symtab)
            file->symtab = section;
        else if (header.sh_type == SHT_DYNSYM && !file->dynsym)
            file->dynsym = section;
        else if (header.sh_type == SHT_NOTE)
            elf_file_note(file, section);
        else if (header.sh_type == SHT_NOBITS && header.sh_flags & SHF_EXECINSTR)
            file->code = false;
    }
}

/* Takes over fd, and image if that is given. */
static int elf_file_new(struct elf_file **ret_file, Elf *elf, int fd, struct buffer *image)
{
    CLEANUP(elf_file_cleanup) struct elf_file *file = mem_zalloc(1, sizeof *file);
    if (!file) {
        elf_end(elf);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    file->elf = elf;
    file->fd = fd;
    if (image) {
        file->image = *image;
        *image = (struct buffer){0};
    }
    *ret_file = NULL;
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &file->header))
        return 0;
    file->code = true;
    elf_file_sections(file);
    *ret_file = MEM_TAKE(file);
    return 0;
}

/* The file in `fd`, expanded: kernel modules lie compressed in some distributions. */
static int elf_file_expand(struct elf_file **ret_file, int fd, uint64_t size)
{
    CLEANUP(mem_cleanup) char *packed = NULL;
    CLEANUP(buffer_done) struct buffer image = {0};
    if (size > LIMIT_PACKED_BYTES)
        return 0;
    packed = mem_alloc(size);
    if (!packed)
        return -1;
    ssize_t got = pread(fd, packed, size, 0);
    if (got <= 0)
        return 0;
    int r = compress_expand(&image, packed, (size_t)got, LIMIT_EXPANDED_BYTES);
    if (r)
        return r < 0 ? -1 : 0;
    return elf_file_new(ret_file, elf_memory(image.data, image.size), -1, &image);
}

static int elf_file_open_fd(struct elf_file **ret_file, int fd, const struct stat *st)
{
    uint8_t head[8];
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head) {
        close(fd);
        return 0;
    }
    if (memcmp(head, ELFMAG, SELFMAG) == 0)
        return elf_file_new(ret_file, elf_begin(fd, ELF_C_READ, NULL), fd, NULL);
    int r = 0;
    if (compress_kind_of(head, sizeof head) != COMPRESS_NONE)
        r = elf_file_expand(ret_file, fd, (uint64_t)st->st_size);
    close(fd);
    return r;
}

int elf_file_open(struct elf_file **ret_file, const char *path)
{
    *ret_file = NULL;
    elf_version(EV_CURRENT);
    /* Whatever the path leads to: a FIFO must not make us wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0)
        return 0;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return 0;
    }
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    if (elf_file_open_fd(&file, fd, &st) < 0)
        return -1;
    if (!file)
        return 0;
    file->stat = (struct elf_file_stat){st.st_mtime, st.st_ctime, st.st_ino, major(st.st_dev),
                                        minor(st.st_dev)};
    file->path = mem_copy_text(path, strlen(path));
    if (!file->path)
        return -1;
    *ret_file = MEM_TAKE(file);
    return 0;
}

int elf_file_image(struct elf_file **ret_file, const void *image, size_t size)
{
    elf_version(EV_CURRENT);
    return elf_file_new(ret_file, elf_memory((char *)(uintptr_t)image, size), -1, NULL);
}

const char *elf_file_path(const struct elf_file *file)
{
    return file->path;
}

unsigned elf_file_machine(const struct elf_file *file)
{
    return file->header.e_machine;
}

bool elf_file_code(const struct elf_file *file, unsigned nth, struct elf_range *ret_range)
{
    GElf_Phdr header;
    for (int i = 0; i < file->header.e_phnum && gelf_getphdr(file->elf, i, &header); i++)
        if (header.p_type == PT_LOAD && header.p_flags & PF_X && nth-- == 0) {
            *ret_range = (struct elf_range){header.p_offset, header.p_filesz};
            return true;
        }
    return false;
}

size_t elf_file_read(const struct elf_file *file, uint64_t offset, void *bytes, size_t size)
{
    ssize_t got = offset > INT64_MAX ? 0 : pread(file->fd, bytes, size, (off_t)offset);
    return got < 0 ? 0 : (size_t)got;
}

void elf_file_detach(struct elf_file *file)
{
    if (file->fd < 0)
        return;
    (void)elf_cntl(file->elf, ELF_C_FDDONE);
    close(file->fd);
    file->fd = -1;
}

struct build_id elf_file_build_id(const struct elf_file *file)
{
    return file->build_id;
}

bool elf_file_has_dwarf(const struct elf_file *file)
{
    GElf_Shdr header;
    return elf_file_section(file, ".debug_info", &header) ||
           elf_file_section(file, ".zdebug_info", &header);
}

bool elf_file_has_symtab(const struct elf_file *file)
{
    return file->symtab != NULL;
}

bool elf_file_has_code(const struct elf_file *file)
{
    return file->code;
}

void elf_file_set_code_offset(struct elf_file *file, uint64_t offset)
{
    file->code_offset = offset;
}

const char *elf_file_debuglink(const struct elf_file *file, uint32_t *ret_checksum)
{
    size_t size = 0, length;
    const uint8_t *bytes = elf_file_bytes(file, ".gnu_debuglink", &size);
    struct cursor c = cursor_of(bytes, size, elf_file_swap(file));
    const char *name = bytes ? cursor_text(&c, &length) : NULL;
    if (!name || length == 0 || strchr(name, '/'))
        return NULL;
    cursor_skip(&c, -c.position & 3);
    *ret_checksum = cursor_u32(&c);
    return c.failed ? NULL : name;
}

struct elf_file_stat elf_file_stat(const struct elf_file *file)
{
    return file->stat;
}

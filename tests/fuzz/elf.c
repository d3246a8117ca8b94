/* SPDX-License-Identifier: MIT */
/* An ELF image: build id, debug link, symbols, jump tables, as a program, as a kernel and as a
 * module; its own names are demangled where aliases meet. */
#include "resolve/elf/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbol_list.h"

/* All that a file can be asked. */
static void ask(struct elf_file *file, size_t size)
{
    struct symbols symbols = {0}, few = {0}, kernel = {0}, module = {0};
    bool rich;
    uint32_t checksum;
    uint64_t value;
    FUZZ_CHECK(elf_file_build_id(file).size <= 20);
    const char *link = elf_file_debuglink(file, &checksum);
    if (link)
        fuzz_touch(link, strlen(link));
    FUZZ_CHECK(elf_file_symbols(file, file, ELF_ALL_TABLES, &symbols, &rich) == 0);
    symbol_list_check(&symbols);
    symbol_list_want(&few, &symbols);
    FUZZ_CHECK(elf_file_symbols(file, file, ELF_ALL_TABLES, &few, &rich) == 0);
    FUZZ_CHECK(few.offered <= symbols.offered); /* jump tables that nobody asks for are not read */
    symbol_list_answers(&few, &symbols);
    (void)elf_file_symbol_value(file, "_text", &value);
    FUZZ_CHECK(elf_file_addresses(file, size, &kernel) == 0);
    symbol_list_check(&kernel);
    FUZZ_CHECK(elf_file_module(file, &module) == 0);
    symbol_list_check(&module);
    symbols_done(&symbols);
    symbols_done(&few);
    symbols_done(&kernel);
    symbols_done(&module);
}

/* The same as a file, which may be compressed; and as a debug file, whose segments tell no offsets
 * that could be believed. */
static void ask_as_file(const uint8_t *data, size_t size)
{
    char path[32];
    struct source source = fuzz_source(data, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", source.fd);
    CLEANUP(elf_file_cleanup) struct elf_file *file = NULL;
    FUZZ_CHECK(elf_file_open(&file, path) == 0);
    if (!file)
        return;
    FUZZ_CHECK(strcmp(elf_file_path(file), path) == 0);
    (void)elf_file_has_symtab(file);
    if (!elf_file_has_code(file))
        elf_file_set_code_offset(file, size / 2);
    ask(file, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* libelf converts in place. */
    uint8_t *image = malloc(size + !size);
    FUZZ_CHECK(image);
    memcpy(image, data, size);
    struct elf_file *file = NULL;
    FUZZ_CHECK(elf_file_image(&file, image, size) == 0);
    if (file)
        ask(file, size);
    elf_file_free(file);
    free(image);
    ask_as_file(data, size);
    return 0;
}

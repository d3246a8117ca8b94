/* SPDX-License-Identifier: MIT */
/* An ELF image: build id, debug link, symbols, jump tables, as a program, as a kernel and as a
 * module; its own names are demangled where aliases meet. */
#include "resolve/elf/file.h"

#include <stdlib.h>

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* libelf converts in place. */
    uint8_t *image = malloc(size + !size);
    FUZZ_CHECK(image);
    memcpy(image, data, size);
    struct elf_file *file = NULL;
    struct symbols symbols = {0}, few = {0}, kernel = {0}, module = {0};
    bool rich;
    uint32_t checksum;
    uint64_t value;
    FUZZ_CHECK(elf_file_image(&file, image, size) == 0);
    if (file) {
        FUZZ_CHECK(elf_file_build_id(file).size <= 20);
        const char *link = elf_file_debuglink(file, &checksum);
        if (link)
            fuzz_touch(link, strlen(link));
        FUZZ_CHECK(elf_file_symbols(file, file, ELF_ALL_TABLES, &symbols, &rich) == 0);
        symbol_list_check(&symbols);
        symbol_list_want(&few, &symbols);
        FUZZ_CHECK(elf_file_symbols(file, file, ELF_ALL_TABLES, &few, &rich) == 0);
        symbol_list_same(&few, &symbols);
        (void)elf_file_symbol_value(file, "_text", &value);
        FUZZ_CHECK(elf_file_addresses(file, size, &kernel) == 0);
        symbol_list_check(&kernel);
        FUZZ_CHECK(elf_file_module(file, &module) == 0);
        symbol_list_check(&module);
    }
    symbols_done(&symbols);
    symbols_done(&few);
    symbols_done(&kernel);
    symbols_done(&module);
    elf_file_free(file);
    free(image);
    return 0;
}

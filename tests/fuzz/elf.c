/* SPDX-License-Identifier: MIT */
/* An ELF image: build id, symbols, jump table; its own names are demangled where aliases meet. */
#include "resolve/elf_file.h"

#include <stdlib.h>

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* libelf converts in place. */
    uint8_t *image = malloc(size + !size);
    FUZZ_CHECK(image);
    memcpy(image, data, size);
    struct elf_file *file = NULL;
    struct symbols symbols = {0};
    FUZZ_CHECK(elf_file_image(&file, image, size) == 0);
    if (file) {
        FUZZ_CHECK(elf_file_build_id(file).size <= 20);
        FUZZ_CHECK(elf_file_symbols(file, file, &symbols) == 0);
        symbol_list_check(&symbols);
    }
    symbols_done(&symbols);
    elf_file_free(file);
    free(image);
    return 0;
}

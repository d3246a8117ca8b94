/* SPDX-License-Identifier: MIT */
/* A jitdump file: code that is loaded, moved and overwritten. */
#include "resolve/jit/jitdump.h"

#include <sys/mman.h>
#include <unistd.h>

#include "symbol_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jitdump dump = {0};
    struct symbols symbols = {0};
    struct source source;
    int fd = memfd_create("jitdump", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    FUZZ_CHECK(source_open_fd(&source, fd, NULL) == 0);
    FUZZ_CHECK(jitdump_read(&dump, &symbols, &source) == 0);
    FUZZ_CHECK(dump.count <= size / 16);
    for (size_t i = 0; i < dump.count; i++)
        FUZZ_CHECK(dump.steps[i].size && dump.steps[i].address + dump.steps[i].size);
    symbol_list_check(&symbols);
    jitdump_done(&dump);
    symbols_done(&symbols);
    close(fd);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/source.h"

static void a_pipe_is_spooled(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "0123456789", 10), 10);
    close(ends[1]);
    struct source source;
    assert_int_equal(source_open_fd(&source, ends[0], NULL), 0);
    assert_true(source.size == 10);
    char bytes[8];
    size_t size = 0;
    assert_int_equal(source_read(&source, 4, bytes, sizeof bytes, &size, NULL), 0);
    assert_int_equal(size, 6);
    assert_memory_equal(bytes, "456789", 6);
    source_close(&source);
    close(ends[0]);
}

static void what_is_not_there_is_said(void **state)
{
    struct source source;
    struct pfl_error error;
    assert_int_equal(source_open(&source, "/nowhere/at/all", &error), -PFL_ERROR_IO);
    assert_string_equal(error.message, "No such file or directory");
    assert_int_equal(source_open(&source, "/", &error), -PFL_ERROR_UNSUPPORTED);
}

static void a_file_that_shrinks_is_told(void **state)
{
    struct source source;
    int fd = memfd_create("input", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, "0123456789", 10) == 10);
    assert_int_equal(source_open_fd(&source, fd, NULL), 0);
    assert_false(source_has_shrunk(&source));
    assert_int_equal(ftruncate(fd, 20), 0);
    assert_false(source_has_shrunk(&source));
    assert_int_equal(ftruncate(fd, 9), 0);
    assert_true(source_has_shrunk(&source));
    source_close(&source);
    close(fd);
}

static void files_of_proc_have_no_size(void **state)
{
    char *text = NULL;
    size_t size = 0;
    assert_int_equal(source_read_text("/proc/self/maps", &text, &size, NULL), 0);
    assert_true(size > 0 && strlen(text) == size);
    mem_free(text);
}

RUN_TESTS(TEST(a_pipe_is_spooled), TEST(what_is_not_there_is_said),
          TEST(files_of_proc_have_no_size), TEST(a_file_that_shrinks_is_told))

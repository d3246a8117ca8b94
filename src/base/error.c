/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static int error_fill(struct pfl_error *err, enum pfl_error_code code, uint64_t offset,
                      const char *format, va_list args)
{
    if (!err)
        return -(int)code;
    err->code = code;
    err->offset = offset;
    if (vsnprintf(err->message, sizeof err->message, format, args) < 0)
        err->message[0] = '\0';
    for (char *c = err->message; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return -(int)code;
}

int error_set(struct pfl_error *err, enum pfl_error_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int r = error_fill(err, code, PFL_NO_OFFSET, format, args);
    va_end(args);
    return r;
}

int error_at(struct pfl_error *err, enum pfl_error_code code, uint64_t offset, const char *format,
             ...)
{
    va_list args;
    va_start(args, format);
    int r = error_fill(err, code, offset, format, args);
    va_end(args);
    return r;
}

int error_memory(struct pfl_error *err)
{
    return error_set(err, PFL_ERROR_MEMORY, "out of memory");
}

int error_errno(struct pfl_error *err, int number, const char *what)
{
    char text[128];
    /* The POSIX strerror_r is hidden by _GNU_SOURCE; this one may return a static text. */
    return error_set(err, PFL_ERROR_IO, "%s: %s", what, strerror_r(number, text, sizeof text));
}

/* SPDX-License-Identifier: MIT */
#include "cli/values.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum status value_word(const char *option, const char *text, const char *const *words,
                       int *ret_number)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_number = i;
            return STATUS_DONE;
        }
    }
    char list[200] = "";
    for (int i = 0; words[i]; i++) {
        strncat(list, i ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, words[i], sizeof list - strlen(list) - 1);
    }
    return message_usage("--%s '%s': give one of %s", option, text, list);
}

/* False for a text that is not a number from end to end. */
static bool is_number(const char *text, double *ret_number)
{
    char *end;
    *ret_number = strtod(text, &end);
    return end != text && !*end;
}

enum status value_number(const char *option, const char *text, double least, double most,
                         double *ret_number)
{
    double number;
    if (!is_number(text, &number) || !(number >= least && number <= most))
        return message_usage("--%s '%s': give a number from %.10g to %.10g", option, text, least,
                             most);
    *ret_number = number;
    return STATUS_DONE;
}

enum status value_size(const char *option, const char *text, double *ret_size)
{
    double size;
    if (!is_number(text, &size) || !(size > 0))
        return message_usage("--%s '%s': give a number above 0", option, text);
    *ret_size = size;
    return STATUS_DONE;
}

enum status value_count(const char *option, const char *text, int least, int *ret_count)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (end == text || *end || errno || number < least || number > INT_MAX)
        return message_usage("--%s '%s': give a count from %d up", option, text, least);
    *ret_count = (int)number;
    return STATUS_DONE;
}

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

enum status value_number(const char *option, const char *text, double least, double most,
                         double *ret_number)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !(number >= least && number <= most))
        return message_usage("--%s '%s': give a number from %.10g to %.10g", option, text, least,
                             most);
    *ret_number = number;
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

/* SPDX-License-Identifier: MIT */
/* The perflame command: which command is meant, and its exit status. Nothing here knows more
 * than the public headers. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

/* Words that later versions will know: an error now, so that no file of that name is read by
 * mistake. */
static enum status check_kept_word(const char *word)
{
    static const char *const kept[] = {"diff",  "check",  "report", "convert",
                                       "merge", "record", "peek",   "tree"};
    if (strcmp(word, "record") == 0)
        return message_failed(STATUS_USAGE,
                              "perflame does not record: perf record -g CMD, then perflame");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcmp(word, kept[i]) == 0)
            return message_usage("%s is not in this version", word);
    return STATUS_DONE;
}

static enum status run(struct args *args, int argc, char **argv)
{
    enum status status = args_parse(args, argc, argv);
    if (status != STATUS_DONE)
        return status;
    if (args->version) {
        printf("perflame %s\n", pfl_version());
        return STATUS_DONE;
    }
    if (args->help) {
        help_print_command(args->command);
        return STATUS_DONE;
    }
    switch (args->command) {
    case COMMAND_RENDER: return command_render(args);
    case COMMAND_FOLD: return command_fold(args);
    case COMMAND_TOP: return command_top(args);
    case COMMAND_INFO: return command_info(args);
    case COMMAND_HELP:
        return args->inputs.count > 1
                   ? message_usage("help explains one thing at a time")
                   : command_help(args->inputs.count ? args->inputs.items[0] : NULL);
    }
    return STATUS_USAGE;
}

/* A mistyped command would otherwise be read as an input that is not there. */
static enum status check_mistyped(const char *word)
{
    const char *nearest = command_nearest(word);
    if (nearest && !strpbrk(word, "./") && *word != '-' && access(word, F_OK) != 0)
        return message_failed(STATUS_FAILED, "%s: no such file, nor a command; did you mean %s?",
                              word, nearest);
    return STATUS_DONE;
}

/* Memory is kept for what comes next: given back, and asked for again, each of its pages is zeroed
 * by the kernel anew, which was a twentieth of the time for a short recording. What is larger stays
 * apart, as it is moved, not copied, when it grows. Threads share one arena, so that each uses
 * again what the others gave back: they allocate too seldom to wait for one another, and an arena
 * of a thread's own grows by a system call for every few pages. */
static void keep_memory(void)
{
#ifdef M_MMAP_THRESHOLD /* glibc */
    mallopt(M_MMAP_THRESHOLD, 2 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 512 << 10);
    mallopt(M_ARENA_MAX, 1);
#endif
}

int main(int argc, char **argv)
{
    struct args args = {.command = COMMAND_RENDER};
    enum status status = STATUS_DONE;
    keep_memory();
    output_catch_signals();
    if (argc > 1 && command_of(argv[1])) {
        args.command = command_of(argv[1]);
        argv++;
        argc--;
    } else if (argc > 1) {
        status = check_kept_word(argv[1]);
        if (status == STATUS_DONE)
            status = check_mistyped(argv[1]);
    }
    if (status == STATUS_DONE)
        status = run(&args, argc, argv);
    args_done(&args);
    if (status == STATUS_DONE && (fflush(stdout) != 0 || ferror(stdout)))
        status = message_failed(STATUS_FAILED, "standard output: %s", strerror(errno));
    return (int)status;
}

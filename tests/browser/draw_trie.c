/* SPDX-License-Identifier: MIT */
/* Draws folded text: a stand-in for the perflame command, for the browser test and for looking.
 *
 *     draw-trie [OPTION=VALUE]... FOLDED OUTPUT      .svg, .png or .pdf
 *
 * The first frame of a stack is its group; what is in [brackets] is a mark if it is one of the
 * three, else an object's name. A second number on a line goes to a second column, in bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/picture.h"

static int write_file(void *file, const void *data, size_t size)
{
    return fwrite(data, 1, size, file) != size;
}

static enum frame_kind kind_of(char *name)
{
    static const struct {
        const char *suffix;
        enum frame_kind kind;
    } suffixes[] = {{"_[k]", FRAME_KERNEL}, {"_[i]", FRAME_INLINED}, {"_[j]", FRAME_JIT}};
    size_t length = strlen(name);
    for (size_t i = 0; i < 3; i++)
        if (length > 4 && strcmp(name + length - 4, suffixes[i].suffix) == 0) {
            name[length - 4] = '\0';
            return suffixes[i].kind;
        }
    if (!strcmp(name, "[unknown]") || !strcmp(name, "[broken]") || !strcmp(name, "[truncated]"))
        return FRAME_MARK;
    return FRAME_USER;
}

static void add_line(struct trie *trie, char *line)
{
    char *number = strrchr(line, ' ');
    if (!number)
        return;
    *number++ = '\0';
    char *second = strrchr(line, '\t');
    if (second)
        *second++ = '\0';
    uint32_t node = 0;
    char *rest = NULL;
    for (char *name = strtok_r(line, ";", &rest); name; name = strtok_r(NULL, ";", &rest)) {
        enum frame_kind kind = node ? kind_of(name) : FRAME_GROUP;
        const char *object = kind == FRAME_KERNEL                 ? "[kernel]"
                             : *name == '[' && kind == FRAME_USER ? name
                                                                  : NULL;
        node = trie_child(trie, node, frames_add(&trie->frames, name, strlen(name), kind, object));
    }
    trie_add(trie, 0, node, strtoll(number, NULL, 10));
    if (second)
        trie_add(trie, trie_column(trie, "kmem:kmalloc", "bytes_alloc", "bytes"), node,
                 strtoll(second, NULL, 10));
}

static struct trie *read_trie(const char *path)
{
    struct trie *trie = trie_new();
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    trie_column(trie, "cpu-clock", "period", "ns");
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) > 0)
        add_line(trie, line);
    free(line);
    fclose(file);
    trie_sum(trie);
    return trie;
}

static void set_option(struct picture_options *options, char *option)
{
    char *value = strchr(option, '=') + 1;
    value[-1] = '\0';
    if (!strcmp(option, "title"))
        options->title = value;
    else if (!strcmp(option, "width"))
        options->width = atof(value);
    else if (!strcmp(option, "scale"))
        options->scale = atof(value);
    else if (!strcmp(option, "color"))
        options->colour = *value == 'm' ? PICTURE_BY_MODULE : *value == 'n' ? PICTURE_BY_NAME : 0;
    else if (!strcmp(option, "theme"))
        options->theme = *value == 'd'   ? PICTURE_THEME_DARK
                         : *value == 'l' ? PICTURE_THEME_LIGHT
                                         : 0;
    else if (!strcmp(option, "script"))
        options->script = *value == 'n'   ? PICTURE_SCRIPT_NONE
                          : *value == 'e' ? 0
                                          : PICTURE_SCRIPT_URL;
    else if (!strcmp(option, "palette"))
        options->palette = value;
    else if (!strcmp(option, "sort"))
        options->sort = *value == 'w';
    else if (!strcmp(option, "inverted"))
        options->inverted = true;
    if (options->script == PICTURE_SCRIPT_URL && !strcmp(option, "script"))
        options->script_url = value;
}

int main(int argc, char **argv)
{
    struct picture_options options = {.input = "test.folded"};
    int at = 1;
    while (at < argc && strchr(argv[at], '='))
        set_option(&options, argv[at++]);
    if (argc - at != 2)
        return 2;
    struct trie *trie = read_trie(argv[at]);
    const char *end = strrchr(argv[at + 1], '.');
    enum picture_format format = end && !strcmp(end, ".png")   ? PICTURE_PNG
                                 : end && !strcmp(end, ".pdf") ? PICTURE_PDF
                                                               : PICTURE_SVG;
    FILE *file = fopen(argv[at + 1], "w");
    struct pfl_error error;
    struct pfl_sink sink = {write_file, file};
    int result = file ? picture_write(trie, &options, format, &sink, &error) : -1;
    if (result < 0)
        fprintf(stderr, "draw-trie: %s\n", error.message);
    if (file)
        fclose(file);
    trie_free(trie);
    return result < 0;
}

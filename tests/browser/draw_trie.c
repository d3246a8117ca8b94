/* SPDX-License-Identifier: MIT */
/* Draws folded text: a stand-in for the perflame command, for the browser test and for looking.
 *
 *     draw-trie [--OPTION=VALUE]... -o OUTPUT FOLDED      .svg, .png or .pdf
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

static struct trie *read_trie(const char *path, bool timed)
{
    struct trie *trie = trie_new();
    trie->timed = timed;
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

/* The number of a word in a list, 0 if it is not there. */
static unsigned choice(const char *word, const char *const words[3])
{
    for (unsigned i = 0; i < 3; i++)
        if (!strcmp(word, words[i]))
            return i;
    return 0;
}

static void set_option(struct picture_options *options, const char *option)
{
    static const char *const colours[] = {"kind", "module", "name"};
    static const char *const themes[] = {"auto", "light", "dark"};
    static const char *const sorts[] = {"name", "weight", "time"};
    const char *value = strchr(option, '=');
    size_t length = value ? (size_t)(value - option) : strlen(option);
    value = value ? value + 1 : "";
#define IS(name) (length == strlen(name) && !memcmp(option, name, length))
    if (IS("--title"))
        options->title = value;
    else if (IS("--width"))
        options->width = atof(value);
    else if (IS("--font-size"))
        options->font_size = atof(value);
    else if (IS("--scale"))
        options->scale = atof(value);
    else if (IS("--palette"))
        options->palette = value;
    else if (IS("--color"))
        options->colour = choice(value, colours);
    else if (IS("--theme"))
        options->theme = choice(value, themes);
    else if (IS("--inverted"))
        options->inverted = true;
    else if (IS("--sort"))
        options->sort = choice(value, sorts);
    else if (IS("--script") && !strcmp(value, "none"))
        options->script = PICTURE_SCRIPT_NONE;
    else if (IS("--script") && strcmp(value, "embed") != 0) {
        options->script = PICTURE_SCRIPT_URL;
        options->script_url = value;
    }
#undef IS
}

static int draw(const struct trie *trie, const struct picture_options *options, const char *path)
{
    const char *end = strrchr(path, '.');
    enum picture_format format = end && !strcmp(end, ".png")   ? PICTURE_PNG
                                 : end && !strcmp(end, ".pdf") ? PICTURE_PDF
                                                               : PICTURE_SVG;
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        return -1;
    }
    struct pfl_error error;
    struct pfl_sink sink = {write_file, file};
    int result = picture_write(trie, options, format, &sink, &error);
    if (result < 0)
        fprintf(stderr, "draw-trie: %s\n", error.message);
    fclose(file);
    return result;
}

int main(int argc, char **argv)
{
    struct picture_options options = {0};
    const char *input = NULL, *output = NULL;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "-o") && i + 1 < argc)
            output = argv[++i];
        else if (argv[i][0] == '-')
            set_option(&options, argv[i]);
        else
            input = argv[i];
    if (!input || !output)
        return 2;
    options.input = strrchr(input, '/') ? strrchr(input, '/') + 1 : input;
    struct trie *trie = read_trie(input, options.sort == PICTURE_SORT_TIME);
    int result = draw(trie, &options, output);
    trie_free(trie);
    return result < 0;
}

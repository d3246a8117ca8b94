/* SPDX-License-Identifier: MIT */
/*
 * libperflame in fifty lines: reads recordings, prints the total of each event, and draws the
 * first.
 *
 *     cc -o draw draw.c $(pkg-config --cflags --libs perflame) && ./draw perf.data > flame.svg
 */
#include <inttypes.h>
#include <stdio.h>

#include <perflame/perflame.h>

static int write_file(void *context, const void *data, size_t size)
{
    return fwrite(data, 1, size, context) == size ? 0 : -1;
}

/* Fills and draws a profile. Returns a negative code, with the reason in *error. */
static int draw(struct pfl_profile *profile, char **inputs, struct pfl_error *error)
{
    int result;
    for (; *inputs; inputs++)
        if ((result = pfl_profile_add_file(profile, *inputs, error)) < 0)
            return result;
    if ((result = pfl_profile_finish(profile, error)) < 0)
        return result;

    struct pfl_column column;
    for (uint32_t i = 0; pfl_profile_column(profile, i, &column) == 0; i++)
        fprintf(stderr, "%s: %" PRId64 " %s\n", column.event, column.total, column.unit);
    struct pfl_notice notice;
    for (uint32_t i = 0; pfl_profile_notice(profile, i, &notice) == 0; i++)
        fprintf(stderr, "%s: %s\n", notice.input, notice.text);

    struct pfl_picture_options options = {.size = sizeof options, .title = "An example"};
    struct pfl_sink sink = {write_file, stdout};
    return pfl_picture_write(profile, &options, PFL_PICTURE_SVG, &sink, error);
}

int main(int argc, char **argv)
{
    struct pfl_error error;
    struct pfl_profile *profile = NULL;
    struct pfl_profile_options options = {.size = sizeof options, .by = PFL_BY_PROCESS};
    if (argc < 2) {
        fprintf(stderr, "usage: draw RECORDING... > flame.svg\n");
        return 2;
    }
    int result = pfl_profile_new(&profile, &options, &error);
    if (!result)
        result = draw(profile, argv + 1, &error);
    if (result < 0)
        fprintf(stderr, "draw: %s\n", error.message);
    pfl_profile_free(profile);
    return result < 0;
}

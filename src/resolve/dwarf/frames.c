/* SPDX-License-Identifier: MIT */
#include "resolve/dwarf/frames.h"

#include "base/mem.h"
#include "resolve/dwarf/aranges.h"
#include "resolve/dwarf/line.h"
#include "resolve/dwarf/name.h"
#include "resolve/dwarf/scan.h"
#include "resolve/dwarf/split.h"

void dwarf_frames_done(struct dwarf_frames *frames)
{
    mem_free(frames->frames);
    *frames = (struct dwarf_frames){0};
}

struct frames_job {
    struct dwarf_frames *frames;
    struct dwarf_file *file; /* borrowed */
    struct dwarf_split split;
    struct dwarf_scan scan;
    struct dwarf_names names;
    uint64_t cost;         /* of the work so far: about a byte read each */
    uint64_t split_budget; /* what split files that are closed again had to be read */
};

static void frames_job_done(struct frames_job *job)
{
    dwarf_split_done(&job->split);
    dwarf_scan_done(&job->scan);
    dwarf_names_done(&job->names);
}

static uint64_t file_bytes(const struct dwarf_file *file)
{
    uint64_t sum = 0;
    for (size_t i = 0; file && i < DWARF_SECTION_COUNT; i++)
        sum += file->sections[i].packed ? 0 : file->sections[i].size;
    return sum;
}

/* How much work there may be. An honest file is read about once; one in which everything refers
 * to everything would never end. */
static uint64_t job_budget(const struct frames_job *job)
{
    const uint64_t least = 1 << 24, times = 16;
    return least + times * (file_bytes(job->file) + file_bytes(job->file->sup) +
                            file_bytes(job->split.package) + job->split_budget);
}

/* Marks the places where a unit has code. True if one of them still has no function. */
static bool unit_needed(struct frames_job *job, const struct dwarf_unit *unit)
{
    struct dwarf_frames *frames = job->frames;
    struct dwarf_ranges ranges = dwarf_ranges_of(unit, unit->low, unit->high, unit->ranges);
    uint64_t start, end, budget = job_budget(job);
    bool needed = false;
    while (job->cost < budget && dwarf_ranges_next(&ranges, &start, &end)) {
        if (!dwarf_image_is_code(frames->image, start))
            continue;
        for (size_t i = dwarf_places_from(frames, start);
             i < frames->place_count && frames->places[i].address < end; i++) {
            frames->places[i].covered = true;
            needed |= !frames->places[i].owner;
            job->cost++;
        }
    }
    return needed;
}

int dwarf_frames_add(struct dwarf_frames *frames, struct dwarf_frame frame)
{
    if (frames->frame_count >= UINT32_MAX || mem_grow(&frames->frames, &frames->frame_capacity,
                                                      frames->frame_count + 1, sizeof frame) < 0)
        return -1;
    frames->frames[frames->frame_count++] = frame;
    return 0;
}

/* Writes down the frames of a place, from its deepest entry outwards. */
static int job_place(struct frames_job *job, struct dwarf_place *place, struct dwarf_lines *calls)
{
    struct dwarf_frames *frames = job->frames;
    const struct dwarf_unit *unit = job->scan.unit;
    struct dwarf_frame frame = {.file = place->file, .line = place->line};
    uint32_t first = (uint32_t)frames->frame_count;
    for (uint32_t at = place->node; at != DWARF_NODE_NONE;) {
        const struct dwarf_node *node = &job->scan.nodes[at];
        uint32_t owner = node->file != unit->file ? 1 : unit->split ? job->scan.owner + 1 : 0;
        job->cost += sizeof frame;
        if (dwarf_names_find(&job->names, unit, owner, node->file, node->entry, &frame.name) < 0)
            return -1;
        /* An inlined function that nothing names: its caller's frame stands for it. */
        bool told = frame.name || node->parent == DWARF_NODE_NONE;
        if (told && dwarf_frames_add(frames, frame) < 0)
            return -1;
        frame = (struct dwarf_frame){.line = node->call_line};
        if (calls && dwarf_lines_file(calls, frames->texts, node->call_file, &frame.file) < 0)
            return -1;
        at = node->parent;
    }
    place->first = first;
    place->count = (uint32_t)frames->frame_count - first;
    return 0;
}

static int job_places(struct frames_job *job, struct dwarf_lines *calls)
{
    for (size_t i = 0; i < job->scan.touched_count; i++) {
        struct dwarf_place *place = &job->frames->places[job->scan.touched[i]];
        if (job->cost < job->scan.budget && job_place(job, place, calls) < 0)
            return -1;
    }
    return 0;
}

/* Files of calls are counted in the split unit's own table, if it has one. */
static int job_calls(struct frames_job *job, const struct dwarf_unit *unit,
                     struct dwarf_lines *lines)
{
    CLEANUP(dwarf_lines_done) struct dwarf_lines own = {0};
    int r = 0;
    if (job->frames->lines && unit->split && dwarf_file_has(unit->file, DWARF_LINE))
        r = dwarf_lines_open(&own, unit);
    if (r < 0)
        return -1;
    return job_places(job, r > 0 ? &own : lines);
}

/* The entries of a unit that is needed. */
static int job_entries(struct frames_job *job, const struct dwarf_unit *unit, uint32_t owner,
                       struct dwarf_lines *lines)
{
    const struct dwarf_unit *whole = unit;
    struct dwarf_unit part;
    if (unit->dwo_id || unit->dwo_name) {
        int r = dwarf_split_open(&job->split, unit, &part);
        if (r <= 0)
            return r;
        job->split_budget += file_bytes(job->split.single);
        unit = &part;
    }
    job->scan.frames = job->frames;
    job->scan.image = job->frames->image;
    job->scan.budget = job->names.budget = job_budget(job);
    job->scan.passes = true;
    if (dwarf_scan_unit(&job->scan, unit, owner) < 0)
        return -1;
    /* A function within another one that has no places, as lambdas and GNU C's may be. */
    if (job->scan.passed && unit_needed(job, whole)) {
        dwarf_scan_forget(&job->scan);
        job->scan.passes = false;
        if (dwarf_scan_unit(&job->scan, unit, owner) < 0)
            return -1;
    }
    return job_calls(job, unit, lines);
}

static int job_unit(struct frames_job *job, const struct dwarf_head *head, uint32_t owner)
{
    struct dwarf_unit unit;
    int r = dwarf_unit_open(&unit, job->file, head, NULL, NULL, job->frames->symfs, &job->cost);
    if (r <= 0 || !unit_needed(job, &unit))
        return r < 0 ? -1 : 0;
    CLEANUP(dwarf_lines_done) struct dwarf_lines lines = {0};
    bool has_lines = false;
    if (job->frames->lines) {
        if ((r = dwarf_lines_open(&lines, &unit)) < 0 ||
            (r > 0 &&
             dwarf_lines_run(&lines, job->frames, job->frames->image, job_budget(job)) < 0))
            return -1;
        has_lines = r > 0;
    }
    return job_entries(job, &unit, owner, has_lines ? &lines : NULL);
}

/* Places outside of functions, as those of assembly, that have a line all the same. */
static int job_rest(struct frames_job *job)
{
    struct dwarf_frames *frames = job->frames;
    for (size_t i = 0; i < frames->place_count; i++) {
        struct dwarf_place *place = &frames->places[i];
        if (place->count || !place->line)
            continue;
        place->first = (uint32_t)frames->frame_count;
        place->count = 1;
        if (dwarf_frames_add(frames,
                             (struct dwarf_frame){.file = place->file, .line = place->line}) < 0)
            return -1;
    }
    return 0;
}

/* Where debug information lies by build id, for a program that has a symbol table of its own. */
static int open_by_id(struct dwarf_file **ret_file, const char *symfs, const struct build_id *id)
{
    CLEANUP(dwarf_file_cleanup) struct dwarf_file *file = NULL;
    CLEANUP(buffer_done) struct buffer path = {0};
    if (!id->size)
        return 0;
    buffer_text(&path, symfs ? symfs : "");
    build_id_cached(&path, "/usr/lib/debug", id, "");
    if (path.size)
        path.size--; /* the slash before the name */
    buffer_text(&path, ".debug");
    if (path.failed || dwarf_file_open(&file, buffer_string(&path), false) < 0)
        return -1;
    if (file && build_id_equal(&file->build_id, id) && dwarf_file_has(file, DWARF_INFO))
        *ret_file = MEM_TAKE(file);
    return 0;
}

int dwarf_frames_open(struct dwarf_file **ret_file, const char *program, const char *debug,
                      const char *symfs)
{
    const char *paths[] = {debug, program};
    struct build_id id = {0};
    *ret_file = NULL;
    for (int i = 0; i < 2; i++) {
        CLEANUP(dwarf_file_cleanup) struct dwarf_file *file = NULL;
        if (!paths[i] || *ret_file)
            continue;
        if (dwarf_file_open(&file, paths[i], false) < 0)
            return -1;
        if (file && dwarf_file_has(file, DWARF_INFO) && !file->relocatable)
            *ret_file = MEM_TAKE(file);
        else if (file)
            id = file->build_id;
    }
    return *ret_file ? 0 : open_by_id(ret_file, symfs, &id);
}

static bool is_stub(const struct frames_job *job, const struct dwarf_place *place)
{
    return dwarf_image_is_stub(job->frames->image, place->address);
}

/* How many places are in no unit that was looked at: .debug_aranges does not tell of them, or what
 * it says is not so. One that is in a unit, if in no function of it, as assembly is, is settled. */
struct frames_left {
    size_t untold, lies;
};

static struct frames_left job_left(const struct frames_job *job)
{
    struct frames_left left = {0};
    for (size_t i = 0; i < job->frames->place_count; i++) {
        const struct dwarf_place *place = &job->frames->places[i];
        if (place->covered || is_stub(job, place))
            continue;
        left.untold += !place->told;
        left.lies += place->told;
    }
    return left;
}

/* The units of which .debug_aranges has no set, where not all compilers wrote one; all of them, if
 * what it says is not so. */
static int job_others(struct frames_job *job, const struct dwarf_aranges *aranges, bool lies)
{
    struct dwarf_file *file = job->file;
    uint32_t owners = (uint32_t)aranges->holding.count;
    if (dwarf_file_heads(file) < 0)
        return -1;
    for (size_t i = 0; i < file->head_count && job->cost < job_budget(job); i++)
        if ((lies || !dwarf_aranges_tell(aranges, file->heads[i].offset)) &&
            job_unit(job, &file->heads[i], owners + (uint32_t)i + 1) < 0)
            return -1;
    return 0;
}

/* The units that .debug_aranges names first: if it tells of all places, what lies behind them is
 * not even unpacked. A table that leaves something out, or lies, costs time and nothing else. */
static int job_units(struct frames_job *job, const struct dwarf_aranges *aranges)
{
    struct dwarf_file *file = job->file;
    struct dwarf_head head;
    if (job_left(job).untold) /* for the heads of all, and then again for units */
        file->sections[DWARF_INFO].passed = false;
    if (!aranges->told.count)
        file->sections[DWARF_ABBREV].passed = false;
    for (size_t i = 0; i < aranges->holding.count && job->cost < job_budget(job); i++)
        if (dwarf_head_read(file, aranges->holding.items[i], &head) &&
            job_unit(job, &head, (uint32_t)i + 1) < 0)
            return -1;
    struct frames_left left = job_left(job);
    return left.untold || left.lies ? job_others(job, aranges, left.lies) : 0;
}

int dwarf_frames_find(struct dwarf_frames *frames, struct dwarf_file *file)
{
    CLEANUP(frames_job_done)
    struct frames_job job = {.frames = frames,
                             .file = file,
                             .names = {.texts = frames->texts, .scoped = frames->scoped}};
    if (frames->place_count == 0)
        return 0;
    file->recorded = frames->recorded;
    CLEANUP(dwarf_aranges_done) struct dwarf_aranges aranges = {0};
    if (dwarf_aranges_read(&aranges, file, frames, job_budget(&job)) < 0 ||
        job_units(&job, &aranges) < 0)
        return -1;
    return job_rest(&job);
}

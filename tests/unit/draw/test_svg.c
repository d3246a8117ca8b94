/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <stdlib.h>

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "draw/picture.h"

struct parsed {
    struct buffer bytes;
    xmlDoc *document;
    xmlXPathContext *context;
};

static struct parsed draw(const struct trie *trie, const struct picture_options *options)
{
    struct parsed parsed = {0};
    struct pfl_sink sink = {sample_write, &parsed.bytes};
    struct pfl_error error;
    int result = picture_write(trie, options, PICTURE_SVG, &sink, &error);
    if (result < 0)
        print_message("%s\n", error.message);
    assert_int_equal(result, 0);
    /* No options: what any reader does. */
    parsed.document =
        xmlReadMemory(parsed.bytes.data, (int)parsed.bytes.size, "x.svg", NULL, XML_PARSE_NONET);
    assert_non_null(parsed.document);
    parsed.context = xmlXPathNewContext(parsed.document);
    xmlXPathRegisterNs(parsed.context, (const xmlChar *)"s",
                       (const xmlChar *)"http://www.w3.org/2000/svg");
    return parsed;
}

static void parsed_done(struct parsed *parsed)
{
    xmlXPathFreeContext(parsed->context);
    xmlFreeDoc(parsed->document);
    buffer_done(&parsed->bytes);
}

static double number(const struct parsed *parsed, const char *path)
{
    xmlXPathObject *object = xmlXPathEvalExpression((const xmlChar *)path, parsed->context);
    assert_non_null(object);
    double value = xmlXPathCastToNumber(object);
    xmlXPathFreeObject(object);
    return value;
}

static bool holds(const struct parsed *parsed, const char *path)
{
    xmlXPathObject *object = xmlXPathEvalExpression((const xmlChar *)path, parsed->context);
    assert_non_null(object);
    bool value = xmlXPathCastToBoolean(object);
    xmlXPathFreeObject(object);
    return value;
}

#define BOX(name) "//s:g[@class='pf-wide']/s:g[starts-with(s:title,'" name "')]/s:rect"

static void boxes_stand_where_their_weight_says(void **state)
{
    struct trie *trie = sample_trie();
    struct picture_options options = {.width = 1232}; /* 1200 and the margins: 10 px a weight */
    struct parsed parsed = draw(trie, &options);
    assert_true(number(&parsed, "count(//s:g[@class='pf-wide']/s:g)") == 8);
    assert_true(number(&parsed, BOX("main") "/@x") == 16 + 600);
    assert_true(number(&parsed, BOX("main") "/@width") == 500);
    assert_true(number(&parsed, BOX("leaf") "/@x") == 16 + 900);
    assert_true(number(&parsed, BOX("leaf") "/@width") == 100);
    assert_true(number(&parsed, BOX("all") "/@width") == 1200);
    assert_true(number(&parsed, BOX("main") "/@y") < number(&parsed, BOX("app") "/@y"));
    assert_true(holds(&parsed, "contains(" BOX("main") "/../s:title, '50 ns, 41.67%')"));
    assert_true(number(&parsed, "/s:svg/@width") == 1232);
    parsed_done(&parsed);
    options.inverted = true;
    parsed = draw(trie, &options);
    assert_true(number(&parsed, BOX("main") "/@y") > number(&parsed, BOX("app") "/@y"));
    parsed_done(&parsed);
    trie_free(trie);
}

static void a_legend_has_the_lines_that_it_needs(void **state)
{
    struct trie *trie = sample_trie();
    struct parsed wide = draw(trie, &(struct picture_options){.width = 1232});
    struct parsed slim = draw(trie, &(struct picture_options){.width = 320});
    const char *lines = "count(//s:g[@class='pf-legend']/s:g[starts-with(@transform, "
                        "'translate(16 ')])";
    assert_true(number(&wide, "count(//s:g[@class='pf-legend']/s:g/s:text)") == 5);
    assert_true(number(&wide, lines) == 1);
    assert_true(number(&slim, lines) == 2);
    assert_true(holds(&slim, "//s:g[@class='pf-legend']/s:g[s:text='library']/@transform = "
                             "'translate(16 18)'"));
    assert_true(number(&slim, "/s:svg/@height") == number(&wide, "/s:svg/@height") + 18);
    parsed_done(&slim);
    parsed_done(&wide);
    trie_free(trie);
}

/* "app" has 50 of main's, "libz.so.1" 20 and "[kernel]" 10; idle has no object. */
static void a_legend_names_modules_where_they_decide(void **state)
{
    struct trie *trie = sample_trie();
    struct picture_options options = {.width = 1232, .colour = PICTURE_BY_MODULE};
    struct parsed parsed = draw(trie, &options);
    const char *words[] = {"app", "libz.so.1", "[kernel]", "unknown"};
    for (unsigned i = 0; i < 4; i++) {
        char expression[160];
        snprintf(expression, sizeof expression, "//s:g[@class='pf-legend']/s:g[%u]/s:text='%s'",
                 i + 1, words[i]);
        assert_true(holds(&parsed, expression));
    }
    assert_true(number(&parsed, "count(//s:g[@class='pf-legend']/s:g)") == 4);
    assert_true(holds(&parsed, "//s:g[@class='pf-legend']/s:g[s:text='app']/s:rect/@fill = " BOX(
                                   "main") "/@fill"));
    parsed_done(&parsed);
    /* Seventeen modules cannot all have a colour of their own. */
    for (unsigned i = 0; i < 17; i++) {
        char name[16];
        snprintf(name, sizeof name, "lib%u.so", i);
        trie_add(trie, 0, sample_child(trie, 0, name, FRAME_USER, name), 1);
    }
    assert_int_equal(trie_sum(trie), 0);
    parsed = draw(trie, &options);
    assert_true(number(&parsed, "count(//s:g[@class='pf-legend']/s:g)") <= 17);
    assert_true(
        holds(&parsed, "//s:g[@class='pf-legend']/s:g/s:text[contains(., ', \xe2\x80\xa6')]"));
    parsed_done(&parsed);
    trie_free(trie);
}

static void a_fluid_picture_is_as_wide_as_there_is_room(void **state)
{
    struct trie *trie = sample_trie();
    struct parsed parsed = draw(trie, &(struct picture_options){0});
    assert_true(holds(
        &parsed, "/s:svg/@width='100%' and not(/s:svg/@viewBox) and //s:g[@class='pf-frames']/s:svg"
                 "[starts-with(@viewBox,'0 0 1200 ') and @preserveAspectRatio='none']"));
    assert_true(holds(&parsed, "/s:svg/@role='img' and "
                               "contains(/s:svg/@aria-label,'cpu-clock period')"));
    parsed_done(&parsed);
    trie_free(trie);
}

static void a_title_of_the_user_leaves_the_facts_in_the_summary(void **state)
{
    struct trie *trie = sample_trie();
    struct parsed parsed = draw(trie, &(struct picture_options){.title = "nightly",
                                                                .subtitle = "host a",
                                                                .input = "perf.data",
                                                                .losses = "3 records lost"});
    assert_true(holds(&parsed, "//s:text[@class='pf-title']='nightly'"));
    assert_true(holds(&parsed, "//s:g[@class='pf-head']/s:text[@class='pf-dim']="
                               "'host a \xc2\xb7 cpu-clock period \xc2\xb7 perf.data \xc2\xb7 "
                               "120 ns \xc2\xb7 3 records lost'"));
    parsed_done(&parsed);
    trie_free(trie);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    struct trie *a = sample_trie(), *b = sample_trie();
    struct parsed first = draw(a, &(struct picture_options){.input = "x"});
    struct parsed second = draw(b, &(struct picture_options){.input = "x"});
    assert_int_equal(first.bytes.size, second.bytes.size);
    assert_memory_equal(first.bytes.data, second.bytes.data, first.bytes.size);
    parsed_done(&first);
    parsed_done(&second);
    trie_free(a);
    trie_free(b);
}

static void hostile_names_stay_names(void **state)
{
    struct trie *trie = trie_new();
    trie_column(trie, "<script>alert(1)</script>", "]]>", "<&\">'");
    static char template[10001];
    for (size_t i = 0; i < sizeof template - 1; i++)
        template[i] = "vector<"[i % 7];
    const char *const names[] = {"<script>alert(1)</script>",
                                 "a]]><b onload=\"x\">&amp;&lt;'",
                                 "--><!-- <![CDATA[",
                                 "\x01\x02\x1b[2J\x7f\xc2\x9b",
                                 "bad \xff\xfe\xc0\x80\xed\xa0\x80 utf-8",
                                 "left \xe2\x80\xae right",
                                 "\xef\xbf\xbf",
                                 "javascript:alert(1)",
                                 template};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        trie_add(trie, 0, sample_child(trie, 0, names[i], FRAME_USER, names[i]), 100);
    trie_sum(trie);
    struct picture_options options = {
        .title = names[1], .subtitle = names[3], .input = names[0], .font = names[1]};
    struct parsed parsed = draw(trie, &options);
    assert_true(number(&parsed, "count(//s:g[@class='pf-wide']/s:svg)") == 10);
    /* One JSON, one block of data, one script, and nothing that came in with a name. */
    assert_true(number(&parsed, "count(//s:script)") == 3);
    assert_true(number(&parsed, "count(//*[local-name()='b'])") == 0);
    assert_true(number(&parsed, "count(//@*[starts-with(name(),'on')])") == 0);
    assert_true(holds(&parsed, "//s:svg/s:title[contains(., '<script>alert(1)</script>')]"));
    parsed_done(&parsed);
    trie_free(trie);
}

static void without_a_script_there_is_neither_script_nor_data(void **state)
{
    struct trie *trie = sample_trie();
    struct parsed parsed = draw(trie, &(struct picture_options){.script = PICTURE_SCRIPT_NONE});
    assert_true(number(&parsed, "count(//s:script)") == 0);
    assert_true(number(&parsed, "count(//s:g[@class='pf-wide']/s:svg)") == 8);
    parsed_done(&parsed);
    trie_free(trie);
}

static void a_script_can_stand_elsewhere(void **state)
{
    struct trie *trie = sample_trie();
    struct parsed parsed = draw(
        trie, &(struct picture_options){.script = PICTURE_SCRIPT_URL, .script_url = "/a\"&b.js"});
    assert_true(holds(&parsed, "//s:script[@href='/a\"&b.js'][not(node())]"));
    parsed_done(&parsed);
    trie_free(trie);
}

static void the_script_is_the_same_in_every_picture(void **state)
{
    struct trie *trie = sample_trie();
    struct parsed parsed = draw(trie, &(struct picture_options){0});
    size_t size = 0;
    const char *script = picture_script(&size);
    assert_int_equal(strlen(script), size);
    assert_true(size <= 48 * 1024);
    xmlXPathObject *object =
        xmlXPathEvalExpression((const xmlChar *)"string(//s:script[not(@type)])", parsed.context);
    assert_string_equal((const char *)object->stringval, script);
    xmlXPathFreeObject(object);
    parsed_done(&parsed);
    trie_free(trie);
}

static void no_element_has_an_id(void **state)
{
    struct trie *trie = sample_trie();
    struct parsed parsed = draw(trie, &(struct picture_options){0});
    assert_true(number(&parsed, "count(//@id)") == 0);
    parsed_done(&parsed);
    trie_free(trie);
}

static void many_boxes_become_few_elements(void **state)
{
    struct trie *trie = trie_new();
    trie_column(trie, "", "samples", "samples");
    char name[32];
    for (int i = 0; i < 1500; i++) {
        snprintf(name, sizeof name, "f%d", i);
        uint32_t node = sample_child(trie, 0, name, FRAME_USER, NULL);
        for (int depth = 0; depth < 4; depth++)
            node = sample_child(trie, node, name, FRAME_USER, NULL);
        trie_add(trie, 0, node, 1 + i % 7);
    }
    trie_sum(trie);
    struct parsed parsed = draw(trie, &(struct picture_options){0});
    assert_true(number(&parsed, "count(//s:rect)") <= 2000);
    assert_true(number(&parsed, "count(//s:path)") >= 1);
    assert_true(number(&parsed, "count(//s:path)") <= 60);
    parsed_done(&parsed);
    trie_free(trie);
}

static int write_failing(const struct trie *trie, struct picture_options options, bool refuse,
                         struct pfl_error *error)
{
    struct buffer bytes = {0};
    struct pfl_sink sink = {refuse ? sample_refuse : sample_write, &bytes};
    int result = picture_write(trie, &options, PICTURE_SVG, &sink, error);
    buffer_done(&bytes);
    return result;
}

static void impossible_wishes_are_errors(void **state)
{
    struct trie *trie = sample_trie();
    struct pfl_error error;
    assert_int_equal(write_failing(trie, (struct picture_options){.palette = "x"}, false, &error),
                     -PFL_ERROR_USAGE);
    assert_non_null(strstr(error.message, "warm"));
    assert_int_equal(write_failing(trie, (struct picture_options){.width = -5}, false, &error),
                     -PFL_ERROR_USAGE);
    assert_int_equal(write_failing(trie, (struct picture_options){.column = 7}, false, &error),
                     -PFL_ERROR_USAGE);
    assert_int_equal(
        write_failing(trie, (struct picture_options){.script = PICTURE_SCRIPT_URL}, false, &error),
        -PFL_ERROR_USAGE);
    assert_int_equal(write_failing(trie, (struct picture_options){0}, true, &error),
                     -PFL_ERROR_SINK);
    trie_free(trie);
}

static void memory_that_is_missing_is_an_error(void **state)
{
    int result = -1;
    for (long n = 0; result < 0; n++) {
        struct trie *trie = sample_trie();
        mem_fail_after(n);
        struct pfl_error error;
        struct picture_options options = {0};
        struct buffer bytes = {0};
        struct pfl_sink sink = {sample_write, &bytes};
        result = picture_write(trie, &options, PICTURE_SVG, &sink, &error);
        bool cut = bytes.failed;
        mem_fail_after(-1);
        buffer_done(&bytes);
        assert_true(result == 0 || result == -PFL_ERROR_MEMORY);
        if (cut)
            result = -1;
        trie_free(trie);
        assert_true(n < 100000);
    }
}

RUN_TESTS(TEST(boxes_stand_where_their_weight_says), TEST(a_legend_has_the_lines_that_it_needs),
          TEST(a_legend_names_modules_where_they_decide),
          TEST(a_fluid_picture_is_as_wide_as_there_is_room),
          TEST(a_title_of_the_user_leaves_the_facts_in_the_summary),
          TEST(the_same_input_gives_the_same_bytes), TEST(hostile_names_stay_names),
          TEST(without_a_script_there_is_neither_script_nor_data),
          TEST(a_script_can_stand_elsewhere), TEST(the_script_is_the_same_in_every_picture),
          TEST(no_element_has_an_id), TEST(many_boxes_become_few_elements),
          TEST(impossible_wishes_are_errors), TEST(memory_that_is_missing_is_an_error))

/* SPDX-License-Identifier: MIT */
#include "../check.h"

#include "base/limits.h"
#include "resolve/demangle.h"

/* The demangled form, or "" if there is none. */
static const char *form(struct buffer *to, const char *name, bool parameters)
{
    buffer_clear(to);
    return demangle(to, name, parameters) ? buffer_string(to) : "";
}

/* Pairs as perf 6.1 prints them. */
static void short_names_are_those_of_perf(void **state)
{
    static const char *const pairs[][2] = {
        {"_ZN1CC2El", "C::C"},
        {"_ZN1CD1Ev", "C::~C"},
        {"_ZNK12_GLOBAL__N_14AnonclEl", "(anonymous namespace)::Anon::operator()"},
        {"_ZNK1CltERKS_", "C::operator<"},
        {"_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back"},
        {"_ZN1a3TplIlLi7EE3runIdEElT_l", "a::Tpl<long, 7>::run<double>"},
        {"_ZN1d3gen17hadfde0d9e02e0188E", "d::gen"},
        {"_ZN41_$LT$d..B$LT$T$GT$$u20$as$u20$d..Work$GT$4work17h2be7fe51e0d91e5cE",
         "<d::B<T> as d::Work>::work"},
        {"_RNvXs_Cs81re96vpUmQ_1dINtB4_1BmENtB4_4Work4workB4_", "<d::B<u32> as d::Work>::work"},
        {"_RINvCs81re96vpUmQ_1d3genNCNvB2_4main0EB2_", "d::gen::<d::main::{closure#0}>"},
    };
    struct buffer to = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(form(&to, pairs[i][0], false), pairs[i][1]);
    buffer_done(&to);
}

static void full_names_have_parameters(void **state)
{
    struct buffer to = {0};
    assert_string_equal(form(&to, "_ZN1CC2El", true), "C::C(long)");
    assert_string_equal(form(&to, "_ZNK1CltERKS_", true), "C::operator<(C const&) const");
    buffer_done(&to);
}

static void other_names_are_left_alone(void **state)
{
    struct buffer to = {0};
    static const char *const names[] = {
        "main",
        "",
        "_",
        "__libc_start_main",
        "_Z",
        "_ZN",
        "_R",
        "_RNv",
        "_ZNotMangled",
        "Z1f",
        "runtime.mallocgc",
        "_dl_start",
        "i",
        "f",
        "_ZN1C",
        "_R\xff\xfe",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(form(&to, names[i], false), "");
    buffer_done(&to);
}

static void methods_of_java_are_readable(void **state)
{
    static const char *const names[][3] = {
        {"Ljava/lang/String;::hashCode", "java.lang.String.hashCode", "java.lang.String.hashCode"},
        {"Ljava/lang/String;equals([BI)Z", "java.lang.String.equals",
         "java.lang.String.equals(byte[], int)"},
        {"java/util/HashMap.get(Ljava/lang/Object;)Ljava/lang/Object;", "java.util.HashMap.get",
         "java.util.HashMap.get(java.lang.Object)"},
        {"LMain$Inner;::<init>()V", "Main$Inner.<init>", "Main$Inner.<init>()"},
        {"LA;f([[JDFSCZ[LB/C;)V", "A.f",
         "A.f(long[][], double, float, short, char, boolean, B.C[])"},
    };
    static const char *const others[] = {
        "",
        "L",
        "L;",
        "L;f",
        "LA;",
        "LA;f(",
        "LA;f(X)V",
        "LA;f(I)",
        "LA;f(I)VV",
        "LA;f([)V",
        "LA;f(L)V",
        "LA;f(L;)V",
        "/usr/lib/x.so(I)V",
        "a/b.c",
        "LazyCompile:~fibonacci /tmp/real.js:3:19",
        "Function:~(anonymous) node:internal/a/b:1:1",
        "int Real.fibonacci(int)",
        "(I)V",
        "Lib",
        "a.b(I)V",
        "LA;::f g",
        "operator()(int)",
    };
    struct buffer to = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int full = 0; full < 2; full++) {
            buffer_clear(&to);
            assert_true(demangle_java(&to, names[i][0], full));
            assert_string_equal(buffer_string(&to), names[i][1 + full]);
        }
    buffer_clear(&to);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(demangle_java(&to, others[i], true));
    assert_int_equal(to.size, 0);
    buffer_done(&to);
}

/* As HotSpot's own maps have them. */
static void methods_as_in_the_source_of_java_lose_their_types(void **state)
{
    static const char *const names[][2] = {
        {"int Real.fibonacci(int)", "Real.fibonacci"},
        {"void Main.main(java.lang.String[])", "Main.main"},
        {"byte[][] a.b.C$D.f()", "a.b.C$D.f"},
        {"java.lang.Object java.util.HashMap.merge(java.lang.Object, java.lang.Object, "
         "java.util.function.BiFunction)",
         "java.util.HashMap.merge"},
        {"void java.lang.String.<init>(byte[], byte)", "java.lang.String.<init>"},
        {"void Main.<clinit>()", "Main.<clinit>"},
        {"void Main$$Lambda$14/0x0000000800c03440.run()", "Main$$Lambda$14/0x0000000800c03440.run"},
    };
    static const char *const others[] = {
        "void foo(int)",
        "int ns::f(int)",
        "void f.part.0(int)",
        "void a<b.c>(int)",
        "void a.b(int const&)",
        "void a.b(int) [clone .cold]",
        "a.b(int)",
        "int a.b",
        "int a.b(",
        "int a.b(int",
        "int a.b(int,long)",
        "int a.b(int, )",
        "int .b(int)",
        "int a.(int)",
        "int a.<b>(int)",
        "int[ a.b(int)",
        " a.b(int)",
        "StubRoutines (1)",
        "void [System.Private.CoreLib] A.B::C(int32)[Tier0]",
        "LazyCompile:~f.g /tmp/real.js:3:19",
        "py::f.g:/tmp/a (b)",
    };
    struct buffer to = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        buffer_clear(&to);
        assert_true(demangle_java(&to, names[i][0], false));
        assert_string_equal(buffer_string(&to), names[i][1]);
        assert_false(demangle_java(&to, names[i][0], true));
    }
    buffer_clear(&to);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(demangle_java(&to, others[i], false));
    assert_int_equal(to.size, 0);
    buffer_done(&to);
}

static void ocaml_is_as_perf_has_it(void **state)
{
    static const char *const names[][2] = {
        {"camlStdlib__list__map_123", "Stdlib.list.map_123"},
        {"camlFoo__bar$20baz_17", "Foo.bar baz_17"},
        {"camlMain__$2b$2B_4$zz$", "Main.++_4$zz$"},
        {"camlFoo", "Foo"},
    };
    struct buffer to = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        buffer_clear(&to);
        assert_true(demangle_ocaml(&to, names[i][0]));
        assert_string_equal(buffer_string(&to), names[i][1]);
    }
    assert_false(demangle_ocaml(&to, "caml_alloc"));
    assert_false(demangle_ocaml(&to, "caml"));
    buffer_done(&to);
}

static void names_of_d_are_demangled_within_bounds(void **state)
{
    static const char *const names[][3] = {
        {"_D8demangle4testFaZv", "demangle.test", "demangle.test(char)"},
        {"_Dmain", "D main", "D main"},
        {"_D8demangle4testFDFZaZv", "demangle.test", "demangle.test(char() delegate)"},
        {"_D8demangle11__T4testTiZv", "demangle.test!(int)", "demangle.test!(int)"},
    };
    struct buffer to = {0}, name = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int full = 0; full < 2; full++) {
            buffer_clear(&to);
            assert_true(demangle_d(&to, names[i][0], full));
            assert_string_equal(buffer_string(&to), names[i][1 + full]);
        }
    buffer_clear(&to);
    buffer_text(&name, "_D1aFZ");
    for (unsigned i = 0; i < 100000; i++)
        buffer_char(&name, 'P');
    assert_false(demangle_d(&to, buffer_string(&name), true));
    buffer_clear(&name);
    buffer_text(&name, "_D1aFG3iZv");
    for (unsigned i = 0; i < 20; i++)
        buffer_text(&name, "QbQb");
    assert_false(demangle_d(&to, buffer_string(&name), true));
    assert_false(demangle_d(&to, "_Dynamic", true));
    assert_false(demangle_d(&to, "_D", true));
    assert_int_equal(to.size, 0);
    buffer_done(&name);
    buffer_done(&to);
}

static void what_stands_before_stays(void **state)
{
    struct buffer to = {0};
    buffer_text(&to, "before ");
    assert_true(demangle(&to, "_ZN1CC2El", false));
    assert_false(demangle(&to, "_ZN1C", false));
    assert_string_equal(buffer_string(&to), "before C::C");
    buffer_done(&to);
}

/* f(A<B, B>, A<A<B, B>, A<B, B> >, ...): each parameter holds the one before twice, and costs
 * ten bytes of the name. */
static void a_name_that_would_explode_is_given_up(void **state)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct buffer name = {0}, to = {0};
    buffer_text(&name, "_Z1f1AI1BS0_E");
    for (unsigned i = 1; i < 36; i++)
        buffer_printf(&name, "S_IS%c_S%c_E", digits[i], digits[i]);
    assert_string_equal(form(&to, "_Z1f1AI1BS0_ES_IS1_S1_E", true),
                        "f(A<B, B>, A<A<B, B>, A<B, B> >)");
    assert_string_equal(form(&to, buffer_string(&name), true), "");
    assert_true(to.capacity < 4 * LIMIT_NAME_BYTES);
    assert_string_equal(form(&to, buffer_string(&name), false), "f");
    buffer_clear(&name);
    buffer_text(&name, "_ZN");
    for (unsigned i = 0; i < 200000; i++)
        buffer_text(&name, "1a");
    buffer_text(&name, "E");
    assert_string_equal(form(&to, buffer_string(&name), true), "");
    buffer_done(&name);
    buffer_done(&to);
}

static void deep_nesting_ends(void **state)
{
    struct buffer name = {0}, to = {0};
    buffer_text(&name, "_Z1f");
    for (unsigned i = 0; i < 30000; i++)
        buffer_text(&name, "P");
    buffer_text(&name, "i");
    (void)form(&to, buffer_string(&name), true);
    assert_true(to.size <= LIMIT_NAME_BYTES);
    buffer_done(&name);
    buffer_done(&to);
}

RUN_TESTS(TEST(short_names_are_those_of_perf), TEST(full_names_have_parameters),
          TEST(other_names_are_left_alone), TEST(what_stands_before_stays),
          TEST(methods_of_java_are_readable),
          TEST(methods_as_in_the_source_of_java_lose_their_types), TEST(ocaml_is_as_perf_has_it),
          TEST(names_of_d_are_demangled_within_bounds), TEST(a_name_that_would_explode_is_given_up),
          TEST(deep_nesting_ends))

// SPDX-License-Identifier: MIT
// Functions of one short name that no other file can call: g++ writes no linkage name for them, so what they
// are in tells them apart. Each has a label where it was inlined.
#define MARK(name) asm volatile(#name "_%=: nop" :)
#define INLINE     inline __attribute__((always_inline))
#define APART      __attribute__((noinline))
namespace app {
namespace {
struct Parser {
    int at;
    INLINE int next() { MARK(parser); return ++at; }
    template <typename T> struct Part {
        INLINE int next(T n) { MARK(part); return n; }
    };
};
class Lexer {
    struct Inner {
        static INLINE int next(int n) { MARK(inner); return n; }
    };
public:
    static int next(int n); // its definition stands elsewhere
    static INLINE int deep(int n) { return Inner::next(n); }
};
INLINE int Lexer::next(int n) { MARK(lexer); return n; }
int both(int n) { MARK(both); return n; }
}
static INLINE int next(int n) { MARK(helper); return n; }
extern "C" INLINE int app_next(int n) { MARK(c); return n; }
APART int run(const char *, int n)
{
    struct Local {
        INLINE int next(int n) { MARK(local); return n; }
    } local;
    struct {
        INLINE int next(int n) { MARK(unnamed); return n; }
    } unnamed;
    Parser parser{n};
    Parser::Part<unsigned long> part;
    auto first = [](int n) __attribute__((always_inline)) { MARK(first); return n; };
    auto second = [&](int m) __attribute__((always_inline)) { MARK(second); return m + n; };
    return parser.next() + part.next(n) + Lexer::next(n) + Lexer::deep(n) + next(n) + app_next(n) + local.next(n) +
           unnamed.next(n) + first(n) + second(n);
}
int (*volatile pointer)(int) = both;
APART int called(int n) { return pointer(n) + 1; }
APART int inlined(int n) { return both(n) + 2; }
}
int main(int c, char **v) { return app::run(*v, c) + app::called(c) + app::inlined(c); }

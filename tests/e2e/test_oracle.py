#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""perflame fold --perf-compat --no-inline against perf script, stack by stack, on small recordings."""
import subprocess

from compare import fold_samples, report, script
from lab import HERE, TMP, Skip, case, compile_c, fold, need_perf, record, run

need_perf()


def hold(data):
    share, equal = report(fold("--perf-compat", "--no-inline", data), fold_samples(script(data)))
    assert equal, "the totals differ"
    assert share >= 0.999, f"only {100 * share:.2f} % of the weight has the same stack"


@case
def frame_pointers_threads_fork_and_exec():
    hold(record([compile_c("known.c", "-fno-omit-frame-pointer"), "40"], "-F", "1999", "-g"))


@case
def a_shell_that_starts_many_small_programs():
    hold(record(["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do ls -lR /usr/share/doc >/dev/null; "
                 "find /etc -type f 2>/dev/null | sort | md5sum >/dev/null; done"],
                "-F", "1999", "-g"))


@case
def no_call_chains():
    hold(record([compile_c("known.c", "-fno-omit-frame-pointer"), "20"], "-F", "999"))


@case
def a_32_bit_program():
    program = TMP / "small32"
    done = subprocess.run(["cc", "-m32", "-O1", "-g", "-fno-omit-frame-pointer", "-nostdlib", "-static",
                           "-fno-pie", "-no-pie", "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
                           "-o", program, HERE / "small32.c"], capture_output=True, text=True,
                          check=False)
    if done.returncode or subprocess.run([program], check=False).returncode:
        raise Skip("no 32-bit programs here: " + done.stderr.strip()[-100:])
    data = record([program], "-F", "999", "-g", name="small32.data")
    hold(data)
    assert any(stack.endswith("_start;outer;middle;inner") for stack in fold(data)), fold(data)


JAVA = {"java_method": "Ljava/lang/String;hashCode([BI)I", "java_agent": "Ljava/lang/String;::hashCode",
        "java_path": "java/util/HashMap.get(Ljava/lang/Object;)Ljava/lang/Object;"}


@case
def names_of_other_languages():
    made, program = TMP / "languages.o", TMP / "languages"
    compile_c("languages.c", "-fno-omit-frame-pointer", "-c", name="languages.o")
    renamed = [part for names in JAVA.items() for part in ("--redefine-sym", "=".join(names))]
    subprocess.run(["objcopy", *renamed, made], check=True)
    subprocess.run(["cc", "-o", program, made], check=True)
    data = record([program], "-F", "1999", "-g")
    hold(data)
    short = {"Stdlib.list.map_123", "Foo.++_17", "caml_alloc", "java.lang.String.hashCode",
             "java.util.HashMap.get", "demangle.test"}
    full = {"java.lang.String.hashCode(byte[], int)", "java.util.HashMap.get(java.lang.Object)",
            "demangle.test(char)"}
    raw = {"camlStdlib__list__map_123", "_D8demangle4testFaZv"}
    for style, names in ("short", short), ("full", full), ("raw", raw):
        stacks = fold("--names", style, data)
        found = {name for stack in stacks for name in stack.split(";")}
        assert names <= found, (style, names - found)


run()

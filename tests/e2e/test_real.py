#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Real programs of several languages, and the kernel under load: perflame fold --perf-compat against
perf script, stack by stack. What is not installed is skipped."""
import os
import pwd
import shutil
import subprocess

from compare import fold_samples, report, script
from lab import HERE, TMP, Skip, case, fold, need_perf, record, run

need_perf()
POINTERS = ("-F", "1999", "-g")
os.chdir(TMP)  # node leaves its log where it runs


def need(tool):
    if not shutil.which(tool):
        raise Skip(f"no {tool} here")


def build(tool, *command):
    need(tool)
    home = {"HOME": pwd.getpwuid(os.geteuid()).pw_dir}  # where rustup has its compilers
    done = subprocess.run([tool, *map(str, command)], capture_output=True, text=True, check=False,
                          env={**os.environ, **home})
    if done.returncode:
        why = " ".join(done.stderr.split())[:150]
        raise Skip(f"{tool} does not work here: {why}")


def hold(data, *functions):
    """At least 99.9 % of the weight has perf's stack, and these functions were seen."""
    ours = fold("--perf-compat", "--no-inline", data)
    share, equal = report(ours, fold_samples(script(data)), 6)
    assert equal, "the totals differ"
    assert share >= 0.999, f"only {100 * share:.3f} % of the weight has the same stack"
    for function in functions:
        assert any(function in stack for stack in ours), f"{function} was not seen"


@case
def a_cpp_program():
    program = TMP / "real-cpp"
    build("g++", "-O2", "-g", "-fno-omit-frame-pointer", "-o", program, HERE / "real.cpp")
    hold(record([program, "1"], *POINTERS, name="cpp.data"),
         "lab::Table<std::__cxx11::basic_string<char", "lab::(anonymous namespace)::make_word")


@case
def rust_programs_of_both_manglings():
    for mangling in "legacy", "v0":
        program = TMP / ("real-rust-" + mangling)
        version = ["-C", "symbol-mangling-version=v0"] if mangling == "v0" else []
        build("rustc", "-O", "-g", "-C", "force-frame-pointers=yes", *version, "-o", program,
              HERE / "real.rs")
        hold(record([program, "1"], *POINTERS, name="rust.data"),
             "<real::Counter as real::Step>::go")


@case
def node_with_its_map():
    need("node")
    # Of two symbols that overlap perf 6.1 finds one or the other as its tree happens to be balanced.
    # Of labels inside builtins that is the builtin, which perflame takes too.
    hold(record(["node", "--perf-basic-prof", HERE / "real.js", "3"], "-F", "4999", "-g",
                name="node.data"), "fibonacci", "Builtins_JSConstructStubGeneric")


@case
def a_java_machine_with_its_map():
    need("java")
    build("javac", "-d", TMP / "java", HERE / "Real.java")
    options = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+DumpPerfMapAtExit"]
    if subprocess.run(["java", *options, "-version"], capture_output=True,
                      check=False).returncode:
        raise Skip("this Java does not write perf maps")
    data = record(["java", *options, "-XX:+PreserveFramePointer", "-cp", TMP / "java", "Real", "2"],
                  *POINTERS, name="java.data")
    hold(data, "fibonacci")
    for name, chosen in ("Real.fibonacci", "short"), ("long Real.fibonacci(int)", "full"):
        assert any(name in stack.split(";") for stack in fold("--names", chosen, data)), chosen


@case
def the_kernel_under_file_system_load():
    folder = TMP / "load"
    folder.mkdir()
    work = f"cp -r /usr/share/doc {folder}/a; find {folder} -type f -print0 | xargs -0 cat | md5sum; " \
           f"tar cf {folder}/t {folder}/a; dd if=/dev/zero of={folder}/z bs=1M count=50 conv=fsync; " \
           f"rm -rf {folder}/*"
    with open(os.devnull, "w", encoding="ascii") as null:
        data = TMP / "load.data"
        subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", *POINTERS, "-o", data, "--", "sh",
                        "-c", work], check=False, stdin=null, stdout=null, stderr=null)
    hold(data, "vfs_read")


run()

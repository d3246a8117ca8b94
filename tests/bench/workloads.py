# SPDX-License-Identifier: MIT
"""What bench.py measures on: recordings of a fixed size, made once and kept in a folder.

Each function makes one recording at `path`, and says in its first line what of; `scale` is 1 for the sizes of
doc/performance.md, and smaller for a quick look. Programs that were recorded stay in the folder, for their
names are read from them."""
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "generate"))

from perfdata import (CALLCHAIN, CPU, HEADER_ATTR, ID, IDENTIFIER, IN_KERNEL, IN_USER,  # noqa: E402
                      IP, KERNEL, PERIOD, SAMPLE, STREAM_ID, TID, TIME, USER, Event, Recording)

KMEM = ",".join(f"kmem:{name}" for name in ("kmalloc", "kmem_cache_alloc", "kfree",
                                            "kmem_cache_free"))
# Names are looked up, folders listed and files made, until perf has enough.
LOAD = """while :; do
find /usr -newer /etc/passwd; ls -lR /etc /usr/include; tar cf - -C /usr/include . | wc -c
i=0; while [ $i -lt 300 ]; do echo $i > "$0.$i"; rm "$0.$i"; i=$((i + 1)); done
done"""


def source_text(path, count):
    """A C file of so many functions, all different, that a compiler is long at work on."""
    chance = random.Random(7)
    lines = ["struct s { long a[16]; double d; struct s *n; };"]
    for i in range(count):
        lines.append(f"static long f{i}(struct s *p, long x) {{ long r = x; for (int i = 0; i < "
                     f"{chance.randint(3, 60)}; i++) switch ((r ^ i) % 11) {{")
        for k in range(11):
            call = (f"f{chance.randrange(i)}(p->n ? p->n : p, r)" if i and chance.random() < .4
                    else f"p->a[{k}] * {chance.randint(1, 99)}")
            lines.append(f"case {k}: r += {call}; p->a[(r + i) & 15] ^= r >> {chance.randint(1, 9)}; "
                         f"if (p->d > {chance.random()}) p->d *= r; break;")
        lines.append("} return r; }")
    calls = "+".join(f"f{i}(&q, c)" for i in range(count))
    lines.append(f"int main(int c) {{ struct s q = {{0}}; return (int)({calls}); }}")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


def perf_record(path, *arguments, environment=None):
    done = subprocess.run([installed("perf"), "record", "-q", "-o", path, *map(str, arguments)],
                          check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, env=environment)
    if not path.exists() or path.stat().st_size < 4096:
        raise RuntimeError("perf record has nothing: " + done.stderr.strip())


def installed(name):
    if not shutil.which(name):
        raise RuntimeError(f"{name} is not installed")
    return name


def cc1():
    return subprocess.run([installed("gcc"), "-print-prog-name=cc1"], check=True, capture_output=True,
                          text=True).stdout.strip()


def go(path, scale):
    """a build of Go's standard library by a compiler that has its symbols: 35 MB"""
    folder = path.parent / "go"
    folder.mkdir(exist_ok=True)
    environment = dict(os.environ, HOME=str(folder), GOFLAGS="", GOPROXY="off",
                       GOPATH=str(folder / "path"), GOCACHE=str(folder / "cache"))
    root = subprocess.run([installed("go"), "env", "GOROOT"], check=True, capture_output=True, text=True,
                          env=environment).stdout.strip()
    tools = ["compile", "asm", "link"]
    for tool in tools:
        if not (folder / tool).exists():
            subprocess.run(["go", "build", "-o", folder / tool, "cmd/" + tool], check=True,
                           cwd=root + "/src", env=environment)
    wrapper = folder / "toolexec"
    wrapper.write_text('#!/bin/sh\ntool=$1\nshift\nown=' + str(folder) + '/${tool##*/}\n'
                       '[ -x "$own" ] && exec "$own" "$@"\nexec "$tool" "$@"\n')
    wrapper.chmod(0o755)
    cache = folder / "cache-recorded"
    shutil.rmtree(cache, ignore_errors=True)  # so that each run has the same to do
    what = "std" if scale >= 1 else "strings"
    perf_record(path, "-e", "cpu-clock", "-F", 4999, "-g", "--", "go", "build", "-a", "-toolexec",
                wrapper, what, environment=environment | {"GOCACHE": str(cache)})
    shutil.rmtree(cache, ignore_errors=True)


def kmem(path, scale):
    """allocations and frees of the kernel, system wide, until there is 1 GB"""
    perf_record(path, "-e", KMEM, "-a", "-g", "-m", "16M", f"--max-size={int(1000 * scale) or 1}M",
                "--", "sh", "-c", LOAD, path.parent / "load")


def dwarf(path, scale):
    """cc1 at work, 16 KiB of stack with each sample: about 150 MB"""
    source = path.parent / "big.i"
    source_text(source, max(int(900 * scale), 20))
    perf_record(path, "-e", "cpu-clock", "-F", 400, "--call-graph", "dwarf,16384", "--", cc1(),
                "-quiet", "-O2", source, "-o", "/dev/null")


def captured(path, scale):
    """the same with perf record's own 8 KiB of stack, until there are 0.9 GB"""
    source = path.parent / "big.i"
    source_text(source, 900)
    perf_record(path, "-e", "cpu-clock", "-F", 4999, "--call-graph", "dwarf",
                f"--max-size={int(900 * scale) or 1}M", "--", cc1(), "-quiet", "-O2", source, "-o",
                "/dev/null")


def short(path, _scale):
    """a compiler that runs for a few seconds, until there is 1 MB"""
    source = path.parent / "short.i"
    source_text(source, 200)
    perf_record(path, "-e", "cpu-clock", "-F", 4999, "-g", "--max-size=1M", "--", cc1(), "-quiet",
                "-O2", source, "-o", "/dev/null")


def shell(path, _scale):
    """a shell that starts small programs, which have no frame pointers, until there is 1 MB"""
    perf_record(path, "-e", "cpu-clock", "-F", 4999, "-g", "--max-size=1M", "--", "sh", "-c",
                "while :; do ls -l /usr/include | sort | wc -l; done")


def word_of_time(record_type, at, size, sample_type):
    """Which word of a recording tells a record's time, by where the record begins and how large it is, all
    in words; None of perf's own, which tell none (man perf_event_open: PERF_RECORD_SAMPLE, sample_id)."""
    if record_type == SAMPLE:
        return at + 1 + sum(bool(sample_type & bit) for bit in (IDENTIFIER, IP, TID))
    behind = sum(bool(sample_type & bit) for bit in (ID, STREAM_ID, CPU, IDENTIFIER))
    return at + size - behind - 1 if record_type < HEADER_ATTR else None


def long(path, scale):
    """the records of kmem ten times, one behind the other: 10 GB, only if it is named"""
    times = 10
    data = bytearray(make("kmem", path.parent, scale).read_bytes())
    attr, start, size = (struct.unpack_from("<Q", data, at)[0] for at in (24, 40, 48))
    sample_type, = struct.unpack_from("<Q", data, attr + 24)
    words, at, places = memoryview(data)[:len(data) // 8 * 8].cast("Q"), start // 8, []
    while at < (start + size) // 8:
        record_type, count = words[at] & 0xffffffff, words[at] >> 51
        places.append(word_of_time(record_type, at, count, sample_type))
        at += count
    places = [place for place in places if place and words[place]]
    later = max(words[place] for place in places) - min(words[place] for place in places) + 10 ** 6
    with open(path, "wb") as file:
        file.write(data[:48] + struct.pack("<Q", size * times) + data[56:start])
        for _ in range(times):
            file.write(memoryview(data)[start:start + size])
            for place in places:
                words[place] += later
        features = data[start + size:]  # a table of where each stands, and behind it all of them
        for entry in range(sum(byte.bit_count() for byte in data[72:104])):
            was, = struct.unpack_from("<Q", features, 16 * entry)
            struct.pack_into("<Q", features, 16 * entry, was + size * (times - 1))
        file.write(features)


def library(path, count, build_id):
    """A library of so many functions, 16 bytes each, and where the first one stands in the file."""
    source = path.with_suffix(".s")
    lines = [".text", ".p2align 12"]
    for number in range(count):
        name = f"module{number % 40}_function{number}"
        lines += [f".globl {name}", f".type {name}, @function", f"{name}: .fill 16, 1, 0x90",
                  f".size {name}, 16"]
    source.write_text("\n".join(lines) + "\n")
    subprocess.run(["cc", "-shared", "-nostdlib", f"-Wl,--build-id=0x{build_id.hex()}", source,
                    "-o", path], check=True)
    headers = subprocess.run(["readelf", "-SW", path], check=True, capture_output=True,
                             text=True).stdout.split()
    at = headers.index(".text")
    return int(headers[at + 3], 16)


def many(path, scale):
    """made, not recorded: a million stacks, no two the same, of 100,000 functions"""
    chance, functions, build_id = random.Random(7), 100000, bytes(range(1, 21))
    app = path.parent / "many.so"
    offset = library(app, functions, build_id)
    recording = Recording()
    event = recording.event(Event("cycles", IP | TID | TIME | CALLCHAIN | PERIOD))
    base = 0x400000
    recording.comm(10, 10, "app", time=1)
    recording.mmap2(10, 10, base, functions * 16, offset, str(app), build_id=build_id, time=2)
    stack = [base + 1]
    for number in range(max(int(1000000 * scale), 10)):
        del stack[max(1, len(stack) - int(chance.expovariate(0.35))):]
        for _ in range(chance.randint(1, 12 if len(stack) < 28 else 1)):
            stack.append(base + 1 + 16 * int(chance.random() ** 2 * functions))
        # The leaf alone would make it distinct.
        leaf = base + number % functions * 16 + number // functions
        recording.sample(event, misc=IN_USER, ip=leaf, pid=10, tid=10, time=3 + number, period=1,
                         chain=[USER, leaf, *reversed(stack)])
    path.write_bytes(recording.describe().file())


def cpus(path, scale):
    """made, not recorded: a machine of 128 processors, whose rings of 512 KiB perf wrote out by turns"""
    processors, rounds = 128, max(int(5 * scale), 1)
    each = max(int(2600 * min(scale * 5, 1)), 10)
    recording = Recording()
    event = recording.event(Event("cycles", IP | TID | TIME | CPU | CALLCHAIN | PERIOD))
    chains = [[KERNEL] + [0xffffffff81000100 + depth * 4096 + stack * 16 for depth in range(15)]
              for stack in range(50)]
    for turn in range(rounds):
        for processor in range(processors):
            for number in range(turn * each, (turn + 1) * each):
                chain = chains[number * 31 % len(chains)]
                recording.sample(event, misc=IN_KERNEL, ip=chain[1], pid=1000 + processor,
                                 tid=1000 + processor, time=1000000 + number * 1000 + processor,
                                 cpu=processor, period=1, chain=chain)
        recording.round()
    path.write_bytes(recording.describe().file())


def dwarf_record(path, *command, frequency=1999):
    perf_record(path, "-e", "cpu-clock", "-F", frequency, "--call-graph", "dwarf,16384", "--", *command)


def inlined(path, scale, compiler, *flags, source="inlines.cpp"):
    """Records a program of many inlined functions, with its debug information."""
    program = path.with_suffix(".program")
    subprocess.run([installed(compiler), *flags, "-g", HERE.parent / "e2e" / source, "-o", program],
                   check=True, cwd=path.parent)
    dwarf_record(path, program, max(int(6000 * scale), 50))


def gxx(path, scale):
    """captured stacks of a C++ program with inlined functions, built by g++"""
    inlined(path, scale, "g++", "-O2")


def clang(path, scale):
    """the same, built by clang++"""
    inlined(path, scale, "clang++", "-O2")


def rust(path, scale):
    """the same of a Rust program"""
    inlined(path, scale, "rustc", "-O", source="inlines.rs")


def compiler(path, scale):
    """captured stacks of g++, stripped, beside a libc with debug information"""
    dwarf_record(path, installed("g++"), "-O2", "-c", HERE.parent / "e2e/inlines.cpp", "-o",
                 path.with_suffix(".o"), frequency=max(int(1999 * min(scale, 1)), 49))


MAKERS = {"kmem": kmem, "go": go, "many": many, "cpus": cpus, "short": short, "dwarf": dwarf,
          "captured": captured, "g++": gxx, "clang++": clang, "rust": rust, "compiler": compiler,
          "shell": shell, "long": long}
ONLY_NAMED = ("long",)
# Those with captured stacks.
UNWOUND = ("dwarf", "captured", "g++", "clang++", "rust", "compiler")


def make(name, folder, scale):
    """The recording of a workload, made if it is not there yet; a half of it is never there."""
    path = pathlib.Path(folder) / f"{name}-{scale:g}.data"
    if not path.exists():
        made = path.with_suffix(".made")
        made.unlink(missing_ok=True)
        MAKERS[name](made, scale)
        made.rename(path)
    return path

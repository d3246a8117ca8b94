#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Captured stacks (perf record --call-graph dwarf), unwound by perflame and by perf script, sample for
sample. perf ends stacks that ran out of bytes in ffffffffffffffff, perflame puts them under [truncated];
both are taken off before the comparison."""
import collections
import ctypes
import os
import pathlib
import platform
import pwd
import shutil
import subprocess

from compare import fold_samples, report, script
from lab import HERE, TMP, Skip, case, compile_c, fold, need_perf, perflame, record, run

need_perf()

HOME = pwd.getpwuid(os.getuid()).pw_dir  # the suite has another, rustup looks here
RUST = shutil.which("rustc") or f"{HOME}/.cargo/bin/rustc"


def without_mark(stacks):
    """perflame's stacks without [truncated]; the comm stays in front."""
    plain = collections.Counter()
    for stack, weight in stacks.items():
        plain[";".join(name for name in stack.split(";") if name != "[truncated]")] += weight
    return plain


def without_end(sample):
    frames = sample.frames
    return sample._replace(frames=frames[1:] if frames[:1] == ("[unknown]",) else frames)


def rooted(stacks):
    """The weight of stacks that begin where threads do."""
    roots = ("_start", "__clone3", "clone3", "__GI___clone3", "clone", "__clone")
    return sum(weight for stack, weight in stacks.items()
               if len(stack.split(";")) > 1 and stack.split(";")[1] in roots)


def longer(ours, theirs):
    """The weight of perflame's stacks that reach the root where perf's end before it: where the end of a
    function has popped registers, perf 6.1 looks for them below the stack pointer and gives up."""
    more = {stack: weight - theirs[stack] for stack, weight in ours.items() if weight > theirs[stack]}
    less = {stack: weight - ours[stack] for stack, weight in theirs.items() if weight > ours[stack]}
    weight = 0
    for stack in more:
        for other in less:
            tail = other.split(";", 1)[-1]
            if rooted({stack: 1}) and stack.endswith(";" + tail) and stack != other:
                both = min(more[stack], less[other])
                more[stack] -= both
                less[other] -= both
                weight += both
    return weight


def hold(data):
    """The same stack for nearly all of the weight: at least 99 % where perf does not give up. A recording has
    some 1,000 samples: in 300 the few that perf gives up at may be one in a hundred by chance."""
    ours = without_mark(fold("--perf-compat", "--no-inline", data))
    theirs = fold_samples(map(without_end, script(data)))
    share, equal = report(ours, theirs, 6)
    assert equal, "the totals differ"
    assert rooted(ours) >= rooted(theirs), f"rooted: {rooted(ours)}, with perf {rooted(theirs)}"
    further = longer(ours, theirs) / sum(theirs.values())
    print(f"# perflame's reach the root where perf's do not: {100 * further:.4f} % of the weight")
    assert share + further >= 0.99, "the stacks differ"
    assert share >= 0.97, "perf's are shorter too often to be a measure"


def dwarf(command, name, rate="999", size=16384):
    return record(command, "-F", rate, "--call-graph", f"dwarf,{size}", name=name)


@case
def a_compiler():
    """cc1 itself: under the driver, perf 6.1 mixes its mappings with those of the program before exec."""
    found = subprocess.run(["gcc", "-print-prog-name=cc1"], capture_output=True, text=True, check=False)
    cc1 = found.stdout.strip()
    if found.returncode or not pathlib.Path(cc1).is_file():
        raise Skip("no gcc here")
    lines = ["struct s { long a[16]; double d; struct s *n; };"]
    for i in range(60):
        lines.append(f"long f{i}(struct s *p, long x) {{ long r = x; for (int i = 0; i < {i + 3}; i++) "
                     "switch ((r ^ i) % 5) {")
        for k in range(5):
            call = f"f{i // 2}(p->n ? p->n : p, r)" if i > 1 and k == 2 else f"p->a[{k}] * {i + k}"
            lines.append(f"case {k}: r += {call}; p->a[(r + i) & 15] ^= r >> {k + 1}; "
                         f"if (p->d > 0.{i}) p->d *= r; break;")
        lines.append("} return r; }")
    source = TMP / "big.i"
    source.write_text("\n".join(lines))
    hold(dwarf([cc1, "-quiet", "-O2", source, "-o", "/dev/null"], "cc1.data"))


@case
def a_program_that_throws_through_many_frames():
    program = TMP / "throws"
    subprocess.run(["c++", "-O2", "-g", HERE / "throws.cc", "-o", program], check=True)
    hold(dwarf([program, "48000"], "throws.data"))


@case
def signal_handlers_system_calls_locks_and_aligned_stacks():
    data = dwarf([compile_c("interrupted.c"), "2"], "interrupted.data")
    hold(data)
    stacks = fold("--no-inline", data)
    for frames in ("deeper;deeper;spin", "handle;spin",
                   "aligned;aligned;aligned;spin", "ends_in_call;never_back;spin", "main;sorts;"):
        assert any(frames in stack for stack in stacks), f"no stack with {frames}"
    inside = [stack for stack in stacks if ";signalled;" in stack and ";handle;spin" in stack]
    assert inside, "no handler on the stack that it interrupts"


@case
def a_signals_trampoline_without_cfi_is_known_by_its_bytes():
    """musl's and Go's have none. perf ends there, or follows what the frame pointer happens to hold."""
    source, whole = HERE.parent / "generate/signals.c", "_start;begin;interrupted;restorer;handler;leaf"
    flags = ("-O2", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-fasynchronous-unwind-tables",
             "-fno-stack-protector", "-ffreestanding", "-fomit-frame-pointer", "-Wl,--build-id")
    for name, more in (("signal64", ()), ("signal32", ("-m32",)),
                       ("signal32-plain", ("-m32", "-DFLAGS=0x04000000"))):
        program = TMP / name
        subprocess.run(["gcc", *flags, *more, source, "-o", program], check=True)
        stacks = fold("--no-inline", "-w", "samples", dwarf([program], name + ".data"))
        inside = {stack: weight for stack, weight in stacks.items() if ";leaf" in stack}
        assert inside and all(f"{name};{whole}" in stack for stack in inside), (name, stacks)
        assert not any(f"[{name}]" in stack for stack in stacks), (name, stacks)


def maps_a_narrow_vdso():
    """Whether the kernel maps the vdso of 32-bit programs (CONFIG_CHECKPOINT_RESTORE)."""
    system, ranges = ctypes.CDLL(None).syscall, []
    system.restype = ctypes.c_long
    for line in open("/proc/self/maps", encoding="ascii"):
        if "[vdso]" in line or "[vvar" in line:
            ranges.append([ctypes.c_ulong(int(end, 16)) for end in line.split()[0].split("-")])
    child = os.fork()
    if child == 0:  # what it has no more it must not ask for the time
        for begin, end in ranges:
            system(11, begin, ctypes.c_ulong(end.value - begin.value))  # munmap
        os._exit(system(158, 0x2002, ctypes.c_ulong(0x40000000)) <= 0)  # arch_prctl: ARCH_MAP_VDSO_32
    return os.waitpid(child, 0)[1] == 0


@case
def a_32_bit_programs_vdso_is_known_without_its_build_id():
    """A pipe and --buildid-mmap do not tell it: the kernel that runs is asked."""
    if platform.machine() != "x86_64" or not maps_a_narrow_vdso():
        raise Skip("the kernel does not map the vdso of 32-bit programs")
    program, data = TMP / "narrow", TMP / "narrow.data"
    subprocess.run(["gcc", "-m32", "-O2", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-ffreestanding",
                    "-fomit-frame-pointer", "-fno-stack-protector", "-fasynchronous-unwind-tables",
                    HERE / "narrow.c", "-o", program], check=True)
    for options in (("--buildid-mmap", "-o", data), ("-o", "-")):
        with open(data, "wb") as out:
            subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "--call-graph",
                            "dwarf,4096", *options, "--", program], stdout=out, check=False,
                           stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stacks = fold("-w", "samples", data)
        inside = sum(weight for stack, weight in stacks.items()
                     if stack.startswith("narrow;_start;begin;waits;__kernel_vsyscall"))
        assert inside > 0.9 * sum(stacks.values()), (options, stacks)


@case
def a_thread_that_waits_for_a_mutex():
    """perf 6.1 was seen to follow the frame pointer here and to lose pthread_mutex_lock and its caller."""
    path = TMP / "switch.data"
    done = subprocess.run(["perf", "record", "-q", "-e", "sched:sched_switch", "--call-graph",
                           "dwarf,16384", "-o", path, "--", compile_c("interrupted.c"), "0.5"],
                          capture_output=True, check=False)
    if done.returncode:
        raise Skip("sched_switch cannot be recorded here")
    waits = [stack for stack in fold("--no-inline", path) if "lll_lock_wait;" in stack]
    assert waits, "nobody waited for the mutex"
    for stack in waits:
        frames = stack.split(";")
        at = next(i for i, name in enumerate(frames) if name.endswith("lll_lock_wait"))
        assert frames[at - 1].startswith(("pthread_mutex_lock", "___pthread_mutex_lock",
                                          "__pthread_mutex_lock")), stack
        assert frames[at - 4:at - 1] == ["start_thread", "locks", "want_lock"], stack


@case
def a_rust_program():
    if not pathlib.Path(RUST).exists():
        raise Skip("no rustc here")
    done = subprocess.run([RUST, "-O", "-g", HERE / "busy.rs", "-o", TMP / "busyrs"],
                          env={**os.environ, "HOME": HOME}, capture_output=True, check=False)
    if done.returncode:
        raise Skip("rustc does not work here: " + done.stderr.decode()[:200])
    hold(dwarf([TMP / "busyrs", "36000"], "rust.data"))


@case
def a_stack_longer_than_what_was_captured_goes_under_truncated():
    data = dwarf([compile_c("interrupted.c"), "1"], "short.data", size=256)
    stacks = fold("--no-inline", data)
    cut = sum(weight for stack, weight in stacks.items() if ";[truncated];" in stack)
    assert cut > 0, "nothing is truncated"
    said = perflame("fold", data).err
    assert "256 bytes captured" in said and "dwarf,65528" in said, said
    told = perflame("info", data).out
    assert "longer than what was captured: record with `perf record --call-graph dwarf,65528`" in told, told
    hold(data)


@case
def no_longer_capture_is_advised_where_perf_has_none():
    """The event's sample_stack_user, at byte 88 of the first attribute (linux/perf_event.h), says that
    as much as can be was captured."""
    most = bytearray((TMP / "short.data").read_bytes())
    attributes = int.from_bytes(most[24:32], "little")
    most[attributes + 88:attributes + 92] = (65528).to_bytes(4, "little")
    data = TMP / "most.data"
    data.write_bytes(most)
    done = perflame("info", data)
    assert "65528 bytes captured" in done.err and "perf can capture no more" in done.err, done.err
    assert "in stacks longer than what perf can capture" in done.out, done.out
    assert "--call-graph dwarf,65528" not in done.out + done.err, done.out + done.err


run()

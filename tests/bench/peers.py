# SPDX-License-Identifier: MIT
"""What bench.py runs on a recording: perflame, the bare loop, and what else there is to read it.

A command is shell text with {data}, the recording, and {out}, a file that it may write. What is not
installed is left out."""
import glob
import shlex
import shutil


FLOOR = "the bare loop"


class Command:
    """Something to run; `ours` is perflame, beside which the others are set."""

    def __init__(self, name, text, ours=False):
        self.name, self.text, self.ours = name, text, ours


class Peers:
    """The other tools, as they are found or pointed to."""

    def __init__(self, options):
        self.perf = shutil.which("perf")
        self.collapse = found(options.inferno, "inferno-collapse-perf")
        self.draw = found(options.inferno, "inferno-flamegraph")
        self.stackcollapse = found(options.flamegraph, "stackcollapse-perf.pl")
        self.flamegraph = found(options.flamegraph, "flamegraph.pl")
        places = [options.hotspot] if options.hotspot else (
            glob.glob("/usr/lib/*/libexec/hotspot-perfparser") +
            glob.glob("/usr/libexec/hotspot-perfparser"))
        self.hotspot = shlex.quote(places[0]) if places else None

    def missing(self):
        """What is not there, so that nobody takes a short table for the whole."""
        there = {"perf": self.perf, "inferno": self.collapse and self.draw,
                 "FlameGraph": self.stackcollapse and self.flamegraph, "hotspot": self.hotspot}
        return [name for name, command in there.items() if not command]

    def script(self, *flags):
        """perf script alone: no reader of its text can be faster."""
        if self.perf:
            name = " ".join(["perf script", *flags])
            yield Command(name, f"{name} -i {{data}} 2>/dev/null")

    def inferno(self, draws, *flags):
        if self.perf and self.collapse and (self.draw or not draws):
            script = " ".join(["perf script", *flags])
            yield Command(f"{script}, inferno", f"{script} -i {{data}} 2>/dev/null | {self.collapse} 2>/dev/null" +
                          (f" | {self.draw} 2>/dev/null" if draws else ""))

    def flame_graph(self, draws, *flags):
        if self.perf and self.stackcollapse and (self.flamegraph or not draws):
            script = " ".join(["perf script", *flags])
            yield Command(f"{script}, FlameGraph",
                          f"{script} -i {{data}} 2>/dev/null | {self.stackcollapse} 2>/dev/null" +
                          (f" | {self.flamegraph} 2>/dev/null" if draws else ""))

    def readers(self):
        """Those that make something else of a recording: a report, the data of a viewer."""
        if self.perf:
            yield Command("perf report", "perf report -i {data} --stdio -g caller 2>/dev/null")
        if self.hotspot:
            yield Command("hotspot-perfparser",
                          self.hotspot + " --input {data} --output {out} 2>/dev/null")


def found(folder, name):
    """A tool of that folder or on the PATH, quoted, or None."""
    path = shutil.which(name, path=folder) if folder else shutil.which(name)
    return shlex.quote(path) if path else None


def tasks(options, name):
    """Yields for a workload what is measured on it: a title and commands, of which perflame's come
    first."""
    peers, own = Peers(options), shlex.quote(options.perflame)

    def perflame(arguments):
        return Command("perflame " + arguments.replace(" -o {out}.svg", ""),
                       f"{own} {arguments} -q {{data}}", ours=True)
    floor = Command(FLOOR, shlex.quote(options.floor) + " {data}")
    if name in ("kmem", "long"):
        others = [] if name == "long" else [*peers.inferno(False, "--no-inline"),
                                            *peers.flame_graph(False, "--no-inline"), *peers.readers()]
        yield "folded", [perflame("fold -w alloc-bytes"), perflame("fold -w samples -e 'kmem:*'"),
                         perflame("fold -w inuse-bytes"), floor, *others]
    elif name == "cpus":
        yield "folded", [perflame("fold"), floor, *peers.inferno(False)]
    elif name in ("go", "short", "shell", "many"):
        if name == "many":
            yield "folded", [perflame("fold"), floor, *peers.inferno(False)]
        # Without perf's copy of the kernel's symbols they are read from the kernel, which takes its time.
        bare = [perflame("render --buildid-dir /dev/null -o {out}.svg"),
                Command("cat /proc/kallsyms", "cat /proc/kallsyms")] if name in ("short", "shell") else []
        yield "SVG", [perflame("render -o {out}.svg"), perflame("render --no-inline -o {out}.svg"),
                      *bare, *([] if name == "many" else [floor]), *peers.inferno(True),
                      *peers.inferno(True, "--no-inline"), *peers.flame_graph(True),
                      *peers.readers()]
    elif name == "captured":
        # With inlined functions perf script takes half an hour.
        yield "folded", [perflame("fold --no-inline"), perflame("fold --no-inline --threads 1"),
                         *peers.script("--no-inline"), *peers.inferno(False, "--no-inline")]
    else:
        yield "folded", [perflame("fold"), perflame("fold --no-inline"),
                         *peers.script("--no-inline"), *peers.inferno(False, "--no-inline"),
                         *peers.script(), *peers.readers()]

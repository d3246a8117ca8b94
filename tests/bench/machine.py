# SPDX-License-Identifier: MIT
"""What bench.py needs of its surroundings: the machine, the terminal, files."""
import os
import platform
import re
import subprocess
import sys


def one_thread(perflame):
    """How perflame is kept to one thread: gives a function from command to command."""
    told = subprocess.run([perflame, "--help"], check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True).stdout
    if "--threads" in told:
        return lambda command: command + " --threads 1"
    return lambda command: "taskset -c 0 " + command


def describe(perflame):
    """What the figures depend on."""
    model = ""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    version = subprocess.run([perflame, "--version"], check=True, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, text=True).stdout.splitlines()[0]
    return {"processor": model, "processors": len(os.sched_getaffinity(0)),
            "kernel": platform.release(), "perflame": version,
            "load": round(os.getloadavg()[0], 2)}


def line(found):
    return (f"{found['perflame']}; {found['processors']} processors, {found['processor']}, "
            f"Linux {found['kernel']}, load {found['load']}")


def progress(text):
    """What is being done, on a terminal; "" removes it."""
    if sys.stderr.isatty():
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
        sys.stderr.write("\r\x1b[K" + text[:max(columns - 1, 0)])
        sys.stderr.flush()


def say(text):
    progress("")
    print(text, file=sys.stderr, flush=True)


def print_table(head, rows):
    """A table in Markdown whose columns stand in line."""
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(len(head))]

    def print_line(cells):
        print("| " + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                                for i, (cell, width) in enumerate(zip(cells, widths))) + " |")
    print_line(head)
    print("|" + "|".join("-" * (width + 2) if i == 0 else "-" * (width + 1) + ":"
                         for i, width in enumerate(widths)) + "|")
    for row in rows:
        print_line(row)
    sys.stdout.flush()


def write_whole(path, text):
    """Writes a file so that nobody ever reads a half of it."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def inlined_frames(perflame, data, scripted):
    """How many inlined frames of the samples' stacks each tool finds; perf if it is `scripted` in time. It calls
    inlined too what the DWARF names otherwise than the symbol that it takes; of libc these are known."""
    folded = subprocess.run([perflame, "fold", "-q", "-w", "samples", "--suffixes", data],
                            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
    found = {"perflame": 0}
    for line_of in folded.splitlines():
        stack, weight = line_of.rsplit(b" ", 1)
        found["perflame"] += len(re.findall(rb"_\[i\](?:;|$)", stack)) * int(weight)
    if scripted:
        with subprocess.Popen(["perf", "script", "-i", data], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as script:
            found["perf script"] = sum(
                line_of.endswith(b"(inlined)\n")
                and not re.search(rb" (?:__libc_start_main_impl|__GI_\w+)[+ ]", line_of)
                for line_of in script.stdout)
    return found

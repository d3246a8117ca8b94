#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast captured stacks are unwound: unwind.py PERFLAME [BENCH-UNWIND [RECORDING]]

Records cc1 on a large generated file (--call-graph dwarf,16384, some 10,000 samples, 150 MB) unless a
recording is given, and prints the processor time of perf script --no-inline and of perflame fold --no-inline,
the best of five each, by turns; then, with warm tables, the samples a second of bench-unwind."""
import os
import random
import resource
import subprocess
import sys
import tempfile


def generate(path, count=900):
    random.seed(7)
    lines = ["struct s { long a[16]; double d; struct s *n; };"]
    for i in range(count):
        lines.append(f"static long f{i}(struct s *p, long x) {{ long r = x; for (int i = 0; i < "
                     f"{random.randint(3, 60)}; i++) switch ((r ^ i) % 11) {{")
        for k in range(11):
            call = (f"f{random.randrange(i)}(p->n ? p->n : p, r)" if i and random.random() < .4
                    else f"p->a[{k}] * {random.randint(1, 99)}")
            lines.append(f"case {k}: r += {call}; p->a[(r + i) & 15] ^= r >> {random.randint(1, 9)}; "
                         f"if (p->d > {random.random()}) p->d *= r; break;")
        lines.append("} return r; }")
    calls = "+".join(f"f{i}(&q, c)" for i in range(count))
    lines.append(f"int main(int c) {{ struct s q = {{0}}; return (int)({calls}); }}")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


def record(folder):
    source, data = os.path.join(folder, "big.i"), os.path.join(folder, "perf.data")
    generate(source)
    cc1 = subprocess.run(["gcc", "-print-prog-name=cc1"], check=True, capture_output=True,
                         text=True).stdout.strip()
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "400", "--call-graph",
                    "dwarf,16384", "-o", data, "--", cc1, "-quiet", "-O2", source, "-o",
                    "/dev/null"], check=True, stdout=subprocess.DEVNULL)
    return data


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    with tempfile.TemporaryDirectory(prefix="perflame-bench-", dir="/var/tmp") as folder:
        data = sys.argv[3] if len(sys.argv) > 3 else record(folder)
        perf, ours = [], []
        for _ in range(5):
            perf.append(cpu(["perf", "script", "--no-inline", "-i", data]))
            ours.append(cpu([sys.argv[1], "fold", "-q", "--no-inline", data]))
        print(f"{os.path.getsize(data) / 1e6:.0f} MB; perf script --no-inline {min(perf):.3f} s, "
              f"perflame fold --no-inline {min(ours):.3f} s: {min(perf) / min(ours):.1f} times")
        if len(sys.argv) > 2:
            subprocess.run([sys.argv[2], data], check=True)


if __name__ == "__main__":
    main()

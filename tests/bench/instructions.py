#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Instructions of each stage of perflame on a fixed input: instructions.py BENCH-STAGES,
or meson compile -C BUILD instructions.

The input is a hundredth of the bench's workload `many`: 10,000 stacks, the same on every machine, and
too small for a second thread. Counted by callgrind (Debian: valgrind), so it does not matter what else
the machine does; the compiler and the libraries do matter."""
import re
import shutil
import subprocess
import sys
import tempfile

import workloads

STAGES = {"read": "read_alone", "read and weigh": "pfl_profile_add_file",
          "resolve": "pfl_profile_finish", "fold": "pfl_fold_write", "draw": "pfl_picture_write"}


def main(stages):
    if not shutil.which("valgrind"):
        sys.exit("valgrind is not installed")
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        data = workloads.make("many", folder, 0.01)
        counts = f"{folder}/counts"
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", stages,
                        data], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", counts],
                              check=True, stdout=subprocess.PIPE, text=True).stdout
    print("| stage | instructions |\n|---|---|")
    for stage, function in STAGES.items():
        found = re.search(r"^\s*([\d,]+) .*:" + function + r"[.'\w]*(?: \[|$)", text, re.MULTILINE)
        print(f"| {stage} | {found[1] if found else 'not found'} |")


main(*sys.argv[1:])

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Names of another machine's kernel: from its image, its list, its modules in each compression, wherever
they lie. Nothing of the kernel that runs here may show."""
import shutil
import sys

from lab import HERE, TMP, case, parse_folded, perflame, run

sys.path.insert(0, str(HERE.parent / "generate"))
import kernel  # noqa: E402

FILES = kernel.make(TMP)
CORE = {name: address for name, address in kernel.addresses(FILES["vmlinux"], kernel.MOVED).items()
        if name in kernel.KERNEL_FUNCTIONS}
MODULE = {name: address for name, address
          in kernel.addresses(FILES["made.ko"], kernel.MODULE).items()
          if name in kernel.MODULE_FUNCTIONS}
DATA = TMP / "kernel.data"
kernel.record(DATA, [address + 9 for address in (CORE | MODULE).values()])
UNNAMED = {"task;[kernel.kallsyms]": len(CORE), "task;[made]": len(MODULE)}


def named(names):
    """Every sample was taken in another function."""
    return {f"task;{name}": 1 for name in names}


NAMED, CORE_NAMED = named(CORE | MODULE), named(CORE) | {"task;[made]": len(MODULE)}


def folded(*options):
    result = perflame("fold", "--buildid-dir", "/dev/null", *options, DATA)
    assert result.status == 0 and "Sanitizer" not in result.err, result
    return parse_folded(result.out)


def place(folder, files):
    """A folder with {where: which}."""
    root = TMP / folder
    for path, which in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FILES[which], root / path)
    return root


@case
def without_its_files_it_has_no_names():
    assert folded() == UNNAMED, folded()
    said = perflame("fold", "--buildid-dir", "/dev/null", DATA).err
    assert "(recorded elsewhere): --debuginfod, or --kallsyms FILE" in said, said
    for option in ("--kallsyms", "--vmlinux"):
        said = perflame("fold", "--buildid-dir", "/dev/null", option, "/dev/null", DATA).err
        assert "(no names in the file given)" in said and "--kallsyms FILE" not in said, said


@case
def an_image_and_a_list_name_it_wherever_it_was_loaded():
    assert folded("--vmlinux", FILES["vmlinux"]) == CORE_NAMED
    assert folded("--kallsyms", FILES["System.map"]) == CORE_NAMED
    assert folded("--symfs", place("root", {f"boot/vmlinux-{kernel.RELEASE}": "vmlinux"})) == \
        CORE_NAMED
    debug = place("debug", {f"usr/lib/debug/boot/vmlinux-{kernel.RELEASE}": "vmlinux"})
    assert folded("--symfs", debug) == CORE_NAMED
    said = perflame("fold", "--vmlinux", FILES["vmlinux"], DATA).err
    assert "[made]" in said and "[kernel.kallsyms]" not in said, "what has its names is no trouble"


@case
def modules_are_read_however_they_are_packed():
    for number, ending in enumerate(("", ".gz", ".xz", ".zst")):
        module = "made.ko" + ending
        folder = place(f"any{number}", {"some/vmlinux": "vmlinux", "where/" + module: module})
        assert folded("--symbols", folder) == NAMED, (ending, folded("--symbols", folder))
        assert folded("--symbols", FILES[module], "--vmlinux", FILES["vmlinux"]) == NAMED, ending
        path = kernel.MODULE_PATH + ending
        kernel.record(DATA, [address + 9 for address in MODULE.values()],
                      modules=((path, kernel.MODULE, 0x1000, kernel.MODULE_ID),))
        root = place(f"root{number}", {path[1:]: module})
        assert folded("--symfs", root) == named(MODULE), (ending, folded("--symfs", root))
        kernel.record(DATA, [address + 9 for address in (CORE | MODULE).values()])


@case
def another_build_of_it_gives_no_names():
    other = bytes([255] * 20)
    kernel.record(DATA, [address + 9 for address in (CORE | MODULE).values()], kernel_id=other,
                  modules=((kernel.MODULE_PATH, kernel.MODULE, 0x1000, other),))
    assert folded("--vmlinux", FILES["vmlinux"]) == UNNAMED
    assert folded("--symbols", FILES["made.ko"], "--symbols", FILES["vmlinux"]) == UNNAMED


run()

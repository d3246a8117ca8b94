#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings and texts that were made to hurt their reader.

    tests/generate/hostile.py FOLDER     writes LIES/ (small) and HEAVY/ (1 MB each)

LIES: a size, a count or an offset that is not true. HEAVY: true, but as much of one thing as 1 MB
can hold."""
import pathlib
import sys
import zlib

import recordings
from perfdata import *  # noqa: F403 (the names of the format)
from perfdata import Event, Recording, pad8, zstd_pieces
from shapes import APP, BASE, CORE, LIBRARY, every_field, many, of_type

MEGABYTE = 1000 * 1000


def patched(data, at, value, size=8):
    return data[:at] + value.to_bytes(size, "little") + data[at + size:]


def header_lies():
    """Each word of the header, and of the first attr's ids, with numbers that lead astray."""
    data = many(count=4).recording.describe().file()
    words = {"header-size": 8, "attr-size": 16, "attrs-offset": 24, "attrs-size": 32,
             "data-offset": 40, "data-size": 48, "ids-offset": 112 + 128, "ids-size": 112 + 136}
    table = int.from_bytes(data[40:48], "little") + int.from_bytes(data[48:56], "little")
    words |= {"feature-offset": table, "feature-size": table + 8}
    for name, at in words.items():
        for value in (0, 1, len(data) - 1, 1 << 31, (1 << 63) - 1, (1 << 64) - 1):
            yield f"{name}-{value:x}", patched(data, at, value)


def feature_lies():
    for bit in (F_BUILD_ID, F_HOSTNAME, F_NRCPUS, F_CMDLINE, F_EVENT_DESC, F_SAMPLE_TIME):
        for name, body in (("empty", b""), ("ones", b"\xff" * 40), ("short", b"\x01\0\0"),
                           ("count", b"\xff\xff\0\0" + b"\x08\0\0\0" * 20),
                           ("unended", b"\x04\0\0\0abcd")):
            scene = many(count=2)
            scene.recording.describe().features[bit] = body
            yield f"feature-{bit}-{name}", scene.recording.file()
    scene = many(count=2)
    r = scene.recording.describe()
    entry = r.build_id(10, IN_USER, bytes(range(20)), "/bin/app")
    for name, at, value, size in (("size-0", 6, 0, 2), ("size-most", 6, 65535, 2),
                                  ("length-255", 32, 255, 1)):
        r.features[F_BUILD_ID] = entry + patched(entry, at, value, size) + entry
        yield f"build-id-{name}", r.file()


def record_lies():
    """Counts inside of samples, sizes of records, texts without an end."""
    fields = {"chain": CALLCHAIN, "raw": RAW, "branches": BRANCH_STACK, "regs": REGS_USER,
              "stack": STACK_USER, "aux": AUX, "read": READ}
    for name, bit in fields.items():
        for value in (0, 1 << 16, 0x0aaaaaaaaaaaaaab, 1 << 61, (1 << 64) - 1):
            r = Recording()
            event = r.event(Event("e", IP | bit, ids=[1], regs_user=0xff,
                                  read_format=GROUP | READ_ID, stack_user=16))
            r.raw(SAMPLE, r.words([APP, value, 1, 2]), IN_USER)
            r.sample(event, ip=APP)
            yield f"sample-{name}-{value:x}", r.describe().file()
    for size in (0, 1, 7, 9, 12, 65535):
        scene = many(count=2)
        scene.recording.raw(COMM, b"12345678abcdefg\0", size=size)
        scene.sample()
        yield f"record-size-{size}", scene.recording.describe().file()
    for kind in (MMAP, MMAP2, COMM, NAMESPACES, KSYMBOL, CGROUP_RECORD, TEXT_POKE, BPF_EVENT):
        for size in (0, 8, 24, 72, 120):
            scene = many(count=2)
            scene.recording.raw(kind, b"\x41" * size)
            yield f"unended-{kind}-{size}", scene.recording.describe().file()
    for value in (1, 1 << 20, (1 << 64) - 1):
        scene = many(count=2)
        scene.recording.raw(AUXTRACE, scene.recording.words([value, 0, 0, 0, 0]))
        yield f"auxtrace-{value:x}", scene.recording.describe().file()


def container_lies():
    """Streams in which a part says what is not so."""
    for name, kind, body in (("attr-short", HEADER_ATTR, b"\0" * 8),
                             ("attr-size", HEADER_ATTR, b"\x01\0\0\0\xff\xff\xff\xff" + bytes(120)),
                             ("update", EVENT_UPDATE, b"\xff" * 24),
                             ("feature", HEADER_FEATURE, b"\x0c" + bytes(7) + b"\xff" * 8),
                             ("tracing", TRACING_DATA, b"\xff\xff\xff\x7f"),
                             ("build-id", HEADER_BUILD_ID, b"\xff" * 20),
                             ("zstd-junk", COMPRESSED, b"\x28\xb5\x2f\xfd" + b"\xff" * 30),
                             ("zstd-none", COMPRESSED, b""),
                             ("zstd2-size", COMPRESSED2, b"\xff" * 16)):
        scene = many(count=2)
        scene.recording.describe()
        before = scene.recording.pipe()
        scene.recording.records.clear()
        scene.recording.raw(kind, body)
        yield f"pipe-{name}", before + b"".join(scene.recording.records)
    yield from told_again()
    junk = many(count=2).recording.describe().pipe()
    yield "pipe-junk", junk + b"[ perf record: Woken up 1 times to write data ]\n"
    yield "pipe-only", junk[:16]


def told_again():
    """A pipe that tells once more, in the middle, what somebody may hold by then: texts of the header,
    and the name of an event."""
    texts = {"arch": lambda r: r.pack("Q", F_ARCH) + r.text("x86_64"),
             "command": lambda r: r.pack("QI", F_CMDLINE, 1) + r.text("perf")}
    for name, text in texts.items():
        r = Recording()
        event = r.event(Event("cpu-clock", BASE & ~CALLCHAIN | REGS_USER | STACK_USER, kind=1, ids=[1],
                              regs_user=0xff0fff, stack_user=64))
        r.describe()
        r.mmap(10, 10, APP, 0x100000, 0, "/bin/app")
        in_rounds(r, lambda n: r.sample(event, pid=10, tid=10, time=n, ip=APP, stack=b"s" * 64),
                  lambda: r.raw(HEADER_FEATURE, pad8(text(r))))
        yield f"pipe-{name}-again", r.pipe()
    names = ["probe_libc:malloc", "probe_libc:free"]
    r = Recording()
    for number, name in enumerate(names):
        r.event(Event(name, BASE | RAW, kind=2, config=100 + number, ids=[number + 1]))
    r.describe()
    table = recordings.tracing(names)
    r.raw(TRACING_DATA, r.pack("I", len(table)) + table + bytes(-len(table) % 8), size=12)
    raw = b"\0\0\0\0\x0a\0\0\0" + (0x1000).to_bytes(8, "little") + bytes(12)
    in_rounds(r, lambda n: r.sample(r.events[n % 2], pid=10, tid=10, time=n, ip=APP, chain=[USER, APP],
                                    raw=(100 + n % 2).to_bytes(2, "little") + raw[2:]),
              lambda: r.raw(EVENT_UPDATE, r.pack("QQ", 2, 1) + b"renamed\0"))
    yield "pipe-name-again", r.pipe()


def in_rounds(r, add, between):
    for number in range(24):
        add(number + 1)
        if number % 3 == 2:
            r.round()
        if number == 12:
            between()


def lies():
    for source in (header_lies, feature_lies, record_lies, container_lies):
        yield from source()
    yield "everything-cut", of_type(every_field()).data[:-700]


# As much as a megabyte holds.

def fill(r, make, room=MEGABYTE):
    """Adds what make(number) adds until the records are that large."""
    size, number, done = 0, 0, 0
    while size < room:
        make(number)
        number += 1
        size += sum(map(len, r.records[done:]))
        done = len(r.records)
    return r


def plain(sample_type=IP | TID, events=1, **options):
    r = Recording()
    for number in range(events):
        r.event(Event(f"e{number}", sample_type, config=number % 9 + 2, flags=0, size=64,
                      ids=[100 + number], **options))
    return r


def deep_stacks():
    """Chains of 8,000 frames, each at a place of its own."""
    r = plain(IP | TID | CALLCHAIN)
    r.mmap(10, 10, APP, 1 << 40, 0, "/bin/app")
    fill(r, lambda n: r.sample(r.events[0], pid=10, tid=10, ip=APP, chain=[USER] + [
        APP + 0x1000 * (n * 8000 + frame) for frame in range(8000)]))
    return r.file()


def deep_unmapped():
    r = plain(IP | TID | CALLCHAIN)
    fill(r, lambda n: r.sample(r.events[0], misc=IN_KERNEL, ip=CORE, chain=[KERNEL] + [
        CORE + n * 8000 + frame for frame in range(8000)]))
    return r.file()


def long_paths():
    """Frames of an object whose name is as long as a path may be."""
    r = plain(IP | TID | CALLCHAIN)
    r.mmap(10, 10, APP, 1 << 40, 0, "/bin/" + "a" * 4090)
    fill(r, lambda n: r.sample(r.events[0], pid=10, tid=10, ip=APP, chain=[USER] + [
        APP + n * 8000 + frame for frame in range(8000)]))
    return r.file()


def distinct_stacks():
    r = plain(IP | TID)
    r.mmap(10, 10, APP, 1 << 40, 0, "/bin/app")
    fill(r, lambda n: r.sample(r.events[0], pid=10, tid=10, ip=APP + n))
    return r.file()


def processes():
    """A process, with a map, for each sample."""
    r = plain(IP | TID)

    def one(n):
        r.mmap(n, n, APP, 4096, 0, "/a")
        r.sample(r.events[0], pid=n, tid=n, ip=APP + 16)
    return fill(r, one).file()


def maps(order):
    """Maps of one process, from the last to the first."""
    r = plain(IP | TID)
    fill(r, lambda n: r.mmap(10, 10, order(n) * 4096, 4096, n * 4096, "/a"))
    r.sample(r.events[0], pid=10, tid=10, ip=order(5) * 4096)
    return r.file()


def files():
    r = plain(IP | TID)

    def one(n):
        r.mmap(10, 10, n * 4096, 4096, 0, f"/{n}")
        r.sample(r.events[0], pid=10, tid=10, ip=n * 4096)
    return fill(r, one).file()


def forks():
    """A process of many maps, and children that each change one."""
    r = plain(IP | TID)
    fill(r, lambda n: r.mmap(1, 1, n * 8192, 4096, 0, "/a"), MEGABYTE // 2)

    def one(n):
        r.task(FORK, n + 2, 1, n + 2, 1)
        r.mmap(n + 2, n + 2, 4096, 4096, 0, "/b")
        r.sample(r.events[0], pid=n + 2, tid=n + 2, ip=4096)
    return fill(r, one).file()


def events():
    """As many events as there may be, each with samples at places of their own."""
    r = plain(IDENTIFIER | IP, events=4000)
    fill(r, lambda n: r.sample(r.events[n % 4000], ip=CORE + n, misc=IN_KERNEL),
         MEGABYTE - 4000 * 88)
    return r.file()


def more_events():
    return plain(IDENTIFIER | IP, events=11000).file()


def counters():
    """Groups of thousands, whose every sample becomes thousands with a deep chain."""
    r = plain(IP | TID | READ | CALLCHAIN, events=2, read_format=GROUP | READ_ID)
    r.mmap(10, 10, APP, 1 << 40, 0, "/bin/app")
    fill(r, lambda n: r.sample(
        r.events[0], pid=10, tid=10, ip=APP, chain=[USER] + [APP + 9 * f for f in range(4000)],
        values=[(1 + n * 2000 + v, 100 + v % 2) for v in range(2000)]))
    return r.file()


def names():
    r = plain(IP | TID)

    def one(n):
        r.comm(n, n, f"{n}" + "x" * 60000)
        r.sample(r.events[0], pid=n, tid=n, ip=APP)
    return fill(r, one).file()


def comms():
    r = plain(IP | TID)

    def one(n):
        r.comm(10, 10, f"{n}")
        r.sample(r.events[0], pid=10, tid=10, ip=APP)
    return fill(r, one).file()


def build_ids():
    r = plain(IP | TID)
    r.describe().features[F_BUILD_ID] = b"".join(
        r.build_id(-1, IN_USER, n.to_bytes(20, "big"), f"/{n}") for n in range(8000))

    def one(n):
        r.mmap(10, 10, n * 4096, 4096, 0, f"/{n}")
        r.sample(r.events[0], pid=10, tid=10, ip=n * 4096)
    return fill(r, one, MEGABYTE // 2).file()


def backwards():
    """Times that go down, without rounds."""
    r = plain(IP | TID | TIME)
    fill(r, lambda n: r.sample(r.events[0], time=10 ** 9 - n, ip=APP + n))
    return r.file()


def bomb(r, times):
    """What is recorded, over and over, in 1 MB of compressed records."""
    records, size = b"".join(r.records), 0
    r.records.clear()
    for piece in zstd_pieces(records, MEGABYTE, times):
        r.raw(COMPRESSED, piece)
        size += len(piece)
        if size > MEGABYTE:
            break
    return r.pipe()


def bomb_samples():
    """The smallest samples that have to be ordered, without rounds."""
    r = plain(TIME)
    return bomb(fill(r, lambda n: r.sample(r.events[0], time=10 ** 9 - n)), 3000)


def bomb_counters():
    """Two groups of thousands in turn, whose counters move each time."""
    r = plain(IP | TID | READ | CALLCHAIN, events=2, read_format=GROUP | READ_ID)
    r.mmap(10, 10, APP, 1 << 40, 0, "/bin/app")
    return bomb(fill(r, lambda n: r.sample(
        r.events[0], pid=10, tid=10, ip=APP, chain=[USER] + [APP + 9 * f for f in range(4000)],
        values=[(n % 2 * 1000 + v, 100 + v % 2) for v in range(2000)])), 3000)


def bomb_text():
    packer, packed, text = zlib.compressobj(9, zlib.DEFLATED, 31), b"", b"a;b;c 1\n" * 131072
    while len(packed) < MEGABYTE:
        packed += packer.compress(text)
    return packed + packer.flush()


def waiting():
    """Call chains that never come."""
    r = Recording()
    r.event(Event("e", IP | TID | CALLCHAIN, ids=[1], flags=DEFER_CALLCHAIN))
    fill(r, lambda n: r.sample(r.events[0], misc=IN_KERNEL, pid=10, tid=n, ip=CORE, chain=[
        KERNEL, CORE + n, USER_DEFERRED, n]))
    return r.file()


def lines(make):
    def text():
        parts, size, number = [], 0, 0
        while size < MEGABYTE:
            parts.append(make(number))
            size += len(parts[-1])
            number += 1
        return "".join(parts).encode()
    return text


HEAVY = {
    "deep-stacks.data": deep_stacks, "deep-unmapped.data": deep_unmapped,
    "long-paths.data": long_paths, "distinct-stacks.data": distinct_stacks,
    "processes.data": processes, "maps.data": lambda: maps(lambda n: n * 2 + 1),
    "maps-backwards.data": lambda: maps(lambda n: 1000000 - 2 * n), "files.data": files,
    "forks.data": forks, "events.data": events, "more-events.data": more_events,
    "counters.data": counters, "names.data": names, "comms.data": comms,
    "build-ids.data": build_ids, "backwards.data": backwards,
    "waiting.data": waiting, "bomb-samples.data": bomb_samples,
    "bomb-counters.data": bomb_counters, "bomb.gz": bomb_text,
    "deep.folded": lambda: b"a;" * (MEGABYTE // 2) + b"b 1\n",
    "wide.folded": lines(lambda n: f"{n:x} 1\n"),
    "stairs.folded": lines(lambda n: "a;" * (n % 1400) + "b 1\n"),
    "pairs.folded": lines(lambda n: f"{n % 997};{n % 991};{n % 983} 1\n"),
    "one-name.folded": lambda: b"a" * MEGABYTE + b" 1\n",
    "no-line.folded": lambda: b"a b 1\n" + b"x" * MEGABYTE,
    "marks.folded": lines(lambda n: f"\x01\xff{n:x}\x7f 1\n"),
    "events.script": lines(lambda n: f"a 1 {n}.1: 1 e{n:x}:\n\tf{n:x} s{n:x} (d)\n\n"),
    "objects.script": lines(lambda n: f"a 1 {n}.1: 1 e:\n\tf{n:x} s (d{n:x})\n\n"),
    "deep.script": lambda: b"a 1 1.1: 1 e:\n" + b"".join(
        b"\tf s%x (d)\n" % n for n in range(MEGABYTE // 14)),
    "comms.script": lines(lambda n: f"c{n} 1 {n}.1: 1 e:\n\tf s (d)\n\n"),
}


def write(folder):
    folder = pathlib.Path(folder)
    for part in ("lies", "heavy"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, data in lies():
        (folder / "lies" / name).write_bytes(data)
    for name, make in HEAVY.items():
        (folder / "heavy" / name).write_bytes(make())


if __name__ == "__main__":
    write(sys.argv[1])

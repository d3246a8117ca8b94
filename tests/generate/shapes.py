#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings of every shape, and what is in each of them.

    tests/generate/shapes.py FOLDER     writes them all: NAME.data, NAME.pipe, NAME.dir

SHAPES gives (name, make); make() gives a Shape, which knows the samples that a reader must find."""
import collections
import pathlib
import sys

from perfdata import *  # noqa: F403 (the names of the format)
from perfdata import FIELDS, Event, Recording

APP, LIBRARY, CORE = 0x400000, 0x7f0000000000, 0xffffffff81000000
BASE = IP | TID | TIME | CALLCHAIN | PERIOD | IDENTIFIER


def kernel(offset):
    """The frame of an unnamed place in the kernel."""
    return f"[kernel.kallsyms]+{CORE + offset:#x}"


class Shape:
    """A recording and the truth about it. samples: (event's name, stack or None, period); perf:
    whether perf 6.1 can read it; lost: what records say was lost; unknown: records that nobody knows."""

    def __init__(self, data, samples, *, perf=True, lost=0, unknown=0, complete=True):
        self.data, self.samples, self.perf = data, samples, perf
        self.lost, self.unknown, self.damaged = lost, unknown, 0
        self.complete = complete  # False: cut or killed, so a warning is due

    def counts(self):
        """{event: (samples, period)}"""
        found = collections.defaultdict(lambda: [0, 0])
        for event, _, period in self.samples:
            found[event][0] += 1
            found[event][1] += period
        return {event: tuple(both) for event, both in found.items()}

    def stacks(self, event):
        """What perflame fold --addresses says of one event; None where no stacks were recorded."""
        found = collections.Counter()
        for name, stack, period in self.samples:
            if name == event:
                if stack is None:
                    return None
                found[stack] += period
        return found


class Scene:
    """A process `app` that maps /bin/app and /lib/library, and takes samples in them."""

    def __init__(self, order="<", sample_type=BASE, events=1, **options):
        self.recording = Recording(order)
        self.samples, self.time = [], 1000
        for number in range(events):
            self.recording.event(Event(f"event-{number}", sample_type, config=number % 9 + 2,
                                       ids=options.get("ids", [100 + number]),
                                       **{k: v for k, v in options.items() if k != "ids"}))
        self.first = self.recording.events[0]
        self.stacked = sample_type & TID and sample_type & CALLCHAIN
        self.begin()

    def tick(self):
        self.time += 10
        return self.time

    def begin(self, pid=10, name="app"):
        recording = self.recording
        recording.mmap(-1, 0, CORE, 0x1000000, CORE, "[kernel.kallsyms]_text", misc=IN_KERNEL)
        recording.comm(pid, pid, name, execed=True, time=self.tick())
        recording.mmap2(pid, pid, APP, 0x10000, 0, "/bin/app", time=self.tick())
        recording.mmap2(pid, pid, LIBRARY, 0x10000, 0x1000, "/lib/library", time=self.tick(),
                        build_id=bytes(range(20)))

    def expect(self, event, stack, period):
        self.samples.append((event.name, stack if self.stacked else None, period))

    def sample(self, at=0, *, event=None, pid=10, tid=None, comm="app", period=None, **fields):
        """A sample in /bin/app, called from the library."""
        event = event or self.first
        period = 100 + at if period is None else period
        fields.setdefault("time", self.tick())
        self.recording.sample(event, ip=APP + 0x100 + at, pid=pid, tid=tid or pid,
                              period=period,
                              chain=[USER, APP + 0x100 + at, LIBRARY + 0x201], **fields)
        counted = period if event.sample_type & PERIOD else event.period
        self.expect(event, f"{comm};library+0x1200;app+{0x100 + at:#x}", counted)

    def shape(self, data=None, **options):
        if data is None:
            data = self.recording.describe().file()
        return Shape(data, self.samples, **options)


def options_of(sample_type):
    """What an event must say besides, for its samples to be of this type."""
    return {"read_format": READ_ID | READ_LOST if sample_type & READ else 0,
            "branches": 1 << 3 if sample_type & BRANCH_STACK else 0,
            "regs_user": 0xff0fff if sample_type & REGS_USER else 0,
            "regs_intr": 0x3 if sample_type & REGS_INTR else 0,
            "stack_user": 16 if sample_type & STACK_USER else 0}


def of_type(sample_type, order="<", readable=True):
    scene = Scene(order, sample_type, **options_of(sample_type))
    for number in range(5):
        # A counter's sample weighs by how much it moved.
        period = 100 + number
        if sample_type & READ:
            scene.sample(number, period=period, branches=[(1, 2)],
                         values=[(50 * (number + 1), 100)])
            scene.samples[-1] = (*scene.samples[-1][:2], 50)
        else:
            scene.sample(number, branches=[(1, 2)])
    return scene.shape(perf=readable)


def every_field():
    everything = sum(FIELDS[name] for name in (
        "IP TID TIME ADDR CALLCHAIN ID CPU PERIOD STREAM_ID RAW BRANCH_STACK REGS_USER STACK_USER "
        "WEIGHT DATA_SRC IDENTIFIER TRANSACTION REGS_INTR PHYS_ADDR CGROUP DATA_PAGE_SIZE "
        "CODE_PAGE_SIZE").split())
    return everything


def many(order="<", count=400, events=1, **options):
    """Enough records for several rounds, and times out of order inside of each."""
    scene = Scene(order, events=events, **options)
    for number in range(count):
        scene.tick()
        scene.sample(number % 7, event=scene.recording.events[number % events],
                     time=scene.time + (5 if number % 2 else -5), cpu=number % 3)
        if number % 50 == 49:
            scene.recording.round()
    return scene


def every_record(order="<"):
    """Records 1 to 22, of perf 64 to 86, and one of no known type."""
    scene = Scene(order)
    r, pack = scene.recording, scene.recording.pack
    r.record(LOST, pack("QQ", 100, 3), time=scene.tick())
    r.record(LOST_SAMPLES, pack("Q", 4), time=scene.tick())
    r.record(LOST_SAMPLES, pack("Q", 999), misc=1 << 15, time=scene.tick())
    r.task(FORK, 11, 10, 11, 10, time=scene.tick())
    scene.sample(pid=11)
    r.comm(11, 11, "child", time=scene.tick())
    scene.sample(pid=11, comm="child")
    r.task(FORK, 10, 10, 12, 10, time=scene.tick())
    scene.sample(tid=12)
    r.task(EXIT, 11, 11, 11, 11, time=scene.tick())
    for kind in (THROTTLE, UNTHROTTLE):
        r.record(kind, pack("QQQ", scene.time, 100, 5), time=scene.tick())
    r.record(READ_RECORD, pack("II", 10, 10) + pack("Q", 5), time=scene.tick())
    r.record(AUX_RECORD, pack("QQQ", 0, 64, 0), time=scene.tick())
    r.record(ITRACE_START, pack("II", 10, 10), time=scene.tick())
    r.record(SWITCH, b"", SWITCH_OUT, time=scene.tick())
    r.record(SWITCH_CPU_WIDE, pack("II", 10, 12), time=scene.tick())
    r.record(NAMESPACES, pack("IIQ", 10, 10, 1) + pack("QQ", 3, 4), time=scene.tick())
    r.record(KSYMBOL, pack("QIHH", 0xffffffffc0000000, 64, 1, 0) + b"bpf_prog_1\0",
             time=scene.tick())
    r.record(BPF_EVENT, pack("HHI", 1, 0, 1) + b"12345678", time=scene.tick())
    r.record(CGROUP_RECORD, pack("Q", 77) + b"/system.slice/a.service\0", time=scene.tick())
    r.record(TEXT_POKE, pack("QHH", CORE + 64, 2, 2) + b"abcd", IN_KERNEL, time=scene.tick())
    r.record(AUX_OUTPUT_HW_ID, pack("Q", 1), time=scene.tick())
    r.raw(ID_INDEX, pack("Q", 1) + pack("QQQQ", 100, 0, 0, 2 ** 64 - 1))
    r.raw(THREAD_MAP, pack("Q", 1) + pack("Q", 10) + b"app".ljust(16, b"\0"))
    r.raw(CPU_MAP, pack("HHH", 0, 1, 0) + bytes(2))
    r.raw(TIME_CONV, pack("QQQ", 1, 1, 0))
    r.raw(EVENT_UPDATE, pack("QQ", 0, 100) + b"unit\0\0\0\0")
    r.raw(FINISHED_INIT)
    r.round()
    scene.sample(3)
    return scene


def records_of_tomorrow():
    """Types that perf 6.1 does not know, and one that nobody knows."""
    scene = every_record()
    r, pack = scene.recording, scene.recording.pack
    r.record(CALLCHAIN_DEFERRED, pack("QQ", 1, 2) + r.words([USER, APP + 5]), time=scene.tick())
    r.raw(BPF_METADATA, bytes(64) + pack("Q", 0))
    r.raw(SCHEDSTAT_CPU, bytes(32))
    r.raw(SCHEDSTAT_DOMAIN, bytes(32))
    r.raw(63, bytes(16))
    r.raw(4000, bytes(16))
    scene.sample(4)
    return scene.shape(perf=False, lost=7, unknown=2)


def kernel_and_user(order="<"):
    scene = Scene(order)
    for number in range(4):
        scene.recording.sample(
            scene.first, misc=IN_KERNEL, ip=CORE + 0x500 + number, pid=10, tid=10,
            time=scene.tick(), period=8,
            chain=[KERNEL, CORE + 0x500 + number, CORE + 0x601, USER, APP + 0x40, LIBRARY + 0x51])
        scene.expect(scene.first, f"app;library+0x1050;app+0x40;{kernel(0x600)};"
                     f"{kernel(0x500 + number)}", 8)
    return scene.shape()


def broken_chain():
    scene = Scene()
    scene.recording.sample(scene.first, ip=APP + 16, pid=10, tid=10, time=scene.tick(), period=9,
                           chain=[USER, APP + 16, APP + 33, 0x2020202020202020, APP + 48])
    scene.expect(scene.first, "app;[broken];app+0x20;app+0x10", 9)
    return scene.shape()


def group_read(order="<"):
    """A leader that samples, and what the other counted meanwhile."""
    scene = Scene(order, BASE | READ, events=2, read_format=READ_ID | GROUP | ENABLED | RUNNING)
    first, second = scene.recording.events
    for number in range(1, 5):
        scene.recording.sample(
            first, ip=APP + number, pid=10, tid=10, time=scene.tick(), period=1,
            chain=[USER, APP + number], values=[(1000 * number, 100), (7 * number, 101)])
        scene.expect(first, f"app;app+{number:#x}", 1000)
        scene.expect(second, f"app;app+{number:#x}", 7)
    return scene.shape()


def group_read_inherited():
    """The counters of two threads under one id each; perf 6.1 takes them for one."""
    scene = Scene("<", BASE | READ, events=2, read_format=READ_ID | GROUP,
                  flags=SAMPLE_ID_ALL | INHERIT)
    first, second = scene.recording.events
    for number in range(1, 5):
        for tid, times in ((10, 1), (11, 50)):
            scene.recording.sample(
                first, ip=APP + number, pid=10, tid=tid, time=scene.tick(), period=1,
                chain=[USER, APP + number],
                values=[(1000 * number * times, 100), (7 * number * times, 101)])
            comm = "app" if tid == 10 else ":11"
            scene.expect(first, f"{comm};app+{number:#x}", 1000 * times)
            scene.expect(second, f"{comm};app+{number:#x}", 7 * times)
    return scene.shape(perf=False)


def auxtrace(compressed=False):
    """A trace behind its record, which looks like samples."""
    scene = Scene()
    scene.sample(1)
    r = scene.recording
    trace = r.records[-1] * 40
    r.raw(AUXTRACE, r.words([len(trace), 0, 0, 0, 0]))
    r.records.append(trace)
    for number in range(2, 6):
        scene.sample(number)
    return scene.shape(data=r.describe().compressed(chunk=900) if compressed else None, perf=False)


def mixed_layouts():
    """Two events whose samples differ, told apart by IDENTIFIER."""
    scene = Scene()
    other = scene.recording.event(Event("other", BASE | ADDR | CPU | PHYS_ADDR, config=8,
                                        ids=[200, 201]))
    for number in range(6):
        scene.sample(number, event=other if number % 2 else scene.first,
                     number=201 if number % 2 else 100)
    return scene.shape()


def guest():
    """What ran inside a virtual machine is not the host's."""
    scene = Scene()
    scene.recording.sample(scene.first, misc=IN_GUEST_USER, ip=APP + 5, pid=10, tid=10,
                           time=scene.tick(), period=6, chain=[GUEST_USER, APP + 5, APP + 9])
    scene.expect(scene.first, "app;[guest]", 6)
    scene.recording.sample(scene.first, misc=IN_GUEST_KERNEL, ip=CORE + 5, pid=10, tid=10,
                           time=scene.tick(), period=7, chain=[GUEST_KERNEL, CORE + 5, CORE + 9])
    scene.expect(scene.first, "app;[guest]", 7)
    return scene.shape(perf=False)  # perf wants to be told where the guest's files are


def guest_machines(order="<"):
    """Recordings of two guests, joined with the host's by perf inject --guest-data: processes of theirs bear
    the numbers of the host's, and of each other's."""
    scene = Scene(order)
    r = scene.recording
    guests = [r.event(Event(f"guest-{number}", BASE, config=2, ids=[number])) for number in (201, 202)]
    r.raw(ID_INDEX, r.words([3] + [word for number in (100, 201, 202) for word in (number, 0, 0, 0)] +
                            [0, 0, 20, 0, 30, 1]))
    for pid, name in ((20, "first"), (30, "second")):
        r.comm(pid, pid, name, time=scene.tick())
    for guest_event in guests:
        r.comm(10, 10, "inside", event=guest_event, time=scene.tick())
        r.mmap(10, 10, APP, 0x10000, 0, "/bin/inside", event=guest_event, time=scene.tick())
    for number in range(6):
        scene.sample(number)
        r.sample(guests[number % 2], misc=IN_USER if number < 3 else IN_GUEST_KERNEL, ip=APP + 9, pid=10,
                 tid=10, time=scene.tick(), period=6, chain=[USER, APP + 9, APP + 99])
        scene.expect(guests[number % 2], f"{('first', 'second')[number % 2]};[guest]", 6)
    return scene.shape(perf=False)


def maps_cut():
    """perf had no time to read all mappings of a process."""
    scene = Scene()
    scene.recording.mmap2(10, 10, 0x900000, 0x1000, 0, "/lib/last", misc=IN_USER | MMAP_CUT, time=scene.tick())
    scene.sample()
    return scene.shape()


def deferred():
    """User chains that come later, by thread and cookie; one never comes."""
    scene = Scene(flags=SAMPLE_ID_ALL | DEFER_CALLCHAIN | DEFER_OUTPUT)
    r = scene.recording
    for cookie, address in ((1, 0x20), (1, 0x30), (2, 0x40)):
        r.sample(scene.first, misc=IN_KERNEL, ip=CORE + address, pid=10, tid=10, time=scene.tick(),
                 period=5, chain=[KERNEL, CORE + address, USER_DEFERRED, cookie])
        user = "app;library+0x1060;app+0x50;" if cookie == 1 else "app;"
        scene.expect(scene.first, f"{user}{kernel(address)}", 5)
    r.record(CALLCHAIN_DEFERRED, r.pack("QQ", 1, 3) + r.words([USER, APP + 0x50, LIBRARY + 0x61]),
             IN_USER, pid=10, tid=10, time=scene.tick())
    return scene.shape(perf=False)


def lbr():
    """A call stack from the processor's branch records takes the place of the user's chain."""
    scene = Scene(sample_type=BASE | BRANCH_STACK, branches=BRANCH_CALL_STACK | 1 << 3)
    for number in range(3):
        scene.recording.sample(
            scene.first, ip=APP + 0x70, pid=10, tid=10, time=scene.tick(), period=4,
            chain=[USER, APP + 0x70],
            branches=[(APP + 0x81, APP + 0x70), (LIBRARY + 0x91, APP + 0x80)])
        scene.expect(scene.first, "app;library+0x1091;app+0x81;app+0x70", 4)
    return scene.shape()


def spread(order="<"):
    """perf record --threads: the CPUs' records in files of their own."""
    scene = many(order, 120)
    kinds = [int.from_bytes(record[:4], "little" if order == "<" else "big")
             for record in scene.recording.records]
    files = scene.recording.describe().directory(
        lambda number: number % 2 if kinds[number] == SAMPLE else -1)
    return scene.shape(files, perf=False)


def unnamed(scene):
    """Without features the events are named by their type and number."""
    names = {event.name: {2: "page-faults", 3: "context-switches"}[event.config]
             for event in scene.recording.events}
    scene.samples = [(names[name], stack, period) for name, stack, period in scene.samples]
    return scene


def late_pipe():
    """An event of which the stream tells only behind samples of another, which perf never does."""
    scene = Scene(events=2)
    for number in range(3):
        scene.sample(number)
    late = len(scene.recording.records)
    for number in range(4):
        scene.sample(number, event=scene.recording.events[number % 2])
    return scene.shape(scene.recording.describe().pipe(late=late), perf=False)


def tail_pipe():
    """perf record --tail-synthesize: all events are told last, and the first ring is that of a processor to
    which the task came late."""
    scene = Scene()
    r = scene.recording
    begun = len(r.records)
    for number in range(20):
        scene.sample(number % 7)
    r.records = r.records[begun + 10:] + r.records[:begun + 10]
    r.round()
    return scene.shape(r.describe().pipe(tail=True), perf=False)


def killed():
    """perf was killed: no size, no features, so no names; half a record at the end."""
    scene = unnamed(many(count=30))
    data = scene.recording.file(killed=True) + scene.recording.records[-2][:20]
    return scene.shape(data, perf=False, complete=False)


def cut():
    """The disk was full: the file ends in the 31st record."""
    scene = unnamed(many(count=60))
    records = scene.recording.records
    data = scene.recording.file()
    data = data[:len(data) - sum(map(len, records[30:])) + 12]
    scene.samples = scene.samples[:sum(1 for record in records[:30] if record[0] == SAMPLE)]
    return scene.shape(data, perf=False, complete=False)


def from_scene(make, *arguments, **options):
    return lambda: make(*arguments, **options).shape()


def contained(how, order="<", count=400, perf=True, **options):
    def make():
        scene = many(order, count)
        return scene.shape(getattr(scene.recording.describe(), how)(**options), perf=perf)
    return make


def no_features():
    scene = unnamed(many(count=20, events=2))
    return scene.shape(scene.recording.file())


def single_fields():
    """Each field alone, and with IDENTIFIER; perf refuses some of them or shows no time."""
    names = ("IP TID TIME ADDR READ CALLCHAIN ID CPU PERIOD STREAM_ID RAW BRANCH_STACK REGS_USER "
             "STACK_USER WEIGHT DATA_SRC IDENTIFIER TRANSACTION REGS_INTR PHYS_ADDR AUX CGROUP "
             "DATA_PAGE_SIZE CODE_PAGE_SIZE WEIGHT_STRUCT").split()
    for name in names:
        bit = FIELDS[name]
        label = name.lower().replace("_", "-")
        yield f"alone-{label}", lambda bit=bit: of_type(bit | IP if bit & READ else bit,
                                                        readable=False)
        yield f"with-{label}", lambda bit=bit: of_type(BASE | bit)
        yield f"swapped-with-{label}", lambda bit=bit: of_type(BASE | bit, ">")


SHAPES = dict([
    *single_fields(),
    ("everything", lambda: of_type(every_field())),
    ("swapped-everything", lambda: of_type(every_field(), ">")),
    ("everything-but-identifier", lambda: of_type(every_field() & ~IDENTIFIER)),
    ("rounds", from_scene(many)),
    ("swapped-rounds", from_scene(many, ">")),
    ("several-events", from_scene(many, count=60, events=5)),
    ("swapped-several-events", from_scene(many, ">", 60, 5)),
    ("every-record", lambda: every_record().shape(lost=7)),
    ("swapped-every-record", lambda: every_record(">").shape(lost=7)),
    ("records-of-tomorrow", records_of_tomorrow),
    ("kernel-and-user", kernel_and_user),
    ("swapped-kernel-and-user", lambda: kernel_and_user(">")),
    ("broken-chain", broken_chain),
    ("group-read", group_read),
    ("group-read-inherited", group_read_inherited),
    ("auxtrace", auxtrace),
    ("compressed-auxtrace", lambda: auxtrace(compressed=True)),
    ("swapped-group-read", lambda: group_read(">")),
    ("mixed-layouts", mixed_layouts),
    ("guest", guest),
    ("guest-machines", guest_machines),
    ("swapped-guest-machines", lambda: guest_machines(">")),
    ("maps-cut", maps_cut),
    ("deferred", deferred),
    ("lbr", lbr),
    ("no-features", no_features),
    ("killed", killed),
    ("cut", cut),
    ("old-attr", from_scene(many, count=20, size=64)),
    ("new-attr", lambda: many(count=20, size=160).shape(perf=False)),
    ("pipe", contained("pipe")),
    ("swapped-pipe", contained("pipe", ">")),
    ("late-pipe", late_pipe),
    ("tail-pipe", tail_pipe),
    ("compressed", contained("compressed")),
    ("compressed2", contained("compressed", perf=False, second=True)),
    ("compressed-small", contained("compressed", count=60, chunk=7)),
    ("compressed-cut", contained("compressed", perf=False, cut=3)),
    ("compressed-pipe", contained("compressed", pipe=True)),
    ("directory", spread),
])


def write(folder, name, shape):
    """Gives the path of the recording."""
    path = pathlib.Path(folder) / name
    if isinstance(shape.data, dict):
        path.mkdir(exist_ok=True)
        for part, data in shape.data.items():
            (path / part).write_bytes(data)
    else:
        path = path.with_name(name + ".data")
        path.write_bytes(shape.data)
    return path


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).mkdir(exist_ok=True)
    for shape_name, make_shape in SHAPES.items():
        write(sys.argv[1], shape_name, make_shape())

# SPDX-License-Identifier: MIT
"""Writes recordings as perf would, byte by byte: what perf on this machine cannot record.

    recording = Recording(order=">")
    event = recording.event(Event("cycles", IP | TID | TIME | CALLCHAIN | PERIOD))
    recording.comm(10, 10, "app", time=1)
    recording.mmap2(10, 10, 0x400000, 0x1000, 0, "/bin/app", time=2)
    recording.sample(event, pid=10, tid=10, time=3, period=7, chain=[USER, 0x400010])
    data = recording.file()          # or pipe(), compressed(), directory()

The forms are those of linux/perf_event.h, of tools/lib/perf/include/perf/event.h and of
tools/perf/Documentation/perf.data-file-format.txt; the order of a sample's fields is that of
perf_output_sample in the kernel."""
import ctypes
import struct

# sample_type
(IP, TID, TIME, ADDR, READ, CALLCHAIN, ID, CPU, PERIOD, STREAM_ID, RAW, BRANCH_STACK, REGS_USER,
 STACK_USER, WEIGHT, DATA_SRC, IDENTIFIER, TRANSACTION, REGS_INTR, PHYS_ADDR, AUX, CGROUP,
 DATA_PAGE_SIZE, CODE_PAGE_SIZE, WEIGHT_STRUCT) = (1 << bit for bit in range(25))
FIELDS = {name: value for name, value in dict(globals()).items()
          if name.isupper() and isinstance(value, int)}

# The attr's flags, by bit.
INHERIT, FREQ, SAMPLE_ID_ALL = 1 << 1, 1 << 10, 1 << 18
DEFER_CALLCHAIN, DEFER_OUTPUT = 1 << 38, 1 << 39
# read_format
ENABLED, RUNNING, READ_ID, GROUP, READ_LOST = 1, 2, 4, 8, 16
BRANCH_HW_INDEX, BRANCH_CALL_STACK = 1 << 17, 1 << 11

# Markers in call chains.
HV, KERNEL, USER, USER_DEFERRED, GUEST, GUEST_KERNEL, GUEST_USER = (
    2 ** 64 - number for number in (32, 128, 512, 640, 2048, 2176, 2560))

# misc
IN_KERNEL, IN_USER, IN_HYPERVISOR, IN_GUEST_KERNEL, IN_GUEST_USER = 1, 2, 3, 4, 5
MMAP_DATA = COMM_EXEC = FORK_EXEC = SWITCH_OUT = 1 << 13
MMAP_BUILD_ID = 1 << 14
MMAP_CUT = 1 << 12

# Records of the kernel and of perf.
(MMAP, LOST, COMM, EXIT, THROTTLE, UNTHROTTLE, FORK, READ_RECORD, SAMPLE, MMAP2, AUX_RECORD,
 ITRACE_START, LOST_SAMPLES, SWITCH, SWITCH_CPU_WIDE, NAMESPACES, KSYMBOL, BPF_EVENT, CGROUP_RECORD,
 TEXT_POKE, AUX_OUTPUT_HW_ID, CALLCHAIN_DEFERRED) = range(1, 23)
(HEADER_ATTR, EVENT_TYPE, TRACING_DATA, HEADER_BUILD_ID, FINISHED_ROUND, ID_INDEX, AUXTRACE_INFO,
 AUXTRACE, AUXTRACE_ERROR, THREAD_MAP, CPU_MAP, STAT_CONFIG, STAT, STAT_ROUND, EVENT_UPDATE,
 TIME_CONV, HEADER_FEATURE, COMPRESSED, FINISHED_INIT, COMPRESSED2, BPF_METADATA, SCHEDSTAT_CPU,
 SCHEDSTAT_DOMAIN) = range(64, 87)

# Features, by bit.
(F_BUILD_ID, F_HOSTNAME, F_OSRELEASE, F_VERSION, F_ARCH, F_NRCPUS, F_CPUDESC) = range(2, 9)
F_CMDLINE, F_EVENT_DESC, F_SAMPLE_TIME, F_DIR_FORMAT, F_COMPRESSED = 11, 12, 21, 24, 27

ATTR_SIZE = 128
MASK64 = 2 ** 64 - 1


def pad8(data):
    return data + bytes(-len(data) % 8)


class Event:
    """An event as it was asked for. ids: numbers that its records carry."""

    def __init__(self, name, sample_type, *, kind=1, config=0, period=1, flags=SAMPLE_ID_ALL,
                 read_format=0, branches=0, regs_user=0, regs_intr=0, stack_user=0, ids=(),
                 size=ATTR_SIZE):
        self.name, self.sample_type, self.kind, self.config = name, sample_type, kind, config
        self.period, self.flags, self.read_format = period, flags, read_format
        self.branches, self.regs_user, self.regs_intr = branches, regs_user, regs_intr
        self.stack_user, self.ids, self.size = stack_user, list(ids), size


class Recording:
    """The records, in the order in which they are added, and what the header says."""

    def __init__(self, order="<"):
        self.order, self.events, self.records, self.features = order, [], [], {}

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def words(self, values):
        return self.pack(f"{len(values)}Q", *(value & MASK64 for value in values))

    def bits(self, flags):
        """A word of bit fields, which compilers fill from the other end where the bytes are."""
        if self.order == ">":
            flags = int(f"{flags:064b}"[::-1], 2)
        return self.pack("Q", flags)

    def event(self, event):
        self.events.append(event)
        return event

    def raw(self, kind, body=b"", misc=0, size=None):
        """A record as given; size can lie."""
        size = 8 + len(body) if size is None else size
        self.records.append(self.pack("IHH", kind, misc, size & 0xffff) + body)

    def record(self, kind, body, misc=0, event=None, **trailer):
        """A record of the kernel with its sample_id trailer."""
        self.raw(kind, pad8(body) + self.trailer(event or self.events[0], **trailer), misc)

    def trailer(self, event, pid=0, tid=0, time=0, stream=0, cpu=0):
        if not event.flags & SAMPLE_ID_ALL:
            return b""
        number = event.ids[0] if event.ids else 0
        parts = ((TID, ("II", pid, tid)), (TIME, ("Q", time)), (ID, ("Q", number)),
                 (STREAM_ID, ("Q", stream)), (CPU, ("II", cpu, 0)), (IDENTIFIER, ("Q", number)))
        return b"".join(self.pack(*what) for bit, what in parts if event.sample_type & bit)

    def mmap(self, pid, tid, start, size, offset, path, misc=IN_USER, **trailer):
        body = self.pack("iiQQQ", pid, tid, start, size, offset) + path.encode() + b"\0"
        self.record(MMAP, body, misc, pid=pid & 0xffffffff, tid=tid, **trailer)

    def mmap2(self, pid, tid, start, size, offset, path, *, build_id=None, protection=5,
              misc=IN_USER, **trailer):
        if build_id is None:
            where = self.pack("IIQQ", 8, 1, 1234, 0)
        else:
            where = self.pack("BBH", len(build_id), 0, 0) + build_id.ljust(20, b"\0")
            misc |= MMAP_BUILD_ID
        body = (self.pack("iiQQQ", pid, tid, start, size, offset) + where +
                self.pack("II", protection, 2) + path.encode() + b"\0")
        self.record(MMAP2, body, misc, pid=pid & 0xffffffff, tid=tid, **trailer)

    def comm(self, pid, tid, name, *, execed=False, **trailer):
        self.record(COMM, self.pack("II", pid, tid) + name.encode() + b"\0",
                    COMM_EXEC if execed else 0, pid=pid, tid=tid, **trailer)

    def task(self, kind, pid, parent, tid, parent_tid, *, time=0, misc=0):
        self.record(kind, self.pack("IIIIQ", pid, parent, tid, parent_tid, time), misc,
                    pid=pid, tid=tid, time=time)

    def round(self):
        self.raw(FINISHED_ROUND)

    def sample(self, event, *, misc=IN_USER, **fields):
        self.raw(SAMPLE, self.sample_body(event, **fields), misc)

    def counters(self, event, values, lost=0):
        """values: [(value, id), ...]; one where the format is no group's."""
        form = event.read_format
        times = b"".join(self.pack("Q", 1000 + bit) for bit in (ENABLED, RUNNING) if form & bit)

        def one(value, number):
            return (self.pack("Q", value) + (b"" if form & GROUP else times) +
                    (self.pack("Q", number) if form & READ_ID else b"") +
                    (self.pack("Q", lost) if form & READ_LOST else b""))
        if form & GROUP:
            return (self.pack("Q", len(values)) + times +
                    b"".join(one(*value) for value in values))
        return one(*values[0])

    def branch_stack(self, event, entries, hw_index=0):
        data = self.pack("Q", len(entries))
        if event.branches & BRANCH_HW_INDEX:
            data += self.pack("Q", hw_index)
        return data + b"".join(self.words(entry[:2]) + self.bits(2) for entry in entries)

    def registers(self, mask, abi, values=None):
        if values is None:
            values = [0x1000 + 8 * n for n in range(bin(mask).count("1"))]
        return self.pack("Q", abi) + self.words(values if abi else [])

    def sample_body(self, event, *, ip=0, pid=0, tid=0, time=0, addr=0, number=None, stream=5,
                    cpu=0, period=1, values=((7, 0),), chain=(), raw=b"rawrawrawraw", branches=(),
                    hw_index=0, abi=2, stack=b"s" * 16, valid=None, weight=9, cgroup=77,
                    aux=b"auxauxau", regs=None):
        if number is None:
            number = event.ids[0] if event.ids else 0
        stack_part = self.pack("Q", len(stack)) + stack
        if stack:
            stack_part += self.pack("Q", len(stack) if valid is None else valid)
        parts = (
            (IDENTIFIER, lambda: self.pack("Q", number)), (IP, lambda: self.pack("Q", ip)),
            (TID, lambda: self.pack("II", pid, tid)), (TIME, lambda: self.pack("Q", time)),
            (ADDR, lambda: self.pack("Q", addr)), (ID, lambda: self.pack("Q", number)),
            (STREAM_ID, lambda: self.pack("Q", stream)), (CPU, lambda: self.pack("II", cpu, 0)),
            (PERIOD, lambda: self.pack("Q", period)),
            (READ, lambda: self.counters(event, values)),
            (CALLCHAIN, lambda: self.pack("Q", len(chain)) + self.words(chain)),
            (RAW, lambda: self.pack("I", len(raw)) + raw),
            (BRANCH_STACK, lambda: self.branch_stack(event, branches, hw_index)),
            (REGS_USER, lambda: self.registers(event.regs_user, abi, regs)),
            (STACK_USER, lambda: stack_part), (WEIGHT, lambda: self.pack("Q", weight)),
            (WEIGHT_STRUCT, lambda: self.pack("Q", 3 << 48 | 2 << 32 | weight)),
            (DATA_SRC, lambda: self.bits(0x5080021)), (TRANSACTION, lambda: self.bits(1)),
            (REGS_INTR, lambda: self.registers(event.regs_intr, abi)),
            (PHYS_ADDR, lambda: self.pack("Q", 0x2000)), (CGROUP, lambda: self.pack("Q", cgroup)),
            (DATA_PAGE_SIZE, lambda: self.pack("Q", 4096)),
            (CODE_PAGE_SIZE, lambda: self.pack("Q", 4096)),
            (AUX, lambda: self.pack("Q", len(aux)) + aux))
        return b"".join(part() for bit, part in parts if event.sample_type & bit)

    # The header.

    def text(self, text):
        """A length and the text, as perf's features hold it."""
        data = text.encode() + b"\0"
        data += bytes(-len(data) % 64)
        return self.pack("I", len(data)) + data

    def attr(self, event):
        data = self.pack("IIQQQQ", event.kind, event.size, event.config, event.period,
                         event.sample_type, event.read_format)
        data += self.bits(event.flags) + self.pack("IIQQ", 1, 0, 0, 0)
        data += self.pack("QQIiQIHH", event.branches, event.regs_user, event.stack_user, 0,
                          event.regs_intr, 0, 127, 0) + self.pack("IIQ", 0, 0, 0)
        return data[:event.size].ljust(event.size, b"\0")

    def describe(self):
        """The features that perf always writes."""
        for bit, text in ((F_HOSTNAME, "maker"), (F_OSRELEASE, "5.0.0"), (F_VERSION, "6.1"),
                          (F_ARCH, "x86_64"), (F_CPUDESC, "a processor")):
            self.features[bit] = self.text(text)
        self.features[F_NRCPUS] = self.pack("II", 4, 4)
        self.features[F_CMDLINE] = (self.pack("I", 2) + self.text("perf") + self.text("record"))
        self.features[F_EVENT_DESC] = self.event_names()
        return self

    def event_names(self):
        size = max(event.size for event in self.events)
        data = self.pack("II", len(self.events), size)
        for event in self.events:
            data += self.attr(event).ljust(size, b"\0")
            data += self.pack("I", len(event.ids)) + self.text(event.name) + self.words(event.ids)
        return data

    def build_id(self, pid, misc, build_id, path):
        """One entry of the BUILD_ID feature."""
        body = (self.pack("i", pid) + build_id.ljust(20, b"\0") +
                self.pack("B3x", len(build_id)) + pad8(path.encode() + b"\0"))
        return self.pack("IHH", 0, misc | 1 << 15, 8 + len(body)) + body

    # The containers.

    def file(self, *, records=None, killed=False, header_size=104):
        """A perf.data file; killed: perf never came back to write the size and the features."""
        data = b"".join(self.records) if records is None else records
        size = max(event.size for event in self.events)
        at, ids, attrs = header_size, b"", b""
        for event in self.events:
            attrs += self.attr(event).ljust(size, b"\0") + self.pack(
                "QQ", at + len(ids), 8 * len(event.ids))
            ids += self.words(event.ids)
        attrs_at, data_at = at + len(ids), at + len(ids) + len(attrs)
        features = {} if killed else self.features
        mask = sum(1 << bit for bit in features)
        magic = b"PERFILE2" if self.order == "<" else b"2ELIFREP"
        head = magic + self.pack("QQQQQQQQ", header_size, size + 16, attrs_at, len(attrs), data_at,
                                 0 if killed else len(data), 0, 0)
        head += self.words([mask >> 64 * n & MASK64 for n in range(4)])
        table, bodies = b"", b""
        bodies_at = data_at + len(data) + 16 * len(features)
        for bit in sorted(features):
            table += self.pack("QQ", bodies_at + len(bodies), len(features[bit]))
            bodies += features[bit]
        return head[:header_size] + ids + attrs + data + table + bodies

    def pipe_head(self, events, features=True):
        """What `perf record -o -` writes before the first record of the kernel."""
        parts = []
        for event in events:
            body = self.attr(event) + self.words(event.ids)
            parts.append(self.pack("IHH", HEADER_ATTR, 0, 8 + len(body)) + body)
            if event.ids:
                body = self.pack("QQ", 2, event.ids[0]) + pad8(event.name.encode() + b"\0")
                parts.append(self.pack("IHH", EVENT_UPDATE, 0, 8 + len(body)) + body)
        for bit, feature in sorted(self.features.items() if features else ()):
            body = pad8(self.pack("Q", bit) + feature)
            parts.append(self.pack("IHH", HEADER_FEATURE, 0, 8 + len(body)) + body)
        return b"".join(parts)

    def pipe(self, *, late=0, tail=False, records=None):
        """The stream of `perf record -o -`; late: all events but the first are told after so many
        records, and twice; tail: all of them behind the records."""
        magic = b"PERFILE2" if self.order == "<" else b"2ELIFREP"
        data = b"".join(self.records[late:]) if records is None else records
        head = magic + self.pack("Q", 16)
        if late:
            head += self.pipe_head(self.events[:1]) + b"".join(self.records[:late])
            head += 2 * self.pipe_head(self.events[1:], features=False)
        elif not tail:
            head += self.pipe_head(self.events)
        return head + data + (self.pipe_head(self.events) if tail else b"")

    def compressed(self, *, second=False, chunk=1000, cut=None, pipe=False):
        """The records as one zstd stream that is never ended: what `chunk` bytes of them become,
        flushed, is one COMPRESSED (or COMPRESSED2) record. With `cut` the stream is cut every so
        many bytes instead, wherever that is."""
        pieces = list(zstd_pieces(b"".join(self.records), chunk))
        if cut:
            stream = b"".join(pieces)
            pieces = [stream[at:at + cut] for at in range(0, len(stream), cut)]
        data = b""
        for piece in pieces:
            if second:
                body = pad8(self.pack("Q", len(piece)) + piece)
                data += self.pack("IHH", COMPRESSED2, 0, 8 + len(body)) + body
            else:
                data += self.pack("IHH", COMPRESSED, 0, 8 + len(piece)) + piece
        self.features[F_COMPRESSED] = self.pack("IIIII", 1, 1, 1, 4, 1 << 20)
        return self.pipe(records=data) if pipe else self.file(records=data)

    def directory(self, split):
        """perf record --threads: {name: bytes}; split says in which data.N a record belongs, -1:
        in `data`."""
        files = {"data": []}
        for number, record in enumerate(self.records):
            part = split(number)
            files.setdefault("data" if part < 0 else f"data.{part}", []).append(record)
        self.features[F_DIR_FORMAT] = self.pack("Q", 1)
        files = {name: b"".join(records) for name, records in files.items()}
        files["data"] = self.file(records=files["data"])
        return files


class ZstdBuffer(ctypes.Structure):
    """ZSTD_inBuffer and ZSTD_outBuffer of zstd.h."""
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t), ("at", ctypes.c_size_t)]


def zstd(data):
    """Compresses it as one frame, as a file."""
    room = ctypes.create_string_buffer(len(data) + 1000)
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_compress.restype = ctypes.c_size_t
    size = library.ZSTD_compress(room, ctypes.c_size_t(len(room)), data,
                                 ctypes.c_size_t(len(data)), 3)
    return room.raw[:size]


def zstd_pieces(data, chunk, times=1):
    """Compresses so much at a time, as perf does it: flushed each time, never ended; and all of it
    again and again."""
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_createCCtx.restype = ctypes.c_void_p
    zstd.ZSTD_compressStream2.restype = ctypes.c_size_t
    flush, context = 1, ctypes.c_void_p(zstd.ZSTD_createCCtx())
    for at in times * list(range(0, len(data), chunk)):
        piece = data[at:at + chunk]
        room = ctypes.create_string_buffer(chunk + 1000)
        out = ZstdBuffer(ctypes.cast(room, ctypes.c_char_p), len(room), 0)
        left = zstd.ZSTD_compressStream2(context, ctypes.byref(out),
                                         ctypes.byref(ZstdBuffer(piece, len(piece), 0)), flush)
        assert left == 0, "room for a piece that cannot be compressed"
        yield room.raw[:out.at]
    zstd.ZSTD_freeCCtx(context)

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""--debuginfod: what servers give by build id, that nothing is asked of them otherwise, and that one
which never answers is not waited for too long."""
import contextlib
import ctypes
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

from lab import HERE, TMP, case, compile_c, fold, need_perf, perflame, record, run, skip_all

sys.path.insert(0, str(HERE.parent / "generate"))
import kernel  # noqa: E402

need_perf()
try:
    ctypes.CDLL("libdebuginfod.so.1")
except OSError:
    skip_all("libdebuginfod is not installed")
for variable in [name for name in os.environ if name.startswith("DEBUGINFOD_")] + ["XDG_CACHE_HOME"]:
    os.environ.pop(variable, None)
os.environ["no_proxy"] = "127.0.0.1"


class Server(http.server.ThreadingHTTPServer):
    """Gives files by their address, and remembers what it was asked for."""

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.delay = files, [], 0
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        time.sleep(self.server.delay)
        file = self.server.files.get(self.path)
        self.send_response(200 if file else 404)
        data = file.read_bytes() if file else b""
        self.send_header("Content-Length", str(len(data)))
        with contextlib.suppress(BrokenPipeError):  # who asked was given up
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(**files):
    """Serves {debuginfo|executable: file} of a build id."""
    build_id = files.pop("build_id")
    server = Server({f"/buildid/{build_id}/{kind}": file for kind, file in files.items()})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stripped(name):
    """Compiles a program of its own; gives it stripped, what was stripped off, its build id."""
    program, debug = TMP / name, TMP / (name + ".debug")
    compile_c("busy.c", "-fno-omit-frame-pointer", "-Wl,--build-id=uuid", name=program)
    subprocess.run(["objcopy", "--only-keep-debug", program, debug], check=True)
    subprocess.run(["strip", program], check=True)
    notes = subprocess.run(["readelf", "-n", program], check=True, capture_output=True,
                           text=True).stdout
    return program, debug, re.search(r"Build ID: (\w+)", notes)[1]


def forget():
    """Empties the caches of perf and of debuginfod's client."""
    for folder in ".debug", ".cache", ".debuginfod_client_cache":
        shutil.rmtree(TMP / folder, ignore_errors=True)


def names(text):
    return "inner_static" in text


@case
def a_stripped_program_gets_its_names_from_a_server():
    program, debug, build_id = stripped("fetched")
    data = record([program, "0.3"], "-F", "999", "-g", name="fetched.data")
    forget()
    with serve(build_id=build_id, debuginfo=debug) as server:
        os.environ["DEBUGINFOD_URLS"] = server.url
        plain = perflame("fold", data)
        assert not names(plain.out) and not server.asked, "asked without being told to"
        assert re.search(r"\(stripped\): --debuginfod", plain.err), plain
        done = perflame("fold", "-v", "--debuginfod", data)
        assert names(done.out) and "has no name" not in done.err, done
        assert re.search(r"debuginfod gave \d+ of \d+ files", done.err), done
        assert f"/buildid/{build_id}/debuginfo" in server.asked, server.asked
        del os.environ["DEBUGINFOD_URLS"]
        asked = len(server.asked)
        assert names(perflame("fold", data).out), "what came is kept"
        assert len(server.asked) == asked, "the cache needs no server"
        forget()
        assert names(perflame("fold", f"--debuginfod={server.url}", data).out)


@case
def a_program_that_is_gone_is_fetched_whole():
    program, debug, build_id = stripped("gone")
    data = record([program, "0.3"], "-F", "999", "-g", name="gone.data")
    kept = program.rename(TMP / "kept")
    forget()
    with serve(build_id=build_id, debuginfo=debug, executable=kept) as server:
        done = perflame("fold", "--debuginfod=" + server.url, data)
        assert names(done.out), done
        assert {f"/buildid/{build_id}/executable", f"/buildid/{build_id}/debuginfo"} <= \
            set(server.asked), server.asked


@case
def the_kernels_image_is_asked_for_last():
    """It is so large that it may use up the time of all others."""
    image = kernel.make(TMP)["vmlinux"]
    program, debug, build_id = stripped("beside")
    data, start = TMP / "kernel.data", kernel.CORE + kernel.MOVED
    listed = subprocess.run(["nm", debug], check=True, capture_output=True, text=True).stdout
    inner = int(re.search(r"(\w+) t inner_static", listed)[1], 16)
    kernel.record(data, [start + 9, 0x400000 + inner], program=(program, bytes.fromhex(build_id)))
    forget()
    with serve(build_id=build_id, debuginfo=debug) as server:
        server.files[f"/buildid/{kernel.KERNEL_ID.hex()}/debuginfo"] = image
        plain = perflame("fold", data)
        assert "(recorded elsewhere): --debuginfod, or --kallsyms" in plain.err, plain
        done = perflame("fold", "--no-inline", "--debuginfod=" + server.url, data)
        assert done.out == "task;inner_static 1\ntask;start_kernel 1\n", done
        assert server.asked[-1] == f"/buildid/{kernel.KERNEL_ID.hex()}/debuginfo", server.asked


@case
def a_file_with_another_build_id_is_not_taken():
    program, _, build_id = stripped("asked")
    _, other, _ = stripped("other")
    data = record([program, "0.3"], "-F", "999", "-g", name="asked.data")
    forget()
    with serve(build_id=build_id, debuginfo=other) as server:
        done = perflame("fold", "--debuginfod=" + server.url, data)
        assert server.asked and not names(done.out) and "(stripped)" in done.err, done


@case
def a_server_that_has_nothing_or_is_not_there_changes_nothing():
    program, _, build_id = stripped("nothing")
    data = record([program, "0.3"], "-F", "999", "-g", name="nothing.data")
    forget()
    before = fold(data)
    with serve(build_id=build_id) as server:
        done = perflame("fold", "--debuginfod=" + server.url, data)
        assert done.status == 0 and "(stripped)" in done.err, done
        assert "--debuginfod" not in done.err, "what was tried is no remedy"
        url = server.url
    forget()
    assert fold("--debuginfod=" + url, data) == before


@case
def a_server_that_never_answers_is_given_up():
    program, _, _ = stripped("waiting")
    data = record([program, "0.3"], "-F", "999", "-g", name="waiting.data")
    forget()
    before = fold(data)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.settimeout(10)
        done = perflame("fold", "--debuginfod=" + url, "--debuginfod-timeout", "3", data)
        assert listener.accept()[0].recv(3) == b"GET", "nobody asked"
    assert done.status == 0 and "before its time was over" in done.err, done
    assert fold(data) == before
    left = subprocess.run(["pgrep", "-f", url], capture_output=True, check=False).stdout
    assert not left, "a process was left behind"


@case
def many_short_answers_use_up_the_time_too():
    program, _, build_id = stripped("many0")
    image, programs = program.read_bytes(), [program]
    for i in range(1, 16):
        programs.append(shutil.copy(program, TMP / f"many{i}"))
        programs[-1].write_bytes(image.replace(bytes.fromhex(build_id), os.urandom(len(build_id) // 2)))
    script = "; ".join(f"{program} 0.05" for program in programs)
    data = record(["sh", "-c", script], "-F", "999", "-g", name="many.data")
    forget()
    with serve(build_id=build_id) as server:
        server.delay = 0.15
        done = perflame("fold", "--debuginfod=" + server.url, "--debuginfod-timeout", "1", data)
    assert "before its time was over" in done.err, done
    assert len(server.asked) <= 1 + 1 / server.delay, server.asked


@case
def the_command_line_is_checked():
    os.environ.pop("DEBUGINFOD_URLS", None)
    data = record(["true"], "-g", name="true.data")
    for options in ["--debuginfod"], ["--debuginfod=http://x", "--debuginfod-timeout", "31"]:
        done = perflame("fold", *options, data)
        assert done.status == 2 and "debuginfod" in done.err, (options, done)


run()

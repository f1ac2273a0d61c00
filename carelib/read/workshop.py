"""The process that reads files: it has the parsers loaded and forks a child with limits for every file.

It speaks over its standard input and output: a request is a name and bytes, an answer is one letter and a payload:
D the packed result · X an exception (its type and line, nothing of the file) · M no memory · T no time · S a signal.
Before it may come L: this file takes longer, and the payload says how many seconds (a PDF of many scanned pages).
"""
from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import os
import select
import signal
import struct
import sys
import time
import traceback
from typing import BinaryIO

from carelib.read.parse import parse_bytes
from carelib.read.sniff import sniff
from carelib.read.transport import pack

READY = "R"                                 # said once, when the parsers are loaded
LONGER = "L"                                # said before the answer to a file that takes longer than others
SECONDS = 60                                # wall and CPU, a file
SCANNED = 5                                 # scanned pages that can be read in that time; each more has …
SECONDS_A_PAGE = 10                         # … so many seconds more
LONGEST = 420                               # seconds that a file with many scanned pages has at most
MEMORY = 1 << 30                            # address space on top of what the loaded parsers take
_LARGEST_ANSWER = 1 << 29
_LOADED_EARLY = ("carelib.read.excel.xlsx", "carelib.read.excel.xls", "carelib.read.excel.ods", "carelib.read.ole",
                 "carelib.read.delimited", "carelib.read.html", "carelib.read.docx", "carelib.read.pdf")


def read_request(source: BinaryIO) -> tuple[str, bytes] | None:
    """The next request, None at the end."""
    head = _exactly(source, 12)
    if head is None:
        return None
    name_size, size = struct.unpack(">IQ", head)
    name, data = _exactly(source, name_size), _exactly(source, size)
    return None if name is None or data is None else (name.decode("utf-8", "surrogateescape"), data)


def write_request(sink: BinaryIO, name: str, data: bytes) -> None:
    """Sends a request."""
    encoded = name.encode("utf-8", "surrogateescape")
    sink.write(struct.pack(">IQ", len(encoded), len(data)) + encoded)
    sink.write(data)
    sink.flush()


def write_answer(sink: BinaryIO, letter: str, payload: bytes) -> None:
    """Sends an answer."""
    sink.write(letter.encode() + struct.pack(">Q", len(payload)))
    sink.write(payload)
    sink.flush()


def _exactly(source: BinaryIO, size: int) -> bytes | None:
    data = source.read(size)
    return data if len(data) == size else None


def answer(name: str, data: bytes) -> tuple[str, bytes]:
    """Parses in this very process; whatever happens becomes an answer."""
    try:
        return "D", pack(parse_bytes(data, name))
    except MemoryError:
        return "M", b""
    except RecursionError:
        return "X", b"RecursionError"
    except Exception as fault:  # noqa: BLE001 -- told to the reviewer by type and line, never by content
        last = traceback.extract_tb(fault.__traceback__)[-1]
        return "X", f"{type(fault).__name__} {os.path.basename(last.filename)}:{last.lineno}".encode()


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answers requests, a forked child each, until the input ends."""
    for module in _LOADED_EARLY:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    gc.collect()
    gc.freeze()
    write_answer(sink, READY, b"")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)            # from here on a message could name a pupil
    while (request := read_request(source)) is not None:
        write_answer(sink, *_in_a_child(*request, sink))


def patience(data: bytes) -> int:
    """How many seconds a file may take: more than usual only if it is a PDF with many scanned pages."""
    if sniff(data) != "pdf":
        return SECONDS
    from carelib.read.pdf import pictured_pages

    return min(LONGEST, SECONDS + SECONDS_A_PAGE * max(0, pictured_pages(data, SCANNED) - SCANNED))


def _in_a_child(name: str, data: bytes, sink: BinaryIO) -> tuple[str, bytes]:
    ready, done = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ready)
        _be_the_child(done, name, data)
    os.close(done)
    try:
        payload, in_time = _collect(ready, time.monotonic() + SECONDS, sink)
    finally:
        os.close(ready)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if not in_time:
        return "T", b""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return ("T", b"") if number == signal.SIGXCPU else ("S", str(number).encode())
    return (chr(payload[0]), payload[1:]) if payload else ("S", b"0")


def _collect(source: int, deadline: float, sink: BinaryIO) -> tuple[bytes, bool]:
    """All that the child writes, and whether it ended in time; that it takes longer is told to `sink`."""
    out, told = bytearray(), False
    while (left := deadline - time.monotonic()) > 0 and len(out) <= _LARGEST_ANSWER:
        if select.select([source], [], [], left)[0]:
            block = os.read(source, 1 << 20)
            if not block:
                return bytes(out), True
            out += block
            if not told and out[:1] == LONGER.encode() and len(out) >= 5:
                told, seconds = True, struct.unpack(">I", out[1:5])[0]
                deadline += seconds - SECONDS
                write_answer(sink, LONGER, bytes(out[1:5]))
                del out[:5]
    return b"", False


def _be_the_child(sink: int, name: str, data: bytes) -> None:
    """Sets the limits, parses, writes the answer and ends; never returns."""
    try:
        void = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(void, stream)
        _limit()
        with os.fdopen(sink, "wb") as pipe:
            _ask_for_time(pipe, data)
            letter, payload = answer(name, data)
            pipe.write(letter.encode() + payload)
    finally:
        os._exit(0)


def _ask_for_time(pipe: BinaryIO, data: bytes) -> None:
    """Tells how long a file takes that takes longer than others, and lifts the limit of CPU time as far."""
    with contextlib.suppress(Exception):
        seconds = patience(data)
        if seconds > SECONDS:
            import resource
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, LONGEST + 5))
            pipe.write(LONGER.encode() + struct.pack(">I", seconds))
            pipe.flush()


def _limit() -> None:
    import resource

    gc.set_threshold(50_000, 20, 20)
    with contextlib.suppress(ValueError, OSError):          # not every system has each of them
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, LONGEST + 5))
    with contextlib.suppress(ValueError, OSError):
        limit = _address_space() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as handle:
        return int(handle.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def main() -> None:
    """Serves on standard input and output; with --one it answers one request without a child (there is no fork)."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())       # what a library prints must not mix with the answers
    if "--one" in sys.argv:
        request = read_request(source)
        if request is not None:
            write_answer(sink, *answer(*request))
        return
    serve(source, sink)


if __name__ == "__main__":
    main()

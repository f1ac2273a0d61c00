"""Each file is parsed in a process of its own, with limits of time and memory: one bad file never touches another.

A `workshop` process has the parsers loaded and forks a child for every file; where there is no fork (Windows) every
file gets a new process. Whatever happens to it becomes a `Parsed` with a reason.
"""
from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import queue
import select
import signal
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import BinaryIO

from carelib.read.sniff import by_name
from carelib.read.transport import Shelf, unpack
from carelib.read.words import READING, Refused, reading
from carelib.read.workshop import LONGER, LONGEST, READY, SECONDS, write_request
from carelib.records import Parsed

MAX_BYTES = 20 * 2**20
_GRACE = 20                                 # seconds more than a child has, until its workshop is given up
_MEDIA = {".xlsx": "xlsx", ".xlsm": "xlsm", ".xls": "xls", ".et": "xls", ".xlsb": "xlsb", ".ods": "ods", ".csv": "csv",
          ".tsv": "csv", ".htm": "html", ".html": "html", ".docx": "docx", ".pdf": "pdf", ".jpg": "image",
          ".jpeg": "image",
          ".png": "image"}                  # only to name the medium of a file whose parser died
_LIBRARIES = ("python-calamine", "xlrd", "olefile", "lxml", "pdfplumber", "pypdfium2", "rapidocr")


def parse_file(path: Path, cache: Path | None = None) -> Parsed:
    """One file, in a process of its own. Never raises for what a file is or does."""
    return parse_files([path], cache)[path]


def parse_files(paths: Iterable[Path], cache: Path | None = None, jobs: int = 1,
                tick: Callable[[Path], None] | None = None) -> dict[Path, Parsed]:
    """Many files, `jobs` at a time; `tick(path)` is called after each. The result keeps the order of `paths`."""
    paths = list(dict.fromkeys(paths))
    shelf = Shelf(cache, parser_version())
    jobs = max(1, min(jobs, len(paths)))
    workshops: queue.SimpleQueue[Workshop] = queue.SimpleQueue()
    made = [Workshop() for _ in range(jobs)]
    for workshop in made:
        workshops.put(workshop)

    def one(path: Path) -> Parsed:
        workshop = workshops.get()
        try:
            return _parse(path, shelf, workshop)
        finally:
            workshops.put(workshop)
            if tick is not None:
                tick(path)

    try:
        if jobs == 1:
            return {path: one(path) for path in paths}
        with ThreadPoolExecutor(jobs) as pool:
            return dict(zip(paths, pool.map(one, paths)))
    finally:
        for workshop in made:
            workshop.close()


def _parse(path: Path, shelf: Shelf, workshop: Workshop) -> Parsed:
    medium = _MEDIA.get(path.suffix.lower(), "other")
    try:
        data = read_bytes(path)
        if key := by_name(path.name) if data else "empty":
            raise Refused(key)
        sha256 = hashlib.sha256(data).hexdigest()
        kept = shelf.get(sha256)
        if kept is not None:
            return kept
        letter, payload = workshop.ask(path.name, data)
        if letter != "D":
            raise _refusal(letter, payload)
        parsed = unpack(payload)
        shelf.put(sha256, payload)
        return parsed
    except Refused as refusal:
        return refusal.parsed(medium)


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file that nobody is writing; links, folders, devices, large files are refused unopened."""
    try:
        before = os.lstat(path)
        if not stat.S_ISREG(before.st_mode):
            raise Refused("not_regular")
        if before.st_size > MAX_BYTES:
            raise Refused("big_file", size=before.st_size >> 20, limit=MAX_BYTES >> 20)
        flags = sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
        with os.fdopen(os.open(path, flags), "rb") as handle:
            opened = os.fstat(handle.fileno())
            data = handle.read(MAX_BYTES + 1)
            after = os.fstat(handle.fileno())
    except OSError as fault:
        raise Refused("unreachable", what=_why(fault)) from fault
    if _state(before) != _state(opened) or _state(opened) != _state(after) or len(data) != after.st_size:
        raise Refused("still_changing")
    return data


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _why(fault: OSError) -> str:
    name = errno.errorcode.get(fault.errno or 0, "")
    return name if name in reading()["what"] else f"errno {fault.errno}"


def _refusal(letter: str, payload: bytes) -> Refused:
    if letter == "T":
        return Refused("hung", seconds=SECONDS)
    if letter == "M":
        return Refused("memory")
    if letter == "S" and payload == str(int(getattr(signal, "SIGKILL", 9))).encode():
        return Refused("memory")                            # the system killed it: it had taken too much
    return Refused("crashed", what=("signal " if letter == "S" else "") + payload.decode("utf-8", "replace"))


class _Process(subprocess.Popen[bytes]):
    """A process with pipes to its input and from its output."""

    stdin: BinaryIO                         # type: ignore[assignment]
    stdout: BinaryIO                        # type: ignore[assignment]
    stderr: BinaryIO                        # type: ignore[assignment]


class Workshop:
    """A running workshop process: started when it is first asked, and again when it has ended."""

    def __init__(self) -> None:
        self._process: _Process | None = None

    def ask(self, name: str, data: bytes) -> tuple[str, bytes]:
        """The answer to one file: a letter and a payload (see `workshop`). RuntimeError if no process starts."""
        if not hasattr(os, "fork"):
            return _ask_once(name, data)
        process = self._running()
        try:
            write_request(process.stdin, name, data)
            found = self._answer(time.monotonic() + SECONDS + _GRACE)
            if found is not None and found[0] == LONGER:    # many scanned pages
                found = self._answer(time.monotonic() + struct.unpack(">I", found[1])[0] + _GRACE)
        except BrokenPipeError:
            found = None
        if found is not None:
            return found
        died = process.poll() is not None                   # with the file that it was reading
        self.close()
        return ("S", b"0") if died else ("T", b"")

    def _running(self) -> _Process:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _Process(_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, env=_environment(), start_new_session=True)
            if self._answer(time.monotonic() + SECONDS + _GRACE) != (READY, b""):
                process, self._process = self._process, None
                process.kill()
                said = process.communicate()[1].decode("utf-8", "replace").strip().rpartition("\n")[2]
                raise RuntimeError(f"the process that reads files does not start: {said}")
        return self._process

    def _answer(self, deadline: float) -> tuple[str, bytes] | None:
        head = self._exactly(9, deadline)
        if head is None:
            return None
        payload = self._exactly(struct.unpack(">Q", head[1:])[0], deadline)
        return None if payload is None else (chr(head[0]), payload)

    def _exactly(self, size: int, deadline: float) -> bytes | None:
        if self._process is None:
            return None
        source, out = self._process.stdout.fileno(), bytearray()
        while len(out) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([source], [], [], left)[0]:
                return None
            block = os.read(source, min(1 << 20, size - len(out)))
            if not block:
                return None
            out += block
        return bytes(out)

    def close(self) -> None:
        """Ends the process and what it has started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                stream.close()


def _command(*more: str) -> list[str]:
    return [sys.executable, "-P", "-m", "carelib.read.workshop", *more]


def _environment() -> dict[str, str]:
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join(p for p in (home, os.environ.get("PYTHONPATH", "")) if p)
    return {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}


def _ask_once(name: str, data: bytes) -> tuple[str, bytes]:
    """A new process for one file, where there is no fork."""
    encoded = name.encode("utf-8", "surrogateescape")
    request = struct.pack(">IQ", len(encoded), len(data)) + encoded + data
    try:
        done = subprocess.run(_command("--one"), input=request, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=_environment(), timeout=LONGEST + _GRACE, check=False)
    except subprocess.TimeoutExpired:
        return "T", b""
    if done.returncode or len(done.stdout) < 9:
        return "S", str(abs(done.returncode)).encode()
    return chr(done.stdout[0]), done.stdout[9:]


@functools.cache
def parser_version() -> str:
    """Changes with the code, the data and the libraries of the readers: what is cached under another is not used."""
    digest = hashlib.sha256()
    for source in [*sorted(Path(__file__).parent.rglob("*.py")), *sorted(READING.parent.glob("reading*.toml"))]:
        digest.update(source.read_bytes())
    for library in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            digest.update(f"{library} {metadata.version(library)}".encode())
    return digest.hexdigest()[:12]

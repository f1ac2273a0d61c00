"""Parsed files as JSON bytes and back: across the pipe of a file's process, and into the cache."""
from __future__ import annotations

import dataclasses
import gzip
import json
import os
import threading
import zlib
from pathlib import Path
from typing import Any

from carelib.records import Cell, Parsed, parsed_from_plain

_OPTIONAL = tuple((f.name, f.default) for f in dataclasses.fields(Cell) if f.default is not dataclasses.MISSING)


def pack(parsed: Parsed) -> bytes:
    """JSON in UTF-8; what a cell has by default is left out (`records.parsed_from_plain` puts it back)."""
    grids = [{"name": g.name, "cells": [_cell(c) for c in g.cells], "hidden": g.hidden, "spans": g.spans,
              "extras": g.extras,
              "doubts": g.doubts} for g in parsed.grids]
    plain = {"medium": parsed.medium, "grids": grids, "reason_code": parsed.reason_code, "reason": parsed.reason,
             "notes": parsed.notes}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _cell(cell: Cell) -> dict[str, Any]:
    plain: dict[str, Any] = {"row": cell.row, "col": cell.col, "text": cell.text, "place": cell.place}
    for name, default in _OPTIONAL:
        value = getattr(cell, name)
        if value != default:
            plain[name] = value
    return plain


def unpack(data: bytes) -> Parsed:
    """What `pack` packed. Raises ValueError, KeyError or TypeError if it is anything else."""
    return parsed_from_plain(json.loads(data.decode("utf-8", "surrogatepass")))


class Shelf:
    """The cache: one file a content and parser version, written beside and renamed. A faulty one counts as absent."""

    def __init__(self, folder: Path | None, version: str) -> None:
        self._folder, self._version = folder, version

    def _path(self, sha256: str) -> Path | None:
        return None if self._folder is None else self._folder / sha256[:2] / f"{sha256}-{self._version}.json.gz"

    def get(self, sha256: str) -> Parsed | None:
        """The parsed file of this content, None if it is not there."""
        path = self._path(sha256)
        if path is None or not path.is_file():
            return None
        try:
            return unpack(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            return None

    def put(self, sha256: str, packed: bytes) -> None:
        """Keeps a packed result."""
        path = self._path(sha256)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")     # equal files are read at once
        beside.write_bytes(gzip.compress(packed, 1, mtime=0))
        os.replace(beside, path)

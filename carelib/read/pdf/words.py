"""The PDF reader's words and sentences (notice/reading_pdf.toml)."""
from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from carelib.read.words import reading
from carelib.records import Parsed

FILE = Path(__file__).parents[2] / "notice" / "reading_pdf.toml"


@functools.cache
def words() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def refused(key: str, **blanks: object) -> Parsed:
    entry = words()["reason"][key]
    return Parsed("pdf", (), entry["code"], entry["text"].format(**blanks))


def doubt(key: str) -> str:
    return words()["doubt"][key]


def grid_doubt(key: str) -> str:
    return words()["grid"][key]


def note(key: str, pages: Iterable[int] = ()) -> str:
    return words()["note"][key].format(pages="、".join(str(p) for p in sorted(pages)))


def squeeze(text: str) -> str:
    return "".join(text.split())


def is_continued(text: str) -> bool:
    return squeeze(text) in words()["continued"]["words"]


def is_serial_label(text: str) -> bool:
    return squeeze(text).upper() in words()["serial"]["words"]


def is_foot(text: str) -> bool:
    """Whether a line belongs to the table above it: notes, signatures."""
    return squeeze(text).startswith(tuple(reading()["foot"]["words"])) or squeeze(text).startswith("注")

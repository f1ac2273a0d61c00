"""The scan reader's sentences (notice/reading_scan.toml)."""
from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from carelib.records import Parsed

FILE = Path(__file__).parents[2] / "notice" / "reading_scan.toml"


@functools.cache
def words() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def doubt(key: str) -> str:
    """Why a cell is not trusted: a Chinese clause."""
    return words()["doubt"][key]


def grid_doubt(key: str) -> str:
    return words()["grid"][key]


def thing(key: str) -> str:
    """What something that is no text is called among the leftovers."""
    return words()["thing"][key]


def note(key: str, pages: Iterable[int] = ()) -> str:
    """What should be said about a file; runs of pages are said as 3—7."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    said = "、".join(f"{r[0]}—{r[-1]}" if len(r) > 2 else "、".join(map(str, r)) for r in runs)
    return words()["note"][key].format(pages=said)


def refused(medium: str, key: str) -> Parsed:
    """A file none of whose pages can be read: the reason, and what the school should do."""
    entry = words()["reason"][key]
    return Parsed(medium, (), entry["code"], entry["text"])

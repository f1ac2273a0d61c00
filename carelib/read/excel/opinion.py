"""A second opinion on the values of a workbook: python-calamine, an engine that shares nothing with our reader.

It is asked only where it is safe and cheap: calamine ends the whole process on sheets with far-flung cells.
"""
from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from carelib.read.marks import clean, unescape

MAX_AREA = 100_000                          # rows × columns of the largest sheet
_MOMENTS = (datetime, date, time, timedelta)


def second_opinion(data: bytes) -> Mapping[str, list[list[Any]]]:
    """The values of every sheet as calamine sees them; empty if it cannot read the file."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, ValueError, OSError, KeyError):
        return {}
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":    # what Rust raises when it gives up; it has no importable name
            raise
        return {}


def agrees(mine: str | float, other: Any) -> bool:
    """Whether two engines read the same text or number; dates, errors and blanks of the other one prove nothing."""
    if isinstance(mine, str):
        return mine == other or not isinstance(other, str) or _squeezed(mine) == _squeezed(other)
    if isinstance(other, _MOMENTS):
        return True
    return isinstance(other, (int, float)) and abs(other - mine) <= 1e-9 * max(1.0, abs(mine))


def at(values: list[list[Any]], row: int, col: int) -> Any:
    """The other engine's value at a place, '' where it has none."""
    return values[row][col] if row < len(values) and col < len(values[row]) else ""


def only_there(values: list[list[Any]], mine: set[tuple[int, int]]) -> bool:
    """Whether the other engine sees a text or a number where we see no cell."""
    return any(value != "" and (r, c) not in mine and (not isinstance(value, str) or clean(value))
               for r, row in enumerate(values) for c, value in enumerate(row))


def _squeezed(text: str) -> str:
    return "".join(clean(unescape(text)).split())

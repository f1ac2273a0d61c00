"""What a page for one pupil is made of: labels with what is written to them, attempts, lists, lines of head and foot."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from carelib.read.headers import Header
from carelib.read.joined import Match
from carelib.records import Cell

SIGNED = ("filled_by", "approved_by", "filled_date")        # lines of the foot that end a list inside a page
ATTEMPT = ("attempt_no", "attempt_date", "people", "parties", "mode", "content", "outcome", "next_step", "next_date")
DATED = re.compile(r"(?:19|20)?[0-9]{2}\s*[年.\-/]\s*[0-9]{1,2}\s*[月.\-/]\s*[0-9]{1,2}\s*日?(?![0-9])")


@dataclass(slots=True)
class Entry:
    """A label of the page with what is written to it."""
    label: str
    match: Match
    label_cells: list[Cell]
    cells: list[Cell]                       # where the value stands
    text: str | None = None                 # the part of the cell, if the value stands behind its label in one cell


@dataclass(slots=True)
class Card:
    """One page."""
    first: int
    last: int
    entries: list[Entry] = field(default_factory=list)
    attempts: list[list[Entry]] = field(default_factory=list)       # attempts written as labels and values
    tables: list[tuple[Header, int]] = field(default_factory=list)  # lists inside the page, each with the row after it
    lines: list[list[Cell]] = field(default_factory=list)           # of head and foot: information, signatures
    schools: list[Cell] = field(default_factory=list)
    units: list[str] = field(default_factory=list)                  # schools named inside a cell
    dates: list[str] = field(default_factory=list)                  # days behind a name: 责任人：林晓舟　　2023年3月23日
    furniture: list[tuple[Cell, str]] = field(default_factory=list)
